import { EMOJI, EMOTE_ENDINGS, EMOTES, EMOTICONS } from "./sentiment-emotes.ts";
import { type FormKind, formsOf } from "./sentiment-forms.ts";
import { ENGLISH } from "./sentiment-words-en.ts";
import { SPANISH } from "./sentiment-words-es.ts";
import { PORTUGUESE } from "./sentiment-words-pt.ts";

/** What one language brings. Words are parted by blanks, phrases by `|`; a weight of 0 says that the word means nothing here, whatever it means elsewhere. */
export interface LanguageWords {
  words: readonly (readonly [number, string])[];
  phrases: readonly (readonly [number, string])[];
  /** Verbs in the infinitive and adjectives, to be entered in all their regular forms (sentiment-forms.ts). */
  verbs: readonly (readonly [number, string])[];
  adjectives: readonly (readonly [number, string])[];
  /** Turn what follows into its opposite. */
  negators: string;
  boosters: string;
  dampers: string;
  /** "but": what stood before counts less. */
  turns: string;
  /** Plain words by which the language is told. */
  marks: string;
}

export type Language = "en" | "pt" | "es";

/** One bit per language. */
export const LANGUAGE_BIT: Record<Language, number> = { en: 1, pt: 2, es: 4 };

/** Weights in the order English, Portuguese, Spanish; `undefined` where the language says nothing. */
export type Weights = readonly [number | undefined, number | undefined, number | undefined];

export interface WordEntry {
  weights: Weights;
  /** Bits of the languages in which the word plays the part. */
  negates: number;
  boosts: number;
  damps: number;
  turns: number;
  marks: number;
  startsPhrase: boolean;
}

/** The longest phrase, in words. */
export const PHRASE_WORDS_MAX = 4;

/** Accents taken off: `péssimo` → `pessimo`. */
export const foldAccents = (word: string): string => (isAscii(word) ? word : word.normalize("NFD").replace(/\p{M}+/gu, ""));

/** The entry of a word in small letters: as it is written, else without its accents. */
export const findWord = (word: string): WordEntry | undefined =>
  WORDS.get(word) ?? (isAscii(word) ? undefined : WORDS.get(foldAccents(word)));

/** The weights of a phrase of words without accents. */
export const findPhrase = (words: string): Weights | undefined => PHRASES.get(words);

/** Emotes known to everybody: as they are written; in other letters only where that cannot be a word. */
export const findEmote = (name: string): number | undefined =>
  EMOTE_WEIGHTS.get(name) ?? EMOTE_WEIGHTS_SMALL.get(name.toLowerCase());

export const findEmoticon = (text: string): number | undefined => EMOTICON_WEIGHTS.get(text);
export const findEmoji = (text: string): number | undefined => EMOJI_WEIGHTS.get(text);

/** The weight of a channel's emote by its second half (`nameHype`). Undefined when the half is no word by itself. */
export function findEmoteEnding(name: string): number | undefined {
  const parts = EMOTE_SHAPE.exec(name);
  return parts?.[1] === undefined ? undefined : ENDING_WEIGHTS.get(parts[1]);
}

const isAscii = (text: string): boolean => {
  for (let at = 0; at < text.length; at++) if (text.charCodeAt(at) > 127) return false;
  return true;
};

/** Twitch: a prefix of 3 to 10 small letters or figures that begins with a letter, then the emote's own name. */
const EMOTE_SHAPE = /^[a-z][a-z0-9]{2,9}([A-Z][A-Za-z]{0,12})$/;

const LANGUAGES: readonly [Language, LanguageWords][] = [
  ["en", ENGLISH],
  ["pt", PORTUGUESE],
  ["es", SPANISH],
];

type Part = "negates" | "boosts" | "damps" | "turns" | "marks";
type Draft = Omit<WordEntry, "weights"> & { weights: [number | undefined, number | undefined, number | undefined] };

const blanks = (text: string): string[] => text.split(/\s+/).filter((word) => word !== "");

const weightMap = (groups: readonly (readonly [number, string])[]): ReadonlyMap<string, number> =>
  new Map(groups.flatMap(([weight, words]) => blanks(words).map((word): [string, number] => [word, weight])));

const EMOTICON_WEIGHTS = weightMap(EMOTICONS);
const EMOJI_WEIGHTS = weightMap(EMOJI);
const ENDING_WEIGHTS = weightMap(EMOTE_ENDINGS);

const WORDS: ReadonlyMap<string, WordEntry> = buildWords();
const PHRASES: ReadonlyMap<string, Weights> = buildPhrases();

