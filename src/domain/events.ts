import type { AccountRole, Feature } from "./accounts.ts";
import type { MoodTrigger, Vibe } from "./mood.ts";

/** Who did something, as the timeline keeps it. */
export type Actor =
  | { kind: "system" }
  | { kind: "member"; name: string }
  | { kind: "program"; name: string }
  | { kind: "chatter"; id: string; login: string }
  | { kind: "operator" };

/** How loudly a line of the timeline or the HUD speaks. */
export type Level = "info" | "ok" | "warn" | "bad";

/** What became of a reply that went to Twitch. `unconfirmed`: no evidence either way; never sent again. */
export type SayOutcome =
  | { status: "confirmed"; messageId: string }
  | { status: "rejected"; reason: string }
  | { status: "unconfirmed"; reason: string };

/** Why a question was not answered. Keys of the word tables (`silence.<reason>`). */
export type SilenceReason =
  | "model_missing"
  | "model_deadline"
  | "model_failed"
  | "model_breaker_open"
  | "model_overloaded"
  | "reply_empty"
  | "reply_unfit"
  | "message_deleted"
  | "chatter_removed"
  | "channel_left"
  | "bot_loop"
  | "cooling"
  | "read_only"
  | "database_lost";

/** A paid support of a channel: Twitch's own kinds, under one roof. `power_up` is bits spent on an effect, without a cheer. */
export type SupportKind = "sub" | "resub" | "gift" | "gift_bomb" | "cheer" | "power_up";

/** 1000, 2000, 3000, or Prime; null where there is none. Twitch may add others. */
export type SubTier = string | null;

/**
 * All that can happen, each with what it means. The words of the bus, the timeline, the HUD and
 * (later) the webhooks. Adding a member makes the compiler list every table that must answer.
 * Texts inside are other people's: they are data and are escaped where they are shown.
 */
export type EventBody =
  | { type: "app.started"; version: string }
  | { type: "app.stopped" }
  | { type: "chat.connected"; login: string | null; anonymous: boolean }
  | { type: "chat.disconnected"; reason: string }
  | { type: "chat.login_failed"; reason: string }
  | { type: "channel.joined"; login: string }
  | { type: "channel.left"; login: string }
  | { type: "channel.join_failed"; login: string; reason: string }
  | { type: "channel.added"; login: string; by: Actor }
  | { type: "channel.removed"; login: string; by: Actor }
  | { type: "chat.raid"; fromLogin: string; fromName: string; viewers: number }
  /** `amount`: bits of a cheer, gifts of a bomb, else 1. `login` and `name` are "" when the giver is anonymous. */
  | {
      type: "chat.support";
      kind: SupportKind;
      login: string;
      name: string;
      amount: number;
      months: number | null;
      text: string;
      /** Rows from before the field have none. */
      tier?: SubTier;
    }
  | { type: "channel.followed"; login: string; name: string }
  | { type: "channel.redeemed"; login: string; name: string; reward: string; cost: number; text: string }
  | { type: "channel.updated"; title: string; category: string; language: string }
  | { type: "stream.online"; streamId: string; startedAt: string }
  | { type: "stream.offline"; streamId: string | null }
  | { type: "stream.ad_break"; seconds: number; isAutomatic: boolean }
  /** `phase` progress is told once per level. */
  | { type: "stream.hype_train"; phase: "began" | "progressed" | "ended"; trainId: string; level: number; total: number }
  /** `seconds` null: for good. */
  | { type: "chat.banned"; login: string; name: string; by: string; reason: string; seconds: number | null }
  | { type: "chat.unbanned"; login: string; name: string; by: string }
  /** Replies reach the guests' chats, too: without an app token they cannot be kept here (F28). */
  | { type: "chat.shared_visible" }
  | { type: "chat.first_message"; login: string; name: string; text: string }
  | { type: "chat.cleared"; login: string | null; seconds: number | null }
  | { type: "chat.overflow"; dropped: number }
  | { type: "reply.asked"; login: string; name: string; question: string; messageId: string }
  | {
      type: "reply.sent";
      text: string;
      route: ReplyRoute;
      status: SayOutcome["status"];
      reason: string | null;
      latencyMs: number;
    }
  | { type: "reply.dropped"; reason: SilenceReason; messageId: string }
  | { type: "account.connected"; login: string; role: AccountRole; by: Actor }
  | { type: "account.removed"; login: string; by: Actor }
  /** A person must sign in again; `reason` is an `AuthFailureKind`. */
  | { type: "account.login_needed"; login: string; reason: string }
  | { type: "account.restored"; login: string }
  /** One feature is off because its scope is missing, or Twitch refused it; the rest goes on. */
  | { type: "feature.off"; feature: Feature; login: string; reason: string }
  | { type: "eventsub.lost"; login: string; reason: string }
  | { type: "eventsub.back"; login: string }
  | { type: "model.failed"; reason: SilenceReason; model: string }
  | { type: "model.breaker_opened"; failures: number; retryAt: string }
  | { type: "model.breaker_closed" }
  | { type: "database.lost"; reason: string }
  | { type: "database.back"; awayMs: number; kept: number; dropped: number }
  /** The mood of chat asks for something. `average` −1 … 1 and `messages` are of the minutes that were judged. */
  | { type: "mood.trigger"; trigger: Exclude<MoodTrigger, "anti-boredom">; vibe: Vibe; average: number; messages: number }
  /** The same of boredom, which the broadcaster is not told about. */
  | { type: "mood.lull"; trigger: "anti-boredom"; vibe: Vibe; average: number; messages: number }
  | { type: "hud.message"; text: string; source: string; by: Actor };

export type EventType = EventBody["type"];

/** Where an answer came from. Built-ins answer without a model. */
export type ReplyRoute = "help" | "status" | "channels" | "join" | "part" | "model" | "model_fallback";

/**
 * Something that happened, as a row of the timeline. `id` grows with the row; null only while the
 * database is away and the row is still waiting to be written. `channelId` null: the whole installation.
 */
export interface TimelineEvent {
  id: number | null;
  at: Date;
  channelId: string | null;
  /** Ties a chat line, its prompt, its model call and its reply together. */
  traceId: string | null;
  body: EventBody;
}

/** The event types that the broadcaster is told about in the HUD, and how loudly. */
export const HUD_LEVEL: Partial<Record<EventType, Level>> = {
  "hud.message": "info",
  "chat.raid": "info",
  "chat.support": "ok",
  "chat.first_message": "info",
  "channel.followed": "info",
  "channel.redeemed": "info",
  "stream.ad_break": "warn",
  "stream.hype_train": "ok",
  "chat.shared_visible": "warn",
  "mood.trigger": "info",
  "account.login_needed": "bad",
  "account.restored": "ok",
  "feature.off": "warn",
  "chat.disconnected": "bad",
  "chat.connected": "ok",
  "chat.login_failed": "bad",
  "channel.join_failed": "warn",
  "model.breaker_opened": "warn",
  "model.breaker_closed": "ok",
  "database.lost": "warn",
  "database.back": "ok",
};
