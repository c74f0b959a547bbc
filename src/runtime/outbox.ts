import type { SayOutcome } from "../domain/events.ts";
import { emptyLimiter, isDuplicate, markSent, type SendLimiter, whenMaySend } from "../domain/limits.ts";
import type { Reply } from "../domain/replies.ts";
import type { Chat, Clock, Timers } from "../ports.ts";
import type { SharedLimit } from "./shared-limit.ts";

/** A line on its way to chat. Only a `Reply` can be sent. */
export interface OutgoingLine {
  traceId: string;
  channelLogin: string;
  text: Reply;
  replyToId: string | null;
}

interface Waiting {
  line: OutgoingLine;
  queuedAt: Date;
  resolve(outcome: SayOutcome): void;
}

/** Lines waiting for one channel; more are rejected as `overloaded`. */
const WAITING_PER_CHANNEL_MAX = 20;
/** A line that waited longer than this for the limiter is stale and is not sent. */
const WAIT_MS_MAX = 20_000;
/** When nobody can tell what is left of the limit, it is asked for again after this. */
const UNKNOWN_MS = 500;

/** One look at all that waits: what goes now (at most a line of each channel), and when somebody wants the next look. */
interface Round {
  next: SendLimiter;
  going: readonly Waiting[];
  soonestMs: number;
}

/**
 * Sends lines within Twitch's limits, channels in turn, so that a flooded channel delays the others
 * by one line at most. A line is sent once: what has no evidence is `unconfirmed`, not repeated.
 * The limit is the account's: `shared` keeps it for all processes and over restarts. Without, it is this outbox's own.
 */
export class Outbox {
  readonly #chat: Pick<Chat, "say" | "isModerator">;
  readonly #time: Clock & Timers;
  readonly #waiting = new Map<string, Waiting[]>();
  readonly #shared: SharedLimit<SendLimiter> | null;
  /** What this outbox sent itself, at the very instants; the shared limit knows when a line was about to be sent. */
  #own: SendLimiter = emptyLimiter();
  #timer: (() => void) | null = null;
  /** The shared limit is being asked; what comes meanwhile is looked at when it has answered. */
  #isAsking = false;
  #hasMore = false;
  #stopped = false;

  constructor(chat: Pick<Chat, "say" | "isModerator">, time: Clock & Timers, shared: SharedLimit<SendLimiter> | null = null) {
    this.#chat = chat;
    this.#time = time;
    this.#shared = shared;
  }

  /** Finds out what the account sent before this process began, so that the first line need not wait for it. */
  learn(): void {
    void this.#shared?.learn();
  }

