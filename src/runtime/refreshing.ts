import type { AuthFailureKind } from "../domain/accounts.ts";
import { afterRefusal, failureWaitMs } from "../domain/token-life.ts";
import type { Chance, Clock, Log, Timers } from "../ports.ts";
import type { TokenPair, TwitchAuth } from "../ports-twitch.ts";
import { findAccount, markLoginNeeded, saveTokens, type TwitchAccount } from "../store/accounts.ts";
import type { Db, Sql } from "../store/db.ts";
import { acquireLeases, releaseLeases, renewLeases } from "../store/leases.ts";
import { codeOf } from "./recorder.ts";

/** What became of a renewal. */
export type Refreshed =
  /** Renewed, by us or by another process; saved, or kept here until it can be. */
  | { kind: "renewed"; account: TwitchAccount }
  /** `isOurs`: this process found it out, so that it is for us to tell. */
  | { kind: "login_needed"; reason: AuthFailureKind; isOurs: boolean }
  /** The client or its secret is wrong. The pair is as good as before. */
  | { kind: "settings"; reason: AuthFailureKind }
  /** Not now: Twitch or the database is away, or another process is long about it. The pair is as good as before. */
  | { kind: "later"; reason: string }
  /** The account was removed. */
  | { kind: "gone" };

export interface RefreshingOptions {
  db: Db;
  sql: Sql;
  auth: TwitchAuth;
  /** The installation's, with which tokens are sealed. */
  key: Uint8Array;
  /** The process, as leases name it. */
  holder: string;
  time: Clock & Timers;
  chance: Chance;
  log: Log;
  /** A pair was saved late, and by then another process had taken the account for lost. */
  onHealed(account: TwitchAccount): void;
}

/** Whoever renews holds a lease of this life, prolonged while Twitch is asked: a killed process's is free after it. */
const LEASE_MS = 15_000;
const PROLONG_MS = 5_000;
/** The others look this often whether the new pair is there. */
const LOOK_MS = 200;
/** And for this many looks, 20 s: longer than the lease of a process that was killed lives. */
const LOOKS_MAX = 100;
/** Of a stop: a pair that is on its way is saved, a person need not sign in again for an update of Byte. */
const STOP_MS = 3_000;

/**
 * Renews accounts so that each pair of tokens is used once, over all processes: a refresh token may work one time only,
 * and who loses the answer loses the account. Whoever has the lease reads the row again (another may have renewed it),
 * asks Twitch, and saves the new pair before anybody is given it. Every write names the pair that it replaces, so that a
 * process which lost its lease unawares can do no harm. Without the database nothing is renewed, because another process
 * may do it; a pair that Twitch gave and that could not be saved is kept and saved as soon as it can be.
 * The caller sees to it that one account is renewed once at a time.
 */
export class Refreshing {
  readonly #options: RefreshingOptions;
  /** One per account at most. */
  readonly #unsaved = new Map<string, { account: TwitchAccount; failures: number; cancel: () => void }>();
  readonly #running = new Set<Promise<unknown>>();
  #stopped = false;

  constructor(options: RefreshingOptions) {
    this.#options = options;
  }

  /** Pairs that are kept here alone because the database was away. */
  get unsaved(): number {
    return this.#unsaved.size;
  }

