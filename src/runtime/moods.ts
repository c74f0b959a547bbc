import type { HistoryLine } from "../domain/chat.ts";
import { emoteWeights, NO_EMOTE_MOODS } from "../domain/emote-moods.ts";
import type { EventBody } from "../domain/events.ts";
import { type FiredTrigger, fireTriggers, joinMoods, type Mood, moodWindow, NO_MOOD, vibeOf } from "../domain/mood.ts";
import { type ChannelMoods, hearLine, isOfPeople, type NotPeople } from "../domain/mood-lines.ts";
import type { Clock, Log, Timers } from "../ports.ts";
import type { Database } from "../store/db.ts";
import { findMoods, saveMoods } from "../store/moods.ts";
import { isDatabaseAway } from "../store/refusals.ts";
import type { Bus } from "./bus.ts";
import { codeOf } from "./recorder.ts";

/** What changed is written this often: so much is lost with a process that is killed. */
export const SAVE_MS = 5_000;
/** Triggers are looked for this often, in channels where somebody wrote within the last 20 minutes. */
export const TRIGGER_MS = 10_000;
const TRIGGER_LINE_MS = 20 * 60_000;
/** What was learnt of emotes is taken into account after this long: making the weights walks all of it. */
const WEIGHTS_MS = 60_000;
/** A full channel is 70 kB of state; above this the quietest are let go. */
const CHANNELS_MAX = 1_000;
/** While the database is away nothing is let go before it is written, up to this many. */
const CHANNELS_AWAY_MAX = 2 * CHANNELS_MAX;
/** Rows of one statement: about 1 MB when all are full. */
const SAVE_BATCH = 16;

export interface MoodsOptions {
  database: Pick<Database, "db" | "sql">;
  bus: Bus;
  /** The channels that this process holds: what another one holds is forgotten here. */
  rooms(): readonly { channelId: string }[];
  notPeople(): NotPeople;
  onEvent(channelId: string, body: EventBody): void;
  time: Clock & Timers;
  log: Log;
}

interface Kept extends ChannelMoods {
  weights: ReadonlyMap<string, number>;
  weightsAt: number;
  lineAt: number;
  /** What is stored was read, or there is nothing. Before that only lines are counted: learning goes on where it ended. */
  isRestored: boolean;
  restoring: Promise<void> | null;
  isDirty: boolean;
}

/** How a channel feels and what its emotes mean there, with the weights that lines are judged by. */
export interface MoodReading extends ChannelMoods {
  weights: ReadonlyMap<string, number>;
}

/** The moods of all channels that we hold: hears the lines as they are told, and writes what changed every few seconds. */
export class Moods {
  readonly #o: MoodsOptions;
  readonly #kept = new Map<string, Kept>();
  #unsubscribe: (() => void) | null = null;
  #timers: (() => void)[] = [];
  #saving: Promise<void> | null = null;
  #dropped = 0;

  constructor(options: MoodsOptions) {
    this.#o = options;
  }

  /** Channels in memory. */
  get size(): number {
    return this.#kept.size;
  }

  /** Channels that were let go unwritten since the start, because the database was away and there were too many. */
  get dropped(): number {
    return this.#dropped;
  }

