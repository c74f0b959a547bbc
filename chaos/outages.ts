import type { TwitchInbound } from "../src/ports.ts";
import type { Stage } from "./stage.ts";

/** One loss of the connection, in milliseconds of the world's time. */
export interface Outage {
  kind: string;
  /** When the connection was broken. */
  brokenAt: number;
  /** From when on the world takes a connection again; null: when the app has noticed. */
  acceptsAt: number | null;
  noticedAt: number | null;
  connectedAt: number | null;
  /** First and last channel that was joined after it, when no other outage came before. */
  firstJoinAt: number | null;
  allJoinedAt: number | null;
}

/** Measures how long the app is away after each break of its connection. */
export class Outages {
  readonly all: Outage[] = [];
  readonly #stage: Stage;

  constructor(stage: Stage) {
    this.#stage = stage;
    stage.onHeard((inbound) => this.#hear(inbound));
  }

  /** A connection was broken just now. `acceptsInMs` null: the world still takes part, it is for the app to notice. */
  begin(kind: string, acceptsInMs: number | null): void {
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
  }

  /** How long the app has been back from all of them; 0 while it is not. */
  get upMs(): number {
    const last = this.all.at(-1);
    if (!last) return Number.POSITIVE_INFINITY;
    return last.connectedAt === null ? 0 : this.#now() - last.connectedAt;
  }

  #hear(inbound: TwitchInbound): void {
    const outage = this.all.at(-1);
    if (!outage) return;
    if (inbound.kind === "disconnected") outage.noticedAt ??= this.#now();
    if (inbound.kind === "connected" && outage.noticedAt !== null) outage.connectedAt ??= this.#now();
    if (inbound.kind !== "joined" || outage.connectedAt === null) return;
    outage.firstJoinAt ??= this.#now();
    if (this.#stage.joined() === this.#stage.channels.length) outage.allJoinedAt ??= this.#now();
  }

  #now(): number {
    return this.#stage.clock.now().getTime();
  }
}

/** How long the app took to be back, from when it could: from the world's side, or from when it had noticed. */
export function resumeMs(outage: Outage): number | null {
  const from = Math.max(outage.acceptsAt ?? outage.noticedAt ?? Number.POSITIVE_INFINITY, outage.brokenAt);
  return outage.connectedAt === null ? null : outage.connectedAt - from;
}

/** How long the app took to notice. */
export const noticeMs = (outage: Outage): number | null =>
  outage.noticedAt === null ? null : outage.noticedAt - outage.brokenAt;
