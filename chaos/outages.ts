import type { TwitchInbound } from "../src/ports.ts";
import type { Stage } from "./stage.ts";

/** One time without a connection over which chat comes, in milliseconds of the world's time. */
export interface Outage {
  /** What was done last before it. */
  kind: string;
  /** From when on nothing came any more. */
  brokenAt: number;
  /** From when on the world takes a connection again; null: there was none to be had before the app had noticed. */
  acceptsAt: number | null;
  /** When the app told that the connection is lost; null when it never did (it had another already). */
  noticedAt: number | null;
  /** When there was a connection again, and the app said so. */
  connectedAt: number | null;
  /** First and last channel after it, when no other outage came before. */
  firstJoinAt: number | null;
  allJoinedAt: number | null;
}

/** Measures how long the app is away, whatever took the connection from it. To be asked after each step. */
export class Outages {
  readonly all: Outage[] = [];
  readonly #stage: Stage;
  #upSince: number;
  #cause: { kind: string; acceptsInMs: number | null } = { kind: "by itself", acceptsInMs: 0 };

  constructor(stage: Stage) {
    this.#stage = stage;
    this.#upSince = this.#now();
    stage.onHeard((inbound) => this.#hear(inbound));
  }

  /** What is about to break the connection. `acceptsInMs`: from when on the world takes another; null: when the app has noticed. */
  expect(kind: string, acceptsInMs: number | null): void {
    this.#cause = { kind, acceptsInMs };
  }

  /** How long the connection has been there; 0 while there is none. */
  get upMs(): number {
    return this.#open === null ? this.#now() - this.#upSince : 0;
  }

  /** Looks whether there is a connection. */
  look(): void {
    const isUp = this.#stage.links().length > 0 && this.#stage.chatState() === "connected";
    if (isUp && this.#open !== null) {
      this.#open.connectedAt = this.#now();
      this.#upSince = this.#now();
      this.#seeRooms();
    } else if (!isUp && this.#open === null) this.#begin();
  }

  get #open(): Outage | null {
    const last = this.all.at(-1);
    return last === undefined || last.connectedAt !== null ? null : last;
  }

  #begin(): void {
    const { kind, acceptsInMs } = this.#cause;
    const brokenAt = this.#now();
    this.all.push({
      kind,
      brokenAt,
      acceptsAt: acceptsInMs === null ? null : brokenAt + acceptsInMs,
      noticedAt: null,
      connectedAt: null,
      firstJoinAt: null,
      allJoinedAt: null,
    });
    this.#cause = { kind: "by itself", acceptsInMs: 0 };
  }

  #hear(inbound: TwitchInbound): void {
    if (inbound.kind === "disconnected") {
      if (this.#open === null) this.#begin();
      if (this.#open !== null) this.#open.noticedAt ??= this.#now();
    }
    if (inbound.kind === "joined" && this.#open === null) this.#seeRooms();
  }

  #seeRooms(): void {
    const outage = this.all.at(-1);
    const joined = this.#stage.joined();
    if (!outage || joined === 0) return;
    outage.firstJoinAt ??= this.#now();
    if (joined === this.#stage.channels.length) outage.allJoinedAt ??= this.#now();
  }

  #now(): number {
    return this.#stage.clock.now().getTime();
  }
}

/** How long the app took to be back, from when it could: from the world's side, or from when it had noticed. */
export function resumeMs(outage: Outage): number | null {
  const from = Math.max(outage.acceptsAt ?? outage.noticedAt ?? Number.POSITIVE_INFINITY, outage.brokenAt);
  return outage.connectedAt === null ? null : Math.max(0, outage.connectedAt - from);
}

/** How long the app took to notice, or until it had another connection anyway. */
export function noticeMs(outage: Outage): number | null {
  const at = outage.noticedAt ?? outage.connectedAt;
  return at === null ? null : at - outage.brokenAt;
}
