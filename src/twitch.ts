import { createIrcChatWithApp } from "./adapters/twitch/chat.ts";
import { createEventSub } from "./adapters/twitch/eventsub.ts";
import { EventSubChat, type Room } from "./adapters/twitch/eventsub-chat.ts";
import { translate } from "./adapters/twitch/eventsub-inbound.ts";
import { createHelix } from "./adapters/twitch/helix.ts";
import { HelixSpeaker } from "./adapters/twitch/helix-speaker.ts";
import { createIrcChat } from "./adapters/twitch/irc.ts";
import { createTwitchAuth } from "./adapters/twitch/oauth.ts";
import type { Config } from "./config.ts";
import type { EventBody } from "./domain/events.ts";
import type { AccountSummary } from "./domain/snapshots.ts";
import type { PlanAccount, PlanInput } from "./domain/subscriptions.ts";
import type { AccountControl } from "./http/deps.ts";
import type { Chance, Chat, ChatIdentity, Clock, Log, TakeJoins, Timers, TwitchInbound } from "./ports.ts";
import { APP, type EventSubCounters, type EventSubStatus, type Helix, type Notification } from "./ports-twitch.ts";
import { Accounts } from "./runtime/accounts.ts";
import { ENVIRONMENT } from "./runtime/environment-account.ts";
import { Subscriptions } from "./runtime/subscriptions.ts";
import type { Database } from "./store/db.ts";

/** Our standing in a room may change without a word: the plan of subscriptions is looked at this often. */
const PLAN_EVERY_MS = 60_000;
const TELL_AFTER_MS = 20;
/** Kinds of events that we did not understand, logged once each. */
const ODD_TOLD_MAX = 200;

export interface TwitchOptions {
  config: Config;
  database: Pick<Database, "db" | "sql">;
  key: Uint8Array;
  /** Names this process in leases. */
  holder: string;
  time: Clock & Timers;
  chance: Chance;
  log: Log;
  /** Channels that this process holds and whose ids are known. */
  rooms(): readonly Room[];
  /** The account's joins, over all processes. */
  takeJoins: TakeJoins;
  onInbound(inbound: TwitchInbound): void;
  onEvent(body: EventBody, channelId: string | null): void;
  /** Accounts, or what is subscribed, are other than before. */
  onChange(): void;
}

/** All that speaks with Twitch, wired. */
export interface Twitch {
  readonly chat: Chat;
  readonly accounts: Accounts;
  readonly helix: Helix;
  readonly control: AccountControl;
  /** The account that asks Twitch what any account may ask (`APP`: the app itself); null when none can. */
  asker(): string | null;
  /** Whether lines can be sent at all. */
  canSpeak(): boolean;
  /** Whether a line to that channel can be kept out of the guests' chats of a shared chat. */
  canSendSourceOnly(channelId: string): boolean;
  eventsub(): { accounts: readonly EventSubStatus[]; counters: EventSubCounters };
  /** Channels, or whose they are, have changed. */
  plan(): void;
  start(): Promise<void>;
  stop(): Promise<void>;
}

