/** The world's time. Tests pass a `ManualClock` and move it. */
export interface WorldClock {
  now(): Date;
  /** Runs `run` once, `ms` milliseconds from now; the returned function cancels it. */
  after(ms: number, run: () => void): () => void;
}

/** setTimeout holds at most this many milliseconds (2³¹ − 1). */
const TIMEOUT_MS_MAX = 2_147_483_647;

/** The machine's own time. Its timers do not keep a process alive. */
export function realClock(): WorldClock {
  return {
    now: () => new Date(),
    after(ms, run) {
      const timer = setTimeout(run, Math.min(Math.max(ms, 0), TIMEOUT_MS_MAX));
      timer.unref();
      return () => clearTimeout(timer);
    },
  };
}

/** What loopback sockets need for a line and its answer. */
const SOCKETS_MS = 2;

interface Due {
  atMs: number;
  order: number;
  run: () => void;
}

/** Time that stands still until `advance` moves it; what falls due runs on the way, in order of time, then of registration. */
export class ManualClock implements WorldClock {
  #nowMs: number;
  #order = 0;
  #due: Due[] = [];

  constructor(start = new Date("2026-11-22T15:00:00.000Z")) {
    this.#nowMs = start.getTime();
  }

  now(): Date {
    return new Date(this.#nowMs);
  }

  after(ms: number, run: () => void): () => void {
    const due: Due = { atMs: this.#nowMs + Math.max(ms, 0), order: this.#order++, run };
    this.#due.push(due);
    return () => {
      this.#due = this.#due.filter((other) => other !== due);
    };
  }

  /** Moves time on by `ms`. Timers that were set on the way run too when they fall due before the end. */
  advance(ms: number): void {
    const endMs = this.#nowMs + ms;
    for (let next = this.#next(endMs); next; next = this.#next(endMs)) {
      const chosen = next;
      this.#due = this.#due.filter((other) => other !== chosen);
      this.#nowMs = Math.max(this.#nowMs, chosen.atMs);
      chosen.run();
    }
    this.#nowMs = endMs;
  }

  /**
   * Moves time on by `ms` like `advance`, but lets sockets be read and written after each timer that ran:
   * for worlds with clients on them, whose answers (a PONG) are awaited by the next timer.
   */
  async run(ms: number): Promise<void> {
    const endMs = this.#nowMs + ms;
    for (let next = this.#next(endMs); next; next = this.#next(endMs)) {
      this.advance(Math.max(next.atMs - this.#nowMs, 0));
      await new Promise((resolve) => setTimeout(resolve, SOCKETS_MS));
    }
    this.#nowMs = endMs;
  }

  /** How many timers wait. */
  get pending(): number {
    return this.#due.length;
  }

  #next(endMs: number): Due | undefined {
    let best: Due | undefined;
    for (const due of this.#due) {
      if (due.atMs > endMs) continue;
      if (!best || due.atMs < best.atMs || (due.atMs === best.atMs && due.order < best.order)) best = due;
    }
    return best;
  }
}

/** A clock whose timers all end together: what a world started must not outlive it. */
export class OwnedClock implements WorldClock {
  #clock: WorldClock;
  #cancels = new Set<() => void>();

  constructor(clock: WorldClock) {
    this.#clock = clock;
  }

  now(): Date {
    return this.#clock.now();
  }

  after(ms: number, run: () => void): () => void {
    const cancel = this.#clock.after(ms, () => {
      this.#cancels.delete(forget);
      run();
    });
    const forget = () => {
      this.#cancels.delete(forget);
      cancel();
    };
    this.#cancels.add(forget);
    return forget;
  }

  /** Cancels every timer still waiting. */
  stop(): void {
    for (const cancel of [...this.#cancels]) cancel();
  }
}
