import type { HelixAnswer, HelixFailure } from "../../ports-twitch.ts";
import { Envelope, HelixError } from "./external.ts";
import { numberOf } from "./helix-rates.ts";
import { type Exchange, forLog } from "./http-exchange.ts";

export const SUBSCRIPTIONS = "/eventsub/subscriptions";

/** A request to the HTTP API. `GET` changes nothing and may be made again; the others may not. */
export interface Asked {
  method: "GET" | "POST" | "DELETE";
  /** Below /helix; it goes to the log, so ids stand in the query. */
  path: string;
  query: readonly (readonly [name: string, value: string])[];
  body?: unknown;
  /** The scopes of which a user token needs one; none when left out. */
  scopes?: readonly string[];
}

/**
 * What may help: `renew` another token, `reset` a wait for the account's bucket, `again` the same a little later, `null`
 * nothing. `renew` and `reset` only stand where Twitch has told that it did nothing.
 */
export type Remedy = "renew" | "reset" | "again" | null;

export interface ReadAnswer {
  answer: HelixAnswer<Envelope>;
  remedy: Remedy;
}

interface Known {
  /** Of the token, as last validated; empty when unknown. */
  scopes: readonly string[];
  /** How long until the bucket is full again. */
  resetMs: number;
}

/**
 * What an answer means. The status counts and not the content type. 5xx is `down` for a GET, whatever its body, and `unknown`
 * for the rest: it may have been done. A 2xx that cannot be read is `garbled`; what was to be changed has then probably
 * been changed. A 401 without Twitch's JSON is not Twitch's word on our token, so it is `garbled` too and renews nothing.
 */
export function readAnswer(asked: Asked, answer: Exchange, known: Known): ReadAnswer {
  const isRead = asked.method === "GET";
  const again: Remedy = isRead ? "again" : null;
  if (answer.kind === "unsent") return { answer: failed("down", { message: "nobody answers there" }), remedy: again };
  if (answer.kind === "lost")
    return { answer: failed(isRead ? "down" : "unknown", { message: "the answer was lost" }), remedy: again };
  const { status, body, headers } = answer;
  if (status >= 500) return { answer: refused(isRead ? "down" : "unknown", status, body), remedy: again };
  if (status < 300) return readSuccess(asked, status, body, again);
  if (status < 400) return { answer: refused("garbled", status, body), remedy: null };
  if (status === 401) return readUnauthorized(asked, body, known.scopes, again);
  if (status === 404 && asked.method === "DELETE") return { answer: { ok: true, value: { data: [] } }, remedy: null };
  if (status === 429) return readLimited(body, headers, isRead, known.resetMs);
  return { answer: refused(kindOf(asked, status, textOf(body)), status, body), remedy: null };
}

function readSuccess(asked: Asked, status: number, body: unknown, again: Remedy): ReadAnswer {
  if (asked.method === "DELETE") return { answer: { ok: true, value: { data: [] } }, remedy: null };
  const read = Envelope.safeParse(body);
  if (read.success) return { answer: { ok: true, value: read.data }, remedy: null };
  return { answer: refused("garbled", status, body), remedy: again };
}

/** A missing scope comes as 401 too, and must never be answered with a refresh: told by the text, or by what we know of the token. */
function readUnauthorized(asked: Asked, body: unknown, scopes: readonly string[], again: Remedy): ReadAnswer {
  if (!HelixError.safeParse(body).success) return { answer: refused("garbled", 401, body), remedy: again };
  const text = textOf(body);
  const needed = asked.scopes ?? [];
  const isLacking = scopes.length > 0 && needed.length > 0 && !needed.some((scope) => scopes.includes(scope));
  if (isLacking || SCOPE_MISSING.test(text)) return { answer: refused("scope_missing", 401, body), remedy: null };
  if (WRONG_USER.test(text)) return { answer: refused("forbidden", 401, body), remedy: null };
  return { answer: refused("login_needed", 401, body), remedy: "renew" };
}

/** "Missing scope: …"; and, with an app token, that the people concerned have not given theirs. */
const SCOPE_MISSING = /scope|has not authorized/i;
/** The token is good, but not whose it would have to be. */
const WRONG_USER = /must match|incorrect user authorization|missing user oauth token/i;

/** With points left, it is a limit of that one thing (clips, subscriptions), and nothing else has to wait. */
function readLimited(body: unknown, headers: Headers, isRead: boolean, resetMs: number): ReadAnswer {
  if (numberOf(headers, "ratelimit-remaining") === 0)
    return { answer: refused("busy", 429, body, { retryAfterMs: resetMs }), remedy: isRead ? "reset" : null };
  const afterS = numberOf(headers, "retry-after");
  const retryAfterMs = afterS === null ? null : Math.min(afterS * 1_000, RETRY_AFTER_MS_MAX);
  return { answer: refused("busy", 429, body, { retryAfterMs }), remedy: null };
}

/** Longest wait that Twitch may ask of us, in milliseconds. */
const RETRY_AFTER_MS_MAX = 600_000;

function kindOf(asked: Asked, status: number, text: string): HelixFailure["kind"] {
  if (status === 403) return /scope/i.test(text) ? "scope_missing" : "forbidden";
  if (status === 404) return "not_found";
  return status === 409 && asked.path === SUBSCRIPTIONS ? "conflict" : "invalid";
}

function refused(kind: HelixFailure["kind"], status: number, body: unknown, more: Partial<HelixFailure> = {}) {
  const existingId = kind === "conflict" ? (HelixError.safeParse(body).data?.id ?? null) : null;
  return failed(kind, { status, message: textOf(body), existingId, ...more });
}

const textOf = (body: unknown): string => HelixError.safeParse(body).data?.message ?? "";

export function failed(kind: HelixFailure["kind"], more: Partial<HelixFailure> = {}): { ok: false; failure: HelixFailure } {
  const failure = { kind, status: null, message: "", retryAfterMs: null, existingId: null, ...more };
  return { ok: false, failure: { ...failure, message: forLog(failure.message) } };
}
