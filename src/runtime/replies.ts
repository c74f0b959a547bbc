import { afterFailure, type Breaker, emptyBreaker, markAborted, markFailure, markSuccess, mayCall } from "../domain/breaker.ts";
import type { ReplyRoute, SilenceReason } from "../domain/events.ts";
import { fitReply, type Reply } from "../domain/replies.ts";
import type { Chance, Clock, Log, Model, ModelAnswer, ModelFailure, PromptMessage, Timers } from "../ports.ts";
import type { ModelCall } from "../store/ledger.ts";

/** A question on its way through the model. */
export interface Ask {
  traceId: string;
  channelId: string;
  messages: readonly PromptMessage[];
  /** Login of who asked. */
  asker: string;
}

export type AskResult =
  | { ok: true; text: Reply; route: ReplyRoute; latencyMs: number }
  | { ok: false; reason: SilenceReason; latencyMs: number };

/** Prices in dollars per million tokens; null: not known, and then no cost is claimed. */
export interface ModelPrices {
  input: number | null;
  output: number | null;
  cached: number | null;
}

export interface RepliesOptions {
  model: string;
  fallbackModel: string | null;
  deadlineMs: number;
  concurrency: number;
  prices: ModelPrices;
}

/** What the model told of itself lately, for the status panel. */
export interface RepliesStatus {
  running: number;
  waiting: number;
  refused: number;
  /** Calls that were answered since the start. */
  answered: number;
  isOpen: boolean;
  retryAt: Date | null;
  lastFailure: ModelFailure["kind"] | null;
}

/** Questions that wait for a free place; more are refused as `model_overloaded`. */
const WAITING_MAX = 64;
/** A chat answer of 450 characters needs no more, also in Portuguese. */
const OUTPUT_TOKENS_MAX = 400;
const TEMPERATURE = 0.4;
/** Share of the time left that the first model may take when a fallback stands behind it. */
const FIRST_SHARE = 0.6;

interface Running {
  ask: Ask;
  askedAt: Date;
  abort: AbortController;
  finish(result: AskResult): void;
}

/**
 * Asks the model: a bounded number at once, one deadline over everything (waiting included), a
 * breaker per model, one fallback, and a ledger row for every request that was made.
 */
export class Replies {
  readonly #provider: Model;
  readonly #time: Clock & Timers;
  readonly #chance: Chance;
  readonly #log: Log;
  readonly #options: RepliesOptions;
  readonly #onCall: (call: ModelCall) => void;
  readonly #onBreaker: (change: { opened: boolean; failures: number; retryAt: Date | null }) => void;
  readonly #onStatus: () => void;
  readonly #breakers = new Map<string, Breaker>();
  readonly #running = new Map<string, Running>();
  readonly #waiting: Running[] = [];
  #refused = 0;
  #answered = 0;
  #lastFailure: ModelFailure["kind"] | null = null;

  constructor(
    model: Model,
    outside: { time: Clock & Timers; chance: Chance; log: Log },
    options: RepliesOptions,
    listen: {
      onCall: (call: ModelCall) => void;
      onBreaker: (change: { opened: boolean; failures: number; retryAt: Date | null }) => void;
      /** What `status` tells has changed. */
      onStatus: () => void;
    },
  ) {
    this.#provider = model;
    this.#time = outside.time;
    this.#chance = outside.chance;
    this.#log = outside.log;
    this.#options = options;
    this.#onCall = listen.onCall;
    this.#onBreaker = listen.onBreaker;
    this.#onStatus = listen.onStatus;
  }

  /** The first model asked. */
  get model(): string {
    return this.#options.model;
  }

  status(): RepliesStatus {
    const breaker = this.#breakers.get(this.#options.model);
    const now = this.#time.now();
    return {
      running: this.#running.size,
      waiting: this.#waiting.length,
      refused: this.#refused,
      answered: this.#answered,
      isOpen: breaker?.openedAt != null,
      retryAt: breaker ? mayCall(breaker, now).retryAt : null,
      lastFailure: this.#lastFailure,
    };
  }

