import type { SayOutcome } from "../../domain/events.ts";
import { type IrcLine, parseIrcLine } from "../../domain/irc-line.ts";
import { emptyJoinLimiter, type JoinLimiter, markJoined, whenMayJoin } from "../../domain/limits.ts";
import type { Chance, Chat, ChatInbound, ChatStatus, Clock, Log, Timers } from "../../ports.ts";
import { inboundOf } from "./irc-inbound.ts";
import { IrcSession } from "./irc-session.ts";

/** No byte for this long: we ask with a PING. */
const QUIET_MS = 6_000;
/** No byte for this long, PING or not: the link is dead. tmi.js alone notices after 70 s. */
const DEAD_MS = 12_000;
const WATCH_EVERY_MS = 1_000;
/** Login and welcome must come within this. */
const OPEN_MS = 10_000;
/** Waits between attempts: doubled from the first to the last, each with jitter of half of it. */
const BACKOFF_FIRST_MS = 500;
const BACKOFF_LAST_MS = 30_000;
/** A connection that lived this long starts the backoff anew. */
const STABLE_MS = 30_000;
/** A refused login is tried again at most this often. */
const LOGIN_RETRY_MS = 30_000;
/** A JOIN without ROOMSTATE after this long has failed; it is tried again after the wait below. */
const JOIN_ANSWER_MS = 10_000;
const JOIN_RETRY_MS = 60_000;
/** USERSTATE or NOTICE must come within this, or the line stays unconfirmed. */
const CONFIRM_MS = 5_000;

/** NOTICE ids that tell of a room's modes, not of a line that was refused. */
const ROOM_NOTICES = /^(?:emote_only|followers|slow|subs|r9k)_(?:on|off)(?:_zero)?$/;
const LOGIN_NOTICE = /login authentication failed|improperly formatted auth|login unsuccessful|invalid nick|error logging in/i;

interface Sending {
  resolve(outcome: SayOutcome): void;
  cancel(): void;
}

export interface IrcOptions {
  url: string;
  login: string | null;
  /** A fresh token for each connection; null reads anonymously. */
  token: (() => Promise<string>) | null;
  onInbound(inbound: ChatInbound): void;
  time: Clock & Timers;
  chance: Chance;
  log: Log;
}

/** Twitch chat over IRC: tmi.js under a supervisor that owns limits, joins, liveness and reconnects. */
export function createIrcChat(options: IrcOptions): Chat {
  return new IrcChat(options);
}

class IrcChat implements Chat {
  readonly #options: IrcOptions;
  readonly #url: URL;
  #session: IrcSession | null = null;
  #state: ChatStatus["state"] = "connecting";
  #reason: string | null = null;
  #since: Date;
  #retryAt: Date | null = null;
  #userId: string | null = null;
  #attempts = 0;
  #openedAt: Date | null = null;
  #heardAt: Date;
  /** A PING went out and nothing was heard since. */
  #isAsking = false;
  #malformed = 0;
  #wanted: string[] = [];
  readonly #joined = new Map<string, string>();
  readonly #joining = new Map<string, Date>();
  readonly #retryJoinAt = new Map<string, Date>();
  readonly #moderated = new Set<string>();
  readonly #sending = new Map<string, Sending[]>();
  #joinLimiter: JoinLimiter = emptyJoinLimiter();
  readonly #timers = new Map<"watch" | "retry" | "join" | "open", () => void>();

  constructor(options: IrcOptions) {
    this.#options = options;
    this.#url = new URL(options.url);
    this.#since = options.time.now();
    this.#heardAt = this.#since;
  }

  start(): void {
    this.#connect();
  }

