/** Splits text into what people see as one character. Holds no state between calls. */
const GRAPHEMES = new Intl.Segmenter(undefined, { granularity: "grapheme" });

/** The characters of `text` as people count them. */
export function graphemes(text: string): string[] {
  return Array.from(GRAPHEMES.segment(text), (part) => part.segment);
}

/** The longest start of `text` of at most `unitsMax` UTF-16 units (hence code points, too) that splits no grapheme. */
export function clip(text: string, unitsMax: number): string {
  if (text.length <= unitsMax) return text;
  if (unitsMax <= 0) return "";
  const part = GRAPHEMES.segment(text).containing(unitsMax);
  return part ? text.slice(0, part.index) : text;
}

/** Anything that `plain` might have to change: other text is returned as it is. */
const SUSPECT = /[^\x20-\x7e\u00a1-\u00ac\u00ae-\u02ff]| {2}|^ | $/;
/** Control characters that part words. */
const BREAKS = /[\t\n\v\f\r\u0085\u2028\u2029]+/g;
/**
 * What is never seen: controls, soft hyphens, direction overrides, zero-width spaces, fillers, annotation
 * marks, noncharacters. Joiners, the two common variation selectors and tags have rules of their own.
 */
const UNSEEN =
  /(?!\u200c|\u200d|\ufe0e|\ufe0f|[\u{e0020}-\u{e007f}])[\p{Cc}\p{Default_Ignorable_Code_Point}\p{Noncharacter_Code_Point}\ufff9-\ufffb]/gu;
/** Joiners that join nothing: they are kept inside emoji and beside letters of scripts that need them. */
const LOOSE_JOINERS =
  /(?<!\p{Extended_Pictographic}|\p{Emoji_Modifier}|\p{M}|(?!\p{Script=Latin})\p{L})[\u200c\u200d]|[\u200c\u200d](?!\p{Extended_Pictographic}|(?!\p{Script=Latin})\p{L})/gu;
/** Tag characters outside of a flag. */
const LOOSE_TAGS = /(?<![\u{1f3f4}\u{e0020}-\u{e007e}])[\u{e0020}-\u{e007f}]+/gu;
/** Marks heaped on one letter beyond what any writing needs. */
const HEAPED_MARKS = /(\p{M}{6})\p{M}+/gu;

/**
 * `text` as one line of what can be seen: no control characters, no line ends, no direction overrides,
 * no zero-width junk, no lone surrogates, single spaces, trimmed. Emoji and writing stay whole.
 */
export function plain(text: string): string {
  if (!SUSPECT.test(text)) return text;
  return text
    .toWellFormed()
    .replace(BREAKS, " ")
    .replace(UNSEEN, "")
    .replace(LOOSE_JOINERS, "")
    .replace(LOOSE_TAGS, "")
    .replace(HEAPED_MARKS, "$1")
    .replace(/\s+/gu, " ")
    .trim();
}

/** The end of a sentence: its mark, what closes after it, then a space. */
const SENTENCE_END = /[.!?…。！？]+["'”’»)\]]*(?=\s)/gu;
/** A sentence's end is taken when it keeps at least this share of the room. */
const SENTENCE_SHARE_MIN = 0.4;
/** A word's end is taken when it keeps at least this share of the room. */
const WORD_SHARE_MIN = 0.6;
const ELLIPSIS = "…";

/**
 * `text` in at most `unitsMax` UTF-16 units: whole when it fits, else up to the last sentence that ends
 * in the last 60 % of the room, else up to a word with "…". Never splits a grapheme.
 */
export function shortenAtSentence(text: string, unitsMax: number): string {
  if (text.length <= unitsMax) return text;
  const sentence = lastSentenceEnd(text, unitsMax);
  if (sentence >= unitsMax * SENTENCE_SHARE_MIN) return text.slice(0, sentence);

  const head = clip(text, unitsMax - ELLIPSIS.length);
  const isAtWordEnd = /\s/u.test(text.charAt(head.length));
  const space = isAtWordEnd ? head.length : head.lastIndexOf(" ");
  const cut = space >= unitsMax * WORD_SHARE_MIN ? head.slice(0, space) : head;
  const kept = cut.replace(/[\s,;:–—-]+$/u, "");
  return kept === "" ? "" : clip(kept + ELLIPSIS, unitsMax);
}

function lastSentenceEnd(text: string, unitsMax: number): number {
  let last = 0;
  // One character more than fits: the space after a sentence that fills the room exactly.
  for (const match of text.slice(0, unitsMax + 1).matchAll(SENTENCE_END)) {
    const end = match.index + match[0].length;
    if (end <= unitsMax) last = end;
  }
  return last;
}
