import type { WorldClock } from "./clock.ts";

export type Surface = "irc" | "eventsub" | "helix" | "id" | "model" | "webhook" | "control" | "world" | "net";

export type LogValue = string | number | boolean | null;

/** One thing that reached the world or that it did, in order. Secrets appear only as the label of their token. */
export interface LogEntry {
  seq: number;
  /** The world's time, ISO 8601. */
  at: string;
  surface: Surface;
  /** The connection it came on, such as "irc-3"; null when it belongs to none. */
  conn: string | null;
  /** `in`: a client did it. `out`: the world did it to a client. `note`: the world's own finding. */
  way: "in" | "out" | "note";
  what: string;
  fields: Readonly<Record<string, LogValue>>;
}

/** The ordered record of a world, bounded: the oldest entries go first, and are counted. */
export class WorldLog {
  #entries: LogEntry[] = [];
  #from = 0;
  #seq = 0;
  #listeners = new Set<(entry: LogEntry) => void>();
  #clock: WorldClock;
  #max: number;

  constructor(clock: WorldClock, max: number) {
    this.#clock = clock;
    this.#max = max;
  }

  add(surface: Surface, way: LogEntry["way"], conn: string | null, what: string, fields: LogEntry["fields"] = {}): LogEntry {
    const entry: LogEntry = { seq: ++this.#seq, at: this.#clock.now().toISOString(), surface, conn, way, what, fields };
    this.#entries.push(entry);
    if (this.#entries.length - this.#from > this.#max) this.#from++;
    if (this.#from > this.#max) {
      this.#entries = this.#entries.slice(this.#from);
      this.#from = 0;
    }
    for (const listener of this.#listeners) listener(entry);
    return entry;
  }

  /** What is kept, oldest first. */
  entries(): readonly LogEntry[] {
    return this.#from === 0 ? this.#entries : this.#entries.slice(this.#from);
  }

  /** Entries of one kind, such as `list("irc", "PRIVMSG")`. */
  list(surface: Surface, what?: string): LogEntry[] {
    return this.entries().filter((entry) => entry.surface === surface && (what === undefined || entry.what === what));
  }

  /** The first entry that matches, there already or still to come. Rejects after `timeoutMs` of the machine's time. */
  next(matches: (entry: LogEntry) => boolean, timeoutMs = 10_000): Promise<LogEntry> {
    const there = this.entries().find(matches);
    return there ? Promise.resolve(there) : this.after(matches, timeoutMs);
  }

  /** The first entry still to come that matches. Rejects after `timeoutMs` of the machine's time. */
  after(matches: (entry: LogEntry) => boolean, timeoutMs = 10_000): Promise<LogEntry> {
    return new Promise((resolve, reject) => {
      const listener = (entry: LogEntry) => {
        if (!matches(entry)) return;
        done();
        resolve(entry);
      };
      const timer = setTimeout(() => {
        done();
        reject(new Error(`nothing that matches was logged within ${timeoutMs} ms`));
      }, timeoutMs);
      const done = () => {
        clearTimeout(timer);
        this.#listeners.delete(listener);
      };
      this.#listeners.add(listener);
    });
  }

  /** Tells `listener` of every entry from now on; the returned function ends it. */
  listen(listener: (entry: LogEntry) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /** Entries that no longer are kept. */
  get dropped(): number {
    return this.#seq - (this.#entries.length - this.#from);
  }

  /** All of it as JSON lines: equal bytes mean an equal course of events. */
  text(): string {
    return this.entries()
      .map((entry) => `${JSON.stringify(entry)}\n`)
      .join("");
  }
}
