import { describe, expect, test } from "bun:test";
import {
  afterFailure,
  type Breaker,
  emptyBreaker,
  type FailedCall,
  isModelFault,
  markAborted,
  markFailure,
  markSuccess,
  mayCall,
  pickModel,
  silenceOf,
} from "../../src/domain/breaker.ts";
import { after } from "./builders.ts";

/** The breaker after failures at these times. */
const failedAt = (...times: number[]): Breaker => times.reduce((breaker, ms) => markFailure(breaker, after(ms)), emptyBreaker());

describe("the breaker (F33)", () => {
  test("it opens at the third failure within 60 s", () => {
    expect(mayCall(failedAt(0, 1_000), after(1_000)).allowed).toBe(true);
    const open = failedAt(0, 1_000, 59_000);
    expect(mayCall(open, after(59_000))).toMatchObject({ allowed: false, retryAt: after(74_000) });
    expect(open).toMatchObject({ openedAt: after(59_000) });
    expect(open.failures.length).toBe(3);
  });

  test("failures farther apart leave it closed", () => {
    expect(failedAt(0, 30_000, 60_000).openedAt).toBeNull();
    expect(failedAt(0, 30_001, 60_001, 90_001, 120_001).openedAt).toBeNull();
  });

  test("a success forgets the failures before it", () => {
    expect(markFailure(markSuccess(failedAt(0, 1)), after(2)).openedAt).toBeNull();
  });

  test("after the wait one call tries, and only one", () => {
    const open = failedAt(0, 0, 0);
    expect(mayCall(open, after(14_999)).allowed).toBe(false);
    const trying = mayCall(open, after(15_000));
    expect(trying.allowed).toBe(true);
    expect(mayCall(trying.breaker, after(15_001)).allowed).toBe(false);
  });

  test("the try's success closes it, its failure doubles the wait up to five minutes", () => {
    let breaker = failedAt(0, 0, 0);
    const waits: number[] = [];
    for (let round = 0; round < 8; round++) {
      const at = breaker.retryAt ?? after(0);
      breaker = markFailure(mayCall(breaker, at).breaker, at);
      waits.push((breaker.retryAt?.getTime() ?? 0) - at.getTime());
    }
    expect(waits).toEqual([30_000, 60_000, 120_000, 240_000, 300_000, 300_000, 300_000, 300_000]);
    const at = breaker.retryAt ?? after(0);
    expect(markSuccess(mayCall(breaker, at).breaker)).toEqual(emptyBreaker());
  });

  test("calls that began before it opened change nothing any more", () => {
    const open = failedAt(0, 0, 0);
    expect(markFailure(open, after(10))).toEqual(open);
    expect(markSuccess(open)).toEqual(open);
  });

  test("an aborted try gives its place back; one that never ends loses it after two minutes", () => {
    const trying = mayCall(failedAt(0, 0, 0), after(20_000)).breaker;
    expect(mayCall(markAborted(trying), after(20_001)).allowed).toBe(true);
    expect(mayCall(trying, after(139_999)).allowed).toBe(false);
    expect(mayCall(trying, after(140_000)).allowed).toBe(true);
  });

  test("a provider's own longer wait is kept, within five minutes", () => {
    const busy = (retryAfterMs: number) => markFailure(failedAt(0, 0), after(0), retryAfterMs).retryAt;
    expect(busy(1_000)).toEqual(after(15_000));
    expect(busy(60_000)).toEqual(after(60_000));
    expect(busy(86_400_000)).toEqual(after(300_000));
  });

  test("what we aborted is no fault of the model", () => {
    expect(isModelFault("aborted")).toBe(false);
    for (const kind of ["busy", "refused", "down", "deadline", "garbled"] as const) expect(isModelFault(kind)).toBe(true);
  });
});

describe("which model is asked", () => {
  const open = failedAt(0, 0, 0);
  test("the main one while it works", () => {
    expect(pickModel("big", "small", new Map(), after(1))).toEqual({ model: "big", isFallback: false });
  });
  test("the fallback while the main one is open", () => {
    expect(pickModel("big", "small", new Map([["big", open]]), after(1))).toEqual({ model: "small", isFallback: true });
  });
  test("none when both are open, or when there is no other", () => {
    expect(
      pickModel(
        "big",
        "small",
        new Map([
          ["big", open],
          ["small", open],
        ]),
        after(1),
      ),
    ).toBeNull();
    expect(pickModel("big", null, new Map([["big", open]]), after(1))).toBeNull();
    expect(pickModel("big", "big", new Map([["big", open]]), after(1))).toBeNull();
  });
  test("the main one again when its wait is over", () => {
    expect(pickModel("big", "small", new Map([["big", open]]), after(15_000))).toEqual({ model: "big", isFallback: false });
  });
});

describe("what follows a failed call", () => {
  const next = (over: Partial<FailedCall>) =>
    afterFailure({ kind: "busy", retryAfterMs: null, attempt: 1, remainingMs: 10_000, hasFallback: false, chance: 0.5, ...over });

  test("a busy provider is asked once more after the wait that it named", () => {
    expect(next({ retryAfterMs: 2_000 })).toEqual({ action: "retry", waitMs: 2_000 });
    expect(next({})).toEqual({ action: "retry", waitMs: 400 });
    expect(next({ chance: 0 })).toEqual({ action: "retry", waitMs: 300 });
  });

  test("a wait that leaves no time for an answer is not waited", () => {
    expect(next({ retryAfterMs: 9_501 })).toEqual({ action: "give_up", reason: "model_overloaded" });
    expect(next({ retryAfterMs: 9_501, hasFallback: true })).toEqual({ action: "fallback" });
    expect(next({ retryAfterMs: 3_600_000, hasFallback: true })).toEqual({ action: "fallback" });
  });

  test("nobody is asked a third time", () => {
    expect(next({ attempt: 2 })).toEqual({ action: "give_up", reason: "model_overloaded" });
  });

  test("a hang, a refusal and a garbled answer go to the fallback at once", () => {
    for (const kind of ["deadline", "refused", "garbled"] as const) {
      expect(next({ kind, hasFallback: true })).toEqual({ action: "fallback" });
      expect(next({ kind })).toEqual({ action: "give_up", reason: silenceOf(kind) });
    }
  });

  test("without time left nothing more is tried", () => {
    expect(next({ kind: "deadline", hasFallback: true, remainingMs: 499 })).toEqual({
      action: "give_up",
      reason: "model_deadline",
    });
  });

  test("what we aborted is not tried again", () => {
    expect(next({ kind: "aborted", hasFallback: true })).toMatchObject({ action: "give_up" });
  });
});
