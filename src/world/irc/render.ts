import { badgesOf, messageBadges, type WorldBadge } from "../badges.ts";
import { emotesTag, findEmotes } from "../emotes.ts";
import type { WorldChannel, WorldMessage, WorldUser } from "../state.ts";
import { escapeTag, type TagValues, writeTags } from "./line.ts";

/** A server line with and without its tags: a session gets tags only when it asked for them. */
export interface ServerLine {
  tags: string;
  line: string;
}

/** What `renderPrivmsg` needs; the rest has the values of an ordinary viewer. */
export interface PrivmsgParts {
  channelLogin: string;
  channelId: string;
  login: string;
  userId: string;
  id: string;
  text: string;
  /** Unix milliseconds. */
  sentAtMs: number;
  displayName?: string;
  color?: string;
  /** As in the tag: `moderator/1,subscriber/12`. */
  badges?: string;
  badgeInfo?: string;
  emotes?: string;
  isFirst?: boolean;
  isMod?: boolean;
  isSubscriber?: boolean;
}

/**
 * One PRIVMSG with the usual tags, without line end: for `feed`, where hundreds of thousands are made
 * beforehand. The texts must be free of line ends.
 */
export function renderPrivmsg(parts: PrivmsgParts): string {
  const name = escapeTag(parts.displayName ?? parts.login);
  const mod = parts.isMod ? 1 : 0;
  return (
    `@badge-info=${parts.badgeInfo ?? ""};badges=${parts.badges ?? ""};color=${parts.color ?? ""};display-name=${name};` +
    `emotes=${parts.emotes ?? ""};first-msg=${parts.isFirst ? 1 : 0};flags=;id=${parts.id};mod=${mod};returning-chatter=0;` +
    `room-id=${parts.channelId};subscriber=${parts.isSubscriber ? 1 : 0};tmi-sent-ts=${parts.sentAtMs};turbo=0;` +
    `user-id=${parts.userId};user-type=${mod ? "mod" : ""} ` +
    `:${parts.login}!${parts.login}@${parts.login}.tmi.twitch.tv PRIVMSG #${parts.channelLogin} :${parts.text}`
  );
}

export const badgesTag = (badges: readonly WorldBadge[]): string =>
  badges.map((badge) => `${badge.set_id}/${badge.id}`).join(",");

export const badgeInfoTag = (badges: readonly WorldBadge[]): string =>
  badges
    .filter((badge) => badge.info !== "")
    .map((badge) => `${badge.set_id}/${badge.info}`)
    .join(",");

/** The tags that say who somebody is in a room: of PRIVMSG, USERNOTICE and, with fewer, USERSTATE. */
export function personTags(channel: WorldChannel, user: WorldUser): TagValues {
  const badges = badgesOf(channel, user.id);
  return {
    "badge-info": badgeInfoTag(badges),
    badges: badgesTag(badges),
    color: user.color,
    "display-name": user.displayName,
    mod: channel.mods.has(user.id) ? 1 : 0,
    subscriber: channel.subs.has(user.id) ? 1 : 0,
    turbo: 0,
    "user-type": channel.mods.has(user.id) ? "mod" : user.type,
    vip: channel.vips.has(user.id) ? 1 : null,
  };
}

/** What the other sessions of the room get for `message`. `home` is the room it was written in, for copies in shared chat. */
export function privmsgLine(channel: WorldChannel, message: WorldMessage, home: WorldChannel, nonce: string | null): ServerLine {
  const { user } = message;
  const { text } = message;
  const emotes = findEmotes(text);
  const tags: TagValues = {
    ...personTags(channel, user),
    badges: badgesTag(messageBadges(channel, message)),
    bits: message.bits > 0 ? message.bits : null,
    "client-nonce": nonce,
    "custom-reward-id": message.rewardId,
    "emote-only": isEmoteOnly(text, emotes.length) ? 1 : null,
    emotes: emotesTag(emotes),
    "first-msg": message.isFirst ? 1 : 0,
    flags: "",
    id: message.id,
    "msg-id": message.isHighlighted ? "highlighted-message" : null,
    "returning-chatter": 0,
    "room-id": channel.user.id,
    "tmi-sent-ts": message.at.getTime(),
    "user-id": user.id,
    ...replyTags(message),
    ...(channel.shared ? sourceTags(message, home) : {}),
  };
  const body = message.isAction ? `\u0001ACTION ${text}\u0001` : text;
  return { tags: writeTags(tags), line: `:${mask(user.login)} PRIVMSG #${channel.user.login} :${body}` };
}

const isEmoteOnly = (text: string, emotes: number): boolean => emotes > 0 && text.split(" ").length === emotes;

function replyTags(message: WorldMessage): TagValues {
  if (!message.reply) return {};
  const { parent, root } = message.reply;
  return {
    "reply-parent-display-name": parent.user.displayName,
    "reply-parent-msg-body": parent.text,
    "reply-parent-msg-id": parent.id,
    "reply-parent-user-id": parent.user.id,
    "reply-parent-user-login": parent.user.login,
    "reply-thread-parent-display-name": root.user.displayName,
    "reply-thread-parent-msg-id": root.id,
    "reply-thread-parent-user-id": root.user.id,
    "reply-thread-parent-user-login": root.user.login,
  };
}

