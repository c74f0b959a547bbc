import { describe, expect, test } from "bun:test";
import { freshCode, hashToken, isSameSecret, plainCode } from "../../src/http/secrets.ts";
import { issueSigninCode } from "../../src/http/signin-code.ts";
import { addSession } from "../../src/store/signin.ts";
import { admin, startServer, type TestServer } from "./server.ts";

const DAY_MS = 24 * 60 * 60 * 1000;
const issue = ({ database, deps }: TestServer) => issueSigninCode(database.db, { now: deps.clock.now(), label: "owner" });
const enter = (server: TestServer, code: string, over: RequestInit = {}) =>
  server.fetch("/signin", { method: "POST", body: new URLSearchParams({ code, next: "/dashboard/channels" }), ...over });

describe("the one-time code", () => {
  test("signs in once, as people type it, and leads to where they wanted to go", async () => {
    await using server = await startServer();
    const code = await issue(server);
    expect(code).toMatch(/^[2-9A-HJ-NP-Z]{4}-[2-9A-HJ-NP-Z]{4}$/);
    const answer = await enter(server, ` ${code.toLowerCase().replace("-", " ")} `);
    expect([answer.status, answer.headers.get("location")]).toEqual([303, "/dashboard/channels"]);
    const cookie = answer.headers.getSetCookie()[0] ?? "";
    expect(cookie).toMatch(/^byte_session=[\w-]{43}; Path=\/; Max-Age=31536000; SameSite=Strict; HttpOnly$/);
    expect((await server.fetch("/dashboard", { cookie: cookie.split(";")[0] ?? "" })).status).toBe(200);
    expect((await enter(server, code)).status).toBe(401);
  });

  test("is worth nothing after a day, and is not in the database", async () => {
    await using server = await startServer();
    const code = await issue(server);
    const rows = await server.database.sql.unsafe("select row_to_json(signin_codes)::text as row from signin_codes");
    expect(JSON.stringify(rows)).not.toContain(plainCode(code) ?? "?");
    server.advance(DAY_MS + 1);
    expect((await enter(server, code)).status).toBe(401);
  });

  test("that is wrong is refused on the form, in words, with the way kept", async () => {
    await using server = await startServer();
    for (const wrong of ["", "ABCD-EFGH", "x".repeat(99), "' or 1=1 --"]) {
      const answer = await enter(server, wrong, { headers: { "accept-language": "pt" } });
      expect(answer.status).toBe(401);
      const html = await answer.text();
      expect(html).toContain('value="/dashboard/channels"');
      expect(html).toContain("Este código");
      server.advance(60_000);
    }
  });

  test("cannot be guessed: 5 tries a minute from one place, 20 in 10 minutes in all", async () => {
    await using server = await startServer({ trustProxy: true });
    const from = (ip: string, code = "ABCD-EFGH") => enter(server, code, { headers: { "x-forwarded-for": `9.9.9.9, ${ip}` } });
    for (let i = 0; i < 5; i++) expect((await from("10.0.0.1")).status).toBe(401);
    const sixth = await from("10.0.0.1", await issue(server));
    expect(sixth.status).toBe(429);
    expect(Number(sixth.headers.get("retry-after"))).toBeGreaterThan(50);
    expect((await from("10.0.0.2", await issue(server))).status).toBe(303);
    server.advance(60_000);
    expect((await from("10.0.0.1")).status).toBe(401);

    for (let i = 0; i < 14; i++) expect((await from(`10.0.1.${i}`)).status).toBe(401);
    const over = await from("10.0.9.9", await issue(server));
    expect([over.status, over.headers.get("retry-after")]).toEqual([429, "540"]);
    server.advance(9 * 60_000);
    expect((await from("10.0.9.9", await issue(server))).status).toBe(303);
  });

  test("tries at the same time all count", async () => {
    await using server = await startServer();
    const answers = await Promise.all(Array.from({ length: 30 }, () => enter(server, "ABCD-EFGH")));
    expect(answers.filter(({ status }) => status === 401).length).toBe(5);
    expect(answers.filter(({ status }) => status === 429).length).toBe(25);
  });

  test("has 40 bits and no letters that look alike", () => {
    const letters = new Set(Array.from({ length: 500 }, () => plainCode(freshCode()) ?? "").join(""));
    expect(letters.size).toBe(32);
    for (const lookAlike of "01IO") expect(letters.has(lookAlike)).toBe(false);
    for (const none of ["ABCD-EFG", "ABCD-EFGHJ", "ABCD-EFG0", "", "🙂🙂🙂🙂🙂🙂🙂🙂"]) expect(plainCode(none)).toBeNull();
  });
});

