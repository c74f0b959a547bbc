import type { ChatMessage, Emote } from "./chat.ts";
import { MESSAGE_CHARS_MAX } from "./chat.ts";

/** Who sent a line. For a server's own lines `nick` is the server's name and the others are null. */
export interface IrcPrefix {
  raw: string;
  nick: string;
  user: string | null;
  host: string | null;
}

/** One line of IRC with IRCv3 tags. */
export interface IrcLine {
  /** Tags by name, unescaped; unknown ones are kept; of a tag given twice the last counts. Made when first asked for. */
  readonly tags: ReadonlyMap<string, string>;
  /** The tags as they were sent, without the `@`; "" for none. */
  readonly rawTags: string;
  readonly prefix: IrcPrefix | null;
  readonly command: string;
  readonly params: readonly string[];
}

class ParsedLine implements IrcLine {
  readonly rawTags: string;
  readonly prefix: IrcPrefix | null;
  readonly command: string;
  readonly params: readonly string[];
  #tags: ReadonlyMap<string, string> | null = null;

  constructor(rawTags: string, prefix: IrcPrefix | null, command: string, params: readonly string[]) {
    this.rawTags = rawTags;
    this.prefix = prefix;
    this.command = command;
    this.params = params;
  }

  get tags(): ReadonlyMap<string, string> {
    this.#tags ??= parseTags(this.rawTags);
    return this.#tags;
  }
}

const NO_EMOTES: readonly Emote[] = [];
const SPACE = 32;
const AT = 64;
const COLON = 58;
const HASH = 35;
const COMMA = 44;
const SLASH = 47;

/**
 * The parts of one IRC line, with or without its line end, or null when there is no command in it.
 * Never throws. Each tag is split at its first `=` only: values may hold more of them.
 */
export function parseIrcLine(raw: string): IrcLine | null {
  let end = raw.length;
  while (end > 0 && isLineEnd(raw.charCodeAt(end - 1))) end--;

  let at = 0;
  let rawTags = "";
  if (raw.charCodeAt(0) === AT) {
    const space = wordEnd(raw, 0, end);
    rawTags = raw.slice(1, space);
    at = skipSpaces(raw, space, end);
  }
  let prefix: IrcPrefix | null = null;
  if (at < end && raw.charCodeAt(at) === COLON) {
    const space = wordEnd(raw, at, end);
    prefix = parsePrefix(raw.slice(at + 1, space));
    at = skipSpaces(raw, space, end);
  }
  const commandEnd = wordEnd(raw, at, end);
  if (commandEnd <= at) return null;
  return new ParsedLine(rawTags, prefix, raw.slice(at, commandEnd), parseParams(raw, commandEnd, end));
}

function parseTags(raw: string): ReadonlyMap<string, string> {
  const tags = new Map<string, string>();
  let at = 0;
  while (at < raw.length) {
    const end = tagEnd(raw, at);
    const equals = raw.indexOf("=", at);
    if (equals < 0 || equals >= end) {
      if (end > at) tags.set(raw.slice(at, end), "");
    } else if (equals > at) {
      tags.set(raw.slice(at, equals), unescapeTag(raw.slice(equals + 1, end)));
    }
    at = end + 1;
  }
  return tags;
}

function tagEnd(raw: string, from: number): number {
  const end = raw.indexOf(";", from);
  return end < 0 ? raw.length : end;
}

const ESCAPES: Readonly<Record<string, string>> = { ":": ";", s: " ", "\\": "\\", r: "\r", n: "\n" };

/** IRCv3's escapes; a backslash before anything else, or at the end, is dropped. */
function unescapeTag(value: string): string {
  if (!value.includes("\\")) return value;
  return value.replace(/\\(.?)/gsu, (_, escaped: string) => ESCAPES[escaped] ?? escaped);
}

function parsePrefix(raw: string): IrcPrefix {
  const at = raw.indexOf("@");
  const bang = raw.indexOf("!");
  const hasUser = bang >= 0 && (at < 0 || bang < at);
  const nickEnd = hasUser ? bang : at;
  return {
    raw,
    nick: nickEnd < 0 ? raw : raw.slice(0, nickEnd),
    user: hasUser ? raw.slice(bang + 1, at < 0 ? raw.length : at) : null,
    host: at < 0 ? null : raw.slice(at + 1),
  };
}