/** An emote's name that is also a word which is weighed anyway ("Happy", "disgusting") is read as that word, so that a negation reaches it. */
const WORD_SHAPE = /^[A-Z]?[a-z]+$/;
const EMOTE_WEIGHTS: ReadonlyMap<string, number> = new Map(
  [...weightMap(EMOTES)].filter(
    ([name]) => !WORD_SHAPE.test(name) || WORDS.get(name.toLowerCase())?.weights.some(Boolean) !== true,
  ),
);

/** Emotes that are ordinary words when written small, and that no list above holds. */
const PLAIN_WORDS: ReadonlySet<string> = new Set(
  blanks(
    "aware classic clap danse dance dies dead waiting tears erm rage staring stare comfy getout awkward sweat based cringe handsup",
  ),
);
/** Shortest emote that is known in other letters too: below that it may be anybody's abbreviation. */
const SMALL_EMOTE_LETTERS_MIN = 3;
const EMOTE_WEIGHTS_SMALL: ReadonlyMap<string, number> = new Map(
  [...EMOTE_WEIGHTS]
    .map(([name, weight]): [string, number] => [name.toLowerCase(), weight])
    .filter(([name]) => name.length >= SMALL_EMOTE_LETTERS_MIN && !WORDS.has(name) && !PLAIN_WORDS.has(name)),
);

function buildWords(): Map<string, WordEntry> {
  const drafts = new Map<string, Draft>();
  LANGUAGES.forEach(([language, lists], index) => {
    for (const [weight, words] of lists.words) for (const word of blanks(words)) enter(drafts, index, word, weight);
    enterForms(drafts, language, index, "verb", lists.verbs);
    enterForms(drafts, language, index, "adjective", lists.adjectives);
    enterParts(drafts, language, lists);
  });
  // A phrase is entered without accents; the word that begins it may be written with them.
  for (const [word, draft] of drafts) if (drafts.get(foldAccents(word))?.startsPhrase) draft.startsPhrase = true;
  return drafts;
}

/** What is entered first stays: a listed word goes before a form that was made. */
function enter(drafts: Map<string, Draft>, index: number, word: string, weight: number): void {
  for (const spelling of spellingsOf(word)) draftOf(drafts, spelling).weights[index] ??= weight;
}

function enterForms(
  drafts: Map<string, Draft>,
  language: Language,
  index: number,
  kind: FormKind,
  groups: LanguageWords["verbs"],
): void {
  for (const [weight, words] of groups) {
    for (const word of blanks(words)) for (const form of formsOf(language, kind, word)) enter(drafts, index, form, weight);
  }
}

function enterParts(drafts: Map<string, Draft>, language: Language, lists: LanguageWords): void {
  const parts: [Part, string][] = [
    ["negates", lists.negators],
    ["boosts", lists.boosters],
    ["damps", lists.dampers],
    ["turns", lists.turns],
    ["marks", lists.marks],
  ];
  for (const [part, words] of parts) {
    for (const spelling of blanks(words).flatMap(spellingsOf)) draftOf(drafts, spelling)[part] |= LANGUAGE_BIT[language];
  }
  for (const phrase of lists.phrases.flatMap(([, phrases]) => phrases.split("|"))) {
    draftOf(drafts, foldAccents(phrase.trim().split(" ")[0] ?? "")).startsPhrase = true;
  }
}

function buildPhrases(): Map<string, Weights> {
  const drafts = new Map<string, Draft["weights"]>();
  LANGUAGES.forEach(([, lists], index) => {
    for (const [weight, phrases] of lists.phrases) {
      for (const phrase of phrases.split("|")) {
        const key = foldAccents(phrase.trim().replace(/\s+/g, " "));
        const weights = drafts.get(key) ?? [undefined, undefined, undefined];
        weights[index] ??= weight;
        drafts.set(key, weights);
      }
    }
  });
  return drafts;
}

/** As written, and without accents, for those who type without them. A word of one letter keeps its accent: `é` is no `e`. */
function spellingsOf(word: string): string[] {
  const folded = foldAccents(word);
  return folded === word || folded.length < 2 ? [word] : [word, folded];
}

function draftOf(drafts: Map<string, Draft>, word: string): Draft {
  const known = drafts.get(word);
  if (known) return known;
  const draft: Draft = {
    weights: [undefined, undefined, undefined],
    negates: 0,
    boosts: 0,
    damps: 0,
    turns: 0,
    marks: 0,
    startsPhrase: false,
  };
  drafts.set(word, draft);
  return draft;
}
