import {
  emptyJoinLimiter,
  emptyLimiter,
  fullJoinLimiter,
  fullLimiter,
  type JoinLimiter,
  mergeJoinLimiters,
  mergeLimiters,
  parseJoinLimiter,
  parseLimiter,
  type SendLimiter,
  takeJoins,
} from "../domain/limits.ts";
import type { ChatStatus, Clock, Log, TakeJoins, Timers } from "../ports.ts";
import type { Sql } from "../store/db.ts";
import { isDatabaseAway } from "../store/refusals.ts";
import { findSendWindow, type SendWindow, saveSendWindow } from "../store/send-windows.ts";
import { codeOf } from "./recorder.ts";

/** Others that write at the same time make us look again; with a handful of processes two tries are many. */
const TRIES_MAX = 5;
/** A process that is alone does not let a database that hangs hold up a reply for longer. */
const WAIT_MS = 400;
/** But as long as nothing is known of what was done before, waiting is cheaper than going on as if nothing were left. */
const FIRST_WAIT_MS = 5_000;
/**
 * What was taken this long ago is no longer as it was said to be: it is taken anew. The windows have a second to spare; the
 * rest of it is for clocks that differ (by 0.4 s) and for the way to Twitch.
 */
const LATE_MS = 500;
/** Alone and with the database away, it is asked again at most this often. */
const AWAY_MS = 2_000;

/** What a limiter is, for whoever only keeps it. */
export interface LimitRules<L> {
  empty(): L;
  /** Null for what is no limiter. */
  parse(value: unknown): L | null;
  /** As if nothing were left. */
  full(now: Date): L;
  merge(one: L, other: L, now: Date): L;
}

export const SEND_RULES: LimitRules<SendLimiter> = {
  empty: emptyLimiter,
  parse: parseLimiter,
  full: fullLimiter,
  merge: mergeLimiters,
};

export const JOIN_RULES: LimitRules<JoinLimiter> = {
  empty: emptyJoinLimiter,
  parse: parseJoinLimiter,
  full: fullJoinLimiter,
  merge: mergeJoinLimiters,
};

export interface SharedLimitOptions {
  sql: Sql;
  /** Whose limit it is. */
  account(): string;
  /** Whether no other process works on this database. */
  isAlone(): boolean;
  time: Clock & Timers;
  log: Log;
}

/** What came of trying to replace the row. */
type Replaced = { kind: "saved"; revision: number } | { kind: "overtaken"; row: SendWindow | null } | { kind: "away" };

/**
 * Twitch's limit of an account, kept by all processes that use the account, and over restarts: a row of the database, which
 * a process may only replace when it knows the newest one. So nothing is done that another one's doing forbids. A process
 * that is alone goes on by what it remembers while the database is away; one that has company then does nothing.
 */
export class SharedLimit<L> {
  readonly #o: SharedLimitOptions;
  readonly #rules: LimitRules<L>;
  readonly #startedAt: Date;
  #limiter: L;
  #account: string | null = null;
  /** Of the row as we last knew it; 0 for none, null while we know nothing of it. */
  #revision: number | null = null;
  #awayUntilMs = 0;
  #last: Promise<unknown> = Promise.resolve();

  constructor(rules: LimitRules<L>, options: SharedLimitOptions) {
    this.#o = options;
    this.#rules = rules;
    this.#limiter = rules.empty();
    this.#startedAt = options.time.now();
  }

