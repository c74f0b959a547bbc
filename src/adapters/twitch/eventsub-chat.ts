import type { ChatMessage } from "../../domain/chat.ts";
import type { SayOutcome } from "../../domain/events.ts";
import type { Chat, ChatIdentity, ChatStatus, Clock, Log, Timers, TwitchInbound } from "../../ports.ts";
import type { EventSubStatus, Helix, SubscriptionState } from "../../ports-twitch.ts";
import type { HelixSpeaker } from "./helix-speaker.ts";

/** Logins that Twitch is asked about in one request. */
const LOGINS_PER_REQUEST = 100;
/** A login that Twitch did not know, or a room that it would not let us read, is asked about again after this. */
const RETRY_MS = 60_000;
const CHAT_MESSAGE = "channel.chat.message";

/** A room to be read: what the plan of subscriptions is made of. */
export interface Room {
  login: string;
  channelId: string;
}

interface EventSubChatOptions {
  identity(): ChatIdentity | null;
  helix: Pick<Helix, "users">;
  speaker: HelixSpeaker;
  /** How the bot's connections are; null while it has none. */
  connection(): EventSubStatus | null;
  /** The rooms that are wanted and known have changed. */
  onRooms(rooms: readonly Room[]): void;
  /** Subscriptions that Twitch refused may be asked for again now. */
  onRetry(): void;
  onInbound(inbound: TwitchInbound): void;
  time: Clock & Timers;
  log: Log;
}

/**
 * Twitch chat over EventSub: lines come as `channel.chat.*` notifications on the bot's connections, our own go over the
 * HTTP API. Connections, subscriptions and their repair are EventSub's; this tells what they mean for each room.
 */
export class EventSubChat implements Chat {
  readonly #o: EventSubChatOptions;
  #wanted: readonly string[] = [];
  readonly #ids = new Map<string, string>();
  /** Logins by channel id, of the rooms whose lines come. */
  readonly #joined = new Map<string, string>();
  readonly #moderated = new Set<string>();
  #state: "connecting" | "connected" | "waiting" | "stopped" = "connecting";
  #reason: string | null = null;
  #since: Date;
  #malformed = 0;
  #isResolving = false;
  #retry: (() => void) | null = null;

  constructor(options: EventSubChatOptions) {
    this.#o = options;
    this.#since = options.time.now();
  }

