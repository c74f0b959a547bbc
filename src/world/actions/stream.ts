import { plainTime } from "../eventsub/frames.ts";
import { broadcaster, person } from "../eventsub/payloads.ts";
import type { ChannelOptions, WorldChannel } from "../state.ts";
import { about, type Stage } from "./context.ts";

/** The channel goes live. Gives the stream's id. Going live twice changes nothing. */
export function goLive(stage: Stage, channelLogin: string, options: ChannelOptions & { viewers?: number } = {}): string {
  const { state, clock, chance, log } = stage.core;
  const channel = state.addChannel(channelLogin, options);
  if (channel.stream) return channel.stream.id;
  channel.stream = {
    id: String(chance.int(40_000_000_000, 49_999_999_999)),
    startedAt: clock.now(),
    viewerCount: options.viewers ?? 0,
  };
  log.add("world", "note", null, "online", { channel: channel.user.login, id: channel.stream.id });
  channel.streamShownAt = new Date(clock.now().getTime() + stage.core.limits.streamsLagMs);
  stage.eventsub.publish("stream.online", about(channel), {
    id: channel.stream.id,
    ...broadcaster(channel),
    type: "live",
    started_at: plainTime(channel.stream.startedAt),
  });
  return channel.stream.id;
}

export function goOffline(stage: Stage, channelLogin: string): void {
  const channel = stage.core.state.channel(channelLogin);
  if (!channel.stream) return;
  stage.core.log.add("world", "note", null, "offline", { channel: channel.user.login, id: channel.stream.id });
  const { id } = channel.stream;
  channel.lastStream = channel.stream;
  channel.stream = null;
  channel.streamShownAt = new Date(stage.core.clock.now().getTime() + stage.core.limits.streamsLagMs);
  stage.eventsub.publish("stream.offline", about(channel), { id, ...broadcaster(channel) });
}

export function setViewers(stage: Stage, channelLogin: string, viewers: number): void {
  const channel = stage.core.state.channel(channelLogin);
  if (channel.stream) channel.stream.viewerCount = viewers;
}

/** Title, category, language. */
export function updateChannel(
  stage: Stage,
  channelLogin: string,
  options: Pick<ChannelOptions, "title" | "game" | "language">,
): void {
  const channel = stage.core.state.addChannel(channelLogin, options);
  stage.eventsub.publish("channel.update", about(channel), {
    ...broadcaster(channel),
    title: channel.title,
    language: channel.language,
    category_id: channel.categoryId,
    category_name: channel.categoryName,
    content_classification_labels: channel.labels,
  });
}

/** Channels join their chats: what is said in one is seen in all. The first is the host. Gives the session's id. */
export function shareChat(stage: Stage, channelLogins: readonly string[]): string {
  const { state, chance } = stage.core;
  const channels = channelLogins.map((login) => state.channel(login));
  const host = channels[0];
  if (!host || channels.length < 2) throw new Error("a shared chat needs two channels");
  const isNew = host.shared === null;
  const sessionId = host.shared?.sessionId ?? chance.uuid();
  for (const channel of channels) {
    channel.shared = { sessionId, hostId: host.user.id, channelIds: channels.map((each) => each.user.id) };
    stage.eventsub.publish(`channel.shared_chat.${isNew ? "begin" : "update"}`, about(channel), {
      session_id: sessionId,
      ...broadcaster(channel),
      ...person("host_broadcaster_user", host.user),
      participants: channels.map(broadcaster),
    });
  }
  return sessionId;
}

/** The shared chat of this channel ends for all. */
export function endSharedChat(stage: Stage, channelLogin: string): void {
  const { state } = stage.core;
  const { shared } = state.channel(channelLogin);
  if (!shared) return;
  const host = state.usersById.get(shared.hostId) ?? null;
  for (const id of shared.channelIds) {
    const channel = state.findChannelById(id);
    if (!channel) continue;
    channel.shared = null;
    stage.eventsub.publish("channel.shared_chat.end", about(channel), {
      session_id: shared.sessionId,
      ...broadcaster(channel),
      ...person("host_broadcaster_user", host),
    });
  }
}

