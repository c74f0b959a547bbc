import { control } from "./control.ts";
import type { Peer } from "./core.ts";
import { activatePage } from "./device-codes.ts";
import { downloadClip } from "./helix/clips.ts";
import type { World } from "./world.ts";

type Answer = Response | Promise<Response>;

/** Where each part of the world is: Twitch's own paths, and those that twurple and the Twitch CLI use. */
const PREFIXES: readonly (readonly [prefix: string, answer: (world: World, request: Request, path: string) => Answer])[] = [
  ["/v1", (world, request, path) => world.model.handle(request, path)],
  ["/helix", (world, request, path) => world.helix.handle(request, path)],
  ["/mock", (world, request, path) => world.helix.handle(request, path)],
  ["/eventsub/subscriptions", (world, request) => world.helix.handle(request, "/eventsub/subscriptions")],
  ["/oauth2", (world, request, path) => world.oauth.handle(request, path)],
  ["/auth", (world, request, path) => world.oauth.handle(request, path)],
  ["/webhook", (world, request, path) => world.webhook.handle(request, path)],
  ["/activate", activate],
  ["/cdn", (world, request) => downloadClip(new URL(request.url), world.clock.now())],
  ["/__control", (world, request, path) => (world.hasControl ? control(world, request, path) : notFound())],
];

/** Answers a plain HTTP request. */
export function answerRequest(world: World, request: Request): Answer {
  const { pathname } = new URL(request.url);
  for (const [prefix, answer] of PREFIXES) {
    if (pathname === prefix || pathname.startsWith(`${prefix}/`)) return answer(world, request, pathname.slice(prefix.length));
  }
  return notFound();
}

const notFound = (): Response => Response.json({ error: "Not Found", status: 404, message: "" }, { status: 404 });

/** Whose a WebSocket is: `/` and `/irc` chat, `/ws` EventSub. */
export function findPeer(world: World, url: URL, request: Request): { peer: Peer; subprotocol: string | null } | Answer {
  const offered = (request.headers.get("sec-websocket-protocol") ?? "").split(",").map((name) => name.trim());
  if (world.faults.take("N1.blackhole", { path: url.pathname })) return new Promise<Response>(() => {});
  if (url.pathname === "/" || url.pathname === "/irc") {
    return { peer: world.irc.accept(), subprotocol: offered.includes("irc") ? "irc" : null };
  }
  if (url.pathname === "/ws") return { peer: world.eventsub.accept(url), subprotocol: null };
  return new Response("not found", { status: 404 });
}

/** The device code page: shows a form, and takes it. */
async function activate(world: World, request: Request): Promise<Response> {
  const url = new URL(request.url);
  if (request.method !== "POST") return activatePage(url.searchParams.get("device-code") ?? "");
  const text = await request.text();
  const isJson = text.startsWith("{");
  const given = isJson
    ? new URLSearchParams(Object.entries(JSON.parse(text) as Record<string, string>))
    : new URLSearchParams(text);
  const agrees = given.get("decision") !== "deny";
  const isKnown = world.oauth.devices.decide(given.get("user_code") ?? "", given.get("user") ?? "", agrees);
  if (isJson) return Response.json({ ok: isKnown }, { status: isKnown ? 200 : 404 });
  if (!isKnown) return activatePage("", "That code is not known or has expired.");
  return activatePage("", agrees ? "Done. You can close this page." : "Cancelled.");
}
