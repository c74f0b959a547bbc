import { parseChannelLogin } from "../domain/channel-login.ts";
import { AppError } from "../domain/errors.ts";
import { type PrivmsgParts, renderPrivmsg } from "../world/index.ts";

/** A line of a recording, ready for the wire, `atMs` after its beginning. */
export interface RecordedLine {
  atMs: number;
  raw: string;
}

export interface Recording {
  lines: readonly RecordedLine[];
  /** Lines of the file that hold no chat. */
  skipped: number;
}

/** Where the lines are said to have been written: the pretend world's channel. */
export interface Place {
  channelLogin: string;
  channelId: string;
}

/** Largest file that is read, in bytes: it is held in memory. */
export const RECORDING_BYTES_MAX = 512 * 1024 * 1024;
/** When a recording does not tell its own date. */
const EPOCH_MS = Date.UTC(2020, 0, 1);

/**
 * Reads a recording: ndjson (`{"t": seconds, "u": user, "m": text, "e": [emotes]}`, with an optional first line that
 * tells `recorded_at`), or plain IRC lines. Ids are made from the text of the file, so that the same recording
 * gives the same ids. Throws `invalid` (`recording_empty`) when there is no chat in it.
 */
export function readRecording(text: string, place: Place): Recording {
  const rows = text.split("\n");
  const identity = new Bun.CryptoHasher("sha256").update(text).digest();
  const lines: RecordedLine[] = [];
  let startedAtMs = EPOCH_MS;
  let skipped = 0;
  for (const [index, row] of rows.entries()) {
    const line = row.trim();
    if (line === "") continue;
    const header = index === 0 ? startOf(line) : null;
    if (header !== null) {
      startedAtMs = header;
      continue;
    }
    const read = line.startsWith("{")
      ? fromJson(line, place, startedAtMs, idOf(identity, index))
      : fromIrc(line, place, idOf(identity, index), index);
    if (read) lines.push(read);
    else skipped++;
  }
  if (lines.length === 0) throw new AppError("invalid", "recording_empty", { count: skipped });
  return { lines, skipped };
}

/** The instant in the first line of an ndjson recording, or null when it is no such line. */
function startOf(line: string): number | null {
  const value = parseObject(line);
  if (value === null || typeof value.m === "string") return null;
  const at = typeof value.recorded_at === "string" ? Date.parse(value.recorded_at) : Number.NaN;
  return Number.isFinite(at) ? at : EPOCH_MS;
}

function fromJson(line: string, place: Place, startedAtMs: number, id: string): RecordedLine | null {
  const value = parseObject(line);
  if (value === null || typeof value.m !== "string" || typeof value.u !== "string" || typeof value.t !== "number") return null;
  const text = value.m.replace(/[\r\n\0]+/g, " ");
  const atMs = Math.max(0, Math.round(value.t * 1_000));
  const names = Array.isArray(value.e) ? new Set(value.e.filter((name) => typeof name === "string")) : new Set<string>();
  return {
    atMs,
    raw: renderPrivmsg({ ...place, ...chatter(value.u), id, text, emotes: emotesTag(text, names), sentAtMs: startedAtMs + atMs }),
  };
}

/** A chatter's login and id from whatever name the recording has for them. */
function chatter(name: string): Pick<PrivmsgParts, "login" | "userId" | "displayName"> {
  const number = Bun.hash.wyhash(name).toString().slice(0, 15);
  return { login: parseChannelLogin(name) ?? `u${number}`, userId: number, displayName: name.slice(0, 40) };
}

/** Places of the named emotes, as Twitch's tag writes them: code points, inclusive. */
function emotesTag(text: string, names: ReadonlySet<string>): string {
  if (names.size === 0) return "";
  const ranges = new Map<string, string[]>();
  let at = 0;
  for (const word of text.split(" ")) {
    const length = [...word].length;
    if (names.has(word)) ranges.set(word, [...(ranges.get(word) ?? []), `${at}-${at + length - 1}`]);
    at += length + 1;
  }
  return [...ranges].map(([name, places]) => `${name.replace(/[^\w-]/g, "_")}:${places.join(",")}`).join("/");
}

const PRIVMSG = /^(?:@(\S+) +)?:([^\s!]+)(?:!\S*)? PRIVMSG #(\S+) :(.*)$/;

/** A PRIVMSG as it was logged, moved to the replay's channel and given the tags it lacks. */
function fromIrc(line: string, place: Place, id: string, index: number): RecordedLine | null {
  const match = PRIVMSG.exec(line);
  if (!match) return null;
  const [, tagText = "", nick = "", , text = ""] = match;
  const tags = new Map(
    tagText
      .split(";")
      .filter(Boolean)
      .map((tag) => [tag.slice(0, tag.indexOf("=")), tag.slice(tag.indexOf("=") + 1)]),
  );
  const sent = Number(tags.get("tmi-sent-ts") ?? Number.NaN);
  const sentAtMs = Number.isFinite(sent) ? sent : EPOCH_MS + index;
  if (tagText === "") return { atMs: index, raw: renderPrivmsg({ ...place, ...chatter(nick), id, text, sentAtMs }) };
  tags.set("room-id", place.channelId);
  if (!tags.get("id")) tags.set("id", id);
  if (!tags.get("user-id")) tags.set("user-id", chatter(nick).userId);
  tags.set("tmi-sent-ts", String(sentAtMs));
  const written = [...tags].map(([name, value]) => `${name}=${value}`).join(";");
  return { atMs: index, raw: `@${written} :${nick}!${nick}@${nick}.tmi.twitch.tv PRIVMSG #${place.channelLogin} :${text}` };
}

function parseObject(line: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(line);
    return value !== null && typeof value === "object" && !Array.isArray(value) ? (value as Record<string, unknown>) : null;
  } catch {
    return null;
  }
}

/** A UUID from the recording and the line's number. */
function idOf(identity: Uint8Array, index: number): string {
  const hex = new Bun.CryptoHasher("sha256").update(identity).update(String(index)).digest("hex");
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}
