import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { createTwitchAuth, REFRESH_DEADLINE_MS, type TwitchAuthOptions } from "../../src/adapters/twitch/oauth.ts";
import { kindOfRefusal } from "../../src/adapters/twitch/oauth-refusals.ts";
import { type AuthFailureKind, isPassing } from "../../src/domain/accounts.ts";
import type { AuthAnswer } from "../../src/ports-twitch.ts";
import { createLog } from "../../src/system.ts";
import type { FaultRule } from "../../src/world/faults.ts";
import { startWorld, type WorldOptions } from "../../src/world/index.ts";
import { DEFAULT_CLIENT, PUBLIC_CLIENT } from "../../src/world/tokens.ts";
import { MovableTime } from "../support/time.ts";
import { nobodysUrl, scriptedServer } from "./scripted-server.ts";

const SECRET = DEFAULT_CLIENT.secret ?? "";
const SCOPES = ["chat:read", "user:read:chat"];
const BOGUS = "nosuchtoken0000000000000000000000000";
const CONFIDENTIAL = { clientId: DEFAULT_CLIENT.clientId, clientSecret: SECRET };

/** A world and our client of its sign-in host, on one clock; a public client unless told otherwise. */
async function aHost(options: WorldOptions = {}) {
  const time = new MovableTime();
  const world = await startWorld({ clock: time, ...options });
  const lines: string[] = [];
  const log = createLog("info", time, (line) => void lines.push(line));
  const auth = (over: Partial<TwitchAuthOptions> = {}) =>
    createTwitchAuth({ url: world.urls.id, clientId: PUBLIC_CLIENT.clientId, clientSecret: null, time, log, ...over });
  /** How many requests reached this endpoint. */
  const asked = (what: string) => world.log.list("id", what).filter((entry) => entry.way === "in").length;
  const fail = (rule: FaultRule) => world.faults.add(rule);
  return { world, time, lines, auth, asked, fail };
}

const failureOf = (answer: AuthAnswer<unknown>): AuthFailureKind | "none" => (answer.ok ? "none" : answer.failure);

function got<T>(answer: AuthAnswer<T>): T {
  if (!answer.ok) throw new Error(`refused: ${answer.failure}`);
  return answer.value;
}

describe("what Twitch gives", () => {
  test("a validation tells whose the token is, what it may do and how long; an app token is nobody's", async () => {
    const { world, time, auth } = await aHost();
    await using _ = world;
    const grant = world.issueToken("Mira", { clientId: PUBLIC_CLIENT.clientId, scopes: SCOPES });
    time.advance(400_000);
    const { expiresInS, ...info } = got(await auth().validate(grant.accessToken));
    expect(info).toEqual({ clientId: PUBLIC_CLIENT.clientId, login: "mira", userId: grant.userId, scopes: SCOPES });
    expect(expiresInS).toBeWithin(13_990, 14_001);
    const app = got(await auth(CONFIDENTIAL).appToken());
    expect({ ...app, accessToken: "" }).toEqual({ accessToken: "", refreshToken: null, scopes: [], expiresInS: 5_000_000 });
    expect(got(await auth().validate(app.accessToken))).toMatchObject({ login: null, userId: null, scopes: [] });
    expect(world.checks()).toEqual([]);
  });

  test("a token can be validated without any client of ours", async () => {
    const { world, auth } = await aHost();
    await using _ = world;
    const grant = world.issueToken("mira");
    const noClient = auth({ clientId: null });
    expect(got(await noClient.validate(grant.accessToken))).toMatchObject({
      login: "mira",
      clientId: DEFAULT_CLIENT.clientId,
    });
  });

  test("the device flow: code, waiting, then tokens of who agreed, which validate and refresh", async () => {
    const { world, time, auth } = await aHost();
    await using _ = world;
    const host = auth();
    const device = got(await host.startDevice(SCOPES));
    expect(device).toMatchObject({ expiresInS: 1_800, intervalS: 5 });
    expect(device.verificationUrl).toContain(device.userCode);
    expect(failureOf(await host.pollDevice(device.deviceCode, SCOPES))).toBe("pending");
    time.advance(5_000);
    world.approveDevice(device.userCode, "mira");
    const pair = got(await host.pollDevice(device.deviceCode, SCOPES));
    expect(pair).toMatchObject({ scopes: SCOPES, expiresInS: 14_400 });
    const next = got(await host.refresh(pair.refreshToken ?? ""));
    expect(next.refreshToken).not.toBe(pair.refreshToken);
    expect(got(await host.validate(next.accessToken))).toMatchObject({ login: "mira", scopes: SCOPES });
    expect(world.checks()).toEqual([]);
  });

  test("a confidential client refreshes with its secret and keeps its refresh token", async () => {
    const { world, auth } = await aHost();
    await using _ = world;
    const grant = world.issueToken("mira", { scopes: SCOPES });
    const pair = got(await auth(CONFIDENTIAL).refresh(grant.refreshToken));
    expect(pair).toMatchObject({ refreshToken: grant.refreshToken, scopes: SCOPES });
    expect(pair.accessToken).not.toBe(grant.accessToken);
  });

  test("a token is revoked, is refused from then on, and to revoke it again is no failure; somebody else's client may not", async () => {
    const { world, auth } = await aHost();
    await using _ = world;
    const { accessToken } = world.issueToken("mira", { clientId: PUBLIC_CLIENT.clientId });
    expect(await auth({ clientId: null }).revoke(accessToken)).toBe(false);
    expect(await auth({ clientId: "nobody" }).revoke(accessToken)).toBe(false);
    expect(await auth().revoke(accessToken)).toBe(true);
    expect(failureOf(await auth().validate(accessToken))).toBe("token_refused");
    expect(await auth().revoke(accessToken)).toBe(true);
  });
});

