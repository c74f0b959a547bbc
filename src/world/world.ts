import type { Stage } from "./actions/context.ts";
import * as moderation from "./actions/moderation.ts";
import * as stream from "./actions/stream.ts";
import * as support from "./actions/support.ts";
import * as talk from "./actions/talk.ts";
import { WorldChance } from "./chance.ts";
import { Chat } from "./chat.ts";
import { findViolations, type Violation } from "./checks.ts";
import { Clips } from "./clips.ts";
import { ManualClock, OwnedClock, realClock, type WorldClock } from "./clock.ts";
import type { WorldCore } from "./core.ts";
import { chatMessage } from "./eventsub/payloads.ts";
import { EventSubServer, type ReconnectOptions } from "./eventsub/server.ts";
import type { SubscriptionStatus } from "./eventsub/types.ts";
import { Webhooks } from "./eventsub/webhooks.ts";
import { Faults } from "./faults.ts";
import { Helix } from "./helix/server.ts";
import { Host, type HostTls } from "./host.ts";
import { type FeedOptions, feed } from "./irc/feed.ts";
import { noticeText } from "./irc/notices.ts";
import { noticeLine } from "./irc/render.ts";
import { IrcServer } from "./irc/server.ts";
import type { IrcSession } from "./irc/session.ts";
import { defaultLimits, strictLimits, type WorldLimits } from "./limits.ts";
import { WorldLog } from "./log.ts";
import { ModelScript } from "./model/server.ts";
import { OAuth } from "./oauth.ts";
import { Relay } from "./relay.ts";
import { answerRequest, findPeer } from "./routes.ts";
import { restoreSnapshot, takeSnapshot, type WorldSnapshot } from "./snapshot.ts";
import { type ChannelOptions, type ChatSettings, type WorldChannel, WorldState, type WorldUser } from "./state.ts";
import { DEFAULT_CLIENT, EVERY_SCOPE, type Grant, Tokens, type WorldToken } from "./tokens.ts";
import { WebhookReceiver } from "./webhook-receiver.ts";

export interface WorldOptions {
  /** 0 (the default) takes a free one. Always on 127.0.0.1. */
  port?: number;
  /** The same seed and the same course of events give the same ids and the same log. */
  seed?: number;
  /** The machine's clock when not given. */
  clock?: WorldClock;
  /** Twitch's values but for what is given. */
  limits?: Partial<WorldLimits>;
  /** Reads what Twitch does not document the way that is hardest on a client (`strictLimits`). */
  isStrict?: boolean;
  /** The deployment's name for itself; "production" is refused unless `purpose` is demo or replay. */
  environment?: string;
  purpose?: "test" | "demo" | "replay" | "world";
  /** Whether any login is a person and a channel once somebody asks for it. Default: all purposes but "test". */
  openChannels?: boolean;
  /** Speaks TLS with this certificate; plain when not given. */
  tls?: HostTls;
  /** Whether `/__control` answers. Default: only for purpose "world". */
  control?: boolean;
}

export interface WorldUrls {
  /** `/` works too, as tmi.js asks for it. */
  irc: string;
  eventsub: string;
  helix: string;
  /** OAuth: `/token`, `/validate` … below it. */
  id: string;
  /** Base URL for OpenAI clients. */
  model: string;
  webhook: string;
}

/** Starts a pretend Twitch and model server on loopback. */
export async function startWorld(options: WorldOptions = {}): Promise<World> {
  const purpose = options.purpose ?? "test";
  if (options.environment === "production" && purpose !== "demo" && purpose !== "replay") {
    throw new Error("the pretend world does not start in production");
  }
  return new World(options, purpose);
}

/** A running world: what it is, what can be done to it, and what was done to it. */
export class World implements WorldCore, AsyncDisposable {
  readonly state: WorldState;
  readonly limits: WorldLimits;
  readonly log: WorldLog;
  readonly faults: Faults;
  readonly tokens: Tokens;
  readonly model: ModelScript;
  readonly irc: IrcServer;
  readonly eventsub: EventSubServer;
  readonly helix: Helix;
  readonly oauth: OAuth;
  readonly webhook: WebhookReceiver;
  readonly clips: Clips;
  readonly chat: Chat;
  readonly clock: WorldClock;
  readonly chance: WorldChance;
  readonly purpose: NonNullable<WorldOptions["purpose"]>;
  readonly host: Host;
  readonly hasControl: boolean;
  /** What the actions work on. */
  readonly stage: Stage;
  #clock: OwnedClock;
  #manual: ManualClock | null;
  #relays: Relay[] = [];

