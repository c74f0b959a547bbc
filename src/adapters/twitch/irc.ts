import type { SayOutcome } from "../../domain/events.ts";
import { type IrcLine, parseIrcLine } from "../../domain/irc-line.ts";
import type { Chance, Chat, ChatIdentity, ChatStatus, Clock, Log, TakeJoins, Timers, TwitchInbound } from "../../ports.ts";
import { Confirmations } from "./confirmations.ts";
import { inboundOf } from "./irc-inbound.ts";
import { Joins } from "./irc-joins.ts";
import { IrcSession } from "./irc-session.ts";
import { shapeOf } from "./redact.ts";

/** No byte for this long: we ask with a PING. */
const QUIET_MS = 6_000;
/** No byte for this long, PING or not: the link is dead. tmi.js alone notices after 70 s. */
const DEAD_MS = 12_000;
const WATCH_EVERY_MS = 1_000;
/** Token, login and welcome must come within this. */
const OPEN_MS = 10_000;
/** Waits between attempts: doubled from the first to the last, each with jitter of half of it. */
const BACKOFF_FIRST_MS = 500;
const BACKOFF_LAST_MS = 30_000;
/** A connection that lived this long starts the backoff anew. */
const STABLE_MS = 30_000;
/** A refused login is tried again at most this often, and a token is renewed for it at most this often. */
const LOGIN_RETRY_MS = 30_000;

/** NOTICE ids that tell of a room's modes, not of a line that was refused. */
const ROOM_NOTICES = /^(?:emote_only|followers|slow|subs|r9k)_(?:on|off)(?:_zero)?$/;
const LOGIN_NOTICE = /login authentication failed|improperly formatted auth|login unsuccessful|invalid nick|error logging in/i;

export interface IrcOptions {
  url: string;
  /** Asked anew for each connection; null reads anonymously. */
  identity(): ChatIdentity | null;
  takeJoins: TakeJoins;
  onInbound(inbound: TwitchInbound): void;
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
  /** Who the current connection logs in as, and with what; null while anonymous. */
  #self: { identity: ChatIdentity; token: string } | null = null;
  #userId: string | null = null;
  #attempts = 0;
  #openedAt: Date | null = null;
  #renewedAt: Date | null = null;
  #heardAt: Date;
  /** A PING went out and nothing was heard since. */
  #isAsking = false;
  #malformed = 0;
  readonly #malformedKinds = new Set<string>();
  readonly #joins: Joins;
  readonly #confirmations: Confirmations;
  readonly #moderated = new Set<string>();
  readonly #timers = new Map<"watch" | "retry" | "join" | "open", () => void>();

