import { describe, expect, test } from "bun:test";
import { anEvent, CHANNEL, noon } from "./builders.ts";
import { admin, startServer, type TestServer } from "./server.ts";

/** The address of a channel's HUD as the settings show it. */
async function hudUrl(server: TestServer, cookie: string, login = "ana"): Promise<string> {
  const html = await (await server.fetch(`/dashboard/settings?channel=${login}`, { cookie })).text();
  const token = /\/dashboard\/hud\?token=([\w-]{43})/.exec(html)?.[1];
  if (token === undefined) throw new Error("no HUD address");
  return `/dashboard/hud?token=${token}`;
}
const eventsOf = (url: string) => url.replace("/hud?", "/hud/events?");

describe("the dashboard's stream", () => {
  test("goes on where its page ended, with the same rows, nothing lost and nothing twice", async () => {
    await using server = await startServer();
    const cookie = await server.signIn();
    await server.say(["one"]);
    const html = await (await server.fetch("/dashboard?channel=ana", { cookie })).text();
    const path = /hx-sse:connect="([^"]+)"/.exec(html)?.[1]?.replaceAll("&amp;", "&") ?? "";
    await server.say(["two <b>"]);
    await server.happen(anEvent(null, {}, { type: "hud.message", text: "note", source: "x", by: { kind: "system" } }));
    const stream = await server.stream(path, { cookie });
    const first = (await stream.next())?.data ?? "";
    expect(first).toContain("two &lt;b&gt;");
    expect(first).toContain("note");
    expect(first).not.toContain("one");
    await server.say(["three"]);
    expect((await stream.next())?.data).toMatch(/hx-target="#feed" hx-swap="beforeend".*three/s);
  });

  test("brings figures and status within about a second, and says when a part changed", async () => {
    await using server = await startServer();
    const cookie = await server.signIn();
    const stream = await server.stream("/dashboard/events?channel=ana&cursor=0-0", { cookie });
    await server.say(["one", "two"]);
    let seen = "";
    while (!(seen.includes("#strip") && seen.includes("#parts"))) seen += (await stream.next(2_500))?.data;
    const before = server.deps.status();
    server.deps.status = () => ({
      ...before,
      parts: [{ name: "model", level: "warn", reason: "missing", params: {}, since: noon }],
    });
    server.bus.publish({ kind: "status_changed" });
    const changed = await stream.next(500);
    expect(changed?.data).toContain('hx-target="#parts"');
  });

  test("marks lines that Twitch took back", async () => {
    await using server = await startServer();
    const cookie = await server.signIn();
    const stream = await server.stream("/dashboard/events?channel=ana&cursor=0-0", { cookie });
    await server.say(["bad words"]);
    await stream.next();
    server.bus.publish({ kind: "lines_deleted", channelId: CHANNEL, messageIds: ["m-1"] });
    let data = "";
    while (!data.includes(".mark")) data = (await stream.next())?.data ?? "?";
  });

  test("F60: an idle stream stays open, past the time after which the socket closes, and beats at least every 8 s", async () => {
    await using server = await startServer({ idleS: 1 });
    const cookie = await server.signIn();
    const stream = await server.stream("/dashboard/events?channel=bia", { cookie });
    for (let beats = 0; beats < 2; ) if ((await stream.nextOfAnyKind(8_000))?.event === "beat") beats++;
  }, 30_000);

  test("F66: proxies are told not to buffer it, and its first 2 KB come at once", async () => {
    await using server = await startServer();
    const answer = await server.fetch("/dashboard/events", { cookie: await server.signIn() });
    expect(answer.headers.get("x-accel-buffering")).toBe("no");
    expect(answer.headers.get("content-type")).toBe("text/event-stream; charset=utf-8");
    expect(answer.headers.get("cache-control")).toBe("no-store, no-transform");
    expect(answer.headers.get("content-encoding")).toBeNull();
    const reader = answer.body?.getReader();
    const { value } = (await reader?.read()) ?? {};
    expect(value?.byteLength).toBeGreaterThan(2_048);
    await reader?.cancel();
  });
});

