/** One line of chat as Twitch sent it. Ids are text; texts are other people's and are never trusted. */
export interface ChatMessage {
  /** Twitch's message id in this room. */
  id: string;
  /** In a shared chat: the message's id in the room where it was written (its own id, when that is this room); else null. */
  sourceId: string | null;
  /** In a shared chat: the room (broadcaster id) where it was written, which may be this one; else null. */
  sourceChannelId: string | null;
  channelId: string;
  channelLogin: string;
  chatterId: string;
  login: string;
  displayName: string;
  /** As received, without the ACTION wrapper, at most `MESSAGE_CHARS_MAX` code points, no NUL. */
  text: string;
  isAction: boolean;
  isBroadcaster: boolean;
  isMod: boolean;
  isVip: boolean;
  isSubscriber: boolean;
  /** True for the chatter's first message ever in this channel (IRC tag `first-msg`). */
  isFirst: boolean;
  /** Bits cheered with the message; 0 for none. */
  bits: number;
  /** `#rrggbb` or "" when the chatter never chose one. */
  color: string;
  /** Ranges in code points, zero-based, inclusive; bad ranges are left out. */
  emotes: readonly Emote[];
  /** Id of the message that this one answers (Twitch's thread), or null. */
  replyToId: string | null;
  /** Twitch's own clock (`tmi-sent-ts`); the time of arrival when the tag is missing. */
  sentAt: Date;
}

export interface Emote {
  id: string;
  start: number;
  end: number;
}

/** Twitch's limit for a chat line, in characters. */
export const MESSAGE_CHARS_MAX = 500;

/** What a line of `channel_history` holds: what was said in a channel, by whom, and by us. */
export interface HistoryLine {
  /** Row id; null until the line is stored. */
  seq: number | null;
  messageId: string;
  channelId: string;
  chatterId: string;
  login: string;
  displayName: string;
  text: string;
  kind: "chat" | "reply";
  color: string;
  badges: readonly Badge[];
  emotes: readonly Emote[];
  replyToId: string | null;
  traceId: string | null;
  sentAt: Date;
  /** When Twitch took it back (CLEARMSG, CLEARCHAT); null while it stands. */
  deletedAt: Date | null;
}

export type Badge = "broadcaster" | "moderator" | "vip" | "subscriber" | "first";
