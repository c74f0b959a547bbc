import type { Publisher } from "../actions/context.ts";
import type { Peer, WorldCore } from "../core.ts";
import { Frames } from "./frames.ts";
import { notify } from "./notify.ts";
import { type EventSubSession, EventSubSocket, type SocketEvents } from "./session.ts";
import { STATUS_OF_CLOSE, type Subscription, type SubscriptionStatus } from "./types.ts";
import type { Webhooks } from "./webhooks.ts";

/** Close codes with Twitch's words. */
const REASONS: Readonly<Record<number, string>> = {
  4000: "internal server error",
  4001: "sent inbound traffic",
  4002: "client failed ping-pong",
  4003: "connection unused",
  4004: "client reconnect grace time expired",
  4005: "network timeout",
  4006: "network error",
  4007: "invalid reconnect attempt",
};

/** Pings without pong after which a socket is closed with 4002. */
const UNANSWERED_MAX = 2;
const KEEPALIVE_S_RANGE = [10, 600] as const;

export interface ReconnectOptions {
  /** Connecting to the URL is answered with 4007. */
  isBad?: boolean;
  /** Nothing listens at the URL. */
  refuses?: boolean;
  /** The old socket is closed at once (a fault of Twitch's). */
  closesOldEarly?: boolean;
  /** After the new welcome the old socket gets every event too, while it is open. */
  keepsOld?: boolean;
}

/** EventSub over WebSocket and webhook: sessions, subscriptions, and what is sent to them. */
export class EventSubServer implements SocketEvents, Publisher {
  readonly core: WorldCore;
  readonly frames: Frames;
  readonly sessions = new Map<string, EventSubSession>();
  readonly subscriptions = new Map<string, Subscription>();
  readonly sockets = new Set<EventSubSocket>();
  /** Frames held back to break their order; they move with their session. */
  readonly held = new WeakMap<EventSubSession, readonly object[]>();
  readonly webhooks: Webhooks;
  /** Where clients connect: `ws://…/ws`. Known once the world listens. */
  url: () => string;
  #onSent: ((socket: EventSubSocket, frame: object) => void) | null = null;
  #count = 0;

  constructor(core: WorldCore, webhooks: Webhooks, url: () => string) {
    this.core = core;
    this.frames = new Frames(core);
    this.webhooks = webhooks;
    this.url = url;
  }