  constructor(options: WorldOptions, purpose: NonNullable<WorldOptions["purpose"]>) {
    const seed = options.seed ?? 1;
    this.purpose = purpose;
    this.#clock = new OwnedClock(options.clock ?? realClock());
    this.#manual = options.clock instanceof ManualClock ? options.clock : null;
    this.clock = this.#clock;
    this.chance = new WorldChance(seed);
    this.limits = { ...defaultLimits(), ...(options.isStrict ? strictLimits() : {}), ...options.limits };
    this.log = new WorldLog(this.clock, this.limits.logMax);
    this.state = new WorldState({ seed, isOpen: options.openChannels ?? purpose !== "test" });
    this.faults = new Faults(this.chance.fork("faults"), this.log);
    this.tokens = new Tokens({ chance: this.chance.fork("tokens"), clock: this.clock, limits: this.limits });
    this.chat = new Chat(this);
    this.irc = new IrcServer(this, this.chat);
    this.model = new ModelScript(this, this.chance.fork("model"));
    const webhooks = new Webhooks(this);
    this.eventsub = new EventSubServer(this, webhooks, () => this.urls.eventsub);
    webhooks.onFailuresExceeded((subscription) => this.eventsub.revoke(subscription, "notification_failures_exceeded"));
    this.helix = new Helix(this);
    this.oauth = new OAuth(this);
    this.webhook = new WebhookReceiver(this);
    this.clips = new Clips(this);
    this.hasControl = options.control ?? purpose === "world";
    this.stage = {
      core: this,
      irc: this.irc,
      chat: this.chat,
      eventsub: this.eventsub,
      loseReader: (channel, user) => this.#loseReader(channel, user),
    };
    this.chat.onMessage(({ channel, message, home }) => {
      this.eventsub.publish(
        "channel.chat.message",
        { broadcaster_user_id: channel.user.id },
        chatMessage(channel, message, home, this.state),
      );
    });
    this.host = new Host(
      { request: (request) => answerRequest(this, request), socket: (url, request) => findPeer(this, url, request) },
      options.port ?? 0,
      options.tls ?? null,
    );
  }

  get port(): number {
    return this.host.port;
  }

  get urls(): WorldUrls {
    const at = `${this.host.isSecure ? "s" : ""}://127.0.0.1:${this.port}`;
    return {
      irc: `ws${at}/irc`,
      eventsub: `ws${at}/ws`,
      helix: `http${at}/helix`,
      id: `http${at}/oauth2`,
      model: `http${at}/v1`,
      webhook: `http${at}/webhook`,
    };
  }

  addUser(user: { login: string } & Partial<WorldUser>): WorldUser {
    return this.state.addUser(user);
  }

  addChannel(login: string, options: ChannelOptions = {}): WorldChannel {
    return this.state.addChannel(login, options);
  }

  /** A user token for `login` (made if there is nobody of that name), as after a consent. Every scope when none are given. */
  issueToken(login: string, options: { scopes?: readonly string[]; clientId?: string } = {}): Grant {
    return this.tokens.grant(
      this.state.user(login).id,
      options.clientId ?? DEFAULT_CLIENT.clientId,
      options.scopes ?? EVERY_SCOPE,
    );
  }

  /** Somebody writes. No limit applies to the world's own people, but a ban does (then it throws). Gives the message id. */
  say(channelLogin: string, userLogin: string, text: string, options: talk.SayOptions = {}): string {
    return talk.say(this.stage, channelLogin, userLogin, text, options);
  }

  /** Sends rendered lines to everybody in the room, many per frame, none lost; gives how many were delivered. */
  feed(channelLogin: string, lines: Iterable<string> | AsyncIterable<string>, options: FeedOptions = {}): Promise<number> {
    return feed(this.irc, this.state.channel(channelLogin), lines, options);
  }

  delete(channelLogin: string, messageId: string): boolean {
    return talk.deleteMessage(this.stage, channelLogin, messageId);
  }

  clear(channelLogin: string): void {
    talk.clearChat(this.stage, channelLogin);
  }

  setChatSettings(channelLogin: string, settings: Partial<ChatSettings>): void {
    talk.setChatSettings(this.stage, channelLogin, settings);
  }

  follow(channelLogin: string, userLogin: string): void {
    support.follow(this.stage, channelLogin, userLogin);
  }

  sub(channelLogin: string, userLogin: string, options: support.SubOptions = {}): string {
    return support.sub(this.stage, channelLogin, userLogin, options);
  }

  gift(channelLogin: string, giverLogin: string, count: number, options: support.GiftOptions = {}): string {
    return support.gift(this.stage, channelLogin, giverLogin, count, options);
  }

  cheer(channelLogin: string, userLogin: string, bits: number, text = ""): string {
    return support.cheer(this.stage, channelLogin, userLogin, bits, text);
  }

  raid(fromLogin: string, toLogin: string, viewers: number): string {
    return support.raid(this.stage, fromLogin, toLogin, viewers);
  }

