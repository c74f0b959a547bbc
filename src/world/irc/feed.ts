import type { Clock, Log, Timers } from "../ports.ts";
import type { Sql } from "../store/db.ts";
import { acquireLeases, countOtherHolders, releaseLeases } from "../store/leases.ts";
import { codeOf } from "./recorder.ts";

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
  readonly #sql: Sql;
  readonly #time: Clock & Timers;
  readonly #log: Log;
  readonly #onChange: (held: ReadonlySet<string>) => void;
  readonly #list: () => Promise<readonly string[]>;
  #held = new Map<string, number>();
  #renewedAt: Date;
  #others = 0;
  #awaySince: Date | null = null;
  #timer: (() => void) | null = null;
  #busy: Promise<void> | null = null;
  #again = false;
  #stopped = false;

  constructor(options: {
    holder: string;
    sql: Sql;
    time: Clock & Timers;
    log: Log;
    /** The names that are wanted now, in order of importance. */
    list: () => Promise<readonly string[]>;
    onChange: (held: ReadonlySet<string>) => void;
  }) {
    this.holder = options.holder;
    this.#sql = options.sql;
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

  /** Since when renewals fail; null while they succeed. */
  get awaySince(): Date | null {
    return this.#awaySince;
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
    await releaseLeases(this.#sql, names, this.holder).catch((error: unknown) => {
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
      const got = await acquireLeases(this.#sql, [processLease(this.holder), ...wanted], this.holder, LEASE_TTL_MS);
      const gone = [...this.#held.keys()].filter((name) => !wanted.includes(name));
      if (gone.length > 0) await releaseLeases(this.#sql, gone, this.holder);
      this.#others = await countOtherHolders(this.#sql, this.holder);
      this.#renewedAt = asked;
      this.#awaySince = null;
      this.#set(new Map(got.filter(({ name }) => wanted.includes(name)).map(({ name, fence }) => [name, fence])));
    } catch (error) {
      this.#awaySince ??= asked;
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
