import { Elysia } from "elysia";
import { parseChannelLogin } from "../domain/channel-login.ts";
import { AppError } from "../domain/errors.ts";
import type { Caller } from "./auth.ts";
import { type HttpContext, hudWordsOf } from "./context.ts";
import type { ViewSpec } from "./live-view.ts";
import { preferencesOf } from "./preferences.ts";
import { parseCursor } from "./sse.ts";

/** The live streams: `/dashboard/events?channel=` for the dashboard, `/dashboard/hud/events?token=` for OBS. */
export function eventRoutes(http: HttpContext) {
  return new Elysia()
    .get("/dashboard/events", ({ request, server }) => {
      server?.timeout(request, 0);
      const login = parseChannelLogin(new URL(request.url).searchParams.get("channel") ?? "") ?? "";
      const { language } = http.wordsOf(request);
      return open(http, request, { kind: "dashboard", login, language, zone: preferencesOf(request).zone });
    })
    .get("/dashboard/hud/events", ({ request, server }) => {
      server?.timeout(request, 0);
      const login = hudLoginOf(http, request);
      return open(http, request, { kind: "hud", login, language: hudWordsOf(http, request).language, zone: "UTC" });
    });
}

/** Whose HUD is asked for: that of its token, or the one that a member names. Throws `not_found`. */
export function hudLoginOf(http: HttpContext, request: Request): string {
  const caller = http.callerOf(request);
  if (caller.kind === "hud") return caller.login;
  const login = parseChannelLogin(new URL(request.url).searchParams.get("channel") ?? "");
  if (login === null) throw new AppError("not_found", "not_found");
  return login;
}

/** A browser that comes back names its place in a header; a fresh page has it in its URL. */
function open(http: HttpContext, request: Request, spec: ViewSpec): Response {
  if (request.method === "HEAD") return new Response(null);
  const text = request.headers.get("last-event-id") ?? new URL(request.url).searchParams.get("cursor");
  return http.hub.open(spec, passOf(http.callerOf(request)), parseCursor(text), request.signal);
}

function passOf(caller: Caller): string {
  if (caller.kind === "nobody") throw new AppError("forbidden", "forbidden");
  return caller.pass;
}
