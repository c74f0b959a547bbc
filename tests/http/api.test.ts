import { describe, expect, test } from "bun:test";
import { OPERATIONS } from "../../src/http/openapi.ts";
import { anEvent } from "./builders.ts";
import { admin, startServer } from "./server.ts";

const asJson = (body: unknown) => ({
  method: "POST",
  body: typeof body === "string" ? body : JSON.stringify(body),
  headers: { "content-type": "application/json" },
});

describe("channel control", () => {
  test("lists, joins and parts by action or by command, in the earlier system's words", async () => {
    await using server = await startServer();
    const control = async (body: unknown) => (await server.fetch("/api/channel-control", { ...asJson(body), ...admin })).json();

    expect(await (await server.fetch("/api/channel-control", admin)).json()).toMatchObject({
      ok: true,
      action: "list",
      channels: ["ana", "bia"],
      mode: "irc",
    });
    expect(await control({ action: "JOIN", channel: "#Carla" })).toMatchObject({
      ok: true,
      action: "join",
      channels: ["ana", "bia", "carla"],
      mode: "irc",
    });
    expect(await control({ command: "entrar carla" })).toMatchObject({
      ok: true,
      action: "join",
      channels: ["ana", "bia", "carla"],
    });
    expect(await control({ command: "sair carla", action: "list" })).toMatchObject({
      ok: true,
      action: "part",
      channels: ["ana", "bia"],
    });
    expect(await control({ command: "canais" })).toMatchObject({ ok: true, action: "list", mode: "irc" });
    expect(await control({ command: "  ", action: "list" })).toMatchObject({ ok: true, action: "list" });
  });

  test("refuses what it does not understand with field and reason, and says its mode", async () => {
    await using server = await startServer();
    const refused = async (body: unknown) => {
      const answer = await server.fetch("/api/channel-control", { ...asJson(body), ...admin });
      const { ok, error, field, mode } = (await answer.json()) as Record<string, unknown>;
      expect([ok, mode]).toEqual([false, "irc"]);
      return [answer.status, error, field];
    };
    expect(await refused({ command: "sing" })).toEqual([400, "invalid_command", "command"]);
    expect(await refused({ command: "join one two" })).toEqual([400, "invalid_command", "command"]);
    expect(await refused({ action: "dance" })).toEqual([400, "invalid_action", "action"]);
    expect(await refused({})).toEqual([400, "invalid_action", "action"]);
    expect(await refused({ action: "join" })).toEqual([400, "missing_channel", "channel"]);
    expect(await refused({ action: "join", channel: "a b" })).toEqual([422, "channel_login_invalid", "channel"]);
    expect(await refused({ action: "part", channel: "nobody" })).toEqual([404, "channel_unknown", "channel"]);
    expect(await refused({ action: "join", channel_login: "ana" })).toEqual([422, "field_unknown", "channel_login"]);
    expect(await refused({ action: 7 })).toEqual([422, "field_type", "action"]);
  });
});

describe("bodies", () => {
  test("that are no JSON object are 400 invalid_request, in the reader's language", async () => {
    await using server = await startServer();
    const sentences = new Set<string>();
    for (const body of ["", "  ", "{bad", "[]", "7", '"text"', "null"]) {
      for (const language of ["pt-BR,pt;q=0.9", "en"]) {
        const headers = { "content-type": "application/json", "accept-language": language };
        const answer = await server.fetch("/api/channel-control", { method: "POST", body, headers, ...admin });
        const told = (await answer.json()) as { error: string; message: string };
        expect([answer.status, told.error]).toEqual([400, "invalid_request"]);
        sentences.add(told.message);
      }
    }
    expect(sentences.size).toBe(6);
  });

  test("past 64 KB are 413, with or without a length", async () => {
    await using server = await startServer();
    const long = JSON.stringify({ command: "x".repeat(70_000) });
    const chunks = new ReadableStream({
      start(out) {
        for (let i = 0; i < long.length; i += 10_000) out.enqueue(new TextEncoder().encode(long.slice(i, i + 10_000)));
        out.close();
      },
    });
    for (const body of [long, chunks]) {
      const answer = await server.fetch("/api/channel-control", { method: "POST", body, ...admin });
      expect(answer.status).toBe(413);
      expect(answer.headers.get("content-security-policy")).toContain("default-src 'none'");
      expect(await answer.json()).toMatchObject({ ok: false, error: "too_large" });
    }
  });
});

