import type { TagValues } from "../irc/line.ts";
import { type UserNotice, usernoticeLine } from "../irc/render.ts";
import { ANONYMOUS_GIFTER, type WorldChannel, type WorldSub, type WorldUser } from "../state.ts";
import type { Stage } from "./context.ts";
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
  const { state, clock } = stage.core;
  const channel = state.channel(channelLogin);
  channel.followers.set(state.user(userLogin).id, clock.now());
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
  const since = months > 1 ? ` They've subscribed for ${months} months!` : "";
  return notify(stage, channel, {
    msgId: months > 1 ? "resub" : "sub",
    user,
    systemText: `${user.displayName} subscribed ${isPrime ? "with Prime" : `at ${plan}`}.${since}`,
    text: options.text ?? "",
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

/** Somebody gives `count` subs: one is a sub gift, more are a mystery gift and its parts. Gives the community gift's id, or the notice's. */
export function gift(stage: Stage, channelLogin: string, giverLogin: string, count: number, options: GiftOptions = {}): string {
  const { state, chance } = stage.core;
  const channel = state.channel(channelLogin);
  const giver = options.isAnonymous ? state.user(ANONYMOUS_GIFTER.login) : state.user(giverLogin);
  const tier = options.tier ?? "1000";
  const communityId = count > 1 ? String(chance.int(10 ** 12, 10 ** 13)) : null;
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
      params: { ...shared, "mass-gift-count": count },
    });
  }
  let last = "";
  for (let i = 0; i < count; i++) {
    const recipient = state.user(options.recipients?.[i] ?? `gift_friend_${chance.int(1, 99_999)}`);
    channel.subs.set(recipient.id, { tier, isPrime: false, months: 1, gifterId: giver.id });
    last = notify(stage, channel, {
      msgId: "subgift",
      user: giver,
      systemText: `${giver.displayName} gifted a ${PLAN_NAMES[tier]} sub to ${recipient.displayName}!`,
      text: "",
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
  return say(stage, channelLogin, userLogin, `Cheer${bits} ${text}`.trim(), { bits });
}

/** Another channel comes with its viewers. Gives the notice's id. */
export function raid(stage: Stage, fromLogin: string, toLogin: string, viewers: number): string {
  const { state } = stage.core;
  const from = state.user(fromLogin);
  const channel = state.channel(toLogin);
  return notify(stage, channel, {
    msgId: "raid",
    user: from,
    systemText: `${viewers} raiders from ${from.displayName} have joined!`,
    text: "",
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
  return notify(stage, channel, { msgId: "announcement", user: state.user(userLogin), systemText: "", text, params: { color } });
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
    params: { category: "watch-streak", copoReward: 350, id: stage.core.chance.uuid(), value: streams },
  });
}

export interface Notice {
  msgId: string;
  user: WorldUser;
  systemText: string;
  text: string;
  params: TagValues;
}

/** Puts a notice into the room on every surface. Gives its id. */
export function notify(stage: Stage, channel: WorldChannel, given: Notice): string {
  const notice: UserNotice = { ...given, id: stage.core.chance.uuid(), at: stage.core.clock.now() };
  channel.present.add(given.user.id);
  stage.irc.tell(channel, usernoticeLine(channel, notice));
  stage.core.log.add("world", "note", null, given.msgId, { channel: channel.user.login, login: given.user.login, id: notice.id });
  return notice.id;
}
