import type { AuthFailureKind } from "./domain/accounts.ts";

/** What we ask of Twitch beside chat: sign-in, the HTTP API, and events. Ids are text. Nothing here throws for what Twitch answers, unless it says so. */

// --- sign-in ------------------------------------------------------------------------------------

export type AuthAnswer<T> =
  | { ok: true; value: T }
  /** `skewMs` (Twitch's clock minus ours) goes with `clock_skew`. */
  | { ok: false; failure: AuthFailureKind; status: number | null; skewMs: number | null };

/** What a token is, as Twitch tells it. An app token has neither login nor user id. */
export interface TokenInfo {
  clientId: string;
  login: string | null;
  userId: string | null;
  scopes: readonly string[];
  expiresInS: number;
}

export interface TokenPair {
  accessToken: string;
  /** Null for app tokens. */
  refreshToken: string | null;
  scopes: readonly string[];
  expiresInS: number;
}

export interface DeviceCode {
  deviceCode: string;
  userCode: string;
  verificationUrl: string;
  expiresInS: number;
  intervalS: number;
}

/** id.twitch.tv. Every call has a deadline of its own. */
export interface TwitchAuth {
  /** Null: nobody can sign in, and no token can be renewed. */
  readonly clientId: string | null;
  /** True when there is a client secret: then an app token is to be had. */
  readonly hasSecret: boolean;
  validate(token: string): Promise<AuthAnswer<TokenInfo>>;
  refresh(refreshToken: string): Promise<AuthAnswer<TokenPair>>;
  startDevice(scopes: readonly string[]): Promise<AuthAnswer<DeviceCode>>;
  pollDevice(deviceCode: string, scopes: readonly string[]): Promise<AuthAnswer<TokenPair>>;
  appToken(): Promise<AuthAnswer<TokenPair>>;
  /** True also when Twitch did not know the token any more. */
  revoke(token: string): Promise<boolean>;
}

/** The pseudo account whose token is the app's own (client credentials). */
export const APP = "app";

/** Tokens of accounts, by Twitch user id, or `APP`. Kept fresh by the runtime. */
export interface Tokens {
  /**
   * A token that should work, refreshed before when it is near its end, and the client it belongs to. Null: there is no
   * such account, or a person must sign in again.
   */
  get(account: string): Promise<{ token: string; clientId: string } | null>;
  /** Twitch refused this very token: another one, or null. Twenty that ask at once cause one refresh, over all processes. */
  renew(account: string, refused: string): Promise<{ token: string; clientId: string } | null>;
  /** As Twitch last told; empty when unknown. */
  scopes(account: string): readonly string[];
}

// --- the HTTP API -------------------------------------------------------------------------------

/**
 * Why a request gave nothing. `login_needed` no usable token · `scope_missing` the token lacks one (never answered by a
 * refresh) · `forbidden` 403 · `not_found` 404 · `invalid` 400, 409, 422 · `busy` 429 (`retryAfterMs`) · `down` 5xx or no
 * connection on a request that changes nothing, or one that provably never left · `unknown` the answer to a request that
 * changes something was lost: it may have happened · `garbled` the answer is not what Twitch documents.
 */
export interface HelixFailure {
  kind:
    | "login_needed"
    | "scope_missing"
    | "forbidden"
    | "not_found"
    | "invalid"
    | "conflict"
    | "busy"
    | "down"
    | "unknown"
    | "garbled";
  status: number | null;
  /** Twitch's own text, at most 200 characters, for the log only. */
  message: string;
  retryAfterMs: number | null;
  /** Of `conflict` on a subscription: the one that exists, when Twitch told it. */
  existingId: string | null;
}

export type HelixAnswer<T> = { ok: true; value: T } | { ok: false; failure: HelixFailure };

export interface HelixUser {
  userId: string;
  login: string;
  displayName: string;
  createdAt: Date | null;
}

export interface HelixStream {
  streamId: string;
  userId: string;
  login: string;
  title: string;
  category: string;
  language: string;
  viewers: number;
  startedAt: Date;
}

export interface HelixChannel {
  broadcasterId: string;
  login: string;
  title: string;
  category: string;
  language: string;
}

export interface HelixClip {
  clipId: string;
  url: string;
  broadcasterId: string;
  creatorId: string;
  title: string;
  viewCount: number;
  createdAt: Date;
  thumbnailUrl: string;
  durationS: number;
  /** "" and null for minutes after creation. */
  videoId: string;
  vodOffsetS: number | null;
}

export interface HelixVideo {
  videoId: string;
  streamId: string | null;
  userId: string;
  title: string;
  createdAt: Date;
  durationS: number;
  url: string;
}

export interface SentMessage {
  messageId: string;
  isSent: boolean;
  /** Twitch's code, open-ended; null when it was sent. */
  dropCode: string | null;
}

export interface ListedSubscription {
  id: string;
  type: string;
  version: string;
  /** Open-ended; `enabled` is the one that delivers. */
  status: string;
  cost: number;
  condition: Readonly<Record<string, string>>;
  sessionId: string | null;
}

