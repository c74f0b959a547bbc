import { type AuthFailureKind, isPassing } from "./accounts.ts";

/** When a token is renewed and asked about, and what a failure of either means. */

/** Renewed this long before its end: time for a handful of tries when Twitch is away. */
const REFRESH_BEFORE_MS = 300_000;
/** A token that lives shorter than 50 minutes is renewed when this share of its life is over. */
const REFRESH_AT_SHARE = 0.9;
/** A public client's refresh token dies after thirty days without use: once a week leaves three weeks of Byte being off. */
const KEEP_WARM_MS = 7 * 86_400_000;
/** Two renewals of one account are at least this far apart, whatever Twitch says of the new token. */
export const REFRESH_SPACING_MS = 10_000;
/** Twitch wants every token that is in use validated at the start and once an hour. */
const VALIDATE_EVERY_MS = 3_600_000;
/** The first of the hourly ones comes earlier by up to this, so that many accounts are not asked about at one instant. */
const VALIDATE_SPREAD_MS = 300_000;
/** After another process's validation we wait this much more than an hour: time for it to do the next one, too. */
const VALIDATE_AFTER_OTHERS_MS = VALIDATE_EVERY_MS + 120_000;
/** A validation stands for this long: one that is late by more says nothing of now. */
const VALIDATION_STANDS_MS = 2 * VALIDATE_EVERY_MS;
/** First wait after a failure, doubled with each that follows. No less: an answer that was lost is not to be asked for again at once. */
const FAILURE_WAIT_MS = 10_000;
const FAILURE_WAIT_MS_MAX = 120_000;
/** Added to a wait, by chance, up to this share of it: processes and accounts that failed together do not try together. */
const JITTER_SHARE = 0.25;
const DOUBLINGS_MAX = 10;
/** Between two tries when the settings are at fault: only a person can mend that, but not every mistake is ours. */
export const SETTINGS_WAIT_MS = 600_000;
/** A validated token whose end Twitch tells as 0 has none that is known: it is believed for a day, and asked about hourly. */
const UNKNOWN_END_MS = 86_400_000;

/** Since when a token is ours, and until when it works. */
export interface TokenLife {
  refreshedAt: Date;
  expiresAt: Date;
}

/** When to renew it: before its end, weekly at least, and never sooner than `REFRESH_SPACING_MS` after the last time. */
export function whenToRefresh({ refreshedAt, expiresAt }: TokenLife): Date {
  const bornMs = refreshedAt.getTime();
  const lifeMs = Math.max(0, expiresAt.getTime() - bornMs);
  const lateMs = Math.max(lifeMs - REFRESH_BEFORE_MS, lifeMs * REFRESH_AT_SHARE);
  return new Date(bornMs + Math.max(REFRESH_SPACING_MS, Math.min(lateMs, KEEP_WARM_MS)));
}

/** Whether it works at `now` and for `ms` more, as far as its end tells. */
export function isAlive(expiresAt: Date, now: Date, ms = 0): boolean {
  return expiresAt.getTime() - now.getTime() > ms;
}

/** When a token ends that Twitch, asked at `now`, says lives `expiresInS` longer. */
export function endOf(expiresInS: number, now: Date): Date {
  return new Date(now.getTime() + (expiresInS > 0 ? expiresInS * 1000 : UNKNOWN_END_MS));
}

/** The validation that was just made, or found made. */
export type Validated =
  /** The first of this process. `chance` is uniform in [0, 1). */
  | { by: "us_first"; at: Date; chance: number }
  /** `dueAt`: when it should have been. */
  | { by: "us"; at: Date; dueAt: Date }
  | { by: "other_process"; at: Date };

/** When to validate next. Ours keep to their hour however late each one is, so that lateness does not add up. */
export function whenToValidate(validated: Validated): Date {
  const atMs = validated.at.getTime();
  if (validated.by === "other_process") return new Date(atMs + VALIDATE_AFTER_OTHERS_MS);
  if (validated.by === "us_first") return new Date(atMs + VALIDATE_EVERY_MS - VALIDATE_SPREAD_MS * validated.chance);
  const nextMs = validated.dueAt.getTime() + VALIDATE_EVERY_MS;
  // Late by an hour or more (the machine slept), or the clock was set back: the hour begins anew.
  return new Date(nextMs > atMs && nextMs <= atMs + VALIDATE_EVERY_MS ? nextMs : atMs + VALIDATE_EVERY_MS);
}

/** Whether what Twitch said of a token at `validatedAt` still counts at `now`. */
export function isValidated(validatedAt: Date | null, now: Date): boolean {
  return validatedAt !== null && now.getTime() - validatedAt.getTime() < VALIDATION_STANDS_MS;
}

/** How long to wait after the `failures`-th failure in a row (from 1). `chance` is uniform in [0, 1). */
export function failureWaitMs(failures: number, chance: number): number {
  const doublings = Math.min(Math.max(0, failures - 1), DOUBLINGS_MAX);
  const waitMs = Math.min(FAILURE_WAIT_MS * 2 ** doublings, FAILURE_WAIT_MS_MAX);
  return Math.round(waitMs * (1 + JITTER_SHARE * chance));
}

/**
 * What to do after a renewal failed. `retry`: the pair is kept and tried again later. `read_again`: another process may
 * have renewed it meanwhile, so the store is asked once. `login_needed`: a person must sign in again. `settings`: the
 * client or its secret is wrong, which says nothing of the account: the pair is kept until a person has mended them.
 */
export type AfterRefusal = "retry" | "read_again" | "login_needed" | "settings";

/** `isReadAgain`: the store was asked, and still holds the pair that Twitch refused. */
export function afterRefusal(kind: AuthFailureKind, isReadAgain: boolean): AfterRefusal {
  if (isPassing(kind)) return "retry";
  if (kind !== "token_refused") return "settings";
  return isReadAgain ? "login_needed" : "read_again";
}
