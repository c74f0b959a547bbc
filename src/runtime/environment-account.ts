import type { AuthFailureKind } from "../domain/accounts.ts";
import type { ErrorParams } from "../domain/errors.ts";
import type { EventBody } from "../domain/events.ts";
import type { AccountSummary } from "../domain/snapshots.ts";
import { endOf, failureWaitMs, SETTINGS_WAIT_MS } from "../domain/token-life.ts";
import type { Chance, Clock, Log } from "../ports.ts";
import type { TokenInfo, TwitchAuth } from "../ports-twitch.ts";
import { isTakenOver, type SavedSignin, type SignedIn, saveTakenOver } from "../store/accounts.ts";
import type { Db, Sql } from "../store/db.ts";
import { acquireLeases, releaseLeases } from "../store/leases.ts";
import { fingerprint } from "../store/sealed.ts";
import type { LiveAccounts } from "./live-accounts.ts";
import { codeOf } from "./recorder.ts";

/** What the settings say of the bot's account. */
export interface Environment {
  /** With or without `oauth:` before it. */
  token: string | null;
  refreshToken: string | null;
  botLogin: string | null;
}

export interface EnvironmentAccountOptions {
  db: Db;
  sql: Sql;
  auth: TwitchAuth;
  key: Uint8Array;
  holder: string;
  environment: Environment;
  accounts: LiveAccounts;
  time: Clock;
  chance: Chance;
  log: Log;
  onEvent(body: EventBody): void;
  /** It looks otherwise than before, and is none of the accounts yet. */
  onChange(): void;
  /** It is one of the accounts now. `isValidated`: Twitch was asked just now. */
  onKnown(userId: string, isValidated: boolean): void;
  /** It was written to the database. */
  onTakenOver(saved: SavedSignin): void;
}

/** Stands for the user id as long as that is not known. */
export const ENVIRONMENT = "environment";
/** Of taking over a pair: three requests with their deadlines. */
const LEASE_MS = 30_000;

/**
 * The account of TWITCH_USER_TOKEN. Whose it is only Twitch can tell, so that it is nobody until it was validated. Alone,
 * the token lives in memory and until its end. With a refresh token the pair is taken over into the database, once: a
 * fingerprint of it is kept, because a pair that was renewed is dead, and one that a person disconnected is not wanted.
 * Nothing is done with it while an account that signed in is the bot, but for one of the same login that needs a new pair.
 */
export class EnvironmentAccount {
  readonly #options: EnvironmentAccountOptions;
  readonly #mark: string | null;
  /** The newest pair: renewed while it could not be saved, it is not the environment's any more. */
  #pair: { accessToken: string; refreshToken: string | null } | null;
  #state: "unknown" | "known" | "refused" | "taken_over" = "unknown";
  #known: SignedIn | null = null;
  #reason: AuthFailureKind | null = null;
  #params: ErrorParams | null = null;
  #failures = 0;
  #retryAt: Date | null = null;
  #busy = false;

  constructor(options: EnvironmentAccountOptions) {
    this.#options = options;
    const { token, refreshToken } = options.environment;
    this.#pair = token === null ? null : { accessToken: token.replace(/^oauth:/i, ""), refreshToken };
    this.#mark =
      refreshToken === null
        ? null
        : fingerprint(options.key, "twitch.environment", `${this.#pair?.accessToken}\n${refreshToken}`);
  }

