import { type Actor, HUD_LEVEL, type Level, type TimelineEvent } from "../src/domain/events.ts";
import { said } from "./event-said.ts";
import { type Child, Html } from "./html.ts";
import type { IconName } from "./icons.ts";
import type { Words } from "./words/index.ts";

/** One line about something that happened. `text` has names in <bdi>; `detail` is what people or machines said, if anything. */
export interface EventLine {
  icon: IconName;
  level: Level;
  text: Child;
  detail: string | null;
}

/** What happened, in words, with its picture and loudness. `zone` is for the instants inside. */
export function eventLine(words: Words, event: TimelineEvent, zone: string): EventLine {
  const { key, params = {}, names = {}, icon, level = "info", detail } = said(event.body, { words, zone });
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
  const { key, params, names, icon, detail } = said(event.body, { words, zone });
  const text = words.say(key, { ...params, ...names });
  return { ...base, icon, text, detail: detail ? detail : null, source: words.say("hud.source.operator") };
}

function sourceName(words: Words, by: Actor, source: string): string {
  if (by.kind === "member") return words.say("hud.source.member");
  if (by.kind === "program") return words.say("hud.source.program", { name: by.name });
  return source || words.say("hud.source.operator");
}
