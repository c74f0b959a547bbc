import { Elysia } from "elysia";
import type { HttpContext } from "./context.ts";
import { json } from "./page.ts";

/** How the installation is, for programs. */
export function statusRoutes({ deps, hub }: HttpContext) {
  return new Elysia().get("/api/status", () => json({ ok: true, status: deps.status(), streams: hub.stats() }));
}