/** Advertisements begin, `seconds` long. */
export function adBreak(stage: Stage, channelLogin: string, seconds: number, isAutomatic = true): void {
  const channel = stage.core.state.channel(channelLogin);
  stage.core.log.add("world", "note", null, "ad break", { channel: channel.user.login, seconds });
  stage.eventsub.publish("channel.ad_break.begin", about(channel), {
    duration_seconds: seconds,
    started_at: plainTime(stage.core.clock.now()),
    is_automatic: isAutomatic,
    ...broadcaster(channel),
    ...person("requester_user", channel.user),
  });
}

export interface HypeTrainStep {
  /** Points towards the goal of the level. */
  progress: number;
  level: number;
  /** Milliseconds after the step before; 0 at once. */
  afterMs?: number;
}

/** How many points a level takes in this world. */
const HYPE_GOAL = 1_800;
const HYPE_LASTS_MS = 5 * 60_000;

/** A hype train: it begins, goes through `steps` and ends. Gives its id. */
export function hypeTrain(stage: Stage, channelLogin: string, steps: readonly HypeTrainStep[] = DEFAULT_TRAIN): string {
  const { clock, chance } = stage.core;
  const channel = stage.core.state.channel(channelLogin);
  const train: Train = { id: chance.uuid(), startedAt: clock.now(), total: 0, level: 1, progress: 0 };
  const [first, ...rest] = steps;
  advance(train, first ?? { progress: 200, level: 1 });
  channel.hypeTrain = { id: train.id, level: train.level, startedAt: train.startedAt };
  stage.eventsub.publish("channel.hype_train.begin", about(channel), {
    ...trainFields(channel, train),
    goal: HYPE_GOAL,
    progress: train.progress,
    all_time_high_level: 4,
    all_time_high_total: 9_000,
    expires_at: plainTime(new Date(clock.now().getTime() + HYPE_LASTS_MS)),
  });
  ride(stage, channel, train, rest);
  return train.id;
}

const DEFAULT_TRAIN: readonly HypeTrainStep[] = [
  { progress: 300, level: 1 },
  { progress: 900, level: 1 },
  { progress: 200, level: 2 },
];

interface Train {
  id: string;
  startedAt: Date;
  total: number;
  level: number;
  progress: number;
}

function advance(train: Train, step: HypeTrainStep): void {
  train.total = (step.level - 1) * HYPE_GOAL + step.progress;
  train.level = step.level;
  train.progress = step.progress;
}

function ride(stage: Stage, channel: WorldChannel, train: Train, steps: readonly HypeTrainStep[]): void {
  const [step, ...rest] = steps;
  const next = () => {
    if (!step) return arrive(stage, channel, train);
    advance(train, step);
    if (channel.hypeTrain) channel.hypeTrain.level = step.level;
    stage.eventsub.publish("channel.hype_train.progress", about(channel), {
      ...trainFields(channel, train),
      goal: HYPE_GOAL,
      progress: train.progress,
      expires_at: plainTime(new Date(stage.core.clock.now().getTime() + HYPE_LASTS_MS)),
    });
    ride(stage, channel, train, rest);
  };
  if (step?.afterMs) stage.core.clock.after(step.afterMs, next);
  else next();
}

function arrive(stage: Stage, channel: WorldChannel, train: Train): void {
  const now = stage.core.clock.now();
  channel.hypeTrain = null;
  stage.eventsub.publish("channel.hype_train.end", about(channel), {
    ...trainFields(channel, train),
    ended_at: plainTime(now),
    cooldown_ends_at: plainTime(new Date(now.getTime() + 3_600_000)),
  });
}

const trainFields = (channel: WorldChannel, train: Train): object => ({
  id: train.id,
  ...broadcaster(channel),
  total: train.total,
  top_contributions: null,
  level: train.level,
  shared_train_participants: null,
  started_at: plainTime(train.startedAt),
  type: "regular",
  is_shared_train: false,
});
