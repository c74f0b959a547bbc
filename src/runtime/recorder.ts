import type { ToldAs } from "../domain/channel.ts";
import type { HistoryLine } from "../domain/chat.ts";
import { AppError } from "../domain/errors.ts";
import type { EventBody, TimelineEvent } from "../domain/events.ts";
import type { Chance, Clock, Log, Timers } from "../ports.ts";
import { addLines, markDeleted } from "../store/chat.ts";
import type { Database } from "../store/db.ts";
import { addModelCalls, type ModelCall } from "../store/ledger.ts";
import { isDatabaseAway, sqlState } from "../store/refusals.ts";
import { type StoredState, saveStates } from "../store/state.ts";
import { addEvents } from "../store/timeline.ts";
import type { Bus } from "./bus.ts";
import { BoundedQueue } from "./queue.ts";

/** What is taken back: one message, everything of a chatter, or the whole chat of a channel. */
export type Deletion =
  | { channelId: string; messageId: string }
  | { channelId: string; chatterId: string }
  | { channelId: string; all: true };

/** Chat lines waiting to be written: about ten minutes of 500 a second while the database is away. */
const LINES_MAX = 300_000;
const EVENTS_MAX = 20_000;
const DELETIONS_MAX = 20_000;
const CALLS_MAX = 20_000;
/** Channel states waiting: one per channel, the newest wins. */
const STATES_MAX = 2_000;
/** A chat line waits at most this long before its batch is written. */
const LINES_EVERY_MS = 100;
/** Events that follow one another this closely share a statement. */
const EVENTS_EVERY_MS = 3;
/** States, ledger rows and deletions are less urgent. */
const REST_EVERY_MS = 500;
const EVENTS_BATCH_MAX = 200;
/**
 * When more than so many batches wait, they are written as one: a quarter more rows a second on Postgres
 * (measured with 2,000 and 8,000), at the price of a later answer for each.
 */
const DEEP_BATCHES = 4;
const CALLS_BATCH_MAX = 500;
/** What is taken back was written in this time before: older lines are no longer on anybody's screen. */
const PURGE_BACK_MS = 24 * 3_600_000;
/** Waits between attempts while the database is away. */
const RETRY_MS = [250, 500, 1_000, 2_000];

/** What the recorder holds and what it had to throw away. */
export interface RecorderStats {
  linesWaiting: number;
  linesDropped: number;
  linesRefused: number;
  linesStored: number;
  /** Lines that need no more work: stored, known already, refused or dropped. */
  linesDone: number;
  eventsWaiting: number;
  eventsDropped: number;
  /** Since when the database is away; null while it is there. */
  awaySince: Date | null;
}

/**
 * Writes what happened, in batches, behind everybody's back: nobody waits for it. Persists, then
 * publishes. While the database is away it keeps up to the bounds above, goes on telling listeners
 * (without ids), and writes all of it in order when the database is back.
 */
export class Recorder {
  readonly #database: Pick<Database, "db" | "sql">;
  readonly #bus: Bus;
  readonly #time: Clock & Timers;
  readonly #chance: Chance;
  readonly #log: Log;
  readonly #batchMax: number;

  readonly #lines = new BoundedQueue<HistoryLine>(LINES_MAX);
  readonly #events = new BoundedQueue<TimelineEvent>(EVENTS_MAX);
  readonly #deletions = new BoundedQueue<{ deletion: Deletion; at: Date; afterLine: number }>(DELETIONS_MAX);
  readonly #calls = new BoundedQueue<ModelCall>(CALLS_MAX);
  /** Names of the rows that wait: one that was written, but whose answer was lost, is not written twice. */
  readonly #keys = new WeakMap<object, string>();
  /** Of the events that tell an occurrence of Twitch's: those may have been written by somebody else. */
  readonly #meanings = new WeakMap<TimelineEvent, string>();
  readonly #states = new Map<string, StoredState>();

  /** Lines and events at the head of their queues that listeners already know, without an id. */
  #linesTold = 0;
  #eventsTold = 0;
  #linesAdded = 0;
  #linesDone = 0;
  #linesStored = 0;
  #linesRefused = 0;
  #awaySince: Date | null = null;
  #droppedWhenLost = 0;
  #attempt = 0;

  #linesBusy: Promise<void> | null = null;
  #eventsBusy: Promise<void> | null = null;
  #restBusy: Promise<void> | null = null;
  #linesTimer: (() => void) | null = null;
  #eventsTimer: (() => void) | null = null;
  #restTimer: (() => void) | null = null;
  #tellTimer: (() => void) | null = null;
  #stopped = false;

