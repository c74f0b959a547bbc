import type { Clock, Timers } from "../../src/ports.ts";

interface Due {
  atMs: number;
  run: () => void;
  timer: ReturnType<typeof setTimeout> | null;
}

/**
 * The machine's time, which a test may move ahead: `advance` runs what falls due on the way, in order, without waiting.
 * Between two calls time goes on by itself, so that sockets have theirs.
 */
export class MovableTime implements Clock, Timers {
  #aheadMs = 0;
  readonly #due = new Set<Due>();

  now(): Date {
    return new Date(Date.now() + this.#aheadMs);
  }

  after(ms: number, run: () => void): () => void {
    const due: Due = { atMs: this.now().getTime() + Math.max(0, ms), run, timer: null };
    this.#due.add(due);
    this.#arm(due);
    return () => this.#disarm(due);
  }

  advance(ms: number): void {
    const endMs = this.now().getTime() + ms;
    for (let next = this.#first(endMs); next; next = this.#first(endMs)) {
      this.#aheadMs += Math.max(0, next.atMs - this.now().getTime());
      this.#disarm(next);
      next.run();
    }
    this.#aheadMs += Math.max(0, endMs - this.now().getTime());
    for (const due of this.#due) this.#arm(due);
  }

  #first(endMs: number): Due | undefined {
    let first: Due | undefined;
    for (const due of this.#due) if (due.atMs <= endMs && (first === undefined || due.atMs < first.atMs)) first = due;
    return first;
  }

  #arm(due: Due): void {
    if (due.timer !== null) clearTimeout(due.timer);
    due.timer = setTimeout(
      () => {
        this.#due.delete(due);
        due.run();
      },
      Math.max(0, due.atMs - this.now().getTime()),
    );
  }

  #disarm(due: Due): void {
    if (due.timer !== null) clearTimeout(due.timer);
    this.#due.delete(due);
  }
}
