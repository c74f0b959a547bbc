import type { Peer } from "./core.ts";
import type { World } from "./world.ts";

/** Answers a plain HTTP request. */
export function answerRequest(world: World, request: Request): Response | Promise<Response> {
  const url = new URL(request.url);
  if (url.pathname.startsWith("/v1/")) return world.model.handle(request, url.pathname.slice("/v1".length));
  return Response.json({ error: "Not Found", status: 404, message: "" }, { status: 404 });
}

/** Whose a WebSocket is: `/` and `/irc` chat, `/ws` EventSub. */
export function findPeer(
  world: World,
  url: URL,
  request: Request,
): { peer: Peer; subprotocol: string | null } | Response | Promise<Response> {
  const offered = (request.headers.get("sec-websocket-protocol") ?? "").split(",").map((name) => name.trim());
  if (url.pathname === "/" || url.pathname === "/irc") {
    return { peer: world.irc.accept(), subprotocol: offered.includes("irc") ? "irc" : null };
  }
  return new Response("not found", { status: 404 });
}