  /** The peer of a socket that is about to open. */
  accept(url: URL): Peer {
    const challenge = url.searchParams.get("challenge");
    const session = challenge === null ? this.#newSession(url) : this.sessions.get(url.searchParams.get("id") ?? "");
    const isValid = session !== undefined && (challenge === null || session.challenge === challenge);
    const socket = new EventSubSocket(`es-${++this.#count}`, isValid ? session : this.#newSession(url), this);
    if (!isValid) this.#invalid.add(socket);
    return socket;
  }

  opened(socket: EventSubSocket): void {
    this.sockets.add(socket);
    const { core } = this;
    core.log.add("eventsub", "in", socket.id, "connect", { reconnect: socket.session.challenge !== null });
    if (this.#invalid.has(socket)) return this.close(socket, 4007);
    if (core.faults.take("E1.no_welcome", { conn: socket.id })) return;
    const late = core.faults.take("E1.late_welcome", { conn: socket.id });
    if (late) core.clock.after(late.number("delayMs", 11_000), () => this.#welcome(socket));
    else this.#welcome(socket);
  }

  inbound(socket: EventSubSocket): void {
    this.core.log.add("eventsub", "in", socket.id, "inbound data");
    this.close(socket, 4001);
  }

  sent(socket: EventSubSocket, frame: object): void {
    this.#onSent?.(socket, frame);
  }

  /** Tells `listener` of every frame that was handed to a live socket. One listener; null ends it. */
  onSent(listener: ((socket: EventSubSocket, frame: object) => void) | null): void {
    this.#onSent = listener;
  }

  closed(socket: EventSubSocket, code: number): void {
    this.sockets.delete(socket);
    socket.cancelKeepalive?.();
    socket.cancelPing?.();
    this.core.log.add("eventsub", "in", socket.id, "closed", { code });
    const { session } = socket;
    if (session.socket !== socket) return;
    session.socket = null;
    if (session.challenge !== null) return;
    this.#end(session, STATUS_OF_CLOSE[code] ?? "websocket_disconnected");
  }

  /** Closes a socket with one of Twitch's codes. `isFault`: not for what the client did. */
  close(socket: EventSubSocket, code: number, isFault = false): void {
    this.core.log.add("eventsub", "out", socket.id, "close", { code, fault: isFault });
    if (socket.session.socket === socket && code !== 1000) {
      socket.session.challenge = null;
      this.#end(socket.session, STATUS_OF_CLOSE[code] ?? "websocket_disconnected");
    }
    socket.close(code, REASONS[code] ?? "");
  }

  /** Asks the session's client to come again at another URL; after `esReconnectGraceMs` the old socket is closed with 4004. */
  reconnect(session: EventSubSession, options: ReconnectOptions = {}): void {
    const { socket } = session;
    if (!socket) return;
    const challenge = this.core.chance.uuid();
    session.challenge = challenge;
    const isBad = options.isBad || this.core.faults.take("E3.bad_url", { session: session.id }) !== null;
    const refuses = options.refuses || this.core.faults.take("E3.refusing_url", { session: session.id }) !== null;
    const base = refuses ? "ws://127.0.0.1:9/ws" : this.url();
    const url = `${base}?challenge=${isBad ? this.core.chance.uuid() : challenge}&id=${session.id}`;
    this.core.log.add("eventsub", "out", socket.id, "session_reconnect", { bad: isBad, refuses });
    socket.send({
      metadata: this.frames.metadata("session_reconnect"),
      payload: {
        session: {
          id: session.id,
          status: "reconnecting",
          connected_at: this.frames.time(session.connectedAt),
          keepalive_timeout_seconds: null,
          reconnect_url: url,
        },
      },
    });
    session.cancelGrace?.();
    session.shadow = options.keepsOld ? socket : null;
    session.cancelGrace = this.core.clock.after(this.core.limits.esReconnectGraceMs, () => {
      if (session.challenge !== challenge) return;
      if (session.socket === socket) this.close(socket, 4004);
      else this.#end(session, "websocket_failed_to_reconnect");
    });
    if (options.closesOldEarly) socket.close(4000, REASONS[4000] ?? "");
  }

  publish(type: string, about: Readonly<Record<string, string>>, event: object): void {
    for (const subscription of this.subscriptions.values()) {
      if (subscription.type !== type || subscription.status !== "enabled" || !fits(subscription.condition, about)) continue;
      if (this.core.faults.take("E5.silent_subscription", { type, id: subscription.id })) continue;
      notify(this, subscription, event);
    }
  }

  /** Ends a subscription from Twitch's side, and says so. */
  revoke(subscription: Subscription, status: SubscriptionStatus): void {
    if (subscription.disabledAt) return;
    subscription.status = status;
    subscription.disabledAt = this.core.clock.now();
    this.core.log.add("eventsub", "out", null, "revocation", { type: subscription.type, status });
    const { transport } = subscription;
    if (transport.method === "webhook") this.webhooks.revocation(this.frames, subscription, transport);
    else this.sessions.get(transport.sessionId)?.socket?.send(this.frames.revocation(subscription));
  }

  /** Revokes whatever fits. Gives how many. */
  revokeWhere(fitsTo: (subscription: Subscription) => boolean, status: SubscriptionStatus): number {
    const found = [...this.subscriptions.values()].filter((each) => each.disabledAt === null && fitsTo(each));
    for (const subscription of found) this.revoke(subscription, status);
    return found.length;
  }

  /** Knows these subscriptions in place of all that it knew. One whose session is over comes back as disconnected, and is listed for a while. */
  restore(subscriptions: readonly Subscription[]): void {
    this.subscriptions.clear();
    const now = this.core.clock.now();
    for (const subscription of subscriptions) {
      this.subscriptions.set(subscription.id, subscription);
      const { transport } = subscription;
      if (transport.method === "webhook" || this.sessions.get(transport.sessionId)?.endedAt === null) continue;
      if (subscription.disabledAt === null) {
        subscription.status = "websocket_disconnected";
        subscription.disabledAt = now;
        transport.disconnectedAt = now;
      }
      this.core.clock.after(this.core.limits.esListedAfterMs, () => this.subscriptions.delete(subscription.id));
    }
  }

  /** The sockets that events go to: welcomed, not closed, not left behind by a move. */
  live(): EventSubSocket[] {
    return [...this.sockets].filter((socket) => socket.isWelcomed && !socket.isClosed && socket.session.socket === socket);
  }

  /** The next keepalive is due a full interval from now: notifications put it off. */
  putOffKeepalive(socket: EventSubSocket): void {
    socket.cancelKeepalive?.();
    const { esKeepaliveJitterMs } = this.core.limits;
    const lateMs = esKeepaliveJitterMs > 0 ? this.core.chance.int(0, esKeepaliveJitterMs) : 0;
    socket.cancelKeepalive = this.core.clock.after(socket.session.keepaliveS * 1000 + lateMs, () => {
      this.putOffKeepalive(socket);
      if (this.core.faults.take("E1.keepalive_silence", { conn: socket.id })) return;
      socket.send({ metadata: this.frames.metadata("session_keepalive"), payload: {} });
    });
  }

  #invalid = new WeakSet<EventSubSocket>();

  #newSession(url: URL): EventSubSession {
    const asked = Number(url.searchParams.get("keepalive_timeout_seconds") ?? this.core.limits.esKeepaliveS);
    const [min, max] = KEEPALIVE_S_RANGE;
    const isAsked = url.searchParams.has("keepalive_timeout_seconds") && Number.isFinite(asked);
    return {
      id: `AgoQ${this.core.chance.token(24)}Y2VsbC1h`,
      connectedAt: this.core.clock.now(),
      keepaliveS: isAsked ? Math.min(Math.max(Math.round(asked), min), max) : this.core.limits.esKeepaliveS,
      userId: null,
      clientId: null,
      socket: null,
      shadow: null,
      challenge: null,
      cancelUnused: null,
      cancelGrace: null,
      endedAt: null,
    };
  }

  #welcome(socket: EventSubSocket): void {
    if (socket.isClosed) return;
    const { session } = socket;
    const isMove = session.challenge !== null;
    session.challenge = null;
    session.cancelGrace?.();
    session.socket = socket;
    socket.isWelcomed = true;
    this.sessions.set(session.id, session);
    this.core.log.add("eventsub", "out", socket.id, "session_welcome", { moved: isMove });
    socket.send({
      metadata: this.frames.metadata("session_welcome"),
      payload: {
        session: {
          id: session.id,
          status: "connected",
          connected_at: this.frames.time(session.connectedAt),
          keepalive_timeout_seconds: session.keepaliveS,
          reconnect_url: null,
        },
      },
    });
    this.putOffKeepalive(socket);
    this.#pingLater(socket);
    if (!isMove && !this.#isUsed(session))
      session.cancelUnused = this.core.clock.after(this.core.limits.esUnusedMs, () => this.#closeUnused(session));
  }

  #closeUnused(session: EventSubSession): void {
    if (session.socket && !this.#isUsed(session)) this.close(session.socket, 4003);
  }

  #isUsed(session: EventSubSession): boolean {
    for (const subscription of this.subscriptions.values()) {
      if (subscription.transport.method === "websocket" && subscription.transport.sessionId === session.id) return true;
    }
    return false;
  }

  #pingLater(socket: EventSubSocket): void {
    socket.cancelPing = this.core.clock.after(this.core.limits.esPingMs, () => {
      if (socket.unanswered >= UNANSWERED_MAX) return this.close(socket, 4002);
      socket.ping();
      this.#pingLater(socket);
    });
  }

  /** The session is over: its subscriptions are disabled, stay listed for a while, and then vanish. */
  #end(session: EventSubSession, status: SubscriptionStatus): void {
    if (session.endedAt) return;
    session.endedAt = this.core.clock.now();
    session.cancelUnused?.();
    session.cancelGrace?.();
    for (const subscription of this.subscriptions.values()) {
      const { transport } = subscription;
      if (transport.method !== "websocket" || transport.sessionId !== session.id) continue;
      if (subscription.disabledAt === null) {
        subscription.status = status;
        subscription.disabledAt = session.endedAt;
        transport.disconnectedAt = session.endedAt;
      }
      this.core.clock.after(this.core.limits.esListedAfterMs, () => this.subscriptions.delete(subscription.id));
    }
  }
}

/** Every key of the condition that the event speaks of must be equal; the reader's own id is not spoken of. */
function fits(condition: Readonly<Record<string, string>>, about: Readonly<Record<string, string>>): boolean {
  return Object.entries(condition).every(([key, value]) => value === "" || about[key] === undefined || about[key] === value);
}
