/** How many tries in which time. */
export interface AttemptLimit {
  tries: number;
  windowMs: number;
}

/** Clients remembered at once. More, within one window, share one count: an attacker with many addresses gains nothing. */
const CLIENTS_MAX = 10_000;
const SHARED = "(others)";

/**
 * Counts tries of something that must not be guessed: per client and of all together. A try is
 * counted before it is judged, so that tries made at once count too.
 */
export class Attempts {
  readonly #perClient: AttemptLimit;
  readonly #overall: AttemptLimit;
  readonly #byClient = new Map<string, number[]>();
  #all: number[] = [];

  constructor(perClient: AttemptLimit, overall: AttemptLimit) {
    this.#perClient = perClient;
    this.#overall = overall;
  }

  /** Takes a try for `client`. Gives 0 when it may go ahead, else the wait in milliseconds; a refused try is not counted. */
  take(client: string, now: Date): number {
    const at = now.getTime();
    this.#forget(at);
    const key = this.#byClient.has(client) || this.#byClient.size < CLIENTS_MAX ? client : SHARED;
    const mine = this.#byClient.get(key) ?? [];
    const waitMs = Math.max(waitFor(mine, this.#perClient, at), waitFor(this.#all, this.#overall, at));
    if (waitMs > 0) return waitMs;
    mine.push(at);
    this.#byClient.set(key, mine);
    this.#all.push(at);
    return 0;
  }

  /** A try of `client` was right: it does not count against anybody. */
  giveBack(client: string): void {
    this.#byClient.delete(client);
    this.#all.pop();
  }

  #forget(at: number): void {
    this.#all = this.#all.filter((t) => t > at - this.#overall.windowMs);
    for (const [client, tries] of this.#byClient) {
      if ((tries.at(-1) ?? 0) <= at - this.#perClient.windowMs) this.#byClient.delete(client);
    }
  }
}

function waitFor(tries: readonly number[], limit: AttemptLimit, at: number): number {
  const recent = tries.filter((t) => t > at - limit.windowMs);
  const oldest = recent[recent.length - limit.tries];
  return oldest === undefined ? 0 : oldest + limit.windowMs - at;
}
