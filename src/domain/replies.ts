import { clip, plain, shortenAtSentence } from "./chat-text.ts";
import type { SilenceReason } from "./events.ts";
import { plainProse } from "./reply-prose.ts";
import { isUnfit } from "./reply-unfit.ts";
import { unwrapAnswer } from "./reply-unwrap.ts";

declare const fit: unique symbol;
/**
 * A text that may be said in chat: one line, bounded, plain, without a lead that Twitch or another bot
 * would obey. Only this file makes one (F34): whatever there is to say must come through it.
 */
export type Reply = string & { readonly [fit]: true };

export type FitResult = { ok: true; text: Reply } | { ok: false; reason: SilenceReason };

/** Longest reply, in UTF-16 units: room below Twitch's 500 for the `@name` of a thread. */
export const REPLY_CHARS_MAX = 450;
/** Thoughts included, no answer is longer: what goes on is not looked at. */
const ANSWER_CHARS_MAX = 20_000;
/** Nor are the words of it. */
const WORDS_CHARS_MAX = 4_000;

export interface FitOptions {
  /** At most `REPLY_CHARS_MAX`. */
  maxChars?: number;
  /** Login of who asked: Twitch puts `@login` before a threaded reply, so that a second one goes. */
  asker?: string;
  /** The agent's name, when it may stand before the answer ("Byte: …"). */
  botName?: string;
}

/**
 * What may be said of a model's answer: the words for the chat, without thoughts, wrapping, markdown and
 * anything that Twitch would obey; shortened at a sentence. Or the reason to keep silent: nothing is left
 * (`reply_empty`), or it is no answer but an error, a page, a secret (`reply_unfit`).
 */
export function fitReply(modelText: string, options: FitOptions = {}): FitResult {
  const answer = modelText.slice(0, ANSWER_CHARS_MAX).toWellFormed();
  const words = unwrapAnswer(answer)?.slice(0, WORDS_CHARS_MAX);
  if (words === undefined || isUnfit(words)) return { ok: false, reason: "reply_unfit" };

  const prose = plain(plainProse(words.replaceAll(ACTION, "")));
  const line = harmless(withoutNames(prose, options));
  if (isUnfit(line)) return { ok: false, reason: "reply_unfit" };

  const max = Math.min(options.maxChars ?? REPLY_CHARS_MAX, REPLY_CHARS_MAX);
  const text = shortenAtSentence(line, max);
  if (!saysSomething(text)) return { ok: false, reason: "reply_empty" };
  return { ok: true, text: asReply(text) };
}

/** A reply of our own words (help, status, channel management): the same rules of form, nothing to refuse. */
export function builtinReply(text: string): Reply {
  return asReply(shortenAtSentence(harmless(plain(text)), REPLY_CHARS_MAX));
}

/** The only place where a text becomes a `Reply`. */
function asReply(text: string): Reply {
  return clip(text, REPLY_CHARS_MAX) as Reply;
}

/** How IRC says "/me". */
const ACTION = "\u0001ACTION";

/** Twitch's commands begin with `/` or `.`, other bots' with `!`; these only look like them. */
const LEADS =
  /^(?:[/.!\\\s]|[\u2024-\u2026\u2044\u2215\u29f8\u29f5\ua71d\u01c3\ufe15\ufe19\ufe52\ufe57\ufe68\uff01\uff0e\uff0f\uff3c\u203c\u2049\u3002\uff61\ufe12]|\p{Cf}|\p{Cc}|\p{M})+/u;

/** Without a lead that would be obeyed. "/me waves" says "waves"; ".5" keeps its meaning. */
function harmless(text: string): string {
  const lead = LEADS.exec(text);
  if (!lead) return text;
  const rest = text.slice(lead[0].length);
  if (lead[0].startsWith("/")) return harmless(rest.replace(/^me\s+/i, ""));
  return /^\.\d/.test(text) ? `0${text}` : rest;
}

/** Without what stands before the answer: "Byte:", "Assistant:", "@ned,", and the quotes around it all. */
function withoutNames(text: string, { asker, botName }: FitOptions): string {
  const names = ["byte", "assistant", "assistente", "ai", "ia", "bot", "answer", "reply", "response", "resposta", "final answer"];
  if (botName) names.push(botName.toLowerCase());
  let line = text;
  for (let round = 0; round < 4; round++) {
    const before = line;
    line = withoutQuotes(withoutAsker(withoutRole(harmless(line), names), asker));
    if (line === before) break;
  }
  return line;
}

function withoutRole(line: string, names: readonly string[]): string {
  const colon = line.search(/[:：]/u);
  if (colon <= 0) return line;
  const name = line.slice(0, colon).trim().replace(/^@/, "").toLowerCase();
  return names.includes(name) ? line.slice(colon + 1).trim() : line;
}

function withoutAsker(line: string, asker: string | undefined): string {
  if (!asker || line.charAt(0) !== "@") return line;
  const end = asker.length + 1;
  if (line.slice(1, end).toLowerCase() !== asker.toLowerCase() || /^[\p{L}\p{N}_]/u.test(line.slice(end))) return line;
  return line.slice(end).replace(/^[\s,:;–—-]+/u, "");
}

const QUOTES: readonly (readonly [string, string])[] = [
  ['"', '"'],
  ["“", "”"],
  ["«", "»"],
  ["'", "'"],
];

function withoutQuotes(line: string): string {
  for (const [open, close] of QUOTES) {
    if (line.length < 2 || !line.startsWith(open) || !line.endsWith(close)) continue;
    const inner = line.slice(1, -1);
    if (!inner.includes(open) && !inner.includes(close)) return inner.trim();
  }
  return line;
}

/** A letter, a digit, an emoji or another sign; marks alone ("…", "--") say nothing. */
const SOMETHING = /[\p{L}\p{N}\p{S}]/u;
const saysSomething = (text: string): boolean => SOMETHING.test(text);
