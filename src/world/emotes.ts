/** Global emotes of Twitch that the world's people use: name to id. */
export const EMOTE_IDS: Readonly<Record<string, string>> = {
  Kappa: "25",
  LUL: "425618",
  PogChamp: "305954156",
  HeyGuys: "30259",
  BibleThump: "86",
  NotLikeThis: "58765",
  "4Head": "354",
  ResidentSleeper: "245",
  SeemsGood: "64138",
  VoHiYo: "81274",
  Kreygasm: "41",
  BloodTrail: "69",
  bleedPurple: "62835",
  WutFace: "28087",
  GivePLZ: "112291",
  TakeNRG: "112292",
  TwitchUnity: "196892",
  PopCorn: "724216",
};

export interface PlacedEmote {
  id: string;
  name: string;
  /** Zero-based, inclusive, in code points. */
  start: number;
  end: number;
}

/** The known emotes in `text`, whole words only, positions in code points. */
export function findEmotes(text: string): PlacedEmote[] {
  const found: PlacedEmote[] = [];
  let at = 0;
  for (const word of text.split(" ")) {
    const length = Array.from(word).length;
    const id = Object.hasOwn(EMOTE_IDS, word) ? EMOTE_IDS[word] : undefined;
    if (id !== undefined) found.push({ id, name: word, start: at, end: at + length - 1 });
    at += length + 1;
  }
  return found;
}

/** The `emotes` tag: `id:start-end,start-end/id2:…`, "" for none. */
export function emotesTag(emotes: readonly PlacedEmote[]): string {
  const ranges = new Map<string, string[]>();
  for (const emote of emotes) {
    const list = ranges.get(emote.id) ?? [];
    list.push(`${emote.start}-${emote.end}`);
    ranges.set(emote.id, list);
  }
  return [...ranges].map(([id, list]) => `${id}:${list.join(",")}`).join("/");
}
