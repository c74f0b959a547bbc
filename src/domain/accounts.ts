/**
 * Twitch accounts that Byte may act for: what each is asked for, what that unlocks, and what is missing.
 * Scopes: Twitch's scope reference, state of November 2026.
 */

/** `bot` speaks; a `broadcaster` lets Byte see what only the channel's owner may (subs, bits, redemptions, ads). */
export type AccountRole = "bot" | "broadcaster";

/** What a person agrees to, step by step. Each tier is asked for by itself. */
export type Tier = "read" | "talk" | "clips" | "events";

export const TIERS: readonly Tier[] = ["read", "talk", "clips", "events"];

/** The least scopes of each tier. Empty: the tier does not exist for that role. */
export const TIER_SCOPES: Readonly<Record<AccountRole, Readonly<Record<Tier, readonly string[]>>>> = {
  bot: {
    read: ["chat:read", "user:read:chat"],
    talk: ["chat:edit", "user:write:chat", "user:bot"],
    clips: ["clips:edit", "editor:manage:clips"],
    events: ["moderator:read:followers", "moderator:read:chatters"],
  },
  broadcaster: {
    read: [],
    talk: ["channel:bot"],
    clips: ["clips:edit", "channel:manage:clips"],
    events: [
      "moderator:read:followers",
      "channel:read:subscriptions",
      "bits:read",
      "channel:read:redemptions",
      "channel:read:hype_train",
      "channel:read:ads",
      "channel:moderate",
    ],
  },
};

/** Something Byte can do only with a scope. Keys of the word tables (`feature.<name>`). */
export type Feature =
  | "chat_read"
  | "chat_send"
  | "chat_badge"
  | "follows"
  | "chatters"
  | "subscriptions"
  | "bits"
  | "redemptions"
  | "hype_train"
  | "ads"
  | "bans"
  | "clips_live"
  | "clips_vod"
  | "stream";

/** The scopes that a feature needs, any one of them, and the tier that asks for it. `stream` (online, title, raids) needs none. */
export const FEATURES: Readonly<Record<Feature, { anyOf: readonly string[]; tier: Tier }>> = {
  chat_read: { anyOf: ["user:read:chat", "chat:read"], tier: "read" },
  chat_send: { anyOf: ["user:write:chat", "chat:edit"], tier: "talk" },
  chat_badge: { anyOf: ["user:bot"], tier: "talk" },
  follows: { anyOf: ["moderator:read:followers"], tier: "events" },
  chatters: { anyOf: ["moderator:read:chatters"], tier: "events" },
  subscriptions: { anyOf: ["channel:read:subscriptions"], tier: "events" },
  bits: { anyOf: ["bits:read"], tier: "events" },
  redemptions: { anyOf: ["channel:read:redemptions", "channel:manage:redemptions"], tier: "events" },
  hype_train: { anyOf: ["channel:read:hype_train"], tier: "events" },
  ads: { anyOf: ["channel:read:ads"], tier: "events" },
  bans: { anyOf: ["channel:moderate"], tier: "events" },
  clips_live: { anyOf: ["clips:edit"], tier: "clips" },
  clips_vod: { anyOf: ["editor:manage:clips", "channel:manage:clips"], tier: "clips" },
  stream: { anyOf: [], tier: "read" },
};

/** The scopes to ask for: those of the tiers, each once, in a fixed order. */
export function scopesOf(role: AccountRole, tiers: readonly Tier[]): string[] {
  return [...new Set(TIERS.filter((tier) => tiers.includes(tier)).flatMap((tier) => TIER_SCOPES[role][tier]))];
}

/** The tiers whose scopes are all there. */
export function tiersOf(role: AccountRole, scopes: readonly string[]): Tier[] {
  return TIERS.filter((tier) => {
    const needed = TIER_SCOPES[role][tier];
    return needed.length > 0 && needed.every((scope) => scopes.includes(scope));
  });
}

export function hasFeature(feature: Feature, scopes: readonly string[]): boolean {
  const { anyOf } = FEATURES[feature];
  return anyOf.length === 0 || anyOf.some((scope) => scopes.includes(scope));
}

/**
 * Why Twitch's sign-in host refused. Keys of the word tables (`error.auth_<kind>`), each with what to do.
 * `pending` and `slow_down` only come while a device code waits for its person.
 */
export type AuthFailureKind =
  | "client_missing"
  | "client_unknown"
  | "secret_missing"
  | "secret_wrong"
  | "redirect_wrong"
  | "wrong_account"
  | "clock_skew"
  | "code_expired"
  | "denied"
  | "scope_refused"
  | "token_refused"
  | "pending"
  | "slow_down"
  | "unavailable"
  | "garbled";

/** Whether the same request may succeed by itself later. Everything else needs a person. */
export function isPassing(kind: AuthFailureKind): boolean {
  return kind === "unavailable" || kind === "garbled" || kind === "pending" || kind === "slow_down";
}