  constructor(
    database: Pick<Database, "db" | "sql">,
    bus: Bus,
    outside: { time: Clock & Timers; chance: Chance; log: Log },
    options: { linesBatchMax: number },
  ) {
    this.#database = database;
    this.#bus = bus;
    this.#time = outside.time;
    this.#chance = outside.chance;
    this.#log = outside.log;
    this.#batchMax = options.linesBatchMax;
  }

  stats(): RecorderStats {
    return {
      linesWaiting: this.#lines.length,
      linesDropped: this.#lines.dropped,
      linesRefused: this.#linesRefused,
      linesStored: this.#linesStored,
      linesDone: this.#linesDone,
      eventsWaiting: this.#events.length,
      eventsDropped: this.#events.dropped,
      awaySince: this.#awaySince,
    };
  }

  addLine(line: HistoryLine): void {
    if (!this.#lines.push(line)) {
      this.#linesDone++;
      if (this.#linesTold > 0) this.#linesTold--;
    }
    this.#linesAdded++;
    if (this.#linesBusy === null && this.#linesTimer === null)
      this.#linesTimer = this.#time.after(LINES_EVERY_MS, () => this.#startLines());
    else if (this.#linesBusy === null && this.#awaySince === null && this.#lines.length >= this.#batchMax) this.#startLines();
    if (this.#awaySince !== null) this.#planTell();
  }

  /**
   * Writes `body` to the timeline and publishes it. With `told` it is one of Twitch's occurrences: when its row is there
   * already, it is not published again.
   */
  addEvent(channelId: string | null, body: EventBody, traceId: string | null = null, told?: ToldAs): void {
    const event: TimelineEvent = { id: null, at: this.#time.now(), channelId, traceId, body };
    if (told) this.#meanings.set(event, told.meaning);
    if (told?.writeKey) this.#keys.set(event, told.writeKey);
    if (!this.#events.push(event) && this.#eventsTold > 0) this.#eventsTold--;
    if (this.#eventsBusy === null && this.#eventsTimer === null) {
      this.#eventsTimer = this.#time.after(EVENTS_EVERY_MS, () => this.#startEvents());
    }
    if (this.#awaySince !== null) this.#planTell();
  }

  addDeletion(deletion: Deletion): void {
    this.#deletions.push({ deletion, at: this.#time.now(), afterLine: this.#linesAdded });
    this.#planRest();
  }

  addCall(call: ModelCall): void {
    this.#calls.push(call);
    this.#planRest();
  }

  /** Keeps the newest state of a channel; older ones not yet written are forgotten. */
  saveState(state: StoredState): void {
    if (!this.#states.has(state.channelId) && this.#states.size >= STATES_MAX) return;
    this.#states.set(state.channelId, state);
    this.#planRest();
  }

  /** Resolves when all that was added before the call is written, or the database is away. */
  async flush(): Promise<void> {
    while (this.#isWriting() && this.#lines.length > 0) {
      this.#startLines();
      await this.#linesBusy;
    }
    while (this.#isWriting() && this.#events.length > 0) {
      this.#startEvents();
      await this.#eventsBusy;
    }
    while (this.#isWriting() && this.#hasRest()) {
      this.#startRest();
      await this.#restBusy;
    }
  }

  #isWriting(): boolean {
    return this.#awaySince === null && !this.#stopped;
  }

  /** Writes what is left, for at most `deadlineMs`, and stops. Returns how many lines were left unwritten. */
  async stop(deadlineMs: number): Promise<number> {
    let cancel = () => {};
    const late = new Promise<void>((resolve) => {
      cancel = this.#time.after(deadlineMs, resolve);
    });
    await Promise.race([this.flush(), late]);
    cancel();
    this.#stopped = true;
    for (const timer of [this.#linesTimer, this.#eventsTimer, this.#restTimer, this.#tellTimer]) timer?.();
    return this.#lines.length;
  }

  // --- chat lines -----------------------------------------------------------------------------

  #startLines(): void {
    this.#linesTimer?.();
    this.#linesTimer = null;
    if (this.#stopped || this.#linesBusy !== null || this.#lines.length === 0) return;
    this.#linesBusy = this.#writeLines().finally(() => {
      this.#linesBusy = null;
      if (this.#stopped || this.#lines.length === 0 || this.#linesTimer !== null) return;
      if (this.#awaySince !== null) this.#linesTimer = this.#time.after(this.#retryMs(), () => this.#startLines());
      else if (this.#lines.length >= this.#batchMax) this.#startLines();
      else this.#linesTimer = this.#time.after(LINES_EVERY_MS, () => this.#startLines());
    });
  }

  async #writeLines(): Promise<void> {
    const isDeep = this.#lines.length > this.#batchMax * DEEP_BATCHES;
    const batch = this.#lines.peek(isDeep ? this.#batchMax * DEEP_BATCHES : this.#batchMax);
    const droppedBefore = this.#lines.dropped;
    const stored = await this.#storeLines(batch);
    if (stored === null) return this.#tellUnstored();
    // Lines that were pushed out by the bound while we wrote have already left the head.
    const gone = Math.min(this.#lines.dropped - droppedBefore, batch.length);
    this.#lines.drop(batch.length - gone);
    this.#linesDone += batch.length - gone;
    this.#linesStored += stored.length;
    const told = new Set(batch.slice(0, this.#linesTold).map((line) => line.messageId));
    this.#linesTold = Math.max(0, this.#linesTold - batch.length);
    this.#publishLines(told.size > 0 ? stored.filter((line) => !told.has(line.messageId)) : stored);
    if (this.#deletions.length > 0) this.#planRest();
  }

  /** Null: the database is away. A row it refuses is found by halving, counted and left out. */
  async #storeLines(batch: readonly HistoryLine[]): Promise<readonly HistoryLine[] | null> {
    try {
      const { stored } = await addLines(this.#database.sql, batch);
      this.#isBack();
      return stored;
    } catch (error) {
      if (isDatabaseAway(error)) {
        this.#isLost(error);
        return null;
      }
      if (batch.length === 1) {
        this.#linesRefused++;
        this.#log.error("recorder.line_refused", { messageId: batch[0]?.messageId ?? "" });
        return [];
      }
      const half = batch.length >> 1;
      const first = await this.#storeLines(batch.slice(0, half));
      const second = first === null ? null : await this.#storeLines(batch.slice(half));
      return first === null || second === null ? null : [...first, ...second];
    }
  }

  #publishLines(lines: readonly HistoryLine[]): void {
    const byChannel = Map.groupBy(lines, (line) => line.channelId);
    for (const [channelId, group] of byChannel) this.#bus.publish({ kind: "lines", channelId, lines: group, skipped: 0 });
  }

  // --- timeline -------------------------------------------------------------------------------

  #startEvents(): void {
    this.#eventsTimer?.();
    this.#eventsTimer = null;
    if (this.#stopped || this.#eventsBusy !== null || this.#events.length === 0) return;
    this.#eventsBusy = this.#writeEvents().finally(() => {
      this.#eventsBusy = null;
      if (this.#stopped || this.#events.length === 0 || this.#eventsTimer !== null) return;
      const wait = this.#awaySince === null ? EVENTS_EVERY_MS : this.#retryMs();
      this.#eventsTimer = this.#time.after(wait, () => this.#startEvents());
    });
  }

  async #writeEvents(): Promise<void> {
    const batch = this.#events.peek(EVENTS_BATCH_MAX);
    const droppedBefore = this.#events.dropped;
    try {
      const meanings = batch.map((event) => this.#meanings.get(event) ?? null);
      const ids = await addEvents(this.#database.sql, batch, this.#keysOf(batch), meanings);
      const gone = Math.min(this.#events.dropped - droppedBefore, batch.length);
      this.#events.drop(batch.length - gone);
      const told = this.#eventsTold;
      this.#eventsTold = Math.max(0, told - batch.length);
      for (const [index, event] of batch.entries()) {
        const id = ids[index] ?? null;
        const isKnown = id === null && this.#meanings.has(event);
        if (index >= told && !isKnown) this.#bus.publish({ kind: "event", event: { ...event, id } });
      }
      this.#isBack();
    } catch (error) {
      if (!isDatabaseAway(error)) {
        this.#refuseEvents(batch, error);
        return;
      }
      this.#isLost(error);
      this.#tellUnstored();
    }
  }

  /** The database will not have this batch: it is logged, told without ids, and not tried again. */
  #refuseEvents(batch: readonly TimelineEvent[], error: unknown): void {
    const traceId = this.#chance.uuid();
    this.#log.error("recorder.events_refused", { traceId, count: batch.length, code: codeOf(error) });
    this.#events.drop(batch.length);
    const told = this.#eventsTold;
    this.#eventsTold = Math.max(0, told - batch.length);
    for (const event of batch.slice(told)) this.#bus.publish({ kind: "event", event });
  }

  // --- the rest -------------------------------------------------------------------------------

  #hasRest(): boolean {
    return this.#deletions.length > 0 || this.#calls.length > 0 || this.#states.size > 0;
  }

  #planRest(): void {
    if (this.#stopped || this.#restBusy !== null || this.#restTimer !== null) return;
    this.#restTimer = this.#time.after(REST_EVERY_MS, () => this.#startRest());
  }

  #startRest(): void {
    this.#restTimer?.();
    this.#restTimer = null;
    if (this.#stopped || this.#restBusy !== null) return;
    this.#restBusy = this.#writeRest()
      .catch((error: unknown) => this.#isLost(error))
      .finally(() => {
        this.#restBusy = null;
        if (this.#hasRest()) this.#planRest();
      });
  }

  /** Throws only when the database is away. */
  async #writeRest(): Promise<void> {
    const calls = this.#calls.peek(CALLS_BATCH_MAX);
    if (calls.length > 0) {
      await this.#unlessRefused("model_calls", calls.length, () => addModelCalls(this.#database.sql, calls, this.#keysOf(calls)));
      this.#calls.drop(calls.length);
    }
    if (this.#states.size > 0) {
      const states = [...this.#states.values()];
      await this.#unlessRefused("channel_state", states.length, () => saveStates(this.#database.sql, states));
      for (const state of states) if (this.#states.get(state.channelId) === state) this.#states.delete(state.channelId);
    }
    for (let next = this.#deletions.peek(1)[0]; next && next.afterLine <= this.#linesDone; next = this.#deletions.peek(1)[0]) {
      const { deletion, at } = next;
      const messageIds = (await this.#unlessRefused("channel_history", 1, () => this.#delete(deletion, at))) ?? [];
      this.#deletions.shift();
      if (messageIds.length > 0) this.#bus.publish({ kind: "lines_deleted", channelId: deletion.channelId, messageIds });
    }
  }

  /** What the database will not have is logged and set aside, so that it does not keep the others waiting. */
  async #unlessRefused<T>(table: string, count: number, write: () => Promise<T>): Promise<T | null> {
    try {
      return await write();
    } catch (error) {
      if (isDatabaseAway(error)) throw error;
      this.#log.error("recorder.rows_refused", { traceId: this.#chance.uuid(), table, count, code: codeOf(error) });
      return null;
    }
  }

  #keysOf(rows: readonly object[]): string[] {
    return rows.map((row) => {
      const key = this.#keys.get(row) ?? this.#chance.uuid();
      this.#keys.set(row, key);
      return key;
    });
  }

  #delete(deletion: Deletion, at: Date): Promise<string[]> {
    const { db } = this.#database;
    const { channelId } = deletion;
    const since = new Date(at.getTime() - PURGE_BACK_MS);
    if ("messageId" in deletion) return markDeleted(db, channelId, { messageId: deletion.messageId, since }, at);
    return markDeleted(db, channelId, { chatterId: "chatterId" in deletion ? deletion.chatterId : null, since }, at);
  }

  // --- the database, away and back --------------------------------------------------------------

  /** A write may take seconds to fail: what comes meanwhile is told without waiting for that. */
  #planTell(): void {
    if (this.#stopped || this.#tellTimer !== null) return;
    this.#tellTimer = this.#time.after(LINES_EVERY_MS, () => {
      this.#tellTimer = null;
      if (this.#awaySince !== null) this.#tellUnstored();
    });
  }

  /** While the database is away listeners still see what happens, without ids. */
  #tellUnstored(): void {
    const lines = this.#lines.peek(this.#lines.length, this.#linesTold);
    this.#linesTold = this.#lines.length;
    this.#publishLines(lines);
    const events = this.#events.peek(this.#events.length, this.#eventsTold);
    this.#eventsTold = this.#events.length;
    for (const event of events) this.#bus.publish({ kind: "event", event });
  }

  #retryMs(): number {
    return RETRY_MS[Math.min(this.#attempt, RETRY_MS.length) - 1] ?? RETRY_MS[0] ?? 250;
  }

  #isLost(error: unknown): void {
    this.#attempt++;
    if (this.#awaySince !== null) return;
    this.#awaySince = this.#time.now();
    this.#droppedWhenLost = this.#lines.dropped;
    this.#log.warn("database.lost", { code: codeOf(error) });
    this.addEvent(null, { type: "database.lost", reason: codeOf(error) });
    this.#bus.publish({ kind: "status_changed" });
  }

  #isBack(): void {
    this.#attempt = 0;
    if (this.#awaySince === null) return;
    const awayMs = this.#time.now().getTime() - this.#awaySince.getTime();
    const dropped = this.#lines.dropped - this.#droppedWhenLost;
    this.#awaySince = null;
    this.#log.warn("database.back", { awayMs, dropped });
    this.addEvent(null, { type: "database.back", awayMs, kept: this.#lines.length, dropped });
    this.#bus.publish({ kind: "status_changed" });
  }
}

/** What may be logged of a failure: a code or a reason, never a message, which may hold SQL and people's texts. */
export function codeOf(error: unknown): string {
  if (error instanceof AppError) return error.reason;
  return sqlState(error) ?? (error instanceof Error ? error.name : "unknown");
}
