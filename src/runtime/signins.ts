import { type AccountRole, type AuthFailureKind, isPassing, scopesOf, type Tier } from "../domain/accounts.ts";
import { afterPoll, pollWaitMs } from "../domain/device-signin.ts";
import { AppError, type ErrorParams } from "../domain/errors.ts";
import type { Actor } from "../domain/events.ts";
import type { TwitchSignin } from "../domain/snapshots.ts";
import type { Chance, Clock, Log, Timers } from "../ports.ts";
import type { DeviceCode, TokenInfo, TokenPair, TwitchAuth } from "../ports-twitch.ts";
import { codeOf } from "./recorder.ts";

/** A person who signed in: the token is theirs, and works. */
export interface SignedInPerson {
  role: AccountRole;
  by: Actor;
  pair: TokenPair;
  told: TokenInfo & { userId: string; login: string };
  /** True when they were already asked once more for other scopes. */
  isAgain: boolean;
}

/** What is made of it. `again`: the person is asked once more, for these scopes; this token is given back. */
export type SigninOutcome =
  | { kind: "done" }
  | { kind: "refused"; reason: AuthFailureKind; params: ErrorParams }
  | { kind: "again"; scopes: readonly string[] };

export interface SigninsOptions {
  auth: TwitchAuth;
  time: Clock & Timers;
  chance: Chance;
  log: Log;
  /** Throws when it could not be kept. */
  onSignedIn(person: SignedInPerson): Promise<SigninOutcome>;
}

/** Sign-ins that wait at one time: each polls Twitch every few seconds. */
const WAITING_MAX = 5;
/** How long one that ended can still be looked at. */
const KEPT_MS = 600_000;
/** Ended ones that are kept; the oldest make room. */
const ENDED_MAX = 50;
/** The token was given and its code is spent: a few tries to learn whose it is. */
const VALIDATE_TRIES = 3;
const VALIDATE_WAIT_MS = 1_000;

interface Signin {
  shown: TwitchSignin;
  by: Actor;
  scopes: readonly string[];
  deviceCode: string;
  intervalS: number;
  isAgain: boolean;
  /** Ends the wait for the next poll. */
  cancel: () => void;
  endedAt: Date | null;
}

/** Sign-ins by device code: a person types a code at Twitch, and we ask until they did. Nothing of them is stored but the account. */
export class Signins {
  readonly #options: SigninsOptions;
  readonly #signins = new Map<string, Signin>();
  #beginning = 0;
  #stopped = false;

  constructor(options: SigninsOptions) {
    this.#options = options;
  }

  /** Throws `invalid` (`auth_client_missing`, `auth_tiers_missing`), `too_many` (`auth_signins_many`), `unavailable` (`auth_<kind>`). */
  async connect(asked: { role: AccountRole; tiers: readonly Tier[]; by: Actor }): Promise<TwitchSignin> {
    const { auth, chance } = this.#options;
    const { role, tiers, by } = asked;
    if (auth.clientId === null) throw new AppError("invalid", "auth_client_missing");
    const scopes = scopesOf(role, tiers);
    if (scopes.length === 0) throw new AppError("invalid", "auth_tiers_missing");
    this.#forgetOld();
    const waiting = [...this.#signins.values()].filter((signin) => signin.endedAt === null).length;
    if (waiting + this.#beginning >= WAITING_MAX) throw new AppError("too_many", "auth_signins_many");

    this.#beginning += 1;
    const answer = await auth.startDevice(scopes).finally(() => {
      this.#beginning -= 1;
    });
    if (!answer.ok) throw new AppError("unavailable", `auth_${answer.failure}`);
    const { deviceCode, intervalS } = answer.value;
    const signin: Signin = {
      shown: {
        id: chance.uuid(),
        role,
        tiers,
        ...this.#codeOf(answer.value),
        state: "waiting",
        login: null,
        reason: null,
        params: {},
      },
      by,
      scopes,
      deviceCode,
      intervalS,
      isAgain: false,
      cancel: () => {},
      endedAt: null,
    };
    this.#signins.set(signin.shown.id, signin);
    this.#plan(signin);
    return signin.shown;
  }

  /** One that waits, or ended less than ten minutes ago. */
  find(id: string): TwitchSignin | null {
    this.#forgetOld();
    return this.#signins.get(id)?.shown ?? null;
  }

  /** Stops waiting, and forgets it. A token that comes all the same is given back. */
  cancel(id: string): void {
    this.#signins.get(id)?.cancel();
    this.#signins.delete(id);
  }

  stop(): void {
    this.#stopped = true;
    for (const id of [...this.#signins.keys()]) this.cancel(id);
  }

  // --- asking -----------------------------------------------------------------------------------

  #plan(signin: Signin): void {
    if (!this.#isThere(signin)) return;
    signin.cancel = this.#options.time.after(pollWaitMs(signin.intervalS), () => void this.#poll(signin));
  }

  async #poll(signin: Signin): Promise<void> {
    const { auth, time } = this.#options;
    const answer = await auth.pollDevice(signin.deviceCode, signin.scopes);
    if (answer.ok) return await this.#given(signin, answer.value);
    const next = afterPoll(answer.failure, signin.intervalS, time.now(), signin.shown.expiresAt);
    if (next.action === "fail") return this.#end(signin, { state: "failed", reason: next.reason });
    signin.intervalS = next.intervalS;
    this.#plan(signin);
  }

  /** Twitch gave a token: it is kept as an account, or given back. */
  async #given(signin: Signin, pair: TokenPair): Promise<void> {
    const { auth, log } = this.#options;
    const isKept = await this.#tryKeep(signin, pair).catch((error: unknown) => {
      log.warn("accounts.signin_unsaved", { code: codeOf(error) });
      this.#end(signin, { state: "failed", reason: "unavailable" });
      return false;
    });
    if (!isKept) await auth.revoke(pair.accessToken);
  }

