import type { SayOutcome } from "../domain/events.ts";
import { emptyLimiter, isDuplicate, markSent, type SendLimiter, whenMaySend } from "../domain/limits.ts";
import type { Reply } from "../domain/replies.ts";
import type { Chat, Clock, Timers } from "../ports.ts";

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

/**
 * Sends lines within Twitch's limits, channels in turn, so that a flooded channel delays the others
 * by one line at most. A line is sent once: what has no evidence is `unconfirmed`, not repeated.
 */
export class Outbox {
  readonly #chat: Pick<Chat, "say" | "isModerator">;
  readonly #time: Clock & Timers;
  readonly #waiting = new Map<string, Waiting[]>();
  #limiter: SendLimiter = emptyLimiter();
  #timer: (() => void) | null = null;
  #stopped = false;

  constructor(chat: Pick<Chat, "say" | "isModerator">, time: Clock & Timers) {
    this.#chat = chat;
    this.#time = time;
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
    let soonestMs = Number.POSITIVE_INFINITY;
    for (const [login, queue] of [...this.#waiting]) {
      const waitMs = this.#serve(login, queue);
      soonestMs = Math.min(soonestMs, waitMs);
    }
    if (soonestMs < Number.POSITIVE_INFINITY) this.#timer = this.#time.after(soonestMs, () => this.#pump());
  }

  /** Sends the first line of a channel if it may go now. Returns when the channel wants its next turn. */
  #serve(login: string, queue: Waiting[]): number {
    const now = this.#time.now();
    while (queue[0] && now.getTime() - queue[0].queuedAt.getTime() > WAIT_MS_MAX) {
      queue.shift()?.resolve({ status: "rejected", reason: "stale" });
    }
    const first = queue[0];
    if (!first) {
      this.#waiting.delete(login);
      return Number.POSITIVE_INFINITY;
    }
    const isModerator = this.#chat.isModerator(login);
    const { waitMs } = whenMaySend(this.#limiter, login, isModerator, now);
    if (waitMs > 0) return waitMs;
    queue.shift();
    // The channel's next turn comes after the others had theirs.
    this.#waiting.delete(login);
    if (queue.length > 0) this.#waiting.set(login, queue);
    this.#send(first, isModerator, now);
    return queue.length > 0 ? 0 : Number.POSITIVE_INFINITY;
  }

  #send(item: Waiting, isModerator: boolean, now: Date): void {
    const { channelLogin, text } = item.line;
    if (isDuplicate(this.#limiter, channelLogin, text, now)) {
      item.resolve({ status: "rejected", reason: "msg_duplicate" });
      return;
    }
    this.#limiter = markSent(this.#limiter, channelLogin, isModerator, now, text);
    this.#chat.say({ channelLogin, text, replyToId: item.line.replyToId }).then(item.resolve, () => {
      item.resolve({ status: "unconfirmed", reason: "failed" });
    });
  }
}