  start(): void {
    this.#unsubscribe = this.#o.bus.subscribe((message) => {
      if (message.kind === "lines") this.#hear(message.channelId, message.lines);
    });
    this.#every(SAVE_MS, 0, () => void this.#upkeep());
    this.#every(TRIGGER_MS, 1, () => this.#trigger());
  }

  /** Writes what is not written. To be called when no more lines are told. */
  async stop(): Promise<void> {
    this.#unsubscribe?.();
    for (const cancel of this.#timers) cancel();
    await this.save();
  }

  /** Writes what changed. Never throws: while the database is away it stays in memory. */
  async save(): Promise<void> {
    // Whoever comes while one is under way wants what came since, too.
    while (this.#saving !== null) await this.#saving;
    this.#saving = this.#save().finally(() => {
      this.#saving = null;
    });
    await this.#saving;
  }

  /** How a channel feels: of one that we do not hold, as it was written last. Throws when that is to be read and the database is away. */
  async find(channelId: string): Promise<MoodReading> {
    const kept = this.#kept.get(channelId);
    if (kept !== undefined) {
      await kept.restoring;
      return { mood: kept.mood, emotes: kept.emotes, weights: this.#weightsOf(kept) };
    }
    const stored = (await this.#read(channelId)) ?? { mood: NO_MOOD, emotes: NO_EMOTE_MOODS };
    return { ...stored, weights: emoteWeights(stored.emotes, this.#o.time.now().getTime()) };
  }

  isOfPeople(line: HistoryLine): boolean {
    return isOfPeople(line, this.#o.notPeople());
  }

  #every(ms: number, index: number, run: () => void): void {
    const next = () => {
      this.#timers[index] = this.#o.time.after(ms, next);
      run();
    };
    this.#timers[index] = this.#o.time.after(ms, next);
  }

  #hear(channelId: string, lines: readonly HistoryLine[]): void {
    const notPeople = this.#o.notPeople();
    const now = this.#o.time.now();
    for (const line of lines) {
      if (!isOfPeople(line, notPeople)) continue;
      const kept = this.#kept.get(channelId) ?? this.#keep(channelId);
      const { mood, emotes } = hearLine(kept, line, this.#weightsOf(kept), now);
      kept.mood = mood;
      if (kept.isRestored) kept.emotes = emotes;
      kept.lineAt = now.getTime();
      kept.isDirty = true;
    }
  }

  #keep(channelId: string): Kept {
    const kept: Kept = {
      mood: NO_MOOD,
      emotes: NO_EMOTE_MOODS,
      weights: new Map(),
      weightsAt: Number.NEGATIVE_INFINITY,
      lineAt: 0,
      isRestored: false,
      restoring: null,
      isDirty: false,
    };
    if (this.#kept.size >= CHANNELS_AWAY_MAX) {
      for (const [quietest] of this.#quietest(1)) this.#kept.delete(quietest);
      this.#dropped++;
    }
    this.#kept.set(channelId, kept);
    void this.#restore(channelId, kept);
    return kept;
  }

  #weightsOf(kept: Kept): ReadonlyMap<string, number> {
    const at = this.#o.time.now().getTime();
    if (Math.abs(at - kept.weightsAt) >= WEIGHTS_MS) {
      kept.weights = emoteWeights(kept.emotes, at);
      kept.weightsAt = at;
    }
    return kept.weights;
  }

  #restore(channelId: string, kept: Kept): Promise<void> {
    kept.restoring ??= this.#read(channelId)
      .then((stored) => {
        kept.isRestored = true;
        if (stored === null) return;
        kept.mood = joinMoods(stored.mood, kept.mood);
        kept.emotes = stored.emotes;
        kept.weightsAt = Number.NEGATIVE_INFINITY;
      })
      .catch((error: unknown) => this.#o.log.warn("moods.restore_failed", { channelId, code: codeOf(error) }))
      .finally(() => {
        kept.restoring = null;
      });
    return kept.restoring;
  }

  async #read(channelId: string): Promise<ChannelMoods | null> {
    const stored = await findMoods(this.#o.database.db, channelId);
    if (stored === null) return null;
    const { mood, emotes } = stored;
    if (mood === null || emotes === null)
      this.#o.log.error("moods.unreadable", { channelId, mood: mood === null, emotes: emotes === null });
    return { mood: mood ?? NO_MOOD, emotes: emotes ?? NO_EMOTE_MOODS };
  }

  async #upkeep(): Promise<void> {
    await this.save();
    const held = new Set(this.#o.rooms().map(({ channelId }) => channelId));
    for (const [channelId, kept] of this.#kept) if (!held.has(channelId) && !kept.isDirty) this.#kept.delete(channelId);
    const over = this.#kept.size - CHANNELS_MAX;
    if (over > 0) for (const [channelId, kept] of this.#quietest(over)) if (!kept.isDirty) this.#kept.delete(channelId);
  }

  #quietest(count: number): [string, Kept][] {
    return [...this.#kept].sort(([, a], [, b]) => a.lineAt - b.lineAt).slice(0, count);
  }

  /** What was not restored yet is not written: it would replace what is stored. */
  async #save(): Promise<void> {
    const dirty = [...this.#kept].filter(([, kept]) => kept.isDirty);
    await Promise.all(dirty.filter(([, kept]) => !kept.isRestored).map(([channelId, kept]) => this.#restore(channelId, kept)));
    const ready = dirty.filter(([, kept]) => kept.isRestored);
    for (let from = 0; from < ready.length; from += SAVE_BATCH) {
      const batch = ready.slice(from, from + SAVE_BATCH);
      for (const [, kept] of batch) kept.isDirty = false;
      try {
        const rows = batch.map(([channelId, { mood, emotes }]) => ({ channelId, mood, emotes }));
        await saveMoods(this.#o.database.sql, rows, this.#o.time.now());
      } catch (error) {
        for (const [, kept] of batch) kept.isDirty = true;
        this.#o.log.warn("moods.save_failed", { code: codeOf(error), channels: ready.length - from });
        if (isDatabaseAway(error)) return;
      }
    }
  }

  #trigger(): void {
    const now = this.#o.time.now().getTime();
    for (const [channelId, kept] of this.#kept) {
      if (!kept.isRestored || now - kept.lineAt >= TRIGGER_LINE_MS) continue;
      const { state, fired } = fireTriggers(kept.mood, now);
      if (fired.length === 0) continue;
      kept.mood = state;
      kept.isDirty = true;
      for (const one of fired) this.#o.onEvent(channelId, eventOf(one, state, now));
    }
  }
}

function eventOf({ trigger, minutes, messages }: FiredTrigger, mood: Mood, at: number): EventBody {
  const told = { vibe: vibeOf(mood, at), average: Math.round(moodWindow(mood, minutes, at).average * 1_000) / 1_000, messages };
  return trigger === "anti-boredom" ? { type: "mood.lull", trigger, ...told } : { type: "mood.trigger", trigger, ...told };
}