  setChannels(logins: readonly string[]): void {
    const wanted = new Set(logins);
    for (const login of this.#wanted) if (!wanted.has(login)) this.#leave(login);
    this.#wanted = [...wanted];
    this.#pumpJoins();
  }

  isModerator(channelLogin: string): boolean {
    return this.#moderated.has(channelLogin);
  }

  say(line: { channelLogin: string; text: string; replyToId: string | null }): Promise<SayOutcome> {
    if (this.#options.token === null) return Promise.resolve({ status: "rejected", reason: "anonymous" });
    if (!this.#joined.has(line.channelLogin)) return Promise.resolve({ status: "rejected", reason: "not_joined" });
    const text = line.text.replace(/[\r\n\0]+/g, " ");
    const parent =
      line.replyToId !== null && /^[\w-]{1,64}$/.test(line.replyToId) ? `@reply-parent-msg-id=${line.replyToId} ` : "";
    if (!this.#session?.send(`${parent}PRIVMSG #${line.channelLogin} :${text}`)) {
      return Promise.resolve({ status: "rejected", reason: "not_connected" });
    }
    return this.#confirmation(line.channelLogin);
  }

  status(): ChatStatus {
    return {
      state: this.#state,
      anonymous: this.#options.token === null,
      login: this.#options.login,
      userId: this.#userId,
      reason: this.#reason,
      since: this.#since,
      retryAt: this.#retryAt,
      joined: [...this.#joined.keys()],
      malformed: this.#malformed,
    };
  }

  async stop(): Promise<void> {
    this.#set("stopped", null);
    for (const cancel of this.#timers.values()) cancel();
    this.#timers.clear();
    this.#forget("stopped");
    this.#session?.cut();
    this.#session = null;
  }

  // --- connection -------------------------------------------------------------------------------

  #connect(): void {
    const { login, token } = this.#options;
    this.#timers.get("retry")?.();
    this.#retryAt = null;
    if (this.#state !== "login_failed") this.#set("connecting", this.#reason);
    this.#heardAt = this.#options.time.now();
    const session = new IrcSession(this.#url, login !== null && token !== null ? { login, token } : null, {
      onLine: (raw) => session === this.#session && this.#hear(raw),
      onOdd: (raw) => this.#countMalformed(raw),
      onOpen: () => session === this.#session && this.#opened(),
      onDown: (reason) => session === this.#session && this.#lost(reason),
    });
    this.#session = session;
    this.#timer("open", OPEN_MS, () => this.#lost("no_welcome"));
    session.open();
  }

  #opened(): void {
    this.#timers.get("open")?.();
    this.#openedAt = this.#options.time.now();
    this.#set("connected", null);
    this.#options.onInbound({ kind: "connected", login: this.#options.login, anonymous: this.#options.token === null });
    this.#watch();
    this.#pumpJoins();
  }

  /** The connection is gone or worthless: cut it, say so, try again. */
  #lost(reason: string, retryMs?: number): void {
    if (this.#state === "stopped") return;
    const { time, chance, log, onInbound } = this.#options;
    this.#session?.cut();
    this.#session = null;
    for (const name of ["watch", "join", "open"] as const) this.#timers.get(name)?.();
    const wasConnected = this.#openedAt !== null;
    if (this.#openedAt && time.now().getTime() - this.#openedAt.getTime() >= STABLE_MS) this.#attempts = 0;
    this.#openedAt = null;
    this.#forget("connection_lost");
    const base = Math.min(BACKOFF_LAST_MS, BACKOFF_FIRST_MS * 2 ** Math.min(this.#attempts, 10));
    this.#attempts++;
    const waitMs = retryMs ?? Math.round(base * (0.5 + chance.next() * 0.5));
    this.#retryAt = new Date(time.now().getTime() + waitMs);
    if (this.#state !== "login_failed") this.#set("waiting", reason);
    log.warn("irc.lost", { reason, waitMs });
    if (wasConnected) onInbound({ kind: "disconnected", reason });
    this.#timer("retry", waitMs, () => this.#connect());
  }

  #loginFailed(): void {
    const wasKnown = this.#state === "login_failed";
    this.#set("login_failed", "login_failed");
    if (!wasKnown) this.#options.onInbound({ kind: "login_failed", reason: "login_failed" });
    this.#lost("login_failed", LOGIN_RETRY_MS);
  }

  /** Looks once a second whether the other side still speaks. */
  #watch(): void {
    this.#timer("watch", WATCH_EVERY_MS, () => {
      const now = this.#options.time.now();
      const quietMs = now.getTime() - this.#heardAt.getTime();
      if (quietMs >= DEAD_MS) return this.#lost("silent");
      if (quietMs >= QUIET_MS && !this.#isAsking) {
        this.#isAsking = true;
        this.#session?.send("PING :byte");
      }
      this.#expireJoins(now);
      this.#watch();
    });
  }

  // --- what is heard ------------------------------------------------------------------------------

  #hear(raw: string): void {
    const now = this.#options.time.now();
    this.#heardAt = now;
    this.#isAsking = false;
    const line = parseIrcLine(raw);
    if (line === null) return this.#countMalformed(raw);
    if (line.command === "PRIVMSG") {
      this.#tell(line, now);
      return;
    }
    this.#hearControl(line, now);
  }

  #countMalformed(raw: string): void {
    this.#malformed++;
    if (this.#malformed === 1) this.#options.log.warn("irc.malformed", { chars: raw.length });
  }

  #tell(line: IrcLine, now: Date): void {
    const inbound = inboundOf(line, now);
    if (inbound !== null) this.#options.onInbound(inbound);
  }

  #hearControl(line: IrcLine, now: Date): void {
    const channel = line.params[0]?.startsWith("#") ? line.params[0].slice(1).toLowerCase() : null;
    switch (line.command) {
      case "RECONNECT":
        return this.#lost("reconnect_asked", 0);
      case "GLOBALUSERSTATE":
        this.#userId = line.tags.get("user-id") || this.#userId;
        return;
      case "ROOMSTATE":
        if (channel !== null) this.#roomState(channel, line.tags.get("room-id"));
        return;
      case "USERSTATE":
        if (channel !== null) this.#userState(channel, line);
        return;
      case "PART":
        if (channel !== null) this.#parted(channel, line);
        return;
      case "NOTICE":
        return this.#notice(channel, line);
      default:
        this.#tell(line, now);
    }
  }

