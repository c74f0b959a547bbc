import { hash } from "./chance.ts";

/** A person of the pretend Twitch. */
export interface WorldUser {
  id: string;
  login: string;
  displayName: string;
  /** `#RRGGBB`, or "" for who never chose one. */
  color: string;
  type: "" | "admin" | "global_mod" | "staff";
  broadcasterType: "" | "affiliate" | "partner";
  description: string;
  email: string | null;
  createdAt: Date;
}

export interface WorldStream {
  id: string;
  startedAt: Date;
  viewerCount: number;
}

export interface WorldBan {
  /** End of a timeout; null for a ban. */
  until: Date | null;
  moderatorId: string;
  reason: string;
}

export interface WorldSub {
  tier: "1000" | "2000" | "3000";
  isPrime: boolean;
  months: number;
  gifterId: string | null;
}

export interface ChatSettings {
  emoteOnly: boolean;
  /** Minutes of following needed to talk; 0 any follower; -1 off. */
  followersOnlyMin: number;
  uniqueChat: boolean;
  /** Seconds between messages of one chatter; 0 off. */
  slowS: number;
  subsOnly: boolean;
}

export interface WorldReward {
  id: string;
  title: string;
  cost: number;
  prompt: string;
  /** The client that made it; others may see but not change it. */
  clientId: string | null;
}

export interface WorldRedemption {
  id: string;
  userId: string;
  rewardId: string;
  input: string;
  status: "unfulfilled" | "fulfilled" | "canceled";
  at: Date;
}

/** A line of chat, as the room where it was written knows it. */
export interface WorldMessage {
  id: string;
  channelId: string;
  user: WorldUser;
  /** As it is shown: a reply begins with `@Name ` of whom it answers. */
  text: string;
  isAction: boolean;
  at: Date;
  bits: number;
  isFirst: boolean;
  isHighlighted: boolean;
  /** Sent with an app token, by a bot that may: it wears the Chat Bot badge. */
  isChatBot: boolean;
  rewardId: string | null;
  /** The message that this one answers and the first of their thread. */
  reply: { parent: WorldMessage; root: WorldMessage } | null;
  /** Shared chat: the room and id it was written under, when a copy. */
  source: { channelId: string; messageId: string } | null;
  isDeleted: boolean;
}

export interface WorldChannel {
  user: WorldUser;
  title: string;
  categoryId: string;
  categoryName: string;
  language: string;
  tags: string[];
  labels: string[];
  mods: Set<string>;
  vips: Set<string>;
  editors: Set<string>;
  subs: Map<string, WorldSub>;
  /** When each follower followed, by user id. */
  followers: Map<string, Date>;
  bans: Map<string, WorldBan>;
  settings: ChatSettings;
  isSuspended: boolean;
  /** Words, lower case, that AutoMod holds for the moderators or refuses outright. */
  terms: Map<string, "held" | "blocked">;
  rewards: Map<string, WorldReward>;
  redemptions: Map<string, WorldRedemption>;
  stream: WorldStream | null;
  /** The stream before, for its recording. */
  lastStream: WorldStream | null;
  /** From when on Get Streams shows what `stream` says; until then the opposite. */
  streamShownAt: Date | null;
  hypeTrain: { id: string; level: number; startedAt: Date } | null;
  /** The pinned message: its id and when the pin ends (null: with the stream). */
  pin: { messageId: string; until: Date | null } | null;
  /** The newest lines, oldest first, by id; at most `CHAT_KEPT`. */
  chat: Map<string, WorldMessage>;
  /** Who ever wrote here. */
  knownChatters: Set<string>;
  /** Who is in the room without an IRC session of their own (the world's people). */
  present: Set<string>;
  /** Other channels of the shared chat, by broadcaster id; null when there is none. */
  shared: { sessionId: string; hostId: string; channelIds: string[] } | null;
  canClip: boolean;
}

/** Lines kept per channel, for reply parents and deletion. */
export const CHAT_KEPT = 2_000;

/** The service account that anonymous gifts come from on IRC. */
export const ANONYMOUS_GIFTER = { id: "274598607", login: "ananonymousgifter", displayName: "AnAnonymousGifter" };

