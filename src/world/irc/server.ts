import type { Chat, Delivery } from "../chat.ts";
import type { WorldCore } from "../core.ts";
import type { WorldChannel, WorldUser } from "../state.ts";
import { SlidingWindow } from "../windows.ts";
import { broadcastPrivmsg } from "./broadcast.ts";
import type { ClientLine } from "./line.ts";
import { logIn } from "./login.ts";
import { noticeText } from "./notices.ts";
import { mask, noticeLine, type ServerLine, userstateLine } from "./render.ts";
import { joinRoom, partRoom } from "./rooms.ts";
import { type Capability, IrcSession, type SessionEvents } from "./session.ts";

const CAPABILITIES: readonly string[] = ["twitch.tv/membership", "twitch.tv/tags", "twitch.tv/commands"];

/** Chat over IRC: the sessions, their rooms, and what each line of theirs does. */
export class IrcServer implements SessionEvents {
  readonly sessions = new Set<IrcSession>();
  readonly core: WorldCore;
  readonly chat: Chat;
  /** JOINs per account, and logins per account, in their windows. */
  readonly joins = new Map<string, SlidingWindow>();
  readonly logins = new Map<string, SlidingWindow>();
  /** Frames held back to break their order, per session. */
  readonly held = new WeakMap<IrcSession, readonly (string | Uint8Array)[]>();
  #rooms = new Map<string, Set<IrcSession>>();
  #onSent: ((session: IrcSession, frame: string) => void) | null = null;
  #count = 0;

  constructor(core: WorldCore, chat: Chat) {
    this.core = core;
    this.chat = chat;
    chat.onMessage((delivery) => this.#deliver(delivery));
  }

  /** A session for a socket that is about to open. */
  accept(): IrcSession {
    const { limits } = this.core;
    return new IrcSession(`irc-${++this.#count}`, this, () => ({ join: limits.ircFrameJoin, split: limits.ircFrameSplit }));
  }

  opened(session: IrcSession): void {
    this.sessions.add(session);
    this.core.log.add("irc", "in", session.id, "connect");
    this.#schedulePing(session);
  }

  closed(session: IrcSession, code: number): void {
    session.cancelPing?.();
    session.cancelPongDeadline?.();
    session.cancelExpiry?.();
    this.sessions.delete(session);
    for (const channel of [...session.rooms]) partRoom(this, session, channel);
    this.core.log.add("irc", "in", session.id, "closed", { code });
  }

  sent(session: IrcSession, frame: string): void {
    this.#onSent?.(session, frame);
  }

  /** Tells `listener` of every text frame that was handed to a live socket: what a client cannot say it never got. One listener; null ends it. */
  onSent(listener: ((session: IrcSession, frame: string) => void) | null): void {
    this.#onSent = listener;
  }

  line(session: IrcSession, line: ClientLine): void {
    const act = COMMANDS[line.command];
    if (act) act(this, session, line);
    else this.core.log.add("irc", "in", session.id, "unknown command", { command: line.command.slice(0, 20) });
  }

  /** The sessions in a room. */
  room(channel: WorldChannel): ReadonlySet<IrcSession> {
    return this.#rooms.get(channel.user.id) ?? NOBODY;
  }

  enter(session: IrcSession, channel: WorldChannel): void {
    const room = this.#rooms.get(channel.user.id) ?? new Set();
    room.add(session);
    this.#rooms.set(channel.user.id, room);
    session.rooms.add(channel);
  }

  leave(session: IrcSession, channel: WorldChannel): void {
    this.#rooms.get(channel.user.id)?.delete(session);
    session.rooms.delete(channel);
  }

  /** Sends a line to all in the room that asked for `needs`. */
  tell(channel: WorldChannel, line: ServerLine, needs: Capability | null = "twitch.tv/commands"): void {
    for (const session of this.room(channel)) {
      if (needs === null || session.capabilities.has(needs)) session.writeTagged(line);
    }
  }

  /** Takes every session out of the rooms that no longer exist, and tells it so. */
  leaveGone(): void {
    for (const session of this.sessions) {
      for (const room of [...session.rooms]) {
        if (this.core.state.findChannelById(room.user.id) === room) continue;
        partRoom(this, session, room);
        session.write(`:${mask(session.nick)} PART #${room.user.login}`);
      }
    }
  }

  /** Tells a session why it may not be here, and closes it. */
  refuse(session: IrcSession, why = "Login authentication failed"): void {
    session.write(`:tmi.twitch.tv NOTICE * :${why}`);
    session.close();
  }

  /** The sessions of an account. */
  sessionsOf(user: WorldUser): IrcSession[] {
    return [...this.sessions].filter((session) => session.user === user);
  }

  /** Counts one more in the account's window; false when the limit was reached already. */
  admit(windows: Map<string, SlidingWindow>, key: string, max: number, windowMs: number): boolean {
    const window = windows.get(key) ?? new SlidingWindow();
    windows.set(key, window);
    const nowMs = this.core.clock.now().getTime();
    if (window.count(nowMs, windowMs) >= max) return false;
    window.add(nowMs);
    return true;
  }

  #schedulePing(session: IrcSession): void {
    const { clock, limits, faults, log } = this.core;
    session.cancelPing = clock.after(limits.ircPingMs, () => {
      this.#schedulePing(session);
      if (!session.isLoggedIn || faults.take("I1.ping_silence", { conn: session.id })) return;
      session.write("PING :tmi.twitch.tv");
      session.pingedAt = clock.now();
      session.cancelPongDeadline?.();
      session.cancelPongDeadline = clock.after(limits.ircPongGraceMs, () => {
        log.add("irc", "note", session.id, "PONG missing");
        session.close(1000, "ping timeout");
      });
    });
  }

