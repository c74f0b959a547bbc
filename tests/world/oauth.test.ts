import { expect, test } from "bun:test";
import { ManualClock, startWorld, type World } from "../../src/world/index.ts";
import { DEFAULT_CLIENT, PUBLIC_CLIENT } from "../../src/world/tokens.ts";
import { helix, signIn } from "./support.ts";

interface Answer {
  access_token: string;
  refresh_token: string;
  scope: string[];
  expires_in: number;
  message: string;
  device_code: string;
  user_code: string;
  verification_uri: string;
}

const secret = DEFAULT_CLIENT.secret ?? "";
const post = async (world: World, path: string, form: Record<string, string>) => {
  const { status, json } = await signIn(world, path, form);
  return { status, json: json as Answer };
};
const refresh = (world: World, token: string, client = PUBLIC_CLIENT.clientId, more: Record<string, string> = {}) =>
  post(world, "/token", { grant_type: "refresh_token", client_id: client, refresh_token: token, ...more });
const validate = async (world: World, token: string) => {
  const response = await fetch(`${world.urls.id}/validate`, { headers: { authorization: `OAuth ${token}` } });
  return {
    status: response.status,
    json: (await response.json()) as { login?: string; scopes?: string[]; expires_in?: number; message?: string },
  };
};

test("the code flow: the page sends the code and the state back, the code works once and only with secret and redirect", async () => {
  await using world = await startWorld({ clock: new ManualClock() });
  const query = new URLSearchParams({
    response_type: "code",
    client_id: DEFAULT_CLIENT.clientId,
    redirect_uri: "http://localhost:1/back",
    scope: "chat:read chat:edit",
    state: "s1",
    login: "mira",
  });
  const page = await fetch(`${world.urls.id}/authorize?${query}`, { redirect: "manual" });
  const back = new URL(page.headers.get("location") ?? "");
  expect([page.status, back.origin + back.pathname, back.searchParams.get("state")]).toEqual([
    302,
    "http://localhost:1/back",
    "s1",
  ]);
  const form = {
    grant_type: "authorization_code",
    client_id: DEFAULT_CLIENT.clientId,
    client_secret: secret,
    code: back.searchParams.get("code") ?? "",
    redirect_uri: "http://localhost:1/back",
  };
  expect((await post(world, "/token", { ...form, client_secret: "wrong" })).status).toBe(403);
  expect((await post(world, "/token", { ...form, redirect_uri: "http://localhost:1/other" })).status).toBe(400);
  const got = await post(world, "/token", form);
  expect([got.status, got.json.scope]).toEqual([200, ["chat:read", "chat:edit"]]);
  expect((await post(world, "/token", form)).status).toBe(400);
  expect((await validate(world, got.json.access_token)).json).toMatchObject({
    login: "mira",
    scopes: ["chat:read", "chat:edit"],
    expires_in: 14_400,
  });
  const refused = await fetch(
    `${world.urls.id}/authorize?${new URLSearchParams({ response_type: "code", client_id: DEFAULT_CLIENT.clientId, redirect_uri: "http://localhost:1/back" })}`,
    { redirect: "manual" },
  );
  expect(refused.headers.get("location")).toContain("error=access_denied");
});

test("the device flow: pending until somebody enters the code on the page, then once the tokens", async () => {
  const clock = new ManualClock();
  await using world = await startWorld({ clock });
  const device = (await post(world, "/device", { client_id: PUBLIC_CLIENT.clientId, scopes: "chat:read user:read:chat" })).json;
  const poll = () => {
    clock.advance(5_000);
    return post(world, "/token", {
      grant_type: "urn:ietf:params:oauth:grant-type:device_code",
      client_id: PUBLIC_CLIENT.clientId,
      scopes: "chat:read user:read:chat",
      device_code: device.device_code,
    });
  };
  expect((await poll()).json).toEqual({ status: 400, message: "authorization_pending" } as never);
  const page = await (await fetch(device.verification_uri)).text();
  expect(page).toContain(device.user_code);
  const typed = await fetch(new URL("/activate", device.verification_uri), {
    method: "POST",
    body: new URLSearchParams({ user_code: device.user_code.toLowerCase(), user: "mira" }),
  });
  expect(await typed.text()).toContain("Done.");
  const got = await poll();
  expect([got.status, (await validate(world, got.json.access_token)).json.login]).toEqual([200, "mira"]);
  expect((await poll()).json.message).toBe("invalid device code");
});

test("a public client's refresh token works once, lives thirty days and needs no secret", async () => {
  const clock = new ManualClock();
  await using world = await startWorld({ clock });
  const grant = world.issueToken("mira", { clientId: PUBLIC_CLIENT.clientId, scopes: ["chat:read"] });
  const fresh = (await refresh(world, grant.refreshToken)).json;
  expect(fresh.refresh_token).not.toBe(grant.refreshToken);
  expect((await refresh(world, grant.refreshToken)).status).toBe(400);
  expect((await validate(world, fresh.access_token)).status).toBe(200);
  clock.advance(31 * 86_400_000);
  expect((await refresh(world, fresh.refresh_token)).json.message).toBe("Invalid refresh token");
});

test("with the strict switch a second use of a one-time token takes the whole family along", async () => {
  await using world = await startWorld({ limits: { refreshReuseRevokes: true } });
  const grant = world.issueToken("mira", { clientId: PUBLIC_CLIENT.clientId });
  const fresh = (await refresh(world, grant.refreshToken)).json;
  await refresh(world, grant.refreshToken);
  expect((await validate(world, fresh.access_token)).status).toBe(401);
  expect((await refresh(world, fresh.refresh_token)).status).toBe(400);
  expect(world.checks().map((each) => each.check)).toContain("refreshed_twice");
});

