import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import type { AuthFailureKind } from "../../src/domain/accounts.ts";
import { afterPoll, pollWaitMs } from "../../src/domain/device-signin.ts";
import { after, noon } from "./builders.ts";

const passing: AuthFailureKind[] = ["pending", "slow_down", "unavailable", "garbled"];

describe("polling for a device code's token", () => {
  test("pending and what passes are polled again; slow_down takes five seconds more each time, up to a minute", () => {
    const next = (kind: AuthFailureKind, intervalS: number) => afterPoll(kind, intervalS, noon, after(1_800_000));
    expect(passing.map((kind) => next(kind, 5))).toEqual([
      { action: "poll", intervalS: 5 },
      { action: "poll", intervalS: 10 },
      { action: "poll", intervalS: 5 },
      { action: "poll", intervalS: 5 },
    ]);
    expect(next("slow_down", 58)).toEqual({ action: "poll", intervalS: 60 });
  });

  test("what does not pass ends it with Twitch's reason", () => {
    for (const kind of ["denied", "code_expired", "client_unknown", "scope_refused"] as const) {
      expect(afterPoll(kind, 5, noon, after(1_800_000))).toEqual({ action: "fail", reason: kind });
    }
  });

  test("whatever Twitch answers, polls keep their distance and end before the code does", () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...passing), { maxLength: 400 }), fc.integer({ min: 1, max: 30 }), (kinds, firstS) => {
        let nowMs = pollWaitMs(firstS);
        let intervalS = firstS;
        for (const kind of kinds) {
          const next = afterPoll(kind, intervalS, after(nowMs), after(600_000));
          if (next.action === "fail") return expect(next.reason).toBe("code_expired");
          expect(pollWaitMs(next.intervalS)).toBeGreaterThan(intervalS * 1000);
          intervalS = next.intervalS;
          nowMs += pollWaitMs(intervalS);
          expect(nowMs).toBeLessThan(600_000);
        }
      }),
    );
  });
});