describe("F7: what went wrong is told apart", () => {
  test("twelve induced errors are twelve different kinds", async () => {
    const { world, time, auth, fail } = await aHost();
    await using _ = world;
    const grant = world.issueToken("mira", { scopes: SCOPES });
    const host = auth();
    const told: Record<string, AuthFailureKind | "none"> = {
      "no client id": failureOf(await auth({ clientId: null }).startDevice(SCOPES)),
      "a client id that Twitch does not know": failureOf(await auth({ clientId: "nobody" }).startDevice(SCOPES)),
      "no secret": failureOf(await auth({ clientId: DEFAULT_CLIENT.clientId }).refresh(grant.refreshToken)),
      "a wrong secret": failureOf(await auth({ ...CONFIDENTIAL, clientSecret: "wrong" }).refresh(grant.refreshToken)),
      "a token that died": failureOf(await host.refresh(BOGUS)),
    };

    fail({ kind: "A1.refused", with: { status: 400, message: "Parameter redirect_uri does not match registered URI" } });
    told["a wrong redirect"] = failureOf(await host.startDevice(SCOPES));
    fail({ kind: "A1.refused", match: { path: "/device" }, with: { status: 400, message: "invalid scope requested: 'x'" } });
    told["a scope that is not given"] = failureOf(await host.startDevice(["x"]));

    const refusedOne = got(await host.startDevice(SCOPES));
    told["nobody has agreed yet"] = failureOf(await host.pollDevice(refusedOne.deviceCode, SCOPES));
    told["asked too fast"] = failureOf(await host.pollDevice(refusedOne.deviceCode, SCOPES));
    world.denyDevice(refusedOne.userCode, "mira");
    time.advance(5_000);
    told["the person refused"] = failureOf(await host.pollDevice(refusedOne.deviceCode, SCOPES));
    const late = got(await host.startDevice(SCOPES));
    time.advance(1_801_000);
    told["the code is too old"] = failureOf(await host.pollDevice(late.deviceCode, SCOPES));
    fail({ kind: "N2.skewed_date" });
    told["our clock is wrong"] = failureOf(await host.validate(grant.accessToken));

    expect(told).toEqual({
      "no client id": "client_missing",
      "a client id that Twitch does not know": "client_unknown",
      "no secret": "secret_missing",
      "a wrong secret": "secret_wrong",
      "a token that died": "token_refused",
      "a wrong redirect": "redirect_wrong",
      "a scope that is not given": "scope_refused",
      "nobody has agreed yet": "pending",
      "asked too fast": "slow_down",
      "the person refused": "denied",
      "the code is too old": "code_expired",
      "our clock is wrong": "clock_skew",
    });
    expect(new Set(Object.values(told)).size).toBe(12);
    // The one poll that was too fast is what this test induced.
    expect(world.checks().map((each) => each.check)).toEqual(["device_polled_fast"]);
  });

  test.each<[string, AuthFailureKind, number, string, boolean]>([
    ["the older text for a client", "client_unknown", 400, "invalid client", false],
    ["a client that revoke does not know", "client_unknown", 404, "client does not exist", false],
    ["no client id at all", "client_unknown", 400, "missing client id", false],
    ["the text for no secret", "secret_missing", 400, "missing client secret", false],
    ["403 without a text that we know, and we have no secret", "secret_missing", 403, "Forbidden", false],
    ["403 without a text that we know, and we have one", "secret_wrong", 403, "Forbidden", true],
    ["a wrong secret, in capitals", "secret_wrong", 403, "Invalid Client Secret", true],
    ["the older text for a redirect", "redirect_wrong", 400, "redirect_mismatch", false],
    ["RFC 6749's word for a refusal", "denied", 400, "access_denied", false],
    ["a refresh refused with 401", "token_refused", 401, "Invalid refresh token", false],
    ["a refresh refused with a text that is new", "token_refused", 400, "This is new.", false],
    ["a refresh refused without a text", "token_refused", 401, "", false],
    ["a status that is new", "garbled", 418, "This is new.", false],
    ["too many requests", "unavailable", 429, "Invalid refresh token", false],
    ["a server error, whatever it says", "unavailable", 500, "Invalid refresh token", false],
  ])("%s", (_, kind, status, message, hasSecret) => {
    expect(kindOfRefusal({ call: "refresh", status, message, hasSecret })).toBe(kind);
  });

  test("a text that nobody knows ends no device code and no app token by itself", () => {
    fc.assert(
      fc.property(fc.constantFrom("device", "poll", "app" as const), fc.constantFrom(400, 401, 404, 409, 422), (call, status) => {
        expect(isPassing(kindOfRefusal({ call: call as "poll", status, message: "This is new.", hasSecret: true }))).toBe(true);
      }),
    );
  });

  test("an app token needs a secret: without one nothing is asked", async () => {
    const { world, auth, asked } = await aHost();
    await using _ = world;
    expect(failureOf(await auth({ clientId: DEFAULT_CLIENT.clientId }).appToken())).toBe("secret_missing");
    expect(failureOf(await auth({ clientId: null, clientSecret: SECRET }).appToken())).toBe("client_missing");
    expect(asked("POST /token")).toBe(0);
    expect(failureOf(await auth({ ...CONFIDENTIAL, clientSecret: "wrong" }).appToken())).toBe("secret_wrong");
  });
});

