import { type AccountRole, scopesOf, TIERS, type Tier } from "../domain/accounts.ts";
import { AppError } from "../domain/errors.ts";
import type { Actor, EventBody } from "../domain/events.ts";
import type { AccountSummary, TwitchSignin } from "../domain/snapshots.ts";
import { endOf } from "../domain/token-life.ts";
import type { Chance, Clock, Log, Timers } from "../ports.ts";
import { APP, type Tokens, type TwitchAuth } from "../ports-twitch.ts";
import { removeAccount, type SavedSignin, saveSignin } from "../store/accounts.ts";
import type { Db, Sql } from "../store/db.ts";
import { AccountUpkeep } from "./account-upkeep.ts";
import { AppToken } from "./app-token.ts";
import { ENVIRONMENT, type Environment, EnvironmentAccount } from "./environment-account.ts";
import { type LiveAccount, LiveAccounts, needOf } from "./live-accounts.ts";
import { Refreshing } from "./refreshing.ts";
import { type SignedInPerson, type SigninOutcome, Signins } from "./signins.ts";
import { type Given, TokenCare } from "./token-care.ts";

export interface AccountsOptions {
  db: Db;
  sql: Sql;
  auth: TwitchAuth;
  /** The installation's 32 bytes, with which tokens are sealed. */
  key: Uint8Array;
  /** The process, as its leases name it. */
  holder: string;
  environment: Environment;
  time: Clock & Timers;
  chance: Chance;
  log: Log;
  /** Something for the timeline. */
  onEvent(body: EventBody): void;
  /**
   * An account came, went, or is otherwise than before: signed in, in need of its person, renamed, with other scopes, or
   * with a token again after a time without. A token that was renewed in its course is not told. The environment's account
   * is `environment` as long as Twitch did not tell whose it is.
   */
  onChange(userId: string): void;
}

/** An account, as far as most callers need it. */
export interface AccountName {
  userId: string;
  login: string;
}

/** The Twitch accounts that Byte acts for: who they are, and a token of each that works. */
export class Accounts implements Tokens {
  readonly #options: AccountsOptions;
  readonly #accounts: LiveAccounts;
  readonly #refreshing: Refreshing;
  readonly #care: TokenCare;
  readonly #app: AppToken;
  readonly #environment: EnvironmentAccount;
  readonly #upkeep: AccountUpkeep;
  readonly #signins: Signins;

