import type { FaultParams } from "../faults.ts";
import { withHttpFaults } from "../http-faults.ts";
import type { WorldToken } from "../tokens.ts";
import type { World } from "../world.ts";
import { type Endpoint, type HelixAnswer, type HelixCall, problem } from "./answer.ts";
import { ENDPOINTS } from "./endpoints.ts";

interface Bucket {
  points: number;
  atMs: number;
}

/** The HTTP API: who may come in, how often, and to which endpoint. */
export class Helix {
  #world: World;
  #buckets = new Map<string, Bucket>();
  #count = 0;
  /** How the next answer's rate headers are to be wrong (H2). */
  #bentHeaders: FaultParams | null = null;
  /** Whether answers say `charset=utf-8`; some clients only read the bare type. */
  sendsCharset = true;

  constructor(world: World) {
    this.#world = world;
  }

  /** Answers a request. `path` begins after `/helix`. */
  async handle(request: Request, path: string): Promise<Response> {
    const url = new URL(request.url);
    const conn = `helix-${++this.#count}`;
    const secret = request.headers.get("authorization")?.replace(/^Bearer /, "") ?? "";
    const { tokens, log } = this.#world;
    const body: unknown = await readJson(request);
    const known = tokens.access.get(secret);
    log.add("helix", "in", conn, `${request.method} ${path}`, {
      query: [...url.searchParams].map(([key, value]) => `${key}=${value}`).join("&"),
      token: tokens.label(secret),
      tokenState: stateOf(known, this.#world.clock.now()),
      login: known?.userId ? (this.#world.state.usersById.get(known.userId)?.login ?? null) : null,
      secretInUrl: tokens.isIn(url.href),
    });
    const context = { method: request.method, path, token: tokens.label(secret) };
    const response = await withHttpFaults(this.#world, context, async () => {
      const bucket = this.#bucket(known, path);
      const answer = await this.#answer(request, path, url, body, secret, bucket);
      return this.#response(answer, bucket);
    });
    log.add("helix", "out", conn, `${request.method} ${path}`, { status: response.status });
    return response;
  }

  async #answer(request: Request, path: string, url: URL, body: unknown, secret: string, bucket: Bucket): Promise<HelixAnswer> {
    const { faults, tokens } = this.#world;
    const context = { method: request.method, path, token: tokens.label(secret) };
    if (faults.take("H1.unauthorized", context)) return problem(401, "Invalid OAuth token");
    const token = tokens.findValid(secret);
    const clientId = request.headers.get("client-id");
    if (secret === "" || clientId === null)
      return problem(401, secret === "" ? "OAuth token is missing" : "Must provide a valid Client-ID or OAuth token");
    if (!token) return problem(401, "Invalid OAuth token");
    if (token.clientId !== clientId) return problem(401, "Client ID and OAuth token do not match");

    const endpoint = findEndpoint(request.method, path);
    if (!endpoint) return problem(404, "");
    const limited = faults.take("H2.rate_limited", context);
    if (limited) {
      if (!limited.is("keepsBucket")) bucket.points = limited.number("remaining", 0);
      this.#bentHeaders = limited;
      return problem(429, "Too Many Requests");
    }
    if (bucket.points < 1) return problem(429, "Too Many Requests");
    bucket.points -= 1;
    const refusal = checkToken(endpoint, token);
    if (refusal) return refusal;
    const call: HelixCall = {
      world: this.#world,
      core: this.#world,
      method: request.method,
      path,
      query: url.searchParams,
      body,
      token,
      user: token.userId === null ? null : (this.#world.state.usersById.get(token.userId) ?? null),
    };
    return endpoint.run(call);
  }

  /** The bucket of this token: per client for app tokens, per client and user for user tokens; chat has its own. Refilled to now. */
  #bucket(token: WorldToken | undefined, path: string): Bucket {
    const { limits, clock } = this.#world;
    const isChat = path === "/chat/messages";
    const key = `${isChat ? "chat " : ""}${token?.clientId ?? ""} ${token?.userId ?? ""}`;
    const max = isChat ? limits.chatPoints : limits.helixPoints;
    const nowMs = clock.now().getTime();
    const bucket = this.#buckets.get(key) ?? { points: max, atMs: nowMs };
    bucket.points = Math.min(max, bucket.points + ((nowMs - bucket.atMs) * max) / limits.helixWindowMs);
    bucket.atMs = nowMs;
    this.#buckets.set(key, bucket);
    return bucket;
  }

  #response(answer: HelixAnswer, bucket: Bucket): Response {
    const { limits, clock } = this.#world;
    const headers = new Headers({
      "content-type": this.sendsCharset ? "application/json; charset=utf-8" : "application/json",
      "ratelimit-limit": String(limits.helixPoints),
      "ratelimit-remaining": String(Math.max(0, Math.floor(bucket.points))),
      "ratelimit-reset": String(
        Math.ceil(
          (clock.now().getTime() + ((limits.helixPoints - bucket.points) * limits.helixWindowMs) / limits.helixPoints) / 1000,
        ),
      ),
    });
    const bent = this.#bentHeaders;
    this.#bentHeaders = null;
    if (bent?.is("withoutHeaders"))
      for (const name of ["ratelimit-limit", "ratelimit-remaining", "ratelimit-reset"]) headers.delete(name);
    else if (bent?.has("resetInS"))
      headers.set("ratelimit-reset", String(Math.floor(clock.now().getTime() / 1000) + bent.number("resetInS", 60)));
    return new Response(answer.body === null ? null : JSON.stringify(answer.body), { status: answer.status, headers });
  }
}

function findEndpoint(method: string, path: string): Endpoint | undefined {
  const key = `${method} ${path}`;
  return Object.hasOwn(ENDPOINTS, key) ? ENDPOINTS[key] : undefined;
}

function checkToken(endpoint: Endpoint, token: WorldToken): HelixAnswer | null {
  if (token.kind === "app") return endpoint.needsUser ? problem(401, "Missing User OAUTH Token") : null;
  const { scopes } = endpoint;
  if (!scopes || scopes.some((scope) => token.scopes.includes(scope))) return null;
  return problem(401, `Missing scope: ${scopes.join(" or ")}`);
}

function stateOf(token: WorldToken | undefined, now: Date): string {
  if (!token) return "unknown";
  if (token.revokedAt) return "revoked";
  return token.expiresAt <= now ? "expired" : "valid";
}

async function readJson(request: Request): Promise<unknown> {
  const text = await request.text();
  if (text === "") return null;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
