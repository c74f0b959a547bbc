import type { BusMessage } from "../runtime/bus.ts";
import { type FeedKind, type FeedSource, LiveFeed } from "./live-feed.ts";

/** A feed is kept this long after its last reader left, so that whoever comes back is replayed from memory. */
const LINGER_MS = 60_000;
/** Feeds at once; one more drops an idle one. */
const FEEDS_MAX = 500;

interface Entry {
  feed: LiveFeed;
  /** What is to take its place: it began while the database was away. */
  next: LiveFeed | null;
  /** When its last reader was seen to be gone; null while it has one. */
  idleSince: number | null;
}

export interface FeedsDeps {
  source(kind: FeedKind, channelId: string | null): FeedSource;
  /** A fresh word of a–z and 0–9. */
  word(): string;
}

/** The feeds that are read, or were a moment ago: one per channel and kind. */
export class Feeds {
  readonly #deps: FeedsDeps;
  readonly #entries = new Map<string, Entry>();

  constructor(deps: FeedsDeps) {
    this.#deps = deps;
  }

  /** The feed of a channel (null: of what concerns all), made when there is none. `used`: those that may not be dropped for it. */
  get(kind: FeedKind, channelId: string | null, used: () => ReadonlySet<LiveFeed>): LiveFeed {
    const known = this.find(kind, channelId);
    if (known !== null) return known;
    if (this.#entries.size >= FEEDS_MAX) this.#dropIdle(used());
    const feed = this.#make(kind, channelId);
    this.#entries.set(keyOf(kind, channelId), { feed, next: null, idleSince: null });
    return feed;
  }

  find(kind: FeedKind, channelId: string | null): LiveFeed | null {
    return this.#entries.get(keyOf(kind, channelId))?.feed ?? null;
  }

  /** What the bus tells of a channel, or (null) of the whole installation. */
  take(message: BusMessage, channelId: string | null): void {
    for (const { feed, next } of this.#entries.values()) {
      if (channelId !== null && feed.channelId !== channelId) continue;
      feed.take(message);
      next?.take(message);
    }
  }

  /** Forgets feeds that nobody read for a while. `now` in milliseconds of any steady clock. */
  sweep(used: ReadonlySet<LiveFeed>, now: number): void {
    for (const [key, entry] of this.#entries) {
      if (used.has(entry.feed)) entry.idleSince = null;
      else if (entry.idleSince === null) entry.idleSince = now;
      else if (now - entry.idleSince > LINGER_MS) this.#entries.delete(key);
    }
  }

  /** Feeds that began while the database was away begin again when it answers; `onReplaced` is told at once. */
  async restartEmpty(onReplaced: (old: LiveFeed, fresh: LiveFeed) => void): Promise<void> {
    for (const [key, entry] of this.#entries) {
      const { feed } = entry;
      await feed.open();
      if (feed.isLoaded) continue;
      const fresh = this.#make(feed.kind, feed.channelId);
      entry.next = fresh;
      await fresh.open();
      entry.next = null;
      if (!fresh.isLoaded || this.#entries.get(key) !== entry) continue;
      entry.feed = fresh;
      onReplaced(feed, fresh);
    }
  }

  #make(kind: FeedKind, channelId: string | null): LiveFeed {
    return new LiveFeed(channelId, kind, this.#deps.word(), this.#deps.source(kind, channelId));
  }

  #dropIdle(used: ReadonlySet<LiveFeed>): void {
    for (const [key, entry] of this.#entries) if (!used.has(entry.feed)) return void this.#entries.delete(key);
  }
}

const keyOf = (kind: FeedKind, channelId: string | null) => `${kind}:${channelId ?? ""}`;
