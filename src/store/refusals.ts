import { lookup } from "node:dns/promises";
import { isIP } from "node:net";
import { DrizzleQueryError } from "drizzle-orm/errors";
import { AppError, type ErrorParams } from "../domain/errors.ts";
import type { DatabaseAddress } from "./database-url.ts";

/** The code that the server or the socket gave (`23505`, `ECONNREFUSED`, `CONNECTION_CLOSED`), or null. */
export function sqlState(error: unknown): string | null {
  const cause = rootOf(error);
  if (cause === null || typeof cause !== "object" || !("code" in cause)) return null;
  return typeof cause.code === "string" ? cause.code : null;
}

/** Drizzle wraps what went wrong in an error of its own, whose message holds the query and its values: never log that one. */
const rootOf = (error: unknown): unknown => (error instanceof DrizzleQueryError ? error.cause : error);

/** True when the database could not be reached or did not answer: worth another try, not a bug. */
export function isDatabaseAway(error: unknown): boolean {
  const cause = rootOf(error);
  if (cause instanceof AppError) return AWAY_REASONS.has(cause.reason);
  const state = sqlState(cause) ?? "";
  return AWAY.has(state) || /^(08|57P|E[A-Z]{3})/.test(state);
}

const AWAY_REASONS = new Set([
  "database_unreachable",
  "database_ipv6_only",
  "database_busy",
  "database_no_answer",
  "database_full",
]);
const AWAY = new Set(["CONNECT_TIMEOUT", "CONNECTION_CLOSED", "CONNECTION_DESTROYED", "CONNECTION_ENDED", "57014", "53300"]);

/**
 * Why the database could not be opened, as something to tell a person: `unavailable` with a reason of the word
 * tables. Names host, port, user and database; never the password. What is no matter of opening is returned as it is.
 */
export async function explainRefusal(error: unknown, address: DatabaseAddress): Promise<unknown> {
  if (error instanceof AppError) return error;
  const where = { host: address.host, port: address.port };
  const state = sqlState(error) ?? "";
  const text = error instanceof Error ? error.message : "";

  if (state === "3D000" || /no such database|database .* does not exist/i.test(text))
    return refusal("database_missing", { ...where, database: address.database }, error);
  if (isLoginRefused(state, text)) return refusal("database_refused_login", { ...where, user: address.user }, error);
  if (state === "53300" || /max ?client|too many (clients|connections)|no more connections/i.test(text))
    return refusal("database_full", where, error);
  if (/certificate|\b(ssl|tls)\b/i.test(`${state} ${text}`)) return refusal("database_tls_refused", where, error);
  if (isDatabaseAway(error)) {
    const reason = (await isIpv6Only(address.host)) ? "database_ipv6_only" : "database_unreachable";
    return refusal(reason, { ...where, code: state }, error);
  }
  return error;
}

/** 28xxx is Postgres; poolers answer in sentences (pgbouncer, Supabase's "Tenant or user not found"). */
function isLoginRefused(state: string, text: string): boolean {
  return state.startsWith("28") || /authentication failed|no such user|tenant or user not found/i.test(text);
}

/** Supabase's direct host has only an IPv6 address, which many servers cannot reach. */
async function isIpv6Only(host: string): Promise<boolean> {
  if (host.startsWith("/") || host === "localhost") return false;
  if (isIP(host) !== 0) return isIP(host) === 6 && host !== "::1";
  const addresses = await lookup(host, { all: true }).catch(() => []);
  return addresses.length > 0 && addresses.every(({ family, address }) => family === 6 && address !== "::1");
}

function refusal(reason: string, params: ErrorParams, cause: unknown): AppError {
  const told = new AppError("unavailable", reason, params);
  told.cause = cause;
  return told;
}

/** Two transactions waited for each other and the server ended this one; nothing of it happened. */
export const isDeadlock = (error: unknown): boolean => sqlState(error) === "40P01" || sqlState(error) === "40001";

/** `date_bin` came with 14; older ones get no more repairs. */
const SERVER_MAJOR_MIN = 14;

/** Throws `unavailable` (`database_too_old`) for a server that lacks what the queries need. `version` is its `server_version`. */
export function requireServerVersion(version: unknown): void {
  const told = String(version ?? "");
  if (Number.parseInt(told, 10) >= SERVER_MAJOR_MIN || told === "") return;
  throw new AppError("unavailable", "database_too_old", { version: told, min: SERVER_MAJOR_MIN });
}
