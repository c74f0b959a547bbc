import type { Sentiment, SentimentLabel } from "./sentiment.ts";
import { LAUGHING_EMOTES } from "./sentiment-emotes.ts";

/** The mood of a channel over the last minutes: a pure reducer over slots of ten seconds, at most 61 of them, that can be written down as JSON. */

/** Ten seconds, so that "the last minute" is off by one slot at most. */
export const SLOT_MS = 10_000;
const SLOTS_PER_MINUTE = 60_000 / SLOT_MS;
/** The longest window. */
const MINUTES_MAX = 10;
export const SLOTS_MAX = MINUTES_MAX * SLOTS_PER_MINUTE + 1;

export type MoodMinutes = 1 | 5 | 10;

/** Counts of messages; `sum` adds their scores (−1 … 1). */
export interface MoodCounts {
  count: number;
  sum: number;
  positives: number;
  negatives: number;
  questions: number;
  /** Negative or asking: who does not follow. */
  troubled: number;
  laughs: number;
  /** Messages in capitals. */
  loud: number;
}

export interface MoodSlot extends MoodCounts {
  /** Slots of ten seconds since the epoch. */
  slot: number;
}

export interface Mood {
  /** Oldest first, empty ones left out. */
  slots: readonly MoodSlot[];
  /** When each trigger last fired, in milliseconds since the epoch. */
  firedAt: Readonly<Partial<Record<MoodTrigger, number>>>;
}

/** What of a message the mood wants to know. */
export interface MoodTraits {
  score: number;
  label: SentimentLabel;
  isQuestion: boolean;
  isLaugh: boolean;
  isLoud: boolean;
}

export const NO_MOOD: Mood = { slots: [], firedAt: {} };

/** Adds a message. `at` in milliseconds since the epoch; a clock that steps back adds to the newest slot, one that steps back further starts anew. */
export function observe(state: Mood, at: number, traits: MoodTraits): Mood {
  if (!Number.isFinite(at) || !Number.isFinite(traits.score)) return state;
  const slots = slotsInReach(state.slots, at);
  const newest = slots.at(-1);
  const slot = Math.max(slotOf(at), newest?.slot ?? Number.NEGATIVE_INFINITY);
  if (newest?.slot === slot) return { ...state, slots: slots.with(-1, { slot, ...plus(newest, traits) }) };
  const kept = slots.filter((one) => one.slot > slot - SLOTS_MAX);
  return { ...state, slots: [...kept, { slot, ...plus(NO_COUNTS, traits) }] };
}

export interface MoodWindow extends MoodCounts {
  minutes: MoodMinutes;
  /** Mean score −1 … 1; 0 without messages. */
  average: number;
}

/** What was counted before a restart, and since. */
export function joinMoods(before: Mood, since: Mood): Mood {
  const bySlot = new Map(before.slots.map((one) => [one.slot, one]));
  for (const one of since.slots) bySlot.set(one.slot, { slot: one.slot, ...sumOf(bySlot.get(one.slot) ?? NO_COUNTS, one) });
  const slots = [...bySlot.values()].sort((a, b) => a.slot - b.slot);
  const newest = since.slots.at(-1)?.slot ?? slots.at(-1)?.slot ?? 0;
  // What lies after the newest line was counted under another clock.
  const isInReach = ({ slot }: MoodSlot) => slot > newest - SLOTS_MAX && slot <= newest;
  return { slots: slots.filter(isInReach), firedAt: { ...before.firedAt, ...since.firedAt } };
}

/** The counts of the last minutes. */
export function moodWindow(state: Mood, minutes: MoodMinutes, at: number): MoodWindow {
  const slots = slotsInReach(state.slots, at);
  const now = Math.max(slotOf(at), slots.at(-1)?.slot ?? Number.NEGATIVE_INFINITY);
  let counts: MoodCounts = NO_COUNTS;
  for (const one of slots) if (one.slot > now - minutes * SLOTS_PER_MINUTE) counts = sumOf(counts, one);
  return { ...counts, minutes, average: counts.count === 0 ? 0 : counts.sum / counts.count };
}

