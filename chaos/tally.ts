/** Ids of the storm's lines hold their number: a third of a million are counted in arrays, not in sets of text. */
const ID_PREFIX = "c0ffee00-0000-4000-8000-";

export const idOf = (line: number): string => ID_PREFIX + line.toString(16).padStart(12, "0");

/** The number of a line of the storm; null for any other id. */
export function numberOf(id: string): number | null {
  return id.startsWith(ID_PREFIX) ? Number.parseInt(id.slice(ID_PREFIX.length), 16) : null;
}

/** What became of each line: how often the world handed it to a live connection, and how often the app heard it. */
export class Tally {
  readonly delivered: Uint8Array;
  readonly heard: Uint8Array;
  /** Delivered and not heard yet. What is delivered again need not be heard again. */
  readonly #under: Set<number> = new Set();
  #whenNone: (() => void) | null = null;
  said = 0;

  constructor(linesMax: number) {
    this.delivered = new Uint8Array(linesMax);
    this.heard = new Uint8Array(linesMax);
  }

  /** A fresh number. */
  next(): number {
    return this.said++;
  }

  markDelivered(line: number): void {
    this.delivered[line] = (this.delivered[line] ?? 0) + 1;
    if ((this.heard[line] ?? 0) === 0) this.#under.add(line);
  }

  heardId(id: string): void {
    const line = numberOf(id);
    if (line !== null) this.markHeard(line);
  }

  markHeard(line: number): void {
    this.heard[line] = (this.heard[line] ?? 0) + 1;
    if (this.#under.delete(line) && this.#under.size === 0) this.#whenNone?.();
  }

  /** Resolves when all that was delivered has been heard, or after `ms` of the machine's time with the lines that were not: they are given up. */
  async drained(ms: number): Promise<number[]> {
    if (this.#under.size === 0) return [];
    const none = Promise.withResolvers<void>();
    this.#whenNone = none.resolve;
    const timer = setTimeout(none.resolve, ms);
    await none.promise;
    clearTimeout(timer);
    this.#whenNone = null;
    const left = [...this.#under];
    this.#under.clear();
    return left;
  }
}