describe("A1, N1, N2: an outage passes, is asked once, and ends nothing", () => {
  test.each<[string, FaultRule, AuthFailureKind, number | null]>([
    ["503", { kind: "A1.refresh_unavailable" }, "unavailable", 503],
    ["429", { kind: "A1.refused", with: { status: 429, message: "too many" } }, "unavailable", 429],
    ["the answer is lost", { kind: "A1.refresh_answer_lost" }, "unavailable", null],
    ["the answer breaks off", { kind: "N2.reset" }, "unavailable", null],
    ["a page of a proxy, 502", { kind: "N2.html" }, "unavailable", 502],
    ["nothing at all, 200", { kind: "N2.empty" }, "garbled", 200],
    ["half of the JSON", { kind: "N2.truncated" }, "garbled", 200],
    ["refused for good", { kind: "A1.refresh_refused" }, "token_refused", 400],
    ["refused for good with 401", { kind: "A1.refresh_refused", with: { status: 401 } }, "token_refused", 401],
  ])("a refresh: %s", async (_, rule, failure, status) => {
    const { world, auth, asked, fail } = await aHost();
    await using _world = world;
    fail(rule);
    const { refreshToken } = world.issueToken("mira", { clientId: PUBLIC_CLIENT.clientId });
    expect(await auth().refresh(refreshToken)).toEqual({ ok: false, failure, status, skewMs: null });
    expect(asked("POST /token")).toBe(1);
    expect(world.checks()).toEqual([]);
  });

  test("A3: a validation that fails says that the token is refused", async () => {
    const { world, auth, fail } = await aHost();
    await using _ = world;
    fail({ kind: "A3.validate_fails" });
    const { accessToken } = world.issueToken("mira");
    expect(await auth().validate(accessToken)).toEqual({ ok: false, failure: "token_refused", status: 401, skewMs: null });
    expect(failureOf(await auth().validate(accessToken))).toBe("none");
  });

  test.each<FaultRule>([
    { kind: "N1.blackhole" },
    { kind: "A1.refresh_slow", with: { delayMs: 60_000 } },
    { kind: "N2.throttle", with: { everyMs: 5_000, pieces: 10 } },
  ])("an answer that does not come in time: $kind", async (rule) => {
    const { world, time, auth, fail } = await aHost();
    await using _ = world;
    fail(rule);
    const { refreshToken } = world.issueToken("mira", { clientId: PUBLIC_CLIENT.clientId });
    const struck = world.log.next((entry) => entry.what === `fault ${rule.kind}`);
    const answer = auth().refresh(refreshToken);
    await struck;
    time.advance(REFRESH_DEADLINE_MS);
    expect(await answer).toEqual({ ok: false, failure: "unavailable", status: null, skewMs: null });
  });

  test("nobody is there", async () => {
    const { world, auth } = await aHost();
    await using _ = world;
    const host = auth({ url: await nobodysUrl() });
    expect(failureOf(await host.validate(BOGUS))).toBe("unavailable");
    expect(await host.revoke(BOGUS)).toBe(false);
  });

  test.each<[string, () => Response]>([
    ["a page with 401", () => new Response("<html>Sign in to the hotel's network</html>", { status: 401 })],
    ["a page with 403", () => new Response("<html>Forbidden</html>", { status: 403 })],
    ["a redirect, which is not followed", () => Response.redirect("http://127.0.0.1:1/elsewhere", 307)],
    ["more than can be an answer", () => new Response(`"${"x".repeat(70_000)}"`)],
    ["a token that cannot stand in a header", () => Response.json({ access_token: "a\nb", refresh_token: "c", expires_in: 1 })],
  ])("what is not Twitch's word ends no account: %s", async (_, answer) => {
    const { world, auth } = await aHost();
    await using _world = world;
    using server = scriptedServer(answer);
    const host = auth({ url: server.url });
    expect(failureOf(await host.refresh(BOGUS))).toBe("garbled");
    expect(failureOf(await host.validate(BOGUS))).toBe("garbled");
    expect(server.requests).toHaveLength(2);
  });
});

