import {
  findEmoji,
  findEmote,
  findEmoteEnding,
  findEmoticon,
  findWord,
  foldAccents,
  type WordEntry,
} from "./sentiment-vocabulary.ts";

/** Twitch's longest message, in code points; more is not read. */
const CODE_POINTS_MAX = 500;
/** A message of the longest length holds about 90 words; more is repetition. */
const TOKENS_MAX = 100;

export type Token =
  | {
      kind: "word";
      text: string;
      key: string;
      entry: WordEntry | undefined;
      isDrawnOut: boolean;
      isLoud: boolean;
      clause: number;
    }
  | { kind: "laugh"; text: string; clause: number }
  | { kind: "emote"; text: string; weight: number; source: EmoteSource; clause: number };

export type EmoteSource = "emote" | "learnt emote" | "emote's name" | "emoticon" | "emoji";

/** What a clause ends with. */
export interface Clause {
  isQuestion: boolean;
  exclamations: number;
}

export interface TokenList {
  tokens: Token[];
  clauses: Clause[];
}

/** Weights of the channel's own emotes, by name, −3 … 3. */
export type EmoteWeights = ReadonlyMap<string, number>;

/**
 * A message as whole tokens in clauses. Addresses, names that are called (`@name`) and commands (`!name …`, the whole message) are left out: they are not what
 * somebody says. Bounded in code points and tokens; the work grows with the length of the text and nothing else.
 */
export function tokenise(text: string, emotes?: EmoteWeights): TokenList {
  const list: TokenList = { tokens: [], clauses: [{ isQuestion: false, exclamations: 0 }] };
  const bounded = firstCodePoints(text);
  if (COMMAND.test(bounded)) return list;
  for (const chunk of bounded.split(BLANKS)) {
    if (list.tokens.length >= TOKENS_MAX) break;
    if (chunk !== "" && !IGNORED.test(chunk)) readChunk(list, chunk, emotes);
  }
  if (list.tokens.length > TOKENS_MAX) list.tokens.length = TOKENS_MAX;
  return list;
}

