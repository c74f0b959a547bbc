import type { Stage } from "./actions/context.ts";
import * as moderation from "./actions/moderation.ts";
import * as stream from "./actions/stream.ts";
import * as support from "./actions/support.ts";
import * as talk from "./actions/talk.ts";
import { WorldChance } from "./chance.ts";
import { Chat } from "./chat.ts";
import { OwnedClock, realClock, type WorldClock } from "./clock.ts";
import type { WorldCore } from "./core.ts";
import { Faults } from "./faults.ts";
import { Host } from "./host.ts";
import { type FeedOptions, feed } from "./irc/feed.ts";
import { IrcServer } from "./irc/server.ts";
import type { IrcSession } from "./irc/session.ts";
import { defaultLimits, type WorldLimits } from "./limits.ts";
import { WorldLog } from "./log.ts";
import { ModelScript } from "./model/server.ts";
import { answerRequest, findPeer } from "./routes.ts";
import { type ChannelOptions, type ChatSettings, type WorldChannel, WorldState, type WorldUser } from "./state.ts";
import { DEFAULT_CLIENT, EVERY_SCOPE, type Grant, Tokens } from "./tokens.ts";

export interface WorldOptions {
  /** 0 (the default) takes a free one. Always on 127.0.0.1. */
  port?: number;
  /** The same seed and the same course of events give the same ids and the same log. */
  seed?: number;
  /** The machine's clock when not given. */
  clock?: WorldClock;
  /** Twitch's values but for what is given. */
  limits?: Partial<WorldLimits>;
  /** The deployment's name for itself; "production" is refused unless `purpose` is demo or replay. */
  environment?: string;
  purpose?: "test" | "demo" | "replay" | "world";
  /** Whether any login is a person and a channel once somebody asks for it. Default: all purposes but "test". */
  openChannels?: boolean;
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
  readonly chat: Chat;
  readonly clock: WorldClock;
  readonly chance: WorldChance;
  readonly purpose: NonNullable<WorldOptions["purpose"]>;
  readonly host: Host;
  #stage: Stage;
  #clock: OwnedClock;

  constructor(options: WorldOptions, purpose: NonNullable<WorldOptions["purpose"]>) {
    const seed = options.seed ?? 1;
    this.purpose = purpose;
    this.#clock = new OwnedClock(options.clock ?? realClock());
    this.clock = this.#clock;
    this.chance = new WorldChance(seed);
    this.limits = { ...defaultLimits(), ...options.limits };
    this.log = new WorldLog(this.clock, this.limits.logMax);
    this.state = new WorldState({ seed, isOpen: options.openChannels ?? purpose !== "test" });
    this.faults = new Faults(this.chance.fork("faults"), this.log);
    this.tokens = new Tokens({ chance: this.chance.fork("tokens"), clock: this.clock, limits: this.limits });
    this.chat = new Chat(this);
    this.irc = new IrcServer(this, this.chat);
    this.model = new ModelScript(this, this.chance.fork("model"));
    this.#stage = { core: this, irc: this.irc, chat: this.chat, eventsub: { publish: () => {} } };
    this.host = new Host(
      { request: (request) => answerRequest(this, request), socket: (url, request) => findPeer(this, url, request) },
      options.port ?? 0,
    );
  }

  get port(): number {
    return this.host.port;
  }

  get urls(): WorldUrls {
    const at = `127.0.0.1:${this.port}`;
    return {
      irc: `ws://${at}/irc`,
      eventsub: `ws://${at}/ws`,
      helix: `http://${at}/helix`,
      id: `http://${at}/oauth2`,
      model: `http://${at}/v1`,
      webhook: `http://${at}/webhook`,
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
    return talk.say(this.#stage, channelLogin, userLogin, text, options);
  }

  /** Sends rendered lines to everybody in the room, many per frame, none lost; gives how many were delivered. */
  feed(channelLogin: string, lines: Iterable<string> | AsyncIterable<string>, options: FeedOptions = {}): Promise<number> {
    return feed(this.irc, this.state.channel(channelLogin), lines, options);
  }

  delete(channelLogin: string, messageId: string): boolean {
    return talk.deleteMessage(this.#stage, channelLogin, messageId);
  }

  clear(channelLogin: string): void {
    talk.clearChat(this.#stage, channelLogin);
  }

  setChatSettings(channelLogin: string, settings: Partial<ChatSettings>): void {
    talk.setChatSettings(this.#stage, channelLogin, settings);
  }

  follow(channelLogin: string, userLogin: string): void {
    support.follow(this.#stage, channelLogin, userLogin);
  }

  sub(channelLogin: string, userLogin: string, options: support.SubOptions = {}): string {
    return support.sub(this.#stage, channelLogin, userLogin, options);
  }

  gift(channelLogin: string, giverLogin: string, count: number, options: support.GiftOptions = {}): string {
    return support.gift(this.#stage, channelLogin, giverLogin, count, options);
  }

  cheer(channelLogin: string, userLogin: string, bits: number, text = ""): string {
    return support.cheer(this.#stage, channelLogin, userLogin, bits, text);
  }

  raid(fromLogin: string, toLogin: string, viewers: number): string {
    return support.raid(this.#stage, fromLogin, toLogin, viewers);
  }

  announce(channelLogin: string, userLogin: string, text: string, color = "PRIMARY"): string {
    return support.announce(this.#stage, channelLogin, userLogin, text, color);
  }

  watchStreak(channelLogin: string, userLogin: string, streams: number, text = ""): string {
    return support.watchStreak(this.#stage, channelLogin, userLogin, streams, text);
  }

  goLive(channelLogin: string, options: ChannelOptions & { viewers?: number } = {}): string {
    return stream.goLive(this.#stage, channelLogin, options);
  }

  goOffline(channelLogin: string): void {
    stream.goOffline(this.#stage, channelLogin);
  }

  setViewers(channelLogin: string, viewers: number): void {
    stream.setViewers(this.#stage, channelLogin, viewers);
  }

  updateChannel(channelLogin: string, options: Pick<ChannelOptions, "title" | "game" | "language">): void {
    stream.updateChannel(this.#stage, channelLogin, options);
  }

  ban(channelLogin: string, userLogin: string, reason = ""): void {
    moderation.ban(this.#stage, channelLogin, userLogin, reason);
  }

  timeout(channelLogin: string, userLogin: string, seconds: number, reason = ""): void {
    moderation.timeout(this.#stage, channelLogin, userLogin, seconds, reason);
  }

  unban(channelLogin: string, userLogin: string): void {
    moderation.unban(this.#stage, channelLogin, userLogin);
  }

  setModerator(channelLogin: string, userLogin: string, isModerator = true): void {
    moderation.setModerator(this.#stage, channelLogin, userLogin, isModerator);
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
    await this.host.stop();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }
}
