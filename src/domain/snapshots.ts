import type { AccountRole, AuthFailureKind, Feature, Tier } from "./accounts.ts";
import type { HistoryLine } from "./chat.ts";
import type { ErrorParams } from "./errors.ts";
import type { Level, TimelineEvent } from "./events.ts";

/** A part of the installation that can be unwell by itself. */
export type PartName = "chat" | "accounts" | "events" | "database" | "model" | "recorder" | "jobs" | "leases";

/** How one part is. `reason` is a key of the word tables (`part.<name>.<reason>`), `params` its values. */
export interface PartStatus {
  name: PartName;
  level: Level;
  reason: string;
  params: ErrorParams;
  since: Date | null;
}

/** How the installation is, at one instant. */
export interface SystemStatus {
  version: string;
  startedAt: Date;
  /** True when the pretend world stands in for Twitch: every page says so. */
  isDemo: boolean;
  /** True when chat is read without a token: the agent cannot answer there. */
  isReadOnly: boolean;
  parts: readonly PartStatus[];
}

/** A channel in the list of channels. */
export interface ChannelSummary {
  login: string;
  /** Broadcaster id; null until Twitch told it. */
  channelId: string | null;
  /** `elsewhere`: another process on the same database holds it. */
  state: "joined" | "joining" | "failed" | "elsewhere" | "waiting";
  /** Key of the word tables (`channel_state.<reason>`), or null. */
  reason: string | null;
  /** Lines of the last 10 minutes. */
  messages10m: number;
  lastMessageAt: Date | null;
}

/** A minute of a channel's chat. */
export interface ChatMinute {
  startedAt: Date;
  messages: number;
}

/** The figures of one channel; every one equals a recount of `channel_history`. */
export interface ChannelFigures {
  channelId: string;
  messagesTotal: number;
  chattersTotal: number;
  repliesTotal: number;
  messages10m: number;
  chatters10m: number;
  /** Oldest first, exactly 60, the last one is the running minute. */
  minutes: readonly ChatMinute[];
  /** Lines thrown away because a queue was full, since the start of the process. */
  dropped: number;
}

/** What the dashboard shows of the focused channel when it is opened. */
export interface ChannelView {
  summary: ChannelSummary;
  figures: ChannelFigures | null;
  /** Oldest first. */
  lines: readonly HistoryLine[];
  /** Newest first. */
  events: readonly TimelineEvent[];
}

/** A Twitch account that Byte may act for, as far as it may be told: never a token. */
export interface AccountSummary {
  userId: string;
  login: string;
  displayName: string;
  role: AccountRole;
  /** `environment`: given by TWITCH_USER_TOKEN; cannot be removed from the dashboard. */
  source: "signed_in" | "environment";
  /** `unchecked`: Twitch could not be asked yet. */
  state: "ok" | "unchecked" | "login_needed";
  /** Why a person must sign in again; null while that is not so. */
  reason: AuthFailureKind | null;
  /** Values for that sentence; only with `wrong_account`: `wanted` and `got`. */
  params?: ErrorParams;
  scopes: readonly string[];
  tiers: readonly Tier[];
  /** Of the access token; it is renewed before. */
  expiresAt: Date | null;
  validatedAt: Date | null;
}

/** A sign-in by device code that somebody began in the dashboard. */
export interface TwitchSignin {
  id: string;
  role: AccountRole;
  tiers: readonly Tier[];
  /** What the person types at `verificationUrl`. */
  userCode: string;
  verificationUrl: string;
  expiresAt: Date;
  state: "waiting" | "done" | "failed";
  /** Who signed in, once it is done. */
  login: string | null;
  /** Key `error.auth_<reason>`; null unless failed. */
  reason: AuthFailureKind | null;
  /** Values for that sentence. */
  params: ErrorParams;
}

/** A feature that is off in a channel (or for an account), and what would turn it on. */
export interface FeatureGap {
  feature: Feature;
  /** Channel concerned, or null for all. */
  channelLogin: string | null;
  /** Login of the account that lacks it; null: no account of that role is there. */
  accountLogin: string | null;
  role: AccountRole;
  tier: Tier;
  /** `scope_missing`, `account_missing`, `login_needed`, `not_moderator`, `cost_limit`, `refused`. Key `gap.<reason>`. */
  reason: "scope_missing" | "account_missing" | "login_needed" | "not_moderator" | "cost_limit" | "refused";
}