export function createTwitch(o: TwitchOptions): Twitch {
  const { config, time, chance, log } = o;
  const outside = { time, chance, log };
  const auth = createTwitchAuth({ url: config.idUrl, clientId: config.clientId, clientSecret: config.clientSecret, time, log });
  let identityKey = "";
  const accounts: Accounts = new Accounts({
    ...o.database,
    ...outside,
    auth,
    key: o.key,
    holder: o.holder,
    environment: { token: config.userToken, refreshToken: config.refreshToken, botLogin: config.botLogin },
    onEvent: (body) => o.onEvent(body, null),
    onChange: (userId) => {
      eventsub.retry(userId);
      changed();
    },
  });
  const helix = createHelix({ url: config.helixUrl, tokens: accounts, ...outside });
  const eventsub = createEventSub({
    url: config.eventsubUrl,
    helix,
    ...outside,
    listener: {
      onNotification: (notification) => hear(notification),
      onSubscription: (state) => {
        if (chat instanceof EventSubChat) chat.onSubscription(state);
        subscriptions.onSubscription(state);
      },
      onConnection: (account, change) => connection(account, change),
    },
  });
  const botId = () => accounts.bot()?.userId ?? null;
  const speaker = new HelixSpeaker({ helix, tokens: accounts, botId, hasApp: auth.hasSecret, time, log });

  const identity = (): ChatIdentity | null => {
    const bot = accounts.bot();
    if (bot === null) return environmentIdentity(config, accounts.list());
    return {
      login: bot.login,
      userId: bot.userId,
      token: async () => (await accounts.get(bot.userId))?.token ?? null,
      renew: async (refused) => (await accounts.renew(bot.userId, refused))?.token ?? null,
    };
  };
  let rooms: readonly Room[] = [];
  const chat = createChat();
  const readsChat = config.chatMode === "eventsub";

  function createChat(): Chat {
    if (config.chatMode === "eventsub") {
      return new EventSubChat({
        identity,
        helix,
        speaker,
        connection: () => eventsub.status().find((one) => one.account === botId()) ?? null,
        onRooms: (known) => {
          rooms = known;
          subscriptions.update();
        },
        onRetry: () => {
          const id = botId();
          if (id !== null) eventsub.retry(id);
        },
        onInbound: o.onInbound,
        time,
        log,
      });
    }
    const irc = { url: config.ircUrl, identity, takeJoins: o.takeJoins, onInbound: o.onInbound, ...outside };
    return auth.hasSecret ? createIrcChatWithApp(irc, speaker) : createIrcChat(irc);
  }

  function planInput(): PlanInput {
    // Whose the environment's token is may not be known yet.
    const known = accounts.list().filter(({ userId }) => userId !== ENVIRONMENT);
    const bot = known.find((account) => account.role === "bot");
    return {
      channels: (readsChat ? rooms : o.rooms()).map((room) => ({ ...room, isModerated: chat.isModerator(room.login) })),
      bot: bot ? planned(bot) : null,
      broadcasters: new Map(known.filter(({ role }) => role === "broadcaster").map((one) => [one.userId, planned(one)])),
      readsChat,
    };
  }

  const subscriptions = new Subscriptions({
    eventsub,
    input: planInput,
    onEvent: o.onEvent,
    onRevoked: (account) => void accounts.markRevoked(account),
    onChange: () => tell(),
  });

  /** Which account speaks, or whether it can, may be another than before: then chat connects anew. */
  function changed(): void {
    const key = identityKeyOf(
      accounts.list().find((account) => account.role === "bot"),
      readsChat,
    );
    const isOther = key !== identityKey;
    identityKey = key;
    // A refused login, or one without a token, is tried anew at once when the account works again.
    if (isStarted && (isOther || isWithoutUs())) chat.renew();
    subscriptions.update();
    tell();
  }

  /** Chat refused us, or is read anonymously although an account would work now. */
  function isWithoutUs(): boolean {
    const { state, anonymous } = chat.status();
    const isUsable = accounts.list().some((account) => account.role === "bot" && account.state !== "login_needed");
    return isUsable && (state === "login_failed" || (state === "connected" && anonymous));
  }

  function hear(notification: Notification): void {
    const translation = translate(notification);
    if (translation.kind !== "told") return odd(translation);
    for (const inbound of translation.inbound) {
      if (inbound.kind === "message" && chat instanceof EventSubChat) chat.hear(inbound.message);
      else o.onInbound(inbound);
    }
  }

  /** A type that we do not know, or an event that is not as Twitch documents it: each kind is logged once, and counted. */
  function odd({ kind, what }: { kind: "unknown" | "garbled"; what: string }): void {
    if (kind === "garbled") garbled++;
    const key = `${kind} ${what}`;
    if (oddTold.has(key) || oddTold.size >= ODD_TOLD_MAX) return;
    oddTold.add(key);
    log.warn("eventsub.not_understood", { kind, type: what.slice(0, 80) });
  }
  let garbled = 0;
  const oddTold = new Set<string>();

  function connection(account: string, change: { kind: "connected" } | { kind: "lost"; reason: string }): void {
    if (chat instanceof EventSubChat && account === botId()) chat.onConnection(change);
    const login = accounts.list().find((one) => one.userId === account)?.login ?? account;
    if (change.kind === "lost") {
      lost.add(account);
      o.onEvent({ type: "eventsub.lost", login, reason: change.reason }, null);
    } else if (lost.delete(account)) o.onEvent({ type: "eventsub.back", login }, null);
    tell();
  }
  const lost = new Set<string>();

  /** Many subscriptions change together: listeners are told once. */
  function tell(): void {
    telling ??= time.after(TELL_AFTER_MS, () => {
      telling = null;
      o.onChange();
    });
  }
  let telling: (() => void) | null = null;

  let isStarted = false;
  let timer: (() => void) | null = null;
  const plan = () => {
    subscriptions.update();
    timer?.();
    timer = time.after(PLAN_EVERY_MS, plan);
  };

  return {
    chat,
    accounts,
    helix,
    control: {
      list: () => accounts.list(),
      gaps: () => subscriptions.gaps(),
      canConnect: auth.clientId !== null,
      chatMode: config.chatMode,
      connect: (asked) => accounts.connect(asked),
      findSignin: (id) => accounts.findSignin(id),
      cancel: (id) => accounts.cancel(id),
      disconnect: (userId, by) => accounts.disconnect(userId, by),
    },
    asker: () => {
      const usable = accounts.list().filter(({ state }) => state !== "login_needed");
      const one = usable.find(({ role }) => role === "bot") ?? usable[0];
      return one?.userId ?? (auth.hasSecret ? APP : null);
    },
    canSpeak: () => {
      const self = identity();
      const scopes = self?.userId == null ? [] : accounts.scopes(self.userId);
      return self !== null && (scopes.length === 0 || scopes.includes(readsChat ? "user:write:chat" : "chat:edit"));
    },
    canSendSourceOnly: (channelId) => speaker.via(channelId) === "app",
    eventsub: () => {
      const counters = eventsub.counters();
      return { accounts: eventsub.status(), counters: { ...counters, malformed: counters.malformed + garbled } };
    },
    plan: () => subscriptions.update(),
    async start() {
      await accounts.start();
      identityKey = identityKeyOf(
        accounts.list().find((account) => account.role === "bot"),
        readsChat,
      );
      isStarted = true;
      chat.start();
      plan();
    },
    async stop() {
      isStarted = false;
      timer?.();
      telling?.();
      await Promise.all([chat.stop(), eventsub.stop(), accounts.stop()]);
    },
  };
}

function planned({ userId, login, scopes, state }: AccountSummary): PlanAccount {
  return { userId, login, scopes, isUsable: state !== "login_needed" };
}

/** The token of the environment as it stands, as long as Twitch could not be asked whose it is. */
function environmentIdentity({ userToken, botLogin }: Config, accounts: readonly AccountSummary[]): ChatIdentity | null {
  const isRefused = accounts.some(({ source, state }) => source === "environment" && state === "login_needed");
  if (userToken === null || botLogin === null || isRefused) return null;
  return { login: botLogin, userId: null, token: async () => userToken.replace(/^oauth:/i, ""), renew: async () => null };
}

/** What a connection to chat depends on. Scopes that are not known yet are taken for enough. */
function identityKeyOf(bot: AccountSummary | undefined, readsChat: boolean): string {
  if (!bot) return "";
  const canTalk = bot.scopes.length === 0 || bot.scopes.includes(readsChat ? "user:read:chat" : "chat:edit");
  return [bot.login, bot.state === "login_needed", canTalk, readsChat ? bot.userId : ""].join(" ");
}
