import type { HistoryLine } from "../domain/chat.ts";
import type { TimelineEvent } from "../domain/events.ts";

/** Lines, events and deletions that a log keeps of one channel, each. */
export const LOG_ITEMS_MAX = 200;

/** Something at a place of a log; `n` only grows. */
export interface LogItem<T> {
  n: number;
  value: T;
}

/** What a log holds after some place, in order. */
export interface LogSlice {
  lines: readonly LogItem<HistoryLine>[];
  events: readonly LogItem<TimelineEvent>[];
  /** Ids of messages that were taken back. */
  deleted: readonly LogItem<string>[];
}

/** The newest of what was told of one channel, bounded; a reader is a place in it. */
export class LiveLog {
  #lines: LogItem<HistoryLine>[] = [];
  #events: LogItem<TimelineEvent>[] = [];
  #deleted: LogItem<string>[] = [];
  #head = 0;
  #floor = 0;
  #linesEver = 0;
  #hasLostLines = false;
  #hasLostEvents = false;

  /** The place of the newest item; 0 for none. */
  get head(): number {
    return this.#head;
  }

  /** Lines told so far, those not kept included. */
  get linesEver(): number {
    return this.#linesEver;
  }

  /** Whether lines, or events, fell out of the log since it began. */
  get hasLost(): { lines: boolean; events: boolean } {
    return { lines: this.#hasLostLines, events: this.#hasLostEvents };
  }

  /** Whether all that came after `n` is still here. */
  covers(n: number): boolean {
    return n >= this.#floor && n <= this.#head;
  }

  addLine(value: HistoryLine): void {
    this.#lines.push({ n: ++this.#head, value });
    this.#linesEver += 1;
  }

  addEvent(value: TimelineEvent): void {
    this.#events.push({ n: ++this.#head, value });
  }

  addDeleted(messageId: string): void {
    this.#deleted.push({ n: ++this.#head, value: messageId });
  }

  /** Lines that were told of but are not here: the newest that anybody can read come after them. */
  skipLines(count: number): void {
    if (count > 0) [this.#linesEver, this.#hasLostLines] = [this.#linesEver + count, true];
  }

  /** Older rows exist that were never told here. */
  markOlder(kind: "lines" | "events"): void {
    if (kind === "lines") this.#hasLostLines = true;
    else this.#hasLostEvents = true;
  }

  /** Gives what was told without a row its row, in its place. */
  number(rows: { line?: HistoryLine; event?: TimelineEvent }, n: number): void {
    const { line, event } = rows;
    if (line) this.#lines = this.#lines.map((item) => (item.n === n ? { n, value: line } : item));
    if (event) this.#events = this.#events.map((item) => (item.n === n ? { n, value: event } : item));
  }

  /** Lets the oldest go. To be called after each lot of additions. */
  trim(): void {
    const [lines, events] = [this.#lines.length, this.#events.length];
    this.#lines = this.#bounded(this.#lines);
    this.#events = this.#bounded(this.#events);
    this.#deleted = this.#bounded(this.#deleted);
    this.#hasLostLines ||= this.#lines.length < lines;
    this.#hasLostEvents ||= this.#events.length < events;
  }

  /** What came after `n`, of the lines the newest `linesMax`. */
  after(n: number, linesMax = LOG_ITEMS_MAX): LogSlice {
    return {
      lines: after(this.#lines, n).slice(-linesMax),
      events: after(this.#events, n),
      deleted: after(this.#deleted, n),
    };
  }

  #bounded<T>(items: LogItem<T>[]): LogItem<T>[] {
    const last = items[items.length - LOG_ITEMS_MAX - 1];
    if (last === undefined) return items;
    this.#floor = Math.max(this.#floor, last.n);
    return items.slice(-LOG_ITEMS_MAX);
  }
}

/** The items after `n`: they are in order, and those wanted are at the end. */
function after<T>(items: readonly LogItem<T>[], n: number): readonly LogItem<T>[] {
  let from = items.length;
  while (from > 0 && (items[from - 1]?.n ?? 0) > n) from--;
  return items.slice(from);
}
