import { describe, expect, test } from "bun:test";
import { AppError } from "../../src/domain/errors.ts";
import type { FeatureGap, TwitchSignin } from "../../src/domain/snapshots.ts";
import { anAccount } from "./account-control.ts";
import { admin, startServer, type TestServer } from "./server.ts";

const asJson = (body: unknown) => ({
  method: "POST",
  body: JSON.stringify(body),
  headers: { "content-type": "application/json" },
});
const form = (fields: Record<string, string>) => ({ method: "POST", body: new URLSearchParams(fields) });
const HTMX = { headers: { "hx-request": "true" } };
const NOBODY_THERE = "00000000-0000-4000-8000-000000000000";

const aGap = (over: Partial<FeatureGap> = {}): FeatureGap => ({
  feature: "bits",
  channelLogin: "ana",
  accountLogin: null,
  role: "broadcaster",
  tier: "events",
  reason: "account_missing",
  ...over,
});

async function begin(server: TestServer, body: object = { role: "bot", tiers: ["read"] }): Promise<TwitchSignin> {
  const answer = await server.fetch("/api/twitch/signins", { ...asJson(body), ...admin });
  expect(answer.status).toBe(201);
  return ((await answer.json()) as { signin: TwitchSignin }).signin;
}

/** The token of the HUD of `ana`, as it stands on the settings page. */
async function hudTokenOf(server: TestServer, cookie: string): Promise<string> {
  const html = await (await server.fetch("/dashboard/settings?channel=ana", { cookie })).text();
  return /token=([\w-]{43})/.exec(html)?.[1] ?? "";
}

describe("for programs", () => {
  test("the accounts, how chat is read, whether one can sign in, and what is off", async () => {
    await using server = await startServer();
    server.accounts.setAccounts([anAccount()]);
    server.accounts.setGaps([aGap()]);
    server.accounts.chatMode = "eventsub";
    expect(await (await server.fetch("/api/twitch/accounts", admin)).json()).toEqual({
      ok: true,
      chatMode: "eventsub",
      canConnect: true,
      accounts: [{ ...anAccount(), expiresAt: "2026-11-22T15:00:00.000Z", validatedAt: "2026-11-22T12:00:00.000Z" }],
      gaps: [aGap()],
    });
    expect(await (await server.fetch("/api/channel-control", admin)).json()).toMatchObject({ mode: "eventsub" });
  });

  test("a sign-in is begun, looked at and called off; an account is disconnected", async () => {
    await using server = await startServer();
    const signin = await begin(server, { role: "bot", tiers: ["talk", "read"] });
    expect(signin).toEqual({
      id: signin.id,
      role: "bot",
      tiers: ["talk", "read"],
      userCode: "KQDV7MHP",
      verificationUrl: "https://www.twitch.tv/activate",
      expiresAt: expect.stringMatching("2026-11-22T12:30:00.000Z"),
      state: "waiting",
      login: null,
      reason: null,
      params: {},
    });
    server.accounts.finish(signin.id, "bytebot");
    const look = await server.fetch(`/api/twitch/signins/${signin.id}`, admin);
    expect(await look.json()).toMatchObject({ ok: true, signin: { state: "done", login: "bytebot" } });

    const other = await begin(server);
    const off = await server.fetch(`/api/twitch/signins/${other.id}`, { method: "DELETE", ...admin });
    expect([off.status, await off.json()]).toEqual([200, { ok: true }]);
    expect((await server.fetch(`/api/twitch/signins/${other.id}`, admin)).status).toBe(404);

    const gone = await server.fetch("/api/twitch/accounts/9001", { method: "DELETE", ...admin });
    expect([gone.status, server.accounts.list()]).toEqual([200, []]);
    expect(server.accounts.done).toEqual([
      "connect bot talk read by program",
      "connect bot read by program",
      "disconnect bytebot by program",
    ]);
  });

  test("F7: refusals are distinct, in the reader's language, with a code for programs", async () => {
    await using server = await startServer();
    server.accounts.setAccounts([anAccount({ source: "environment" })]);
    const refused = async (path: string, options: RequestInit, refusal: AppError | null = null) => {
      server.accounts.refusal = refusal;
      const ask = async (language: string) => {
        const headers = { ...(options.headers as Record<string, string>), "accept-language": language };
        const answer = await server.fetch(path, { ...options, headers, ...admin });
        const told = (await answer.json()) as { ok: boolean; error: string; message: string };
        return { ...told, status: answer.status };
      };
      const [en, pt] = [await ask("en"), await ask("pt-BR")];
      expect([en.ok, en.message === pt.message]).toEqual([false, false]);
      return en;
    };
    const connect = (body: unknown, refusal: AppError | null = null) => refused("/api/twitch/signins", asJson(body), refusal);
    const bot = { role: "bot", tiers: ["read"] };
    const sentences = [
      await connect({ role: "bot", tiers: [] }),
      await connect(bot, new AppError("unavailable", "auth_client_unknown")),
      await connect(bot, new AppError("unavailable", "auth_clock_skew", { minutes: 9 })),
      await connect(bot, new AppError("too_many", "auth_signins_many")),
      await connect({ role: "king", tiers: ["read"] }),
      await connect({ role: "bot", tiers: ["everything"] }),
      await connect({ role: "bot", tiers: ["read"], device_code: "x" }),
      await refused(`/api/twitch/signins/${NOBODY_THERE}`, {}),
      await refused(`/api/twitch/signins/${NOBODY_THERE}`, { method: "DELETE" }),
      await refused("/api/twitch/accounts/404", { method: "DELETE" }),
      await refused("/api/twitch/accounts/9001", { method: "DELETE" }),
    ];
    expect(sentences.map(({ status, error }) => `${status} ${error}`)).toEqual([
      "422 auth_tiers_missing",
      "503 auth_client_unknown",
      "503 auth_clock_skew",
      "429 auth_signins_many",
      "422 field_choice",
      "422 field_choice",
      "422 field_unknown",
      "404 signin_unknown",
      "404 signin_unknown",
      "404 account_unknown",
      "409 account_of_environment",
    ]);
    expect(sentences[1]?.message).toBe(
      "Twitch does not know the client id. Compare TWITCH_CLIENT_ID with the application at dev.twitch.tv/console.",
    );
    expect(sentences[2]?.message).toContain("9 min");
    server.accounts.canConnect = false;
    expect((await connect(bot)).error).toBe("auth_client_missing");
  });

  test("an address that a browser would run is not handed on", async () => {
    await using server = await startServer();
    server.accounts.verificationUrl = "javascript:alert(1)";
    expect((await begin(server)).verificationUrl).toBe("https://www.twitch.tv/activate");
  });
});