test("a confidential client keeps its refresh token, must show its secret, and may ask for less", async () => {
  await using world = await startWorld();
  const grant = world.issueToken("mira", { scopes: ["chat:read", "chat:edit"] });
  expect((await refresh(world, grant.refreshToken, DEFAULT_CLIENT.clientId)).status).toBe(403);
  const less = await refresh(world, grant.refreshToken, DEFAULT_CLIENT.clientId, { client_secret: secret, scope: "chat:read" });
  expect([less.json.refresh_token, less.json.scope]).toEqual([grant.refreshToken, ["chat:read"]]);
  expect(
    (await refresh(world, grant.refreshToken, DEFAULT_CLIENT.clientId, { client_secret: secret, scope: "bits:read" })).status,
  ).toBe(400);
});

test("access tokens end after four hours, app tokens have neither user nor refresh, revoking ends a token", async () => {
  const clock = new ManualClock();
  await using world = await startWorld({ clock });
  const grant = world.issueToken("mira");
  clock.advance(14_399_000);
  expect((await validate(world, grant.accessToken)).status).toBe(200);
  clock.advance(1_000);
  expect((await validate(world, grant.accessToken)).json).toEqual({ status: 401, message: "invalid access token" } as never);
  const app = await post(world, "/token", {
    grant_type: "client_credentials",
    client_id: DEFAULT_CLIENT.clientId,
    client_secret: secret,
  });
  expect([app.json.refresh_token, (await validate(world, app.json.access_token)).json.login]).toEqual([
    undefined as never,
    undefined,
  ]);
  const other = world.issueToken("mira");
  expect((await post(world, "/revoke", { client_id: "nobody", token: other.accessToken })).status).toBe(404);
  expect((await post(world, "/revoke", { client_id: DEFAULT_CLIENT.clientId, token: other.accessToken })).status).toBe(200);
  expect((await post(world, "/revoke", { client_id: DEFAULT_CLIENT.clientId, token: other.accessToken })).status).toBe(400);
  expect((await helix(world, other.accessToken, "GET", "/users")).status).toBe(401);
});

test("A1: a refresh is refused, unavailable, slow, or done with its answer lost", async () => {
  const clock = new ManualClock();
  await using world = await startWorld({ clock });
  const grant = world.issueToken("mira", { clientId: PUBLIC_CLIENT.clientId });
  world.faults.add({ kind: "A1.refresh_refused", with: { status: 401 } });
  world.faults.add({ kind: "A1.refresh_unavailable" });
  expect([(await refresh(world, grant.refreshToken)).status, (await refresh(world, grant.refreshToken)).status]).toEqual([
    401, 503,
  ]);
  world.faults.add({ kind: "A1.refresh_slow", with: { delayMs: 10_000 } });
  const slow = refresh(world, grant.refreshToken);
  await world.log.next((entry) => entry.what === "fault A1.refresh_slow");
  clock.advance(10_000);
  const fresh = (await slow).json;
  world.faults.add({ kind: "A1.refresh_answer_lost" });
  expect((await refresh(world, fresh.refresh_token)).json).toBeNull();
  expect((await refresh(world, fresh.refresh_token)).status).toBe(400);
});

test("A2: pending, slow_down, denied, expired, and polling too fast", async () => {
  const clock = new ManualClock();
  await using world = await startWorld({ clock });
  const start = async () => (await post(world, "/device", { client_id: PUBLIC_CLIENT.clientId, scopes: "" })).json;
  const poll = async (code: string) =>
    (
      await post(world, "/token", {
        grant_type: "urn:ietf:params:oauth:grant-type:device_code",
        client_id: PUBLIC_CLIENT.clientId,
        device_code: code,
      })
    ).json.message ?? "tokens";
  const device = await start();
  world.approveDevice(device.user_code, "mira");
  world.faults.add({ kind: "A2.pending", times: 2 });
  world.faults.add({ kind: "A2.slow_down" });
  const words: string[] = [];
  for (let i = 0; i < 4; i++) {
    clock.advance(5_000);
    words.push(await poll(device.device_code));
  }
  expect(words).toEqual(["slow_down", "authorization_pending", "authorization_pending", "tokens"]);
  const hasty = await start();
  await poll(hasty.device_code);
  expect(await poll(hasty.device_code)).toBe("slow_down");
  const denied = await start();
  world.denyDevice(denied.user_code, "mira");
  expect(await poll(denied.device_code)).toBe("access_denied");
  const expired = await start();
  clock.advance(1_800_000);
  expect(await poll(expired.device_code)).toBe("invalid device code");
  world.faults.add({ kind: "A2.denied" });
  expect(await poll((await start()).device_code)).toBe("access_denied");
  world.faults.add({ kind: "A2.expired" });
  expect(await poll((await start()).device_code)).toBe("invalid device code");
});

test("A3: a consent taken back while live, a validation that fails", async () => {
  await using world = await startWorld();
  const grant = world.issueToken("mira");
  world.faults.add({ kind: "A3.validate_fails" });
  expect([(await validate(world, grant.accessToken)).status, (await validate(world, grant.accessToken)).status]).toEqual([
    401, 200,
  ]);
  world.revokeConsent("mira");
  expect((await validate(world, grant.accessToken)).status).toBe(401);
  expect((await refresh(world, grant.refreshToken, DEFAULT_CLIENT.clientId, { client_secret: secret })).status).toBe(400);
});