  /** Reads what was done before this process began, unless that is known. Never throws. */
  learn(): Promise<void> {
    return this.#inTurn(async () => {
      this.#checkAccount();
      if (this.#revision === null) this.#learnt(await this.#bounded(this.#read()));
    });
  }

  /**
   * Takes what `decide` wants of the limit: it is given the limiter, and tells what it would do with the limiter after that,
   * or null for nothing now; it is asked again when another process was faster. Resolves with the decision that stands, with
   * null when nothing is to be done now, or with "unknown" when nobody can tell what is left.
   */
  take<D extends { next: L }>(decide: (limiter: L) => D | null): Promise<D | null | "unknown"> {
    return this.#inTurn(() => this.#take(decide));
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#last.then(work);
    this.#last = done.catch(() => undefined);
    return done;
  }

  async #take<D extends { next: L }>(decide: (limiter: L) => D | null): Promise<D | null | "unknown"> {
    this.#checkAccount();
    for (let tries = 1; tries <= TRIES_MAX; tries++) {
      const decision = decide(this.#limiter);
      if (decision === null) return null;
      const takenAt = this.#o.time.now();
      const replaced = await this.#bounded(this.#replace(decision.next));
      if (replaced.kind === "away" && !this.#o.isAlone()) return "unknown";
      const isUnknown = this.#revision === null;
      this.#learnt(replaced);
      if (replaced.kind === "overtaken" || (replaced.kind === "away" && isUnknown)) continue;
      this.#limiter = decision.next;
      if (this.#o.time.now().getTime() - takenAt.getTime() <= LATE_MS) return decision;
    }
    return "unknown";
  }

  /** Another account has another row. What we remember stays: too much waiting does no harm. */
  #checkAccount(): void {
    const account = this.#o.account();
    if (account === this.#account) return;
    this.#account = account;
    this.#revision = null;
  }

  async #replace(next: L): Promise<Replaced> {
    const { sql, time } = this.#o;
    if (this.#isRemembering()) return { kind: "away" };
    const revision = await saveSendWindow(sql, this.#account ?? "", next, this.#revision ?? 0, time.now());
    return revision === null ? await this.#read() : { kind: "saved", revision };
  }

  async #read(): Promise<Replaced> {
    return { kind: "overtaken", row: await findSendWindow(this.#o.sql, this.#account ?? "") };
  }

  /** Alone, with the database away just now: it is not asked for every line. */
  #isRemembering(): boolean {
    return this.#o.isAlone() && this.#o.time.now().getTime() < this.#awayUntilMs;
  }

  #learnt(replaced: Replaced): void {
    const now = this.#o.time.now();
    if (replaced.kind === "saved") this.#revision = replaced.revision;
    if (replaced.kind === "away" && this.#revision === null) {
      // What was done before we began is not known, and will not be: as if all of it had been.
      this.#limiter = this.#rules.merge(this.#rules.full(this.#startedAt), this.#limiter, now);
      this.#revision = 0;
    }
    if (replaced.kind !== "overtaken") return;
    const known = replaced.row === null ? this.#rules.empty() : this.#rules.parse(replaced.row.sent);
    if (known === null) this.#o.log.error("limits.unreadable", { account: this.#account });
    this.#limiter = known === null ? this.#rules.full(now) : this.#rules.merge(known, this.#limiter, now);
    this.#revision = replaced.row?.revision ?? 0;
  }

  /** What failed, or takes too long for a process that is alone, is "away"; what still comes of it is found at the next read. */
  #bounded(work: Promise<Replaced>): Promise<Replaced> {
    const { isAlone, time, log } = this.#o;
    const away = (): Replaced => {
      if (!this.#isRemembering()) this.#awayUntilMs = time.now().getTime() + AWAY_MS;
      return { kind: "away" };
    };
    return new Promise((resolve) => {
      const waitMs = this.#revision === null ? FIRST_WAIT_MS : WAIT_MS;
      const cancel = isAlone() ? time.after(waitMs, () => resolve(away())) : () => undefined;
      work.then(
        (replaced) => {
          cancel();
          resolve(replaced);
        },
        (error: unknown) => {
          cancel();
          if (!isDatabaseAway(error)) log.error("limits.refused", { code: codeOf(error) });
          resolve(away());
        },
      );
    });
  }
}

/** The row of an account's lines. */
export const sendAccount = ({ userId, login }: Pick<ChatStatus, "userId" | "login">): string => userId ?? login ?? "anonymous";

/** The row of an account's joins: by login, because the id is told only after the first of them may have gone. */
export const joinAccount = ({ login }: Pick<ChatStatus, "login">): string => `join:${login ?? "anonymous"}`;

/** After this the limit is looked at again, when nobody could tell what is left of it. */
const UNKNOWN_MS = 1_000;

/** The joins of an account, over all processes. */
export function sharedJoins(options: SharedLimitOptions): TakeJoins {
  const limit = new SharedLimit(JOIN_RULES, options);
  return async (wanted) => {
    let waitMs = 0;
    const taken = await limit.take((limiter) => {
      const joins = takeJoins(limiter, wanted, options.time.now());
      waitMs = joins.waitMs;
      return joins.count === 0 ? null : joins;
    });
    if (taken === "unknown") return { count: 0, waitMs: UNKNOWN_MS };
    return taken === null ? { count: 0, waitMs } : { count: taken.count, waitMs: taken.waitMs };
  };
}
