import type { ChanceState } from "./chance.ts";
import type { SenderRecord } from "./chat.ts";
import type { WorldClip } from "./clips.ts";
import type { Device } from "./device-codes.ts";
import type { Subscription } from "./eventsub/types.ts";
import type { WorldLimits } from "./limits.ts";
import { fromPlain, type Plain, toPlain } from "./plain.ts";
import type { WorldChannel, WorldMessage, WorldUser } from "./state.ts";
import type { TokenRecords } from "./tokens.ts";
import { SlidingWindow } from "./windows.ts";
import type { World } from "./world.ts";

/** A world's data at an instant, as JSON: the parts below, with instants, maps and sets as `plain.ts` writes them. */
export type WorldSnapshot = { readonly [part: string]: Plain };

const VERSION = 1;

type MessageRecord = Omit<WorldMessage, "user" | "reply"> & {
  userId: string;
  replyTo: { parentId: string; rootId: string } | null;
};
type ChannelRecord = Omit<WorldChannel, "user" | "chat"> & { userId: string; chat: readonly MessageRecord[] };

interface Parts {
  version: number;
  /** The world's time when it was taken. Time itself is not put back. */
  takenAt: Date;
  seed: number;
  chance: ChanceState;
  limits: WorldLimits;
  users: readonly WorldUser[];
  categories: ReadonlyMap<string, string>;
  channels: readonly ChannelRecord[];
  tokens: TokenRecords;
  devices: readonly Device[];
  clips: readonly WorldClip[];
  subscriptions: readonly Subscription[];
  senders: readonly SenderRecord[];
  /** JOINs and logins per account in their windows, Unix milliseconds. */
  joins: ReadonlyMap<string, readonly number[]>;
  logins: ReadonlyMap<string, readonly number[]>;
}

/**
 * Who and what exists, what was consented to, subscribed and said, and what the limits remember. Not in it: sockets and
 * what waits for a time, authorization codes, Helix's rate buckets, faults, the model's script.
 */
export function takeSnapshot(world: World): WorldSnapshot {
  const { state, irc } = world;
  const parts: Parts = {
    version: VERSION,
    takenAt: world.clock.now(),
    seed: state.seed,
    chance: world.chance.state,
    limits: world.limits,
    users: [...state.usersById.values()],
    categories: state.categories,
    channels: [...state.channels.values()].map(channelRecord),
    tokens: world.tokens.records,
    devices: world.oauth.devices.records,
    clips: [...world.clips.all.values()],
    subscriptions: [...world.eventsub.subscriptions.values()],
    senders: world.chat.senders,
    joins: timesOf(irc.joins),
    logins: timesOf(irc.logins),
  };
  return toPlain(parts) as WorldSnapshot;
}

/**
 * Puts a snapshot's data in place of the world's. Open sockets stay: they keep the rooms that still exist, and the
 * subscriptions of sessions that are gone come back as disconnected. Throws, and changes nothing, for what is no snapshot.
 */
export function restoreSnapshot(world: World, snapshot: unknown): void {
  const parts = readParts(snapshot);
  const people = new Map(parts.users.map((user) => [user.id, world.state.usersById.get(user.id) ?? user]));
  const channels = parts.channels.map((record) => channelOf(record, world, people));

  for (const user of parts.users) Object.assign(people.get(user.id) ?? user, user);
  world.state.seed = parts.seed;
  world.chance.restore(parts.chance);
  Object.assign(world.limits, parts.limits);
  world.state.restore([...people.values()], channels, parts.categories);
  world.tokens.restore(parts.tokens);
  world.oauth.devices.restore(parts.devices);
  refill(world.clips.all, new Map(parts.clips.map((clip) => [clip.id, clip])));
  world.chat.restoreSenders(parts.senders);
  refill(world.irc.joins, windowsOf(parts.joins));
  refill(world.irc.logins, windowsOf(parts.logins));
  world.irc.leaveGone();
  world.eventsub.restore(parts.subscriptions);
}

function readParts(snapshot: unknown): Parts {
  if (typeof snapshot !== "object" || snapshot === null) throw new Error("this is no snapshot");
  const { version } = snapshot as { version?: unknown };
  if (version !== VERSION) throw new Error(`a snapshot of version ${VERSION} is needed, this has ${String(version)}`);
  const parts = fromPlain(snapshot as Plain) as Parts;
  for (const name of ["users", "channels", "devices", "clips", "subscriptions", "senders"] as const)
    if (!Array.isArray(parts[name])) throw new Error(`the snapshot has no ${name}`);
  for (const name of ["categories", "joins", "logins"] as const)
    if (!(parts[name] instanceof Map)) throw new Error(`the snapshot has no ${name}`);
  for (const name of ["clients", "access", "refresh"] as const)
    if (!Array.isArray(parts.tokens?.[name])) throw new Error(`the snapshot's tokens have no ${name}`);
  if (typeof parts.chance?.at !== "number" || typeof parts.limits !== "object") throw new Error("the snapshot is not whole");
  return parts;
}

function channelRecord({ user, chat, ...channel }: WorldChannel): ChannelRecord {
  return { ...channel, userId: user.id, chat: [...chat.values()].map(messageRecord) };
}

function messageRecord({ user, reply, ...message }: WorldMessage): MessageRecord {
  return { ...message, userId: user.id, replyTo: reply && { parentId: reply.parent.id, rootId: reply.root.id } };
}

/** The channel with its lines. A reply to a line that the channel had forgotten is a plain line from now on. */
function channelOf(
  { userId, chat, ...record }: ChannelRecord,
  world: World,
  people: ReadonlyMap<string, WorldUser>,
): { known: WorldChannel | null; channel: WorldChannel } {
  const person = (id: string): WorldUser => {
    const user = people.get(id);
    if (!user) throw new Error(`the snapshot has nobody with id ${id}`);
    return user;
  };
  const lines = new Map<string, WorldMessage>();
  for (const { userId: writerId, replyTo, ...message } of chat) {
    const parent = lines.get(replyTo?.parentId ?? "");
    const root = lines.get(replyTo?.rootId ?? "") ?? parent;
    lines.set(message.id, { ...message, user: person(writerId), reply: parent && root ? { parent, root } : null });
  }
  return { known: world.state.findChannelById(userId), channel: { ...record, user: person(userId), chat: lines } };
}

const timesOf = (windows: ReadonlyMap<string, SlidingWindow>): ReadonlyMap<string, readonly number[]> =>
  new Map([...windows].map(([key, window]) => [key, window.times]));

const windowsOf = (times: ReadonlyMap<string, readonly number[]>): Map<string, SlidingWindow> =>
  new Map([...times].map(([key, instants]) => [key, new SlidingWindow(instants)]));

function refill<K, V>(map: Map<K, V>, entries: ReadonlyMap<K, V>): void {
  map.clear();
  for (const [key, value] of entries) map.set(key, value);
}
