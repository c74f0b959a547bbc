import { AppError } from "../domain/errors.ts";
import { type Auth, type Caller, isProgramRequest } from "./auth.ts";
import type { HttpConfig } from "./deps.ts";
import { createHostCheck, refuseCrossSite, refuseLongBody } from "./security.ts";

/** Who may come in: anybody; a HUD with its token; a signed-in member or a program; a signed-in member. */
type Access = "public" | "hud" | "api" | "member";

/** What anybody may ask. All else under these roofs needs to be let in. */
const PUBLIC: ReadonlySet<string> = new Set(["/", "/signin", "/health", "/healthz", "/ready", "/openapi.json", "/favicon.ico"]);
/** How pages look is kept in the browser: before signing in too. */
const LOOKS: ReadonlySet<string> = new Set(["/dashboard/theme", "/dashboard/language"]);
const HUD_PAGES: ReadonlySet<string> = new Set(["/dashboard/hud", "/dashboard/hud/events"]);
/** What is asked by machines that may use any name for us. */
const ANY_HOST: ReadonlySet<string> = new Set(["/health", "/healthz", "/ready"]);

/** What `path` asks of its reader. Unknown paths outside the dashboard and the API are public: they are 404. */
export function accessOf(method: string, path: string): Access {
  if (PUBLIC.has(path) || LOOKS.has(path) || path.startsWith("/assets/")) return "public";
  if (HUD_PAGES.has(path)) return "hud";
  if (path === "/api/hud/messages" && (method === "GET" || method === "HEAD")) return "hud";
  if (path === "/api" || path.startsWith("/api/")) return "api";
  if (path === "/dashboard" || path.startsWith("/dashboard/") || path === "/signout") return "member";
  return "public";
}

export interface GateDeps {
  config: HttpConfig;
  auth: Auth;
}

/** Whom the gate let in, and to what. */
export interface Entry {
  caller: Caller;
  access: Access;
}

/**
 * Judges each request before its body is read: the name we are called by, where a change comes from,
 * the length of the body, and who asks. Gives whom it let in, or a redirect to the sign-in; throws a refusal.
 */
export function createGate({ config, auth }: GateDeps): (request: Request) => Promise<Entry | Response> {
  const isOurHost = createHostCheck(config);
  return async (request) => {
    if (!URL.canParse(request.url)) throw new AppError("forbidden", "host");
    const url = new URL(request.url);
    const path = plainPath(url.pathname);
    if (!ANY_HOST.has(path) && !isOurHost(request.headers.get("host") ?? url.host)) throw new AppError("forbidden", "host");
    if (!isProgramRequest(request)) refuseCrossSite(request, config.publicUrl);
    refuseLongBody(request);
    const access = accessOf(request.method, path);
    const caller = await judge(auth, request, url, access);
    return caller instanceof Response ? caller : { caller, access };
  };
}

/**
 * The gate judged the path that it read in the URL; the router may have read another one there. Throws
 * `not_found` when the route that was found asks for something else.
 */
export function refuseOtherRoute(entry: Entry | undefined, method: string, route: string): void {
  if (entry?.access !== accessOf(method, route)) throw new AppError("not_found", "not_found");
}

async function judge(auth: Auth, request: Request, url: URL, access: Access): Promise<Caller | Response> {
  if (access === "public") return { kind: "nobody" };
  const caller = await callerOf(auth, request, url, access);
  if (caller.kind === "member") return caller;
  if (access === "hud" && caller.kind !== "nobody") return caller;
  if (access === "api" && caller.kind === "program") return caller;
  if (access === "member") return toSignin(request, url);
  throw new AppError("forbidden", access === "hud" && url.searchParams.has("token") ? "hud_token_invalid" : "forbidden");
}

/** A HUD names its token in the URL, because OBS knows nothing else; that token opens nothing else. */
async function callerOf(auth: Auth, request: Request, url: URL, access: Access): Promise<Caller> {
  const token = access === "hud" ? url.searchParams.get("token") : null;
  if (token !== null) return (await auth.hud(token)) ?? { kind: "nobody" };
  return auth.callerOf(request);
}

function toSignin(request: Request, url: URL): Response {
  const isHtmx = request.headers.get("hx-request") === "true";
  const isPage = request.method === "GET" && !isHtmx && !url.pathname.endsWith("/events");
  const to = isPage ? `/signin?next=${encodeURIComponent(url.pathname + url.search)}` : "/signin";
  if (isHtmx) return new Response(null, { status: 401, headers: { "hx-redirect": to } });
  if (request.method === "GET" && !isPage) return new Response(null, { status: 401 });
  return new Response(null, { status: 303, headers: { location: to } });
}

/** The path as the router reads it: a slash at the end does not count. */
export function plainPath(path: string): string {
  return path.length > 1 && path.endsWith("/") ? path.slice(0, -1) : path;
}
