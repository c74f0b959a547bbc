import { type AuthFailureKind, tiersOf } from "../domain/accounts.ts";
import type { AccountSummary } from "../domain/snapshots.ts";
import { isAlive, isValidated } from "../domain/token-life.ts";
import type { Clock } from "../ports.ts";
import type { TwitchAccount } from "../store/accounts.ts";

/** An account as this process knows it. */
export interface LiveAccount {
  /** Replaced as a whole, never changed. */
  account: TwitchAccount;
  readonly source: AccountSummary["source"];
  /** The token that Twitch refused before its end; "" when none. As long as it is the account's, nobody is given it. */
  refused: string;
  /** The settings are at fault: a person must mend them. Nothing of it is stored. */
  trouble: AuthFailureKind | null;
  /** Renewals that failed in a row, and when to try again. */
  failures: number;
  retryAt: Date | null;
  /** When this process last got a new pair. */
  renewedAt: Date | null;
  /** The renewal that runs: who asks meanwhile waits for it. */
  renewing: Promise<void> | null;
  validating: Promise<void> | null;
  /** When to validate next. */
  validateAt: Date;
  /** This process's last validation, or null. */
  checkedAt: Date | null;
  checkFailures: number;
  /** Grows with each change that this process made: what was read from the database before it is old. */
  changes: number;
  /** What listeners were last told. */
  told: string;
}

/** The accounts that this process knows, by Twitch user id, and who is told of changes. One of the environment stands behind one that signed in. */
export class LiveAccounts {
  readonly #accounts = new Map<string, LiveAccount>();
  readonly #time: Clock;
  readonly #onChange: (userId: string) => void;
  #removals = 0;
  #environmentBot: string | null = null;

  constructor(time: Clock, onChange: (userId: string) => void) {
    this.#time = time;
    this.#onChange = onChange;
  }

  find(userId: string): LiveAccount | null {
    return this.#accounts.get(userId) ?? null;
  }

  /** Grows with each removal that this process made: a list that was read before it may hold what is gone. */
  get removals(): number {
    return this.#removals;
  }

  all(): readonly LiveAccount[] {
    return [...this.#accounts.values()];
  }

  /** The account that speaks: the one that signed in to do so, else whom the environment names. */
  bot(): LiveAccount | null {
    const signedIn = this.all().find((live) => live.account.role === "bot" && live.source === "signed_in");
    return signedIn ?? (this.#environmentBot === null ? null : this.find(this.#environmentBot));
  }

  /** The environment names this account as the bot. Of two pairs of tokens of one person, the one that signed in counts. */
  putEnvironment(account: TwitchAccount): void {
    this.#environmentBot = account.userId;
    const known = this.find(account.userId);
    if (known) this.tell(known);
    else this.put(account, "environment");
  }

  /** As they may be shown: the bot first, then by login. An account of the environment that another bot stands before is not there. */
  list(): AccountSummary[] {
    const bot = this.bot();
    return this.all()
      .filter((live) => live.source === "signed_in" || live === bot)
      .map((live) => this.#summary(live))
      .toSorted((a, b) => a.role.localeCompare(b.role) || a.login.localeCompare(b.login));
  }

  /** Knows `account` from now on, or knows it better. What concerned an earlier token is forgotten. */
  put(account: TwitchAccount, source: AccountSummary["source"]): LiveAccount {
    const known = this.#accounts.get(account.userId);
    const live = known?.source === source ? known : aLiveAccount(account, source, this.#time.now());
    this.#accounts.set(account.userId, live);
    this.change(live, account);
    return live;
  }

  /** The account is like this now. */
  change(live: LiveAccount, account: TwitchAccount): void {
    if (account.accessToken !== live.account.accessToken) {
      live.refused = "";
      live.failures = 0;
      live.retryAt = null;
      // No token makes a clock right.
      if (live.trouble !== "clock_skew") live.trouble = null;
    }
    if (account.loginNeeded !== null) live.trouble = null;
    live.account = account;
    live.changes += 1;
    this.tell(live);
  }

  remove(userId: string): void {
    if (!this.#accounts.delete(userId)) return;
    this.#removals += 1;
    this.#onChange(userId);
  }

  /** Tells listeners when the account looks otherwise than they were last told. A renewed token alone is nothing to tell. */
  tell(live: LiveAccount): void {
    if (this.#accounts.get(live.account.userId) !== live) return;
    const { expiresAt: _, validatedAt: __, ...shown } = this.#summary(live);
    const look = JSON.stringify([shown, isUsable(live, this.#time.now())]);
    if (look === live.told) return;
    live.told = look;
    this.#onChange(live.account.userId);
  }

  #summary(live: LiveAccount): AccountSummary {
    const { userId, login, displayName, role, scopes, expiresAt, validatedAt } = live.account;
    const reason = needOf(live);
    const checked = isValidated(validatedAt, this.#time.now()) ? "ok" : "unchecked";
    return {
      userId,
      login,
      displayName,
      role,
      source: live.source,
      state: reason === null ? checked : "login_needed",
      reason,
      scopes,
      tiers: tiersOf(role, scopes),
      expiresAt,
      validatedAt,
    };
  }
}

/** Why a person is needed, or null. */
export const needOf = (live: LiveAccount): AuthFailureKind | null => live.account.loginNeeded ?? live.trouble;

/** Whether its token may be given out at `now`, and works for `ms` more. */
export function isUsable({ account, refused }: LiveAccount, now: Date, ms = 0): boolean {
  return account.loginNeeded === null && account.accessToken !== refused && isAlive(account.expiresAt, now, ms);
}

function aLiveAccount(account: TwitchAccount, source: AccountSummary["source"], now: Date): LiveAccount {
  return {
    account,
    source,
    refused: "",
    trouble: null,
    failures: 0,
    retryAt: null,
    renewedAt: null,
    renewing: null,
    validating: null,
    validateAt: now,
    checkedAt: null,
    checkFailures: 0,
    changes: 0,
    told: "",
  };
}
