import { eventText } from "../domain/channel-state.ts";
import type { HistoryLine } from "../domain/chat.ts";
import type { TimelineEvent } from "../domain/events.ts";
import {
  hearStream,
  restoreStreams,
  type Stream,
  type StreamInput,
  type StreamReport,
  type StreamState,
} from "../domain/streams.ts";
import type { Chance, Clock, Log, Timers } from "../ports.ts";
import type { Helix, HelixStream } from "../ports-twitch.ts";
import type { Db } from "../store/db.ts";
import { isDatabaseAway } from "../store/refusals.ts";
import { findLastLineAt, listStreams } from "../store/streams.ts";
import type { Bus, BusMessage } from "./bus.ts";
import { codeOf } from "./recorder.ts";
import type { StreamWriter } from "./stream-writer.ts";

/** Twitch is asked which channels are live, and drops are looked after, this often. */
export const LOOK_MS = 60_000;
/** Get Streams takes this many channels at once. */
const ASKED_MAX = 100;
/** What is told of a channel while its streams are still read from the database; the oldest makes room. */
const WAITING_MAX = 100;
/** The newest stream, and the one before it, after which it must begin. */
const RESTORED = 2;

export interface StreamsOptions {
  db: Db;
  writer: StreamWriter;
  bus: Bus;
  /** The channels that this process holds and whose ids are known. */
  rooms(): readonly { channelId: string }[];
  /** The account as which Twitch is asked, or null: then chat is all there is. */
  asker(): string | null;
  helix: Pick<Helix, "streams">;
  time: Clock & Timers;
  chance: Chance;
  log: Log;
}

interface Watched {
  /** Null until it was read what is stored. */
  state: StreamState | null;
  waiting: StreamInput[];
  /** What the next stream is called. */
  freshId: string;
}

/** The streams of all channels that we hold: hears the bus and asks Twitch, and has written what follows from it. */
export class Streams {
  readonly #o: StreamsOptions;
  readonly #watched = new Map<string, Watched>();
  #unsubscribe: (() => void) | null = null;
  #timer: (() => void) | null = null;
  #looking: Promise<void> | null = null;
  #isAsked = false;
  #isStopped = false;
  #dropped = 0;

  constructor(options: StreamsOptions) {
    this.#o = options;
  }

  /** Reports thrown away since the start because the database did not tell in time what they belong to. */
  get dropped(): number {
    return this.#dropped;
  }

  start(): void {
    this.#unsubscribe = this.#o.bus.subscribe((message) => this.#hearBus(message));
    const next = () => {
      if (this.#isStopped) return;
      void this.look();
      this.#timer = this.#o.time.after(LOOK_MS, next);
    };
    next();
  }

  /** The stream of a channel that we hold, while it is live or in a drop. */
  find(channelId: string): Stream | null {
    return this.#watched.get(channelId)?.state?.shown.stream ?? null;
  }

  /** Asks Twitch, and looks after drops and quiet chats. Never throws. */
  look(): Promise<void> {
    this.#isAsked = true;
    this.#looking ??= this.#lookWhileAsked()
      .catch((error: unknown) => this.#o.log.error("streams.look_failed", { code: codeOf(error) }))
      .finally(() => {
        this.#looking = null;
      });
    return this.#looking;
  }

  /** Writes what waits. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#unsubscribe?.();
    this.#timer?.();
    await this.#o.writer.flush();
  }

  /** Who asks while one look is under way may know of channels that this one did not see. */
  async #lookWhileAsked(): Promise<void> {
    while (this.#isAsked && !this.#isStopped) {
      this.#isAsked = false;
      await this.#look();
    }
  }

  async #look(): Promise<void> {
    await this.#restore();
    const as = this.#o.asker();
    if (as !== null) await this.#ask(as);
    const isBlind = as === null;
    for (const channelId of this.#watched.keys()) this.#hear(channelId, { kind: "tick", isBlind });
    await this.#o.writer.flush();
  }

  async #ask(as: string): Promise<void> {
    const ids = [...this.#watched.keys()];
    for (let from = 0; from < ids.length && !this.#isStopped; from += ASKED_MAX) {
      const asked = ids.slice(from, from + ASKED_MAX);
      const answer = await this.#o.helix.streams(as, asked);
      if (!answer.ok) {
        this.#o.log.warn("streams.check_failed", { kind: answer.failure.kind, status: answer.failure.status });
        return;
      }
      const live = new Map(answer.value.map((stream) => [stream.userId, stream]));
      const at = this.#o.time.now();
      for (const channelId of asked) this.#hear(channelId, checked(live.get(channelId), at));
    }
  }

  #hearBus(message: BusMessage): void {
    switch (message.kind) {
      case "event":
        return this.#hearEvent(message.event);
      case "lines":
        return this.#hearLines(message.channelId, message.lines);
      case "channels_changed":
        if (this.#watch()) void this.look();
        return;
      default:
    }
  }

  #hearEvent({ channelId, body, at }: TimelineEvent): void {
    if (body.type === "database.back") return void this.look();
    if (channelId === null) return;
    if (body.type === "stream.online") {
      this.#watch();
      this.#hear(channelId, { kind: "online", at, twitchId: body.streamId, startedAt: new Date(body.startedAt) });
    } else if (body.type === "stream.offline") this.#hear(channelId, { kind: "offline", at });
    else return;
    void this.#o.writer.flush();
  }

