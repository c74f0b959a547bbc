import type { Chance } from "../../ports.ts";

/** Waits between attempts: doubled from the first to the last. Twitch counts more than ten connects a minute as a storm. */
const FIRST_MS = 500;
const LAST_MS = 30_000;
/** Beyond this many the wait is the last one anyway. */
const DOUBLINGS_MAX = 10;

/** How long to wait after `failures` attempts failed before this one did: with jitter of half of it, so that many do not come at once. */
export function backoffMs(failures: number, chance: Chance): number {
  const base = Math.min(LAST_MS, FIRST_MS * 2 ** Math.min(failures, DOUBLINGS_MAX));
  return Math.round(base * (0.5 + chance.next() * 0.5));
}
