import type { Clock, Timers } from "../../ports.ts";
import { type Frame, readFrame, type Session } from "./eventsub-frames.ts";

/** The welcome must come within this of connecting. Twitch sends it at once. */
const WELCOME_MS = 10_000;
/** Nothing for this many times the interval that the welcome told: the link is dead. Twitch speaks at least once per interval. */
const SILENCE_FACTOR = 1.2;

/** Why Twitch closed, by code. */
const CLOSE_REASONS: Readonly<Record<number, string>> = {
  4000: "internal_error",
  4001: "sent_inbound",
  4002: "pong_missing",
  4003: "unused",
  4004: "reconnect_expired",
  4005: "network_timeout",
  4006: "network_error",
  4007: "reconnect_invalid",
};

/** Bun's client, beyond the standard: `terminate` waits for nobody. */
type BunSocket = WebSocket & { terminate(): void };

/** All but what belongs to the socket itself. */
export type ToldFrame = Exclude<Frame, { kind: "welcome" | "keepalive" }>;

export interface SocketEvents {
  onWelcome(session: Session): void;
  onFrame(frame: ToldFrame): void;
  /** Gone or worthless, once; nothing follows. */
  onDown(reason: string): void;
}

/** One WebSocket to EventSub, until it is down or cut. It says nothing, ever: Twitch ends who does (Bun answers pings). */
export class EventSubSocket {
  readonly #url: string;
  readonly #time: Clock & Timers;
  readonly #events: SocketEvents;
  #ws: BunSocket | null = null;
  #isOver = false;
  #heardAt: Date;
  #cancelWatch: () => void = () => undefined;

  constructor(url: string, time: Clock & Timers, events: SocketEvents) {
    this.#url = url;
    this.#time = time;
    this.#events = events;
    this.#heardAt = time.now();
  }

  open(): void {
    this.#cancelWatch = this.#time.after(WELCOME_MS, () => this.#down("no_welcome"));
    try {
      this.#ws = new WebSocket(this.#url) as BunSocket;
    } catch {
      return this.#down("url_invalid");
    }
    let wasOpen = false;
    this.#ws.onopen = () => {
      wasOpen = true;
    };
    this.#ws.onmessage = ({ data }) => this.#hear(data);
    this.#ws.onclose = ({ code }) => this.#down(wasOpen ? (CLOSE_REASONS[code] ?? "closed") : "unreachable");
    // An error is always followed by the close that tells of it.
    this.#ws.onerror = () => undefined;
  }

  /** Ends it at once, whatever the other side does. No event follows. */
  cut(): void {
    this.#isOver = true;
    this.#cancelWatch();
    const ws = this.#ws;
    if (ws === null) return;
    this.#ws = null;
    ws.onopen = ws.onmessage = ws.onclose = null;
    ws.terminate();
  }

  #down(reason: string): void {
    if (this.#isOver) return;
    this.cut();
    this.#events.onDown(reason);
  }

  #hear(data: unknown): void {
    this.#heardAt = this.#time.now();
    const frame = readFrame(data);
    if (frame.kind === "keepalive") return;
    if (frame.kind !== "welcome") return this.#events.onFrame(frame);
    this.#cancelWatch();
    this.#watch(frame.session.keepaliveMs * SILENCE_FACTOR);
    this.#events.onWelcome(frame.session);
  }

  /** Looks again when the silence, if it is one, would be too long. */
  #watch(silenceMs: number): void {
    const quietMs = this.#time.now().getTime() - this.#heardAt.getTime();
    if (quietMs >= silenceMs) return this.#down("silent");
    this.#cancelWatch = this.#time.after(silenceMs - quietMs, () => this.#watch(silenceMs));
  }
}
