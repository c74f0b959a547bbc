import type { Chance, Clock, Log, Timers } from "../../ports.ts";
import type { HelixAnswer, Tokens } from "../../ports-twitch.ts";
import type { Envelope } from "./external.ts";
import { type Asked, failed, type ReadAnswer, type Remedy, readAnswer } from "./helix-answers.ts";
import { Rates } from "./helix-rates.ts";
import { type Exchange, exchange } from "./http-exchange.ts";

/** Of one try, in milliseconds. Twitch answers in tenths of a second; creating a clip takes longest. */
export const HELIX_DEADLINE_MS = 10_000;
/** Longest answer that is read; a thousand chatters are about 100 KB. */
const ANSWER_BYTES_MAX = 2_097_152;
/** Tries of a request that changes nothing. Twitch asks that a 503 be tried once more and no oftener. */
const TRIES_MAX = 3;
const TRIES_503_MAX = 2;
/** The wait before the second try, doubled before the third, each from half of it to one and a half, in milliseconds. */
const RETRY_MS = 500;

export interface HelixOptions {
  /** Without a slash at its end, such as https://api.twitch.tv/helix. */
  url: string;
  tokens: Tokens;
  time: Clock & Timers;
  chance: Chance;
  log: Log;
}

export interface HelixCounters {
  /** Requests that wait for their account's bucket to fill. */
  waiting: number;
  /** Requests that were `busy` because too many waited already, or because they waited too long. */
  turnedAway: number;
  /** Tries beyond the first. */
  retried: number;
}

type Pair = { token: string; clientId: string };

/**
 * One request to the HTTP API, tried again where that is harmless: after a 401 once with another token (a 401 proves that
 * nothing happened); when the bucket was empty once, for a GET; when a GET got no proper answer, up to three tries. What
 * changes something is otherwise made once.
 */
export class HelixRequests {
  readonly #options: HelixOptions;
  readonly #rates: Rates;
  #retried = 0;

  constructor(options: HelixOptions) {
    this.#options = options;
    this.#rates = new Rates(options);
  }

  counters(): HelixCounters {
    return { waiting: this.#rates.waiting, turnedAway: this.#rates.turnedAway, retried: this.#retried };
  }

  async ask(as: string, asked: Asked): Promise<HelixAnswer<Envelope>> {
    const { tokens, log } = this.#options;
    const spent: Spent = { tries: 0, tries503: 0, renewals: 0, resets: 0 };
    let pair = await tokens.get(as);
    while (pair !== null) {
      const read = await this.#try(as, asked, pair);
      if (read.answer.ok) return read.answer;
      const { kind, status } = read.answer.failure;
      spent.tries++;
      if (status === 503) spent.tries503++;
      if (!mayTryAgain(read.remedy, spent)) return read.answer;
      log.info("helix_retry", { account: as, method: asked.method, path: asked.path, kind, status });
      this.#retried++;
      if (read.remedy === "renew") pair = await tokens.renew(as, pair.token);
      if (read.remedy === "again") await this.#pause(RETRY_MS * spent.tries);
    }
    return failed("login_needed", { message: "no usable token" });
  }

  async #try(as: string, asked: Asked, pair: Pair): Promise<ReadAnswer> {
    // Send Chat Message has a bucket of its own.
    const turn = await this.#rates.enter(as, asked.path === "/chat/messages" ? "chat" : "all");
    if (!turn.ok) return { answer: failed("busy", { message: "too many wait", retryAfterMs: turn.retryAfterMs }), remedy: null };
    const answer = await this.#send(asked, pair);
    // A 401 does not know whose bucket it stands at.
    const isTold = answer.kind === "answer" && answer.status !== 401;
    const resetMs = this.#rates.answered(turn.ticket, isTold ? answer.headers : null);
    return readAnswer(asked, answer, { scopes: this.#options.tokens.scopes(as), resetMs });
  }

  #send(asked: Asked, pair: Pair): Promise<Exchange> {
    const query = new URLSearchParams(asked.query.map(([name, value]) => [name, value]));
    return exchange(this.#options.time, {
      url: `${this.#options.url}${asked.path}${query.size === 0 ? "" : `?${query}`}`,
      method: asked.method,
      headers: {
        authorization: `Bearer ${pair.token}`,
        "client-id": pair.clientId,
        ...(asked.body === undefined ? {} : { "content-type": "application/json" }),
      },
      ...(asked.body === undefined ? {} : { body: JSON.stringify(asked.body) }),
      deadlineMs: HELIX_DEADLINE_MS,
      bytesMax: ANSWER_BYTES_MAX,
    });
  }

  #pause(ms: number): Promise<void> {
    return new Promise((resolve) => this.#options.time.after(ms * (0.5 + this.#options.chance.next()), resolve));
  }
}

interface Spent {
  tries: number;
  tries503: number;
  renewals: number;
  resets: number;
}

/** Whether there is another try for this, which is then counted as spent. */
function mayTryAgain(remedy: Remedy, spent: Spent): boolean {
  if (remedy === "renew") return ++spent.renewals <= 1;
  if (remedy === "reset") return ++spent.resets <= 1;
  return remedy === "again" && spent.tries < TRIES_MAX && spent.tries503 < TRIES_503_MAX;
}
