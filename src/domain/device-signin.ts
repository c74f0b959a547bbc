import { type AuthFailureKind, isPassing } from "./accounts.ts";

/** Polling for a device code's token (RFC 8628, as Twitch has it). */

/** Added to the interval when Twitch says `slow_down`. */
const SLOWER_S = 5;
const INTERVAL_S_MAX = 60;
/** Over the interval, so that no two polls reach Twitch closer than it even when the second is quicker on its way. */
const MARGIN_MS = 250;

export type NextPoll = { action: "poll"; intervalS: number } | { action: "fail"; reason: AuthFailureKind };

/** What to do after a poll gave no token. What passes is polled again until the code ends. */
export function afterPoll(kind: AuthFailureKind, intervalS: number, now: Date, expiresAt: Date): NextPoll {
  if (!isPassing(kind)) return { action: "fail", reason: kind };
  const next = kind === "slow_down" ? Math.min(intervalS + SLOWER_S, INTERVAL_S_MAX) : intervalS;
  if (now.getTime() + pollWaitMs(next) >= expiresAt.getTime()) return { action: "fail", reason: "code_expired" };
  return { action: "poll", intervalS: next };
}

/** From one poll's answer to the next poll. */
export const pollWaitMs = (intervalS: number): number => intervalS * 1000 + MARGIN_MS;