  #hearLines(channelId: string, lines: readonly HistoryLine[]): void {
    if (!this.#watched.has(channelId)) return;
    const isBlind = this.#o.asker() === null;
    // One line of each chatter is enough, and where Twitch is asked the last one.
    const newest = new Map<string, HistoryLine>();
    for (const line of lines) if (line.kind === "chat") newest.set(isBlind ? line.chatterId : "", line);
    let hasNews = false;
    for (const { chatterId, sentAt } of newest.values()) {
      hasNews = this.#hear(channelId, { kind: "line", at: sentAt, chatterId, isBlind }) || hasNews;
    }
    if (hasNews) void this.#o.writer.flush();
  }

  /** True when something is to be written. */
  #hear(channelId: string, input: StreamInput): boolean {
    const watched = this.#watched.get(channelId);
    if (watched === undefined) return false;
    if (watched.state === null) {
      this.#keep(watched, input);
      return false;
    }
    const [state, effects] = hearStream(watched.state, input, this.#o.time.now(), watched.freshId);
    watched.state = state;
    if (effects.length === 0) return false;
    watched.freshId = this.#o.chance.uuid();
    this.#o.writer.add(channelId, effects);
    return true;
  }

  /** Checks and ticks come again; what was told, and who wrote, does not. */
  #keep(watched: Watched, input: StreamInput): void {
    if (input.kind === "tick" || input.kind === "absent" || input.kind === "live") return;
    watched.waiting.push(input);
    if (watched.waiting.length <= WAITING_MAX) return;
    watched.waiting.shift();
    this.#dropped++;
  }

  /** Follows which channels we hold. True when there are new ones. */
  #watch(): boolean {
    const held = new Set(this.#o.rooms().map(({ channelId }) => channelId));
    for (const channelId of this.#watched.keys()) if (!held.has(channelId)) this.#watched.delete(channelId);
    let hasNew = false;
    for (const channelId of held) {
      if (this.#watched.has(channelId)) continue;
      this.#watched.set(channelId, { state: null, waiting: [], freshId: this.#o.chance.uuid() });
      hasNew = true;
    }
    return hasNew;
  }

  /** Reads what is stored of the channels of which it is not known yet. What waits to be written is newer, and goes first. */
  async #restore(): Promise<void> {
    this.#watch();
    await this.#o.writer.flush();
    for (const channelId of this.#o.writer.takeRefused()) {
      const watched = this.#watched.get(channelId);
      if (watched) watched.state = null;
    }
    for (const [channelId, watched] of this.#watched) {
      if (watched.state !== null || this.#o.writer.hasWaiting(channelId)) continue;
      try {
        await this.#restoreOne(channelId, watched);
      } catch (error) {
        this.#o.log.warn("streams.restore_failed", { channelId, code: codeOf(error) });
        if (isDatabaseAway(error)) return;
      }
    }
  }

  async #restoreOne(channelId: string, watched: Watched): Promise<void> {
    const { db, time } = this.#o;
    const [newest, lastLineAt] = await Promise.all([listStreams(db, channelId, RESTORED), findLastLineAt(db, channelId)]);
    const streams = newest.map(({ updatedAt: _, ...stream }) => stream);
    watched.state = restoreStreams(channelId, streams, lastLineAt, newest[0]?.updatedAt ?? null, time.now());
    for (const input of watched.waiting.splice(0)) this.#hear(channelId, input);
  }
}

function checked(stream: HelixStream | undefined, at: Date): StreamReport {
  if (stream === undefined) return { kind: "absent", at };
  const { streamId, startedAt, viewers, title, category } = stream;
  return { kind: "live", at, twitchId: streamId, startedAt, viewers, title: eventText(title), category: eventText(category) };
}
