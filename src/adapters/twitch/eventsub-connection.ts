import type { Chance, Clock, Log, Timers } from "../../ports.ts";
import { backoffMs } from "./backoff.ts";
import { EventSubSocket, type ToldFrame } from "./eventsub-socket.ts";

/** Least that Twitch allows: the sooner a dead link is noticed, the better. */
const KEEPALIVE_S = 10;
/** After a move, what is still on its way on the old socket has this long to arrive. */
const DRAIN_MS = 2_000;
/** The backoff starts anew after a connection that carried something for this long: even two connects each time stay below ten a minute. */
const STABLE_MS = 15_000;
/** One that did for this long was no failure: losing it, or moving it, makes the next wait no longer. */
const WORTHWHILE_MS = 6_000;
/** Twitch closes a session without subscriptions 10 s after its welcome (4003); we go before. */
const UNUSED_MS = 9_000;

export interface ConnectionEvents {
  /** There is a session, and nothing is subscribed on it. */
  onFresh(): void;
  /** The session is over, and with it all that was subscribed on it. */
  onEnded(reason: string, sessionId: string): void;
  onFrame(frame: Exclude<ToldFrame, { kind: "reconnect" }>): void;
  /** `reason`, `retryAt` or `sessionId` may be others than before. */
  onChange(): void;
}

export interface ConnectionOptions {
  /** For the log. */
  account: string;
  url: string;
  time: Clock & Timers;
  chance: Chance;
  log: Log;
}

/**
 * A session of EventSub, and the next one when it is lost: connects, follows `session_reconnect` with the old socket kept
 * until the new one is welcomed, and waits longer and longer between attempts, whatever ended the last one.
 */
export class EventSubConnection {
  readonly #o: ConnectionOptions;
  readonly #events: ConnectionEvents;
  readonly #baseUrl: string;
  /** What the session's events come on. */
  #live: EventSubSocket | null = null;
  /** On its way to its welcome. */
  #next: EventSubSocket | null = null;
  /** The one before a move. */
  #old: EventSubSocket | null = null;
  /** `#next`, or the wait before it, goes where Twitch asked us to: the session goes along. */
  #isMoving = false;
  #failures = 0;
  /** The last attempt, welcome, or word of Twitch's to go elsewhere. */
  #calmSince: Date;
  /** The move under way is no failure if it succeeds: the time before it was well spent. */
  #isForgiven = false;
  #isUseful = false;
  #isStopped = true;
  readonly #timers = new Map<"next" | "drain" | "unused", () => void>();

  /** The session that subscriptions go to; null while there is none. */
  sessionId: string | null = null;
  /** Grows with every fresh session: what was asked for an older one is void. */
  generation = 0;
  /** Why the last session ended or the last attempt failed; null while all is well. */
  reason: string | null = null;
  retryAt: Date | null = null;

  constructor(options: ConnectionOptions, events: ConnectionEvents) {
    this.#o = options;
    this.#events = events;
    this.#calmSince = options.time.now();
    const base = new URL(options.url);
    base.searchParams.set("keepalive_timeout_seconds", String(KEEPALIVE_S));
    this.#baseUrl = base.href;
  }

  /** Whether something is subscribed on the session. */
  get isUseful(): boolean {
    return this.sessionId !== null && this.#isUseful;
  }

  /** Whether there is a session, or one is being asked for right now. */
  get isTrying(): boolean {
    return this.sessionId !== null || this.#next !== null;
  }

