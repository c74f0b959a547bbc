import type { z } from "zod";
import type { SubTier } from "../../domain/events.ts";
import type { Occurrence } from "../../domain/occurrences.ts";
import type { TwitchInbound } from "../../ports.ts";
import type { Notification } from "../../ports-twitch.ts";
import { chatMessageOf } from "./eventsub-message.ts";
import { occurrenceOfNotice } from "./eventsub-notice.ts";
import {
  AdBreak,
  Banned,
  BitsUsed,
  ChatMessage,
  ChatNotice,
  Cheered,
  Cleared,
  Deleted,
  Event,
  type Fields,
  Followed,
  Gifted,
  NOBODY,
  Offline,
  Online,
  personIn,
  Raided,
  Redeemed,
  Resubscribed,
  Subscribed,
  Train,
  Updated,
} from "./eventsub-shapes.ts";

/**
 * What a notification means. `told` with nothing inside: it is known, and nothing to tell. `unknown`: of a type or kind that we
 * have no translation for. `garbled`: not what Twitch documents. `what` is for a log.
 */
export type Translation =
  | { kind: "told"; inbound: readonly TwitchInbound[] }
  | { kind: "unknown"; what: string }
  | { kind: "garbled"; what: string };

/** What a notification tells, or why there is nothing to tell. Never throws. */
export function translate(notification: Notification): Translation {
  const { type } = notification;
  const translator = Object.hasOwn(TRANSLATORS, type) ? TRANSLATORS[type] : undefined;
  if (translator === undefined) return NOT_TOLD.test(type) ? NOTHING : { kind: "unknown", what: type };
  const event = Event.safeParse(notification.event);
  return (event.success && translator(event.data, notification)) || { kind: "garbled", what: type };
}

/** Known, and of no interest (yet). */
const NOT_TOLD =
  /^channel\.(?:subscription\.end|chat_settings\.update|shared_chat\.|moderator\.|custom_power_up_redemption\.)|redemption\.update$/;
const NOTHING: Translation = { kind: "told", inbound: [] };

/** Null: garbled. */
type Translator = (event: Fields, notification: Notification) => Translation | null;

const told = (inbound: TwitchInbound): Translation => ({ kind: "told", inbound: [inbound] });

/** One that reads the event by a shape. */
function by<T>(shape: z.ZodType<T>, run: (read: T, event: Fields, notification: Notification) => Translation | null): Translator {
  return (event, notification) => {
    const read = shape.safeParse(event);
    return read.success ? run(read.data, event, notification) : null;
  };
}

/** What happened, without what all occurrences have. */
type Bare<T = Occurrence> = T extends Occurrence ? Omit<T, "origin"> : never;

/** One that makes an occurrence of the event, in the channel that the event, or else its subscription, names. */
function occurs<T>(shape: z.ZodType<T>, run: (read: T, event: Fields, at: Date) => Bare): Translator {
  return by(shape, (read, event, { type, messageId, at, condition }) => {
    const channelId = personIn(event, "broadcaster_user").userId || condition.broadcaster_user_id;
    if (!channelId) return null;
    const occurrence = { origin: { source: type, id: messageId, at }, ...run(read, event, at) } as Occurrence;
    return told({ kind: "occurrence", channelId, occurrence });
  });
}

const train = (phase: "began" | "progressed" | "ended"): Translator =>
  occurs(Train, ({ id, level, total }) => ({ kind: "hype_train", phase, trainId: id, level, total }));