  /** Never throws. `known`: the account with the pair that should be replaced. */
  refresh(known: TwitchAccount): Promise<Refreshed> {
    if (this.#stopped) return Promise.resolve({ kind: "later", reason: "stopped" });
    return this.#watched(this.#refresh(known));
  }

  /** Lets what is on its way end, for a moment. */
  async stop(): Promise<void> {
    this.#stopped = true;
    for (const { cancel } of this.#unsaved.values()) cancel();
    const ended = Promise.allSettled([...this.#running, ...[...this.#unsaved.keys()].map((userId) => this.#saveLate(userId))]);
    const late = Promise.withResolvers<void>();
    const cancel = this.#options.time.after(STOP_MS, late.resolve);
    await Promise.race([ended, late.promise]);
    cancel();
  }

  // --- one renewal ------------------------------------------------------------------------------

  async #refresh(known: TwitchAccount): Promise<Refreshed> {
    try {
      if (this.#unsaved.has(known.userId) && !(await this.#saveLate(known.userId))) return { kind: "later", reason: "unsaved" };
      return await this.#inTurn(known);
    } catch (error) {
      this.#options.log.warn("accounts.database_away", { userId: known.userId, code: codeOf(error) });
      return { kind: "later", reason: codeOf(error) };
    }
  }

  async #inTurn(known: TwitchAccount): Promise<Refreshed> {
    const { db, sql, key, holder } = this.#options;
    const lease = `twitch-refresh:${known.userId}`;
    for (let look = 0; look < LOOKS_MAX && !this.#stopped; look++) {
      const changed = changeOf(known, await findAccount(db, key, known.userId));
      if (changed) return changed;
      const held = await acquireLeases(sql, [lease], holder, LEASE_MS);
      if (held.length > 0) return await this.#holding(lease, known);
      await this.#pause(LOOK_MS);
    }
    return { kind: "later", reason: this.#stopped ? "stopped" : "busy" };
  }

  async #holding(lease: string, known: TwitchAccount): Promise<Refreshed> {
    const { db, sql, key, holder } = this.#options;
    const end = this.#prolong(lease);
    try {
      // Between our look and the lease another may have renewed and given it back.
      const row = await findAccount(db, key, known.userId);
      return changeOf(known, row) ?? (await this.#ask(row ?? known));
    } finally {
      end();
      await releaseLeases(sql, [lease], holder).catch(() => {
        // It ends by itself within `LEASE_MS`.
      });
    }
  }

  async #ask(row: TwitchAccount): Promise<Refreshed> {
    const { auth, log } = this.#options;
    const answer = row.refreshToken === null ? null : await auth.refresh(row.refreshToken);
    if (answer?.ok) return await this.#keep(row, answer.value);
    const kind = answer?.failure ?? "token_refused";
    log.warn("accounts.refresh_failed", { userId: row.userId, kind, status: answer?.status });
    return await this.#refused(row, kind);
  }

  async #refused(row: TwitchAccount, reason: AuthFailureKind): Promise<Refreshed> {
    const { db, key, time } = this.#options;
    const verdict = afterRefusal(reason, false);
    if (verdict === "retry") return { kind: "later", reason };
    if (verdict === "settings") return { kind: "settings", reason };
    const changed = changeOf(row, await findAccount(db, key, row.userId));
    if (changed) return changed;
    const isOurs = await markLoginNeeded(db, row.userId, row.revision, reason, time.now());
    return { kind: "login_needed", reason, isOurs };
  }

  // --- the new pair -----------------------------------------------------------------------------

  async #keep(row: TwitchAccount, pair: TokenPair): Promise<Refreshed> {
    const { time, log } = this.#options;
    const now = time.now();
    const account: TwitchAccount = {
      ...row,
      accessToken: pair.accessToken,
      refreshToken: pair.refreshToken ?? row.refreshToken,
      scopes: pair.scopes.length > 0 ? pair.scopes : row.scopes,
      expiresAt: new Date(now.getTime() + pair.expiresInS * 1000),
      refreshedAt: now,
      loginNeeded: null,
      revision: row.revision + 1,
    };
    try {
      return await this.#save(account);
    } catch (error) {
      log.error("accounts.pair_unsaved", { userId: row.userId, code: codeOf(error) });
      this.#unsaved.set(row.userId, { account, failures: 1, cancel: this.#planSave(row.userId, 1) });
      return { kind: "renewed", account };
    }
  }

  /** Throws when the database is away. */
  async #save(account: TwitchAccount): Promise<Refreshed> {
    const { db, key, auth, log } = this.#options;
    const { userId, revision } = account;
    if (await saveTokens(db, key, userId, revision - 1, account, account.refreshedAt)) {
      log.info("accounts.refreshed", { userId });
      return { kind: "renewed", account };
    }
    const row = await findAccount(db, key, userId);
    // Somebody disconnected the account meanwhile, and could not know of this pair.
    if (!row) void this.#watched(auth.revoke(account.accessToken));
    return changeOf({ ...account, revision: revision - 1 }, row) ?? { kind: "later", reason: "unsaved" };
  }

  #planSave(userId: string, failures: number): () => void {
    const { time, chance } = this.#options;
    if (this.#stopped) return () => {};
    return time.after(failureWaitMs(failures, chance.next()), () => void this.#watched(this.#saveLate(userId)));
  }

  /** Tries again to save a pair that is kept here. False when the database still is away; never throws. */
  async #saveLate(userId: string): Promise<boolean> {
    const kept = this.#unsaved.get(userId);
    if (!kept) return true;
    const { db, key, log, onHealed } = this.#options;
    kept.cancel();
    try {
      const before = await findAccount(db, key, userId);
      const saved = await this.#save(kept.account);
      if (this.#unsaved.get(userId) === kept) this.#unsaved.delete(userId);
      const isOurs = saved.kind === "renewed" && saved.account.accessToken === kept.account.accessToken;
      if (isOurs && before?.loginNeeded && before.revision < saved.account.revision) onHealed(saved.account);
      return true;
    } catch (error) {
      kept.failures += 1;
      log.warn("accounts.pair_unsaved", { userId, code: codeOf(error) });
      kept.cancel = this.#planSave(userId, kept.failures);
      return false;
    }
  }

  // --- waiting ----------------------------------------------------------------------------------

  /** Keeps the lease while Twitch is asked. Returns what ends that. */
  #prolong(lease: string): () => void {
    const { sql, holder, time } = this.#options;
    let cancel = () => {};
    const plan = () => {
      cancel = time.after(PROLONG_MS, () => {
        renewLeases(sql, [lease], holder, LEASE_MS).catch(() => {
          // Lost or not, the pair is saved only on top of the one it replaces.
        });
        plan();
      });
    };
    plan();
    return () => cancel();
  }

  #pause(ms: number): Promise<void> {
    return new Promise((resolve) => void this.#options.time.after(ms, resolve));
  }

  #watched<T>(work: Promise<T>): Promise<T> {
    this.#running.add(work);
    const forget = () => void this.#running.delete(work);
    work.then(forget, forget);
    return work;
  }
}

/** What another process made of the account since we knew it, or null when nothing that concerns its tokens. */
function changeOf(known: TwitchAccount, row: TwitchAccount | null): Refreshed | null {
  if (!row) return { kind: "gone" };
  if (row.loginNeeded !== null) return { kind: "login_needed", reason: row.loginNeeded, isOurs: false };
  return row.revision === known.revision ? null : { kind: "renewed", account: row };
}
