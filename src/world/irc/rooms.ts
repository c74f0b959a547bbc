import { findBan, isModerator, type WorldChannel } from "../state.ts";
import { noticeText } from "./notices.ts";
import { mask, noticeLine, roomstateLine, userstateLine } from "./render.ts";
import type { IrcServer } from "./server.ts";
import type { IrcSession } from "./session.ts";

/** JOIN of one room. An unknown room is answered with silence, as Twitch does. */
export function joinRoom(server: IrcServer, session: IrcSession, login: string): void {
  const { core } = server;
  const outcome = session.isLoggedIn ? outcomeOf(server, session, login) : "not logged in";
  core.log.add("irc", "in", session.id, "JOIN", { channel: login, login: session.nick, outcome });
  const channel = core.state.findChannel(login);
  if (outcome === "suspended")
    session.writeTagged(noticeLine(login, "msg_channel_suspended", noticeText("msg_channel_suspended")));
  if (outcome === "banned") session.writeTagged(noticeLine(login, "msg_banned", noticeText("msg_banned", login)));
  if (outcome !== "joined" || !channel) return;

  announce(server, session, channel, "JOIN");
  server.enter(session, channel);
  const me = session.nick;
  session.write(
    `:${mask(me)} JOIN #${login}`,
    ...names(server, session, channel),
    `:${me}.tmi.twitch.tv 366 ${me} #${login} :End of /NAMES list`,
  );
  if (!session.capabilities.has("twitch.tv/commands")) return;
  if (session.user) session.writeTagged(userstateLine(channel, session.user, null));
  session.writeTagged(roomstateLine(channel));
}

/** Takes the session out of the room, and tells the others if they want to know. The session itself is told nothing. */
export function partRoom(server: IrcServer, session: IrcSession, channel: WorldChannel): void {
  server.leave(session, channel);
  announce(server, session, channel, "PART");
}

type JoinOutcome = "joined" | "already" | "over rate" | "over concurrent" | "unknown" | "suspended" | "banned" | "ignored";

function outcomeOf(server: IrcServer, session: IrcSession, login: string): JoinOutcome {
  const { core } = server;
  const { joinMax, joinWindowMs, joinConcurrentMax } = core.limits;
  const context = { channel: login, login: session.nick };
  if (!server.admit(server.joins, session.nick, joinMax, joinWindowMs)) return "over rate";
  if (core.faults.take("I2.join_ignored", context)) return "ignored";
  if (core.faults.take("I2.suspended", context)) return "suspended";
  const channel = core.state.findChannel(login);
  if (!channel) return "unknown";
  if (channel.isSuspended) return "suspended";
  if (session.rooms.has(channel)) return "already";
  const userId = session.user?.id ?? "";
  const ban = findBan(channel, userId, core.clock.now());
  if (ban && ban.until === null) return "banned";
  if (!isModerator(channel, userId) && roomsOf(server, session) >= joinConcurrentMax) return "over concurrent";
  return "joined";
}

/** Rooms that count towards the account's limit: not those where it is broadcaster or moderator. */
function roomsOf(server: IrcServer, session: IrcSession): number {
  const sessions = session.user ? server.sessionsOf(session.user) : [session];
  const rooms = new Set(sessions.flatMap((each) => [...each.rooms]));
  return [...rooms].filter((room) => !isModerator(room, session.user?.id ?? "")).length;
}

/** 353: only oneself, or with membership (and few enough people) all. */
function names(server: IrcServer, session: IrcSession, channel: WorldChannel): string[] {
  const me = session.nick;
  const all = session.capabilities.has("twitch.tv/membership") && crowd(server, channel) <= server.core.limits.membershipMax;
  const list = all ? [...new Set([me, ...logins(server, channel)])] : [me];
  const lines: string[] = [];
  for (let i = 0; i < list.length; i += NAMES_PER_LINE) {
    lines.push(`:${me}.tmi.twitch.tv 353 ${me} = #${channel.user.login} :${list.slice(i, i + NAMES_PER_LINE).join(" ")}`);
  }
  return lines;
}

const NAMES_PER_LINE = 40;

const crowd = (server: IrcServer, channel: WorldChannel): number => server.room(channel).size + channel.present.size;

function logins(server: IrcServer, channel: WorldChannel): string[] {
  const world = [...channel.present].flatMap((id) => server.core.state.usersById.get(id)?.login ?? []);
  return [...world, ...[...server.room(channel)].map((session) => session.nick)];
}

/** JOIN or PART of `session` to the others that have membership, unless the room is too full for it. */
function announce(server: IrcServer, session: IrcSession, channel: WorldChannel, verb: "JOIN" | "PART"): void {
  announceLogin(server, channel, session.nick, verb, session);
}

/** The same for a person of the world, who has no session. */
export function announceLogin(
  server: IrcServer,
  channel: WorldChannel,
  login: string,
  verb: "JOIN" | "PART",
  except: IrcSession | null = null,
): void {
  if (crowd(server, channel) > server.core.limits.membershipMax) return;
  for (const other of server.room(channel)) {
    if (other !== except && other.capabilities.has("twitch.tv/membership"))
      other.write(`:${mask(login)} ${verb} #${channel.user.login}`);
  }
}