/** Shared chat: where a message was written, and what its writer wears there. */
const sourceTags = (message: WorldMessage, home: WorldChannel): TagValues => ({
  ...sourceOf(home, message.user, message.source?.messageId ?? message.id),
  "source-badges": badgesTag(messageBadges(home, message)),
  "source-only": 0,
});

function sourceOf(home: WorldChannel, user: WorldUser, id: string): TagValues {
  const badges = badgesOf(home, user.id);
  return {
    "source-badge-info": badgeInfoTag(badges),
    "source-badges": badgesTag(badges),
    "source-id": id,
    "source-room-id": home.user.id,
  };
}

/** `mira!mira@mira.tmi.twitch.tv` */
export const mask = (login: string): string => `${login}!${login}@${login}.tmi.twitch.tv`;

/** USERSTATE: ours in a room; with `id` it confirms the message just sent. */
export function userstateLine(
  channel: WorldChannel,
  user: WorldUser,
  id: string | null,
  nonce: string | null = null,
): ServerLine {
  const { vip: _vip, ...person } = personTags(channel, user);
  const tags = { ...person, "client-nonce": nonce, "emote-sets": "0", id };
  return { tags: writeTags(tags), line: `:tmi.twitch.tv USERSTATE #${channel.user.login}` };
}

/** ROOMSTATE with every setting (on join) or only those named in `only`. */
export function roomstateLine(channel: WorldChannel, only?: readonly RoomTag[]): ServerLine {
  const all: Record<RoomTag, number> = {
    "emote-only": channel.settings.emoteOnly ? 1 : 0,
    "followers-only": channel.settings.followersOnlyMin,
    r9k: channel.settings.uniqueChat ? 1 : 0,
    slow: channel.settings.slowS,
    "subs-only": channel.settings.subsOnly ? 1 : 0,
  };
  const shown: Record<string, string | number> = { "room-id": channel.user.id };
  for (const key of only ?? ROOM_TAGS) shown[key] = all[key];
  return { tags: writeTags(shown), line: `:tmi.twitch.tv ROOMSTATE #${channel.user.login}` };
}

export type RoomTag = "emote-only" | "followers-only" | "r9k" | "slow" | "subs-only";
const ROOM_TAGS: readonly RoomTag[] = ["emote-only", "followers-only", "r9k", "slow", "subs-only"];

/** NOTICE in a room. Decide by msgId: the text may change. */
export function noticeLine(channelLogin: string, msgId: string, text: string): ServerLine {
  return { tags: `@msg-id=${msgId}`, line: `:tmi.twitch.tv NOTICE #${channelLogin} :${text}` };
}

export interface UserNotice {
  id: string;
  /** `sub`, `resub`, `raid`, `announcement` … */
  msgId: string;
  user: WorldUser;
  systemText: string;
  /** The person's own words; "" for none. */
  text: string;
  at: Date;
  /** The `msg-param-…` tags, without that prefix. */
  params: TagValues;
}

/**
 * USERNOTICE: subs, gifts, raids and the like. In a shared chat (`source` is where it happened) the own room's
 * line has the source tags too, and the other rooms get a `sharedchatnotice`.
 */
export function usernoticeLine(
  channel: WorldChannel,
  notice: UserNotice,
  source: { home: WorldChannel; messageId: string } | null = null,
): ServerLine {
  const params: Record<string, string | number | null | undefined> = {};
  for (const [key, value] of Object.entries(notice.params)) params[`msg-param-${key}`] = value;
  const tags: TagValues = {
    ...personTags(channel, notice.user),
    vip: channel.vips.has(notice.user.id) ? 1 : 0,
    emotes: emotesTag(findEmotes(notice.text)),
    flags: "",
    id: notice.id,
    login: notice.user.login,
    "msg-id": source && source.home !== channel ? "sharedchatnotice" : notice.msgId,
    "room-id": channel.user.id,
    "system-msg": notice.systemText,
    "tmi-sent-ts": notice.at.getTime(),
    "user-id": notice.user.id,
    ...params,
    ...(source ? { ...sourceOf(source.home, notice.user, source.messageId), "source-msg-id": notice.msgId } : {}),
  };
  const trailing = notice.text === "" ? "" : ` :${notice.text}`;
  return { tags: writeTags(tags), line: `:tmi.twitch.tv USERNOTICE #${channel.user.login}${trailing}` };
}

/** CLEARCHAT: of one person (`seconds` null = for ever), or of everything. */
export function clearchatLine(channel: WorldChannel, user: WorldUser | null, seconds: number | null, at: Date): ServerLine {
  const tags: TagValues = {
    "ban-duration": user ? seconds : null,
    "room-id": channel.user.id,
    "target-user-id": user?.id,
    "tmi-sent-ts": at.getTime(),
  };
  const who = user ? ` :${user.login}` : "";
  return { tags: writeTags(tags), line: `:tmi.twitch.tv CLEARCHAT #${channel.user.login}${who}` };
}

/** CLEARMSG: one message taken back. Twitch often leaves `room-id` empty here. */
export function clearmsgLine(channel: WorldChannel, message: WorldMessage, at: Date): ServerLine {
  const tags: TagValues = { login: message.user.login, "room-id": "", "target-msg-id": message.id, "tmi-sent-ts": at.getTime() };
  return { tags: writeTags(tags), line: `:tmi.twitch.tv CLEARMSG #${channel.user.login} :${message.text}` };
}
