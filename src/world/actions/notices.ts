import { chatNotification, type NoticeType } from "../eventsub/payloads.ts";
import type { TagValues } from "../irc/line.ts";
import { type UserNotice, usernoticeLine } from "../irc/render.ts";
import type { WorldChannel, WorldUser } from "../state.ts";
import { about, type Stage } from "./context.ts";

/** Something that chat is told of beside what people write: subs, gifts, raids. */
export interface Notice {
  /** As IRC calls it: `sub`, `resub`, `subgift`, `raid` … */
  msgId: string;
  user: WorldUser;
  systemText: string;
  text: string;
  params: TagValues;
  /** The object of `channel.chat.notification`. */
  about: object;
  isAnonymous?: boolean;
}

/** What a USERNOTICE's msg-id is called in `channel.chat.notification`. */
const NOTICE_TYPE: Readonly<Record<string, NoticeType>> = {
  sub: "sub",
  resub: "resub",
  subgift: "sub_gift",
  submysterygift: "community_sub_gift",
  raid: "raid",
  announcement: "announcement",
  viewermilestone: "watch_streak",
};

/** Puts a notice into the room on every surface, and copies into the rooms that share its chat. Gives its id. */
export function notify(stage: Stage, channel: WorldChannel, given: Notice): string {
  const { core } = stage;
  const { msgId, user, systemText, text, params } = given;
  const notice: UserNotice = { msgId, user, systemText, text, params, id: core.chance.uuid(), at: core.clock.now() };
  channel.present.add(user.id);
  tell(stage, channel, channel, given, notice, notice.id);
  for (const id of channel.shared?.channelIds ?? []) {
    const other = id === channel.user.id ? null : core.state.findChannelById(id);
    if (other) tell(stage, other, channel, given, { ...notice, id: core.chance.uuid() }, notice.id);
  }
  core.log.add("world", "note", null, msgId, { channel: channel.user.login, login: user.login, id: notice.id });
  return notice.id;
}

/** One room's copy. `home` is where it happened, under `homeId`. */
function tell(stage: Stage, channel: WorldChannel, home: WorldChannel, given: Notice, notice: UserNotice, homeId: string): void {
  const source = channel.shared ? { home, messageId: homeId } : null;
  stage.irc.tell(channel, usernoticeLine(channel, notice, source));
  const type = NOTICE_TYPE[given.msgId];
  if (!type) return;
  const said = {
    type,
    id: notice.id,
    user: given.user,
    isAnonymous: given.isAnonymous ?? false,
    systemText: given.systemText,
    text: given.text,
    about: given.about,
  };
  stage.eventsub.publish("channel.chat.notification", about(channel), chatNotification(channel, said, stage.core.state, source));
}
