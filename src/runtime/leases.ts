import type { Clock, Log, Timers } from "../ports.ts";
import { codeOf } from "./recorder.ts";

/** A right over a name, with the token that grows with each change of holder. */
export interface HeldLease {
  name: string;
  fence: number;
}

/** The leases in the database. Expiry is by the database's clock, so that processes agree. */
export interface LeaseStore {
  /** Takes those of `names` that are free, expired or already ours; gives back what we hold now of them. */
  acquire(names: readonly string[], holder: string, ttlMs: number): Promise<readonly HeldLease[]>;
  release(names: readonly string[], holder: string): Promise<void>;
  /** How many other holders are alive. */
  countOthers(holder: string): Promise<number>;
}

/** A lease lives this long without renewal: a killed process's channels are free after it. */
export const LEASE_TTL_MS = 9_000;
/** Renewed this often: three chances before it expires. With the wait for a free one, takeover stays under 15 s. */
export const LEASE_RENEW_MS = 3_000;

/**
 * Which channels this process holds. Every process tries for every wanted channel; the database
 * decides. While the database is away a process that was alone goes on; one that had company
 * holds nothing once its leases have run out, because another may have taken them.
 */
export class Leases {
  readonly holder: string;
  readonly #store: LeaseStore;
  readonly #time: Clock & Timers;
  readonly #log: Log;
  readonly #onChange: (held: ReadonlySet<string>) => void;
  readonly #list: () => Promise<readonly string[]>;
  #held = new Map<string, number>();
  #renewedAt: Date;
  #others = 0;
  #timer: (() => void) | null = null;
  #busy: Promise<void> | null = null;
  #again = false;
  #stopped = false;

  constructor(options: {
    holder: string;
    store: LeaseStore;
    time: Clock & Timers;
    log: Log;
    /** The names that are wanted now, in order of importance. */
    list: () => Promise<readonly string[]>;
    onChange: (held: ReadonlySet<string>) => void;
  }) {
    this.holder = options.holder;
    this.#store = options.store;
    this.#time = options.time;
    this.#log = options.log;
    this.#list = options.list;
    this.#onChange = options.onChange;
    this.#renewedAt = options.time.now();
  }

  /** Other processes seen alive at the last renewal. */
  get others(): number {
    return this.#others;
  }

  holds(name: string): boolean {
    return this.#held.has(name) && !this.#isExpired();
  }

  /** First pass now; then every `LEASE_RENEW_MS` until stopped. */
  async start(): Promise<void> {
    await this.refresh();
  }

  /** Asks again now: after a channel was added or removed. Resolves when a pass that began after the call has ended. */
  refresh(): Promise<void> {
    if (this.#stopped) return Promise.resolve();
    if (this.#busy) {
      this.#again = true;
      return this.#busy;
    }
    this.#timer?.();
    this.#busy = this.#passes().finally(() => {
      this.#busy = null;
      if (!this.#stopped) this.#timer = this.#time.after(LEASE_RENEW_MS, () => void this.refresh());
    });
    return this.#busy;
  }

  /** Gives everything back, so that another process need not wait for the expiry. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#timer?.();
    await this.#busy;
    const names = [...this.#held.keys(), processLease(this.holder)];
    this.#held.clear();
    await this.#store.release(names, this.holder).catch((error: unknown) => {
      this.#log.warn("leases.release_failed", { code: codeOf(error) });
    });
  }

  #isExpired(): boolean {
    return this.#others > 0 && this.#time.now().getTime() - this.#renewedAt.getTime() >= LEASE_TTL_MS;
  }

  async #passes(): Promise<void> {
    do {
      this.#again = false;
      await this.#pass();
    } while (this.#again && !this.#stopped);
  }

  async #pass(): Promise<void> {
    const asked = this.#time.now();
    try {
      const wanted = await this.#list();
      const got = await this.#store.acquire([processLease(this.holder), ...wanted], this.holder, LEASE_TTL_MS);
      const gone = [...this.#held.keys()].filter((name) => !wanted.includes(name));
      if (gone.length > 0) await this.#store.release(gone, this.holder);
      this.#others = await this.#store.countOthers(this.holder);
      this.#renewedAt = asked;
      this.#set(new Map(got.filter(({ name }) => wanted.includes(name)).map(({ name, fence }) => [name, fence])));
    } catch (error) {
      this.#log.warn("leases.renew_failed", { code: codeOf(error) });
      if (this.#isExpired()) this.#set(new Map());
    }
  }

  #set(next: Map<string, number>): void {
    const same = next.size === this.#held.size && [...next.keys()].every((name) => this.#held.has(name));
    this.#held = next;
    if (!same) this.#onChange(new Set(next.keys()));
  }
}

/** The lease by which a process shows that it is alive. */
export function processLease(holder: string): string {
  return `process:${holder}`;
}