  /** Resolves with the answer or the reason why there is none; never rejects. */
  ask(ask: Ask): Promise<AskResult> {
    return new Promise((finish) => {
      const item: Running = { ask, askedAt: this.#time.now(), abort: new AbortController(), finish };
      if (this.#running.size < this.#options.concurrency) this.#start(item);
      else if (this.#waiting.length < WAITING_MAX) this.#queue(item);
      else {
        this.#refused++;
        finish({ ok: false, reason: "model_overloaded", latencyMs: 0 });
      }
    });
  }

  /** Stops a question: the provider sees the connection close. `reason` is what its asker is told. */
  abort(traceId: string, reason: SilenceReason): void {
    const running = this.#running.get(traceId);
    if (running) running.abort.abort(reason);
    const index = this.#waiting.findIndex((item) => item.ask.traceId === traceId);
    if (index >= 0) this.#waiting.splice(index, 1)[0]?.finish({ ok: false, reason, latencyMs: 0 });
  }

  /** Stops all questions. */
  stop(): void {
    for (const item of this.#waiting.splice(0)) item.finish({ ok: false, reason: "channel_left", latencyMs: 0 });
    for (const item of this.#running.values()) item.abort.abort("channel_left");
  }

  /** Waits for a free place, and no longer than an answer may take. */
  #queue(item: Running): void {
    this.#waiting.push(item);
    const { finish } = item;
    const cancel = this.#time.after(this.#options.deadlineMs, () => {
      const index = this.#waiting.indexOf(item);
      if (index < 0) return;
      this.#waiting.splice(index, 1);
      this.#refused++;
      finish({ ok: false, reason: "model_overloaded", latencyMs: this.#since(item.askedAt) });
    });
    item.finish = (result) => {
      cancel();
      finish(result);
    };
  }

  #start(item: Running): void {
    this.#running.set(item.ask.traceId, item);
    this.#answer(item)
      .catch((error: unknown): AskResult => {
        this.#log.error("replies.failed", { traceId: item.ask.traceId, name: error instanceof Error ? error.name : "unknown" });
        return { ok: false, reason: "model_failed", latencyMs: this.#since(item.askedAt) };
      })
      .then((result) => {
        this.#running.delete(item.ask.traceId);
        item.finish(result);
        const next = this.#waiting.shift();
        if (next) this.#start(next);
      });
  }

  async #answer(item: Running): Promise<AskResult> {
    const { model: main, fallbackModel } = this.#options;
    const models = fallbackModel !== null && fallbackModel !== main ? [main, fallbackModel] : [main];
    let reason: SilenceReason = "model_breaker_open";
    for (const [index, model] of models.entries()) {
      const tried = await this.#try(item, model, index < models.length - 1);
      if (tried === null) continue;
      if ("text" in tried) {
        const route = model === main ? "model" : "model_fallback";
        return { ok: true, text: tried.text, route, latencyMs: this.#since(item.askedAt) };
      }
      reason = tried.reason;
      if (tried.isFinal) break;
    }
    return { ok: false, reason, latencyMs: this.#since(item.askedAt) };
  }

  /** Asks one model, again where that is worth it. Null: its breaker is open. `isFinal`: another model is no help. */
  async #try(
    item: Running,
    model: string,
    hasFallback: boolean,
  ): Promise<{ text: Reply } | { reason: SilenceReason; isFinal: boolean } | null> {
    for (let attempt = 1; ; attempt++) {
      if (!this.#enter(model)) return null;
      const answer = await this.#call(item, model, !hasFallback);
      if (item.abort.signal.aborted) return { reason: item.abort.signal.reason as SilenceReason, isFinal: true };
      if (answer.ok) {
        const fit = fitReply(answer.text, { asker: item.ask.asker });
        return fit.ok ? { text: fit.text } : { reason: fit.reason, isFinal: false };
      }
      const next = afterFailure({
        ...answer.failure,
        attempt,
        remainingMs: this.#leftMs(item),
        hasFallback,
        chance: this.#chance.next(),
      });
      if (next.action === "give_up") return { reason: next.reason, isFinal: true };
      if (next.action === "fallback") return { reason: "model_failed", isFinal: false };
      await this.#wait(item, next.waitMs);
      if (item.abort.signal.aborted) return { reason: item.abort.signal.reason as SilenceReason, isFinal: true };
    }
  }

  /** Ends early when the question is given up. */
  #wait(item: Running, ms: number): Promise<void> {
    return new Promise((resolve) => {
      const done = () => {
        cancel();
        item.abort.signal.removeEventListener("abort", done);
        resolve();
      };
      const cancel = this.#time.after(ms, done);
      item.abort.signal.addEventListener("abort", done);
    });
  }

  async #call(item: Running, model: string, isLast: boolean): Promise<ModelAnswer> {
    const startedAt = this.#time.now();
    const answer = await this.#provider.complete({
      messages: item.ask.messages,
      model,
      temperature: TEMPERATURE,
      outputTokensMax: OUTPUT_TOKENS_MAX,
      // The first model may not eat the time of the second.
      deadlineMs: Math.max(1, Math.ceil(this.#leftMs(item) * (isLast ? 1 : FIRST_SHARE))),
      signal: item.abort.signal,
    });
    this.#leave(model, answer);
    this.#onCall({
      at: startedAt,
      channelId: item.ask.channelId,
      traceId: item.ask.traceId,
      purpose: "reply",
      model,
      outcome: answer.ok ? "answered" : answer.failure.kind === "aborted" ? "aborted" : "failed",
      inputTokens: answer.usage?.inputTokens ?? 0,
      cachedTokens: answer.usage?.cachedTokens ?? 0,
      outputTokens: answer.usage?.outputTokens ?? 0,
      costMicros: costMicros(answer.usage, this.#options.prices),
      latencyMs: this.#since(startedAt),
      error: answer.ok ? null : [answer.failure.kind, answer.failure.status].filter((part) => part !== null).join(" "),
    });
    return answer;
  }

  #enter(model: string): boolean {
    const { allowed, breaker } = mayCall(this.#breakers.get(model) ?? emptyBreaker(), this.#time.now());
    this.#breakers.set(model, breaker);
    return allowed;
  }

  #leave(model: string, answer: ModelAnswer): void {
    const before = this.#breakers.get(model) ?? emptyBreaker();
    const now = this.#time.now();
    const after = breakerAfter(before, answer, now);
    this.#breakers.set(model, after);
    if (model !== this.#options.model) return;
    this.#note(answer);
    const isOpen = after.openedAt !== null;
    if ((before.openedAt !== null) === isOpen) return;
    this.#onBreaker({ opened: isOpen, failures: after.failures.length, retryAt: isOpen ? mayCall(after, now).retryAt : null });
  }

  /** What the status panel says of the first model. A call that we ended ourselves says nothing. */
  #note(answer: ModelAnswer): void {
    const failure = answer.ok ? null : answer.failure.kind;
    if (failure === "aborted") return;
    const isNews = failure !== this.#lastFailure || (answer.ok && this.#answered === 0);
    this.#lastFailure = failure;
    if (answer.ok) this.#answered++;
    if (isNews) this.#onStatus();
  }

  #leftMs(item: Running): number {
    return Math.max(0, this.#options.deadlineMs - this.#since(item.askedAt));
  }

  #since(at: Date): number {
    return Math.max(0, this.#time.now().getTime() - at.getTime());
  }
}

function breakerAfter(before: Breaker, answer: ModelAnswer, now: Date): Breaker {
  if (answer.ok) return markSuccess(before);
  return answer.failure.kind === "aborted" ? markAborted(before) : markFailure(before, now, answer.failure.retryAfterMs);
}

/**
 * What a call cost, in whole micro-dollars (rounded up), or null when the usage or a price is not
 * known: an unknown cost is never taken for nothing. Dollars per million tokens are micro-dollars per token.
 */
export function costMicros(
  usage: { inputTokens: number; cachedTokens: number; outputTokens: number } | null,
  prices: ModelPrices,
): number | null {
  if (usage === null || prices.input === null || prices.output === null) return null;
  const fresh = Math.max(0, usage.inputTokens - usage.cachedTokens);
  const cost = fresh * prices.input + usage.cachedTokens * (prices.cached ?? prices.input) + usage.outputTokens * prices.output;
  return Math.ceil(Number(cost.toFixed(6)));
}
