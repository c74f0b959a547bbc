import { nanoTime } from "../eventsub/frames.ts";
import { broadcaster, person } from "../eventsub/payloads.ts";
import { clearchatLine, mask, userstateLine } from "../irc/render.ts";
import { partRoom } from "../irc/rooms.ts";
import { about, type Stage } from "./context.ts";

/** A moderator bans somebody for good. Their own sessions are thrown out of the room by a PART. */
export function ban(stage: Stage, channelLogin: string, userLogin: string, reason = "", moderatorLogin = channelLogin): void {
  punish(stage, { channelLogin, userLogin, seconds: null, reason, moderatorLogin });
}

/** A moderator silences somebody for `seconds`. */
export function timeout(
  stage: Stage,
  channelLogin: string,
  userLogin: string,
  seconds: number,
  reason = "",
  moderatorLogin = channelLogin,
): void {
  punish(stage, { channelLogin, userLogin, seconds, reason, moderatorLogin });
}

/** Lifts a ban or timeout. */
export function unban(stage: Stage, channelLogin: string, userLogin: string, moderatorLogin = channelLogin): void {
  const { state } = stage.core;
  const channel = state.channel(channelLogin);
  const user = state.user(userLogin);
  if (!channel.bans.delete(user.id)) return;
  stage.eventsub.publish("channel.unban", about(channel), {
    ...person("user", user),
    ...broadcaster(channel),
    ...person("moderator_user", state.user(moderatorLogin)),
  });
}

/** Makes somebody moderator, or takes it away; their sessions get a new USERSTATE. */
export function setModerator(stage: Stage, channelLogin: string, userLogin: string, isModerator: boolean): void {
  const { state } = stage.core;
  const channel = state.channel(channelLogin);
  const user = state.user(userLogin);
  if (isModerator) channel.mods.add(user.id);
  else channel.mods.delete(user.id);
  stage.eventsub.publish(`channel.moderator.${isModerator ? "add" : "remove"}`, about(channel), {
    ...broadcaster(channel),
    ...person("user", user),
  });
  for (const session of stage.irc.sessionsOf(user)) {
    if (session.rooms.has(channel) && session.capabilities.has("twitch.tv/commands"))
      session.writeTagged(userstateLine(channel, user, null));
  }
}

interface Punishment {
  channelLogin: string;
  userLogin: string;
  /** null for ever. */
  seconds: number | null;
  reason: string;
  moderatorLogin: string;
}

function punish(stage: Stage, given: Punishment): void {
  const { state, clock, log } = stage.core;
  const channel = state.channel(given.channelLogin);
  const user = state.user(given.userLogin);
  const now = clock.now();
  const until = given.seconds === null ? null : new Date(now.getTime() + given.seconds * 1000);
  channel.bans.set(user.id, { until, reason: given.reason, moderatorId: state.user(given.moderatorLogin).id });
  for (const message of channel.chat.values()) if (message.user === user) message.isDeleted = true;
  log.add("world", "note", null, given.seconds === null ? "ban" : "timeout", {
    channel: channel.user.login,
    login: user.login,
    seconds: given.seconds,
  });
  stage.irc.tell(channel, clearchatLine(channel, user, given.seconds, now));
  stage.eventsub.publish("channel.chat.clear_user_messages", about(channel), {
    ...broadcaster(channel),
    ...person("target_user", user),
  });
  stage.eventsub.publish("channel.ban", about(channel), {
    ...person("user", user),
    ...broadcaster(channel),
    ...person("moderator_user", state.user(given.moderatorLogin)),
    reason: given.reason,
    banned_at: nanoTime(now, channel.bans.size),
    ends_at: until === null ? null : nanoTime(until, channel.bans.size),
    is_permanent: until === null,
  });
  stage.loseReader(channel, user);
  if (given.seconds !== null) return;
  channel.present.delete(user.id);
  for (const session of stage.irc.sessionsOf(user)) {
    if (!session.rooms.has(channel)) continue;
    partRoom(stage.irc, session, channel);
    session.write(`:${mask(session.nick)} PART #${channel.user.login}`);
  }
}