describe("the HUD", () => {
  test("opens with its token, which opens nothing else and no other channel", async () => {
    await using server = await startServer();
    const cookie = await server.signIn();
    const url = await hudUrl(server, cookie);
    const token = url.split("token=")[1] ?? "";
    const page = await server.fetch(url);
    expect(page.status).toBe(200);
    expect(page.headers.get("referrer-policy")).toBe("no-referrer");
    expect((await server.fetch(`/api/hud/messages?token=${token}`)).status).toBe(200);
    expect((await server.fetch("/api/hud/messages", { bearer: token })).status).toBe(200);
    await server.happen(anEvent(null, { channelId: "somebody else's" }));
    const messages = (await (await server.fetch(`/api/hud/messages?token=${token}&channel=bia`)).json()) as {
      messages: object[];
    };
    expect(messages.messages).toEqual([]);
    const closed = [
      "/dashboard",
      "/dashboard/settings",
      "/dashboard/events?channel=ana",
      "/api/status",
      "/api/timeline",
      "/api/channel-control",
    ];
    for (const path of closed) {
      const withToken = path.includes("?") ? `${path}&token=${token}` : `${path}?token=${token}`;
      for (const credentials of [{}, { bearer: token }, { cookie: `byte_session=${token}` }]) {
        expect([path, [303, 401, 403].includes((await server.fetch(withToken, credentials)).status)]).toEqual([path, true]);
      }
    }
    const post = await server.fetch(`/api/hud/messages?token=${token}`, {
      method: "POST",
      body: JSON.stringify({ channel: "ana", text: "x" }),
    });
    expect(post.status).toBe(403);
    for (const wrong of ["", "x", token.slice(1), `${token}x`, token.toLowerCase()]) {
      expect([wrong, (await server.fetch(`/dashboard/hud?token=${wrong}`)).status]).toEqual([wrong, 403]);
    }
  });

  test("shows notes live, as text in the language of its address", async () => {
    await using server = await startServer();
    const cookie = await server.signIn();
    const url = await hudUrl(server, cookie);
    const settings = await (await server.fetch("/dashboard/settings", { cookie: `${cookie}; byte_language=pt` })).text();
    expect(settings).toContain(`${url}&amp;lang=pt`);
    expect(await (await server.fetch(`${url}&lang=pt`)).text()).toContain('<html lang="pt-BR"');
    const stream = await server.stream(`${eventsOf(url)}&cursor=0-0`);
    const portuguese = await server.stream(`${eventsOf(url)}&cursor=0-0&lang=pt`);
    await server.happen(anEvent(null, {}, { type: "chat.raid", fromLogin: "marola", fromName: "Marola<b>", viewers: 38 }));
    const message = await stream.next();
    expect(message?.event).toBe("hud");
    expect(JSON.parse(message?.data ?? "")).toMatchObject({
      id: 1,
      level: "info",
      type: "chat.raid",
      text: "Marola<b> arrived with 38 people",
    });
    expect(JSON.parse((await portuguese.next())?.data ?? "").text).toContain("Marola<b> chegou");
  });

  test("a new token ends the old one's stream within a second, and the old address", async () => {
    await using server = await startServer();
    const cookie = await server.signIn();
    const [old, other] = [await hudUrl(server, cookie), await hudUrl(server, cookie, "bia")];
    const [stream, others] = [await server.stream(eventsOf(old)), await server.stream(eventsOf(other))];
    const rotated = await server.fetch("/dashboard/hud-token?channel=ana", { method: "POST", cookie });
    expect(rotated.status).toBe(303);
    await stream.ended(1_000);
    expect((await server.fetch(old)).status).toBe(403);
    const fresh = await hudUrl(server, cookie);
    expect(fresh).not.toBe(old);
    expect((await server.fetch(fresh)).status).toBe(200);
    expect((await server.fetch(other)).status).toBe(200);
    await others.leave();
  });

  test("a token rotated by another process is refused within a second, its stream too", async () => {
    await using server = await startServer();
    const url = await hudUrl(server, await server.signIn());
    const stream = await server.stream(eventsOf(url));
    await server.database.sql.unsafe("update channels_config set hud_version = hud_version + 1");
    server.advance(1_000);
    expect((await server.fetch(url)).status).toBe(403);
    await stream.ended(1_600);
  });

  test("F64: it catches up over 100 restarts of the server with nothing lost and nothing twice", async () => {
    let server = await startServer();
    const { database } = server;
    const path = eventsOf(await hudUrl(server, await server.signIn()));
    const seen: number[] = [];
    let lastId = "0-0";
    let sent = 0;
    for (let restart = 0; restart < 100; restart++) {
      const stream = await server.stream(path, { lastId });
      for (let i = 0; i < 2; i++)
        await server.happen(anEvent(null, {}, { type: "hud.message", text: `${++sent}`, source: "t", by: { kind: "system" } }));
      const reads = restart % 3;
      while (seen.length < sent - 2 + reads) seen.push(Number(JSON.parse((await stream.next())?.data ?? "").text));
      lastId = stream.lastId ?? lastId;
      await server.http.stop(200);
      // What it did not read of the old stream is thrown away, as by a page that connects anew.
      await stream.leave();
      server = await startServer({ database });
    }
    const stream = await server.stream(path, { lastId });
    while (seen.length < sent) seen.push(Number(JSON.parse((await stream.next())?.data ?? "").text));
    expect(seen).toEqual(Array.from({ length: sent }, (_, i) => i + 1));
    await server.http.stop(200);
  }, 60_000);
});

describe("stopping", () => {
  test("ends the streams first, lets what is being answered finish, and frees the port", async () => {
    const server = await startServer();
    const stream = await server.stream("/dashboard/events", { cookie: await server.signIn() });
    const slow = Promise.withResolvers<void>();
    const { figures } = server.deps.channels;
    server.deps.channels.figures = async (id) => {
      await slow.promise;
      return figures(id);
    };
    const answer = server.fetch("/api/channels/figures?channel=ana", admin);
    while ((await server.fetch("/health")).status !== 200) {}
    const stopped = server.http.stop(3_000);
    await stream.ended(1_000);
    slow.resolve();
    expect((await answer).status).toBe(200);
    await stopped;
    await using again = await startServer({ listen: Number(new URL(server.url).port), database: server.database });
    expect((await again.fetch("/health")).status).toBe(200);
  });

  test("does not wait past its deadline for what hangs", async () => {
    const server = await startServer();
    server.deps.channels.figures = () => new Promise(() => {});
    const answer = server.fetch("/api/channels/figures?channel=ana", admin).catch(() => "cut");
    while ((await server.fetch("/health")).status !== 200) {}
    const before = performance.now();
    await server.http.stop(300);
    expect(performance.now() - before).toBeLessThan(1_500);
    expect(await answer).toBe("cut");
  });

  test("a port in use is said in a way that can be told", async () => {
    await using server = await startServer();
    const listen = Number(new URL(server.url).port);
    await expect(startServer({ listen, database: server.database })).rejects.toMatchObject({
      kind: "unavailable",
      reason: "port_in_use",
    });
  });
});
