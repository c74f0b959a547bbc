import type { Actor, EventBody, EventType, Level, SubTier } from "../src/domain/events.ts";
import { authSentence, offReason } from "./accounts.ts";
import type { IconName } from "./icons.ts";
import { isWordKey, reasonText, type WordKey, type WordParams, type Words } from "./words/index.ts";

/** A line before it is written: `names` are the values that others chose, so that each is isolated in a sentence. */
export interface Said {
  key: WordKey;
  params?: WordParams;
  names?: Readonly<Record<string, string>>;
  icon: IconName;
  level?: Level;
  detail?: string | null;
}

export interface Reader {
  words: Words;
  zone: string;
}

/** What each type of event is called, by type. */
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
  "chat.support": ({ kind, name, amount, months, text, tier }, { words }) => ({
    key: `event.chat.support.${kind}`,
    names: { name: named(words, name) },
    params: { count: kind === "resub" ? (months ?? 1) : amount },
    icon: kind === "cheer" || kind === "power_up" ? "gem" : "star",
    level: "ok",
    detail: [tierName(words, tier), text].filter((part) => part !== "").join(" · "),
  }),
  "channel.followed": ({ name }, { words }) => ({
    key: "event.channel.followed",
    names: { name: named(words, name) },
    icon: "user-plus",
  }),
  "channel.redeemed": ({ name, reward, cost, text }, { words }) => ({
    key: "event.channel.redeemed",
    names: { name: named(words, name), reward },
    params: { count: cost },
    icon: "wallet",
    detail: text,
  }),
  "channel.updated": ({ title, category }) =>
    category === ""
      ? { key: "event.channel.updated.title", icon: "pencil", detail: title }
      : { key: "event.channel.updated", names: { category }, icon: "pencil", detail: title },
  "stream.online": ({ startedAt }, { words, zone }) => ({
    key: "event.stream.online",
    params: { time: words.format.clock(new Date(startedAt), zone) },
    icon: "tv",
    level: "ok",
  }),
  "stream.offline": () => ({ key: "event.stream.offline", icon: "moon" }),
  "stream.ad_break": ({ seconds, isAutomatic }, { words }) => ({
    key: isAutomatic ? "event.stream.ad_break.automatic" : "event.stream.ad_break",
    params: { time: words.format.duration(seconds * 1_000) },
    icon: "hourglass",
  }),
  "stream.hype_train": ({ phase, level, total }) => ({
    key: `event.stream.hype_train.${phase}`,
    params: { level, total },
    icon: "zap",
    level: "ok",
  }),
  "chat.banned": ({ name, by, reason, seconds }, { words }) => {
    const names = { name, by: by || words.say("actor.moderator") };
    if (seconds === null) return { key: "event.chat.banned", names, icon: "shield-alert", detail: reason };
    const time = words.format.duration(seconds * 1_000);
    return { key: "event.chat.banned.timeout", names, params: { time }, icon: "shield-alert", detail: reason };
  },
  "chat.unbanned": ({ name, by }, { words }) => ({
    key: "event.chat.unbanned",
    names: { name, by: by || words.say("actor.moderator") },
    icon: "shield-check",
  }),
  "chat.shared_visible": (_, { words }) => ({
    key: "event.chat.shared_visible",
    icon: "share-2",
    level: "warn",
    detail: words.say("event.chat.shared_visible.help"),
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
  "account.connected": ({ login, role, by }, { words }) => ({
    key: `event.account.connected.${role}`,
    names: { login, by: actor(words, by) },
    icon: "user-check",
    level: "ok",
  }),
  "account.removed": ({ login, by }, { words }) => ({
    key: "event.account.removed",
    names: { login, by: actor(words, by) },
    icon: "user-x",
  }),
  "account.login_needed": ({ login, reason }, { words }) => ({
    key: "event.account.login_needed",
    names: { login },
    icon: "key-round",
    level: "bad",
    detail: authSentence(words, reason),
  }),
  "account.restored": ({ login }) => ({ key: "event.account.restored", names: { login }, icon: "user-check", level: "ok" }),
  "feature.off": ({ feature, login, reason }, { words }) => ({
    key: "event.feature.off",
    names: { login },
    params: { feature: words.say(`feature.${feature}`) },
    icon: "eye-off",
    level: "warn",
    detail: offReason(words, reason),
  }),
  "eventsub.lost": ({ login, reason }, { words }) => ({
    key: "event.eventsub.lost",
    names: { login },
    icon: "unplug",
    level: "warn",
    detail: offReason(words, reason),
  }),
  "eventsub.back": ({ login }) => ({ key: "event.eventsub.back", names: { login }, icon: "plug-zap", level: "ok" }),
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
  "mood.trigger": ({ trigger, messages }) => ({
    key: `event.mood.trigger.${trigger}`,
    params: { count: messages },
    icon: trigger === "hype" ? "zap" : "circle-help",
  }),
  "mood.lull": ({ messages }) => ({
    key: "event.mood.lull",
    params: { count: messages },
    icon: "moon",
  }),
  "hud.message": ({ text }) => ({ key: "event.hud.message", names: { text }, icon: "monitor" }),
};

/** What `body` is called. */
export function said(body: EventBody, reader: Reader): Said {
  const line = LINES[body.type] as (body: EventBody, reader: Reader) => Said;
  return line(body, reader);
}

function actor(words: Words, by: Actor): string {
  return words.say(`actor.${by.kind}`, { name: by.kind === "chatter" ? by.login : "name" in by ? by.name : "" });
}

/** Twitch gives no name to who wants to stay unknown. */
function named(words: Words, name: string): string {
  return name === "" ? words.say("event.anonymous") : name;
}

/** The tier of a sub; the usual one, and any that we do not know, are not worth a word. */
function tierName(words: Words, tier: SubTier | undefined): string {
  const key = `event.chat.support.tier.${tier ?? ""}`;
  return isWordKey(key) ? words.say(key) : "";
}
