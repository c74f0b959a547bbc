import type { FaultRule } from "./faults.ts";
import type { LogEntry } from "./log.ts";
import { act } from "./named-actions.ts";
import { playScenario, readScenario, setLimits } from "./scenario.ts";
import type { World } from "./world.ts";

/** The control API: for drivers in another process. Off unless the world was started with it. */
export async function control(world: World, request: Request, path: string): Promise<Response> {
  const url = new URL(request.url);
  if (request.method === "GET") return read(world, path, url);
  if (request.method !== "POST") return Response.json({ error: "method not allowed" }, { status: 405 });
  const body: unknown = await request.json().catch(() => null);
  if (typeof body !== "object" || body === null) return Response.json({ error: "a JSON object is needed" }, { status: 400 });
  try {
    return write(world, path, body as Record<string, unknown>);
  } catch (error) {
    return Response.json({ error: error instanceof Error ? error.message : "failed" }, { status: 400 });
  }
}

function read(world: World, path: string, url: URL): Response {
  switch (path) {
    case "/log": {
      const since = Number(url.searchParams.get("since") ?? 0);
      return Response.json({
        dropped: world.log.dropped,
        entries: world.log.entries().filter((entry: LogEntry) => entry.seq > since),
      });
    }
    case "/state":
      return Response.json(stateOf(world));
    case "/metrics":
      return Response.json({
        ircSessions: world.irc.sessions.size,
        eventsubSockets: world.eventsub.sockets.size,
        modelCalls: world.model.calls.length,
        modelBill: world.model.bill,
      });
    case "/checks":
      return Response.json({ violations: world.checks() });
    default:
      return Response.json({ error: "not found" }, { status: 404 });
  }
}

function write(world: World, path: string, body: Record<string, unknown>): Response {
  switch (path) {
    case "/do":
      return Response.json({ result: act(world, String(body.action), Array.isArray(body.args) ? body.args : []) });
    case "/fault": {
      if (body.clear === true) world.faults.clear();
      else world.faults.add(body as unknown as FaultRule);
      return Response.json({ active: world.faults.list().length });
    }
    case "/limits":
      setLimits(world, body);
      return Response.json(world.limits);
    case "/model":
      world.model.script((Array.isArray(body.rules) ? body.rules : []) as never);
      return Response.json({ ok: true });
    case "/clock":
      return Response.json({ now: world.advance(Number(body.advanceMs ?? 0)).toISOString() });
    case "/scenario":
      return Response.json({ results: playScenario(world, readScenario(body)) });
    case "/seed":
      world.reseed(wholeOf(body.seed, "seed"));
      return Response.json({ seed: world.state.seed });
    case "/snapshot":
      return Response.json(world.snapshot());
    case "/restore":
      world.restore(body);
      return Response.json({ ok: true });
    default:
      return Response.json({ error: "not found" }, { status: 404 });
  }
}

function wholeOf(value: unknown, name: string): number {
  if (typeof value !== "number" || !Number.isSafeInteger(value)) throw new Error(`${name} must be a whole number`);
  return value;
}

function stateOf(world: World): object {
  return {
    now: world.clock.now().toISOString(),
    users: [...world.state.usersById.values()].map(({ id, login, displayName }) => ({ id, login, displayName })),
    channels: [...world.state.channels.values()].map((channel) => ({
      id: channel.user.id,
      login: channel.user.login,
      title: channel.title,
      category: channel.categoryName,
      live: channel.stream !== null,
      viewers: channel.stream?.viewerCount ?? 0,
      irc: [...world.irc.room(channel)].map((session) => session.nick),
      followers: channel.followers.size,
      subs: channel.subs.size,
    })),
    subscriptions: [...world.eventsub.subscriptions.values()].map(({ id, type, status, condition }) => ({
      id,
      type,
      status,
      condition,
    })),
    devices: world.oauth.devices.pending(),
  };
}
