import type { Occurrence, Person } from "./occurrences.ts";

/*
 * What an occurrence means, as a key: reports with the same key may be reports of the same occurrence.
 *
 * - Strong: Twitch gave the occurrence itself a name (a stream's id, a follow's instant). The same key is the same occurrence.
 * - Weak: it has none (`channel.cheer` does not tell the chat message it belongs to). Then the key is who and what, and
 *   `known-occurrences.ts` counts the surfaces.
 */

/** What the surfaces tell of an occurrence without a name: at most ten minutes late (older events are dropped), and clocks differ. */
const WEAK_MS = 15 * 60_000;
/** An occurrence with a name cannot be taken for another one: it is known for as long as a stream may last. */
export const STRONG_MS = 24 * 3_600_000;
/** Titles have 140 characters, ids 64. */
const KEY_CHARS_MAX = 600;

export interface MeaningRule {
  isStrong: boolean;
  /** For this long two reports can be of one occurrence. */
  windowMs: number;
}

const WEAK: MeaningRule = { isStrong: false, windowMs: WEAK_MS };
const STRONG: MeaningRule = { isStrong: true, windowMs: STRONG_MS };
const RULES = {
  cheer: WEAK,
  power_up: WEAK,
  sub: WEAK,
  resub: WEAK,
  gift: WEAK,
  raid: WEAK,
  unban: WEAK,
  follow: STRONG,
  redemption: STRONG,
  // The last one is known for as long as the channel is: what equals it is no change.
  update: { isStrong: true, windowMs: Number.POSITIVE_INFINITY },
  online: STRONG,
  offline: STRONG,
  offline_unnamed: { isStrong: true, windowMs: WEAK_MS },
  ad: STRONG,
  train: STRONG,
  ban: STRONG,
} as const satisfies Record<string, MeaningRule>;

export type MeaningKind = keyof typeof RULES;

/** The kind, then what makes the occurrence this one. */
type KeyParts = readonly [MeaningKind, ...(string | number)[]];

/**
 * The key of a report, or null when it only repeats a part of something else: one gift of a bomb, or who got a gift. Those
 * are never told by themselves. `lastStreamId` is the stream that began last: an end without an id is of it.
 */
export function meaningKey(occurrence: Occurrence, lastStreamId: string | null): string | null {
  return keyParts(occurrence, lastStreamId)?.join(":").slice(0, KEY_CHARS_MAX) ?? null;
}

function keyParts(occurrence: Occurrence, lastStreamId: string | null): KeyParts | null {
  switch (occurrence.kind) {
    case "support":
      return supportKey(occurrence);
    case "gift_received":
      return null;
    case "raid":
      return ["raid", whoOf(occurrence.from)];
    case "follow":
      return ["follow", whoOf(occurrence.by), occurrence.followedAt.getTime()];
    case "redemption":
      return ["redemption", occurrence.redemptionId];
    case "update":
      return ["update", JSON.stringify([occurrence.title, occurrence.category, occurrence.language])];
    case "online":
      return ["online", occurrence.streamId];
    case "offline": {
      const streamId = occurrence.streamId ?? lastStreamId;
      return streamId === null ? ["offline_unnamed"] : ["offline", streamId];
    }
    case "ad_break":
      return ["ad", occurrence.startedAt.getTime()];
    case "hype_train": {
      const { trainId, phase, level } = occurrence;
      return phase === "progressed" ? ["train", trainId, phase, level] : ["train", trainId, phase];
    }
    case "ban":
      return ["ban", whoOf(occurrence.who), occurrence.bannedAt.getTime()];
    case "unban":
      return ["unban", whoOf(occurrence.who)];
  }
}

/** Tier, text and months are left out: surfaces differ in them ("Prime" is 1000 elsewhere). A bomb of one is a gift. */
function supportKey({ support, by, amount, giftId }: Extract<Occurrence, { kind: "support" }>): KeyParts | null {
  switch (support) {
    case "cheer":
    case "power_up":
      return [support, whoOf(by), amount];
    case "sub":
    case "resub":
      return [support, whoOf(by)];
    case "gift":
      return giftId === null ? ["gift", whoOf(by), amount] : null;
    case "gift_bomb":
      return ["gift", whoOf(by), amount];
  }
}

/** "" for somebody anonymous. */
const whoOf = ({ userId, login }: Person): string => userId || login;

/** Of a key that `meaningKey` made. */
export function kindOf(key: string): MeaningKind {
  const colon = key.indexOf(":");
  return (colon < 0 ? key : key.slice(0, colon)) as MeaningKind;
}

/** What follows the kind in a key. */
export const detailOf = (key: string): string => key.slice(kindOf(key).length + 1);

export const isMeaningKey = (text: string): boolean => Object.hasOwn(RULES, kindOf(text));

export const ruleOf = (key: string): MeaningRule => RULES[kindOf(key)];
