import {
  type BotIdentity,
  type ChannelSettings,
  CONTEXT_LINES_MAX,
  emptyChannel,
  type Inbound,
  type RestoredContext,
} from "../domain/channel.ts";
import { requireChannelLogin } from "../domain/channel-login.ts";
import { AppError } from "../domain/errors.ts";
import type { Actor } from "../domain/events.ts";
import { TOLD_BACK_MS, TOLD_RESTORED_MAX, type ToldOccurrence } from "../domain/known-occurrences.ts";
import type { ChannelFigures, ChannelSummary } from "../domain/snapshots.ts";
import type { TwitchInbound } from "../ports.ts";
import { addChannel, type ChannelConfig, findChannel, listChannels, removeChannel, setBroadcasterId } from "../store/channels.ts";
import { listLines } from "../store/chat.ts";
import type { Db } from "../store/db.ts";
import { getFigures } from "../store/figures.ts";
import { findState } from "../store/state.ts";
import { listMeanings } from "../store/timeline.ts";
import { ChannelActor, MAILBOX_MAX, Turns } from "./actor.ts";
import type { Bus } from "./bus.ts";
import { Effects, type EffectsOptions } from "./effects.ts";
import { codeOf } from "./recorder.ts";

/** A reply waits no longer than this for what was known before a restart. */
const RESTORE_MS = 2_000;
/** Channels whose actors are kept; above it the quietest is let go (its memory is in the database). */
const ACTORS_MAX = 1_000;
/** An overflow is told of at most this often per channel. */
const OVERFLOW_TOLD_MS = 10_000;

export interface ChannelsOptions extends EffectsOptions {
  db: Db;
  bus: Bus;
  settingsOf(channelId: string): ChannelSettings;
  /** Which channels we hold, or whose they are, is another than before. */
  onRooms(): void;
  /** The only channel to join, or null for all that are configured. */
  onlyChannel: string | null;
}

/** All channels: which are wanted, who holds them, and which actor has what came from chat. */
export class Channels {
  readonly #o: ChannelsOptions;
  readonly #actors = new Map<string, ChannelActor>();
  /** Actors that still learn what was known before; none takes longer than `RESTORE_MS`. */
  readonly #beginning = new Set<Promise<void>>();
  readonly #turns = new Turns();
  readonly #idOf = new Map<string, string>();
  readonly #failed = new Map<string, string>();
  readonly #overflow = new Map<string, { dropped: number; at: Date }>();
  readonly #effects: Effects;
  #configured: readonly Pick<ChannelConfig, "login" | "broadcasterId">[] = [];
  #bot: BotIdentity;

  constructor(options: ChannelsOptions) {
    this.#o = options;
    this.#effects = new Effects(options, {
      wake: (actor, inbound) => this.#wake(actor, inbound),
      join: (login, by) => this.join(login, by),
      part: (login, by) => this.part(login, by),
      logins: () => this.#configured.map((channel) => channel.login),
    });
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

  /** The channels that this process holds and whose ids are known, in their order. */
  rooms(): { login: string; channelId: string }[] {
    return this.#configured.flatMap(({ login, broadcasterId }) => {
      const channelId = this.#idOf.get(login) ?? broadcasterId;
      return channelId !== null && this.#o.leases().holds(login) ? [{ login, channelId }] : [];
    });
  }

  /** What the settings depend on has changed: whether we can speak, and how. */
  settingsChanged(): void {
    for (const actor of this.#actors.values()) {
      const settings = this.#o.settingsOf(actor.channelId);
      const before = actor.state?.settings;
      const isSame = before?.isReadOnly === settings.isReadOnly && before.canSendSourceOnly === settings.canSendSourceOnly;
      if (!isSame) this.#wake(actor, { kind: "settings", settings });
    }
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
    this.#o.onRooms();
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
  hear(inbound: TwitchInbound): void {
    switch (inbound.kind) {
      case "message":
        return this.#post(inbound.message.channelId, inbound.message.channelLogin, {
          kind: "message",
          message: inbound.message,
          // Twitch's own id: one less to make for each line.
          traceId: inbound.message.id,
        });
      case "occurrence":
        return this.#post(inbound.channelId, null, { kind: "occurrence", occurrence: inbound.occurrence });
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
    inbound: Exclude<TwitchInbound, { kind: "message" | "occurrence" | "message_deleted" | "chatter_cleared" }>,
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
    this.#o.outbox.learn();
    const known = this.#actors.get(channelId);
    if (known) this.#remind(known);
    else this.#actor(channelId, login);
    this.#o.onRooms();
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
    const actor = new ChannelActor(channelId, this.#o.time, (of, effect) => this.#effects.perform(of, effect));
    this.#actors.set(channelId, actor);
    const begun = Promise.withResolvers<void>();
    this.#beginning.add(begun.promise);
    const begin = (restored: RestoredContext | null) => {
      this.#beginning.delete(begun.promise);
      begun.resolve();
      actor.begin(emptyChannel({ channelId, login }, this.#bot, this.#o.settingsOf(channelId), restored));
      this.#turns.wake(actor);
    };
    const cancel = this.#o.time.after(RESTORE_MS, () => begin(null));
    const { db } = this.#o;
    Promise.all([listLines(db, channelId, { limit: CONTEXT_LINES_MAX }), findState(db, channelId), this.#told(channelId)]).then(
      ([lines, saved, told]) => {
        cancel();
        const restored = { lines, saved, told };
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

  /** What was told of the channel of late, by whichever process. */
  #told(channelId: string): Promise<ToldOccurrence[]> {
    const since = new Date(this.#o.time.now().getTime() - TOLD_BACK_MS);
    return listMeanings(this.#o.db, channelId, since, TOLD_RESTORED_MAX);
  }

  /** While we were away from the channel another process may have told of things whose reports still come. */
  #remind(actor: ChannelActor): void {
    this.#told(actor.channelId).then(
      (told) => this.#wake(actor, { kind: "restored", restored: { lines: [], saved: null, told } }),
      (error: unknown) => {
        this.#o.log.warn("channels.restore_failed", { channelId: actor.channelId, code: codeOf(error) });
      },
    );
  }

  #letGo(): void {
    let quietest: ChannelActor | null = null;
    for (const actor of this.#actors.values()) {
      if (actor.state === null || actor.mailbox.length > 0 || actor.state.asks.length > 0) continue;
      if (quietest === null || atOf(actor) < atOf(quietest)) quietest = actor;
    }
    if (quietest) this.#actors.delete(quietest.channelId);
  }

  /** Takes all that waits in the mailboxes, of actors that only begin, too, and saves what every channel would: on the way to a stop. */
  async finish(): Promise<void> {
    await Promise.all(this.#beginning);
    for (const actor of this.#actors.values()) {
      actor.work(MAILBOX_MAX);
      this.#effects.save(actor);
    }
  }
}

function atOf(actor: ChannelActor): number {
  return actor.state?.lastMessageAt?.getTime() ?? 0;
}
