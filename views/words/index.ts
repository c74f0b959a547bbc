import { createFormat, type Format } from "../format.ts";
import { en } from "./en.ts";
import { pt } from "./pt.ts";

/** The languages that people can choose. */
export type Language = "pt" | "en";
export const LANGUAGES: readonly Language[] = ["pt", "en"];

/** The key of a text. */
export type WordKey = keyof typeof en;

/** A text, or its two forms chosen by `count`. */
export type Word = string | { one: string; other: string };

/** A language's texts: every key of English, with two forms where English has two. */
export type Table = { readonly [key in WordKey]: (typeof en)[key] extends string ? string : { one: string; other: string } };

/** Values for the `{names}` of a text. Numbers are written the language's way; give text for what is no quantity (a port, a year). */
export type WordParams = Readonly<Record<string, string | number>>;

/** The texts of one language. Functions, so that they may be handed around by themselves. */
export interface Words {
  readonly language: Language;
  /** The BCP 47 tag for `lang` and for Intl. */
  readonly locale: string;
  /** Numbers and times in this language. */
  readonly format: Format;
  /** The text of `key` with its values in place. */
  say(key: WordKey, params?: WordParams): string;
  /** The text of a key made at run time (`error.` + reason), or that of `fallback` when there is none. */
  sayOr(key: string, fallback: WordKey, params?: WordParams): string;
  /** The text of `key` in pieces: what is in a `{name}` of `params` comes back as it was given, so that it may be an element. */
  parts<T>(key: WordKey, params: Readonly<Record<string, T | string | number>>): (T | string)[];
}

const TABLES: Readonly<Record<Language, { locale: string; table: Table }>> = {
  en: { locale: "en", table: en },
  pt: { locale: "pt-BR", table: pt },
};

function makeWords(language: Language): Words {
  const { locale, table } = TABLES[language];
  const plural = new Intl.PluralRules(locale);
  const format = createFormat(locale);

  function template(key: WordKey, count: unknown): string {
    const word: Word = table[key];
    if (typeof word === "string") return word;
    return plural.select(typeof count === "number" ? count : Number.NaN) === "one" ? word.one : word.other;
  }
  function parts<T>(key: WordKey, params: Readonly<Record<string, T | string | number>>): (T | string)[] {
    return template(key, params.count)
      .split(/\{(\w+)\}/)
      .map((piece, i) => {
        if (i % 2 === 0) return piece;
        const value = params[piece];
        if (value === undefined) return "…";
        return typeof value === "number" ? format.number(value) : value;
      });
  }
  const say = (key: WordKey, params: WordParams = {}): string => parts<string>(key, params).join("");

  return {
    language,
    locale,
    format,
    say,
    sayOr: (key, fallback, params) => say(isWordKey(key) ? key : fallback, params),
    parts,
  };
}

const WORDS: Readonly<Record<Language, Words>> = { en: makeWords("en"), pt: makeWords("pt") };

/** The texts of `language`: the same value at each call. */
export function wordsFor(language: Language): Words {
  return WORDS[language];
}

/** Whether there is a text of this key. */
export function isWordKey(key: string): key is WordKey {
  return Object.hasOwn(en, key);
}

/** A machine's one-word reason in words, or as it stands when there are none. */
export function reasonText(words: Words, reason: string): string {
  const key = `reason.${reason}`;
  return isWordKey(key) ? words.say(key) : reason;
}

/** The language to speak to somebody: the one they chose, else the first we speak that their browser asks for, else `fallback`. */
export function chooseLanguage(chosen: string | null, acceptLanguage: string | null, fallback: Language): Language {
  if (chosen === "pt" || chosen === "en") return chosen;
  const wanted = (acceptLanguage ?? "")
    .slice(0, 200)
    .split(",")
    .map((entry) => {
      const [tag = "", q] = entry
        .trim()
        .toLowerCase()
        .split(/;\s*q=/);
      return { tag, weight: q === undefined ? 1 : Number(q) || 0 };
    })
    .filter(({ weight }) => weight > 0)
    .sort((a, b) => b.weight - a.weight);
  for (const { tag } of wanted) {
    if (tag === "pt" || tag.startsWith("pt-")) return "pt";
    if (tag === "en" || tag.startsWith("en-")) return "en";
  }
  return fallback;
}
