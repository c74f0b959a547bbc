import { broadcaster, person } from "../eventsub/payloads.ts";
import { type NoticeId, noticeText } from "../irc/notices.ts";
import { clearchatLine, clearmsgLine, noticeLine, type RoomTag, roomstateLine } from "../irc/render.ts";
import { type ChatSettings, findBan, type WorldChannel } from "../state.ts";
import { about, type Stage } from "./context.ts";

export interface SayOptions {
  /** Id of the message that this one answers. */
  replyTo?: string;
  /** Bits cheered; `cheer` is the whole action. */
  bits?: number;
  isAction?: boolean;
  isHighlighted?: boolean;
  rewardId?: string;
  /** The message's id; a fresh one when not given. */
  id?: string;
}

/** One of the world's people writes in a channel; no limit applies, but a ban does. Gives the message id. */
export function say(stage: Stage, channelLogin: string, userLogin: string, text: string, options: SayOptions = {}): string {
  const { core, chat } = stage;
  const channel = core.state.channel(channelLogin);
  const user = core.state.user(userLogin);
  if (findBan(channel, user.id, core.clock.now())) throw new Error(`${userLogin} is banned or timed out in ${channelLogin}`);
  channel.present.add(user.id);
  const message = chat.publish({
    channel,
    user,
    text: text.replace(/[\r\n\0]+/g, " "),
    replyToId: options.replyTo ?? null,
    nonce: null,
    session: null,
    bits: options.bits ?? 0,
    isAction: options.isAction ?? false,
    isHighlighted: options.isHighlighted ?? false,
    rewardId: options.rewardId ?? null,
    ...(options.id === undefined ? {} : { id: options.id }),
  });
  return message.id;
}

/** A moderator takes one message back. False when nobody knows it. */
export function deleteMessage(stage: Stage, channelLogin: string, messageId: string): boolean {
  const channel = stage.core.state.channel(channelLogin);
  const message = channel.chat.get(messageId);
  if (!message || message.isDeleted) return false;
  message.isDeleted = true;
  stage.irc.tell(channel, clearmsgLine(channel, message, stage.core.clock.now()));
  stage.eventsub.publish("channel.chat.message_delete", about(channel), {
    ...broadcaster(channel),
    ...person("target_user", message.user),
    message_id: message.id,
  });
  return true;
}

/** Everything in the room is cleared. */
export function clearChat(stage: Stage, channelLogin: string): void {
  const channel = stage.core.state.channel(channelLogin);
  for (const message of channel.chat.values()) message.isDeleted = true;
  stage.irc.tell(channel, clearchatLine(channel, null, null, stage.core.clock.now()));
  stage.eventsub.publish("channel.chat.clear", about(channel), broadcaster(channel));
}

/** Changes the room's rules: ROOMSTATE with what changed, and the NOTICE of it. */
export function setChatSettings(stage: Stage, channelLogin: string, settings: Partial<ChatSettings>): void {
  const channel = stage.core.state.channel(channelLogin);
  for (const key of SETTINGS) {
    if (settings[key] === undefined || settings[key] === channel.settings[key]) continue;
    Object.assign(channel.settings, { [key]: settings[key] });
    stage.irc.tell(channel, roomstateLine(channel, [ROOM_TAG[key]]));
    const [id, value] = settingNotice(channel, key);
    stage.irc.tell(channel, noticeLine(channel.user.login, id, noticeText(id, value)));
  }
  const now = channel.settings;
  stage.eventsub.publish("channel.chat_settings.update", about(channel), {
    ...broadcaster(channel),
    emote_mode: now.emoteOnly,
    follower_mode: now.followersOnlyMin >= 0,
    follower_mode_duration_minutes: now.followersOnlyMin >= 0 ? now.followersOnlyMin : null,
    slow_mode: now.slowS > 0,
    slow_mode_wait_time_seconds: now.slowS > 0 ? now.slowS : null,
    subscriber_mode: now.subsOnly,
    unique_chat_mode: now.uniqueChat,
  });
}

const SETTINGS = ["emoteOnly", "followersOnlyMin", "uniqueChat", "slowS", "subsOnly"] as const;

const ROOM_TAG: Readonly<Record<keyof ChatSettings, RoomTag>> = {
  emoteOnly: "emote-only",
  followersOnlyMin: "followers-only",
  uniqueChat: "r9k",
  slowS: "slow",
  subsOnly: "subs-only",
};

function settingNotice(channel: WorldChannel, key: keyof ChatSettings): [NoticeId, string | number] {
  const { settings } = channel;
  switch (key) {
    case "emoteOnly":
      return [settings.emoteOnly ? "emote_only_on" : "emote_only_off", ""];
    case "uniqueChat":
      return [settings.uniqueChat ? "r9k_on" : "r9k_off", ""];
    case "subsOnly":
      return [settings.subsOnly ? "subs_on" : "subs_off", ""];
    case "slowS":
      return [settings.slowS > 0 ? "slow_on" : "slow_off", settings.slowS];
    case "followersOnlyMin":
      if (settings.followersOnlyMin < 0) return ["followers_off", ""];
      return settings.followersOnlyMin === 0
        ? ["followers_on_zero", ""]
        : ["followers_on", `${settings.followersOnlyMin} minutes`];
  }
}
