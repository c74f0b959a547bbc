import type { z } from "zod";
import type { AuthFailureKind } from "../../domain/accounts.ts";
import type { Clock, Log, Timers } from "../../ports.ts";
import type { AuthAnswer, TokenPair, TwitchAuth } from "../../ports-twitch.ts";
import { AuthError, DeviceGrant, TokenGrant, Validation } from "./external.ts";
import { dateOf, type Exchange, exchange, forLog } from "./http-exchange.ts";
import { type AuthCall, kindOfRefusal } from "./oauth-refusals.ts";

/** Of one call to the sign-in host, in milliseconds. It answers in well under a second. */
const AUTH_DEADLINE_MS = 8_000;
/** Of a renewal: one that works a single time and whose answer is not waited for costs a person a new sign-in. */
export const REFRESH_DEADLINE_MS = 30_000;
/** Its answers are some hundred bytes. */
const ANSWER_BYTES_MAX = 65_536;
/** Our clock may be this far from Twitch's, in milliseconds: half of the ten minutes after which EventSub's messages count as old. */
export const SKEW_MS_MAX = 300_000;

const DEVICE_GRANT = "urn:ietf:params:oauth:grant-type:device_code";

export interface TwitchAuthOptions {
  /** Without a slash at its end, such as https://id.twitch.tv/oauth2. */
  url: string;
  clientId: string | null;
  clientSecret: string | null;
  time: Clock & Timers;
  log: Log;
}

export interface ClockWatch {
  /** Twitch's clock minus ours, by the newest answer that was dated; null until there is one. Exact to some seconds. */
  skewMs(): number | null;
}

/**
 * id.twitch.tv. Tokens and secrets go in bodies and headers, never in an address.
 *
 * A wrong clock. When tokens end is reckoned from our own now and the `expires_in` of the same moment, so that holds with any
 * clock, and Twitch judges tokens by its own: a refusal is never the clock's doing, and is told as what it is. What a wrong
 * clock does break is whatever compares an instant of Twitch's with ours, such as the rule that an event older than ten
 * minutes is not one. So each answer's `Date` is compared with `time.now()`, `skewMs()` gives the difference, and `validate`
 * of a token that is good fails with `clock_skew` when it is more than five minutes: it is asked at the start and every
 * hour, which is when a person should hear of it.
 */
export function createTwitchAuth(options: TwitchAuthOptions): TwitchAuth & ClockWatch {
  return new IdHost(options);
}

type Form = Readonly<Record<string, string>>;
type Failure = Extract<AuthAnswer<never>, { ok: false }>;

class IdHost implements TwitchAuth, ClockWatch {
  readonly clientId: string | null;
  readonly hasSecret: boolean;
  readonly #options: TwitchAuthOptions;
  #skewMs: number | null = null;
  #isSkewTold = false;

  constructor(options: TwitchAuthOptions) {
    this.#options = options;
    this.clientId = options.clientId;
    this.hasSecret = options.clientSecret !== null;
  }

  skewMs(): number | null {
    return this.#skewMs;
  }

  async validate(token: string): ReturnType<TwitchAuth["validate"]> {
    const answer = await this.#send("GET", "/validate", { authorization: `OAuth ${token}` });
    const read = this.#read("validate", answer, Validation, false);
    if (!read.ok) return read;
    const skewMs = answer.kind === "answer" ? this.#skewOf(answer.headers) : null;
    if (skewMs !== null && Math.abs(skewMs) > SKEW_MS_MAX) return { ok: false, failure: "clock_skew", status: 200, skewMs };
    const { client_id, login, user_id, scopes, expires_in } = read.value;
    return {
      ok: true,
      value: {
        clientId: client_id,
        login: login?.toLowerCase() || null,
        userId: user_id || null,
        scopes: scopes ?? [],
        expiresInS: expires_in,
      },
    };
  }

  /** An answer without a refresh token leaves the old one in force; one without scopes gives none, until a validation tells them. */
  async refresh(refreshToken: string): ReturnType<TwitchAuth["refresh"]> {
    const form = { grant_type: "refresh_token", refresh_token: refreshToken };
    return this.#grant("refresh", form, { refreshToken, scopes: [] });
  }

  async startDevice(scopes: readonly string[]): ReturnType<TwitchAuth["startDevice"]> {
    const read = await this.#post("device", "/device", { scopes: scopes.join(" ") }, DeviceGrant, false);
    if (!read.ok) return read;
    const { device_code, user_code, verification_uri, expires_in, interval } = read.value;
    return {
      ok: true,
      value: {
        deviceCode: device_code,
        userCode: user_code,
        verificationUrl: verification_uri,
        expiresInS: expires_in,
        intervalS: interval,
      },
    };
  }

  async pollDevice(deviceCode: string, scopes: readonly string[]): ReturnType<TwitchAuth["pollDevice"]> {
    const form = { grant_type: DEVICE_GRANT, scopes: scopes.join(" "), device_code: deviceCode };
    return this.#grant("poll", form, { refreshToken: null, scopes });
  }

