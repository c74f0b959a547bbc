import type { Stream, StreamEffect } from "../domain/streams.ts";
import type { Clock, Log } from "../ports.ts";
import type { Sql } from "../store/db.ts";
import { isDatabaseAway } from "../store/refusals.ts";
import { saveStreams } from "../store/streams.ts";
import type { Bus } from "./bus.ts";
import { codeOf } from "./recorder.ts";

/** Channels whose streams wait to be written while the database is away: more than a process holds. */
const CHANNELS_MAX = 2_000;
/** Streams of one channel that wait: one begins at most every ten minutes, so this is more than a day away. */
const STREAMS_MAX = 200;

interface Waiting {
  saved: Map<string, Stream>;
  removed: Set<string>;
}

/** Writes streams, each as it was last, channel by channel, and then tells the bus. */
export class StreamWriter {
  readonly #sql: Sql;
  readonly #bus: Bus;
  readonly #time: Clock;
  readonly #log: Log;
  #waiting = new Map<string, Waiting>();
  #refused = new Set<string>();
  #flushing: Promise<void> | null = null;
  #dropped = 0;

  constructor(options: { sql: Sql; bus: Bus; time: Clock; log: Log }) {
    this.#sql = options.sql;
    this.#bus = options.bus;
    this.#time = options.time;
    this.#log = options.log;
  }

  /** Streams that were given up since the start because too many waited. */
  get dropped(): number {
    return this.#dropped;
  }

  add(channelId: string, effects: readonly StreamEffect[]): void {
    const waiting = this.#waiting.get(channelId) ?? { saved: new Map(), removed: new Set() };
    if (!this.#waiting.has(channelId) && this.#waiting.size >= CHANNELS_MAX) {
      this.#dropped++;
      return;
    }
    this.#waiting.set(channelId, waiting);
    for (const effect of effects) {
      if (effect.kind === "save") {
        waiting.saved.delete(effect.stream.id);
        waiting.saved.set(effect.stream.id, effect.stream);
        waiting.removed.delete(effect.stream.id);
      } else {
        waiting.saved.delete(effect.streamId);
        waiting.removed.add(effect.streamId);
      }
    }
    for (const oldest of waiting.saved.keys()) {
      if (waiting.saved.size <= STREAMS_MAX) break;
      waiting.saved.delete(oldest);
      this.#dropped++;
    }
  }

  hasWaiting(channelId: string): boolean {
    return this.#waiting.has(channelId);
  }

  /** Channels of which the database has another stream that is open: another process had them meanwhile. */
  takeRefused(): ReadonlySet<string> {
    const refused = this.#refused;
    this.#refused = new Set();
    return refused;
  }

  /** Writes all that waits now. Never throws: what cannot be written while the database is away waits. */
  async flush(): Promise<void> {
    // Whoever comes while one is under way wants what came since, too.
    while (this.#flushing !== null) await this.#flushing;
    this.#flushing = this.#write().finally(() => {
      this.#flushing = null;
    });
    await this.#flushing;
  }

  async #write(): Promise<void> {
    let isWritten = false;
    for (const [channelId, { saved, removed }] of [...this.#waiting]) {
      this.#waiting.delete(channelId);
      try {
        await saveStreams(this.#sql, { saved: [...saved.values()], removed: [...removed] }, this.#time.now());
        isWritten = true;
      } catch (error) {
        if (isDatabaseAway(error)) {
          this.#putBack(channelId, { saved, removed });
          break;
        }
        this.#refused.add(channelId);
        this.#log.error("streams.refused", { channelId, code: codeOf(error) });
      }
    }
    if (isWritten) this.#bus.publish({ kind: "streams_changed" });
  }

  /** Before what came meanwhile, which is newer. */
  #putBack(channelId: string, older: Waiting): void {
    const since = this.#waiting.get(channelId);
    this.#waiting.delete(channelId);
    this.add(channelId, effectsOf(older));
    if (since) this.add(channelId, effectsOf(since));
  }
}

function effectsOf({ saved, removed }: Waiting): StreamEffect[] {
  return [
    ...[...removed].map((streamId): StreamEffect => ({ kind: "remove", streamId })),
    ...[...saved.values()].map((stream): StreamEffect => ({ kind: "save", stream })),
  ];
}