describe("what is odd in an answer", () => {
  test("a new token is taken also when everything beside it is odd, for it is the only copy", async () => {
    const { world, auth } = await aHost();
    await using _ = world;
    using server = scriptedServer(() =>
      Response.json({ access_token: "new", refresh_token: 7, scope: 5, expires_in: "soon", x: 1 }),
    );
    expect(got(await auth({ url: server.url }).refresh("old"))).toEqual({
      accessToken: "new",
      refreshToken: "old",
      scopes: [],
      expiresInS: 3_600,
    });
  });

  test("F15: numbers as text, ids as numbers, scopes as one text and fields that are new are understood", async () => {
    const { world, auth } = await aHost();
    await using _ = world;
    using server = scriptedServer((request) =>
      request.url.endsWith("/validate")
        ? Response.json({ client_id: "c", login: "Mira", user_id: 1001, scopes: "a b", expires_in: "60", new_field: {} })
        : Response.json({
            device_code: "d",
            user_code: "U",
            verification_uri: "https://t.example/a",
            expires_in: 60,
            interval: 0,
          }),
    );
    const host = auth({ url: server.url });
    expect(got(await host.validate("t"))).toEqual({
      clientId: "c",
      login: "mira",
      userId: "1001",
      scopes: ["a", "b"],
      expiresInS: 60,
    });
    expect(got(await host.startDevice([]))).toMatchObject({ intervalS: 5 });
  });

  test("a life below zero or beyond all dates, and an address that is no web address, are not believed", async () => {
    const { world, auth } = await aHost();
    await using _ = world;
    const bodies = [
      { client_id: "c", expires_in: -5 },
      { client_id: "c", expires_in: 1e300 },
      { device_code: "d", user_code: "U", verification_uri: "javascript:alert(1)", expires_in: 60 },
    ];
    using server = scriptedServer(() => Response.json(bodies.shift()));
    const host = auth({ url: server.url });
    const told = [await host.validate("t"), await host.validate("t"), await host.startDevice([])].map(failureOf);
    expect(told).toEqual(["garbled", "garbled", "garbled"]);
  });

  test("whatever comes, with whatever status, is an answer and never thrown", async () => {
    const { world, auth } = await aHost();
    await using _ = world;
    const next = { body: "", status: 200 };
    using server = scriptedServer(() => new Response(next.body, { status: next.status }));
    const host = auth({ url: server.url });
    const body = fc.oneof(fc.json(), fc.string(), fc.constantFrom("null", "[]", '{"message":{}}', '{"access_token":null}'));
    await fc.assert(
      fc.asyncProperty(body, fc.constantFrom(200, 201, 302, 400, 401, 403, 404, 429, 500), async (text, status) => {
        Object.assign(next, { body: text, status });
        for (const answer of [
          await host.validate("t"),
          await host.refresh("r"),
          await host.startDevice([]),
          await host.pollDevice("d", []),
        ])
          if (!answer.ok) expect(answer.skewMs).toBeNull();
        expect(typeof (await host.revoke("t"))).toBe("boolean");
      }),
      { numRuns: 60 },
    );
  });
});

