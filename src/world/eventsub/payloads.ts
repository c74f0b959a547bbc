import { badgesOf, messageBadges, type WorldBadge } from "../badges.ts";
import { findEmotes } from "../emotes.ts";
import type { WorldChannel, WorldMessage, WorldState, WorldUser } from "../state.ts";

/** `broadcaster_user_id`, `…_login`, `…_name`. */
export const broadcaster = (channel: WorldChannel): Record<string, string> => person("broadcaster_user", channel.user);

/** The three names of somebody under a prefix; nulls for nobody. */
export function person(prefix: string, user: WorldUser): Record<string, string>;
export function person(prefix: string, user: WorldUser | null): Record<string, string | null>;
export function person(prefix: string, user: WorldUser | null): Record<string, string | null> {
  return {
    [`${prefix}_id`]: user?.id ?? null,
    [`${prefix}_login`]: user?.login ?? null,
    [`${prefix}_name`]: user?.displayName ?? null,
  };
}

interface Fragment {
  type: "text" | "emote" | "mention" | "cheermote";
  text: string;
  cheermote: { prefix: string; bits: number; tier: number } | null;
  emote: { id: string; emote_set_id: string; owner_id: string; format: string[] } | null;
  mention: { user_id: string; user_name: string; user_login: string } | null;
}

/** Cuts a text into Twitch's fragments. Joined together again they are the text. */
export function fragmentsOf(text: string, bits: number, state: WorldState): Fragment[] {
  const emotes = new Map(findEmotes(text).map((emote) => [emote.name, emote.id]));
  const fragments: Fragment[] = [];
  for (const [i, word] of text.split(" ").entries()) {
    if (i > 0) pushText(fragments, " ");
    const special = specialOf(word, emotes, bits, state);
    if (special) fragments.push(special);
    else pushText(fragments, word);
  }
  return fragments.filter((fragment) => fragment.text !== "");
}

function specialOf(word: string, emotes: ReadonlyMap<string, string>, bits: number, state: WorldState): Fragment | null {
  const plain: Fragment = { type: "text", text: word, cheermote: null, emote: null, mention: null };
  const emoteId = emotes.get(word);
  if (emoteId !== undefined)
    return { ...plain, type: "emote", emote: { id: emoteId, emote_set_id: "0", owner_id: "0", format: ["static"] } };
  const cheer = bits > 0 ? /^(Cheer)(\d+)$/i.exec(word) : null;
  if (cheer) {
    const amount = Number(cheer[2]);
    return {
      ...plain,
      type: "cheermote",
      cheermote: { prefix: "Cheer", bits: amount, tier: CHEER_TIERS.findLast((tier) => amount >= tier) ?? 1 },
    };
  }
  const mentioned = word.startsWith("@") ? state.usersByLogin.get(word.slice(1).toLowerCase()) : undefined;
  if (!mentioned) return null;
  return {
    ...plain,
    type: "mention",
    mention: { user_id: mentioned.id, user_name: mentioned.displayName, user_login: mentioned.login },
  };
}

const CHEER_TIERS = [1, 100, 1_000, 5_000, 10_000];

function pushText(fragments: Fragment[], text: string): void {
  const last = fragments.at(-1);
  if (last?.type === "text") last.text += text;
  else fragments.push({ type: "text", text, cheermote: null, emote: null, mention: null });
}

interface Source {
  home: WorldChannel;
  messageId: string;
  badges: WorldBadge[];
}

/** The `source_*` fields: null unless the channel is in a shared chat. */
export function sourceFields(source: Source | null): Record<string, unknown> {
  return {
    source_broadcaster_user_id: source?.home.user.id ?? null,
    source_broadcaster_user_login: source?.home.user.login ?? null,
    source_broadcaster_user_name: source?.home.user.displayName ?? null,
    source_message_id: source?.messageId ?? null,
    source_badges: source?.badges ?? null,
    is_source_only: source ? false : null,
  };
}

/** `channel.chat.message`. `home` is the room it was written in. */
export function chatMessage(channel: WorldChannel, message: WorldMessage, home: WorldChannel, state: WorldState): object {
  const source: Source | null = channel.shared
    ? { home, messageId: message.source?.messageId ?? message.id, badges: messageBadges(home, message) }
    : null;
  return {
    ...broadcaster(channel),
    ...person("chatter_user", message.user),
    message_id: message.id,
    message: { text: message.text, fragments: fragmentsOf(message.text, message.bits, state) },
    color: message.user.color,
    badges: messageBadges(channel, message),
    message_type: message.isHighlighted ? "channel_points_highlighted" : "text",
    cheer: message.bits > 0 ? { bits: message.bits } : null,
    reply: replyOf(message),
    channel_points_custom_reward_id: message.rewardId,
    channel_points_animation_id: null,
    ...sourceFields(source),
  };
}

function replyOf(message: WorldMessage): object | null {
  if (!message.reply) return null;
  const { parent, root } = message.reply;
  return {
    parent_message_id: parent.id,
    parent_message_body: parent.text,
    parent_user_id: parent.user.id,
    parent_user_name: parent.user.displayName,
    parent_user_login: parent.user.login,
    thread_message_id: root.id,
    thread_user_id: root.user.id,
    thread_user_name: root.user.displayName,
    thread_user_login: root.user.login,
  };
}

/** The kinds of `channel.chat.notification`; the object of its own kind is set, all others are null. */
const NOTICE_TYPES = [
  "sub",
  "resub",
  "sub_gift",
  "community_sub_gift",
  "gift_paid_upgrade",
  "prime_paid_upgrade",
  "pay_it_forward",
  "raid",
  "unraid",
  "announcement",
  "bits_badge_tier",
  "charity_donation",
  "watch_streak",
  "modiversary",
  "gifted_drops_summary",
] as const;

export type NoticeType = (typeof NOTICE_TYPES)[number];

/** Kinds that shared chat repeats under `shared_chat_…`. */
const SHARED_TYPES = [
  "sub",
  "resub",
  "sub_gift",
  "community_sub_gift",
  "gift_paid_upgrade",
  "prime_paid_upgrade",
  "pay_it_forward",
  "raid",
  "announcement",
  "modiversary",
  "gifted_drops_summary",
];

export interface ChatNotice {
  type: NoticeType;
  id: string;
  user: WorldUser;
  isAnonymous: boolean;
  systemText: string;
  text: string;
  /** The object named like the type. */
  about: object;
}

/** `channel.chat.notification`. `source` is where it happened, when the channel is in a shared chat. */
export function chatNotification(
  channel: WorldChannel,
  notice: ChatNotice,
  state: WorldState,
  source: { home: WorldChannel; messageId: string } | null,
): object {
  const isCopy = source !== null && source.home !== channel;
  const name = isCopy && SHARED_TYPES.includes(notice.type) ? `shared_chat_${notice.type}` : notice.type;
  const kinds: Record<string, object | null> = {};
  for (const type of [...NOTICE_TYPES, ...SHARED_TYPES.map((shared) => `shared_chat_${shared}`)])
    kinds[type] = type === name ? notice.about : null;
  return {
    ...broadcaster(channel),
    ...person("chatter_user", notice.user),
    chatter_is_anonymous: notice.isAnonymous,
    color: notice.user.color,
    badges: badgesOf(channel, notice.user.id),
    system_message: notice.systemText,
    message_id: notice.id,
    message: { text: notice.text, fragments: notice.text === "" ? [] : fragmentsOf(notice.text, 0, state) },
    notice_type: name,
    ...kinds,
    ...sourceFields(source ? { ...source, badges: badgesOf(source.home, notice.user.id) } : null),
  };
}
