import type { WorldChance } from "../chance.ts";
import { EMOTE_IDS } from "../emotes.ts";
import type { Chatter } from "./cast.ts";
import { LINE_BOOKS, type LineKind } from "./lines.ts";

/** What the slots of a line are filled with. */
export interface Scene {
  streamer: string;
  game: string;
  /** Somebody else in the room. */
  name: string;
}

/** How many templates a channel remembers before one may come again. */
const REMEMBERED = 90;
/** How many finished lines it remembers: none of them comes again word for word. */
const REMEMBERED_LINES = 400;
/** What people put behind a line, by what the line is; of the rest only in lines of nothing but emotes. */
const EMOTES_AFTER: Partial<Record<LineKind, readonly string[]>> = {
  hype: ["PogChamp", "Kreygasm", "BloodTrail", "PogChamp"],
  fail: ["LUL", "NotLikeThis", "BibleThump", "4Head", "WutFace"],
  greet: ["HeyGuys", "VoHiYo", "bleedPurple"],
  raid: ["HeyGuys", "PogChamp", "TwitchUnity"],
  support: ["bleedPurple", "SeemsGood", "GivePLZ"],
};
const EMOTES_ANY = ["LUL", "Kappa", "SeemsGood", "PopCorn", "VoHiYo"];
const EMOTES_ALONE = ["LUL", "PogChamp", "Kreygasm", "BloodTrail", "PopCorn", "bleedPurple", "TakeNRG", "GivePLZ"];

/** Writes what chatters say: picks a template that was not used lately and puts it in the chatter's own hand. */
export class Writer {
  #chance: WorldChance;
  #templates: string[] = [];
  #lines: string[] = [];

  constructor(chance: WorldChance) {
    this.#chance = chance;
  }

  write(kind: LineKind, chatter: Chatter, scene: Scene): string {
    let line = "";
    for (let attempt = 0; attempt < 8; attempt++) {
      line = this.#hand(this.#fill(this.#template(kind, chatter), chatter, scene), chatter, kind);
      if (!this.#lines.includes(line)) break;
    }
    remember(this.#lines, line, REMEMBERED_LINES);
    return line;
  }

  /** A line of nothing but emotes. */
  emotes(): string {
    const emote = this.#chance.pick(EMOTES_ALONE);
    return Array<string>(this.#chance.int(1, 4)).fill(emote).join(" ");
  }

  #template(kind: LineKind, chatter: Chatter): string {
    const all = LINE_BOOKS[chatter.language].lines[kind];
    const fresh = all.filter((line) => !this.#templates.includes(line));
    const template = this.#chance.pick(fresh.length > 0 ? fresh : all);
    remember(this.#templates, template, REMEMBERED);
    return template;
  }

  #fill(template: string, chatter: Chatter, scene: Scene): string {
    const { slots } = LINE_BOOKS[chatter.language];
    const values: Readonly<Record<string, () => string>> = {
      streamer: () => scene.streamer,
      game: () => scene.game,
      name: () => scene.name,
      n: () => String(this.#chance.int(2, 37)),
      food: () => this.#chance.pick(slots.food),
      thing: () => this.#chance.pick(slots.thing),
      when: () => this.#chance.pick(slots.when),
      laugh: () => chatter.laugh,
    };
    const filled = template.replace(/\{(\w+)\}/g, (whole, key: string) => values[key]?.() ?? whole);
    return chatter.language === "pt" ? contract(filled) : filled;
  }

  /** The chatter's way of typing. Calls to Byte are left alone, so that they stay calls. */
  #hand(line: string, chatter: Chatter, kind: LineKind): string {
    let text = line;
    const isCall = kind === "byte";
    if (chatter.isLazyTypist && !isCall)
      text = text.replace(/[,.!]+(?=\s|$)/g, "").replace(/\?+$/, this.#chance.is(0.5) ? "?" : "");
    if (kind === "hype" && this.#chance.is(0.3)) text = stretch(text, this.#chance.int(2, 6));
    if (!isCall && this.#chance.is(kind === "hype" ? chatter.loudShare : chatter.loudShare / 6) && !text.includes("@"))
      text = shout(text);
    if (!isCall && kind !== "bye" && this.#chance.is(chatter.emoteShare) && !EMOTE_AT_END.test(text))
      text = `${text} ${this.#chance.pick(EMOTES_AFTER[kind] ?? EMOTES_ANY)}`;
    return text;
  }
}

/** A line that has its emote already. */
const EMOTE_AT_END = new RegExp(`(?:${Object.keys(EMOTE_IDS).join("|")})$`);

/** Portuguese prepositions grow together with the word that follows: "em esse" is "nesse", "de aquela" "daquela". */
function contract(text: string): string {
  return text.replace(
    /\b(em|de) (ess[ea]|aquel[ea])/g,
    (_, preposition: string, word: string) => (preposition === "em" ? "n" : "d") + word,
  );
}

/** Draws out the last vowel: "vamo" becomes "vamooo". */
const stretch = (text: string, by: number): string =>
  text.replace(/([aeiouAEIOU])(\W*)$/, (_, vowel: string, rest: string) => vowel.repeat(by) + rest);

/** Capitals, but for the emotes, which are names. */
const shout = (text: string): string =>
  text
    .split(" ")
    .map((word) => (Object.hasOwn(EMOTE_IDS, word) ? word : word.toUpperCase()))
    .join(" ");

function remember(list: string[], item: string, max: number): void {
  list.push(item);
  if (list.length > max) list.shift();
}