  /** As it may be shown while it is none of the accounts; null when there is nothing to show. */
  summary(): AccountSummary | null {
    const isShown = this.#pair !== null && (this.#state === "unknown" || this.#state === "refused");
    if (!isShown || this.#options.accounts.bot()) return null;
    const login = this.#options.environment.botLogin ?? "";
    return {
      userId: ENVIRONMENT,
      login,
      displayName: login,
      role: "bot",
      source: "environment",
      state: this.#reason === null ? "unchecked" : "login_needed",
      reason: this.#reason,
      ...(this.#params === null ? {} : { params: this.#params }),
      scopes: [],
      tiers: [],
      expiresAt: null,
      validatedAt: null,
    };
  }

  /** Finds out whose token it is, when that is due. Never throws. */
  async look(): Promise<void> {
    if (this.#busy || !this.#isWanted()) return;
    this.#busy = true;
    try {
      if (this.#known) this.#isKnown(this.#known);
      else await this.#identify();
    } catch (error) {
      this.#options.log.warn("accounts.database_away", { account: ENVIRONMENT, code: codeOf(error) });
      this.#later(null);
    } finally {
      this.#busy = false;
    }
  }

  #isWanted(): boolean {
    const { accounts, environment, time } = this.#options;
    if (this.#pair === null || this.#state === "refused" || this.#state === "taken_over") return false;
    if (this.#retryAt !== null && this.#retryAt > time.now()) return false;
    const bot = accounts.bot();
    if (!bot) return true;
    return this.#mark !== null && bot.account.loginNeeded !== null && bot.account.login === environment.botLogin;
  }

  async #identify(): Promise<void> {
    if (this.#mark === null || this.#options.auth.clientId === null) return await this.#ask(null);
    const { db, sql, holder } = this.#options;
    const lease = `twitch-refresh:${ENVIRONMENT}`;
    const held = await acquireLeases(sql, [lease], holder, LEASE_MS);
    if (held.length === 0) return this.#later(null);
    try {
      if (await isTakenOver(db, this.#mark)) this.#isSpent();
      else await this.#ask(this.#mark);
    } finally {
      await releaseLeases(sql, [lease], holder).catch(() => {
        // It ends by itself within `LEASE_MS`.
      });
    }
  }

  /** `mark`: the pair may be renewed and taken over under this name; null when the token stands alone. */
  async #ask(mark: string | null): Promise<void> {
    const { auth } = this.#options;
    let answer = await auth.validate(this.#pair?.accessToken ?? "");
    if (!answer.ok && answer.failure === "token_refused" && mark !== null) {
      const failure = await this.#renew();
      if (failure !== null) return this.#isRefused(failure);
      answer = await auth.validate(this.#pair?.accessToken ?? "");
    }
    if (!answer.ok) return this.#isRefused(answer.failure);
    await this.#isTold(answer.value, mark);
  }

  /** Why it could not be, or null when `#pair` is a new one. */
  async #renew(): Promise<AuthFailureKind | null> {
    const answer = await this.#options.auth.refresh(this.#pair?.refreshToken ?? "");
    if (!answer.ok) return answer.failure;
    const { accessToken, refreshToken } = answer.value;
    this.#pair = { accessToken, refreshToken };
    return null;
  }

  async #isTold(told: TokenInfo, mark: string | null): Promise<void> {
    const { db, key, auth, environment, accounts, time, log } = this.#options;
    const { userId, login, scopes, clientId } = told;
    if (userId === null || login === null || this.#pair === null) return this.#refuse("token_refused", null);
    const wanted = environment.botLogin;
    if (wanted !== null && wanted !== login) return this.#refuse("wrong_account", { wanted, got: login });
    const now = time.now();
    const account: SignedIn = {
      userId,
      login,
      role: "bot",
      clientId,
      scopes,
      ...this.#pair,
      expiresAt: endOf(told.expiresInS, now),
    };
    // A pair of another client cannot be renewed by this one: its token is used to its end.
    const isOurs = clientId === auth.clientId;
    if (mark !== null && !isOurs) log.warn("accounts.environment_client_differs", { login });
    if (mark === null || !isOurs) {
      if (!accounts.bot()) this.#isKnown({ ...account, refreshToken: null });
      return;
    }
    const saved = await saveTakenOver(db, key, mark, account, now);
    // In this order there is always somebody who speaks: chat stays connected.
    if (saved) this.#options.onTakenOver(saved);
    this.#isSpent();
  }

  #isKnown(account: SignedIn): void {
    const { accounts, time } = this.#options;
    const isNew = this.#known === null;
    this.#known = account;
    this.#state = "known";
    if (!isNew && accounts.find(account.userId)) return;
    const now = time.now();
    accounts.putEnvironment({
      ...account,
      displayName: account.login,
      validatedAt: isNew ? now : null,
      refreshedAt: now,
      loginNeeded: null,
      revision: 0,
    });
    this.#options.onKnown(account.userId, isNew);
  }

  #isSpent(): void {
    this.#state = "taken_over";
    this.#options.onChange();
  }

  #isRefused(kind: AuthFailureKind): void {
    if (kind === "token_refused") this.#refuse(kind, null);
    else this.#later(kind);
  }

  /** For good: other settings are needed. */
  #refuse(reason: AuthFailureKind, params: ErrorParams | null): void {
    const { environment, log, onEvent, onChange } = this.#options;
    this.#state = "refused";
    this.#reason = reason;
    this.#params = params;
    log.warn("accounts.environment_refused", { reason, ...params });
    onEvent({ type: "account.login_needed", login: environment.botLogin ?? "", reason });
    onChange();
  }

  #later(kind: AuthFailureKind | null): void {
    const { time, chance, onChange } = this.#options;
    this.#failures += 1;
    const isSettings = kind !== null && kind !== "unavailable" && kind !== "garbled";
    const waitMs = isSettings ? SETTINGS_WAIT_MS : failureWaitMs(this.#failures, chance.next());
    this.#retryAt = new Date(time.now().getTime() + waitMs);
    const reason = isSettings ? kind : null;
    if (this.#reason === reason) return;
    this.#reason = reason;
    onChange();
  }
}
