import { describe, expect, test } from "bun:test";
import { anEvent } from "./builders.ts";
import { startServer, type TestServer } from "./server.ts";

const form = (fields: Record<string, string>, headers: Record<string, string> = {}) => ({
  method: "POST",
  body: new URLSearchParams(fields),
  headers,
});
const HTMX = { "hx-request": "true" };
const page = async (server: TestServer, path: string, cookie: string) => (await server.fetch(path, { cookie })).text();

describe("the dashboard", () => {
  test("shows the focused channel's chat and timeline, escaped, and keeps the focus in URL and browser", async () => {
    await using server = await startServer();
    const cookie = await server.signIn();
    await server.say(["hello <img src=x onerror=alert(1)>"]);
    await server.happen(anEvent(null, {}, { type: "channel.joined", login: "ana" }));
    const answer = await server.fetch("/dashboard?channel=ana", { cookie });
    const html = await answer.text();
    expect(answer.headers.get("cache-control")).toBe("no-store");
    expect(answer.headers.getSetCookie()[0]).toStartWith("byte_channel=ana;");
    expect(html).toContain("hello &lt;img src=x onerror=alert(1)&gt;");
    expect(html).toContain("Joined <bdi>ana</bdi>");
    expect(html).toContain("/dashboard/events?channel=ana&amp;cursor=1-1");
    const kept = await page(server, "/dashboard", `${cookie}; byte_channel=bia`);
    expect(kept).toContain("/dashboard/events?channel=bia&amp;");
  });

  test("without a channel says what to do first, and the first join leads to it", async () => {
    await using server = await startServer();
    const cookie = await server.signIn();
    for (const login of ["ana", "bia"]) await server.deps.channels.part(login, { kind: "operator" });
    expect(await page(server, "/dashboard", cookie)).toContain('id="first"');
    const joined = await server.fetch("/dashboard/channels", { cookie, ...form({ login: "@Carla" }, HTMX) });
    expect([joined.status, joined.headers.get("hx-redirect")]).toEqual([200, "/dashboard?channel=carla"]);
  });

  test("joins and leaves with and without htmx", async () => {
    await using server = await startServer();
    const cookie = await server.signIn();
    const plain = await server.fetch("/dashboard/channels", { cookie, ...form({ login: "carla" }) });
    expect([plain.status, plain.headers.get("location")]).toEqual([303, "/dashboard/channels"]);
    const fragment = await server.fetch("/dashboard/channels", { cookie, ...form({ login: "duda" }, HTMX) });
    expect(await fragment.text()).toMatch(/id="join-form".*<hx-partial hx-target="#notice"/s);
    expect(server.deps.channels.list().map(({ login }) => login)).toEqual(["ana", "bia", "carla", "duda"]);

    const parted = await server.fetch("/dashboard/channels/duda/part", { cookie, ...form({}, HTMX) });
    expect(await parted.text()).toContain("duda");
    expect((await server.fetch("/dashboard/channels/carla/part", { cookie, ...form({}) })).status).toBe(303);
    expect((await server.fetch("/dashboard/channels/carla/part", { cookie, ...form({}) })).status).toBe(404);
    const undo = await server.fetch("/dashboard/channels", {
      cookie,
      ...form({ login: "duda" }, { ...HTMX, "hx-target": "div#notice" }),
    });
    expect(await undo.text()).not.toContain("join-form");
    expect(server.deps.channels.list().map(({ login }) => login)).toEqual(["ana", "bia", "duda"]);
  });

  test("refuses a bad name beside its field, with what was typed, in the reader's language", async () => {
    await using server = await startServer();
    const cookie = await server.signIn();
    const cases = [
      ["a b", 422],
      ['"><script>alert(1)</script>', 422],
      ["", 422],
      ["ana", 409],
    ] as const;
    for (const [login, status] of cases) {
      for (const headers of [HTMX, {}]) {
        const answer = await server.fetch("/dashboard/channels", {
          cookie: `${cookie}; byte_language=pt`,
          ...form({ login }, headers),
        });
        const html = await answer.text();
        expect([login, answer.status]).toEqual([login, status]);
        expect(html).toContain('aria-invalid="true"');
        expect(html).not.toContain("<script>alert");
        if (headers === HTMX) expect(html).toStartWith("<form");
        else expect(html).toStartWith('<!doctype html><html lang="pt-BR"');
      }
    }
    const wrongType = await server.fetch("/dashboard/channels", {
      method: "POST",
      cookie,
      body: "{}",
      headers: { "content-type": "application/json" },
    });
    expect(wrongType.status).toBe(400);
  });

  test("writes a note to the broadcaster, and says why when it does not", async () => {
    await using server = await startServer();
    const cookie = await server.signIn();
    const send = (text: string, headers = HTMX as Record<string, string>, channel = "ana") =>
      server.fetch("/dashboard/hud/messages", { cookie, ...form({ channel, text }, headers) });
    expect(await (await send("raid soon")).text()).toContain('id="hud-form"');
    expect((await send("again", {})).headers.get("location")).toBe("/dashboard?channel=ana");
    const html = await page(server, "/dashboard?channel=ana", cookie);
    expect(html).toContain("raid soon");
    const refused = await Promise.all([send(" "), send("x".repeat(301)), send("hi", HTMX, "nobody"), send("hi", HTMX, "bia")]);
    expect(refused.map(({ status }) => status)).toEqual([422, 422, 404, 409]);
    expect(await refused[0].text()).toContain('role="alert"');
    expect((await send(" ", {})).status).toBe(422);
  });

  test("keeps theme and language in the browser, before signing in too, and goes back to where one was", async () => {
    await using server = await startServer();
    const theme = await server.fetch("/dashboard/theme", form({ theme: "light", next: "/signin?next=%2Fdashboard" }));
    expect([theme.status, theme.headers.get("location")]).toEqual([303, "/signin?next=%2Fdashboard"]);
    expect(theme.headers.getSetCookie()[0]).toStartWith("byte_theme=light; Path=/");
    const language = await server.fetch("/dashboard/language", form({ language: "pt", next: "https://evil.example" }));
    expect(language.headers.get("location")).toBe("/dashboard");
    const html = await (await server.fetch("/signin", { cookie: "byte_theme=light; byte_language=pt" })).text();
    expect(html).toMatch(/<html lang="pt-BR"[^>]*data-theme="light"/);
    expect((await server.fetch("/dashboard/theme", form({ theme: "<x>" }))).status).toBe(422);
  });

  test("shows its components to developers only", async () => {
    for (const [isDevelopment, status] of [
      [true, 200],
      [false, 404],
    ] as const) {
      await using server = await startServer({ isDevelopment });
      expect((await server.fetch("/dashboard/components", { cookie: await server.signIn() })).status).toBe(status);
    }
  });

  test("shows what is remembered while the database is away, and lets in who was in", async () => {
    await using server = await startServer();
    const cookie = await server.signIn();
    const stream = await server.stream("/dashboard/events?channel=ana&cursor=0-0", { cookie });
    await server.say(["said before"]);
    expect((await stream.next())?.data).toContain("said before");
    const away = Object.assign(new Error("gone"), { code: "CONNECTION_CLOSED" });
    const { db } = server.deps;
    server.deps.db = new Proxy(db, {
      get() {
        throw away;
      },
    });
    server.advance(2_000);
    expect(await page(server, "/dashboard?channel=ana", cookie)).toContain("said before");
    server.deps.db = db;
  });
});