export type Vibe = "hyped" | "fun" | "chill" | "confused" | "sad";

/** Below this a minute is not judged by itself: the last five are. */
const VIBE_MESSAGES_MIN = 3;
/** Drawn to neutral as if so many neutral messages had been there: one line is no mood. */
const VIBE_SHRINKAGE_MESSAGES = 2;
/**
 * The earlier system's steps (1.5, 0.5, −1, of sums of words) do not fit a mean of −1 … 1. These were set by five recordings of a variety stream (118 minutes): there
 * half of all minutes lie within .02 … .14, the calmest and the liveliest twentieth beyond −.09 and .26.
 */
const HYPED_FROM = 0.27;
const HYPED_LOUD_FROM = 0.17;
const HYPED_LOUD_SHARE = 0.3;
const FUN_FROM = 0.14;
const SAD_BELOW = -0.1;
const CONFUSED_QUESTION_SHARE = 0.4;

/** The mood in a word. Without messages: chill. */
export function vibeOf(state: Mood, at: number): Vibe {
  const minute = moodWindow(state, 1, at);
  const window = minute.count >= VIBE_MESSAGES_MIN ? minute : moodWindow(state, 5, at);
  if (window.count === 0) return "chill";
  const average = window.sum / (window.count + VIBE_SHRINKAGE_MESSAGES);
  if (window.count >= VIBE_MESSAGES_MIN && average < FUN_FROM && shareOf(window.questions, window) >= CONFUSED_QUESTION_SHARE)
    return "confused";
  if (average <= SAD_BELOW) return "sad";
  if (average >= HYPED_FROM || (average >= HYPED_LOUD_FROM && shareOf(window.loud, window) >= HYPED_LOUD_SHARE)) return "hyped";
  return average >= FUN_FROM ? "fun" : "chill";
}

export type MoodTrigger = "anti-boredom" | "anti-confusion" | "hype";

/** Why a trigger fired, to be shown. */
export interface FiredTrigger {
  trigger: MoodTrigger;
  minutes: MoodMinutes;
  messages: number;
  /** The share that was compared with `threshold`. */
  share: number;
  threshold: number;
}

/** The earlier system's: at least 5 messages in 300 s, fewer than a fifth of them positive. */
const BOREDOM_MESSAGES_MIN = 5;
const BOREDOM_POSITIVE_BELOW = 0.2;
/** The earlier system's: at least 3 messages in 60 s, more than 70 % negative (here: negative or asking). */
const CONFUSION_MESSAGES_MIN = 3;
const CONFUSION_TROUBLED_ABOVE = 0.7;
/** Ours: a minute with ten messages, twice as fast as the last ten minutes, most of them positive. */
const HYPE_MESSAGES_MIN = 10;
const HYPE_POSITIVE_FROM = 0.6;
const HYPE_PACE_FACTOR = 2;
/** A suggestion that was made is not made again while it may still work. */
const COOLDOWN_MS: Record<MoodTrigger, number> = { "anti-boredom": 10 * 60_000, "anti-confusion": 5 * 60_000, hype: 5 * 60_000 };

/** The triggers that fire now, and the state that remembers it. */
export function fireTriggers(state: Mood, at: number): { state: Mood; fired: FiredTrigger[] } {
  const fired = [boredom(state, at), confusion(state, at), hype(state, at)].filter(
    (one): one is FiredTrigger => one !== null && hasCooled(state.firedAt[one.trigger], COOLDOWN_MS[one.trigger], at),
  );
  if (fired.length === 0) return { state, fired };
  return {
    state: { ...state, firedAt: { ...state.firedAt, ...Object.fromEntries(fired.map((one) => [one.trigger, at])) } },
    fired,
  };
}

function boredom(state: Mood, at: number): FiredTrigger | null {
  const window = moodWindow(state, 5, at);
  const share = shareOf(window.positives, window);
  if (window.count < BOREDOM_MESSAGES_MIN || share >= BOREDOM_POSITIVE_BELOW) return null;
  return { trigger: "anti-boredom", minutes: 5, messages: window.count, share, threshold: BOREDOM_POSITIVE_BELOW };
}

