import { plain } from "./chat-text.ts";

/** The names that call the agent in chat. */
export interface CallNames {
  /** The trigger word, such as `byte`; `@` and `!` before it are understood. */
  trigger: string;
  /** Our account's login and display name; null while it is not known. */
  botLogin: string | null;
  botDisplayName: string | null;
}

export interface Call {
  /** What was said to the agent, made plain; "" for the bare call. */
  prompt: string;
}

const AT = 64;
const BANG = 33;
/** What may stand between the trigger and the prompt. */
const SEPARATORS = /^[\s,:;!\-–—]+/u;
/** A character that goes on with the word before it. */
const WORD_PART = /[\p{L}\p{N}\p{M}_]/u;

/**
 * The call in `text`, or null when nobody called: the trigger, or `@` with our login or display name, as
 * the first whole word; or `@` with our name as the last one. When `isThreaded` (Twitch's reply to some
 * message) the `@name` that Twitch put before somebody else's thread is stepped over first.
 */
export function findCall(text: string, names: CallNames, isThreaded = false): Call | null {
  const start = firstSeen(text, 0);
  const first = callAt(text, start, names);
  if (first) return first;
  const mentioned = text.charCodeAt(start) === AT || text.includes("@");
  if (!mentioned) return null;
  if (isThreaded && text.charCodeAt(start) === AT) {
    const space = text.indexOf(" ", start);
    const inner = space < 0 ? null : callAt(text, firstSeen(text, space), names);
    if (inner) return inner;
  }
  return callAtEnd(text, names);
}

function callAt(text: string, start: number, names: CallNames): Call | null {
  const sign = text.charCodeAt(start);
  const wordStart = sign === AT || sign === BANG ? start + 1 : start;
  const end =
    wordAt(text, wordStart, names.trigger) ??
    (sign === AT ? (wordAt(text, wordStart, names.botLogin) ?? wordAt(text, wordStart, names.botDisplayName)) : null);
  if (end === null) return null;
  const prompt = plain(text.slice(end)).replace(SEPARATORS, "");
  return { prompt: withoutTrigger(prompt, names.trigger) };
}

/** "@bytebot byte, hi" calls twice and asks once. Without the comma the word belongs to the question. */
function withoutTrigger(prompt: string, trigger: string): string {
  const end = wordAt(prompt, 0, trigger);
  return end !== null && /^[,:!]/.test(prompt.slice(end)) ? prompt.slice(end).replace(SEPARATORS, "") : prompt;
}

/** Where `word` ends when it stands whole at `start`, whatever its case; else null. */
function wordAt(text: string, start: number, word: string | null): number | null {
  if (!word) return null;
  const end = start + word.length;
  if (end > text.length) return null;
  const there = text.slice(start, end);
  if (there !== word && there.toLowerCase() !== word.toLowerCase()) return null;
  return isWordPart(text, end) ? null : end;
}

function isWordPart(text: string, at: number): boolean {
  const code = text.codePointAt(at);
  if (code === undefined || code === 32) return false;
  return WORD_PART.test(String.fromCodePoint(code));
}

/** "what do you think @bytebot?" */
function callAtEnd(text: string, names: CallNames): Call | null {
  const at = text.lastIndexOf("@");
  if (at <= 0 || isWordPart(text, at - 1)) return null;
  const end = wordAt(text, at + 1, names.botLogin) ?? wordAt(text, at + 1, names.botDisplayName);
  if (end === null) return null;
  const after = plain(text.slice(end));
  if (!/^[\p{P}\s]*$/u.test(after)) return null;
  const before = plain(text.slice(0, at)).replace(/[\s,:;\-–—]+$/u, "");
  return { prompt: `${before}${after}` };
}

/** Spaces, byte order marks and zero-width characters that stand before the first word. */
const LEADING = /[\s\u200b-\u200f\u2060\ufeff]/;

function firstSeen(text: string, from: number): number {
  let at = from;
  while (at < text.length && isLeading(text.charCodeAt(at))) at++;
  return at;
}

function isLeading(code: number): boolean {
  if (code > 32 && code < 128) return false;
  return code <= 32 || LEADING.test(String.fromCharCode(code));
}
