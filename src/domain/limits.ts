import { bounded, instantAfter, kept, type Past, parsePast, union, waitUntilPast } from "./limit-windows.ts";

/**
 * Twitch's limits of sending and joining, with room to spare: over them Twitch ignores the account for
 * up to an hour. They hold for the account, over all its connections and all processes that speak for it.
 */

/** One line that was sent, as the limiter remembers it. */
interface Sent extends Past {
  channelLogin: string;
  /** Null when nobody will ask for duplicates. */
  text: string | null;
}

/** What was sent of late. A value: `markSent` gives the next one. */
export interface SendLimiter {
  readonly sent: readonly Sent[];
}

/** Twitch counts over 30 s on its side; a second more covers a line that arrives early or late. */
const SEND_WINDOW_MS = 31_000;
/** Of Twitch's 20 where we are neither moderator, VIP nor broadcaster. */
const SENDS_MAX = 19;
/** Of Twitch's 100 where we are; they count against the 20 of the others, too. */
const SENDS_AS_MODERATOR_MAX = 99;
/** One channel's part of the window, so that a flooded one leaves room for the others. */
const SENDS_PER_CHANNEL_MAX = 12;
/** Twitch allows one line a second in a channel. */
const CHANNEL_SPACING_MS = 1_100;
/** Twitch refuses the line that equals our last one there, for 30 s. */
const DUPLICATE_WINDOW_MS = 31_000;
/** More than any window may hold. */
const SENT_KEPT_MAX = 128;

export function emptyLimiter(): SendLimiter {
  return { sent: [] };
}

/** How long to wait before a line may be sent to the channel; 0 when it may go now. */
export function whenMaySend(limiter: SendLimiter, channelLogin: string, isModerator: boolean, now: Date): { waitMs: number } {
  const nowMs = now.getTime();
  const all = limiter.sent;
  const lastHere = nthNewest(all, channelLogin, 1);
  const crowdHere = nthNewest(all, channelLogin, SENDS_PER_CHANNEL_MAX);
  const crowd = all[all.length - (isModerator ? SENDS_AS_MODERATOR_MAX : SENDS_MAX)];
  const waitMs = Math.max(
    waitUntilPast(lastHere, CHANNEL_SPACING_MS, nowMs),
    waitUntilPast(crowdHere, SEND_WINDOW_MS, nowMs),
    waitUntilPast(crowd, SEND_WINDOW_MS, nowMs),
  );
  return { waitMs };
}

/** The `nth` newest line of the channel. */
function nthNewest(sent: readonly Sent[], channelLogin: string, nth: number): Sent | undefined {
  let found = 0;
  for (let at = sent.length - 1; at >= 0; at--) {
    const entry = sent[at];
    if (entry?.channelLogin === channelLogin && ++found === nth) return entry;
  }
  return undefined;
}

/** The limiter after a line was sent at `now`. `text`, when given, is remembered for `isDuplicate`. */
export function markSent(
  limiter: SendLimiter,
  channelLogin: string,
  _isModerator: boolean,
  now: Date,
  text: string | null = null,
): SendLimiter {
  const at = instantAfter(limiter.sent, now.getTime(), SEND_WINDOW_MS);
  return { sent: kept(limiter.sent, { at, channelLogin, text }, SEND_WINDOW_MS, SENT_KEPT_MAX) };
}

/** Whether the text went to that channel within Twitch's 30 s: it would be refused (`msg_duplicate`). */
export function isDuplicate(limiter: SendLimiter, channelLogin: string, text: string, now: Date): boolean {
  const after = now.getTime() - DUPLICATE_WINDOW_MS;
  const wanted = text.trim();
  return limiter.sent.some(
    (sent) => sent.channelLogin === channelLogin && sent.at > after && sent.text !== null && sent.text.trim() === wanted,
  );
}

/** What either of the two knows of: two processes with one account each know a part. Texts are no part of it. */
export function mergeLimiters(one: SendLimiter, other: SendLimiter, now: Date): SendLimiter {
  const both = union(one.sent, other.sent, (a, b) => a.channelLogin === b.channelLogin);
  return { sent: bounded(both, now.getTime(), SEND_WINDOW_MS, SENT_KEPT_MAX) };
}

/** A limiter out of the database; null for what is none. */
export function parseLimiter(value: unknown): SendLimiter | null {
  const sent = parsePast(value, "sent", SENT_KEPT_MAX, (at, { channelLogin }): Sent | null =>
    typeof channelLogin === "string" ? { at, channelLogin, text: null } : null,
  );
  return sent === null ? null : { sent };
}

/** As if all that Twitch allows had been sent just now: for when nobody knows what was. */
export function fullLimiter(now: Date): SendLimiter {
  const line: Sent = { at: now.getTime(), channelLogin: "", text: null };
  return { sent: Array.from({ length: SENDS_AS_MODERATOR_MAX }, () => line) };
}

/** The joins of late. A value: `markJoined` gives the next one. */
export interface JoinLimiter {
  readonly joined: readonly Past[];
}

/** Twitch counts joins over 10 s. */
const JOIN_WINDOW_MS = 11_000;
/** Of Twitch's 20; each channel of one JOIN line counts. */
const JOINS_MAX = 18;
const JOINED_KEPT_MAX = 40;

export function emptyJoinLimiter(): JoinLimiter {
  return { joined: [] };
}

/** How long to wait before one more channel may be joined; 0 when it may be now. */
export function whenMayJoin(limiter: JoinLimiter, now: Date): { waitMs: number } {
  const deciding = limiter.joined[limiter.joined.length - JOINS_MAX];
  return { waitMs: waitUntilPast(deciding, JOIN_WINDOW_MS, now.getTime()) };
}

/** The limiter after one channel was joined at `now`. */
export function markJoined(limiter: JoinLimiter, now: Date): JoinLimiter {
  const at = instantAfter(limiter.joined, now.getTime(), JOIN_WINDOW_MS);
  return { joined: kept(limiter.joined, { at }, JOIN_WINDOW_MS, JOINED_KEPT_MAX) };
}

/** As many of `wanted` joins as may be done at `now`, and how long the next one waits (0: all were done). */
export function takeJoins(limiter: JoinLimiter, wanted: number, now: Date): { next: JoinLimiter; count: number; waitMs: number } {
  let next = limiter;
  for (let count = 0; count < wanted; count++) {
    const { waitMs } = whenMayJoin(next, now);
    if (waitMs > 0) return { next, count, waitMs };
    next = markJoined(next, now);
  }
  return { next, count: wanted, waitMs: 0 };
}

/** What either of the two knows of. */
export function mergeJoinLimiters(one: JoinLimiter, other: JoinLimiter, now: Date): JoinLimiter {
  const both = union(one.joined, other.joined, () => true);
  return { joined: bounded(both, now.getTime(), JOIN_WINDOW_MS, JOINED_KEPT_MAX) };
}

/** A limiter out of the database; null for what is none. */
export function parseJoinLimiter(value: unknown): JoinLimiter | null {
  const joined = parsePast(value, "joined", JOINED_KEPT_MAX, (at): Past => ({ at }));
  return joined === null ? null : { joined };
}

/** As if all that Twitch allows had been joined just now. */
export function fullJoinLimiter(now: Date): JoinLimiter {
  return { joined: Array.from({ length: JOINS_MAX }, () => ({ at: now.getTime() })) };
}