  start(): void {
    if (!this.#isStopped) return;
    this.#isStopped = false;
    this.#connect(this.#baseUrl);
  }

  /** Something was subscribed: it stays. */
  markUseful(): void {
    this.#isUseful = true;
    this.reason = null;
    this.#cancel("unused");
  }

  /** What kept the last session from being used may have passed: no more waiting for that. */
  hurry(): void {
    if (this.reason === "unused" && this.retryAt !== null) this.#connect(this.#baseUrl);
  }

  /** The session is worth nothing: another one, after a wait. */
  abandon(reason: string): void {
    this.#cutAll();
    this.#lose(reason);
  }

  /** Ends it for now; `start` begins anew. No event but `onEnded` follows. */
  stop(reason: string): void {
    this.#isStopped = true;
    this.#cutAll();
    this.retryAt = null;
    this.reason = reason;
    this.#end(reason);
  }

  #connect(url: string): void {
    this.#cancel("next");
    this.retryAt = null;
    this.#calmSince = this.#o.time.now();
    const socket = new EventSubSocket(url, this.#o.time, {
      onWelcome: (session) => this.#welcomed(socket, session.id),
      onFrame: (frame) => this.#heard(socket, frame),
      onDown: (reason) => this.#down(socket, reason),
    });
    this.#next = socket;
    socket.open();
    this.#events.onChange();
  }

  #welcomed(socket: EventSubSocket, sessionId: string): void {
    if (socket !== this.#next) return;
    const before = this.#live;
    const isMove = this.#isMoving;
    this.#live = socket;
    this.#calmSince = this.#o.time.now();
    this.#next = null;
    this.#isMoving = false;
    if (isMove) {
      this.sessionId = sessionId;
      if (this.#isForgiven) this.#failures--;
      if (before !== null) this.#drain(before);
      this.#o.log.info("eventsub.moved", { account: this.#o.account });
      return this.#events.onChange();
    }
    // A move failed, and the old session went on until there was another: both at once would tell everything twice.
    before?.cut();
    this.#end(this.reason ?? "replaced");
    if (this.#live !== socket) return;
    this.sessionId = sessionId;
    this.generation++;
    this.#isUseful = false;
    this.#timer("unused", UNUSED_MS, () => this.abandon("unused"));
    this.#events.onFresh();
    this.#events.onChange();
  }

  #heard(socket: EventSubSocket, frame: ToldFrame): void {
    if (frame.kind !== "reconnect") return this.#events.onFrame(frame);
    if (socket !== this.#old) this.#move(frame.url);
  }

  /** Follows where Twitch asks us to go, the newest word before older ones. */
  #move(url: string | null): void {
    this.#forgetOldFailures();
    this.#isForgiven = this.#carriedFor(WORTHWHILE_MS);
    this.#calmSince = this.#o.time.now();
    this.#cutNext();
    this.#isMoving = true;
    const waitMs = this.#failures === 0 ? 0 : backoffMs(this.#failures - 1, this.#o.chance);
    this.#failures++;
    this.#o.log.info("eventsub.reconnect_asked", { account: this.#o.account, waitMs });
    if (url === null || !this.#isFit(url)) return this.#failed("reconnect_invalid");
    // Unchanged: Twitch wants no parameters of ours there.
    if (waitMs === 0) this.#connect(url);
    else this.#timer("next", waitMs, () => this.#connect(url));
  }

  /** As well protected as where we came from. */
  #isFit(url: string): boolean {
    return URL.canParse(url) && new URL(url).protocol === new URL(this.#baseUrl).protocol;
  }

  #down(socket: EventSubSocket, reason: string): void {
    if (socket === this.#old) return this.#stopDraining();
    if (socket === this.#next) {
      this.#next = null;
      return this.#failed(reason);
    }
    if (socket !== this.#live) return;
    this.#live = null;
    // What hangs on the session moves with it, unless Twitch has given up waiting for us.
    if (this.#isMoving && reason !== "reconnect_expired") return this.#events.onChange();
    if (this.#isMoving) this.#cutNext();
    this.#lose(reason);
  }

  #lose(reason: string): void {
    this.#forgetOldFailures();
    const wasWorthwhile = this.#carriedFor(WORTHWHILE_MS);
    this.#end(reason);
    this.#retry(reason, !wasWorthwhile);
  }

  /** An attempt came to nothing. After a move the old session goes on as long as Twitch lets it. */
  #failed(reason: string): void {
    this.#isMoving = false;
    if (this.#live === null) this.#end(reason);
    this.#retry(reason);
  }

  #retry(reason: string, isFailure = true): void {
    // Another attempt may be under way; and whoever heard of the end may have had enough.
    if (this.#isStopped || this.#next !== null || this.#timers.has("next")) return;
    const { account, time, chance, log } = this.#o;
    const waitMs = backoffMs(this.#failures, chance);
    if (isFailure) this.#failures++;
    this.reason = reason;
    this.retryAt = new Date(time.now().getTime() + waitMs);
    log.warn("eventsub.lost", { account, reason, waitMs });
    this.#timer("next", waitMs, () => this.#connect(this.#baseUrl));
    this.#events.onChange();
  }

  #end(reason: string): void {
    const { sessionId } = this;
    this.#cancel("unused");
    if (sessionId === null) return;
    this.sessionId = null;
    this.#events.onEnded(reason, sessionId);
  }

  #forgetOldFailures(): void {
    if (this.#carriedFor(STABLE_MS)) this.#failures = 0;
  }

  #carriedFor(ms: number): boolean {
    return this.isUseful && this.#o.time.now().getTime() - this.#calmSince.getTime() >= ms;
  }

  #drain(socket: EventSubSocket): void {
    this.#stopDraining();
    this.#old = socket;
    this.#timer("drain", DRAIN_MS, () => this.#stopDraining());
  }

  #stopDraining(): void {
    this.#cancel("drain");
    this.#old?.cut();
    this.#old = null;
  }

  #cutNext(): void {
    this.#cancel("next");
    this.#next?.cut();
    this.#next = null;
    this.#isMoving = false;
  }

  #cutAll(): void {
    this.#stopDraining();
    this.#cutNext();
    this.#live?.cut();
    this.#live = null;
  }

  #timer(name: "next" | "drain" | "unused", ms: number, run: () => void): void {
    this.#cancel(name);
    const cancel = this.#o.time.after(ms, () => {
      this.#timers.delete(name);
      run();
    });
    this.#timers.set(name, cancel);
  }

  #cancel(name: "next" | "drain" | "unused"): void {
    this.#timers.get(name)?.();
    this.#timers.delete(name);
  }
}