const TRANSLATORS: Readonly<Record<string, Translator>> = {
  "channel.chat.message": by(ChatMessage, (read, _, { at }) => told({ kind: "message", message: chatMessageOf(read, at) })),
  "channel.chat.notification": by(ChatNotice, (read, event, { at }) => {
    const occurrence = occurrenceOfNotice(read, event, at);
    if (occurrence === "unknown") return { kind: "unknown", what: `notice ${read.notice_type}` };
    return occurrence === null ? NOTHING : told({ kind: "occurrence", channelId: read.broadcaster_user_id, occurrence });
  }),
  "channel.chat.message_delete": by(Deleted, (read) =>
    told({
      kind: "message_deleted",
      channelLogin: read.broadcaster_user_login.toLowerCase(),
      channelId: read.broadcaster_user_id,
      messageId: read.message_id,
    }),
  ),
  // Without a target it would mean the whole chat.
  "channel.chat.clear_user_messages": by(Cleared, (read) => (read.target_user_id == null ? null : cleared(read))),
  "channel.chat.clear": by(Cleared, (read) => cleared({ ...read, target_user_id: null, target_user_login: "" })),

  "channel.follow": occurs(Followed, ({ followed_at }, event, at) => ({
    kind: "follow",
    by: personIn(event, "user"),
    followedAt: followed_at ?? at,
  })),
  // Whoever was given a sub did not support: that is the gift's.
  "channel.subscribe": occurs(Subscribed, ({ tier, is_gift }, event) =>
    is_gift
      ? { kind: "gift_received", recipient: personIn(event, "user"), tier: tierOf(tier) }
      : { ...SUPPORT, support: "sub", by: personIn(event, "user"), tier: tierOf(tier) },
  ),
  "channel.subscription.gift": occurs(Gifted, ({ tier, total, is_anonymous }, event) => ({
    ...SUPPORT,
    support: "gift_bomb",
    by: is_anonymous ? NOBODY : personIn(event, "user"),
    amount: Math.max(1, total),
    tier: tierOf(tier),
  })),
  "channel.subscription.message": occurs(Resubscribed, ({ tier, cumulative_months, message }, event) => ({
    ...SUPPORT,
    support: "resub",
    by: personIn(event, "user"),
    months: cumulative_months || null,
    tier: tierOf(tier),
    text: message.text,
  })),
  "channel.cheer": occurs(Cheered, ({ bits, message, is_anonymous }, event) => ({
    ...SUPPORT,
    support: "cheer",
    by: is_anonymous ? NOBODY : personIn(event, "user"),
    amount: bits,
    text: message,
  })),
  "channel.bits.use": occurs(BitsUsed, ({ bits, type, message }, event) => ({
    ...SUPPORT,
    support: type === "cheer" ? "cheer" : "power_up",
    by: personIn(event, "user"),
    amount: bits,
    text: message.text,
  })),
  "channel.raid": by(Raided, (read, event, { type, messageId, at, condition }) => {
    // The same type tells of raids that leave the channel.
    const channelId = read.to_broadcaster_user_id;
    if (condition.to_broadcaster_user_id !== channelId) return NOTHING;
    const from = personIn(event, "from_broadcaster_user");
    const origin = { source: type, id: messageId, at };
    return told({ kind: "occurrence", channelId, occurrence: { kind: "raid", origin, from, viewers: read.viewers } });
  }),
  "channel.channel_points_custom_reward_redemption.add": occurs(Redeemed, ({ id, user_input, reward }, event) => ({
    kind: "redemption",
    redemptionId: id,
    by: personIn(event, "user"),
    reward: reward.title,
    cost: reward.cost,
    text: user_input,
  })),

  "stream.online": occurs(Online, ({ id, started_at }, _, at) => ({
    kind: "online",
    streamId: id,
    startedAt: started_at ?? at,
  })),
  "stream.offline": occurs(Offline, ({ id }) => ({ kind: "offline", streamId: id ?? null })),
  "channel.update": occurs(Updated, ({ title, category_name, language }) => ({
    kind: "update",
    title,
    category: category_name,
    language,
  })),
  "channel.hype_train.begin": train("began"),
  "channel.hype_train.progress": train("progressed"),
  "channel.hype_train.end": train("ended"),
  "channel.ad_break.begin": occurs(AdBreak, ({ started_at, duration_seconds, is_automatic }, _, at) => ({
    kind: "ad_break",
    startedAt: started_at ?? at,
    seconds: duration_seconds,
    isAutomatic: is_automatic,
  })),
  "channel.ban": occurs(Banned, ({ reason, banned_at, ends_at, is_permanent }, event, at) => ({
    kind: "ban",
    who: personIn(event, "user"),
    by: personIn(event, "moderator_user"),
    reason,
    bannedAt: banned_at ?? at,
    seconds: is_permanent || ends_at === null ? null : secondsBetween(banned_at ?? at, ends_at),
  })),
  "channel.unban": occurs(Event, (_, event) => ({
    kind: "unban",
    who: personIn(event, "user"),
    by: personIn(event, "moderator_user"),
  })),
};

/** Support of which nothing else is known. */
const SUPPORT = {
  kind: "support",
  by: NOBODY,
  amount: 1,
  months: null,
  tier: null,
  text: "",
  giftId: null,
  recipient: null,
} as const;

/** Tiers are 1000, 2000, 3000; others pass as they are. */
const tierOf = (tier: string): SubTier => tier || null;

const secondsBetween = (from: Date, to: Date): number => Math.max(0, Math.round((to.getTime() - from.getTime()) / 1_000));

function cleared(read: z.infer<typeof Cleared>): Translation {
  return told({
    kind: "chatter_cleared",
    channelLogin: read.broadcaster_user_login.toLowerCase(),
    channelId: read.broadcaster_user_id,
    chatterId: read.target_user_id ?? null,
    login: read.target_user_login.toLowerCase() || null,
    seconds: null,
  });
}