  #notice(channel: string | null, line: IrcLine): void {
    if (channel === null) {
      if (LOGIN_NOTICE.test(line.params[1] ?? "")) this.#loginFailed();
      return;
    }
    const id = line.tags.get("msg-id") || "unknown";
    if (ROOM_NOTICES.test(id)) return;
    const sending = this.#sending.get(channel)?.shift();
    if (sending) return this.#settle(sending, { status: "rejected", reason: id });
    if (this.#joining.has(channel)) this.#joinFailed(channel, id);
  }

  // --- joining ------------------------------------------------------------------------------------

  /** Joins what is wanted and not there, in order, as fast as Twitch allows. */
  #pumpJoins(): void {
    if (this.#state !== "connected") return;
    const now = this.#options.time.now();
    for (const login of this.#wanted) {
      if (this.#joined.has(login) || this.#joining.has(login)) continue;
      if ((this.#retryJoinAt.get(login)?.getTime() ?? 0) > now.getTime()) continue;
      const { waitMs } = whenMayJoin(this.#joinLimiter, now);
      if (waitMs > 0) {
        this.#timer("join", waitMs, () => this.#pumpJoins());
        return;
      }
      this.#joinLimiter = markJoined(this.#joinLimiter, now);
      this.#joining.set(login, now);
      this.#session?.send(`JOIN #${login}`);
    }
  }

  #expireJoins(now: Date): void {
    for (const [login, since] of this.#joining) {
      if (now.getTime() - since.getTime() >= JOIN_ANSWER_MS) this.#joinFailed(login, "no_answer");
    }
    for (const [login, at] of this.#retryJoinAt) if (at <= now) this.#retryJoinAt.delete(login);
    this.#pumpJoins();
  }

  #joinFailed(login: string, reason: string): void {
    this.#joining.delete(login);
    if (!this.#wanted.includes(login)) return;
    this.#retryJoinAt.set(login, new Date(this.#options.time.now().getTime() + JOIN_RETRY_MS));
    this.#options.onInbound({ kind: "join_failed", channelLogin: login, reason });
  }

  #roomState(login: string, roomId: string | undefined): void {
    if (!roomId || !this.#wanted.includes(login)) return;
    this.#joining.delete(login);
    if (this.#joined.has(login)) return;
    this.#joined.set(login, roomId);
    this.#options.onInbound({ kind: "joined", channelLogin: login, channelId: roomId });
  }

  #parted(login: string, line: IrcLine): void {
    const own =
      line.prefix?.nick === this.#options.login || (this.#options.login === null && line.prefix?.nick?.startsWith("justinfan"));
    if (!own || !this.#joined.delete(login)) return;
    this.#dropSendings(login, "not_joined");
    if (!this.#wanted.includes(login)) return;
    // Twitch parts an account that was banned.
    this.#retryJoinAt.set(login, new Date(this.#options.time.now().getTime() + JOIN_RETRY_MS));
    this.#options.onInbound({ kind: "left", channelLogin: login, reason: "removed" });
  }

  #leave(login: string): void {
    const wasJoined = this.#joined.delete(login);
    const wasJoining = this.#joining.delete(login);
    this.#retryJoinAt.delete(login);
    this.#moderated.delete(login);
    this.#dropSendings(login, "channel_left");
    if (wasJoined || wasJoining) this.#session?.send(`PART #${login}`);
    if (wasJoined) this.#options.onInbound({ kind: "left", channelLogin: login, reason: "asked" });
  }

  // --- sending ------------------------------------------------------------------------------------

  #confirmation(login: string): Promise<SayOutcome> {
    return new Promise((resolve) => {
      const queue = this.#sending.get(login) ?? [];
      const sending: Sending = { resolve, cancel: () => {} };
      sending.cancel = this.#options.time.after(CONFIRM_MS, () => {
        const index = queue.indexOf(sending);
        if (index >= 0) queue.splice(index, 1);
        resolve({ status: "unconfirmed", reason: "no_answer" });
      });
      queue.push(sending);
      this.#sending.set(login, queue);
    });
  }

  /** USERSTATE tells our standing in the room and, with an `id`, that our oldest line there was taken. */
  #userState(login: string, line: IrcLine): void {
    const badges = line.tags.get("badges") ?? "";
    const isModerator = line.tags.get("mod") === "1" || /(?:^|,)(?:moderator|broadcaster|vip)\//.test(badges);
    if (isModerator) this.#moderated.add(login);
    else this.#moderated.delete(login);
    const messageId = line.tags.get("id");
    const sending = messageId ? this.#sending.get(login)?.shift() : undefined;
    if (sending && messageId) this.#settle(sending, { status: "confirmed", messageId });
  }

  #settle(sending: Sending, outcome: SayOutcome): void {
    sending.cancel();
    sending.resolve(outcome);
  }

  #dropSendings(login: string, reason: string): void {
    for (const sending of this.#sending.get(login) ?? []) this.#settle(sending, { status: "unconfirmed", reason });
    this.#sending.delete(login);
  }

  // --- small --------------------------------------------------------------------------------------

  /** Nothing is joined any more; what was being sent has no evidence. */
  #forget(reason: string): void {
    for (const login of [...this.#sending.keys()]) this.#dropSendings(login, reason);
    this.#joined.clear();
    this.#joining.clear();
    this.#moderated.clear();
    this.#isAsking = false;
  }

  #set(state: ChatStatus["state"], reason: string | null): void {
    if (this.#state !== state) this.#since = this.#options.time.now();
    this.#state = state;
    this.#reason = reason;
  }

  #timer(name: "watch" | "retry" | "join" | "open", ms: number, run: () => void): void {
    this.#timers.get(name)?.();
    this.#timers.set(name, this.#options.time.after(ms, run));
  }
}
