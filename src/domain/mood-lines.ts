import type { HistoryLine } from "./chat.ts";
import { type EmoteMoods, learn } from "./emote-moods.ts";
import { isKnownBot } from "./loops.ts";
import { type Mood, observe, SLOT_MS, SLOTS_MAX, traitsOf } from "./mood.ts";
import { type Sentiment, scoreText, squash, sumWithout } from "./sentiment.ts";

/** What is kept of a channel's mood. */
export interface ChannelMoods {
  mood: Mood;
  emotes: EmoteMoods;
}

/** Whose lines say nothing about the mood: bots', as everybody knows or as the operator says, and our own. */
export interface NotPeople {
  knownBots: readonly string[];
  /** Our account's id; null while it is not known. */
  ourId: string | null;
}

/** Whether a line is somebody's: the mood is theirs. */
export const isOfPeople = ({ kind, chatterId, login }: HistoryLine, { knownBots, ourId }: NotPeople): boolean =>
  kind === "chat" && chatterId !== ourId && !isKnownBot(login, knownBots);

/** Counts a line of somebody's, and learns from it what its emotes mean. `weights` are those learnt before (`emoteWeights`). */
export function hearLine(moods: ChannelMoods, line: HistoryLine, weights: ReadonlyMap<string, number>, now: Date): ChannelMoods {
  const nowMs = now.getTime();
  // Twitch's clock may run before ours; a line of the future would hide those that come before it.
  const at = Math.min(line.sentAt.getTime(), nowMs);
  if (!(nowMs - at < SLOTS_MAX * SLOT_MS)) return moods;
  const sentiment = scoreText(line.text, { emotes: weights });
  const mood = observe(moods.mood, at, traitsOf(line.text, sentiment));
  return { mood, emotes: learnt(moods.emotes, line, sentiment, at) };
}

function learnt(emotes: EmoteMoods, line: HistoryLine, sentiment: Sentiment, at: number): EmoteMoods {
  if (line.emotes.length === 0) return emotes;
  const emoteNames = emoteNamesOf(line);
  const rest = sumWithout(sentiment, new Set(emoteNames));
  if (rest === null) return emotes;
  return learn(emotes, { emoteNames, restScore: squash(rest), chatter: line.chatterId, at });
}

/** The names of a line's emotes, in its order; ranges count code points, and one that lies outside the text is left out. */
export function emoteNamesOf({ text, emotes }: Pick<HistoryLine, "text" | "emotes">): string[] {
  const points = SURROGATE.test(text) ? [...text] : null;
  return emotes.flatMap(({ start, end }) => {
    if (!(start >= 0 && end >= start && end < (points?.length ?? text.length))) return [];
    return [points ? points.slice(start, end + 1).join("") : text.slice(start, end + 1)];
  });
}

const SURROGATE = /[\uD800-\uDFFF]/;
