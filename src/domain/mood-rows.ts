import { BOX_EMOTES_MAX, BOXES, CHATTERS_MAX, type EmoteMoods, type EmoteTally, NAME_LETTERS_MAX } from "./emote-moods.ts";
import { type Mood, type MoodSlot, type MoodTrigger, NO_COUNTS, SLOTS_MAX } from "./mood.ts";

/* A mood and learnt emotes as they were written down, read again by nobody's word: null for what they cannot be. */

const COUNTS = Object.keys(NO_COUNTS) as (keyof typeof NO_COUNTS)[];
const TRIGGERS: readonly MoodTrigger[] = ["anti-boredom", "anti-confusion", "hype"];

export function parseMood(value: unknown): Mood | null {
  if (!isRecord(value) || !Array.isArray(value.slots) || value.slots.length > SLOTS_MAX || !isRecord(value.firedAt)) return null;
  const slots: readonly unknown[] = value.slots;
  if (!slots.every(isSlot) || !slots.every((one, i) => i === 0 || one.slot > (slots[i - 1] as MoodSlot).slot)) return null;
  const firedAt: Partial<Record<MoodTrigger, number>> = {};
  for (const trigger of TRIGGERS) {
    const at = value.firedAt[trigger];
    if (at === undefined) continue;
    if (!isNumber(at)) return null;
    firedAt[trigger] = at;
  }
  return { slots, firedAt };
}

export function parseEmoteMoods(value: unknown): EmoteMoods | null {
  if (!isRecord(value) || !Array.isArray(value.boxes) || value.boxes.length !== BOXES || !isCount(value.dropped)) return null;
  const boxes: readonly unknown[] = value.boxes;
  return boxes.every(isBox) ? { boxes, dropped: value.dropped } : null;
}

/** Counts are whole and not negative; `sum` lies within them. */
function isSlot(value: unknown): value is MoodSlot {
  if (!isRecord(value) || !Number.isSafeInteger(value.slot) || !isNumber(value.sum)) return false;
  const { count } = value;
  if (!isCount(count) || Math.abs(value.sum) > count) return false;
  return COUNTS.every((name) => name === "sum" || (isCount(value[name]) && value[name] <= count));
}

const isBox = (value: unknown): value is EmoteTally[] =>
  Array.isArray(value) && value.length <= BOX_EMOTES_MAX && value.every(isTally);

function isTally(value: unknown): value is EmoteTally {
  if (!isRecord(value) || typeof value.name !== "string" || value.name === "" || value.name.length > NAME_LETTERS_MAX)
    return false;
  const { messages, sum, at, chatters } = value;
  if (!isNumber(messages) || messages < 0 || !isNumber(sum) || !isNumber(at)) return false;
  return Array.isArray(chatters) && chatters.length <= CHATTERS_MAX && chatters.every(isCount);
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);
const isNumber = (value: unknown): value is number => typeof value === "number" && Number.isFinite(value);
const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;
