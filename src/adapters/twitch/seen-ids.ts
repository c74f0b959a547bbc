/**
 * How long an id is remembered. Twitch repeats a message within ten minutes (older ones are dropped for their time); the rest
 * is for clocks that differ.
 */
const KEPT_MS = 15 * 60_000;
/** Ids kept at most, over all connections: about 10 MB. */
const KEPT_MAX = 50_000;

/** Message ids of late, bounded by time and number. */
export class SeenIds {
  /** When each came, in order of coming. */
  readonly #at = new Map<string, number>();

  get size(): number {
    return this.#at.size;
  }

  /** Whether the id is new; from now on it is not. */
  add(id: string, now: Date): boolean {
    const nowMs = now.getTime();
    for (const [old, atMs] of this.#at) {
      if (nowMs - atMs < KEPT_MS && this.#at.size < KEPT_MAX) break;
      this.#at.delete(old);
    }
    if (this.#at.has(id)) return false;
    this.#at.set(id, nowMs);
    return true;
  }
}
