import {
  failureWaitMs,
  isAlive,
  REFRESH_SPACING_MS,
  type TokenLife,
  whenToRefresh,
  whenToValidate,
} from "../domain/token-life.ts";
import type { Chance, Clock } from "../ports.ts";
import type { TwitchAuth } from "../ports-twitch.ts";
import type { Given } from "./token-care.ts";

/** A token that works for less than this is replaced before it is given out. */
const GIVE_MS = 60_000;

interface Held extends TokenLife {
  token: string;
  validateAt: Date;
}

/**
 * The app's own token (client credentials), for a client that has a secret. Asked for when somebody wants it, kept in
 * memory, validated hourly while it is there, and replaced before its end. It costs nothing to lose.
 */
export class AppToken {
  readonly #auth: TwitchAuth;
  readonly #time: Clock;
  readonly #chance: Chance;
  #held: Held | null = null;
  #asking: Promise<void> | null = null;
  #renewedAt: Date | null = null;
  #failures = 0;
  #retryAt: Date | null = null;
  #checking = false;

  constructor(options: { auth: TwitchAuth; time: Clock; chance: Chance }) {
    this.#auth = options.auth;
    this.#time = options.time;
    this.#chance = options.chance;
  }

  async get(): Promise<Given | null> {
    if (!this.#auth.hasSecret) return null;
    const now = this.#time.now();
    if (!this.#held || !isAlive(this.#held.expiresAt, now, GIVE_MS) || whenToRefresh(this.#held) <= now) await this.#ask();
    return this.#given();
  }

  /** Twitch refused `refused`. A new one that is refused as well is replaced some seconds later, not at once. */
  async renew(refused: string): Promise<Given | null> {
    if (!this.#auth.hasSecret) return null;
    const now = this.#time.now();
    const isSoon = this.#renewedAt !== null && Math.abs(now.getTime() - this.#renewedAt.getTime()) < REFRESH_SPACING_MS;
    if (this.#held?.token === refused) {
      if (isSoon) return null;
      this.#held = null;
      this.#renewedAt = now;
    }
    return await this.get();
  }

  /** Validates when that is due. Never throws. */
  async look(): Promise<void> {
    const held = this.#held;
    if (!held || this.#checking || held.validateAt > this.#time.now()) return;
    this.#checking = true;
    const answer = await this.#auth.validate(held.token);
    this.#checking = false;
    const now = this.#time.now();
    if (!answer.ok && answer.failure === "token_refused") {
      if (this.#held === held) this.#held = null;
    } else if (answer.ok) {
      this.#failures = 0;
      held.validateAt = whenToValidate({ by: "us", at: now, dueAt: held.validateAt });
    } else {
      this.#failures += 1;
      held.validateAt = new Date(now.getTime() + failureWaitMs(this.#failures, this.#chance.next()));
    }
  }

  #given(): Given | null {
    const { clientId } = this.#auth;
    if (clientId === null || !this.#held || !isAlive(this.#held.expiresAt, this.#time.now())) return null;
    return { token: this.#held.token, clientId };
  }

  #ask(): Promise<void> {
    if (!this.#asking && this.#retryAt !== null && this.#retryAt > this.#time.now()) return Promise.resolve();
    this.#asking ??= this.#askNow().finally(() => {
      this.#asking = null;
    });
    return this.#asking;
  }

  async #askNow(): Promise<void> {
    const answer = await this.#auth.appToken();
    const now = this.#time.now();
    if (!answer.ok) {
      this.#failures += 1;
      this.#retryAt = new Date(now.getTime() + failureWaitMs(this.#failures, this.#chance.next()));
      return;
    }
    this.#failures = 0;
    this.#retryAt = null;
    this.#held = {
      token: answer.value.accessToken,
      refreshedAt: now,
      expiresAt: new Date(now.getTime() + answer.value.expiresInS * 1000),
      validateAt: whenToValidate({ by: "us_first", at: now, chance: this.#chance.next() }),
    };
  }
}
