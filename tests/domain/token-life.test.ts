import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import type { AuthFailureKind } from "../../src/domain/accounts.ts";
import {
  afterRefusal,
  endOf,
  failureWaitMs,
  isAlive,
  isValidated,
  REFRESH_SPACING_MS,
  whenToRefresh,
  whenToValidate,
} from "../../src/domain/token-life.ts";
import { after, noon } from "./builders.ts";

const MIN_MS = 60_000;
const HOUR_MS = 60 * MIN_MS;
const DAY_MS = 24 * HOUR_MS;

/** The age at which a token is renewed that lives for `lifeMs`. */
const ageAtRefresh = (lifeMs: number) =>
  whenToRefresh({ refreshedAt: noon, expiresAt: after(lifeMs) }).getTime() - noon.getTime();

const lives = fc.integer({ min: 0, max: 400 * DAY_MS });
const chances = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });

describe("when a token is renewed", () => {
  test("five minutes before its end, when a tenth of a short life is left, and F5: weekly at least", () => {
    expect(ageAtRefresh(4 * HOUR_MS)).toBe(4 * HOUR_MS - 5 * MIN_MS);
    expect(ageAtRefresh(20 * MIN_MS)).toBe(18 * MIN_MS);
    expect(ageAtRefresh(60 * DAY_MS)).toBe(7 * DAY_MS);
  });

  test("F5: whatever its life, before its end, with time to spare, within a week, and not in a tight loop", () => {
    fc.assert(
      fc.property(lives, (lifeMs) => {
        const ageMs = ageAtRefresh(lifeMs);
        expect(ageMs).toBeGreaterThanOrEqual(REFRESH_SPACING_MS);
        expect(ageMs).toBeLessThanOrEqual(7 * DAY_MS);
        if (lifeMs < 12_000) return;
        expect(lifeMs - ageMs).toBeGreaterThanOrEqual(Math.min(5 * MIN_MS, lifeMs / 10) - 1);
        expect(ageMs).toBeGreaterThanOrEqual(Math.min(lifeMs * 0.9 - 1, 7 * DAY_MS));
      }),
    );
  });

  test("a token is alive until its end, and not within the time that is wanted beyond", () => {
    expect([isAlive(after(1), noon), isAlive(noon, noon), isAlive(after(5_000), noon, 5_000)]).toEqual([true, false, false]);
    expect([endOf(60, noon), endOf(0, noon)]).toEqual([after(60_000), after(DAY_MS)]);
  });
});

describe("when a token is validated", () => {
  test("F6: with one process once an hour after the start, however late each one is, never more than an hour and the lateness apart", () => {
    const lateness = fc.array(fc.integer({ min: 0, max: 2 * MIN_MS }), { minLength: 30, maxLength: 30 });
    fc.assert(
      fc.property(chances, lateness, (chance, lateMs) => {
        const at = [noon];
        let dueAt = whenToValidate({ by: "us_first", at: noon, chance });
        for (const late of lateMs) {
          const done = new Date(dueAt.getTime() + late);
          at.push(done);
          dueAt = whenToValidate({ by: "us", at: done, dueAt });
        }
        const gapsMs = at.slice(1).map((each, index) => each.getTime() - (at[index]?.getTime() ?? 0));
        expect(Math.max(...gapsMs)).toBeLessThanOrEqual(HOUR_MS + 2 * MIN_MS);
        for (let hours = 1; hours <= 24; hours++) {
          const count = at.filter((each) => each.getTime() <= noon.getTime() + hours * HOUR_MS + 2 * MIN_MS).length;
          expect(count).toBe(hours + 1);
        }
      }),
    );
  });

  test("F6: of two processes that see each other's, one validates and the other takes over when it is gone, within 65 minutes", () => {
    const others = whenToValidate({ by: "other_process", at: noon });
    const next = whenToValidate({ by: "us", at: noon, dueAt: after(-MIN_MS) });
    expect(others.getTime()).toBeGreaterThan(next.getTime() + MIN_MS);
    expect(others.getTime() - noon.getTime()).toBeLessThan(65 * MIN_MS);
  });

  test("many accounts are not asked about at one instant, and none later than an hour after the start", () => {
    const dues = Array.from({ length: 100 }, (_, index) =>
      whenToValidate({ by: "us_first", at: noon, chance: index / 100 }).getTime(),
    );
    expect(new Set(dues).size).toBe(100);
    expect(Math.max(...dues)).toBe(noon.getTime() + HOUR_MS);
    expect(Math.min(...dues)).toBeGreaterThan(noon.getTime() + 54 * MIN_MS);
  });

  test("after the machine slept, or the clock was set back, the hour begins anew", () => {
    expect(whenToValidate({ by: "us", at: after(5 * HOUR_MS), dueAt: noon })).toEqual(after(6 * HOUR_MS));
    expect(whenToValidate({ by: "us", at: after(-5 * HOUR_MS), dueAt: noon })).toEqual(after(-4 * HOUR_MS));
  });

  test("what Twitch said counts for two hours", () => {
    expect([isValidated(null, noon), isValidated(after(-119 * MIN_MS), noon), isValidated(after(-2 * HOUR_MS), noon)]).toEqual([
      false,
      true,
      false,
    ]);
  });
});

describe("after a failure", () => {
  test("each wait is longer than the one before, up to two minutes and a half, and never below ten seconds", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 10_000 }), chances, (failures, chance) => {
        const waitMs = failureWaitMs(failures, chance);
        expect(waitMs).toBeGreaterThanOrEqual(10_000);
        expect(waitMs).toBeLessThanOrEqual(150_000);
        expect(failureWaitMs(failures + 1, chance)).toBeGreaterThanOrEqual(waitMs);
      }),
    );
    expect([1, 2, 3, 4, 5, 6].map((failures) => failureWaitMs(failures, 0) / 1000)).toEqual([10, 20, 40, 80, 120, 120]);
    expect(failureWaitMs(1, 0.5)).toBe(11_250);
  });

  test("F1: only a pair that Twitch refused, and that the store still holds, needs a person's sign-in", () => {
    const verdicts = (kinds: AuthFailureKind[], isReadAgain: boolean) => [
      ...new Set(kinds.map((kind) => afterRefusal(kind, isReadAgain))),
    ];
    expect(verdicts(["token_refused"], false)).toEqual(["read_again"]);
    expect(verdicts(["token_refused"], true)).toEqual(["login_needed"]);
    for (const isReadAgain of [true, false]) {
      expect(verdicts(["unavailable", "garbled", "pending", "slow_down"], isReadAgain)).toEqual(["retry"]);
      expect(verdicts(["client_missing", "client_unknown", "secret_missing", "secret_wrong"], isReadAgain)).toEqual(["settings"]);
    }
  });
});