  #deliver(delivery: Delivery): void {
    broadcastPrivmsg(this, delivery);
    if (!this.core.limits.logLines && isOfTheWorld(delivery)) return;
    const own = delivery.viaHelix && this.core.limits.helixEchoToIrc ? [] : [delivery.message.user];
    this.core.log.add("irc", "out", null, "PRIVMSG", {
      channel: delivery.channel.user.login,
      login: delivery.message.user.login,
      id: delivery.message.id,
      hidden: own.length > 0 && delivery.viaHelix,
    });
  }
}

const NOBODY: ReadonlySet<IrcSession> = new Set();

/** Said by one of the world's own people, not by a client. */
const isOfTheWorld = (delivery: Delivery): boolean => delivery.exceptSession === null && !delivery.viaHelix;

type Act = (server: IrcServer, session: IrcSession, line: ClientLine) => void;

const COMMANDS: Readonly<Record<string, Act>> = {
  CAP: requestCapabilities,
  PASS: (_server, session, line) => {
    session.password = line.params[0] ?? "";
  },
  NICK: (server, session, line) => logIn(server, session, line.params[0] ?? ""),
  JOIN: (server, session, line) => eachRoom(line, (login) => joinRoom(server, session, login)),
  PART: (server, session, line) =>
    eachRoom(line, (login) => {
      const channel = [...session.rooms].find((room) => room.user.login === login);
      server.core.log.add("irc", "in", session.id, "PART", { channel: login, joined: channel !== undefined });
      if (!channel) return;
      partRoom(server, session, channel);
      session.write(`:${mask(session.nick)} PART #${login}`);
    }),
  PRIVMSG: say,
  PING: answerPing,
  PONG: (server, session) => {
    session.cancelPongDeadline?.();
    session.cancelPongDeadline = null;
    const latencyMs = session.pingedAt ? server.core.clock.now().getTime() - session.pingedAt.getTime() : null;
    server.core.log.add("irc", "in", session.id, "PONG", { latencyMs });
  },
  QUIT: (_server, session) => session.close(),
};