const COMMAND = /^\s*![\p{L}\p{N}]/u;
const BLANKS = /[\s\u{200B}\u{E0000}]+/u;
/** Addresses and names that are called. */
const IGNORED = /^(?:@|https?:|www\.|[\w-]+(?:\.[\w-]+){0,4}\.(?:com|tv|br|net|org|gg|io|es|ly|be|me|co)(?:\/|$))/i;
/** Words with their inner apostrophes, emoji, runs of question and exclamation marks, other ends of a clause. */
const PIECES = /[\p{L}\p{N}](?:[\p{L}\p{N}\p{M}]|['’_](?=[\p{L}\p{N}]))*|[\p{Extended_Pictographic}♥]|[?!¿¡]+|[.,;:…]+/gu;

function readChunk(list: TokenList, chunk: string, emotes: EmoteWeights | undefined): void {
  const clause = list.clauses.length - 1;
  const whole = asEmote(chunk, emotes, clause) ?? asEmoticon(chunk, clause);
  if (whole) {
    list.tokens.push(whole);
    return;
  }
  for (const piece of chunk.match(PIECES) ?? []) readPiece(list, piece, emotes);
}

function readPiece(list: TokenList, piece: string, emotes: EmoteWeights | undefined): void {
  const clause = list.clauses.length - 1;
  const first = piece.charCodeAt(0);
  if (isStop(first)) return endClause(list, piece);
  const emoji = first > 0x203b ? findEmoji(piece) : undefined;
  if (emoji !== undefined) list.tokens.push({ kind: "emote", text: piece, weight: emoji, source: "emoji", clause });
  else list.tokens.push(asEmote(piece, emotes, clause) ?? asWord(piece, clause));
}

/** `? ! ¿ ¡ . , ; : …` */
const isStop = (code: number): boolean =>
  code === 63 ||
  code === 33 ||
  code === 191 ||
  code === 161 ||
  code === 46 ||
  code === 44 ||
  code === 59 ||
  code === 58 ||
  code === 0x2026;

function endClause(list: TokenList, marks: string): void {
  // Spanish opens with a mark too: that begins a clause and ends none.
  if (marks.startsWith("¿") || marks.startsWith("¡")) return;
  const ended = list.clauses.at(-1);
  if (!ended) return;
  for (const mark of marks) {
    if (mark === "?") ended.isQuestion = true;
    else if (mark === "!") ended.exclamations += 1;
  }
  list.clauses.push({ isQuestion: false, exclamations: 0 });
}

function asEmote(text: string, emotes: EmoteWeights | undefined, clause: number): Token | null {
  const learnt = emotes?.get(text);
  if (learnt !== undefined) return { kind: "emote", text, weight: learnt, source: "learnt emote", clause };
  const known = findEmote(text);
  if (known !== undefined) return { kind: "emote", text, weight: known, source: "emote", clause };
  const named = findEmoteEnding(text);
  return named === undefined ? null : { kind: "emote", text, weight: named, source: "emote's name", clause };
}

function asEmoticon(text: string, clause: number): Token | null {
  const weight = findEmoticon(text);
  return weight === undefined ? null : { kind: "emote", text, weight, source: "emoticon", clause };
}

function asWord(text: string, clause: number): Token {
  const small = text.toLowerCase().replaceAll("’", "'");
  if (isLaugh(small)) return { kind: "laugh", text, clause };
  const isLoud = small.length > 2 && text !== small && text === text.toUpperCase();
  const found = findWord(small);
  if (found || !DRAWN_OUT.test(small))
    return { kind: "word", text, key: foldAccents(small), entry: found, isDrawnOut: false, isLoud, clause };
  const twice = small.replace(/(.)\1{2,}/gu, "$1$1");
  const once = small.replace(/(.)\1+/gu, "$1");
  const entry = findWord(twice) ?? findWord(once);
  const key = findWord(twice) ? twice : once;
  return { kind: "word", text, key: foldAccents(key), entry, isDrawnOut: true, isLoud, clause };
}

const DRAWN_OUT = /(.)\1\1/u;

/** `kkkk`, `rsrs`, `hahaha`, `jajaja`, `huehue`, `aushaush`, `lol`, `lmao`, `xd`. */
function isLaugh(word: string): boolean {
  if (word.length < 2 || !LAUGH_START.test(word)) return false;
  return LAUGH.test(word) || (word.length >= MASHED_LAUGH_LETTERS_MIN && MASHED_LAUGH.test(word));
}

const LAUGH_START = /^[kraehjilxsuw]/;
const LAUGH =
  /^(?:k{3,}[jw]?|(?:rs){1,}r?|a*(?:h+a+){2,}h*|(?:h*e+h+e+)(?:h*e*)*|e*(?:h+e+){2,}h*|a*(?:j+a+){2,}j*|e*(?:j+e+){2,}j*|i*(?:j+i+){2,}j*|(?:h+i+){2,}h*|(?:hu[ae]){2,}h?u?|(?:ks){2,}k?|(?:sk){2,}s?|lo+l+|(?:lol){2,}|l+m+f?a+o+|rofl|xd+|kek|wk(?:wk)+)$/;
/** Hands on the keys: only the letters of Brazilian laughter, with both an `h` and a `u`. */
const MASHED_LAUGH = /^(?=[^h]*h)(?=[^u]*u)[aushkj]+$/;
const MASHED_LAUGH_LETTERS_MIN = 6;

function firstCodePoints(text: string): string {
  if (text.length <= CODE_POINTS_MAX) return text;
  let count = 0;
  let at = 0;
  while (at < text.length && count < CODE_POINTS_MAX) {
    at += (text.codePointAt(at) ?? 0) > 0xffff ? 2 : 1;
    count += 1;
  }
  return text.slice(0, at);
}