  constructor(options: AccountsOptions) {
    const { onChange, onEvent, time } = options;
    this.#options = options;
    this.#accounts = new LiveAccounts(time, onChange);
    this.#refreshing = new Refreshing({
      ...options,
      onHealed: (account) => onEvent({ type: "account.restored", login: account.login }),
    });
    this.#care = new TokenCare({ ...options, refreshing: this.#refreshing, accounts: this.#accounts });
    this.#app = new AppToken(options);
    this.#environment = new EnvironmentAccount({
      ...options,
      accounts: this.#accounts,
      onChange: () => onChange(ENVIRONMENT),
      onKnown: (userId, isValidated) => this.#isFound(userId, isValidated),
      onTakenOver: (saved) => this.#isSaved(saved, { kind: "operator" }),
    });
    this.#upkeep = new AccountUpkeep({
      ...options,
      accounts: this.#accounts,
      care: this.#care,
      others: () => Promise.all([this.#environment.look(), this.#app.look()]),
    });
    this.#signins = new Signins({ ...options, onSignedIn: (person) => this.#signedIn(person) });
  }

  /** Reads the accounts, and asks nothing of Twitch yet: that happens from now on, behind everybody's back. Throws when the database is away. */
  async start(): Promise<void> {
    await this.#upkeep.read();
    this.#upkeep.start();
  }

  /** Reads the accounts again, and renews and validates what is due. Resolves when that is done; happens by itself twice a minute. */
  look(): Promise<void> {
    return this.#upkeep.look();
  }

  /** Ends all timers. A renewal on its way is waited for, for three seconds at most: its answer is the only copy of a token. */
  async stop(): Promise<void> {
    this.#upkeep.stop();
    this.#signins.stop();
    await this.#refreshing.stop();
  }

  // --- tokens -----------------------------------------------------------------------------------

  async get(account: string): Promise<Given | null> {
    if (account === APP) return await this.#app.get();
    const live = this.#accounts.find(account);
    return live && (await this.#care.get(live));
  }

  async renew(account: string, refused: string): Promise<Given | null> {
    if (account === APP) return await this.#app.renew(refused);
    const live = this.#accounts.find(account);
    return live && (await this.#care.renew(live, refused));
  }

  scopes(account: string): readonly string[] {
    return this.#accounts.find(account)?.account.scopes ?? [];
  }

  /**
   * Twitch says that the person took back what they allowed. Found out at once rather than believed: it may be told of an
   * earlier token. Resolves when it is known.
   */
  async markRevoked(userId: string): Promise<void> {
    const live = this.#accounts.find(userId);
    if (live) await this.#care.check(live);
  }

  // --- who is there -----------------------------------------------------------------------------

  /** Who speaks, also while its person must sign in again; null when nobody does, or Twitch did not yet tell who. */
  bot(): AccountName | null {
    return nameOf(this.#accounts.bot());
  }

  /** The account of a channel's owner: any that signed in and has the channel's id, be it the bot's. */
  broadcaster(channelId: string): AccountName | null {
    return nameOf(this.#accounts.find(channelId));
  }

  /** The bot first, then by login. */
  list(): AccountSummary[] {
    const environment = this.#environment.summary();
    return environment === null ? this.#accounts.list() : [environment, ...this.#accounts.list()];
  }

  /** Pairs of tokens that wait for the database. */
  get unsaved(): number {
    return this.#refreshing.unsaved;
  }

  // --- signing in and out -----------------------------------------------------------------------

  get canConnect(): boolean {
    return this.#options.auth.clientId !== null;
  }

  connect(asked: { role: AccountRole; tiers: readonly Tier[]; by: Actor }): Promise<TwitchSignin> {
    return this.#signins.connect(asked);
  }

  findSignin(id: string): TwitchSignin | null {
    return this.#signins.find(id);
  }

  cancel(id: string): void {
    this.#signins.cancel(id);
  }

  /** Throws `not_found` (`account_unknown`), `conflict` (`account_of_environment`). Without Twitch the tokens are forgotten all the same. */
  async disconnect(userId: string, by: Actor): Promise<void> {
    const { db, auth, log, onEvent } = this.#options;
    const live = this.#accounts.find(userId);
    if (userId === ENVIRONMENT || live?.source === "environment") throw new AppError("conflict", "account_of_environment");
    if (!live) throw new AppError("not_found", "account_unknown");
    await removeAccount(db, userId);
    const { login, accessToken } = live.account;
    this.#accounts.remove(userId);
    onEvent({ type: "account.removed", login, by });
    if (accessToken !== "" && !(await auth.revoke(accessToken))) log.warn("accounts.revoke_failed", { userId, login });
    this.#upkeep.start();
  }

  /**
   * Keeps the token of somebody who signed in. A new token has only the scopes that it was asked for, and it takes the
   * place of the old one. In the same role that is what the person chose; but who signs in as broadcaster and is the bot
   * already (or the other way round) would lose what the other role needs. Who that is only the token tells, so they are
   * asked a second time, for both together. The token that is replaced is not revoked: Twitch may end with it what was
   * subscribed in the person's name.
   */
  async #signedIn({ role, by, pair, told, isAgain }: SignedInPerson): Promise<SigninOutcome> {
    const { db, key, environment, time } = this.#options;
    const { userId, login, clientId, scopes } = told;
    if (role === "bot" && environment.botLogin !== null && environment.botLogin !== login) {
      return { kind: "refused", reason: "wrong_account", params: { wanted: environment.botLogin, got: login } };
    }
    const known = this.#accounts.find(userId);
    const wasBot = this.bot()?.userId === userId;
    const missing = known ? scopesToKeep(role, known, wasBot).filter((scope) => !scopes.includes(scope)) : [];
    if (missing.length > 0) {
      return isAgain
        ? { kind: "refused", reason: "scope_refused", params: {} }
        : { kind: "again", scopes: [...scopes, ...missing] };
    }
    const { accessToken, refreshToken } = pair;
    const now = time.now();
    const saved = await saveSignin(
      db,
      key,
      {
        userId,
        login,
        role: wasBot ? "bot" : role,
        clientId,
        scopes,
        accessToken,
        refreshToken,
        expiresAt: endOf(told.expiresInS, now),
      },
      now,
    );
    this.#isSaved(saved, by);
    return { kind: "done" };
  }

  #isSaved({ account, before, removed }: SavedSignin, by: Actor): void {
    const { auth, onEvent } = this.#options;
    const { userId, login, role } = account;
    const known = this.#accounts.find(userId);
    const wasNeeded = before?.loginNeeded != null || (known !== null && needOf(known) !== null);
    if (removed) {
      this.#accounts.remove(removed.userId);
      onEvent({ type: "account.removed", login: removed.login, by });
      if (removed.accessToken !== "") void auth.revoke(removed.accessToken);
    }
    this.#accounts.put(account, "signed_in");
    onEvent({ type: "account.connected", login, role, by });
    if (wasNeeded) onEvent({ type: "account.restored", login });
    this.#isFound(userId, true);
  }

  #isFound(userId: string, isValidated: boolean): void {
    const live = this.#accounts.find(userId);
    if (live && isValidated) this.#care.markChecked(live);
    this.#upkeep.start();
  }
}

const nameOf = (live: LiveAccount | null): AccountName | null =>
  live && { userId: live.account.userId, login: live.account.login };

/**
 * The scopes of a working account that a sign-in in `role` must not cost it: those that only the other role has use for,
 * and all that the other role has use for when the account acts in it.
 */
function scopesToKeep(role: AccountRole, { account, ...live }: LiveAccount, isBot: boolean): string[] {
  if (account.loginNeeded !== null || live.trouble !== null) return [];
  const other = role === "bot" ? "broadcaster" : "bot";
  const isOther = other === "bot" ? isBot : account.role === other;
  const mine = isOther ? [] : scopesOf(role, TIERS);
  return scopesOf(other, TIERS).filter((scope) => account.scopes.includes(scope) && !mine.includes(scope));
}