/** api.twitch.tv. `as` is the account that asks: a user id, or `APP`. Lists are complete (all pages) up to the bound that each names. */
export interface Helix {
  /** At most 100 names in all; people that Twitch does not know are left out. Neither ids nor logins: the token's own user. */
  users(as: string, who: { ids?: readonly string[]; logins?: readonly string[] }): Promise<HelixAnswer<readonly HelixUser[]>>;
  /** Live ones among at most 100; who is offline is left out. Twitch's cache lags by up to minutes. */
  streams(as: string, userIds: readonly string[]): Promise<HelixAnswer<readonly HelixStream[]>>;
  channels(as: string, broadcasterIds: readonly string[]): Promise<HelixAnswer<readonly HelixChannel[]>>;
  /** The total, and the newest follower's name when the scope allows. */
  followers(as: string, broadcasterId: string): Promise<HelixAnswer<{ total: number; newest: readonly HelixUser[] }>>;
  /** At most 5,000. `moderatorId` must be `as`. */
  chatters(as: string, broadcasterId: string, moderatorId: string): Promise<HelixAnswer<readonly HelixUser[]>>;
  /** Never tried again by itself, but after a 401 (then nothing happened). */
  sendMessage(
    as: string,
    message: { broadcasterId: string; senderId: string; text: string; replyToId: string | null; sourceOnly: boolean | null },
  ): Promise<HelixAnswer<SentMessage>>;
  /** Never tried again by itself. `durationS` 5 to 60. */
  createClip(
    as: string,
    clip: { broadcasterId: string; title: string | null; durationS: number | null },
  ): Promise<HelixAnswer<{ clipId: string; editUrl: string }>>;
  /** Never tried again by itself. `vodOffsetS` is the clip's END. */
  createClipFromVod(
    as: string,
    clip: {
      editorId: string;
      broadcasterId: string;
      videoId: string;
      vodOffsetS: number;
      durationS: number | null;
      title: string;
    },
  ): Promise<HelixAnswer<{ clipId: string; editUrl: string }>>;
  clips(as: string, ids: readonly string[]): Promise<HelixAnswer<readonly HelixClip[]>>;
  /** Signed addresses that expire; null what is not there. At most 10 clips. */
  clipDownloads(
    as: string,
    of: { editorId: string; broadcasterId: string; clipIds: readonly string[] },
  ): Promise<HelixAnswer<readonly { clipId: string; landscapeUrl: string | null; portraitUrl: string | null }[]>>;
  /** The newest archived videos of a channel, at most 20. */
  videos(as: string, userId: string): Promise<HelixAnswer<readonly HelixVideo[]>>;
  subscribe(
    as: string,
    wanted: { type: string; version: string; condition: Readonly<Record<string, string>>; sessionId: string },
  ): Promise<HelixAnswer<ListedSubscription>>;
  /** Those of the token's client and user, all pages (at most 2,000). */
  subscriptions(
    as: string,
  ): Promise<HelixAnswer<{ listed: readonly ListedSubscription[]; totalCost: number; maxTotalCost: number }>>;
  unsubscribe(as: string, id: string): Promise<HelixAnswer<null>>;
}

// --- events -------------------------------------------------------------------------------------

/** A subscription that somebody wants. Two with the same type and condition are one. */
export interface WantedSubscription {
  type: string;
  version: string;
  condition: Readonly<Record<string, string>>;
}

/** What came over an EventSub connection, once. */
export interface Notification {
  messageId: string;
  /** Twitch's clock. */
  at: Date;
  type: string;
  version: string;
  condition: Readonly<Record<string, string>>;
  /** As Twitch sent it; to be parsed at the edge. */
  event: unknown;
}

/** How a wanted subscription is. `reason` says why not: Twitch's status, or a `HelixFailure` kind, or `cost_limit`, `connections_limit`. */
export interface SubscriptionState extends WantedSubscription {
  account: string;
  state: "pending" | "enabled" | "failed" | "revoked";
  reason: string | null;
}

/** The connections of one account. */
export interface EventSubStatus {
  account: string;
  state: "off" | "connecting" | "connected" | "waiting";
  reason: string | null;
  since: Date;
  retryAt: Date | null;
  connections: number;
  wanted: number;
  enabled: number;
  failed: number;
}

export interface EventSubCounters {
  notifications: number;
  /** The same message id again. */
  repeated: number;
  /** Older than ten minutes when it came. */
  stale: number;
  /** Frames that could not be read. */
  malformed: number;
  /** Of a type or status that we do not know: kept and counted, never thrown. */
  unknown: number;
}

/** EventSub over WebSocket: one set of connections per account, because Twitch does not mix users on one. */
export interface EventSub {
  /** What this account should have subscribed, in order of importance, in place of what was wanted before. None: its connections are closed. */
  setWanted(account: string, wanted: readonly WantedSubscription[]): void;
  /** The account has another token or other scopes: what failed for want of them is tried again now. */
  retry(account: string): void;
  states(account: string): readonly SubscriptionState[];
  status(): readonly EventSubStatus[];
  counters(): EventSubCounters;
  stop(): Promise<void>;
}

export interface EventSubListener {
  onNotification(notification: Notification): void;
  /** A wanted subscription is in another state than before. */
  onSubscription(state: SubscriptionState): void;
  /** `lost`: there was a connection and there is none now. What happens meanwhile is not told again by Twitch. */
  onConnection(account: string, change: { kind: "connected" } | { kind: "lost"; reason: string }): void;
}
