import type { HistoryLine } from "../domain/chat.ts";
import { HUD_LEVEL, type TimelineEvent } from "../domain/events.ts";
import type { BusMessage } from "../runtime/bus.ts";
import { LiveLog, LOG_ITEMS_MAX, type LogSlice } from "./live-log.ts";
import type { Cursor } from "./sse.ts";

/** The dashboard is told all; the HUD only what `HUD_LEVEL` names. */
export type FeedKind = "dashboard" | "hud";

/** Rows as they are stored, oldest first. */
export interface FeedRows {
  lines: readonly HistoryLine[];
  events: readonly TimelineEvent[];
}

/** Where a feed reads what was stored; at most `LOG_ITEMS_MAX` of each. Throws while the database is away. */
export interface FeedSource {
  newest(): Promise<FeedRows>;
}

/** Ids remembered so that a row that came from the database is not told again by the bus. */
const SEEN_MAX = 1_000;
/** Bus messages kept while the first rows are read. */
const WAITING_MAX = 500;

/**
 * What one channel shows live: the stored rows it began with, then what the bus tells, each row once.
 * A reader comes with a cursor and is given what it has not seen, or the whole when that is too long ago.
 */
export class LiveFeed {
  readonly channelId: string | null;
  readonly kind: FeedKind;
  readonly boot: string;
  readonly log = new LiveLog();
  readonly #source: FeedSource;
  readonly #seen = new Set<string | number>();
  #waiting: BusMessage[] | null = [];
  #opening: Promise<void> | null = null;
  #isLoaded = false;
  #timelineId = 0;
  #historySeq = 0;

  /** `boot`: a fresh word that no other feed has, a–z and 0–9. */
  constructor(channelId: string | null, kind: FeedKind, boot: string, source: FeedSource) {
    this.channelId = channelId;
    this.kind = kind;
    this.boot = boot;
    this.#source = source;
  }

  /** Whether it began with what was stored; false while it reads, and when the database was away. */
  get isLoaded(): boolean {
    return this.#isLoaded;
  }

  /** Reads the stored rows it begins with, once. Never throws: with the database away it begins empty, and is replaced later. */
  open(): Promise<void> {
    this.#opening ??= this.#load();
    return this.#opening;
  }

