import { type Actor, type EventBody, type EventType, HUD_LEVEL, type Level, type TimelineEvent } from "../src/domain/events.ts";
import { type Child, Html } from "./html.ts";
import type { IconName } from "./icons.ts";
import { reasonText, type WordKey, type WordParams, type Words } from "./words/index.ts";

/** One line about something that happened. `text` has names in <bdi>; `detail` is what people or machines said, if anything. */
export interface EventLine {
  icon: IconName;
  level: Level;
  text: Child;
  detail: string | null;
}

/** A line before it is written: `names` are the values that others chose, so that each is isolated in a sentence. */
interface Said {
  key: WordKey;
  params?: WordParams;
  names?: Readonly<Record<string, string>>;
  icon: IconName;
  level?: Level;
  detail?: string | null;
}

interface Reader {
  words: Words;
  zone: string;
}

type Lines = { readonly [type in EventType]: (body: Extract<EventBody, { type: type }>, reader: Reader) => Said };

const SENT_LEVEL = { confirmed: "ok", rejected: "bad", unconfirmed: "warn" } as const;

/** What each type of event is called. A new type does not compile until it has its line. */
const LINES: Lines = {
  "app.started": ({ version }) => ({ key: "event.app.started", params: { version }, icon: "play" }),
  "app.stopped": () => ({ key: "event.app.stopped", icon: "pause" }),
  "chat.connected": ({ login, anonymous }) =>
    login === null || anonymous
      ? { key: "event.chat.connected.anonymous", icon: "plug-zap" }
      : { key: "event.chat.connected", names: { login }, icon: "plug-zap", level: "ok" },
  "chat.disconnected": ({ reason }, { words }) => ({
    key: "event.chat.disconnected",
    icon: "unplug",
    level: "bad",
    detail: reasonText(words, reason),
  }),
  "chat.login_failed": ({ reason }, { words }) => ({
    key: "event.chat.login_failed",
    icon: "key-round",
    level: "bad",
    detail: reasonText(words, reason),
  }),
  "channel.joined": ({ login }) => ({ key: "event.channel.joined", names: { login }, icon: "radio-tower", level: "ok" }),
  "channel.left": ({ login }) => ({ key: "event.channel.left", names: { login }, icon: "log-out" }),
  "channel.join_failed": ({ login, reason }, { words }) => ({
    key: "event.channel.join_failed",
    names: { login },
    icon: "radio-tower",
    level: "warn",
    detail: words.sayOr(`channel_state.${reason}`, "channel_state.unknown"),
  }),
  "channel.added": ({ login, by }, { words }) => ({
    key: "event.channel.added",
    names: { login, by: actor(words, by) },
    icon: "plus",
  }),
  "channel.removed": ({ login, by }, { words }) => ({
    key: "event.channel.removed",
    names: { login, by: actor(words, by) },
    icon: "x",
  }),
  "chat.raid": ({ fromName, viewers }) => ({
    key: "event.chat.raid",
    names: { name: fromName },
    params: { count: viewers },
    icon: "users",
  }),
  "chat.support": ({ kind, name, amount, months, text }) => ({
    key: `event.chat.support.${kind}`,
    names: { name },
    params: { count: kind === "resub" ? (months ?? 1) : amount },
    icon: kind === "cheer" ? "gem" : "star",
    level: "ok",
    detail: text,
  }),
  "chat.first_message": ({ name, text }) => ({
    key: "event.chat.first_message",
    names: { name },
    icon: "user-plus",
    detail: text,
  }),
  "chat.cleared": ({ login, seconds }, { words }) => {
    if (login === null) return { key: "event.chat.cleared", icon: "shield-alert" };
    if (seconds === null) return { key: "event.chat.cleared.ban", names: { login }, icon: "shield-alert" };
    return {
      key: "event.chat.cleared.timeout",
      names: { login },
      params: { time: words.format.duration(seconds * 1_000) },
      icon: "shield-alert",
    };
  },
  "chat.overflow": ({ dropped }) => ({
    key: "event.chat.overflow",
    params: { count: dropped },
    icon: "triangle-alert",
    level: "warn",
  }),
  "reply.asked": ({ name, question }) => ({
    key: "event.reply.asked",
    names: { name },
    icon: "message-circle-question",
    detail: question,
  }),
  "reply.sent": ({ status, latencyMs, text }, { words }) => ({
    key: `event.reply.sent.${status}`,
    params: { time: words.format.duration(latencyMs) },
    icon: status === "confirmed" ? "check-check" : "circle-help",
    level: SENT_LEVEL[status],
    detail: text,
  }),
  "reply.dropped": ({ reason }, { words }) => ({
    key: "event.reply.dropped",
    params: { reason: words.say(`silence.${reason}`) },
    icon: "volume-x",
  }),
  "model.failed": ({ model, reason }, { words }) => ({
    key: "event.model.failed",
    names: { model },
    params: { reason: words.say(`silence.${reason}`) },
    icon: "brain",
    level: "warn",
  }),
  "model.breaker_opened": ({ failures, retryAt }, { words, zone }) => ({
    key: "event.model.breaker_opened",
    params: { count: failures, time: words.format.clock(new Date(retryAt), zone) },
    icon: "brain",
    level: "warn",
  }),
  "model.breaker_closed": () => ({ key: "event.model.breaker_closed", icon: "brain", level: "ok" }),
  "database.lost": ({ reason }, { words }) => ({
    key: "event.database.lost",
    icon: "database",
    level: "bad",
    detail: reasonText(words, reason),
  }),
  "database.back": ({ awayMs, kept, dropped }, { words }) => {
    const time = words.format.duration(awayMs);
    if (dropped === 0) return { key: "event.database.back", params: { time, count: kept }, icon: "database", level: "ok" };
    return { key: "event.database.back.dropped", params: { time, count: dropped }, icon: "database", level: "warn" };
  },
  "hud.message": ({ text }) => ({ key: "event.hud.message", names: { text }, icon: "monitor" }),
};

