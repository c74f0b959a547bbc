import type { SilenceReason } from "./events.ts";

/**
 * Keeps a failing model from being asked over and over: closed while it works, open after failures,
 * half open when the wait is over: then one call tries. A value; `mayCall` and `mark…` give the next one.
 */
export interface Breaker {
  /** When the last failures were, in milliseconds, oldest first. */
  readonly failures: readonly number[];
  /** When it opened (or opened again); null while closed. */
  readonly openedAt: Date | null;
  /** When the next call may try; null while closed. */
  readonly retryAt: Date | null;
  /** When the trying call began; null when there is none. */
  readonly probeAt: Date | null;
  /** Openings since it last worked. */
  readonly openings: number;
}

/** Failures that open it, and the window they must fall into. */
const FAILURES_MAX = 3;
const FAILURE_WINDOW_MS = 60_000;
/** First wait; doubled with each opening that follows without a success. */
const WAIT_MS = 15_000;
const WAIT_MS_MAX = 300_000;
const DOUBLINGS_MAX = 10;
/** A trying call that told nothing for so long is forgotten. */
const PROBE_LOST_MS = 120_000;

const CLOSED: Breaker = { failures: [], openedAt: null, retryAt: null, probeAt: null, openings: 0 };

export function emptyBreaker(): Breaker {
  return CLOSED;
}

/**
 * Whether a call may begin at `now`, and the breaker when it does: half open, it gives its one try to
 * this call, which must end in `markSuccess`, `markFailure` or `markAborted`. `retryAt`: when the next
 * call may try; null while closed.
 */
export function mayCall(breaker: Breaker, now: Date): { allowed: boolean; breaker: Breaker; retryAt: Date | null } {
  const { retryAt, probeAt } = breaker;
  if (retryAt === null) return { allowed: true, breaker, retryAt };
  const isTrying = probeAt !== null && now.getTime() - probeAt.getTime() < PROBE_LOST_MS;
  if (now < retryAt || isTrying) return { allowed: false, breaker, retryAt };
  return { allowed: true, breaker: { ...breaker, probeAt: now }, retryAt };
}

/** The breaker after a call worked. While open, only the trying call's success closes it. */
export function markSuccess(breaker: Breaker): Breaker {
  return breaker.retryAt !== null && breaker.probeAt === null ? breaker : CLOSED;
}

/** The breaker after a call ended without a word on the model, as we aborted it: the try is free again. */
export function markAborted(breaker: Breaker): Breaker {
  return breaker.probeAt === null ? breaker : { ...breaker, probeAt: null };
}

/** The breaker after a call failed at `now`. `retryAfterMs`: the wait that the provider named, or null. */
export function markFailure(breaker: Breaker, now: Date, retryAfterMs: number | null = null): Breaker {
  const nowMs = now.getTime();
  const failures = [...breaker.failures.filter((at) => at > nowMs - FAILURE_WINDOW_MS), nowMs].slice(-FAILURES_MAX);
  if (breaker.retryAt !== null) return breaker.probeAt === null ? breaker : opened(breaker, failures, now, retryAfterMs);
  return failures.length < FAILURES_MAX ? { ...breaker, failures } : opened(breaker, failures, now, retryAfterMs);
}

function opened(breaker: Breaker, failures: readonly number[], now: Date, retryAfterMs: number | null): Breaker {
  const doubledMs = WAIT_MS * 2 ** Math.min(breaker.openings, DOUBLINGS_MAX);
  const waitMs = Math.min(Math.max(doubledMs, retryAfterMs ?? 0), WAIT_MS_MAX);
  const retryAt = new Date(now.getTime() + waitMs);
  return { failures, openedAt: now, retryAt, probeAt: null, openings: breaker.openings + 1 };
}

/** Which model to ask at `now`: the main one, else the fallback, by their breakers (by model name); null when both are open. */
export function pickModel(
  main: string,
  fallback: string | null,
  breakers: ReadonlyMap<string, Breaker>,
  now: Date,
): { model: string; isFallback: boolean } | null {
  if (mayCall(breakers.get(main) ?? CLOSED, now).allowed) return { model: main, isFallback: false };
  if (fallback === null || fallback === main) return null;
  return mayCall(breakers.get(fallback) ?? CLOSED, now).allowed ? { model: fallback, isFallback: true } : null;
}

/** Why a call gave nothing, in the words of the model's port. */
export type FailureKind = "busy" | "refused" | "down" | "deadline" | "aborted" | "garbled";

/** Whether the failure speaks against the model. One that we aborted says nothing of it. */
export function isModelFault(kind: FailureKind): boolean {
  return kind !== "aborted";
}

export interface FailedCall {
  kind: FailureKind;
  /** The provider's own wait, or null. */
  retryAfterMs: number | null;
  /** Which attempt with this model failed, from 1. */
  attempt: number;
  /** Of the deadline of the whole answer. */
  remainingMs: number;
  /** True when a fallback model may still be asked. */
  hasFallback: boolean;
  /** Uniform in [0, 1). */
  chance: number;
}

export type NextStep =
  | { action: "retry"; waitMs: number }
  | { action: "fallback" }
  | { action: "give_up"; reason: SilenceReason };

/** Attempts with one model for one answer. */
const ATTEMPTS_MAX = 2;
/** Wait when a busy provider names none: more or less by up to a quarter. */
const BUSY_WAIT_MS = 400;
/** Less time than this is not worth another call. */
const CALL_MS_MIN = 500;

/**
 * What to do after a call failed. A busy or broken-off provider is asked once more when its wait leaves
 * time for an answer; then the fallback, while there is time; else silence, with its reason.
 */
export function afterFailure(call: FailedCall): NextStep {
  const { kind, retryAfterMs, attempt, remainingMs, hasFallback, chance } = call;
  const isPassing = kind === "busy" || kind === "down";
  const waitMs = Math.ceil(retryAfterMs ?? BUSY_WAIT_MS * (0.75 + 0.5 * chance));
  if (isPassing && attempt < ATTEMPTS_MAX && waitMs + CALL_MS_MIN <= remainingMs) return { action: "retry", waitMs };
  if (kind !== "aborted" && hasFallback && remainingMs >= CALL_MS_MIN) return { action: "fallback" };
  return { action: "give_up", reason: silenceOf(kind) };
}

/** How a failure is told to people. Nobody should meet the one of `aborted`: whoever aborts has a reason of their own. */
export function silenceOf(kind: FailureKind): SilenceReason {
  if (kind === "busy") return "model_overloaded";
  return kind === "deadline" ? "model_deadline" : "model_failed";
}
