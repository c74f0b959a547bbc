import type { SubTier, SupportKind } from "./events.ts";

/**
 * Where a report of an occurrence came from. Twitch tells one thing over several surfaces (a gift of five is a notice in
 * chat, six chat notifications, one `channel.subscription.gift` and five `channel.subscribe`), and each may repeat itself.
 */
export interface Origin {
  /** The surface: "chat" for IRC and `channel.chat.*` (they share their ids), else the EventSub type. */
  source: string;
  /** Twitch's id of the report (message id); "" when it has none. */
  id: string;
  /** Twitch's clock. */
  at: Date;
}

/** Somebody, as Twitch names them; all "" when anonymous. */
export interface Person {
  userId: string;
  login: string;
  name: string;
}

/** What happened in a channel beside lines of chat. Texts are other people's, bounded by whoever parsed them (500 characters). */
export type Occurrence = { origin: Origin } & (
  | {
      kind: "support";
      support: SupportKind;
      by: Person;
      /** Bits of a cheer, gifts of a bomb, else 1. */
      amount: number;
      months: number | null;
      tier: SubTier;
      text: string;
      /** Twitch's id of a community gift: on the bomb and on each of its gifts. */
      giftId: string | null;
      /** Who got a gift. */
      recipient: Person | null;
    }
  /** A subscription that somebody was given: it belongs to a gift or a bomb, and is told of only with it. */
  | { kind: "gift_received"; recipient: Person; tier: SubTier }
  | { kind: "raid"; from: Person; viewers: number }
  | { kind: "follow"; by: Person; followedAt: Date }
  | { kind: "redemption"; redemptionId: string; by: Person; reward: string; cost: number; text: string }
  | { kind: "update"; title: string; category: string; language: string }
  | { kind: "online"; streamId: string; startedAt: Date }
  | { kind: "offline"; streamId: string | null }
  | { kind: "ad_break"; startedAt: Date; seconds: number; isAutomatic: boolean }
  | { kind: "hype_train"; phase: "began" | "progressed" | "ended"; trainId: string; level: number; total: number }
  /** `seconds` null: for good. */
  | { kind: "ban"; who: Person; by: Person; reason: string; bannedAt: Date; seconds: number | null }
  | { kind: "unban"; who: Person; by: Person }
);