/** Who and what exists. Ids are text that looks numeric, derived from the login and the seed. */
export class WorldState {
  readonly usersById = new Map<string, WorldUser>();
  readonly usersByLogin = new Map<string, WorldUser>();
  readonly channels = new Map<string, WorldChannel>();
  readonly categories = new Map<string, string>();
  /** Whether any login is a channel once somebody asks for it. */
  readonly isOpen: boolean;
  /** What fresh ids are derived from, beside the login. */
  seed: number;

  constructor(options: { seed: number; isOpen: boolean }) {
    this.seed = options.seed;
    this.isOpen = options.isOpen;
    this.addUser(ANONYMOUS_GIFTER);
  }

  /** Adds a person, or changes what is given of one who exists. */
  addUser(given: { login: string } & Partial<WorldUser>): WorldUser {
    const login = given.login.toLowerCase();
    const existing = this.usersByLogin.get(login);
    if (existing) {
      if (given.id !== undefined && given.id !== existing.id) throw new Error(`${login} has id ${existing.id} already`);
      return Object.assign(existing, { ...given, login });
    }
    const user: WorldUser = {
      id: given.id ?? this.#freshId(login),
      login,
      displayName: given.displayName ?? given.login,
      color: given.color ?? COLORS[hash(login) % COLORS.length] ?? "",
      type: given.type ?? "",
      broadcasterType: given.broadcasterType ?? "",
      description: given.description ?? "",
      email: given.email ?? null,
      createdAt: given.createdAt ?? new Date("2019-03-04T12:00:00Z"),
    };
    this.usersById.set(user.id, user);
    this.usersByLogin.set(login, user);
    return user;
  }

  /** The person with this login, made if there is none. */
  user(login: string): WorldUser {
    return this.usersByLogin.get(login.toLowerCase()) ?? this.addUser({ login });
  }

