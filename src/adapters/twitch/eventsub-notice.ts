import type { z } from "zod";
import type { SubTier, SupportKind } from "../../domain/events.ts";
import type { Occurrence } from "../../domain/occurrences.ts";
import { type ChatNotice, type Fields, NOBODY, NoticeDetails, type NoticeShape, personIn } from "./eventsub-shapes.ts";

/**
 * The notices that tell of money for the channel, as on IRC: who goes on paying for a sub that was given or came with Prime
 * has subscribed.
 */
const SUPPORT: Readonly<Record<string, SupportKind>> = {
  sub: "sub",
  resub: "resub",
  sub_gift: "gift",
  community_sub_gift: "gift_bomb",
  prime_paid_upgrade: "sub",
  gift_paid_upgrade: "sub",
};

/** Known, and nothing to tell: no money, or not the channel's, or a gift that has a notice of its own. */
const NOTHING = new Set([
  "pay_it_forward",
  "unraid",
  "announcement",
  "bits_badge_tier",
  "charity_donation",
  "watch_streak",
  "modiversary",
  "gifted_drops_summary",
  "unknown",
]);

/** What a `channel.chat.notification` tells; null for nothing. */
export function occurrenceOfNotice(notice: z.infer<typeof ChatNotice>, event: Fields, at: Date): Occurrence | "unknown" | null {
  const { notice_type: type, source_broadcaster_user_id: source } = notice;
  // A copy of another room's notice in a shared chat is that room's event, not ours.
  if (type.startsWith("shared_chat_") || (source != null && source !== notice.broadcaster_user_id)) return null;
  if (NOTHING.has(type)) return null;
  const support = Object.hasOwn(SUPPORT, type) ? SUPPORT[type] : undefined;
  if (support === undefined && type !== "raid") return "unknown";

  const about = isFields(event[type]) ? event[type] : {};
  const details = NoticeDetails.parse(about);
  const origin = { source: "chat", id: notice.message_id, at };
  if (support === undefined) return { kind: "raid", origin, from: personIn(about, "user"), viewers: details.viewer_count };
  return {
    kind: "support",
    origin,
    support,
    by: notice.chatter_is_anonymous ? NOBODY : personIn(event, "chatter_user"),
    amount: support === "gift_bomb" ? Math.max(1, details.total) : 1,
    months: monthsOf(type, details),
    tier: tierOf(details),
    text: notice.message.text,
    giftId: (support === "gift_bomb" ? details.id : details.community_gift_id) || null,
    recipient: support === "gift" ? personIn(about, "recipient_user") : null,
  };
}

/** A first sub is one month, as IRC tells it. */
function monthsOf(type: string, { cumulative_months }: NoticeShape): number | null {
  return type === "sub" ? 1 : cumulative_months || null;
}

function tierOf({ is_prime, sub_tier, sub_plan }: NoticeShape): SubTier {
  return is_prime ? "Prime" : sub_tier || sub_plan || null;
}

const isFields = (value: unknown): value is Fields => typeof value === "object" && value !== null && !Array.isArray(value);
