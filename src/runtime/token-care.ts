import type { AuthFailureKind } from "../domain/accounts.ts";
import type { EventBody } from "../domain/events.ts";
import {
  endOf,
  failureWaitMs,
  isAlive,
  REFRESH_SPACING_MS,
  SETTINGS_WAIT_MS,
  whenToRefresh,
  whenToValidate,
} from "../domain/token-life.ts";
import type { Chance, Clock, Log } from "../ports.ts";
import type { TokenInfo, TwitchAuth } from "../ports-twitch.ts";
import { markLoginNeeded, markValidated, type TwitchAccount } from "../store/accounts.ts";
import type { Db } from "../store/db.ts";
import { isUsable, type LiveAccount, type LiveAccounts, needOf } from "./live-accounts.ts";
import { codeOf } from "./recorder.ts";
import type { Refreshed, Refreshing } from "./refreshing.ts";

/** A token that works for less than this is renewed before it is given out: a request with it takes its time. */
const GIVE_MS = 60_000;
/** A check out of turn, by account at most this often. */
const CHECK_SPACING_MS = 5_000;

/** A token and the client that it belongs to. */
export interface Given {
  token: string;
  clientId: string;
}

export interface TokenCareOptions {
  db: Db;
  auth: TwitchAuth;
  refreshing: Refreshing;
  accounts: LiveAccounts;
  time: Clock;
  chance: Chance;
  log: Log;
  onEvent(body: EventBody): void;
}

/** Gives out tokens of accounts, and finds out whether they work: one renewal and one validation per account at a time. */
export class TokenCare {
  readonly #options: TokenCareOptions;

  constructor(options: TokenCareOptions) {
    this.#options = options;
  }

