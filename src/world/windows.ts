/** How many happened in the last `windowMs`: a sliding window of instants. */
export class SlidingWindow {
  #times: number[];

  constructor(times: readonly number[] = []) {
    this.#times = [...times];
  }

  /** The instants that are kept, oldest first. */
  get times(): readonly number[] {
    return this.#times;
  }

  /** Instants still inside the window that ends at `nowMs`. */
  count(nowMs: number, windowMs: number): number {
    const from = nowMs - windowMs;
    let stale = 0;
    while (stale < this.#times.length && (this.#times[stale] ?? 0) <= from) stale++;
    if (stale > 0) this.#times.splice(0, stale);
    return this.#times.length;
  }

  add(nowMs: number): void {
    this.#times.push(nowMs);
  }
}
