import { whenToValidate } from "../domain/token-life.ts";
import type { Clock, Log, Timers } from "../ports.ts";
import { listAccounts, type TwitchAccount } from "../store/accounts.ts";
import type { Db } from "../store/db.ts";
import type { LiveAccount, LiveAccounts } from "./live-accounts.ts";
import { codeOf } from "./recorder.ts";
import type { TokenCare } from "./token-care.ts";

/** The rows are read again this often: what another process's dashboard or renewal did is known here then. */
const LOOK_MS = 30_000;
/** Accounts that are renewed or validated at one time, by the clock and not by somebody who waits for a token. */
const CARES_MAX = 4;
/** One account is looked after at most this often, whatever seems due: a mistake of ours must not become a storm at Twitch. */
const SPACING_MS = 1_000;

export interface AccountUpkeepOptions {
  db: Db;
  key: Uint8Array;
  accounts: LiveAccounts;
  care: TokenCare;
  time: Clock & Timers;
  log: Log;
  /** What else is looked after in each round. Must not throw; the accounts do not wait for it. */
  others(): Promise<unknown>;
}

/** Rounds: reads the accounts, then renews and validates those that are due. */
export class AccountUpkeep {
  readonly #options: AccountUpkeepOptions;
  readonly #busy = new Map<LiveAccount, Promise<void>>();
  readonly #caredMs = new WeakMap<LiveAccount, number>();
  #timer: (() => void) | null = null;
  #round: Promise<void> | null = null;
  #others: Promise<unknown> | null = null;
  #isAway = false;
  #stopped = false;

  constructor(options: AccountUpkeepOptions) {
    this.#options = options;
  }

  /** Reads the rows. Throws when the database is away. */
  async read(): Promise<void> {
    const { db, key, accounts } = this.#options;
    const changes = new Map(accounts.all().map((live) => [live.account.userId, live.changes]));
    const { removals } = accounts;
    const rows = await listAccounts(db, key);
    if (accounts.removals !== removals) return;
    for (const row of rows) this.#take(row, changes.get(row.userId));
    const there = new Set(rows.map((row) => row.userId));
    for (const live of accounts.all()) {
      const { userId } = live.account;
      if (live.source === "signed_in" && !there.has(userId) && live.changes === changes.get(userId)) accounts.remove(userId);
    }
  }

  /** A round now, and from now on. */
  start(): void {
    this.#timer?.();
    if (this.#stopped || this.#round) return;
    this.#round = this.#readAgain().finally(() => {
      this.#round = null;
      this.#pump();
    });
  }

  /** A round now. Resolves when all that was due is done. */
  async look(): Promise<void> {
    this.start();
    while (this.#round || this.#busy.size > 0 || this.#others) {
      await Promise.all([this.#round, this.#others, ...this.#busy.values()]);
    }
  }

  stop(): void {
    this.#stopped = true;
    this.#timer?.();
  }

  async #readAgain(): Promise<void> {
    const { accounts, log, others } = this.#options;
    try {
      await this.read();
      this.#isAway = false;
    } catch (error) {
      // We go on with what we know.
      if (!this.#isAway) log.warn("accounts.database_away", { code: codeOf(error) });
      this.#isAway = true;
    }
    this.#others ??= others().finally(() => {
      this.#others = null;
    });
    for (const live of accounts.all()) accounts.tell(live);
  }

  /** What the row tells, unless this process knows something newer. */
  #take(row: TwitchAccount, changesBefore: number | undefined): void {
    const { accounts } = this.#options;
    const live = accounts.find(row.userId);
    if (live?.source !== "signed_in") {
      accounts.put(row, "signed_in");
      return;
    }
    if (live.changes !== changesBefore || live.renewing || row.revision < live.account.revision) return;
    const { validatedAt } = row;
    const isOthers = validatedAt !== null && validatedAt > (live.account.validatedAt ?? new Date(0));
    if (isOthers && live.checkedAt !== null) live.validateAt = whenToValidate({ by: "other_process", at: validatedAt });
    accounts.change(live, row);
  }

  /** Begins what is due, as far as there is room, and waits for the rest. */
  #pump(): void {
    if (this.#stopped || this.#round) return;
    this.#timer?.();
    const { time, care } = this.#options;
    const nowMs = time.now().getTime();
    const waiting = this.#dueFirst();
    while (this.#busy.size < CARES_MAX && waiting[0] && waiting[0].dueMs <= nowMs) {
      const { live } = waiting.shift() as Due;
      const done = care.care(live).finally(() => {
        this.#busy.delete(live);
        this.#caredMs.set(live, time.now().getTime());
        this.#pump();
      });
      this.#busy.set(live, done);
    }
    const nextMs = this.#busy.size < CARES_MAX ? (waiting[0]?.dueMs ?? Number.POSITIVE_INFINITY) - nowMs : LOOK_MS;
    this.#timer = time.after(Math.max(SPACING_MS, Math.min(LOOK_MS, nextMs)), () => this.start());
  }

  #dueFirst(): Due[] {
    const { accounts } = this.#options;
    const bot = accounts.bot();
    return accounts
      .all()
      .filter((live) => !this.#busy.has(live) && (live.source === "signed_in" || live === bot))
      .map((live) => ({ live, dueMs: this.#dueMs(live) }))
      .toSorted((a, b) => a.dueMs - b.dueMs);
  }

  #dueMs(live: LiveAccount): number {
    const due = this.#options.care.whenDue(live);
    const cared = this.#caredMs.get(live);
    return due === null ? Number.POSITIVE_INFINITY : Math.max(due.getTime(), cared === undefined ? 0 : cared + SPACING_MS);
  }
}

interface Due {
  live: LiveAccount;
  dueMs: number;
}