  /** A token that should work, or null. An account that needs its person costs no request. */
  async get(live: LiveAccount): Promise<Given | null> {
    if (isUsable(live, this.#now(), GIVE_MS)) return givenBy(live);
    await this.refresh(live);
    return isUsable(live, this.#now()) ? givenBy(live) : null;
  }

  /** Twitch refused `refused`: another token, or null. */
  async renew(live: LiveAccount, refused: string): Promise<Given | null> {
    if (live.account.loginNeeded !== null) return null;
    if (live.account.accessToken !== refused) return await this.get(live);
    live.refused = refused;
    // What cannot be renewed is asked about: one refusal may be a mistake of Twitch's.
    await (live.account.refreshToken === null ? this.check(live) : this.refresh(live));
    this.#options.accounts.tell(live);
    return live.account.accessToken !== refused && isUsable(live, this.#now()) ? givenBy(live) : null;
  }

  /** When the account wants `care` next, or null: never. */
  whenDue(live: LiveAccount): Date | null {
    if (live.account.loginNeeded !== null) return null;
    const renewalMs = this.#renewalAt(live);
    if (!isUsable(live, this.#now()) && live.account.refreshToken !== null) return new Date(renewalMs);
    return new Date(Math.min(renewalMs, live.validateAt.getTime()));
  }

  /** Renews and validates what is due. */
  async care(live: LiveAccount): Promise<void> {
    if (this.#renewalAt(live) <= this.#now().getTime()) await this.refresh(live);
    if (live.validateAt <= this.#now()) await this.validate(live);
    this.#options.accounts.tell(live);
  }

  /** Validates out of turn: somebody has reason to think that the account's token died. Asked again at once, it is done some seconds later. */
  async check(live: LiveAccount): Promise<void> {
    const nextMs = live.checkedAt === null ? 0 : live.checkedAt.getTime() + CHECK_SPACING_MS;
    if (this.#now().getTime() >= nextMs) await this.validate(live);
    else live.validateAt = new Date(nextMs);
  }

  /** Twitch was asked about the account's token just now. */
  markChecked(live: LiveAccount): void {
    const { time, chance } = this.#options;
    const at = time.now();
    const isFirst = live.checkedAt === null;
    live.validateAt = whenToValidate(
      isFirst ? { by: "us_first", at, chance: chance.next() } : { by: "us", at, dueAt: live.validateAt },
    );
    live.checkedAt = at;
    live.checkFailures = 0;
  }

  // --- renewing ---------------------------------------------------------------------------------

  /** Renews the pair now, unless that was tried or done just before. Never throws. */
  refresh(live: LiveAccount): Promise<void> {
    if (live.renewing) return live.renewing;
    const now = this.#now();
    if (live.account.loginNeeded !== null || (live.retryAt !== null && live.retryAt > now) || isJustRenewed(live, now)) {
      return Promise.resolve();
    }
    live.renewing = this.#refresh(live).finally(() => {
      live.renewing = null;
    });
    return live.renewing;
  }

  async #refresh(live: LiveAccount): Promise<void> {
    const { auth, refreshing } = this.#options;
    const { account } = live;
    if (account.refreshToken === null) {
      if (!isAlive(account.expiresAt, this.#now())) await this.#isLost(live, "token_refused");
    } else if (auth.clientId === null) this.#isTroubled(live, "client_missing");
    // Tokens of another client of the operator's: Twitch would refuse them for good, and they work again when it is back.
    else if (auth.clientId !== account.clientId) this.#isTroubled(live, "token_refused");
    else this.#apply(live, await refreshing.refresh(account));
  }

  #apply(live: LiveAccount, refreshed: Refreshed): void {
    const { accounts, time, chance } = this.#options;
    switch (refreshed.kind) {
      case "renewed": {
        const needed = needOf(live);
        live.renewedAt = time.now();
        accounts.change(live, refreshed.account);
        if (needed !== null && needOf(live) === null)
          this.#options.onEvent({ type: "account.restored", login: live.account.login });
        return;
      }
      case "login_needed":
        this.#needsLogin(live, refreshed.reason, refreshed.isOurs);
        return;
      case "settings":
        this.#isTroubled(live, refreshed.reason);
        return;
      case "gone":
        accounts.remove(live.account.userId);
        return;
      case "later":
        live.failures += 1;
        live.retryAt = new Date(time.now().getTime() + failureWaitMs(live.failures, chance.next()));
        accounts.tell(live);
    }
  }

  /** In milliseconds since 1970; infinity for what cannot be renewed. */
  #renewalAt(live: LiveAccount): number {
    if (live.account.refreshToken === null) {
      return isAlive(live.account.expiresAt, this.#now()) ? live.account.expiresAt.getTime() : 0;
    }
    const wantedMs = isUsable(live, this.#now()) ? whenToRefresh(live.account).getTime() : 0;
    const spacedMs = live.renewedAt === null ? 0 : live.renewedAt.getTime() + REFRESH_SPACING_MS;
    return Math.max(wantedMs, spacedMs, live.retryAt?.getTime() ?? 0);
  }

  // --- validating -------------------------------------------------------------------------------

  /** Asks Twitch about the account's token now; what it refuses is renewed. Never throws. */
  validate(live: LiveAccount): Promise<void> {
    live.validating ??= this.#validate(live).finally(() => {
      live.validating = null;
    });
    return live.validating;
  }

  async #validate(live: LiveAccount): Promise<void> {
    const { account } = live;
    if (account.loginNeeded !== null) return;
    const canRenew = account.refreshToken !== null;
    if (!isAlive(account.expiresAt, this.#now()) || (canRenew && !isUsable(live, this.#now()))) {
      await this.refresh(live);
      if (!isUsable(live, this.#now())) return;
    }
    const token = live.account.accessToken;
    const isRefused = await this.#ask(live, token);
    // A token that was renewed because of that is asked about as well: what is in use is validated.
    if (isRefused && live.account.accessToken !== token && isUsable(live, this.#now()))
      await this.#ask(live, live.account.accessToken);
  }

  /** True when Twitch refused the token, and there is another one or none. */
  async #ask(live: LiveAccount, token: string): Promise<boolean> {
    const answer = await this.#options.auth.validate(token);
    // Renewed meanwhile: this says nothing of the new one.
    if (live.account.accessToken !== token) return true;
    if (answer.ok) await this.#isValid(live, answer.value);
    else await this.#isInvalid(live, answer.failure);
    return !answer.ok && answer.failure === "token_refused";
  }

  async #isValid(live: LiveAccount, told: TokenInfo): Promise<void> {
    const { log, time, accounts, onEvent } = this.#options;
    const { account } = live;
    const now = time.now();
    if (told.userId !== account.userId) {
      log.error("accounts.token_of_another", { userId: account.userId });
      this.#askLater(live);
      return;
    }
    const login = told.login ?? account.login;
    const fresh: TwitchAccount = {
      ...account,
      login,
      displayName: login === account.login ? account.displayName : login,
      scopes: told.scopes,
      expiresAt: endOf(told.expiresInS, now),
      validatedAt: now,
    };
    this.markChecked(live);
    live.refused = "";
    const wasSkewed = live.trouble === "clock_skew";
    if (wasSkewed) live.trouble = null;
    accounts.change(live, fresh);
    if (wasSkewed) onEvent({ type: "account.restored", login });
    if (live.source === "signed_in") await this.#saveValidation(fresh);
    log.info("accounts.validated", { userId: account.userId });
  }

  async #saveValidation(account: TwitchAccount): Promise<void> {
    const { db, log, time } = this.#options;
    const { userId, revision } = account;
    await markValidated(db, userId, revision, account, account.validatedAt ?? time.now()).catch((error: unknown) => {
      log.warn("accounts.database_away", { userId, code: codeOf(error) });
    });
  }

  async #isInvalid(live: LiveAccount, kind: AuthFailureKind): Promise<void> {
    if (kind === "token_refused") {
      live.refused = live.account.accessToken;
      if (live.account.refreshToken === null) await this.#isLost(live, kind);
      else await this.refresh(live);
      return;
    }
    this.#askLater(live);
    if (kind !== "clock_skew") return;
    // The token is good: Twitch was asked, and it goes on being given out. The clock is a person's business.
    live.validateAt = new Date(this.#now().getTime() + SETTINGS_WAIT_MS);
    this.#needsPerson(live, kind);
  }

  #askLater(live: LiveAccount): void {
    const { time, chance } = this.#options;
    live.checkFailures += 1;
    live.validateAt = new Date(time.now().getTime() + failureWaitMs(live.checkFailures, chance.next()));
  }

  // --- what a person must do --------------------------------------------------------------------

  /** There is nothing left to renew it with. */
  async #isLost(live: LiveAccount, reason: AuthFailureKind): Promise<void> {
    const { db, log, time } = this.#options;
    const { userId, revision } = live.account;
    const mark =
      live.source === "environment" ? Promise.resolve(true) : markLoginNeeded(db, userId, revision, reason, time.now());
    const isOurs = await mark.catch((error: unknown) => {
      log.warn("accounts.database_away", { userId, code: codeOf(error) });
      return true;
    });
    this.#needsLogin(live, reason, isOurs);
  }

  #needsLogin(live: LiveAccount, reason: AuthFailureKind, isOurs: boolean): void {
    const { accounts, log, onEvent } = this.#options;
    if (live.account.loginNeeded !== null) return;
    accounts.change(live, { ...live.account, loginNeeded: reason });
    if (!isOurs) return;
    log.warn("accounts.login_needed", { userId: live.account.userId, login: live.account.login, reason });
    onEvent({ type: "account.login_needed", login: live.account.login, reason });
  }

  /** The settings are wrong, so that it cannot be renewed. The token that is there is given out while it lives. */
  #isTroubled(live: LiveAccount, reason: AuthFailureKind): void {
    live.failures += 1;
    live.retryAt = new Date(this.#now().getTime() + SETTINGS_WAIT_MS);
    this.#needsPerson(live, reason);
  }

  #needsPerson(live: LiveAccount, reason: AuthFailureKind): void {
    const { accounts, log, onEvent } = this.#options;
    if (live.trouble === reason) return;
    live.trouble = reason;
    accounts.tell(live);
    log.warn("accounts.login_needed", { userId: live.account.userId, login: live.account.login, reason });
    onEvent({ type: "account.login_needed", login: live.account.login, reason });
  }

  #now(): Date {
    return this.#options.time.now();
  }
}

const givenBy = ({ account }: LiveAccount): Given => ({ token: account.accessToken, clientId: account.clientId });

const isJustRenewed = ({ renewedAt }: LiveAccount, now: Date): boolean =>
  renewedAt !== null && now.getTime() - renewedAt.getTime() < REFRESH_SPACING_MS && renewedAt <= now;