  /** Takes what the bus tells of this channel, or of the whole installation. */
  take(message: BusMessage): void {
    if (this.#waiting === null) this.#add(message);
    else if (this.#waiting.length < WAITING_MAX) this.#waiting.push(message);
  }

  /** The place of a reader who has seen all up to `n`. */
  cursorAt(n: number, timelineId = this.#timelineId): Cursor {
    return { timelineId, historySeq: this.#historySeq, position: { boot: this.boot, n } };
  }

  /**
   * Reads what is needed to judge `cursor`: a page reads the database, which may be a moment ahead of
   * the bus; and what was told while the database was away has its rows by now. Never throws.
   */
  async prepare(cursor: Cursor): Promise<void> {
    await this.open();
    if (cursor.position?.boot === this.boot) return;
    const isBehind = cursor.timelineId > this.#timelineId || cursor.historySeq > this.#historySeq;
    if (!isBehind && !this.#hasUnnumbered()) return;
    const rows = await this.#source.newest().catch(() => null);
    if (rows === null) return;
    this.#number(rows);
    this.#addRows({
      lines: rows.lines.filter((line) => (line.seq ?? 0) > this.#historySeq),
      events: rows.events.filter((event) => (event.id ?? 0) > this.#timelineId),
    });
  }

  /** What a reader at `cursor` has not seen; null when that is more than the log keeps. */
  since(cursor: Cursor): LogSlice | null {
    const { position } = cursor;
    if (position?.boot !== this.boot) return this.#sinceRows(cursor);
    return this.log.covers(position.n) ? this.log.after(position.n) : null;
  }

  #sinceRows({ timelineId, historySeq }: Cursor): LogSlice | null {
    const all = this.log.after(-1);
    const oldestSeq = all.lines.find((item) => item.value.seq !== null)?.value.seq ?? 0;
    const oldestId = all.events.find((item) => item.value.id !== null)?.value.id ?? 0;
    if (this.log.hasLost.lines && historySeq < oldestSeq - 1) return null;
    if (this.log.hasLost.events && timelineId < oldestId - 1) return null;
    return {
      lines: all.lines.filter((item) => (item.value.seq ?? Number.POSITIVE_INFINITY) > historySeq),
      events: all.events.filter((item) => (item.value.id ?? Number.POSITIVE_INFINITY) > timelineId),
      deleted: all.deleted,
    };
  }

  async #load(): Promise<void> {
    const rows = await this.#source.newest().catch(() => null);
    if (rows !== null) {
      if (rows.lines.length >= LOG_ITEMS_MAX) this.log.markOlder("lines");
      if (rows.events.length >= LOG_ITEMS_MAX) this.log.markOlder("events");
      this.#addRows(rows);
      this.#isLoaded = true;
    }
    const waiting = this.#waiting ?? [];
    this.#waiting = null;
    for (const message of waiting) this.#add(message);
  }

  #add(message: BusMessage): void {
    if (message.kind === "event") this.#addRows({ lines: [], events: [message.event] });
    else if (message.kind === "lines" && this.kind === "dashboard") {
      this.log.skipLines(message.skipped);
      this.#addRows({ lines: message.lines, events: [] });
    } else if (message.kind === "lines_deleted" && this.kind === "dashboard") {
      for (const id of message.messageIds) this.log.addDeleted(id);
      this.log.trim();
    }
  }

  #addRows({ lines, events }: FeedRows): void {
    const kept = lines.slice(-LOG_ITEMS_MAX);
    this.log.skipLines(lines.length - kept.length);
    for (const line of kept) {
      if (this.#isSeen(line.messageId)) continue;
      this.#historySeq = Math.max(this.#historySeq, line.seq ?? 0);
      this.log.addLine(line);
    }
    for (const event of events) {
      if (this.kind === "hud" && HUD_LEVEL[event.body.type] === undefined) continue;
      if (event.id !== null && this.#isSeen(event.id)) continue;
      this.#timelineId = Math.max(this.#timelineId, event.id ?? 0);
      this.log.addEvent(event);
    }
    this.log.trim();
  }

  #isSeen(key: string | number): boolean {
    if (this.#seen.has(key)) return true;
    this.#seen.add(key);
    if (this.#seen.size > SEEN_MAX) for (const oldest of this.#seen) return !this.#seen.delete(oldest);
    return false;
  }

  #hasUnnumbered(): boolean {
    const all = this.log.after(-1);
    return all.lines.some((item) => item.value.seq === null) || all.events.some((item) => item.value.id === null);
  }

  /** Lines are known again by Twitch's id; an event by its instant, kind and trace. */
  #number(rows: FeedRows): void {
    const all = this.log.after(-1);
    const lines = new Map(rows.lines.map((line) => [line.messageId, line]));
    for (const item of all.lines) {
      const line = item.value.seq === null ? lines.get(item.value.messageId) : undefined;
      if (line) this.log.number({ line }, item.n);
    }
    const events = rows.events.filter((event) => event.id !== null && !this.#seen.has(event.id));
    for (const item of all.events) {
      const at = item.value.id === null ? events.findIndex((event) => isSameEvent(event, item.value)) : -1;
      const [event] = at < 0 ? [] : events.splice(at, 1);
      if (event?.id == null) continue;
      this.#seen.add(event.id);
      this.log.number({ event }, item.n);
    }
  }
}

function isSameEvent(one: TimelineEvent, other: TimelineEvent): boolean {
  return one.at.getTime() === other.at.getTime() && one.body.type === other.body.type && one.traceId === other.traceId;
}