function said(event: TimelineEvent, reader: Reader): Said {
  const line = LINES[event.body.type] as (body: EventBody, reader: Reader) => Said;
  return line(event.body, reader);
}

function actor(words: Words, by: Actor): string {
  return words.say(`actor.${by.kind}`, { name: by.kind === "chatter" ? by.login : "name" in by ? by.name : "" });
}

/** What happened, in words, with its picture and loudness. `zone` is for the instants inside. */
export function eventLine(words: Words, event: TimelineEvent, zone: string): EventLine {
  const { key, params = {}, names = {}, icon, level = "info", detail } = said(event, { words, zone });
  const isolated = Object.fromEntries(Object.entries(names).map(([name, text]) => [name, <bdi>{text}</bdi>]));
  return { icon, level, text: words.parts<Child>(key, { ...params, ...isolated }), detail: detail ? detail : null };
}

/** A message of the HUD, as its page and programs get it: text only, in the reader's language. */
export interface HudMessage {
  /** Timeline id; null while the database is away. */
  id: number | null;
  /** ISO 8601. */
  at: string;
  level: Level;
  icon: IconName;
  text: string;
  detail: string | null;
  source: string;
}

/** What the broadcaster is told of `event`, or null when it is none of the HUD's. */
export function hudMessage(words: Words, event: TimelineEvent, zone: string): HudMessage | null {
  const level = HUD_LEVEL[event.body.type];
  if (level === undefined) return null;
  const base = { id: event.id, at: event.at.toISOString(), level };
  if (event.body.type === "hud.message") {
    const { text, by, source } = event.body;
    return { ...base, icon: "message-square", text, detail: null, source: sourceName(words, by, source) };
  }
  const { key, params, names, icon, detail } = said(event, { words, zone });
  const text = words.say(key, { ...params, ...names });
  return { ...base, icon, text, detail: detail ? detail : null, source: words.say("hud.source.operator") };
}

function sourceName(words: Words, by: Actor, source: string): string {
  if (by.kind === "member") return words.say("hud.source.member");
  if (by.kind === "program") return words.say("hud.source.program", { name: by.name });
  return source || words.say("hud.source.operator");
}
