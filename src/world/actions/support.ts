import { findEmotes } from "../emotes.ts";
import { plainTime } from "../eventsub/frames.ts";
import { broadcaster, fragmentsOf, person } from "../eventsub/payloads.ts";
import type { TagValues } from "../irc/line.ts";
import {
  ANONYMOUS_GIFTER,
  type WorldChannel,
  type WorldRedemption,
  type WorldReward,
  type WorldSub,
  type WorldUser,
} from "../state.ts";
import { about, type Stage } from "./context.ts";
import { notify } from "./notices.ts";
import { say } from "./talk.ts";

export type Tier = WorldSub["tier"];

export interface SubOptions {
  tier?: Tier;
  isPrime?: boolean;
  /** Months in all; 2 and more make it a resub. */
  months?: number;
  /** Months in a row, when shared. */
  streakMonths?: number;
  text?: string;
}

export interface GiftOptions {
  tier?: Tier;
  isAnonymous?: boolean;
  /** Who gets them; invented people when not given. */
  recipients?: readonly string[];
}

const PLAN_NAMES: Readonly<Record<Tier, string>> = { "1000": "Tier 1", "2000": "Tier 2", "3000": "Tier 3" };

/** Somebody follows. Chat hears nothing of it. */
export function follow(stage: Stage, channelLogin: string, userLogin: string): void {
  const { state, clock, log } = stage.core;
  const channel = state.channel(channelLogin);
  const user = state.user(userLogin);
  channel.followers.set(user.id, clock.now());
  log.add("world", "note", null, "follow", { channel: channel.user.login, login: user.login });
  stage.eventsub.publish("channel.follow", about(channel), {
    ...person("user", user),
    ...broadcaster(channel),
    followed_at: plainTime(clock.now()),
  });
}

/** Somebody subscribes, or tells of the months they have (`months` ≥ 2). Gives the notice's id. */
export function sub(stage: Stage, channelLogin: string, userLogin: string, options: SubOptions = {}): string {
  const { state } = stage.core;
  const channel = state.channel(channelLogin);
  const user = state.user(userLogin);
  const tier = options.tier ?? "1000";
  const months = options.months ?? 1;
  const isPrime = options.isPrime ?? false;
  channel.subs.set(user.id, { tier, isPrime, months, gifterId: null });
  const plan = isPrime ? "Prime" : PLAN_NAMES[tier];
  const text = options.text ?? "";
  publishSub(stage, channel, user, { tier, months, streakMonths: options.streakMonths ?? null, text });
  const since = months > 1 ? ` They've subscribed for ${months} months!` : "";
  return notify(stage, channel, {
    msgId: months > 1 ? "resub" : "sub",
    user,
    systemText: `${user.displayName} subscribed ${isPrime ? "with Prime" : `at ${plan}`}.${since}`,
    text,
    about:
      months > 1
        ? {
            cumulative_months: months,
            duration_months: 1,
            streak_months: options.streakMonths ?? null,
            sub_tier: tier,
            is_prime: isPrime,
            is_gift: false,
            gifter_is_anonymous: null,
            gifter_user_id: null,
            gifter_user_name: null,
            gifter_user_login: null,
          }
        : { sub_tier: tier, is_prime: isPrime, duration_months: 1 },
    params: {
      "cumulative-months": months,
      months: 0,
      "multimonth-duration": 0,
      "multimonth-tenure": 0,
      "should-share-streak": options.streakMonths === undefined ? 0 : 1,
      "streak-months": options.streakMonths,
      "sub-plan": isPrime ? "Prime" : tier,
      "sub-plan-name": `Channel Subscription (${channel.user.login})`,
      "was-gifted": "false",
    },
  });
}

/** First subs are `channel.subscribe`; told months are `channel.subscription.message`. Never both. */
function publishSub(
  stage: Stage,
  channel: WorldChannel,
  user: WorldUser,
  given: { tier: Tier; months: number; streakMonths: number | null; text: string },
): void {
  const who = { ...person("user", user), ...broadcaster(channel), tier: given.tier };
  if (given.months < 2) return stage.eventsub.publish("channel.subscribe", about(channel), { ...who, is_gift: false });
  const emotes = findEmotes(given.text).map(({ id, start, end }) => ({ begin: start, end, id }));
  stage.eventsub.publish("channel.subscription.message", about(channel), {
    ...who,
    message: { text: given.text, emotes: emotes.length > 0 ? emotes : null },
    cumulative_months: given.months,
    streak_months: given.streakMonths,
    duration_months: 1,
  });
}