describe("reading", () => {
  test("figures and history of a channel equal what was said", async () => {
    await using server = await startServer();
    await server.say(["one", "two", "three"]);
    const figures = (await (await server.fetch("/api/channels/figures?channel=ANA", admin)).json()) as {
      figures: { messagesTotal: number };
    };
    expect(figures.figures.messagesTotal).toBe(3);

    const read = async (query: string) => {
      const answer = (await (await server.fetch(`/api/chat/history?channel=ana${query}`, admin)).json()) as {
        lines: { text: string }[];
        before: number | null;
      };
      return { texts: answer.lines.map((line) => line.text), before: answer.before };
    };
    const newest = await read("&limit=2");
    expect(newest.texts).toEqual(["two", "three"]);
    expect(await read(`&limit=2&before=${newest.before}`)).toEqual({ texts: ["one"], before: null });
  });

  test("the timeline of a channel holds its events and the installation's, oldest first, and goes on after an id", async () => {
    await using server = await startServer();
    await server.happen(anEvent(null));
    await server.happen(anEvent(null, { channelId: null }, { type: "app.started", version: "1" }));
    await server.happen(anEvent(null, { channelId: "someone else's" }));
    const read = async (query: string) => {
      const answer = (await (await server.fetch(`/api/timeline?${query}`, admin)).json()) as {
        events: { body: { type: string } }[];
        after: number;
      };
      return { types: answer.events.map((event) => event.body.type), after: answer.after };
    };
    expect(await read("channel=ana")).toEqual({ types: ["hud.message", "app.started"], after: 2 });
    expect((await read("")).types).toEqual(["hud.message", "app.started", "hud.message"]);
    expect(await read("channel=ana&after=1")).toEqual({ types: ["app.started"], after: 2 });
    expect(await read("channel=ana&after=2")).toEqual({ types: [], after: 2 });
  });

  test("a query that is wrong is refused with its field", async () => {
    await using server = await startServer();
    const refused = async (path: string) => {
      const answer = await server.fetch(path, admin);
      const { error, field } = (await answer.json()) as { error: string; field: string };
      return [answer.status, error, field];
    };
    expect(await refused("/api/chat/history")).toEqual([422, "field_missing", "channel"]);
    expect(await refused("/api/chat/history?channel=%00")).toEqual([422, "channel_login_invalid", "channel"]);
    expect(await refused("/api/chat/history?channel=ana&limit=0")).toEqual([422, "field_too_small", "limit"]);
    expect(await refused("/api/chat/history?channel=ana&limit=9999")).toEqual([422, "field_too_big", "limit"]);
    expect(await refused("/api/chat/history?channel=ana&limit=ten")).toEqual([422, "field_invalid", "limit"]);
    expect(await refused("/api/chat/history?channel=ana&befor=1")).toEqual([422, "field_unknown", "befor"]);
    expect(await refused("/api/chat/history?channel=nobody")).toEqual([404, "channel_unknown", "channel"]);
    expect(await refused("/api/channels/figures?channel=bia")).toEqual([409, "channel_not_ready", "channel"]);
    expect(await refused("/api/timeline?after=-1")).toEqual([422, "field_invalid", "after"]);
  });

  test("HUD messages are given after an id, after an instant, or the newest", async () => {
    await using server = await startServer();
    const post = async (text: unknown) => server.fetch("/api/hud/messages", { ...asJson({ channel: "ana", text }), ...admin });
    const first = await post("first");
    expect(first.status).toBe(201);
    expect(await first.json()).toMatchObject({ ok: true, message: { id: 1, text: "first", channel: "ana", level: "info" } });
    server.advance(60_000);
    await post("<b>second</b>");
    const read = async (query: string) => {
      const answer = (await (await server.fetch(`/api/hud/messages${query}`, admin)).json()) as {
        messages: { text: string; ts: number }[];
      };
      return answer.messages;
    };
    const all = await read("");
    expect(all.map((message) => message.text)).toEqual(["first", "<b>second</b>"]);
    expect((await read("?since=1")).map((message) => message.text)).toEqual(["<b>second</b>"]);
    expect(await read(`?since=${all[1]?.ts}`)).toEqual([]);
    expect((await read(`?since=${all[0]?.ts}`)).length).toBe(1);
    for (const odd of ["0", "abc", "-5", ""]) expect((await read(`?since=${odd}`)).length).toBe(2);
    for (const [text, error] of [
      ["", "text_empty"],
      [" \n ", "text_empty"],
      ["x".repeat(301), "text_too_long"],
      [7, "field_type"],
    ]) {
      expect(await (await post(text)).json()).toMatchObject({ ok: false, error, field: "text" });
    }
    expect((await post("🙂".repeat(300))).status).toBe(201);
  });
});

test("every operation of the API is described, and every one described exists", async () => {
  await using server = await startServer();
  const routes = server.http.app.routes
    .filter(({ path }) => path.startsWith("/api"))
    .map(({ method, path }) => `${method} ${path}`);
  expect(OPERATIONS.map(({ method, path }) => `${method.toUpperCase()} ${path}`).sort()).toEqual(routes.sort());
  const document = (await (await server.fetch("/openapi.json")).json()) as {
    paths: Record<string, { get?: { parameters?: object[] } }>;
  };
  expect(document.paths["/api/chat/history"]?.get?.parameters).toMatchObject([
    { name: "channel", required: true },
    { name: "limit", required: false },
    { name: "before", required: false },
  ]);
});

test("liveness says nothing but that it lives, readiness names the part that is not ready", async () => {
  await using server = await startServer();
  for (const path of ["/health", "/health/", "/healthz"]) expect(await (await server.fetch(path)).text()).toBe("AGENT_ONLINE");
  expect((await server.fetch("/ready")).status).toBe(200);
  server.deps.readiness = () => ({
    ready: false,
    parts: [{ name: "database", level: "bad", reason: "lost", params: {}, since: null }],
  });
  const answer = await server.fetch("/ready");
  expect([answer.status, await answer.json()]).toEqual([
    503,
    { ok: false, ready: false, not_ready: [{ name: "database", reason: "lost" }] },
  ]);
});

test("status tells programs how each part is", async () => {
  await using server = await startServer();
  expect(await (await server.fetch("/api/status", admin)).json()).toMatchObject({
    ok: true,
    status: { version: "0.1.0" },
    streams: { clients: 0 },
  });
});
