import type { HistoryLine } from "./chat.ts";
import { moodOfTally } from "./emote-moods.ts";
import { type MoodCounts, moodWindow, NO_COUNTS, SLOT_MS, sumOf, type Vibe, vibeOf } from "./mood.ts";
import type { ChannelMoods } from "./mood-lines.ts";
import { type Evidence, type SentimentLabel, scoreText } from "./sentiment.ts";

/** The mood of the last minutes, in figures. Shares are 0 … 1; averages −1 … 1, and 0 without messages. */
export interface MoodFigures {
  count: number;
  average: number;
  positive: number;
  neutral: number;
  negative: number;
}

/** A line that was judged, with what spoke for it. */
export interface JudgedLine {
  messageId: string;
  sentAt: Date;
  chatterId: string;
  login: string;
  displayName: string;
  text: string;
  score: number;
  label: SentimentLabel;
  evidence: readonly Evidence[];
}

/** An emote of the channel whose mood was learnt, −1 … 1, with how much it rests on. */
export interface LearntEmote {
  name: string;
  weight: number;
  messages: number;
  chatters: number;
}

/** Half a minute of chat. */
export interface MoodStep {
  startedAt: Date;
  count: number;
  average: number;
}

/** How a channel feels, at one instant. */
export interface MoodView {
  vibe: Vibe;
  windows: { "1m": MoodFigures; "5m": MoodFigures; "10m": MoodFigures };
  /** Oldest first, always 20: the last 10 minutes. */
  steps: readonly MoodStep[];
  /** The strongest first. */
  emotes: readonly LearntEmote[];
  /** The newest lines of people, oldest first. */
  examples: readonly JudgedLine[];
}

const EMOTES_SHOWN = 20;
/** 20 steps of half a minute are the longest window. */
const STEPS = 20;
const STEP_SLOTS = 3;
const STEP_MS = STEP_SLOTS * SLOT_MS;

/** `lines` are the newest ones of people, oldest first; `weights` those that were learnt (`emoteWeights`). */
export function viewMood(
  { mood, emotes }: ChannelMoods,
  lines: readonly HistoryLine[],
  weights: ReadonlyMap<string, number>,
  now: Date,
): MoodView {
  const at = now.getTime();
  return {
    vibe: vibeOf(mood, at),
    windows: {
      "1m": figuresOf(moodWindow(mood, 1, at)),
      "5m": figuresOf(moodWindow(mood, 5, at)),
      "10m": figuresOf(moodWindow(mood, 10, at)),
    },
    steps: stepsOf(mood.slots, at),
    emotes: learntEmotes(emotes.boxes.flat(), at),
    examples: lines.map((line) => judged(line, weights)),
  };
}

function figuresOf({ count, sum, positives, negatives }: MoodCounts): MoodFigures {
  if (count === 0) return { count, average: 0, positive: 0, neutral: 0, negative: 0 };
  return {
    count,
    average: sum / count,
    positive: positives / count,
    neutral: (count - positives - negatives) / count,
    negative: negatives / count,
  };
}

function stepsOf(slots: ChannelMoods["mood"]["slots"], at: number): MoodStep[] {
  const last = Math.floor(at / STEP_MS);
  const counts = new Map<number, MoodCounts>();
  for (const one of slots) {
    const step = Math.floor(one.slot / STEP_SLOTS);
    counts.set(step, sumOf(counts.get(step) ?? NO_COUNTS, one));
  }
  return Array.from({ length: STEPS }, (_, i) => {
    const step = last - STEPS + 1 + i;
    const { count, average } = figuresOf(counts.get(step) ?? NO_COUNTS);
    return { startedAt: new Date(step * STEP_MS), count, average };
  });
}

function learntEmotes(tallies: readonly Parameters<typeof moodOfTally>[0][], at: number): LearntEmote[] {
  const known = tallies.flatMap((tally) => {
    const weight = moodOfTally(tally, at);
    const { name, messages, chatters } = tally;
    return weight === null ? [] : [{ name, weight, messages: Math.round(messages), chatters: chatters.length }];
  });
  return known.sort((a, b) => Math.abs(b.weight) - Math.abs(a.weight)).slice(0, EMOTES_SHOWN);
}

function judged(line: HistoryLine, weights: ReadonlyMap<string, number>): JudgedLine {
  const { messageId, sentAt, chatterId, login, displayName, text } = line;
  return { messageId, sentAt, chatterId, login, displayName, text, ...scoreText(text, { emotes: weights }) };
}