/** A sub runs out. */
export function endSub(stage: Stage, channelLogin: string, userLogin: string): void {
  const channel = stage.core.state.channel(channelLogin);
  const user = stage.core.state.user(userLogin);
  const ended = channel.subs.get(user.id);
  if (!ended) return;
  channel.subs.delete(user.id);
  stage.eventsub.publish("channel.subscription.end", about(channel), {
    ...person("user", user),
    ...broadcaster(channel),
    tier: ended.tier,
    is_gift: ended.gifterId !== null,
  });
}

/** Somebody gives `count` subs: one is a sub gift, more are a mystery gift and its parts. Gives the community gift's id, or the notice's. */
export function gift(stage: Stage, channelLogin: string, giverLogin: string, count: number, options: GiftOptions = {}): string {
  const { state, chance } = stage.core;
  const channel = state.channel(channelLogin);
  const giver = options.isAnonymous ? state.user(ANONYMOUS_GIFTER.login) : state.user(giverLogin);
  const tier = options.tier ?? "1000";
  const communityId = count > 1 ? String(chance.int(10 ** 12, 10 ** 13)) : null;
  const isAnonymous = options.isAnonymous ?? false;
  stage.eventsub.publish("channel.subscription.gift", about(channel), {
    ...person("user", isAnonymous ? null : giver),
    ...broadcaster(channel),
    total: count,
    tier,
    cumulative_total: isAnonymous ? null : count,
    is_anonymous: isAnonymous,
  });
  const shared: TagValues = {
    "community-gift-id": communityId,
    "origin-id": chance.hex(40),
    "sender-count": options.isAnonymous ? null : count,
    "sub-plan": tier,
  };
  if (communityId !== null) {
    notify(stage, channel, {
      msgId: "submysterygift",
      user: giver,
      systemText: `${giver.displayName} is gifting ${count} ${PLAN_NAMES[tier]} Subs to ${channel.user.displayName}'s community!`,
      text: "",
      isAnonymous,
      about: { id: communityId, total: count, sub_tier: tier, cumulative_total: isAnonymous ? null : count },
      params: { ...shared, "mass-gift-count": count },
    });
  }
  let last = "";
  for (let i = 0; i < count; i++) {
    const recipient = state.user(options.recipients?.[i] ?? `gift_friend_${chance.int(1, 99_999)}`);
    channel.subs.set(recipient.id, { tier, isPrime: false, months: 1, gifterId: giver.id });
    stage.eventsub.publish("channel.subscribe", about(channel), {
      ...person("user", recipient),
      ...broadcaster(channel),
      tier,
      is_gift: true,
    });
    last = notify(stage, channel, {
      msgId: "subgift",
      user: giver,
      systemText: `${giver.displayName} gifted a ${PLAN_NAMES[tier]} sub to ${recipient.displayName}!`,
      text: "",
      isAnonymous,
      about: {
        duration_months: 1,
        cumulative_total: isAnonymous ? null : count,
        ...person("recipient_user", recipient),
        sub_tier: tier,
        community_gift_id: communityId,
      },
      params: {
        ...shared,
        "gift-months": 1,
        months: 1,
        "recipient-display-name": recipient.displayName,
        "recipient-id": recipient.id,
        "recipient-user-name": recipient.login,
        "sub-plan-name": `Channel Subscription (${channel.user.login})`,
      },
    });
  }
  return communityId ?? last;
}

/** Somebody cheers: a chat line with bits. Gives the message id. */
export function cheer(stage: Stage, channelLogin: string, userLogin: string, bits: number, text = ""): string {
  const { state } = stage.core;
  const channel = state.channel(channelLogin);
  const user = state.user(userLogin);
  const words = `Cheer${bits} ${text}`.trim();
  const id = say(stage, channelLogin, userLogin, words, { bits });
  stage.eventsub.publish("channel.cheer", about(channel), {
    is_anonymous: false,
    ...person("user", user),
    ...broadcaster(channel),
    message: words,
    bits,
  });
  stage.eventsub.publish("channel.bits.use", about(channel), {
    ...broadcaster(channel),
    ...person("user", user),
    bits,
    type: "cheer",
    message: { text: words, fragments: fragmentsOf(words, bits, state) },
    power_up: null,
    custom_power_up: null,
  });
  return id;
}