describe("F7: a wrong clock", () => {
  test.each([
    ["an hour behind", 3_600_000],
    ["ten minutes ahead", -600_000],
  ])("ours is %s: a good token's validation says so, and by how much; a refresh works all the same", async (_, skewMs) => {
    const { world, auth, lines, fail } = await aHost();
    await using _world = world;
    fail({ kind: "N2.skewed_date", with: { skewMs }, times: 3 });
    const grant = world.issueToken("mira", { clientId: PUBLIC_CLIENT.clientId });
    const host = auth();
    expect(host.skewMs()).toBeNull();
    const answer = await host.validate(grant.accessToken);
    expect(answer).toMatchObject({ ok: false, failure: "clock_skew", status: 200 });
    expect(Math.abs((answer.ok ? 0 : (answer.skewMs ?? 0)) - skewMs)).toBeLessThan(5_000);
    expect(Math.abs((host.skewMs() ?? 0) - skewMs)).toBeLessThan(5_000);
    const fresh = got(await host.refresh(grant.refreshToken));
    expect(failureOf(await host.validate(fresh.accessToken))).toBe("clock_skew");
    expect(failureOf(await host.validate(fresh.accessToken))).toBe("none");
    expect(lines.map((line) => JSON.parse(line).event)).toEqual(["clock_wrong", "clock_right"]);
  });

  test("a world with a clock of its own is seen by its date", async () => {
    const { world, auth } = await aHost({ clock: { now: () => new Date("2020-01-01T00:00:00Z"), after: () => () => {} } });
    await using _ = world;
    expect(failureOf(await auth().validate(world.issueToken("mira").accessToken))).toBe("clock_skew");
  });

  test("four minutes are no matter; a refused token is refused whatever our clock says", async () => {
    const { world, auth, fail } = await aHost();
    await using _ = world;
    const host = auth();
    fail({ kind: "N2.skewed_date", with: { skewMs: 240_000 } });
    expect(failureOf(await host.validate(world.issueToken("mira").accessToken))).toBe("none");
    fail({ kind: "N2.skewed_date", times: 2 });
    expect(await host.validate(BOGUS)).toEqual({ ok: false, failure: "token_refused", status: 401, skewMs: null });
    expect(failureOf(await host.refresh(BOGUS))).toBe("token_refused");
  });
});

test("F8: no token, code or secret stands in an address, in our log or in a failure, not even when Twitch repeats it", async () => {
  const { world, time, lines, auth } = await aHost();
  await using _ = world;
  // Everything goes through a server that sees the addresses, and on to the world.
  using between = scriptedServer((request, body) => {
    const at = new URL(request.url);
    const headers = new Headers(request.headers);
    headers.delete("host");
    return fetch(`${world.urls.id}${at.pathname}${at.search}`, {
      method: request.method,
      headers,
      ...(request.method === "POST" ? { body } : {}),
    });
  });
  const grant = world.issueToken("mira", { scopes: SCOPES });
  const host = auth({ url: between.url, ...CONFIDENTIAL });
  const device = got(await host.startDevice(SCOPES));
  world.approveDevice(device.userCode, "mira");
  const pair = got(await host.pollDevice(device.deviceCode, SCOPES));
  const app = got(await host.appToken());
  await host.refresh(grant.refreshToken);
  await host.validate(pair.accessToken);
  await host.revoke(app.accessToken);
  time.advance(10_000);
  const secrets = [
    SECRET,
    grant.accessToken,
    grant.refreshToken,
    device.deviceCode,
    pair.accessToken,
    pair.refreshToken,
    app.accessToken,
  ];
  world.faults.add({
    kind: "A1.refused",
    with: { status: 400, message: `Invalid refresh token ${grant.refreshToken}\n${SECRET}` },
  });
  const refused = await host.refresh(grant.refreshToken);

  expect(between.requests.map(({ url }) => url.pathname + url.search)).toEqual([
    "/device",
    "/token",
    "/token",
    "/token",
    "/validate",
    "/revoke",
    "/token",
  ]);
  expect(world.log.entries().filter((entry) => entry.fields.secretInUrl === true)).toEqual([]);
  const told = lines.join("") + JSON.stringify(refused);
  expect(told).toContain("twitch_auth_refused");
  for (const secret of secrets) expect(told).not.toContain(secret ?? "");
  expect(world.checks()).toEqual([]);
});