  get waiting(): number {
    let sum = 0;
    for (const queue of this.#waiting.values()) sum += queue.length;
    return sum;
  }

  /** Resolves when Twitch confirmed or refused the line, or when there was no word of it. */
  say(line: OutgoingLine): Promise<SayOutcome> {
    if (this.#stopped) return Promise.resolve({ status: "rejected", reason: "stopped" });
    const queue = this.#waiting.get(line.channelLogin) ?? [];
    if (queue.length >= WAITING_PER_CHANNEL_MAX) return Promise.resolve({ status: "rejected", reason: "overloaded" });
    return new Promise((resolve) => {
      queue.push({ line, queuedAt: this.#time.now(), resolve });
      this.#waiting.set(line.channelLogin, queue);
      this.#pump();
    });
  }

  /** Throws away what waits for a channel that was left (F30). */
  cancel(channelLogin: string, reason: string): void {
    for (const item of this.#waiting.get(channelLogin) ?? []) item.resolve({ status: "rejected", reason });
    this.#waiting.delete(channelLogin);
  }

  /** Throws away a line that is still waiting; one that went to Twitch cannot be called back. */
  cancelTrace(traceId: string, reason: string): void {
    for (const [login, queue] of this.#waiting) {
      const index = queue.findIndex((item) => item.line.traceId === traceId);
      if (index < 0) continue;
      queue.splice(index, 1)[0]?.resolve({ status: "rejected", reason });
      if (queue.length === 0) this.#waiting.delete(login);
      return;
    }
  }

  stop(): void {
    this.#stopped = true;
    this.#timer?.();
    for (const login of [...this.#waiting.keys()]) this.cancel(login, "stopped");
  }

  #pump(): void {
    this.#timer?.();
    this.#timer = null;
    if (this.#shared !== null) return this.#pumpShared(this.#shared);
    const round = this.#round(this.#own);
    this.#send(round.going);
    this.#lookAgain(round.soonestMs);
  }

  #pumpShared(shared: SharedLimit<SendLimiter>): void {
    this.#hasMore = this.#isAsking;
    if (this.#isAsking) return;
    this.#isAsking = true;
    let soonestMs = Number.POSITIVE_INFINITY;
    const decide = (limiter: SendLimiter) => {
      const round = this.#round(limiter);
      soonestMs = round.soonestMs;
      return round.going.length > 0 ? round : null;
    };
    void shared.take(decide).then((taken) => {
      this.#isAsking = false;
      if (this.#stopped) return;
      if (taken !== null && taken !== "unknown") this.#send(taken.going);
      if (this.#hasMore && taken !== "unknown") return this.#pump();
      this.#lookAgain(taken === "unknown" ? UNKNOWN_MS : soonestMs);
    });
  }

  #lookAgain(afterMs: number): void {
    if (afterMs < Number.POSITIVE_INFINITY) this.#timer = this.#time.after(afterMs, () => this.#pump());
  }

  /** What may go by this limiter. Throws away what is stale or a repetition; what goes stays in its queue until it is sent. */
  #round(limiter: SendLimiter): Round {
    const now = this.#time.now();
    const going: Waiting[] = [];
    let next = limiter;
    let soonestMs = Number.POSITIVE_INFINITY;
    for (const [login, queue] of [...this.#waiting]) {
      const first = this.#first(login, queue, now);
      if (first === null) continue;
      const isModerator = this.#chat.isModerator(login);
      const { text } = first.line;
      const ownWaitMs = whenMaySend(this.#own, login, isModerator, now).waitMs;
      const mayGo = ownWaitMs === 0 && whenMaySend(next, login, isModerator, now).waitMs === 0;
      if (mayGo && isDuplicate(this.#own, login, text, now)) this.#drop(login, first, "msg_duplicate");
      else if (mayGo) {
        next = markSent(next, login, isModerator, now);
        going.push(first);
        if (queue.length === 1) continue;
      }
      if (queue.length === 0) continue;
      soonestMs = Math.min(soonestMs, Math.max(ownWaitMs, whenMaySend(next, login, isModerator, now).waitMs));
    }
    return { next, going, soonestMs };
  }

  /** The first line of the channel that is not stale. */
  #first(login: string, queue: Waiting[], now: Date): Waiting | null {
    while (queue[0] && now.getTime() - queue[0].queuedAt.getTime() > WAIT_MS_MAX) {
      queue.shift()?.resolve({ status: "rejected", reason: "stale" });
    }
    if (queue.length === 0) this.#waiting.delete(login);
    return queue[0] ?? null;
  }

  #drop(login: string, item: Waiting, reason: string): void {
    this.#takeOut(login, item);
    item.resolve({ status: "rejected", reason });
  }

  /** False when the line is no longer waiting. The channel's next turn comes after the others had theirs. */
  #takeOut(login: string, item: Waiting): boolean {
    const queue = this.#waiting.get(login);
    if (queue === undefined || queue[0] !== item) return false;
    queue.shift();
    this.#waiting.delete(login);
    if (queue.length > 0) this.#waiting.set(login, queue);
    return true;
  }

  #send(going: readonly Waiting[]): void {
    for (const item of going) {
      const { channelLogin, text, replyToId } = item.line;
      // Taken back while the limit was asked: its share of the limit is lost, which does no harm.
      if (!this.#takeOut(channelLogin, item)) continue;
      this.#own = markSent(this.#own, channelLogin, this.#chat.isModerator(channelLogin), this.#time.now(), text);
      this.#chat.say({ channelLogin, text, replyToId }).then(item.resolve, () => {
        item.resolve({ status: "unconfirmed", reason: "failed" });
      });
    }
  }
}