describe("for people", () => {
  test("a form without scripts begins a sign-in and leads to its page, which tells of a second code and ends by itself", async () => {
    await using server = await startServer();
    const cookie = await server.signIn();
    const begun = await server.fetch("/dashboard/twitch/signins", { cookie, ...form({ role: "bot", read: "on", talk: "on" }) });
    const path = begun.headers.get("location") ?? "";
    expect([begun.status, path]).toEqual([303, expect.stringMatching(/^\/dashboard\/twitch\/signins\/[\w-]+$/)]);
    expect(server.accounts.done).toEqual(["connect bot read talk by member"]);
    const html = await (await server.fetch(path, { cookie })).text();
    expect(html).toContain(">KQDV7MHP</output>");
    expect(html).toContain("30 more minutes");

    let next = path;
    const poll = async () => {
      const part = await (await server.fetch(next, { cookie, ...HTMX })).text();
      next = /hx-get="([^"]+)"/.exec(part)?.[1] ?? next;
      return part;
    };
    expect(await poll()).toMatch(/^<hx-partial hx-target="#signin-state" hx-swap="innerMorph">.*hx-trigger="every 2s"/s);
    const id = path.split("/").at(-1) ?? "";
    server.advance(60_000);
    expect(await poll()).not.toContain("type this new code");
    server.accounts.askAgain(id, "SECONDAA");
    for (let polls = 0; polls < 2; polls++) expect(await poll()).toMatch(/type this new code.*>SECONDAA</s);
    server.accounts.finish(id, "bytebot");
    const ended = await poll();
    expect(ended).toContain("<bdi>bytebot</bdi> is signed in.");
    expect(ended).not.toContain("hx-trigger");
  });

  test("a sign-in that was called off, or forgotten, says so: to the page that waits, and to who opens it", async () => {
    await using server = await startServer();
    const cookie = await server.signIn();
    const { id } = await begin(server);
    const path = `/dashboard/twitch/signins/${id}`;
    const cancelled = await server.fetch(`${path}/cancel`, { cookie, ...form({}) });
    expect([cancelled.status, cancelled.headers.get("location")]).toEqual([303, "/dashboard/settings#twitch"]);
    const waiting = await server.fetch(path, { cookie, ...HTMX });
    expect([waiting.status, await waiting.text()]).toEqual([200, expect.stringContaining("This sign-in is over")]);
    expect((await server.fetch(path, { cookie })).status).toBe(404);
  });

  test("a refusal stands above the accounts, with what was ticked, in the reader's language", async () => {
    await using server = await startServer();
    const cookie = `${await server.signIn()}; byte_language=pt`;
    const none = await server.fetch("/dashboard/twitch/signins", { cookie, ...form({ role: "broadcaster" }) });
    expect([none.status, await none.text()]).toEqual([422, expect.stringContaining("Marque ao menos uma permissão.")]);
    server.accounts.refusal = new AppError("unavailable", "auth_secret_wrong");
    const answer = await server.fetch("/dashboard/twitch/signins", { cookie, ...form({ role: "bot", clips: "on" }) });
    const html = await answer.text();
    expect([answer.status, html]).toEqual([503, expect.stringContaining("A Twitch recusou o segredo")]);
    expect(html).toMatch(/name="clips" value="on" checked/);
    for (const fields of [{ role: "king" }, { role: "bot", read: "yes" }]) {
      expect((await server.fetch("/dashboard/twitch/signins", { cookie, ...form(fields as never) })).status).toBe(422);
    }
  });

  test("an account is disconnected from its panel; one of the environment is not", async () => {
    await using server = await startServer();
    const cookie = await server.signIn();
    server.accounts.setAccounts([anAccount(), anAccount({ userId: "7", login: "ana", source: "environment" })]);
    const disconnect = (id: string) => server.fetch(`/dashboard/twitch/accounts/${id}/disconnect`, { cookie, ...form({}) });
    const done = await disconnect("9001");
    expect([done.status, done.headers.get("location")]).toEqual([303, "/dashboard/settings#twitch"]);
    expect(server.accounts.done).toEqual(["disconnect bytebot by member"]);
    const refused = await disconnect("7");
    expect([refused.status, await refused.text()]).toEqual([
      409,
      expect.stringContaining("This account comes from TWITCH_USER_TOKEN."),
    ]);
    expect((await disconnect("404")).status).toBe(404);
  });

  test("every page names an account that must sign in again, and the stream takes the banner away when it has", async () => {
    await using server = await startServer();
    const cookie = await server.signIn();
    const out = anAccount({ login: "caiobot", state: "login_needed", reason: "token_refused" });
    server.accounts.setAccounts([out]);
    for (const path of ["/dashboard", "/dashboard/channels", "/dashboard/settings"]) {
      expect(await (await server.fetch(path, { cookie })).text()).toContain("<bdi>caiobot</bdi> must sign in to Twitch again.");
    }
    const stream = await server.stream("/dashboard/events?channel=ana&cursor=0-0", { cookie });
    const told = async () => {
      for (;;) {
        const data = (await stream.next())?.data ?? "";
        const banner = /hx-target="#account-banner" hx-swap="innerMorph">(.*?)<\/hx-partial>/s.exec(data)?.[1];
        if (banner !== undefined) return banner;
      }
    };
    expect(await told()).toContain("caiobot");
    server.accounts.setAccounts([{ ...out, state: "ok", reason: null }]);
    expect(await told()).toBe("");
    server.accounts.setGaps([aGap()]);
    let gaps = "";
    while (!gaps.includes('hx-target="#account-gaps"')) gaps = (await stream.next())?.data ?? "";
    expect(gaps).toContain("Connect the channel");
    await stream.leave();
  });

  test("who is not signed in, another site, and a name that is not ours get nothing", async () => {
    await using server = await startServer();
    const cookie = await server.signIn();
    const { id } = await begin(server);
    const hud = await hudTokenOf(server, cookie);
    const status = async (path: string, options: Parameters<TestServer["fetch"]>[1] = {}) =>
      (await server.fetch(path, options)).status;
    expect(await status("/api/twitch/accounts")).toBe(403);
    expect(await status("/api/hud/messages?channel=ana", { bearer: hud })).toBe(200);
    expect(await status("/api/twitch/accounts", { bearer: hud })).toBe(403);
    expect(await status(`/dashboard/twitch/signins/${id}`)).toBe(303);
    expect(await status(`/dashboard/twitch/signins/${id}`, HTMX)).toBe(401);
    const forged = { "sec-fetch-site": "cross-site" };
    for (const [path, method] of [
      ["/dashboard/twitch/signins", "POST"],
      [`/dashboard/twitch/signins/${id}/cancel`, "POST"],
      ["/dashboard/twitch/accounts/9001/disconnect", "POST"],
      [`/api/twitch/signins/${id}`, "DELETE"],
      ["/api/twitch/accounts/9001", "DELETE"],
    ] as const) {
      const body = method === "POST" ? { body: new URLSearchParams({ role: "bot", read: "on" }) } : {};
      expect([path, await status(path, { method, cookie, headers: forged, ...body })]).toEqual([path, 403]);
    }
    expect(await status("/api/twitch/accounts", { ...admin, headers: { host: "evil.example" } })).toBe(403);
    expect(server.accounts.findSignin(id)?.state).toBe("waiting");
  });
});