function confusion(state: Mood, at: number): FiredTrigger | null {
  const window = moodWindow(state, 1, at);
  const share = shareOf(window.troubled, window);
  if (window.count < CONFUSION_MESSAGES_MIN || share <= CONFUSION_TROUBLED_ABOVE) return null;
  return { trigger: "anti-confusion", minutes: 1, messages: window.count, share, threshold: CONFUSION_TROUBLED_ABOVE };
}

function hype(state: Mood, at: number): FiredTrigger | null {
  const window = moodWindow(state, 1, at);
  const share = shareOf(window.positives, window);
  if (window.count < HYPE_MESSAGES_MIN || share < HYPE_POSITIVE_FROM) return null;
  const before = moodWindow(state, 10, at).count - window.count;
  if (window.count < (HYPE_PACE_FACTOR * before) / (MINUTES_MAX - 1)) return null;
  return { trigger: "hype", minutes: 1, messages: window.count, share, threshold: HYPE_POSITIVE_FROM };
}

/** A cooldown that lies in the future, after a step of the clock backwards, is over. */
const hasCooled = (firedAt: number | undefined, cooldownMs: number, at: number): boolean =>
  firedAt === undefined || at < firedAt || at - firedAt >= cooldownMs;

/** Capitals count from so many letters, with so large a share. */
const LOUD_LETTERS_MIN = 4;
const LOUD_SHARE_MIN = 0.7;

/** What the mood wants to know of a message that was scored. */
export function traitsOf(text: string, sentiment: Sentiment): MoodTraits {
  return {
    score: sentiment.score,
    label: sentiment.label,
    isQuestion: text.includes("?"),
    isLaugh: sentiment.evidence.some((item) => item.why.startsWith("laughter") || LAUGHING_EMOTES.has(item.token)),
    isLoud: isLoud(text),
  };
}

function isLoud(text: string): boolean {
  let large = 0;
  let small = 0;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code >= 65 && code <= 90) large += 1;
    else if (code >= 97 && code <= 122) small += 1;
  }
  return large >= LOUD_LETTERS_MIN && large >= LOUD_SHARE_MIN * (large + small);
}

export const NO_COUNTS: MoodCounts = {
  count: 0,
  sum: 0,
  positives: 0,
  negatives: 0,
  questions: 0,
  troubled: 0,
  laughs: 0,
  loud: 0,
};

const one = (is: boolean): number => (is ? 1 : 0);

const plus = (counts: MoodCounts, traits: MoodTraits): MoodCounts => ({
  count: counts.count + 1,
  sum: counts.sum + traits.score,
  positives: counts.positives + one(traits.label === 1),
  negatives: counts.negatives + one(traits.label === -1),
  questions: counts.questions + one(traits.isQuestion),
  troubled: counts.troubled + one(traits.label === -1 || traits.isQuestion),
  laughs: counts.laughs + one(traits.isLaugh),
  loud: counts.loud + one(traits.isLoud),
});

export const sumOf = (a: MoodCounts, b: MoodCounts): MoodCounts => ({
  count: a.count + b.count,
  sum: a.sum + b.sum,
  positives: a.positives + b.positives,
  negatives: a.negatives + b.negatives,
  questions: a.questions + b.questions,
  troubled: a.troubled + b.troubled,
  laughs: a.laughs + b.laughs,
  loud: a.loud + b.loud,
});

const shareOf = (part: number, counts: MoodCounts): number => (counts.count === 0 ? 0 : part / counts.count);

const slotOf = (at: number): number => Math.floor(at / SLOT_MS);

/** Slots from a future that lies further off than the longest window were written under another clock. */
function slotsInReach(slots: readonly MoodSlot[], at: number): readonly MoodSlot[] {
  const newest = slots.at(-1);
  return newest && newest.slot - slotOf(at) > SLOTS_MAX ? [] : slots;
}
