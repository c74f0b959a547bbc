import { z } from "zod";
import { MESSAGE_CHARS_MAX } from "../../domain/chat.ts";
import type { Person } from "../../domain/occurrences.ts";

/**
 * EventSub's events, under Twitch's own field names, as kindly read as can be: fields that we do not use are ignored, ids may
 * be numbers, numbers and flags may be text, and what only is shown falls back to "" or 0 when it is missing. What everything
 * is keyed by must be there.
 */

/** Names, ids of people, tiers; Twitch's own are shorter. */
const WORD_CHARS_MAX = 64;
/** Longest id that is believed; Twitch's have 36 characters. */
const ID_CHARS_MAX = 128;
/** The account by which chat shows anonymous gifts. */
const ANONYMOUS_GIFTER_ID = "274598607";

export type Fields = Readonly<Record<string, unknown>>;
export const Event = z.record(z.string(), z.unknown());

const id = z.union([z.string().min(1).max(ID_CHARS_MAX), z.int().transform(String)]);
const optionalId = id.nullish().catch(null);
const word = z
  .union([z.string(), z.number().transform(String)])
  .transform((value) => value.trim().slice(0, WORD_CHARS_MAX).toWellFormed())
  .catch("");
const text = z.string().transform(fitText).catch("");
const count = z
  .union([
    z.number(),
    z
      .string()
      .regex(/^\d{1,15}$/)
      .transform(Number),
  ])
  .pipe(z.int().nonnegative())
  .catch(0);
const flag = z.union([z.boolean(), z.literal("true").transform(() => true)]).catch(false);
/** Null when it is no instant. */
const instant = z
  .string()
  .transform((value) => new Date(value))
  .refine((value) => !Number.isNaN(value.getTime()))
  .nullable()
  .catch(null);

/** Without NUL and lone surrogates, at most as many code points as a chat line has. */
export function fitText(value: string): string {
  const clean = value.replaceAll("\0", "").toWellFormed();
  return clean.length <= MESSAGE_CHARS_MAX ? clean : Array.from(clean).slice(0, MESSAGE_CHARS_MAX).join("");
}

// --- people -------------------------------------------------------------------------------------

const Names = z.object({ id: word, login: word, name: word });
export const NOBODY: Person = { userId: "", login: "", name: "" };

/** The person whose three names stand under a prefix; `NOBODY` when they are null or stand for somebody anonymous. */
export function personIn(event: Fields, prefix: string): Person {
  const names = { id: event[`${prefix}_id`], login: event[`${prefix}_login`], name: event[`${prefix}_name`] };
  const { id: userId, login, name } = Names.parse(names);
  if (userId === "" || userId === ANONYMOUS_GIFTER_ID) return NOBODY;
  // Some payloads lack the login; the name is the same word for most people.
  return { userId, login: login.toLowerCase(), name: name || login };
}

// --- chat ---------------------------------------------------------------------------------------

const Fragment = z.object({
  type: z.string(),
  text: z.string(),
  emote: z.object({ id: word }).nullish().catch(null),
});

const Message = z.object({ text: z.string().catch(""), fragments: z.array(Fragment).catch([]) });
export type MessageShape = z.infer<typeof Message>;

const InRoom = z.object({ broadcaster_user_id: id, broadcaster_user_login: word });

export const ChatMessage = InRoom.extend({
  chatter_user_id: id,
  chatter_user_login: word,
  chatter_user_name: word,
  message_id: id,
  message: Message,
  message_type: word,
  color: word,
  badges: z.array(z.object({ set_id: word })).catch([]),
  cheer: z.object({ bits: count }).nullish().catch(null),
  reply: z.object({ parent_message_id: optionalId }).nullish().catch(null),
  source_broadcaster_user_id: optionalId,
  source_message_id: optionalId,
});
export type ChatMessageShape = z.infer<typeof ChatMessage>;

export const ChatNotice = z.object({
  broadcaster_user_id: id,
  notice_type: z.string().min(1).max(ID_CHARS_MAX),
  message_id: word,
  message: z.object({ text }).catch({ text: "" }),
  chatter_is_anonymous: flag,
  source_broadcaster_user_id: optionalId,
});

/** The objects of a notice, all in one: each kind has some of these. */
export const NoticeDetails = z.object({
  id: word,
  sub_tier: word,
  /** What `sub_tier` was called before November 2023. */
  sub_plan: word,
  is_prime: flag,
  cumulative_months: count,
  community_gift_id: word,
  total: count,
  viewer_count: count,
});
export type NoticeShape = z.infer<typeof NoticeDetails>;

export const Deleted = InRoom.extend({ message_id: id });
export const Cleared = InRoom.extend({ target_user_id: optionalId, target_user_login: word });

// --- support ------------------------------------------------------------------------------------

export const Subscribed = z.object({ tier: word, is_gift: flag });
export const Gifted = z.object({ tier: word, total: count, is_anonymous: flag });
export const Resubscribed = z.object({ tier: word, cumulative_months: count, message: z.object({ text }).catch({ text: "" }) });
export const Cheered = z.object({ bits: count, message: text, is_anonymous: flag });
export const BitsUsed = z.object({ bits: count, type: word, message: z.object({ text }).catch({ text: "" }) });
export const Raided = z.object({ to_broadcaster_user_id: id, viewers: count });
export const Redeemed = z.object({ id, user_input: text, reward: z.object({ title: text, cost: count }) });
export const Followed = z.object({ followed_at: instant });

// --- stream -------------------------------------------------------------------------------------

export const Online = z.object({ id, started_at: instant });
export const Offline = z.object({ id: optionalId });
export const Updated = z.object({ title: text, category_name: text, language: word });
export const Train = z.object({ id, level: count, total: count });
export const AdBreak = z.object({ started_at: instant, duration_seconds: count, is_automatic: flag });
export const Banned = z.object({ reason: text, banned_at: instant, ends_at: instant, is_permanent: flag });
