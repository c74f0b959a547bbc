import type { Language } from "./sentiment-vocabulary.ts";

/**
 * The regular forms of a word, written out when the program starts, so that reading a message is one look-up of a whole token and never a guess at its
 * stem. A form that does not exist in the language costs an entry and matches nothing.
 */
export function formsOf(language: Language, kind: FormKind, word: string): string[] {
  return ENDINGS[language][kind].flatMap(([ending, forms]) => {
    if (!word.endsWith(ending)) return [];
    const stem = word.slice(0, word.length - ending.length);
    return forms.split(" ").map((form) => stem + form.replace("-", ""));
  });
}

export type FormKind = "verb" | "adjective";

/** Ending of the entry, endings of its forms (`-` for none). */
type Ending = readonly [string, string];

const SPANISH_AR =
  "ar o as a amos áis an é aste ó asteis aron aba abas aban e es en ando ado ada ados adas aría arías arían ará aré arán arme arte arse aos ad";
const SPANISH_IR =
  "o es e imos en í iste ió ieron ía ías ían a as an iendo ido ida idos idas ir er iría ería irá erá irse erse irme erme";
const PORTUGUESE_AR = "ar o as a amos am ei ou aram aste ava avam e em ando ado ada ados adas aria ará arei";
const PORTUGUESE_ER = "er o es e emos em i eu iu eram iram ia iam a am endo indo ido ida idos idas ir eria iria";

const ENDINGS: Record<Language, Record<FormKind, readonly Ending[]>> = {
  en: {
    verb: [
      ["e", "e es ed ing er ers"],
      ["y", "y ies ied ying"],
      ["", "- s ed ing er ers"],
    ],
    adjective: [
      ["y", "y ier iest ily"],
      ["e", "e er est ely"],
      ["", "- er est ly"],
    ],
  },
  pt: {
    verb: [
      ["ar", PORTUGUESE_AR],
      ["er", PORTUGUESE_ER],
      ["ir", PORTUGUESE_ER],
    ],
    adjective: [
      ["o", "o a os as inho inha íssimo íssima ão ona amente"],
      ["e", "e es íssimo íssima emente"],
      ["l", "l is lmente"],
      ["r", "r res ra"],
    ],
  },
  es: {
    verb: [
      ["ar", SPANISH_AR],
      ["er", SPANISH_IR],
      ["ir", SPANISH_IR],
    ],
    adjective: [
      ["o", "o a os as ito ita ísimo ísima ísimos ísimas azo amente"],
      ["e", "e es ísimo ísima emente"],
      ["l", "l les lísimo lísima lmente"],
      ["r", "r res ra"],
    ],
  },
};