  constructor(options: IrcOptions) {
    this.#options = options;
    this.#url = new URL(options.url);
    this.#since = options.time.now();
    this.#heardAt = this.#since;
    this.#joins = new Joins({
      clock: options.time,
      takeJoins: options.takeJoins,
      send: (line) => this.#session?.send(line) ?? false,
      tell: (inbound) => options.onInbound(inbound),
    });
    this.#confirmations = new Confirmations(options.time);
  }

  start(): void {
    this.#connect();
  }

  setChannels(logins: readonly string[]): void {
    for (const login of this.#joins.want(logins)) {
      this.#moderated.delete(login);
      this.#confirmations.drop(login, "channel_left");
    }
    this.#pumpJoins();
  }

  renew(): void {
    if (this.#state === "stopped") return;
    this.#attempts = 0;
    if (this.#state === "login_failed") this.#set("connecting", null);
    this.#lost("identity_changed", 0);
  }

  isModerator(channelLogin: string): boolean {
    return this.#moderated.has(channelLogin);
  }

  say(line: { channelLogin: string; text: string; replyToId: string | null }): Promise<SayOutcome> {
    if (this.#self === null) return Promise.resolve({ status: "rejected", reason: "anonymous" });
    if (!this.#joins.has(line.channelLogin)) return Promise.resolve({ status: "rejected", reason: "not_joined" });
    const text = line.text.replace(/[\r\n\0]+/g, " ");
    const parent =
      line.replyToId !== null && /^[\w-]{1,64}$/.test(line.replyToId) ? `@reply-parent-msg-id=${line.replyToId} ` : "";
    if (!this.#session?.send(`${parent}PRIVMSG #${line.channelLogin} :${text}`)) {
      return Promise.resolve({ status: "rejected", reason: "not_connected" });
    }
    return this.#confirmations.wait(line.channelLogin);
  }

  status(): ChatStatus {
    return {
      state: this.#state,
      anonymous: this.#self === null,
      login: this.#self?.identity.login ?? null,
      userId: this.#userId,
      reason: this.#reason,
      since: this.#since,
      retryAt: this.#retryAt,
      joined: this.#joins.joined,
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
    this.#timers.get("retry")?.();
    this.#retryAt = null;
    if (this.#state !== "login_failed") this.#set("connecting", this.#reason);
    this.#heardAt = this.#options.time.now();
    const identity = this.#options.identity();
    let isLate = false;
    this.#timer("open", OPEN_MS, () => {
      isLate = true;
      this.#lost("no_welcome");
    });
    if (identity === null) return this.#open(null);
    const { log } = this.#options;
    const give = (token: string | null) => {
      if (isLate || this.#session !== null || this.#state === "stopped") return;
      this.#open(token === null ? null : { identity, token });
    };
    identity.token().then(give, (error: unknown) => {
      log.warn("irc.token_failed", { name: error instanceof Error ? error.name : "unknown" });
      give(null);
    });
  }

  #open(self: { identity: ChatIdentity; token: string } | null): void {
    this.#self = self;
    this.#userId = self?.identity.userId ?? null;
    const login = self && { login: self.identity.login, token: async () => self.token };
    const session = new IrcSession(this.#url, login, {
      onLine: (raw) => session === this.#session && this.#hear(raw),
      onOdd: (raw) => this.#countMalformed("odd", raw),
      onOpen: () => session === this.#session && this.#opened(),
      onDown: (reason) => session === this.#session && this.#lost(reason),
    });
    this.#session = session;
    session.open();
  }

  #opened(): void {
    this.#timers.get("open")?.();
    this.#openedAt = this.#options.time.now();
    this.#set("connected", null);
    const login = this.#self?.identity.login ?? null;
    this.#options.onInbound({ kind: "connected", login, anonymous: login === null });
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
    // What was asked for is no failure.
    if (retryMs === undefined) this.#attempts++;
    const waitMs = retryMs ?? Math.round(base * (0.5 + chance.next() * 0.5));
    this.#retryAt = new Date(time.now().getTime() + waitMs);
    if (this.#state !== "login_failed") this.#set("waiting", reason);
    log.warn("irc.lost", { reason, waitMs });
    if (wasConnected) onInbound({ kind: "disconnected", reason });
    this.#timer("retry", waitMs, () => this.#connect());
  }

  /** Twitch refused the login. Perhaps the token only ran out: one that was renewed is tried at once, but not in a loop. */
  #loginRefused(): void {
    const { time } = this.#options;
    const now = time.now();
    const self = this.#self;
    const wasRenewed = this.#renewedAt !== null && now.getTime() - this.#renewedAt.getTime() < LOGIN_RETRY_MS;
    if (self === null || wasRenewed) return this.#loginFailed();
    this.#renewedAt = now;
    this.#lost("token_refused", LOGIN_RETRY_MS);
    const failed = () => {
      if (this.#session === null && this.#state !== "stopped") this.#loginFailed();
    };
    self.identity.renew(self.token).then((token) => {
      if (token === null || token === self.token) return failed();
      if (this.#session === null && this.#state === "waiting") this.#connect();
    }, failed);
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
      this.#joins.expire();
      this.#pumpJoins();
      this.#watch();
    });
  }

  // --- what is heard ------------------------------------------------------------------------------

  #hear(raw: string): void {
    const now = this.#options.time.now();
    this.#heardAt = now;
    this.#isAsking = false;
    const line = parseIrcLine(raw);
    if (line === null) return this.#countMalformed("line", raw);
    if (line.command === "PRIVMSG") {
      this.#tell(line, now);
      return;
    }
    this.#hearControl(line, now);
  }

  /** Each kind is logged once, without its content. */
  #countMalformed(kind: "line" | "odd", raw: string): void {
    this.#malformed++;
    if (this.#malformedKinds.has(kind)) return;
    this.#malformedKinds.add(kind);
    this.#options.log.warn("irc.malformed", { kind, chars: raw.length, shape: shapeOf(raw) });
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
      if (LOGIN_NOTICE.test(line.params[1] ?? "")) this.#loginRefused();
      return;
    }
    const id = line.tags.get("msg-id") || "unknown";
    if (ROOM_NOTICES.test(id)) return;
    if (this.#confirmations.settle(channel, { status: "rejected", reason: id })) return;
    if (this.#joins.isJoining(channel)) this.#joins.fail(channel, id);
  }

  // --- rooms --------------------------------------------------------------------------------------

  #pumpJoins(): void {
    if (this.#state !== "connected") return;
    void this.#joins.pump().then((waitMs) => {
      if (waitMs !== null && this.#state === "connected") this.#timer("join", waitMs, () => this.#pumpJoins());
    });
  }

  #roomState(login: string, roomId: string | undefined): void {
    if (roomId) this.#joins.enter(login, roomId);
  }

  #parted(login: string, line: IrcLine): void {
    const nick = line.prefix?.nick ?? "";
    const isOwn = this.#self ? nick === this.#self.identity.login : nick.startsWith("justinfan");
    if (isOwn && this.#joins.thrownOut(login)) this.#confirmations.drop(login, "not_joined");
  }

  /** USERSTATE tells our standing in the room and, with an `id`, that our oldest line there was taken. */
  #userState(login: string, line: IrcLine): void {
    const badges = line.tags.get("badges") ?? "";
    const isModerator = line.tags.get("mod") === "1" || /(?:^|,)(?:moderator|broadcaster|vip)\//.test(badges);
    if (isModerator) this.#moderated.add(login);
    else this.#moderated.delete(login);
    const messageId = line.tags.get("id");
    if (messageId) this.#confirmations.settle(login, { status: "confirmed", messageId });
  }

  // --- small --------------------------------------------------------------------------------------

  /** Nothing is joined any more; what was being sent has no evidence. */
  #forget(reason: string): void {
    this.#confirmations.dropAll(reason);
    this.#joins.forget();
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
