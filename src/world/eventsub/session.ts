import type { Peer, Wire } from "../core.ts";

export interface SocketEvents {
  opened(socket: EventSubSocket): void;
  inbound(socket: EventSubSocket): void;
  closed(socket: EventSubSocket, code: number): void;
  /** A frame was handed to a socket that lives. */
  sent(socket: EventSubSocket, frame: object): void;
}

/** One WebSocket of EventSub. A session has one, or two while it moves. */
export class EventSubSocket implements Peer {
  isClosed = false;
  isWelcomed = false;
  /** Half open: nothing goes out, nothing is noticed. */
  isFrozen = false;
  /** Pings sent since the last pong. */
  unanswered = 0;
  cancelKeepalive: (() => void) | null = null;
  cancelPing: (() => void) | null = null;
  lost = 0;
  #wire: Wire | null = null;
  #events: SocketEvents;
  #probes: (() => void)[] = [];

  constructor(
    readonly id: string,
    readonly session: EventSubSession,
    events: SocketEvents,
  ) {
    this.#events = events;
  }

  opened(wire: Wire): void {
    this.#wire = wire;
    this.#events.opened(this);
  }

  received(): void {
    if (!this.isFrozen) this.#events.inbound(this);
  }

  drained(): void {}

  ponged(): void {
    this.unanswered = 0;
    this.#settleProbes();
  }

  /** A WebSocket ping of its own. Resolves with the next pong, or when the socket is closed. */
  probe(): Promise<void> {
    if (this.isClosed || this.isFrozen || !this.#wire) return Promise.resolve();
    this.#wire.ping();
    return new Promise((resolve) => this.#probes.push(resolve));
  }

  closed(code: number): void {
    if (this.isClosed) return;
    this.isClosed = true;
    this.#settleProbes();
    this.#events.closed(this, code);
  }

  /** Sends a frame as JSON. False when it did not leave. */
  send(frame: object): boolean {
    if (this.isFrozen || this.isClosed || !this.#wire) return false;
    const isSent = this.#wire.send(JSON.stringify(frame)) !== 0;
    if (isSent) this.#events.sent(this, frame);
    else this.lost++;
    return isSent;
  }

  sendText(text: string): void {
    if (!this.isFrozen) this.#wire?.send(text);
  }

  ping(): void {
    if (this.isFrozen) return;
    this.unanswered++;
    this.#wire?.ping();
  }

  close(code: number, reason: string): void {
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
}

/** An EventSub session: what subscriptions hang on. */
export interface EventSubSession {
  id: string;
  connectedAt: Date;
  keepaliveS: number;
  /** Whose token subscribed first; another's is refused. */
  userId: string | null;
  clientId: string | null;
  /** Where events go. */
  socket: EventSubSocket | null;
  /** The socket before the last move, when it is to get every event too. */
  shadow: EventSubSocket | null;
  /** While a reconnect is asked for: the one-use word of its URL. */
  challenge: string | null;
  cancelUnused: (() => void) | null;
  cancelGrace: (() => void) | null;
  /** When the socket closed for good; null while it is alive. */
  endedAt: Date | null;
}
