import { AppError } from "../domain/errors.ts";
import type { Actor } from "../domain/events.ts";
import { type ChannelConfig, listChannels } from "../store/channels.ts";
import type { Db } from "../store/db.ts";
import { isDatabaseAway } from "../store/refusals.ts";
import { findApiToken, findSession, touchApiToken, touchSession } from "../store/signin.ts";
import { readCookies } from "./cookies.ts";
import { isSameSecret, type SecretBox } from "./secrets.ts";

/** Who is asking. `pass` names what let them in: streams opened with it end when it is taken back. */
export type Caller =
  | { kind: "nobody" }
  | { kind: "member"; name: string; sessionHash: string; pass: string }
  | { kind: "program"; name: string; pass: string }
  /** A HUD page: reads the HUD of one channel and nothing else. */
  | { kind: "hud"; login: string; pass: string };

export const SESSION_COOKIE = "byte_session";
const DAY_MS = 24 * 60 * 60 * 1000;
/** A session lives this long after it was last used … */
export const SESSION_MS = 30 * DAY_MS;
/** … and this long at most, however much it is used. */
export const SESSION_WHOLE_MS = 365 * DAY_MS;
/** An answer of the database holds this long: what is revoked is refused within it. */
const CHECK_MS = 1_000;
/** How long a session that was good stays so while the database cannot be asked. */
const AWAY_MS = 15 * 60 * 1000;
/** Sessions, tokens: their use is written down at most this often each. */
const TOUCH_MS = 60_000;
const CHECKS_MAX = 2_000;

interface Check {
  caller: Caller;
  checkedAt: number;
  touchedAt: number;
}

export interface AuthDeps {
  db: Db;
  secrets: SecretBox;
  adminToken: string | null;
  now(): Date;
}

/** Finds out who is asking. Remembers each answer of the database for at most a second. */
export class Auth {
  readonly #deps: AuthDeps;
  readonly #checks = new Map<string, Check>();
  #known: { at: number; channels: Promise<KnownChannels> } | null = null;

  constructor(deps: AuthDeps) {
    this.#deps = deps;
  }

  /**
   * Who sent `request`: a bearer token goes before a cookie. A token that is wrong is nobody, whatever
   * else the request carries.
   */
  async callerOf(request: Request): Promise<Caller> {
    const bearer = bearerOf(request);
    if (bearer !== null) return (await this.#program(bearer)) ?? (await this.hud(bearer)) ?? NOBODY;
    const cookie = readCookies(request).get(SESSION_COOKIE);
    if (cookie !== undefined && cookie.length <= SECRET_CHARS_MAX)
      return this.#checked(`session:${this.#deps.secrets.hash(cookie)}`);
    return NOBODY;
  }

  /** The HUD that `token` opens, or null. */
  async hud(token: string): Promise<Extract<Caller, { kind: "hud" }> | null> {
    if (token.length > SECRET_CHARS_MAX) return null;
    const { tokens } = await this.#channels();
    const channel = tokens.get(this.#deps.secrets.hash(token));
    return channel === undefined ? null : { kind: "hud", login: channel.login, pass: hudPass(channel.login, channel.hudVersion) };
  }

  /** The token of the HUD of `login` as it is now, or null for a channel that is not ours. */
  async hudTokenOf(login: string): Promise<string | null> {
    const channel = (await this.#channels()).list.find((one) => one.login === login);
    return channel === undefined ? null : this.#hudToken(channel);
  }

  #hudToken({ login, hudVersion }: ChannelConfig): string {
    return this.#deps.secrets.sign("hud", `${login}:${hudVersion}`);
  }

  /** Whether `pass` still lets in. While the database cannot be asked, what was let in stays. */
  async isValid(pass: string): Promise<boolean> {
    if (pass === ADMIN_PASS) return true;
    if (!pass.startsWith("hud:")) return (await this.#checked(pass).catch(() => null))?.kind !== "nobody";
    const channels = await this.#channels().catch(() => null);
    return channels?.list.some(({ login, hudVersion }) => hudPass(login, hudVersion) === pass) ?? true;
  }

  /** Forgets what it remembered: something was revoked or rotated here. */
  forget(): void {
    this.#checks.clear();
    this.#known = null;
  }

  async #program(token: string): Promise<Caller | null> {
    if (token.length > SECRET_CHARS_MAX) return null;
    const { adminToken, secrets } = this.#deps;
    if (adminToken !== null && isSameSecret(token, adminToken)) return { kind: "program", name: "admin token", pass: ADMIN_PASS };
    const caller = await this.#checked(`token:${secrets.hash(token)}`);
    return caller.kind === "program" ? caller : null;
  }

  /** Who `pass` is, as the database said at most a second ago; as it last said, while it is away. */
  async #checked(pass: string): Promise<Caller> {
    const now = this.#deps.now().getTime();
    const known = this.#checks.get(pass);
    if (known && now - known.checkedAt < CHECK_MS) return known.caller;
    try {
      const found = pass.startsWith("token:") ? await this.#findToken(pass) : await this.#findSession(pass);
      const isDue = now - (known?.touchedAt ?? 0) >= TOUCH_MS;
      if (isDue) await this.#touch(found);
      this.#remember(pass, { caller: found.caller, checkedAt: now, touchedAt: isDue ? now : (known?.touchedAt ?? 0) });
      return found.caller;
    } catch (error) {
      if (known && isDatabaseAway(error) && now - known.checkedAt < AWAY_MS) return known.caller;
      throw error;
    }
  }

  async #findSession(pass: string): Promise<Found> {
    const sessionHash = pass.slice("session:".length);
    const session = await findSession(this.#deps.db, sessionHash, this.#deps.now());
    if (session === null) return { caller: NOBODY, tokenId: null, endsAt: 0 };
    const endsAt = session.createdAt.getTime() + SESSION_WHOLE_MS;
    return { caller: { kind: "member", name: session.label, sessionHash, pass }, tokenId: null, endsAt };
  }

  async #findToken(pass: string): Promise<Found> {
    const token = await findApiToken(this.#deps.db, pass.slice("token:".length));
    if (token === null) return { caller: NOBODY, tokenId: null, endsAt: 0 };
    return { caller: { kind: "program", name: token.name, pass }, tokenId: token.id, endsAt: 0 };
  }

  async #touch({ caller, tokenId, endsAt }: Found): Promise<void> {
    const { db } = this.#deps;
    const now = this.#deps.now();
    const expiresAt = new Date(Math.min(now.getTime() + SESSION_MS, endsAt));
    if (caller.kind === "member") await touchSession(db, caller.sessionHash, now, expiresAt);
    if (tokenId !== null) await touchApiToken(db, tokenId, now);
  }

