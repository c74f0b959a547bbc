import { Elysia } from "elysia";
import type { HttpContext } from "./context.ts";
import { json } from "./page.ts";

/** `/health`: the process lives. `/ready`: it can do its work, or which part cannot. Neither asks who. */
export function healthRoutes({ deps }: HttpContext) {
  const alive = () => new Response("AGENT_ONLINE", { headers: { "content-type": "text/plain; charset=utf-8" } });
  return new Elysia()
    .get("/health", alive)
    .get("/healthz", alive)
    .get("/ready", () => {
      const { ready, parts } = deps.readiness();
      const notReady = parts.filter((part) => part.level === "bad").map(({ name, reason }) => ({ name, reason }));
      return json({ ok: ready, ready, not_ready: notReady }, ready ? 200 : 503);
    });
}