  start(): void {
    if (this.#o.identity() === null) this.#set("waiting", "account_missing");
    void this.#resolve();
  }

  setChannels(logins: readonly string[]): void {
    const wanted = new Set(logins);
    for (const [channelId, login] of [...this.#joined]) if (!wanted.has(login)) this.#leave(channelId, login, "asked");
    this.#wanted = [...wanted];
    this.#tellRooms();
    void this.#resolve();
  }

  renew(): void {
    if (this.#state === "stopped") return;
    for (const channelId of [...this.#joined.keys()]) this.#joined.delete(channelId);
    this.#moderated.clear();
    this.#set(this.#o.identity() === null ? "waiting" : "connecting", this.#o.identity() === null ? "account_missing" : null);
    this.#tellRooms();
    void this.#resolve();
  }

  isModerator(channelLogin: string): boolean {
    return this.#moderated.has(channelLogin);
  }

  async say(line: { channelLogin: string; text: string; replyToId: string | null }): Promise<SayOutcome> {
    const channelId = this.#ids.get(line.channelLogin);
    if (channelId === undefined || !this.#joined.has(channelId)) return { status: "rejected", reason: "not_joined" };
    return await this.#o.speaker.say({ channelId, text: line.text, replyToId: line.replyToId });
  }

  status(): ChatStatus {
    const identity = this.#o.identity();
    const connection = this.#o.connection();
    return {
      state: this.#state,
      anonymous: identity === null,
      login: identity?.login ?? null,
      userId: identity?.userId ?? null,
      reason: this.#reason,
      since: this.#since,
      retryAt: this.#state === "waiting" ? (connection?.retryAt ?? null) : null,
      joined: [...this.#joined.values()],
      malformed: this.#malformed,
    };
  }

  async stop(): Promise<void> {
    this.#set("stopped", null);
    this.#retry?.();
    this.#retry = null;
    this.#joined.clear();
  }

  /** A message of one of the rooms. What we said ourselves is evidence of it and goes no further. */
  hear(message: ChatMessage): void {
    const login = this.#joined.get(message.channelId) ?? this.#wanted.find((one) => this.#ids.get(one) === message.channelId);
    if (login === undefined) return;
    // A line may come before Twitch's answer that the subscription is there.
    this.#enter(message.channelId, login);
    if (message.chatterId === this.#o.identity()?.userId) this.#standing(login, message);
    if (this.#o.speaker.recognise(message)) return;
    this.#o.onInbound({ kind: "message", message });
  }

  countMalformed(): void {
    this.#malformed++;
  }

  /** The bot's connections: lines come only while there is one. */
  onConnection(change: { kind: "connected" } | { kind: "lost"; reason: string }): void {
    if (this.#state === "stopped") return;
    if (change.kind === "connected") {
      if (this.#state === "connected") return;
      this.#set("connected", null);
      this.#o.onInbound({ kind: "connected", login: this.#o.identity()?.login ?? null, anonymous: false });
      return;
    }
    this.#joined.clear();
    if (this.#state !== "connected") return;
    this.#set("waiting", change.reason);
    this.#o.onInbound({ kind: "disconnected", reason: change.reason });
  }

  /** How the subscription to a room's lines is, is how the room is. */
  onSubscription(state: SubscriptionState): void {
    if (this.#state === "stopped" || state.type !== CHAT_MESSAGE || state.account !== this.#o.identity()?.userId) return;
    const channelId = state.condition.broadcaster_user_id ?? "";
    const login = this.#wanted.find((one) => this.#ids.get(one) === channelId);
    if (login === undefined) return;
    if (state.state === "enabled") return this.#enter(channelId, login);
    if (state.state === "pending") return;
    this.#tryLater();
    if (this.#joined.has(channelId)) this.#leave(channelId, login, "removed");
    else this.#o.onInbound({ kind: "join_failed", channelLogin: login, reason: state.reason ?? "refused" });
  }

  #enter(channelId: string, login: string): void {
    if (this.#joined.has(channelId)) return;
    this.#joined.set(channelId, login);
    this.#o.onInbound({ kind: "joined", channelLogin: login, channelId });
  }

  #leave(channelId: string, login: string, reason: string): void {
    this.#joined.delete(channelId);
    this.#moderated.delete(login);
    this.#o.onInbound({ kind: "left", channelLogin: login, reason });
  }

  /** Our badges on our own line tell whether we moderate there: Twitch's wider limit. */
  #standing(login: string, message: ChatMessage): void {
    if (message.isMod || message.isBroadcaster || message.isVip) this.#moderated.add(login);
    else this.#moderated.delete(login);
  }

  // --- whose channel is it --------------------------------------------------------------------------

  /** Asks Twitch for the ids of the wanted logins that have none yet. */
  async #resolve(): Promise<void> {
    const identity = this.#o.identity();
    if (this.#isResolving || identity?.userId == null || this.#state === "stopped") return;
    this.#isResolving = true;
    this.#retry?.();
    this.#retry = null;
    const asked = new Set<string>();
    const next = () => this.#wanted.filter((login) => !this.#ids.has(login) && !asked.has(login)).slice(0, LOGINS_PER_REQUEST);
    try {
      let isMissing = false;
      for (let logins = next(); logins.length > 0; logins = next()) {
        for (const login of logins) asked.add(login);
        isMissing = !(await this.#ask(identity.userId, logins)) || isMissing;
      }
      if (isMissing) this.#tryLater();
    } finally {
      this.#isResolving = false;
    }
  }

  /** False when not all of them were found. */
  async #ask(as: string, logins: readonly string[]): Promise<boolean> {
    const answer = await this.#o.helix.users(as, { logins });
    if (this.#state === "stopped") return true;
    if (!answer.ok) {
      this.#o.log.warn("chat.resolve_failed", { kind: answer.failure.kind, count: logins.length });
      return false;
    }
    for (const user of answer.value) this.#ids.set(user.login, user.userId);
    this.#tellRooms();
    const missing = logins.filter((login) => !this.#ids.has(login) && this.#wanted.includes(login));
    for (const login of missing) this.#o.onInbound({ kind: "join_failed", channelLogin: login, reason: "unknown_channel" });
    return missing.length === 0;
  }

  #tryLater(): void {
    this.#retry ??= this.#o.time.after(RETRY_MS, () => {
      this.#retry = null;
      this.#o.onRetry();
      void this.#resolve();
    });
  }

  #tellRooms(): void {
    const rooms = this.#wanted.flatMap((login) => {
      const channelId = this.#ids.get(login);
      return channelId === undefined ? [] : [{ login, channelId }];
    });
    this.#o.onRooms(rooms);
  }

  #set(state: "connecting" | "connected" | "waiting" | "stopped", reason: string | null): void {
    if (this.#state !== state) this.#since = this.#o.time.now();
    this.#state = state;
    this.#reason = reason;
  }
}
