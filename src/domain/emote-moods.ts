/**
 * What a channel's own emotes mean, learnt from their company: the mood of the rest of the messages they stand in. A pure reducer over a small state that can be
 * written down as JSON. No chatter can be found in it: see `chatters`.
 */

/** Emotes are kept in boxes by a hash of their name, so that a change copies one box and not all: 31 × 16 = 496 emotes a channel at most. */
export const BOXES = 31;
export const BOX_EMOTES_MAX = 16;
/** Twitch's longest emote name is 25 letters; other services go to 100. Longer is not learnt. */
export const NAME_LETTERS_MAX = 100;
/** More different emotes in one message are not looked at. */
const EMOTES_PER_MESSAGE_MAX = 10;
/** What was learnt counts half after two weeks: emotes change their meaning with the jokes of a channel. */
const HALF_LIFE_MS = 14 * 24 * 60 * 60 * 1000;
/** An emote has a mood from so many messages, of so many chatters: one person's habit is not the channel's. */
const MESSAGES_MIN = 8;
const CHATTERS_MIN = 3;
/** The mood is drawn to neutral as if so many neutral messages had been seen besides. */
const SHRINKAGE_MESSAGES = 8;
/** Chatters told apart per emote; more than the least number is not needed. */
export const CHATTERS_MAX = 8;
/** Full agreement of an emote's company is worth a strong word. */
const WEIGHT_MAX = 3;
/** Moods nearer to neutral say nothing. */
const MOOD_MIN = 0.1;

export interface EmoteTally {
  name: string;
  /** Messages with it, decayed to `at`. */
  messages: number;
  /** Scores of the rest of those messages, decayed likewise. */
  sum: number;
  /** 16-bit marks of the first few chatters: enough to count that they differ, shared by too many names to find anybody. */
  chatters: readonly number[];
  /** Milliseconds since the epoch. */
  at: number;
}

export interface EmoteMoods {
  boxes: readonly (readonly EmoteTally[])[];
  /** Emotes that were let go because their box was full. */
  dropped: number;
}

export interface EmoteUse {
  emoteNames: readonly string[];
  /** −1 … 1: the rest of the message, without these emotes. */
  restScore: number;
  /** The chatter's id. */
  chatter: string;
  at: number;
}

export const NO_EMOTE_MOODS: EmoteMoods = { boxes: Array.from({ length: BOXES }, () => []), dropped: 0 };

/** Learns from one message. Call it only when the rest of the message says something (`sumWithout` is not null). */
export function learn(state: EmoteMoods, use: EmoteUse): EmoteMoods {
  if (!Number.isFinite(use.restScore) || !Number.isFinite(use.at)) return state;
  const names = new Set(use.emoteNames.slice(0, EMOTES_PER_MESSAGE_MAX));
  let next = state;
  for (const name of names) if (name !== "" && name.length <= NAME_LETTERS_MAX) next = learnOne(next, name, use);
  return next;
}

/** The mood of an emote, −1 … 1, drawn to neutral; null while too little is known. */
export function moodOf(state: EmoteMoods, emote: string, at: number): number | null {
  const tally = state.boxes[boxOf(emote)]?.find((one) => one.name === emote);
  return tally ? moodOfTally(tally, at) : null;
}

/** The weights that `scoreText` wants, of all emotes with a mood. Made anew when the state changed, at most once a minute: it walks the whole state. */
export function emoteWeights(state: EmoteMoods, at: number): Map<string, number> {
  const weights = new Map<string, number>();
  for (const box of state.boxes) {
    for (const tally of box) {
      const mood = moodOfTally(tally, at);
      if (mood !== null && Math.abs(mood) >= MOOD_MIN) weights.set(tally.name, mood * WEIGHT_MAX);
    }
  }
  return weights;
}

function learnOne(state: EmoteMoods, name: string, use: EmoteUse): EmoteMoods {
  const index = boxOf(name);
  const box = state.boxes[index] ?? [];
  const known = box.find((one) => one.name === name);
  const tally = added(known ?? { name, messages: 0, sum: 0, chatters: [], at: use.at }, use);
  const isFull = !known && box.length >= BOX_EMOTES_MAX;
  const others = isFull ? withoutLightest(box, use.at) : box.filter((one) => one.name !== name);
  return { boxes: state.boxes.with(index, [...others, tally]), dropped: state.dropped + (isFull ? 1 : 0) };
}

function added(tally: EmoteTally, use: EmoteUse): EmoteTally {
  const kept = shareLeft(tally, use.at);
  const mark = markOf(use.chatter);
  const isNew = tally.chatters.length < CHATTERS_MAX && !tally.chatters.includes(mark);
  return {
    name: tally.name,
    messages: tally.messages * kept + 1,
    sum: tally.sum * kept + Math.max(-1, Math.min(1, use.restScore)),
    chatters: isNew ? [...tally.chatters, mark] : tally.chatters,
    at: Math.max(tally.at, use.at),
  };
}

/** The same of a tally: null while too little is known. */
export function moodOfTally(tally: EmoteTally, at: number): number | null {
  const kept = shareLeft(tally, at);
  const messages = tally.messages * kept;
  if (messages < MESSAGES_MIN || tally.chatters.length < CHATTERS_MIN) return null;
  return (tally.sum * kept) / (messages + SHRINKAGE_MESSAGES);
}

/** A clock that steps backwards takes nothing away and gives nothing back. */
const shareLeft = (tally: EmoteTally, at: number): number => 0.5 ** (Math.max(0, at - tally.at) / HALF_LIFE_MS);

function withoutLightest(box: readonly EmoteTally[], at: number): EmoteTally[] {
  let lightest = box[0];
  for (const one of box) {
    if (lightest && one.messages * shareLeft(one, at) < lightest.messages * shareLeft(lightest, at)) lightest = one;
  }
  return box.filter((one) => one !== lightest);
}

const boxOf = (name: string): number => hashOf(name) % BOXES;
const markOf = (chatter: string): number => hashOf(chatter) & 0xffff;

/** FNV-1a, 32 bits. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  return hash >>> 0;
}