describe("a session", () => {
  test("that is forged, tampered with, of another's hash or too long opens nothing", async () => {
    await using server = await startServer();
    const cookie = await server.signIn();
    const token = cookie.split("=")[1] ?? "";
    const forged = [
      "owner",
      "",
      "x".repeat(3_000),
      `${token}x`,
      token.slice(1),
      hashToken(token),
      "null",
      "%00",
      "%zz",
      token.toUpperCase(),
    ];
    for (const value of forged) {
      const answer = await server.fetch("/dashboard", { cookie: `byte_session=${value}` });
      expect([value, answer.status, answer.headers.get("location")]).toEqual([value, 303, "/signin?next=%2Fdashboard"]);
    }
  });

  test("is kept as its hash only", async () => {
    await using server = await startServer();
    const token = (await server.signIn()).split("=")[1] ?? "";
    const rows = await server.database.sql.unsafe("select row_to_json(sessions)::text as row from sessions");
    expect(JSON.stringify(rows)).toContain(hashToken(token));
    expect(JSON.stringify(rows)).not.toContain(token);
  });

  test("ends within a second when it is revoked elsewhere, its stream too", async () => {
    await using server = await startServer();
    const cookie = await server.signIn();
    const stream = await server.stream("/dashboard/events?channel=ana", { cookie });
    expect((await server.fetch("/dashboard", { cookie })).status).toBe(200);
    await server.database.sql.unsafe("update sessions set revoked_at = now()");
    server.advance(1_000);
    expect((await server.fetch("/dashboard", { cookie })).status).toBe(303);
    await stream.ended(1_600);
  });

  test("lives on while it is used, 30 days at a time, for a year", async () => {
    await using server = await startServer();
    const cookie = await server.signIn();
    for (let i = 0; i < 4; i++) {
      server.advance(20 * DAY_MS);
      expect((await server.fetch("/dashboard", { cookie })).status).toBe(200);
    }
    server.advance(31 * DAY_MS);
    expect((await server.fetch("/dashboard", { cookie })).status).toBe(303);
    const used = await server.signIn();
    const statuses: number[] = [];
    for (let day = 0; day < 375; day += 25) {
      server.advance(25 * DAY_MS);
      statuses.push((await server.fetch("/dashboard", { cookie: used })).status);
    }
    expect(statuses).toEqual([...Array(14).fill(200), 303]);
  });

  test("ends at once when its owner signs out", async () => {
    await using server = await startServer();
    const cookie = await server.signIn();
    const answer = await server.fetch("/signout", { method: "POST", cookie });
    expect(answer.headers.get("location")).toBe("/signin");
    expect(answer.headers.getSetCookie()[0]).toContain("Max-Age=0");
    expect((await server.fetch("/dashboard", { cookie })).status).toBe(303);
  });

  test("can be ended from the settings by whoever is signed in", async () => {
    await using server = await startServer();
    const [mine, other] = [await server.signIn(), await server.signIn()];
    const otherId = hashToken(other.split("=")[1] ?? "").slice(0, 16);
    const html = await (await server.fetch("/dashboard/settings", { cookie: mine })).text();
    expect(html).toContain(`/dashboard/sessions/${otherId}/revoke`);
    expect((await server.fetch(`/dashboard/sessions/${otherId}/revoke`, { method: "POST", cookie: mine })).status).toBe(303);
    expect((await server.fetch("/dashboard", { cookie: other })).status).toBe(303);
    expect((await server.fetch("/dashboard", { cookie: mine })).status).toBe(200);
    expect((await server.fetch("/dashboard/sessions/0000000000000000/revoke", { method: "POST", cookie: mine })).status).toBe(
      404,
    );
  });

  test("over https is never sent in the clear", async () => {
    await using server = await startServer({ publicUrl: "https://live.example" });
    const answer = await enter(server, await issue(server));
    expect(answer.headers.getSetCookie()[0]).toEndWith("HttpOnly; Secure");
  });

  test("sends htmx to the sign-in, and cuts a stream without one", async () => {
    await using server = await startServer();
    const answer = await server.fetch("/dashboard/channels/ana/part", { method: "POST", headers: { "hx-request": "true" } });
    expect([answer.status, answer.headers.get("hx-redirect")]).toEqual([401, "/signin"]);
    expect((await server.fetch("/dashboard/events?channel=ana")).status).toBe(401);
  });
});