  async #tryKeep(signin: Signin, pair: TokenPair): Promise<boolean> {
    const { onSignedIn } = this.#options;
    if (!this.#isThere(signin)) return false;
    const answer = await this.#validate(signin, pair.accessToken);
    if (!this.#isThere(signin)) return false;
    const told = answer.ok ? answer.value : null;
    if (!told || told.userId === null || told.login === null) {
      this.#end(signin, { state: "failed", reason: answer.ok ? "garbled" : answer.failure });
      return false;
    }
    const { userId, login } = told;
    const { role } = signin.shown;
    const person: SignedInPerson = { role, by: signin.by, pair, told: { ...told, userId, login }, isAgain: signin.isAgain };
    const outcome = await onSignedIn(person);
    if (outcome.kind === "again") await this.#again(signin, outcome.scopes);
    else if (outcome.kind === "done") this.#end(signin, { state: "done", login });
    else this.#end(signin, { state: "failed", reason: outcome.reason, params: outcome.params });
    return outcome.kind === "done";
  }

  /** What Twitch cannot tell just now is asked again: the code is spent, and the person cannot type it a second time. */
  async #validate(signin: Signin, token: string): ReturnType<TwitchAuth["validate"]> {
    const { auth } = this.#options;
    let answer = await auth.validate(token);
    for (let tries = 1; tries < VALIDATE_TRIES && !answer.ok && isPassing(answer.failure); tries++) {
      await this.#pause(signin, VALIDATE_WAIT_MS);
      if (!this.#isThere(signin)) return answer;
      answer = await auth.validate(token);
    }
    return answer;
  }

  /** Ends early when the sign-in is cancelled. */
  #pause(signin: Signin, ms: number): Promise<void> {
    return new Promise((resolve) => {
      const cancel = this.#options.time.after(ms, resolve);
      signin.cancel = () => {
        cancel();
        resolve();
      };
    });
  }

  /** The same sign-in with another code, for more scopes. */
  async #again(signin: Signin, scopes: readonly string[]): Promise<void> {
    const { auth, log } = this.#options;
    log.info("accounts.signin", { role: signin.shown.role, state: "again" });
    const answer = await auth.startDevice(scopes);
    if (!answer.ok) return this.#end(signin, { state: "failed", reason: answer.failure });
    const { deviceCode, intervalS } = answer.value;
    signin.shown = { ...signin.shown, ...this.#codeOf(answer.value) };
    Object.assign(signin, { scopes, deviceCode, intervalS, isAgain: true });
    this.#plan(signin);
  }

  #codeOf({ userCode, verificationUrl, expiresInS }: DeviceCode) {
    return { userCode, verificationUrl, expiresAt: new Date(this.#options.time.now().getTime() + expiresInS * 1000) };
  }

  // --- ending -----------------------------------------------------------------------------------

  #isThere(signin: Signin): boolean {
    return !this.#stopped && this.#signins.get(signin.shown.id) === signin;
  }

  #end(signin: Signin, how: Partial<TwitchSignin>): void {
    signin.shown = { ...signin.shown, ...how };
    signin.endedAt = this.#options.time.now();
    const { role, state, login, reason } = signin.shown;
    this.#options.log.info("accounts.signin", { role, state, login, reason });
  }

  #forgetOld(): void {
    const nowMs = this.#options.time.now().getTime();
    const ended = [...this.#signins].filter(([, signin]) => signin.endedAt !== null);
    for (const [index, [id, signin]] of ended.entries()) {
      const isOld = nowMs - (signin.endedAt?.getTime() ?? nowMs) >= KEPT_MS;
      if (isOld || index < ended.length - ENDED_MAX) this.#signins.delete(id);
    }
  }
}
