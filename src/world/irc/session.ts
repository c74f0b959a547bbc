import type { Peer, Wire } from "../core.ts";
import type { WorldChannel, WorldUser } from "../state.ts";
import { type ClientLine, readClientLine } from "./line.ts";
import type { ServerLine } from "./render.ts";

export type Capability = "twitch.tv/tags" | "twitch.tv/commands" | "twitch.tv/membership";

export interface SessionEvents {
  line(session: IrcSession, line: ClientLine): void;
  opened(session: IrcSession): void;
  closed(session: IrcSession, code: number): void;
  /** A text frame was handed to a socket that lives: the other side will read it unless the connection is cut first. */
  sent(session: IrcSession, frame: string): void;
}

/** How lines are put into frames. */
export interface Framing {
  /** All lines of a burst in one frame; else one frame each. */
  join: boolean;
  /** Each frame is cut in two. */
  split: boolean;
}

/** One IRC connection: what it asked for, who it is, where it is. */
export class IrcSession implements Peer {
  readonly capabilities = new Set<Capability>();
  readonly rooms = new Set<WorldChannel>();
  password: string | null = null;
  nick = "";
  /** Who logged in; null for anonymous readers and before login. */
  user: WorldUser | null = null;
  /** Value of the token it logged in with. */
  token: string | null = null;
  isLoggedIn = false;
  /** Half open: it hears nothing and is not heard, but the socket stays. */
  isFrozen = false;
  isClosed = false;
  /** Waiting for the answer to our PING. */
  cancelPongDeadline: (() => void) | null = null;
  cancelPing: (() => void) | null = null;
  /** Waiting for the end of the token's life. */
  cancelExpiry: (() => void) | null = null;
  pingedAt: Date | null = null;
  /** Frames that could not be delivered. */
  lost = 0;
  #wire: Wire | null = null;
  #events: SessionEvents;
  #framing: () => Framing;
  #partial = "";
  #drains: (() => void)[] = [];
  #probes: (() => void)[] = [];

  constructor(
    readonly id: string,
    events: SessionEvents,
    framing: () => Framing,
  ) {
    this.#events = events;
    this.#framing = framing;
  }

  get isAnonymous(): boolean {
    return this.isLoggedIn && this.user === null;
  }

  opened(wire: Wire): void {
    this.#wire = wire;
    this.#events.opened(this);
  }

  received(data: string | Uint8Array): void {
    if (this.isFrozen) return;
    const text = this.#partial + (typeof data === "string" ? data : new TextDecoder().decode(data));
    this.#partial = "";
    for (const raw of text.split(/\r?\n/)) {
      const line = raw === "" ? null : readClientLine(raw);
      if (line && !this.isClosed) this.#events.line(this, line);
    }
  }

  drained(): void {
    const drains = this.#drains;
    this.#drains = [];
    for (const drain of drains) drain();
  }

  ponged(): void {
    this.#settleProbes();
  }

  /** A WebSocket ping, which is no traffic of IRC. Resolves with the next pong, or when the connection is closed. */
  probe(): Promise<void> {
    if (this.isClosed || this.isFrozen || !this.#wire) return Promise.resolve();
    this.#wire.ping();
    return new Promise((resolve) => this.#probes.push(resolve));
  }

  closed(code: number): void {
    if (this.isClosed) return;
    this.isClosed = true;
    this.drained();
    this.#settleProbes();
    this.#events.closed(this, code);
  }

  /** Sends plain lines, without line ends. */
  write(...lines: string[]): void {
    const framing = this.#framing();
    if (framing.join) this.#frame(lines.map((line) => `${line}\r\n`).join(""), framing.split);
    else for (const line of lines) this.#frame(`${line}\r\n`, framing.split);
  }

  /** Sends a line that has tags, if the session asked for them. */
  writeTagged(line: ServerLine): void {
    this.write(this.textOf(line));
  }

  /** The line as this session reads it. */
  textOf(line: ServerLine): string {
    return this.capabilities.has("twitch.tv/tags") && line.tags !== "" ? `${line.tags} ${line.line}` : line.line;
  }

  /** A frame exactly as given. Gives what the socket said: bytes sent, -1 queued, 0 lost. */
  writeFrame(text: string): number {
    if (this.isFrozen || !this.#wire) return this.isFrozen ? text.length : 0;
    const status = this.#wire.send(text);
    if (status === 0) this.lost++;
    else this.#events.sent(this, text);
    return status;
  }

  writeBytes(bytes: Uint8Array): void {
    if (!this.isFrozen) this.#wire?.sendBytes(bytes);
  }

  /** Bytes that wait for the client to read. */
  buffered(): number {
    return this.#wire?.buffered() ?? 0;
  }

  /** Resolves when the socket has room again, or is closed. */
  drainedOnce(): Promise<void> {
    if (this.isClosed) return Promise.resolve();
    return new Promise((resolve) => this.#drains.push(resolve));
  }

  close(code = 1000, reason = ""): void {
    if (!this.isFrozen) this.#wire?.close(code, reason);
  }

  terminate(): void {
    this.#wire?.terminate();
  }

  #settleProbes(): void {
    const probes = this.#probes;
    this.#probes = [];
    for (const settle of probes) settle();
  }

  #frame(text: string, split: boolean): void {
    if (!split || text.length < 2) {
      this.writeFrame(text);
      return;
    }
    const half = Math.floor(text.length / 2);
    this.writeFrame(text.slice(0, half));
    this.writeFrame(text.slice(half));
  }
}