  async appToken(): ReturnType<TwitchAuth["appToken"]> {
    if (this.clientId !== null && !this.hasSecret) return failed("secret_missing", null);
    return this.#grant("app", { grant_type: "client_credentials" }, { refreshToken: null, scopes: [] });
  }

  async revoke(token: string): Promise<boolean> {
    if (this.clientId === null) return false;
    const answer = await this.#send("POST", "/revoke", {}, { client_id: this.clientId, token });
    if (answer.kind !== "answer") return false;
    if (answer.status === 200) return true;
    return (
      kindOfRefusal({ call: "revoke", status: answer.status, message: textOf(answer.body), hasSecret: false }) === "token_refused"
    );
  }

  async #grant(
    call: AuthCall,
    form: Form,
    otherwise: { refreshToken: string | null; scopes: readonly string[] },
  ): Promise<AuthAnswer<TokenPair>> {
    const read = await this.#post(call, "/token", form, TokenGrant, call !== "poll");
    if (!read.ok) return read;
    const { access_token, refresh_token, scope, expires_in } = read.value;
    return {
      ok: true,
      value: {
        accessToken: access_token,
        refreshToken: refresh_token ?? otherwise.refreshToken,
        scopes: scope ?? otherwise.scopes,
        expiresInS: expires_in,
      },
    };
  }

  /** `withSecret`: the client secret goes along when there is one. A device code is asked for and given without. */
  async #post<T>(call: AuthCall, path: string, form: Form, shape: z.ZodType<T>, withSecret: boolean): Promise<AuthAnswer<T>> {
    if (this.clientId === null) return failed("client_missing", null);
    const { clientSecret } = this.#options;
    const secret = withSecret && clientSecret !== null ? { client_secret: clientSecret } : {};
    const answer = await this.#send("POST", path, {}, { client_id: this.clientId, ...secret, ...form });
    return this.#read(call, answer, shape, withSecret && clientSecret !== null);
  }

  async #send(method: "GET" | "POST", path: string, headers: Form, form?: Form): Promise<Exchange> {
    const answer = await exchange(this.#options.time, {
      url: `${this.#options.url}${path}`,
      method,
      headers: form === undefined ? headers : { ...headers, "content-type": "application/x-www-form-urlencoded" },
      ...(form === undefined ? {} : { body: new URLSearchParams(form).toString() }),
      deadlineMs: form?.grant_type === "refresh_token" ? REFRESH_DEADLINE_MS : AUTH_DEADLINE_MS,
      bytesMax: ANSWER_BYTES_MAX,
    });
    if (answer.kind === "answer") this.#watchClock(answer.headers);
    return answer;
  }

  #read<T>(call: AuthCall, answer: Exchange, shape: z.ZodType<T>, hasSecret: boolean): AuthAnswer<T> {
    if (answer.kind !== "answer") return this.#refused(call, "unavailable", null, answer.kind);
    const { status, body } = answer;
    if (status === 200) {
      const parsed = shape.safeParse(body);
      return parsed.success ? { ok: true, value: parsed.data } : this.#refused(call, "garbled", status, "");
    }
    // A refusal that is not Twitch's (a page of some proxy) must not end an account.
    const isTwitch = typeof body === "object" && body !== null;
    const message = textOf(body);
    const kind = kindOfRefusal({ call, status, message, hasSecret });
    return this.#refused(call, isTwitch || kind === "unavailable" ? kind : "garbled", status, message);
  }

  #refused(call: AuthCall, failure: AuthFailureKind, status: number | null, message: string): Failure {
    if (failure !== "pending" && failure !== "slow_down")
      this.#options.log.warn("twitch_auth_refused", { call, kind: failure, status, message: forLog(message) });
    return failed(failure, status);
  }

  #skewOf(headers: Headers): number | null {
    const at = dateOf(headers);
    return at === null ? null : at.getTime() - this.#options.time.now().getTime();
  }

  /** Told in the log when the clock goes wrong and when it is right again, not at every answer. */
  #watchClock(headers: Headers): void {
    const skewMs = this.#skewOf(headers);
    if (skewMs === null) return;
    this.#skewMs = skewMs;
    const isWrong = Math.abs(skewMs) > SKEW_MS_MAX;
    if (isWrong === this.#isSkewTold) return;
    this.#isSkewTold = isWrong;
    this.#options.log.warn(isWrong ? "clock_wrong" : "clock_right", { skewMs });
  }
}

const failed = (failure: AuthFailureKind, status: number | null): Failure => ({ ok: false, failure, status, skewMs: null });

/** What an error says; "" when it is none of the host's. */
function textOf(body: unknown): string {
  const read = AuthError.safeParse(body);
  return read.success ? read.data.message || read.data.error_description || read.data.error : "";
}