function parseParams(raw: string, start: number, end: number): string[] {
  const params: string[] = [];
  let at = skipSpaces(raw, start, end);
  while (at < end) {
    if (raw.charCodeAt(at) === COLON) {
      params.push(raw.slice(at + 1, end));
      break;
    }
    const stop = wordEnd(raw, at, end);
    params.push(raw.slice(at, stop));
    at = skipSpaces(raw, stop, end);
  }
  return params;
}

function wordEnd(raw: string, from: number, end: number): number {
  const space = raw.indexOf(" ", from);
  return space < 0 || space > end ? end : space;
}

function skipSpaces(raw: string, from: number, end: number): number {
  let at = from;
  while (at < end && raw.charCodeAt(at) === SPACE) at++;
  return at;
}

const isLineEnd = (code: number): boolean => code === 13 || code === 10;

const ACTION = "\u0001ACTION";
/** Longest name kept; Twitch's own limit is 25. */
const NAME_CHARS_MAX = 64;

/** The tags that a chat message is made of. */
const WANTED = [
  "id",
  "room-id",
  "user-id",
  "badges",
  "bits",
  "color",
  "display-name",
  "emotes",
  "first-msg",
  "mod",
  "reply-parent-msg-id",
  "source-id",
  "source-room-id",
  "subscriber",
  "tmi-sent-ts",
  "vip",
] as const;
type Wanted = (typeof WANTED)[number];

/** The same by length: a tag of another length is none of them and is passed over unread. */
const WANTED_BY_LENGTH: readonly (readonly Wanted[] | undefined)[] = Array.from({ length: 32 }, (_, length) => {
  const names = WANTED.filter((name) => name.length === length);
  return names.length > 0 ? names : undefined;
});

type WantedTags = { [Name in Wanted]: string };

/** The wanted tags in one pass, without making a map: "" for what is missing. */
function wantedTags(raw: string): WantedTags {
  const found: WantedTags = {
    id: "",
    "room-id": "",
    "user-id": "",
    badges: "",
    bits: "",
    color: "",
    "display-name": "",
    emotes: "",
    "first-msg": "",
    mod: "",
    "reply-parent-msg-id": "",
    "source-id": "",
    "source-room-id": "",
    subscriber: "",
    "tmi-sent-ts": "",
    vip: "",
  };
  let at = 0;
  while (at < raw.length) {
    const end = tagEnd(raw, at);
    const equals = raw.indexOf("=", at);
    if (equals < 0) break;
    const names = equals < end ? WANTED_BY_LENGTH[equals - at] : undefined;
    if (names !== undefined) {
      for (const name of names) if (raw.startsWith(name, at)) found[name] = unescapeTag(raw.slice(equals + 1, end));
    }
    at = end + 1;
  }
  return found;
}

/**
 * The chat message that a PRIVMSG carries, or null for any other command and for a line without the
 * ids that everything is keyed by (`id`, `room-id`, `user-id`). `receivedAt` stands in for a missing time.
 */
export function toChatMessage(line: IrcLine, receivedAt: Date): ChatMessage | null {
  if (line.command !== "PRIVMSG") return null;
  const { prefix, params } = line;
  const room = params[0];
  const said = params[1];
  if (prefix === null || !room || said === undefined) return null;
  const tags = wantedTags(line.rawTags);
  const { id, badges, emotes } = tags;
  const channelId = tags["room-id"];
  const chatterId = tags["user-id"];
  if (id === "" || channelId === "" || chatterId === "") return null;

  const text = said.startsWith(ACTION) ? actionText(said) : fitText(said);
  const login = prefix.nick.toLowerCase();

  return {
    id,
    sourceId: tags["source-id"] || null,
    sourceChannelId: tags["source-room-id"] || null,
    channelId,
    channelLogin: (room.charCodeAt(0) === HASH ? room.slice(1) : room).toLowerCase(),
    chatterId,
    login,
    displayName: nameOf(tags["display-name"], login),
    text,
    isAction: said.startsWith(ACTION),
    isBroadcaster: hasBadge(badges, "broadcaster"),
    isMod: tags.mod === "1" || hasBadge(badges, "moderator") || hasBadge(badges, "lead_moderator"),
    isVip: tags.vip === "1" || hasBadge(badges, "vip"),
    isSubscriber: tags.subscriber === "1" || hasBadge(badges, "subscriber") || hasBadge(badges, "founder"),
    isFirst: tags["first-msg"] === "1",
    bits: wholeNumber(tags.bits),
    color: colorOf(tags.color),
    emotes: emotes === "" ? NO_EMOTES : emoteRanges(emotes, text),
    replyToId: tags["reply-parent-msg-id"] || null,
    sentAt: instantOf(tags["tmi-sent-ts"], receivedAt),
  };
}

