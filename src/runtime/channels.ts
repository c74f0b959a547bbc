import {
  type BotIdentity,
  type ChannelSettings,
  type ChannelState,
  CONTEXT_LINES_MAX,
  type Effect,
  emptyChannel,
  type Inbound,
  type RestoredContext,
  type SavedChannel,
  savedChannel,
} from "../domain/channel.ts";
import { requireChannelLogin } from "../domain/channel-login.ts";
import { AppError } from "../domain/errors.ts";
import type { Actor, ReplyRoute, SilenceReason } from "../domain/events.ts";
import { buildPrompt, type Persona } from "../domain/prompts.ts";
import { builtinReply } from "../domain/replies.ts";
import type { ChannelFigures, ChannelSummary } from "../domain/snapshots.ts";
import type { Chance, Chat, ChatInbound, Clock, Log, Timers } from "../ports.ts";
import { addChannel, type ChannelConfig, findChannel, listChannels, removeChannel, setBroadcasterId } from "../store/channels.ts";
import { listLines } from "../store/chat.ts";
import type { Db } from "../store/db.ts";
import { getFigures } from "../store/figures.ts";
import { findState } from "../store/state.ts";
import { ChannelActor, Turns } from "./actor.ts";
import type { Bus } from "./bus.ts";
import type { Leases } from "./leases.ts";
import type { Outbox } from "./outbox.ts";
import { codeOf, type Recorder } from "./recorder.ts";
import type { Replies } from "./replies.ts";

/** Says something in the agent's language, by key of the word tables. */
export type Say = (key: AgentWord, params?: Readonly<Record<string, string | number>>) => string;

export type AgentWord =
  | "agent.help"
  | "agent.status"
  | "agent.channels"
  | "agent.channels_none"
  | "agent.join_ok"
  | "agent.join_already"
  | "agent.part_ok"
  | "agent.part_unknown"
  | "agent.not_owner"
  | "agent.failed"
  | "agent.word.ok"
  | "agent.word.bad"
  | "agent.word.missing"
  | "agent.word.channels";

/** A reply waits no longer than this for what was known before a restart. */
const RESTORE_MS = 2_000;
/** Channels whose actors are kept; above it the quietest is let go (its memory is in the database). */
const ACTORS_MAX = 1_000;
/** An overflow is told of at most this often per channel. */
const OVERFLOW_TOLD_MS = 10_000;
/** A channel is left after this long even when the farewell was not confirmed. */
const FAREWELL_MS = 6_000;
const MINUTE_MS = 60_000;
/** Channels that are named in chat; the others are counted. */
const NAMED_MAX = 20;

export interface ChannelsOptions {
  db: Db;
  chat: Chat;
  bus: Bus;
  recorder: Recorder;
  replies: Replies | null;
  outbox: Outbox;
  leases: () => Leases;
  settings: ChannelSettings;
  persona: Persona;
  language: "pt" | "en";
  startedAt: Date;
  /** The only channel to join, or null for all that are configured. */
  onlyChannel: string | null;
  say: Say;
  time: Clock & Timers;
  chance: Chance;
  log: Log;
}

/** All channels: which are wanted, which actor has what came from chat, and the performing of effects. */
export class Channels {
  readonly #o: ChannelsOptions;
  readonly #actors = new Map<string, ChannelActor>();
  readonly #turns = new Turns();
  readonly #idOf = new Map<string, string>();
  readonly #failed = new Map<string, string>();
  readonly #overflow = new Map<string, { dropped: number; at: Date }>();
  readonly #afterSaying = new Map<string, () => void>();
  #configured: readonly Pick<ChannelConfig, "login" | "broadcasterId">[] = [];
  #bot: BotIdentity;

  constructor(options: ChannelsOptions) {
    this.#o = options;
    this.#bot = { login: options.chat.status().login, userId: null, displayName: null };
  }

  // --- what people and programs ask ---------------------------------------------------------------

