import type { Clock, Log, Timers } from "../../ports.ts";
import { dateOf } from "./http-exchange.ts";

/** Requests that may be under way before the first answer tells how many there are. Twitch gives 800 a minute. */
const UNKNOWN_POINTS = 100;
/** Bounds of how long a bucket counts as empty, in milliseconds, whatever Reset says: Twitch fills one within a minute. */
const RESET_MS_MIN = 1_000;
const RESET_MS_MAX = 60_000;
/** Longest wait of one request for its turn, in milliseconds: the longest Reset, and what the answer that told of it took. */
const WAIT_MS_MAX = 65_000;
/** Requests that wait at one bucket. More would only find out later that they are late. */
const WAITING_MAX = 50;
/** Buckets that are remembered: two for each account. Beyond it the oldest that is idle is forgotten. */
const BUCKETS_MAX = 1_000;

/** Leave to make one request. */
export interface Ticket {
  readonly bucket: Bucket;
  /** How many answers had told of the bucket when the request was made. */
  readonly told: number;
}

/** A ticket, to be given back by `answered`; or the wait until the bucket is full, when there were too many before this one. */
export type Turn = { ok: true; ticket: Ticket } | { ok: false; retryAfterMs: number };

interface Bucket {
  account: string;
  /** As the newest answer told; null while unknown. */
  remaining: number | null;
  limit: number | null;
  resetAtMs: number;
  /** Made, and not answered yet. */
  flying: number;
  /** Answers that told the state so far. */
  told: number;
  waiting: { go(): void }[];
  /** Somebody was turned away since it was last free: told once in the log. */
  isCrowded: boolean;
  cancelReset: (() => void) | null;
}

/** Twitch's rate limit, one bucket per account and kind of request: nobody asks while his is empty, and no other waits for it. */
export class Rates {
  readonly #options: { time: Clock & Timers; log: Log };
  readonly #buckets = new Map<string, Bucket>();
  #turnedAway = 0;

  constructor(options: { time: Clock & Timers; log: Log }) {
    this.#options = options;
  }

  /** Requests that found too many waiting, or waited too long. */
  get turnedAway(): number {
    return this.#turnedAway;
  }

  get waiting(): number {
    return [...this.#buckets.values()].reduce((sum, bucket) => sum + bucket.waiting.length, 0);
  }

  /** Waits for a turn, first come first served. */
  enter(account: string, kind: string): Promise<Turn> {
    const bucket = this.#bucket(account, kind);
    if (bucket.waiting.length === 0 && this.#hasRoom(bucket)) return Promise.resolve(this.#letIn(bucket));
    if (bucket.waiting.length >= WAITING_MAX) return Promise.resolve(this.#turnAway(bucket));
    return new Promise((resolve) => {
      const cancel = this.#options.time.after(WAIT_MS_MAX, () => {
        this.#pump(bucket);
        if (!bucket.waiting.includes(waiter)) return;
        bucket.waiting = bucket.waiting.filter((other) => other !== waiter);
        resolve(this.#turnAway(bucket));
      });
      const waiter = {
        go: () => {
          cancel();
          resolve(this.#letIn(bucket));
        },
      };
      bucket.waiting.push(waiter);
      this.#pump(bucket);
    });
  }

  /** The request is over; `headers` is null when no answer came. Gives how long until the bucket is full again, in milliseconds. */
  answered({ bucket, told }: Ticket, headers: Headers | null): number {
    bucket.flying--;
    const state = headers === null ? null : this.#read(headers);
    if (state === null) {
      if (bucket.remaining !== null) bucket.remaining = Math.max(0, bucket.remaining - 1);
    } else {
      // Answers overtake each other. One that was under way together with another may be the older: it can only lower
      // what is left, and put off when the bucket is full.
      const isNewer = told === bucket.told;
      bucket.limit = state.limit;
      bucket.remaining = isNewer ? state.remaining : Math.min(state.remaining, bucket.remaining ?? state.remaining);
      bucket.resetAtMs = isNewer ? state.resetAtMs : Math.max(state.resetAtMs, bucket.resetAtMs);
      bucket.told++;
    }
    this.#pump(bucket);
    return this.#untilReset(bucket);
  }

  #untilReset(bucket: Bucket): number {
    return Math.max(0, bucket.resetAtMs - this.#options.time.now().getTime());
  }

  #read(headers: Headers): { remaining: number; limit: number | null; resetAtMs: number } | null {
    const remaining = numberOf(headers, "ratelimit-remaining");
    if (remaining === null) return null;
    const nowMs = this.#options.time.now().getTime();
    const resetS = numberOf(headers, "ratelimit-reset");
    // Reset is an instant of Twitch's clock; by Twitch's own date it is a length, right also when our clock is wrong.
    const waitMs = resetS === null ? RESET_MS_MIN : resetS * 1_000 - (dateOf(headers)?.getTime() ?? nowMs);
    return {
      remaining,
      limit: numberOf(headers, "ratelimit-limit"),
      resetAtMs: nowMs + Math.min(Math.max(waitMs, RESET_MS_MIN), RESET_MS_MAX),
    };
  }

  #hasRoom(bucket: Bucket): boolean {
    const nowMs = this.#options.time.now().getTime();
    if (bucket.remaining !== null && nowMs >= bucket.resetAtMs) {
      bucket.remaining = bucket.limit;
      bucket.resetAtMs = nowMs + RESET_MS_MAX;
    }
    // Those under way may not be counted in what the last answer told.
    return (bucket.remaining ?? UNKNOWN_POINTS) - bucket.flying >= 1;
  }

  /** Lets in who may go, and comes back when the bucket is full. */
  #pump(bucket: Bucket): void {
    while (bucket.waiting.length > 0 && this.#hasRoom(bucket)) bucket.waiting.shift()?.go();
    bucket.cancelReset?.();
    bucket.cancelReset = null;
    if (bucket.waiting.length === 0) bucket.isCrowded = false;
    if (bucket.waiting.length === 0 || bucket.remaining === null) return;
    bucket.cancelReset = this.#options.time.after(this.#untilReset(bucket), () => this.#pump(bucket));
  }

  #letIn(bucket: Bucket): Turn {
    bucket.flying++;
    return { ok: true, ticket: { bucket, told: bucket.told } };
  }

  #turnAway(bucket: Bucket): Turn {
    this.#turnedAway++;
    if (!bucket.isCrowded) this.#options.log.warn("helix_turned_away", { account: bucket.account, total: this.#turnedAway });
    bucket.isCrowded = true;
    return { ok: false, retryAfterMs: this.#untilReset(bucket) };
  }

  #bucket(account: string, kind: string): Bucket {
    const key = `${account} ${kind}`;
    const known = this.#buckets.get(key);
    if (known) return known;
    if (this.#buckets.size >= BUCKETS_MAX) {
      const idle = [...this.#buckets].find(([, each]) => each.flying === 0 && each.waiting.length === 0);
      if (idle) this.#buckets.delete(idle[0]);
    }
    const bucket: Bucket = {
      account,
      remaining: null,
      limit: null,
      resetAtMs: 0,
      flying: 0,
      told: 0,
      waiting: [],
      isCrowded: false,
      cancelReset: null,
    };
    this.#buckets.set(key, bucket);
    return bucket;
  }
}

/** A header that is a whole number, not below 0; null when it is missing or anything else. */
export function numberOf(headers: Headers, name: string): number | null {
  const text = headers.get(name) ?? "";
  return /^\d{1,15}$/.test(text) ? Number(text) : null;
}