describe("a program", () => {
  test("comes in by either header, and by nothing else", async () => {
    await using server = await startServer();
    const statusFor = async (headers: Record<string, string>, path = "/api/status") =>
      (await server.fetch(path, { headers })).status;
    const token = admin.bearer;
    expect(await statusFor({ "x-byte-admin-token": token })).toBe(200);
    expect(await statusFor({ authorization: `Bearer ${token}` })).toBe(200);
    const wrong: Record<string, string>[] = [
      {},
      { "x-byte-admin-token": "" },
      { "x-byte-admin-token": `${token}x` },
      { authorization: token },
      { authorization: "Bearer" },
      { authorization: `Basic ${btoa(`x:${token}`)}` },
      { cookie: `byte_session=${token}` },
    ];
    for (const headers of wrong) expect([headers, await statusFor(headers)]).toEqual([headers, 403]);
    expect(await statusFor({}, `/api/status?auth=${token}&token=${token}`)).toBe(403);
    const refusal = await server.fetch("/api/status");
    expect(await refusal.json()).toMatchObject({ ok: false, error: "forbidden" });
    expect(await statusFor({ authorization: `Bearer ${token}` }, "/dashboard")).toBe(303);
  });

  test("has no way in when no token is set", async () => {
    await using server = await startServer({ adminToken: null });
    for (const token of ["", "null", "undefined", "x"])
      expect((await server.fetch("/api/status", { bearer: token })).status).toBe(403);
    expect(isSameSecret("", "")).toBe(false);
  });

  test("gets a token of its own, shown once, kept as a hash, refused within a second of being revoked", async () => {
    await using server = await startServer();
    const cookie = await server.signIn();
    const made = await server.fetch("/dashboard/tokens", {
      method: "POST",
      cookie,
      body: new URLSearchParams({ name: "stream deck" }),
    });
    const token = /<code id="new-token">([\w-]{43})<\/code>/.exec(await made.text())?.[1] ?? "";
    expect((await server.fetch("/api/status", { bearer: token })).status).toBe(200);
    const page = await (await server.fetch("/dashboard/settings", { cookie })).text();
    expect(page).toContain("stream deck");
    expect(page).not.toContain(token);
    const rows = await server.database.sql.unsafe("select row_to_json(api_tokens)::text as row from api_tokens");
    expect(JSON.stringify(rows)).not.toContain(token);
    const action = /\/dashboard\/tokens\/[\w-]+\/revoke/.exec(page)?.[0] ?? "";
    await server.fetch(action, { method: "POST", cookie });
    expect((await server.fetch("/api/status", { bearer: token })).status).toBe(403);
    expect((await server.fetch(action, { method: "POST", cookie })).status).toBe(404);
    const unnamed = await server.fetch("/dashboard/tokens", { method: "POST", cookie, body: new URLSearchParams({ name: " " }) });
    expect(unnamed.status).toBe(422);
  });
});

test("F8: no secret reaches the log, and none but the HUD's own reaches a page", async () => {
  await using server = await startServer();
  const cookie = await server.signIn();
  const canary = "canary-secret-that-nobody-may-see";
  await addSession(
    server.database.db,
    { tokenHash: hashToken(canary), role: "owner", label: "c", expiresAt: new Date("2030-01-01") },
    server.deps.clock.now(),
  );
  const paths = [
    "/dashboard",
    "/dashboard/settings",
    "/api/status",
    `/dashboard/hud?token=${canary}`,
    `/nowhere?token=${canary}`,
    "/api/nowhere",
  ];
  let seen = "";
  for (const path of paths) {
    for (const credentials of [{ cookie }, { cookie: `byte_session=${canary}` }, { bearer: canary }, admin]) {
      seen += await (await server.fetch(path, credentials)).text();
    }
  }
  server.deps.status = () => {
    throw new Error(canary);
  };
  seen += await (await server.fetch(`/dashboard?x=${canary}`, { cookie })).text();
  for (const secret of [canary, admin.bearer, cookie.split("=")[1] ?? "?"]) {
    expect(server.logged.join("\n")).not.toContain(secret);
    expect(seen.replaceAll(`x=${canary}`, "")).not.toContain(secret);
  }
});
