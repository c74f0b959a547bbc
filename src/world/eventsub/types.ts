/** What a subscription type asks for. */
export interface SubscriptionType {
  version: string;
  /** Keys of the condition that must be there; one of them is enough when `anyOf` is set. */
  condition: readonly string[];
  anyOf?: boolean;
  optional?: readonly string[];
  /** One of these is needed; none when empty. */
  scopes: readonly string[];
  /** The key of the condition that names the person who must have given the scope. */
  scopeOf: "broadcaster_user_id" | "moderator_user_id" | "user_id" | null;
  /** Whether that person must also be moderator (or broadcaster) there. */
  needsModerator?: boolean;
  /** Chat types: app tokens need user:bot and channel:bot, and a banned reader is refused. */
  isChat?: boolean;
}

const B = "broadcaster_user_id";
const chat = (): SubscriptionType => ({
  version: "1",
  condition: [B, "user_id"],
  scopes: ["user:read:chat"],
  scopeOf: "user_id",
  isChat: true,
});
const open = (version = "1"): SubscriptionType => ({ version, condition: [B], scopes: [], scopeOf: null });
const of = (scopes: readonly string[], version = "1", optional: readonly string[] = []): SubscriptionType => ({
  version,
  condition: [B],
  optional,
  scopes,
  scopeOf: B,
});

const REDEMPTIONS = ["channel:read:redemptions", "channel:manage:redemptions"];

/** The types that the world knows, with conditions and scopes as Twitch documents them. */
export const SUBSCRIPTION_TYPES: Readonly<Record<string, SubscriptionType>> = {
  "channel.chat.message": chat(),
  "channel.chat.notification": chat(),
  "channel.chat.clear": chat(),
  "channel.chat.clear_user_messages": chat(),
  "channel.chat.message_delete": chat(),
  "channel.chat_settings.update": chat(),
  "channel.follow": {
    version: "2",
    condition: [B, "moderator_user_id"],
    scopes: ["moderator:read:followers"],
    scopeOf: "moderator_user_id",
    needsModerator: true,
  },
  "channel.subscribe": of(["channel:read:subscriptions"]),
  "channel.subscription.gift": of(["channel:read:subscriptions"]),
  "channel.subscription.message": of(["channel:read:subscriptions"]),
  "channel.subscription.end": of(["channel:read:subscriptions"]),
  "channel.cheer": of(["bits:read"]),
  "channel.bits.use": of(["bits:read"]),
  "channel.custom_power_up_redemption.add": of(["bits:read"]),
  "channel.raid": {
    version: "1",
    condition: ["from_broadcaster_user_id", "to_broadcaster_user_id"],
    anyOf: true,
    scopes: [],
    scopeOf: null,
  },
  "stream.online": open(),
  "stream.offline": open(),
  "channel.update": open("2"),
  "channel.shared_chat.begin": open(),
  "channel.shared_chat.update": open(),
  "channel.shared_chat.end": open(),
  "channel.channel_points_custom_reward_redemption.add": of(REDEMPTIONS, "1", ["reward_id"]),
  "channel.channel_points_custom_reward_redemption.update": of(REDEMPTIONS, "1", ["reward_id"]),
  "channel.hype_train.begin": of(["channel:read:hype_train"], "2"),
  "channel.hype_train.progress": of(["channel:read:hype_train"], "2"),
  "channel.hype_train.end": of(["channel:read:hype_train"], "2"),
  "channel.ad_break.begin": of(["channel:read:ads"]),
  "channel.ban": of(["channel:moderate"]),
  "channel.unban": of(["channel:moderate"]),
  "channel.moderator.add": of(["moderation:read"]),
  "channel.moderator.remove": of(["moderation:read"]),
  "user.update": { version: "1", condition: ["user_id"], scopes: [], scopeOf: null },
  "user.authorization.revoke": { version: "1", condition: ["client_id"], scopes: [], scopeOf: null },
};

export type SubscriptionStatus =
  | "enabled"
  | "webhook_callback_verification_pending"
  | "webhook_callback_verification_failed"
  | "notification_failures_exceeded"
  | "authorization_revoked"
  | "moderator_removed"
  | "user_removed"
  | "chat_user_banned"
  | "version_removed"
  | "websocket_disconnected"
  | "websocket_failed_ping_pong"
  | "websocket_received_inbound_traffic"
  | "websocket_connection_unused"
  | "websocket_internal_error"
  | "websocket_network_timeout"
  | "websocket_network_error"
  | "websocket_failed_to_reconnect";

export type Transport =
  | { method: "websocket"; sessionId: string; connectedAt: Date; disconnectedAt: Date | null }
  | { method: "webhook"; callback: string; secret: string };

export interface Subscription {
  id: string;
  type: string;
  version: string;
  condition: Readonly<Record<string, string>>;
  status: SubscriptionStatus;
  cost: number;
  createdAt: Date;
  clientId: string;
  /** Whose token made it; null for an app token. */
  userId: string | null;
  /** Family of the token that made it: revoking the consent revokes the subscription. */
  family: string | null;
  transport: Transport;
  /** When it stopped; null while it runs. */
  disabledAt: Date | null;
  /** Failed webhook notifications in a row. */
  failures: number;
}

/** What a dropped socket's subscriptions turn into, by close code. */
export const STATUS_OF_CLOSE: Readonly<Record<number, SubscriptionStatus>> = {
  4000: "websocket_internal_error",
  4001: "websocket_received_inbound_traffic",
  4002: "websocket_failed_ping_pong",
  4003: "websocket_connection_unused",
  4004: "websocket_failed_to_reconnect",
  4005: "websocket_network_timeout",
  4006: "websocket_network_error",
};