  list(): readonly ChannelSummary[] {
    const joined = new Set(this.#o.chat.status().joined);
    return this.#configured.map((channel) => this.#summary(channel, joined));
  }

  find(login: string): ChannelSummary | null {
    const channel = this.#configured.find((one) => one.login === login);
    return channel ? this.#summary(channel, new Set(this.#o.chat.status().joined)) : null;
  }

  /** Throws `invalid` (`channel_login_invalid`) or `conflict` (`channel_already_joined`). */
  async join(text: string, by: Actor): Promise<ChannelSummary> {
    const login = requireChannelLogin(text, "channel");
    if ((await findChannel(this.#o.db, login))?.isActive)
      throw new AppError("conflict", "channel_already_joined", { channel: login }, "channel");
    await addChannel(this.#o.db, login, by, this.#o.time.now());
    this.#o.recorder.addEvent(this.#idOf.get(login) ?? null, { type: "channel.added", login, by });
    await this.#o.leases().refresh();
    this.#o.bus.publish({ kind: "channels_changed" });
    return this.find(login) ?? this.#summary({ login, broadcasterId: null }, new Set());
  }

  /** Throws `invalid`, or `not_found` (`channel_unknown`). */
  async part(text: string, by: Actor): Promise<void> {
    const login = requireChannelLogin(text, "channel");
    if (!(await removeChannel(this.#o.db, login, this.#o.time.now())))
      throw new AppError("not_found", "channel_unknown", { channel: login }, "channel");
    this.#o.recorder.addEvent(this.#idOf.get(login) ?? null, { type: "channel.removed", login, by });
    this.#failed.delete(login);
    await this.#o.leases().refresh();
    this.#o.bus.publish({ kind: "channels_changed" });
  }

  async figures(channelId: string): Promise<ChannelFigures> {
    const figures = await getFigures(this.#o.db, channelId, this.#o.time.now());
    return { ...figures, dropped: this.#actors.get(channelId)?.mailbox.dropped ?? 0 };
  }

  /** Channels that this process holds, and those that another one does. */
  holding(): { held: number; elsewhere: number } {
    const held = this.#configured.filter((channel) => this.#o.leases().holds(channel.login)).length;
    return { held, elsewhere: this.#o.leases().others > 0 ? this.#configured.length - held : 0 };
  }

  /** Lines thrown away since the start because a mailbox was full. */
  get dropped(): number {
    let sum = 0;
    for (const actor of this.#actors.values()) sum += actor.mailbox.dropped;
    return sum;
  }

  /** Lines since the start that were delivered again while the channel still had them in mind: they are not recorded twice. */
  get repeated(): number {
    let sum = 0;
    for (const actor of this.#actors.values()) sum += actor.state?.counters.repeated ?? 0;
    return sum;
  }

  // --- which channels -----------------------------------------------------------------------------

  /** The logins that are wanted now; asked by the leases on every pass, so that another process's changes arrive too. */
  async wanted(): Promise<readonly string[]> {
    const before = this.#configured.map((channel) => channel.login).join(" ");
    const { db, onlyChannel } = this.#o;
    this.#configured = (await listChannels(db)).filter(({ login }) => onlyChannel === null || login === onlyChannel);
    for (const { login, broadcasterId } of this.#configured) if (broadcasterId !== null) this.#idOf.set(login, broadcasterId);
    const logins = this.#configured.map((channel) => channel.login);
    if (logins.join(" ") !== before) this.#o.bus.publish({ kind: "channels_changed" });
    return logins;
  }

  /** The leases changed: chat joins what we hold and leaves the rest. */
  hold(held: ReadonlySet<string>): void {
    this.#o.chat.setChannels(this.#configured.map((channel) => channel.login).filter((login) => held.has(login)));
    this.#o.bus.publish({ kind: "channels_changed" });
  }

  #summary(channel: Pick<ChannelConfig, "login" | "broadcasterId">, joined: ReadonlySet<string>): ChannelSummary {
    const { login } = channel;
    const channelId = this.#idOf.get(login) ?? channel.broadcasterId;
    const actor = channelId === null ? undefined : this.#actors.get(channelId);
    const failure = this.#failed.get(login) ?? null;
    return {
      login,
      channelId,
      state: this.#stateOf(login, joined, failure),
      reason: joined.has(login) ? null : failure,
      messages10m: actor?.messages10m() ?? 0,
      lastMessageAt: actor?.state?.lastMessageAt ?? null,
    };
  }

  #stateOf(login: string, joined: ReadonlySet<string>, failure: string | null): ChannelSummary["state"] {
    if (joined.has(login)) return "joined";
    if (!this.#o.leases().holds(login)) return this.#o.leases().others > 0 ? "elsewhere" : "waiting";
    return failure === null ? "joining" : "failed";
  }

  // --- what comes from chat -------------------------------------------------------------------------

  /** Called by the chat adapter for everything it hears. Never waits, never throws. */
  hear(inbound: ChatInbound): void {
    switch (inbound.kind) {
      case "message":
        return this.#post(inbound.message.channelId, inbound.message.channelLogin, {
          kind: "message",
          message: inbound.message,
          // Twitch's own id: one less to make for each line.
          traceId: inbound.message.id,
        });
      case "support": {
        const { channelId, chatterId: _, kind: __, ...rest } = inbound;
        return this.#post(channelId, null, { kind: "support", ...rest });
      }
      case "raid": {
        const { channelId, ...raid } = inbound;
        return this.#post(channelId, null, raid);
      }
      case "message_deleted":
        return this.#postTo(inbound, { kind: "message_deleted", messageId: inbound.messageId });
      case "chatter_cleared": {
        const { chatterId, login, seconds } = inbound;
        return this.#postTo(inbound, { kind: "chatter_cleared", chatterId, login, seconds });
      }
      default:
        return this.#hearConnection(inbound);
    }
  }

  #hearConnection(
    inbound: Exclude<ChatInbound, { kind: "message" | "support" | "raid" | "message_deleted" | "chatter_cleared" }>,
  ): void {
    const { recorder, bus } = this.#o;
    switch (inbound.kind) {
      case "joined":
        this.#joined(inbound.channelLogin, inbound.channelId);
        break;
      case "left":
        this.#left(inbound.channelLogin, inbound.reason);
        break;
      case "join_failed":
        if (this.#failed.get(inbound.channelLogin) !== inbound.reason) {
          recorder.addEvent(this.#idOf.get(inbound.channelLogin) ?? null, {
            type: "channel.join_failed",
            login: inbound.channelLogin,
            reason: inbound.reason,
          });
        }
        this.#failed.set(inbound.channelLogin, inbound.reason);
        break;
      case "connected":
        recorder.addEvent(null, { type: "chat.connected", login: inbound.login, anonymous: inbound.anonymous });
        this.#know();
        break;
      case "disconnected":
        recorder.addEvent(null, { type: "chat.disconnected", reason: inbound.reason });
        break;
      case "login_failed":
        recorder.addEvent(null, { type: "chat.login_failed", reason: inbound.reason });
        break;
    }
    bus.publish({ kind: "channels_changed" });
    bus.publish({ kind: "status_changed" });
  }

  #joined(login: string, channelId: string): void {
    this.#failed.delete(login);
    this.#idOf.set(login, channelId);
    this.#know();
    this.#actor(channelId, login);
    this.#o.recorder.addEvent(channelId, { type: "channel.joined", login });
    setBroadcasterId(this.#o.db, login, channelId, this.#o.time.now()).catch((error: unknown) => {
      this.#o.log.warn("channels.identify_failed", { login, code: codeOf(error) });
    });
  }

  #left(login: string, reason: string): void {
    const channelId = this.#idOf.get(login);
    this.#o.outbox.cancel(login, "channel_left");
    if (channelId === undefined) return;
    this.#post(channelId, null, { kind: "left" });
    this.#o.recorder.addEvent(channelId, { type: "channel.left", login });
    if (reason === "asked") return;
    this.#failed.set(login, reason);
  }

  /** Our own id is known only after the login; the actors that are there are told. */
  #know(): void {
    const { login, userId } = this.#o.chat.status();
    if (login === this.#bot.login && userId === this.#bot.userId) return;
    this.#bot = { login, userId, displayName: null };
    for (const actor of this.#actors.values()) this.#wake(actor, { kind: "bot", bot: this.#bot });
  }

  /** Removals may lack the channel's id: its login is enough. */
  #postTo(where: { channelId: string | null; channelLogin: string }, inbound: Inbound): void {
    const channelId = where.channelId ?? this.#idOf.get(where.channelLogin);
    if (channelId !== undefined) this.#post(channelId, null, inbound);
  }

  #post(channelId: string, login: string | null, inbound: Inbound): void {
    const actor = this.#actors.get(channelId) ?? this.#actor(channelId, login ?? this.#loginOf(channelId) ?? channelId);
    this.#wake(actor, inbound);
  }

  #wake(actor: ChannelActor, inbound: Inbound): void {
    if (!actor.mailbox.push(inbound)) this.#tellOverflow(actor);
    this.#turns.wake(actor);
  }

  #loginOf(channelId: string): string | null {
    for (const [login, id] of this.#idOf) if (id === channelId) return login;
    return null;
  }

  #tellOverflow(actor: ChannelActor): void {
    const now = this.#o.time.now();
    const last = this.#overflow.get(actor.channelId);
    if (last && now.getTime() - last.at.getTime() < OVERFLOW_TOLD_MS) return;
    const dropped = actor.mailbox.dropped;
    this.#overflow.set(actor.channelId, { dropped, at: now });
    this.#o.recorder.addEvent(actor.channelId, { type: "chat.overflow", dropped: dropped - (last?.dropped ?? 0) });
  }

  // --- actors ---------------------------------------------------------------------------------------

  /** The channel's actor. A new one first learns what was known before, at most `RESTORE_MS` long. */
  #actor(channelId: string, login: string): ChannelActor {
    const known = this.#actors.get(channelId);
    if (known) return known;
    if (this.#actors.size >= ACTORS_MAX) this.#letGo();
    const actor = new ChannelActor(channelId, this.#o.time, (of, effect) => this.#perform(of, effect));
    this.#actors.set(channelId, actor);
    const begin = (restored: RestoredContext | null) => {
      actor.begin(emptyChannel({ channelId, login }, this.#bot, this.#o.settings, restored));
      this.#turns.wake(actor);
    };
    const cancel = this.#o.time.after(RESTORE_MS, () => begin(null));
    const { db } = this.#o;
    Promise.all([listLines(db, channelId, { limit: CONTEXT_LINES_MAX }), findState(db, channelId)]).then(
      ([lines, saved]) => {
        cancel();
        const restored = { lines, saved };
        if (actor.state === null) begin(restored);
        else this.#wake(actor, { kind: "restored", restored });
      },
      (error: unknown) => {
        cancel();
        this.#o.log.warn("channels.restore_failed", { channelId, code: codeOf(error) });
        begin(null);
      },
    );
    return actor;
  }

  #letGo(): void {
    let quietest: ChannelActor | null = null;
    for (const actor of this.#actors.values()) {
      if (actor.state === null || actor.mailbox.length > 0 || actor.state.asks.length > 0) continue;
      if (quietest === null || atOf(actor) < atOf(quietest)) quietest = actor;
    }
    if (quietest) this.#actors.delete(quietest.channelId);
  }

  #perform(actor: ChannelActor, effect: Effect): void {
    switch (effect.kind) {
      case "record":
        return this.#o.recorder.addLine(effect.line);
      case "happened":
        return this.#o.recorder.addEvent(actor.channelId, effect.body, effect.traceId);
      case "deleted":
        return this.#delete(actor, effect.what);
      case "ask_model":
        return this.#ask(actor, effect);
      case "abort_model":
        this.#o.replies?.abort(effect.traceId, effect.reason);
        return this.#o.outbox.cancelTrace(effect.traceId, effect.reason);
      case "answer_builtin":
        return this.#answer(actor, effect.traceId, effect.route, this.#builtin(effect.command), effect.askedAt);
      case "manage":
        void this.#manage(actor, effect);
        return;
      case "say":
        return this.#say(actor, effect);
      case "save_state": {
        const state = actor.state;
        if (state) this.#save(state, effect.saved);
        return;
      }
    }
  }

  #delete(actor: ChannelActor, what: Extract<Effect, { kind: "deleted" }>["what"]): void {
    const { channelId } = actor;
    const { recorder } = this.#o;
    if (what.kind === "message") recorder.addDeletion({ channelId, messageId: what.messageId });
    else if (what.kind === "all") recorder.addDeletion({ channelId, all: true });
    else if (what.chatterId !== null) recorder.addDeletion({ channelId, chatterId: what.chatterId });
  }

  #ask(actor: ChannelActor, effect: Extract<Effect, { kind: "ask_model" }>): void {
    const { traceId } = effect;
    const { replies, recorder, persona, language, time } = this.#o;
    const state = actor.state as ChannelState;
    if (replies === null) return this.#fail(actor, traceId, "model_missing");
    if (!this.#o.leases().holds(state.login)) return this.#fail(actor, traceId, "database_lost");
    const messages = buildPrompt({
      persona,
      language,
      channelLogin: state.login,
      context: effect.context,
      question: effect.question,
      asker: effect.asker,
      facts: [],
      now: time.now(),
    });
    void replies.ask({ traceId, channelId: actor.channelId, messages, asker: effect.asker.login }).then((result) => {
      if (result.ok) {
        this.#wake(actor, { kind: "reply_ready", traceId, text: result.text, route: result.route, latencyMs: result.latencyMs });
        return;
      }
      if (result.reason.startsWith("model_")) {
        recorder.addEvent(actor.channelId, { type: "model.failed", reason: result.reason, model: replies.model }, traceId);
      }
      this.#fail(actor, traceId, result.reason);
    });
  }

  #fail(actor: ChannelActor, traceId: string, reason: SilenceReason): void {
    this.#wake(actor, { kind: "reply_failed", traceId, reason });
  }

  #answer(actor: ChannelActor, traceId: string, route: ReplyRoute, text: string, askedAt: Date): void {
    const latencyMs = Math.max(0, this.#o.time.now().getTime() - askedAt.getTime());
    this.#wake(actor, { kind: "reply_ready", traceId, text: builtinReply(text), route, latencyMs });
  }

  #builtin(command: "help" | "status" | "not_owner"): string {
    const { say, settings, startedAt, time } = this.#o;
    if (command === "not_owner") return say("agent.not_owner");
    if (command === "help") return say("agent.help", { trigger: settings.trigger });
    const { joined, state } = this.#o.chat.status();
    const word = (isWell: boolean) => say(isWell ? "agent.word.ok" : "agent.word.bad");
    const model = this.#o.replies?.status();
    return say("agent.status", {
      uptime: uptimeOf(time.now().getTime() - startedAt.getTime()),
      channels: say("agent.word.channels", { count: joined.length }),
      chat: word(state === "connected"),
      model: model ? word(!model.isOpen && model.lastFailure === null) : say("agent.word.missing"),
      database: word(this.#o.recorder.stats().awaySince === null),
    });
  }

  /** Joins, parts and lists from chat, with the same effect as the dashboard's. */
  async #manage(actor: ChannelActor, effect: Extract<Effect, { kind: "manage" }>): Promise<void> {
    const { say } = this.#o;
    const login = effect.login ?? "";
    if (effect.action === "part" && login === actor.state?.login) return this.#partHere(actor, effect.traceId, login, effect);
    const text = await this.#managed(effect.action, login, effect.by).catch((error: unknown) => {
      if (error instanceof AppError && error.reason === "channel_already_joined")
        return say("agent.join_already", { channel: login });
      if (error instanceof AppError && error.reason === "channel_unknown") return say("agent.part_unknown", { channel: login });
      this.#o.log.warn("channels.manage_failed", { traceId: effect.traceId, code: codeOf(error) });
      return say("agent.failed");
    });
    this.#answer(actor, effect.traceId, effect.action, text, effect.askedAt);
  }

  /** Leaving the very channel: the answer is said first, because nothing can be said there afterwards. */
  #partHere(actor: ChannelActor, traceId: string, login: string, effect: { by: Actor; askedAt: Date }): void {
    const leave = () => {
      this.#afterSaying.delete(traceId);
      cancel();
      this.part(login, effect.by).catch((error: unknown) => {
        this.#o.log.warn("channels.manage_failed", { traceId, code: codeOf(error) });
      });
    };
    const cancel = this.#o.time.after(FAREWELL_MS, leave);
    this.#afterSaying.set(traceId, leave);
    this.#answer(actor, traceId, "part", this.#o.say("agent.part_ok", { channel: login }), effect.askedAt);
  }

  async #managed(action: "join" | "part" | "channels", login: string, by: Actor): Promise<string> {
    const { say } = this.#o;
    if (action === "join") {
      await this.join(login, by);
      return say("agent.join_ok", { channel: login });
    }
    if (action === "part") {
      await this.part(login, by);
      return say("agent.part_ok", { channel: login });
    }
    const logins = this.#configured.map((channel) => channel.login);
    if (logins.length === 0) return say("agent.channels_none");
    const more = logins.length > NAMED_MAX ? ` +${logins.length - NAMED_MAX}` : "";
    return say("agent.channels", { count: logins.length, list: logins.slice(0, NAMED_MAX).join(", ") + more });
  }

  #say(actor: ChannelActor, effect: Extract<Effect, { kind: "say" }>): void {
    const { traceId, text, route, latencyMs, replyToId } = effect;
    const login = actor.state?.login ?? "";
    const outcome = this.#o.leases().holds(login)
      ? this.#o.outbox.say({ traceId, channelLogin: login, text, replyToId })
      : Promise.resolve({ status: "rejected", reason: "database_lost" } as const);
    void outcome.then((told) => {
      this.#wake(actor, { kind: "sent", traceId, outcome: told, text, route, latencyMs });
      this.#afterSaying.get(traceId)?.();
    });
  }

  #save({ channelId, login }: ChannelState, saved: SavedChannel): void {
    this.#o.recorder.saveState({ channelId, login, lastEvent: null, ...saved, state: {}, updatedAt: this.#o.time.now() });
  }

  /** What every channel would save now: on the way to a stop. */
  saveAll(): void {
    for (const actor of this.#actors.values()) {
      const { state } = actor;
      if (state) this.#save(state, savedChannel(state));
    }
  }
}

/** Hours and minutes, in a form that both languages read. */
function uptimeOf(ms: number): string {
  const minutes = Math.floor(ms / MINUTE_MS);
  return minutes < 60 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

function atOf(actor: ChannelActor): number {
  return actor.state?.lastMessageAt?.getTime() ?? 0;
}
