import { type AccountRole, FEATURES, type Feature, hasFeature } from "./accounts.ts";
import type { FeatureGap } from "./snapshots.ts";

/**
 * Which EventSub subscriptions to have, on whose account, and what is not to be had. Types, versions, conditions and scopes:
 * Twitch's table of subscription types, state of November 2026. On one account's connections a subscription costs nothing
 * when a scope is needed for it or when the person it is about allowed the app; else it costs 1, of 10 in all.
 */

/** A subscription in a plan; two with the same type and condition are one. */
export interface PlannedSubscription {
  type: string;
  version: string;
  condition: Readonly<Record<string, string>>;
}

/** An account as the plan sees it. `isUsable`: it has a token that works. */
export interface PlanAccount {
  userId: string;
  login: string;
  scopes: readonly string[];
  isUsable: boolean;
}

/** A channel that we hold and whose id is known, in order of importance. */
export interface PlanChannel {
  channelId: string;
  login: string;
  /** Whether the bot moderates there; false when it is not known. */
  isModerated: boolean;
}

export interface PlanInput {
  channels: readonly PlanChannel[];
  bot: PlanAccount | null;
  /** By channel id. */
  broadcasters: ReadonlyMap<string, PlanAccount>;
  /** Whether chat itself is read over EventSub. */
  readsChat: boolean;
}

export interface Plan {
  /** By account, most important first. */
  wanted: ReadonlyMap<string, readonly PlannedSubscription[]>;
  gaps: readonly FeatureGap[];
}

/** What an account may spend on subscriptions that are not free (`max_total_cost`). */
const COST_MAX = 10;

const CHAT_TYPES = [
  "channel.chat.message",
  "channel.chat.notification",
  "channel.chat.message_delete",
  "channel.chat.clear_user_messages",
  "channel.chat.clear",
] as const;

/** What only the broadcaster's own account may see, by feature. */
const BROADCASTER_TYPES: Partial<Readonly<Record<Feature, readonly (readonly [type: string, version: string])[]>>> = {
  subscriptions: [
    ["channel.subscribe", "1"],
    ["channel.subscription.gift", "1"],
    ["channel.subscription.message", "1"],
  ],
  bits: [
    ["channel.cheer", "1"],
    ["channel.bits.use", "1"],
  ],
  redemptions: [["channel.channel_points_custom_reward_redemption.add", "1"]],
  hype_train: [
    ["channel.hype_train.begin", "2"],
    ["channel.hype_train.progress", "2"],
    ["channel.hype_train.end", "2"],
  ],
  ads: [["channel.ad_break.begin", "1"]],
  bans: [
    ["channel.ban", "1"],
    ["channel.unban", "1"],
  ],
};
const BROADCASTER_FEATURES = Object.keys(BROADCASTER_TYPES) as Feature[];

/** The feature that a subscription type serves. */
export function featureOf(type: string): Feature {
  if (type.startsWith("channel.chat.")) return "chat_read";
  if (type === "channel.follow") return "follows";
  return BROADCASTER_FEATURES.find((feature) => BROADCASTER_TYPES[feature]?.some(([name]) => name === type)) ?? "stream";
}

export function planSubscriptions({ channels, bot, broadcasters, readsChat }: PlanInput): Plan {
  const wanted = new Map<string, PlannedSubscription[]>();
  const gaps: FeatureGap[] = [];
  const want = (account: PlanAccount, type: string, version: string, condition: Readonly<Record<string, string>>) => {
    const list = wanted.get(account.userId) ?? [];
    list.push({ type, version, condition });
    wanted.set(account.userId, list);
  };

  if (readsChat) planChat(channels, bot, want, gaps);
  let cost = 0;
  for (const channel of channels) {
    const { channelId, login } = channel;
    const own = broadcasters.get(channelId) ?? (bot?.userId === channelId ? bot : null);
    if (own?.isUsable) planOwn(own, channel, want, gaps);
    else for (const feature of BROADCASTER_FEATURES) gaps.push(gapOf(feature, "broadcaster", login, own));
    if (own?.isUsable && hasFeature("follows", own.scopes)) {
      want(own, "channel.follow", "2", { broadcaster_user_id: channelId, moderator_user_id: own.userId });
    } else planFollows(bot, channel, want, gaps);
    if (own?.isUsable || !bot?.isUsable) continue;
    // Without the broadcaster's word these cost; who is live is asked for the most important channels only.
    if (cost + 2 > COST_MAX) {
      gaps.push({ ...gapOf("stream", "broadcaster", login, null), reason: "cost_limit" });
      continue;
    }
    cost += 2;
    for (const type of ["stream.online", "stream.offline"]) want(bot, type, "1", { broadcaster_user_id: channelId });
  }
  return { wanted, gaps };
}

type Want = (account: PlanAccount, type: string, version: string, condition: Readonly<Record<string, string>>) => void;

/** Lines of all channels come before anything else of any of them: a connection holds 300. */
function planChat(channels: readonly PlanChannel[], bot: PlanAccount | null, want: Want, gaps: FeatureGap[]): void {
  if (!bot?.isUsable || !bot.scopes.includes("user:read:chat")) {
    if (bot?.isUsable) gaps.push({ ...gapOf("chat_read", "bot", null, bot), reason: "scope_missing" });
    else gaps.push(gapOf("chat_read", "bot", null, bot));
    return;
  }
  for (const type of CHAT_TYPES) {
    for (const { channelId } of channels) want(bot, type, "1", { broadcaster_user_id: channelId, user_id: bot.userId });
  }
}

function planOwn(own: PlanAccount, { channelId, login }: PlanChannel, want: Want, gaps: FeatureGap[]): void {
  const condition = { broadcaster_user_id: channelId };
  want(own, "stream.online", "1", condition);
  want(own, "stream.offline", "1", condition);
  want(own, "channel.update", "2", condition);
  want(own, "channel.raid", "1", { to_broadcaster_user_id: channelId });
  for (const feature of BROADCASTER_FEATURES) {
    if (!hasFeature(feature, own.scopes)) gaps.push(gapOf(feature, "broadcaster", login, own));
    else for (const [type, version] of BROADCASTER_TYPES[feature] ?? []) want(own, type, version, condition);
  }
}

/** The bot sees followers where it moderates. */
function planFollows(bot: PlanAccount | null, channel: PlanChannel, want: Want, gaps: FeatureGap[]): void {
  const { channelId, login, isModerated } = channel;
  if (!bot?.isUsable || !hasFeature("follows", bot.scopes)) gaps.push(gapOf("follows", "bot", login, bot));
  else if (!isModerated) gaps.push({ ...gapOf("follows", "bot", login, bot), reason: "not_moderator" });
  else want(bot, "channel.follow", "2", { broadcaster_user_id: channelId, moderator_user_id: bot.userId });
}

function gapOf(feature: Feature, role: AccountRole, channelLogin: string | null, account: PlanAccount | null): FeatureGap {
  const reason = account === null ? "account_missing" : account.isUsable ? "scope_missing" : "login_needed";
  return { feature, channelLogin, accountLogin: account?.login ?? null, role, tier: FEATURES[feature].tier, reason };
}