function actionText(said: string): string {
  const end = said.endsWith("\u0001") ? said.length - 1 : said.length;
  const start = said.charCodeAt(ACTION.length) === SPACE ? ACTION.length + 1 : ACTION.length;
  return fitText(said.slice(start, end));
}

/** Without NUL, at most `MESSAGE_CHARS_MAX` code points. */
function fitText(said: string): string {
  const text = said.includes("\0") ? said.replaceAll("\0", "") : said;
  if (text.length <= MESSAGE_CHARS_MAX) return text;
  const units = unitsOf(text, MESSAGE_CHARS_MAX);
  return units < text.length ? text.slice(0, units) : text;
}

/** How many UTF-16 units the first `points` code points of `text` take. */
function unitsOf(text: string, points: number): number {
  let at = 0;
  for (let counted = 0; counted < points && at < text.length; counted++) {
    at += (text.codePointAt(at) ?? 0) > 0xffff ? 2 : 1;
  }
  return at;
}

/**
 * The ranges of the `emotes` tag (`id:start-end,start-end/id2:…`) over `text`, by start. They count
 * code points. What is no range, ends before it starts, lies beyond the text or overlaps is left out.
 */
export function emoteRanges(tag: string, text: string): Emote[] {
  const length = codePointsOf(text);
  const found: Emote[] = [];
  for (const group of tag.split("/")) {
    const colon = group.indexOf(":");
    if (colon <= 0) continue;
    const id = group.slice(0, colon);
    for (const range of group.slice(colon + 1).split(",")) {
      const emote = emoteAt(id, range, length);
      if (emote) found.push(emote);
    }
  }
  if (found.length < 2) return found;
  found.sort((a, b) => a.start - b.start);
  let last = -1;
  return found.filter((emote) => {
    if (emote.start <= last) return false;
    last = emote.end;
    return true;
  });
}

const RANGE = /^(\d{1,4})-(\d{1,4})$/;

function emoteAt(id: string, range: string, length: number): Emote | null {
  const match = RANGE.exec(range);
  if (!match) return null;
  const start = Number(match[1]);
  const end = Number(match[2]);
  return start <= end && end < length ? { id, start, end } : null;
}

function codePointsOf(text: string): number {
  let pairs = 0;
  for (let at = 0; at < text.length; at++) {
    if ((text.codePointAt(at) ?? 0) > 0xffff) {
      pairs++;
      at++;
    }
  }
  return text.length - pairs;
}

function hasBadge(badges: string, name: string): boolean {
  if (badges === "") return false;
  let at = badges.indexOf(name);
  while (at >= 0) {
    const starts = at === 0 || badges.charCodeAt(at - 1) === COMMA;
    if (starts && badges.charCodeAt(at + name.length) === SLASH) return true;
    at = badges.indexOf(name, at + 1);
  }
  return false;
}

function nameOf(tag: string, login: string): string {
  if (tag === "") return login;
  return tag.trim().slice(0, NAME_CHARS_MAX).toWellFormed() || login;
}

const COLOR = /^#[0-9a-f]{6}$/i;
const colorOf = (tag: string): string => (tag.length === 7 && COLOR.test(tag) ? tag : "");

function wholeNumber(tag: string): number {
  if (tag === "") return 0;
  const value = Number(tag);
  return Number.isSafeInteger(value) && value > 0 ? value : 0;
}

/** The last instant that a `Date` can hold, in milliseconds. */
const INSTANT_MS_MAX = 8.64e15;

function instantOf(tag: string, otherwise: Date): Date {
  const ms = Number(tag);
  return ms > 0 && ms <= INSTANT_MS_MAX ? new Date(ms) : otherwise;
}