  /** Nobody is remembered too, so that guesses do not reach the database more than once each; the oldest goes. */
  #remember(pass: string, check: Check): void {
    this.#checks.delete(pass);
    this.#checks.set(pass, check);
    if (this.#checks.size <= CHECKS_MAX) return;
    for (const oldest of this.#checks.keys()) return void this.#checks.delete(oldest);
  }

  /** The channels and their HUD tokens, as the database said at most a second ago; as it last said, while it is away. */
  #channels(): Promise<KnownChannels> {
    const at = this.#deps.now().getTime();
    if (this.#known !== null && at - this.#known.at < CHECK_MS) return this.#known.channels;
    const before = this.#known?.channels;
    const channels = this.#readChannels().catch((error: unknown) => {
      if (before !== undefined && isDatabaseAway(error)) return before;
      throw error;
    });
    this.#known = { at, channels };
    return channels;
  }

  async #readChannels(): Promise<KnownChannels> {
    const list = await listChannels(this.#deps.db);
    return { list, tokens: new Map(list.map((channel) => [this.#deps.secrets.hash(this.#hudToken(channel)), channel])) };
  }
}

interface KnownChannels {
  list: readonly ChannelConfig[];
  /** By the hash of their HUD's token: comparing hashes tells nothing about a token that is nearly right. */
  tokens: ReadonlyMap<string, ChannelConfig>;
}

interface Found {
  caller: Caller;
  tokenId: string | null;
  /** When a session ends however much it is used, in milliseconds since 1970. */
  endsAt: number;
}

const NOBODY: Caller = { kind: "nobody" };
const ADMIN_PASS = "admin";
/** Our secrets have 43 characters; an operator's own may be longer. */
const SECRET_CHARS_MAX = 512;

/** Names the HUD of a channel as it was opened with this version of its token. */
export function hudPass(login: string, hudVersion: number): string {
  return `hud:${login}:${hudVersion}`;
}

/** Who acted, as the timeline keeps it. Throws `forbidden` for who may not act. */
export function actorOf(caller: Caller): Actor {
  if (caller.kind === "member") return { kind: "member", name: caller.name };
  if (caller.kind === "program") return { kind: "program", name: caller.name };
  throw new AppError("forbidden", "forbidden");
}

/** The token in `X-Byte-Admin-Token` or `Authorization: Bearer …`; "" when it is there and garbled, null when it is not there. */
function bearerOf(request: Request): string | null {
  const own = request.headers.get("x-byte-admin-token");
  if (own !== null) return own.trim();
  const authorization = request.headers.get("authorization");
  if (authorization === null) return null;
  return /^Bearer +(\S+)$/i.exec(authorization.trim())?.[1] ?? "";
}

export function isProgramRequest(request: Request): boolean {
  return bearerOf(request) !== null;
}