function requestCapabilities(server: IrcServer, session: IrcSession, line: ClientLine): void {
  const verb = line.params[0]?.toUpperCase();
  const list = line.params.at(-1) ?? "";
  if (verb === "LS") session.write(`:tmi.twitch.tv CAP * LS :${CAPABILITIES.join(" ")}`);
  if (verb !== "REQ") return;
  const asked = list.split(" ").filter((name) => name !== "");
  const isKnown = asked.every(isCapability);
  if (isKnown) for (const name of asked) if (isCapability(name)) session.capabilities.add(name);
  server.core.log.add("irc", "in", session.id, "CAP REQ", { list, ok: isKnown });
  session.write(`:tmi.twitch.tv CAP * ${isKnown ? "ACK" : "NAK"} :${list}`);
}

const isCapability = (name: string): name is Capability => CAPABILITIES.includes(name);

function eachRoom(line: ClientLine, act: (login: string) => void): void {
  for (const name of (line.params[0] ?? "").split(",")) {
    if (name.startsWith("#") && name.length > 1) act(name.slice(1).toLowerCase());
  }
}

function say(server: IrcServer, session: IrcSession, line: ClientLine): void {
  const { core } = server;
  const login = (line.params[0] ?? "").replace(/^#/, "").toLowerCase();
  const raw = line.params[1] ?? "";
  core.log.add("irc", "in", session.id, "PRIVMSG", {
    channel: login,
    login: session.user?.login ?? null,
    text: raw,
    replyTo: line.tags.get("reply-parent-msg-id") ?? null,
  });
  const user = session.user;
  const channel = [...session.rooms].find((room) => room.user.login === login);
  if (!user || !channel || raw === "" || !canChat(server, session)) return;

  const action = actionText(raw);
  if (action === null && /^[/.]\S/.test(raw)) {
    const command = raw.split(" ")[0] ?? raw;
    session.writeTagged(noticeLine(login, "unrecognized_cmd", noticeText("unrecognized_cmd", command)));
    return;
  }
  const canTag = session.capabilities.has("twitch.tv/tags");
  const nonce = canTag ? (line.tags.get("client-nonce") ?? null) : null;
  const verdict = server.chat.submit(
    {
      channel,
      user,
      text: action ?? raw,
      replyToId: canTag ? (line.tags.get("reply-parent-msg-id") ?? null) : null,
      nonce,
      session,
      isAction: action !== null,
    },
    "irc",
  );
  if (verdict.ok) {
    if (session.capabilities.has("twitch.tv/commands"))
      session.writeTagged(userstateLine(channel, user, verdict.message.id, nonce));
  } else if (!verdict.isSilent && session.capabilities.has("twitch.tv/commands")) {
    session.writeTagged(noticeLine(login, verdict.code, verdict.text));
  }
}

/** What `/me` or its older wrapping in U+0001 says; null when the text is neither. */
function actionText(raw: string): string | null {
  if (raw.startsWith("/me ")) return raw.slice("/me ".length);
  const opening = "\u0001ACTION ";
  return raw.startsWith(opening) ? raw.slice(opening.length).replace("\u0001", "") : null;
}

/** `chat:edit` is asked of the token at each message; a token that only expired goes on (twitch.md §1.2). */
function canChat(server: IrcServer, session: IrcSession): boolean {
  const token = session.token === null ? undefined : server.core.tokens.access.get(session.token);
  return token?.scopes.includes("chat:edit") ?? false;
}

function answerPing(server: IrcServer, session: IrcSession, line: ClientLine): void {
  server.core.log.add("irc", "in", session.id, "PING");
  if (server.core.faults.take("I1.pong_withheld", { conn: session.id })) return;
  const token = line.params[0];
  session.write(token === undefined ? "PONG" : `:tmi.twitch.tv PONG tmi.twitch.tv :${token}`);
}