  announce(channelLogin: string, userLogin: string, text: string, color = "PRIMARY"): string {
    return support.announce(this.stage, channelLogin, userLogin, text, color);
  }

  watchStreak(channelLogin: string, userLogin: string, streams: number, text = ""): string {
    return support.watchStreak(this.stage, channelLogin, userLogin, streams, text);
  }

  goLive(channelLogin: string, options: ChannelOptions & { viewers?: number } = {}): string {
    return stream.goLive(this.stage, channelLogin, options);
  }

  goOffline(channelLogin: string): void {
    stream.goOffline(this.stage, channelLogin);
  }

  setViewers(channelLogin: string, viewers: number): void {
    stream.setViewers(this.stage, channelLogin, viewers);
  }

  updateChannel(channelLogin: string, options: Pick<ChannelOptions, "title" | "game" | "language">): void {
    stream.updateChannel(this.stage, channelLogin, options);
  }

  ban(channelLogin: string, userLogin: string, reason = ""): void {
    moderation.ban(this.stage, channelLogin, userLogin, reason);
  }

  timeout(channelLogin: string, userLogin: string, seconds: number, reason = ""): void {
    moderation.timeout(this.stage, channelLogin, userLogin, seconds, reason);
  }

  unban(channelLogin: string, userLogin: string): void {
    moderation.unban(this.stage, channelLogin, userLogin);
  }

  setModerator(channelLogin: string, userLogin: string, isModerator = true): void {
    moderation.setModerator(this.stage, channelLogin, userLogin, isModerator);
  }

  endSub(channelLogin: string, userLogin: string): void {
    support.endSub(this.stage, channelLogin, userLogin);
  }

  redeem(channelLogin: string, userLogin: string, rewardTitle: string, input = ""): string {
    return support.redeem(this.stage, channelLogin, userLogin, rewardTitle, input);
  }

  hypeTrain(channelLogin: string, steps?: readonly stream.HypeTrainStep[]): string {
    return stream.hypeTrain(this.stage, channelLogin, steps);
  }

  adBreak(channelLogin: string, seconds: number, isAutomatic = true): void {
    stream.adBreak(this.stage, channelLogin, seconds, isAutomatic);
  }

  /** The chats of these channels are one from now on; the first is the host. */
  shareChat(channelLogins: readonly string[]): string {
    return stream.shareChat(this.stage, channelLogins);
  }

  endSharedChat(channelLogin: string): void {
    stream.endSharedChat(this.stage, channelLogin);
  }

  /** The person takes back what they allowed the client (or changes the password): tokens die, subscriptions are revoked, the next login fails. */
  revokeConsent(login: string, clientId?: string): void {
    const { id } = this.state.user(login);
    const families = new Set<string>();
    for (const refresh of this.tokens.refresh.values()) {
      if (refresh.userId === id && (clientId === undefined || refresh.clientId === clientId)) families.add(refresh.family);
    }
    for (const family of families) for (const token of this.tokens.revokeFamily(family)) this.tokenDied(token);
    this.eventsub.revokeWhere(
      (each) =>
        Object.values(each.condition).includes(id) && each.cost === 0 && (clientId === undefined || each.clientId === clientId),
      "authorization_revoked",
    );
  }

  /** A token was revoked: what was made with it ends. IRC sessions stay, unless `ircRevokedCloses`. */
  tokenDied(token: WorldToken): void {
    this.log.add("id", "note", null, "token died", { token: token.label });
    this.eventsub.revokeWhere((each) => each.family === token.family, "authorization_revoked");
    if (!this.limits.ircRevokedCloses) return;
    for (const session of this.irc.sessions) {
      if (session.token === token.value) this.irc.refuse(session);
    }
  }

  /** Somebody enters a device code and agrees. */
  approveDevice(userCode: string, login: string): boolean {
    return this.oauth.devices.decide(userCode, login, true);
  }

  denyDevice(userCode: string, login: string): boolean {
    return this.oauth.devices.decide(userCode, login, false);
  }

  /** Tells IRC sessions to reconnect, and closes them `closeAfterMs` later; null never closes (a fault of Twitch's). */
  reconnectIrc(login?: string, closeAfterMs: number | null = 0): void {
    for (const session of this.ircSessions(login)) {
      session.write(":tmi.twitch.tv RECONNECT");
      this.log.add("irc", "out", session.id, "RECONNECT");
      if (closeAfterMs === 0) session.close();
      else if (closeAfterMs !== null) this.clock.after(closeAfterMs, () => session.close());
    }
  }

  /** Cuts IRC sessions without a word. */
  dropIrc(login?: string): void {
    for (const session of this.ircSessions(login)) session.terminate();
  }