  /** Adds a channel (and its broadcaster), or changes what is given of one that exists. */
  addChannel(login: string, given: ChannelOptions = {}): WorldChannel {
    const name = login.replace(/^#/, "");
    const user = this.addUser({ login: name, ...(given.id === undefined ? {} : { id: given.id }) });
    const channel = this.channels.get(user.login) ?? newChannel(user);
    channel.title = given.title ?? channel.title;
    channel.language = given.language ?? channel.language;
    if (given.game !== undefined) this.setCategory(channel, given.game);
    for (const mod of given.mods ?? []) channel.mods.add(this.user(mod).id);
    for (const vip of given.vips ?? []) channel.vips.add(this.user(vip).id);
    channel.isSuspended = given.isSuspended ?? channel.isSuspended;
    Object.assign(channel.settings, given.settings ?? {});
    this.channels.set(user.login, channel);
    return channel;
  }

  setCategory(channel: WorldChannel, name: string): void {
    channel.categoryName = name;
    channel.categoryId = name === "" ? "" : String(10_000 + (hash(name.toLowerCase()) % 2_000_000));
    if (name !== "") this.categories.set(channel.categoryId, name);
  }

  /** The channel of this login as a client sees it: null when it does not exist (and the world is not open). */
  findChannel(login: string): WorldChannel | null {
    const found = this.channels.get(login.toLowerCase());
    if (found) return found;
    return this.isOpen && /^[a-z0-9_]{1,25}$/.test(login.toLowerCase()) ? this.addChannel(login) : null;
  }

  /** The channel of this login (a leading `#` is no part of it) as the world's own actions see it: made if there is none. */
  channel(login: string): WorldChannel {
    return this.channels.get(login.replace(/^#/, "").toLowerCase()) ?? this.addChannel(login);
  }

  findChannelById(id: string): WorldChannel | null {
    const user = this.usersById.get(id);
    return user ? (this.channels.get(user.login) ?? null) : null;
  }

  /** The person as a client sees it. In an open world every well-formed login is somebody. */
  findUser(login: string): WorldUser | null {
    const found = this.usersByLogin.get(login.toLowerCase());
    if (found) return found;
    return this.isOpen && /^[a-z0-9_]{1,25}$/.test(login.toLowerCase()) ? this.addUser({ login }) : null;
  }

  /** Gives a person another login; ids, rooms and tokens stay. */
  rename(from: string, to: string, displayName = to): WorldUser {
    const user = this.usersByLogin.get(from.toLowerCase());
    if (!user) throw new Error(`nobody is called ${from}`);
    if (this.usersByLogin.has(to.toLowerCase())) throw new Error(`${to} is taken`);
    const channel = this.channels.get(user.login);
    this.usersByLogin.delete(user.login);
    this.channels.delete(user.login);
    user.login = to.toLowerCase();
    user.displayName = displayName;
    this.usersByLogin.set(user.login, user);
    if (channel) this.channels.set(user.login, channel);
    return user;
  }

  /**
   * Knows these in place of all that it knew. A channel that is known already stays the same object, because sessions
   * hold on to it, and takes the values.
   */
  restore(
    users: readonly WorldUser[],
    channels: readonly { known: WorldChannel | null; channel: WorldChannel }[],
    categories: ReadonlyMap<string, string>,
  ): void {
    for (const map of [this.usersById, this.usersByLogin, this.channels, this.categories]) map.clear();
    for (const user of users) {
      this.usersById.set(user.id, user);
      this.usersByLogin.set(user.login, user);
    }
    for (const { known, channel } of channels)
      this.channels.set(channel.user.login, known ? Object.assign(known, channel) : channel);
    for (const [id, name] of categories) this.categories.set(id, name);
  }

  #freshId(login: string): string {
    let number = 10_000_000 + (hash(login, this.seed) % 890_000_000);
    while (this.usersById.has(String(number))) number++;
    return String(number);
  }
}

export interface ChannelOptions {
  id?: string;
  title?: string;
  game?: string;
  /** ISO 639-1, such as "pt". */
  language?: string;
  mods?: readonly string[];
  vips?: readonly string[];
  isSuspended?: boolean;
  settings?: Partial<ChatSettings>;
}

/** Whether this person is broadcaster, moderator or VIP there: the wider message limit is theirs. */
export function isElevated(channel: WorldChannel, userId: string): boolean {
  return channel.user.id === userId || channel.mods.has(userId) || channel.vips.has(userId);
}

/** Whether this person is broadcaster or moderator there. */
export function isModerator(channel: WorldChannel, userId: string): boolean {
  return channel.user.id === userId || channel.mods.has(userId);
}

/** A ban that holds at `now`, or null. A timeout that is over is forgotten. */
export function findBan(channel: WorldChannel, userId: string, now: Date): WorldBan | null {
  const ban = channel.bans.get(userId);
  if (!ban) return null;
  if (ban.until === null || ban.until > now) return ban;
  channel.bans.delete(userId);
  return null;
}

function newChannel(user: WorldUser): WorldChannel {
  return {
    user,
    title: "",
    categoryId: "",
    categoryName: "",
    language: "en",
    tags: [],
    labels: [],
    mods: new Set(),
    vips: new Set(),
    editors: new Set(),
    subs: new Map(),
    followers: new Map(),
    bans: new Map(),
    settings: { emoteOnly: false, followersOnlyMin: -1, uniqueChat: false, slowS: 0, subsOnly: false },
    isSuspended: false,
    terms: new Map(),
    rewards: new Map(),
    redemptions: new Map(),
    stream: null,
    lastStream: null,
    streamShownAt: null,
    hypeTrain: null,
    pin: null,
    chat: new Map(),
    knownChatters: new Set(),
    present: new Set(),
    shared: null,
    canClip: true,
  };
}

/** Keeps `message` in its room's memory, the oldest gives way. */
export function keepMessage(channel: WorldChannel, message: WorldMessage): void {
  channel.chat.set(message.id, message);
  channel.knownChatters.add(message.user.id);
  if (channel.chat.size <= CHAT_KEPT) return;
  const oldest = channel.chat.keys().next();
  if (!oldest.done) channel.chat.delete(oldest.value);
}

/** Twitch's default name colours, and the choice of having none. */
const COLORS = [
  "#FF0000",
  "#0000FF",
  "#008000",
  "#B22222",
  "#FF7F50",
  "#9ACD32",
  "#FF4500",
  "#2E8B57",
  "#DAA520",
  "#D2691E",
  "#5F9EA0",
  "#1E90FF",
  "#FF69B4",
  "#8A2BE2",
  "#00FF7F",
  "",
];