/** Somebody spends channel points on a reward (made if there is none of that title). Gives the redemption's id. */
export function redeem(stage: Stage, channelLogin: string, userLogin: string, title: string, input = ""): string {
  const { state, chance, clock, log } = stage.core;
  const channel = state.channel(channelLogin);
  const user = state.user(userLogin);
  const reward =
    [...channel.rewards.values()].find((each) => each.title === title) ??
    addReward(channel, { id: chance.uuid(), title, cost: 500, prompt: "", clientId: null });
  const redemption: WorldRedemption = {
    id: chance.uuid(),
    userId: user.id,
    rewardId: reward.id,
    input,
    status: "unfulfilled",
    at: clock.now(),
  };
  channel.redemptions.set(redemption.id, redemption);
  log.add("world", "note", null, "redeem", { channel: channel.user.login, login: user.login, id: redemption.id });
  stage.eventsub.publish(
    "channel.channel_points_custom_reward_redemption.add",
    { ...about(channel), reward_id: reward.id },
    redemptionEvent(channel, user, reward, redemption),
  );
  if (input !== "") say(stage, channelLogin, userLogin, input, { rewardId: reward.id });
  return redemption.id;
}

export function redemptionEvent(
  channel: WorldChannel,
  user: WorldUser,
  reward: WorldReward,
  redemption: WorldRedemption,
): object {
  return {
    id: redemption.id,
    ...broadcaster(channel),
    ...person("user", user),
    user_input: redemption.input,
    status: redemption.status,
    reward: { id: reward.id, title: reward.title, cost: reward.cost, prompt: reward.prompt },
    redeemed_at: plainTime(redemption.at),
  };
}

export function addReward(channel: WorldChannel, reward: WorldReward): WorldReward {
  channel.rewards.set(reward.id, reward);
  return reward;
}

/** Another channel comes with its viewers. Gives the notice's id. */
export function raid(stage: Stage, fromLogin: string, toLogin: string, viewers: number): string {
  const { state } = stage.core;
  const from = state.user(fromLogin);
  const channel = state.channel(toLogin);
  stage.eventsub.publish(
    "channel.raid",
    { from_broadcaster_user_id: from.id, to_broadcaster_user_id: channel.user.id },
    { ...person("from_broadcaster_user", from), ...person("to_broadcaster_user", channel.user), viewers },
  );
  return notify(stage, channel, {
    msgId: "raid",
    user: from,
    systemText: `${viewers} raiders from ${from.displayName} have joined!`,
    text: "",
    about: {
      ...person("user", from),
      viewer_count: viewers,
      profile_image_url: "https://static-cdn.invalid/profile-300x300.png",
    },
    params: {
      displayName: from.displayName,
      login: from.login,
      profileImageURL: "https://static-cdn.invalid/profile-%s.png",
      viewerCount: viewers,
    },
  });
}

/** A moderator's announcement. */
export function announce(stage: Stage, channelLogin: string, userLogin: string, text: string, color = "PRIMARY"): string {
  const { state } = stage.core;
  const channel = state.channel(channelLogin);
  return notify(stage, channel, {
    msgId: "announcement",
    user: state.user(userLogin),
    systemText: "",
    text,
    about: { color },
    params: { color },
  });
}

/** Somebody shares how many streams in a row they watched. */
export function watchStreak(stage: Stage, channelLogin: string, userLogin: string, streams: number, text = ""): string {
  const { state } = stage.core;
  const channel = state.channel(channelLogin);
  const user = state.user(userLogin);
  return notify(stage, channel, {
    msgId: "viewermilestone",
    user,
    systemText: `${user.displayName} watched ${streams} consecutive streams and sparked a watch streak!`,
    text,
    about: { streak_count: streams, channel_points_awarded: 350 },
    params: { category: "watch-streak", copoReward: 350, id: stage.core.chance.uuid(), value: streams },
  });
}