  /** IRC sessions neither hear nor are heard any more, and stay open. */
  freezeIrc(login?: string): void {
    for (const session of this.ircSessions(login)) session.isFrozen = true;
  }

  /** Every live EventSub session is asked to move. */
  reconnectEventSub(options: ReconnectOptions = {}): void {
    for (const socket of this.eventsub.live()) this.eventsub.reconnect(socket.session, options);
  }

  /** Closes every EventSub socket with this code; null cuts it without one. */
  closeEventSub(code: number | null): void {
    for (const socket of [...this.eventsub.sockets]) {
      if (code === null) socket.terminate();
      else this.eventsub.close(socket, code, true);
    }
  }

  freezeEventSub(): void {
    for (const socket of this.eventsub.sockets) socket.isFrozen = true;
  }

  /** Ends subscriptions of this type (all when null) with a revocation. Gives how many. */
  revokeSubscriptions(type: string | null, status: SubscriptionStatus = "authorization_revoked"): number {
    return this.eventsub.revokeWhere((each) => type === null || each.type === type, status);
  }

  /** Nobody hears this account, but where it is moderator: what Twitch does after the limit was broken. */
  muteAccount(login: string, ms = this.limits.ircMuteMs): void {
    this.chat.mute(this.state.user(login).id, ms);
  }

  /** A NOTICE of any kind, to everybody in the room. */
  notice(channelLogin: string, msgId: Parameters<typeof noticeText>[0], value: string | number = ""): void {
    const channel = this.state.channel(channelLogin);
    this.irc.tell(channel, noticeLine(channel.user.login, msgId, noticeText(msgId, value)));
  }

  /** A TCP relay in front of this world, for faults of the network itself. Connect to its port; it ends with the world. */
  relay(): Relay {
    const relay = new Relay(this.port);
    this.#relays.push(relay);
    return relay;
  }

  /** All chance begins anew from `seed`, and the ids of people made from now on are derived from it. */
  reseed(seed: number): void {
    this.state.seed = seed;
    this.chance.reset(seed);
  }

  /** The world's data as JSON. See `takeSnapshot` for what is in it. */
  snapshot(): WorldSnapshot {
    return takeSnapshot(this);
  }

  /** Puts the data of a snapshot in place of the world's; sockets stay. Throws for what is no snapshot. */
  restore(snapshot: unknown): void {
    restoreSnapshot(this, snapshot);
  }

  /** What clients did that they should not have: empty for a good client. */
  checks(): Violation[] {
    return findViolations(this.log.entries(), this.clock.now());
  }

  /** Moves a manual clock. Throws when the world runs on the machine's. */
  advance(ms: number): Date {
    if (!this.#manual) throw new Error("this world runs on the machine's clock");
    this.#manual.advance(ms);
    return this.clock.now();
  }

  /** Somebody can no longer read there: their chat subscriptions end. */
  #loseReader(channel: WorldChannel, user: WorldUser): void {
    this.eventsub.revokeWhere(
      (each) =>
        each.type.startsWith("channel.chat") &&
        each.condition.user_id === user.id &&
        each.condition.broadcaster_user_id === channel.user.id,
      "chat_user_banned",
    );
  }

  /** The IRC sessions of this login, or all. Anonymous ones go by their `justinfan…` nick. */
  ircSessions(login?: string): IrcSession[] {
    return [...this.irc.sessions].filter((session) => login === undefined || session.nick === login.toLowerCase());
  }

  /** Resolves when `login` (or anybody) is in the room over IRC. */
  async joined(channelLogin: string, login?: string, timeoutMs = 10_000): Promise<void> {
    const channel = this.state.channel(channelLogin);
    const isThere = () =>
      [...this.irc.room(channel)].some((session) => login === undefined || session.nick === login.toLowerCase());
    const deadline = Date.now() + timeoutMs;
    while (!isThere()) {
      await this.log.after(
        (entry) => entry.what === "JOIN" && entry.fields.channel === channel.user.login,
        Math.max(deadline - Date.now(), 1),
      );
      await Promise.resolve();
    }
  }

  /** Resolves with the next message that a client sends to this channel (after now) and the world accepts. */
  async said(channelLogin: string, login: string, timeoutMs = 10_000): Promise<string> {
    const channel = this.state.channel(channelLogin);
    const entry = await this.log.after(
      (each) =>
        each.surface === "irc" &&
        each.way === "out" &&
        each.what === "PRIVMSG" &&
        each.fields.channel === channel.user.login &&
        each.fields.login === login,
      timeoutMs,
    );
    return channel.chat.get(String(entry.fields.id))?.text ?? "";
  }

  /** Ends every connection and timer. */
  async stop(): Promise<void> {
    this.#clock.stop();
    for (const relay of this.#relays) relay.stop();
    await this.host.stop();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }
}
