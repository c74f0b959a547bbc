import type { WorldCore } from "../core.ts";
import type { WorldChannel, WorldUser } from "../state.ts";
import type { WorldToken } from "../tokens.ts";
import type { World } from "../world.ts";

/** A request to Helix that passed the door: token, client, scope. */
export interface HelixCall {
  world: World;
  core: WorldCore;
  method: string;
  path: string;
  query: URLSearchParams;
  /** The JSON body; null when there was none. */
  body: unknown;
  token: WorldToken;
  /** Whose token it is; null for an app token. */
  user: WorldUser | null;
}

export interface HelixAnswer {
  status: number;
  body: unknown;
}

export interface Endpoint {
  /** One of these must be in a user token. None needed when left out. */
  scopes?: readonly string[];
  /** App tokens are refused. */
  needsUser?: boolean;
  run(call: HelixCall): HelixAnswer | Promise<HelixAnswer>;
}

export const ok = (body: unknown): HelixAnswer => ({ status: 200, body });
export const noContent = (): HelixAnswer => ({ status: 204, body: null });

const TITLES: Readonly<Record<number, string>> = {
  400: "Bad Request",
  401: "Unauthorized",
  403: "Forbidden",
  404: "Not Found",
  409: "Conflict",
  422: "Unprocessable Entity",
  429: "Too Many Requests",
  500: "Internal Server Error",
  503: "Service Unavailable",
};

/** An error in Helix's shape. Its text is not to be relied on. */
export const problem = (status: number, message: string, more: object = {}): HelixAnswer => ({
  status,
  body: { error: TITLES[status] ?? "Error", status, message, ...more },
});

/** The channel that `broadcaster_id` names, or the answer that there is none. */
export function channelOf(call: HelixCall, id = call.query.get("broadcaster_id")): WorldChannel | HelixAnswer {
  if (id === null || id === "") return problem(400, 'Missing required parameter "broadcaster_id"');
  return call.core.state.findChannelById(id) ?? problem(400, "The broadcaster was not found");
}

export const isAnswer = (value: object): value is HelixAnswer => "status" in value && "body" in value;

export interface PageOptions {
  /** How many when the request does not say, and at most. */
  first: number;
  max: number;
}

/** One page of `items` and its cursor, as `first` and `after` ask. */
export function page<T>(
  call: HelixCall,
  items: readonly T[],
  options: PageOptions,
): { data: T[]; pagination: { cursor?: string } } | HelixAnswer {
  const { faults } = call.core;
  const context = { path: call.path };
  const asked = Number(call.query.get("first") ?? options.first);
  if (!Number.isInteger(asked) || asked < 1 || asked > options.max) return problem(400, 'The parameter "first" was malformed');
  const after = call.query.get("after");
  const from = after === null ? 0 : readCursor(after);
  if (from === null || (after !== null && faults.take("H6.cursor_refused", context)))
    return problem(400, "The cursor is not valid");
  const overlap = from > 0 && faults.take("H6.page_overlap", context) ? 1 : 0;
  const data = items.slice(Math.max(from - overlap, 0), from + asked);
  if (after !== null && faults.take("H6.cursor_loop", context)) return { data, pagination: { cursor: after } };
  return { data, pagination: from + asked < items.length ? { cursor: writeCursor(from + asked) } : {} };
}

const writeCursor = (offset: number): string =>
  Buffer.from(JSON.stringify({ b: null, a: { Offset: offset } })).toString("base64url");

function readCursor(cursor: string): number | null {
  const found = /"Offset":(\d+)/.exec(Buffer.from(cursor, "base64url").toString("utf8"));
  return found ? Number(found[1]) : null;
}

/** A field of the body as text; "" when it is missing or no text. */
export function bodyText(call: HelixCall, key: string): string {
  const value = bodyField(call, key);
  return typeof value === "string" ? value : "";
}

export function bodyField(call: HelixCall, key: string): unknown {
  return typeof call.body === "object" && call.body !== null ? (call.body as Record<string, unknown>)[key] : undefined;
}

/** The token's own channel. */
export function ownChannel(call: HelixCall): WorldChannel | HelixAnswer {
  const channel = channelOf(call);
  if (isAnswer(channel)) return channel;
  return channel.user === call.user
    ? channel
    : problem(401, "The ID in broadcaster_id must match the user ID found in the request's OAuth token.");
}
