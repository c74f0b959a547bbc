import type { ChatMessage, Emote } from "../../domain/chat.ts";
import { type ChatMessageShape, fitText, type MessageShape } from "./eventsub-shapes.ts";

/** `/me` comes wrapped, as it does on IRC. */
const ACTION = "\u0001ACTION";
const ACTION_END = "\u0001";
const COLOR = /^#[0-9a-f]{6}$/i;

/** The line of chat that a `channel.chat.message` carries, as the same line would be on IRC. */
export function chatMessageOf(read: ChatMessageShape, at: Date): ChatMessage {
  const { message, badges } = read;
  const { text, isAction, emotes } = textOf(message);
  const login = read.chatter_user_login.toLowerCase();
  const hasBadge = (...names: readonly string[]) => badges.some((badge) => names.includes(badge.set_id));
  return {
    id: read.message_id,
    sourceId: read.source_message_id ?? null,
    sourceChannelId: read.source_broadcaster_user_id ?? null,
    channelId: read.broadcaster_user_id,
    channelLogin: read.broadcaster_user_login.toLowerCase(),
    chatterId: read.chatter_user_id,
    login,
    displayName: read.chatter_user_name || login,
    text,
    isAction,
    isBroadcaster: hasBadge("broadcaster"),
    isMod: hasBadge("moderator", "lead_moderator"),
    isVip: hasBadge("vip"),
    isSubscriber: hasBadge("subscriber", "founder"),
    // Only who introduces themselves is told; a plain first message is told on IRC alone.
    isFirst: read.message_type === "user_intro",
    bits: read.cheer?.bits ?? 0,
    color: COLOR.test(read.color) ? read.color : "",
    emotes,
    replyToId: read.reply?.parent_message_id ?? null,
    sentAt: at,
  };
}

function textOf(message: MessageShape): { text: string; isAction: boolean; emotes: readonly Emote[] } {
  const joined = message.fragments.map((fragment) => fragment.text).join("");
  // A message that is only a GIF may have its caption in the fragments alone.
  const said = message.text || joined;
  const isAction = said.startsWith(ACTION);
  const before = isAction ? ACTION.length + (said.charAt(ACTION.length) === " " ? 1 : 0) : 0;
  const end = isAction && said.endsWith(ACTION_END) ? said.length - 1 : said.length;
  const text = fitText(said.slice(before, end));
  // Twitch tells the emotes by their place among the fragments, which must make up the text for that.
  if (joined !== said) return { text, isAction, emotes: [] };
  return { text, isAction, emotes: emotesOf(message.fragments, before, lengthOf(text)) };
}

/** Ranges in code points of a text that begins `before` code points into the fragments and has `length`. */
function emotesOf(fragments: MessageShape["fragments"], before: number, length: number): Emote[] {
  const emotes: Emote[] = [];
  let at = -before;
  for (const fragment of fragments) {
    const start = at;
    at += lengthOf(fragment.text.replaceAll("\0", ""));
    const isIn = start >= 0 && at > start && at <= length;
    if (fragment.emote && fragment.emote.id !== "" && isIn) emotes.push({ id: fragment.emote.id, start, end: at - 1 });
  }
  return emotes;
}

function lengthOf(text: string): number {
  let points = 0;
  for (const _ of text) points++;
  return points;
}
