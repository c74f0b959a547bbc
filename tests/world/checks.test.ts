import { expect, test } from "bun:test";
import { ManualClock, startWorld, type World, type WorldOptions } from "../../src/world/index.ts";
import { PUBLIC_CLIENT } from "../../src/world/tokens.ts";
import { aIrc, EventSubClient, helix, signIn, Wire } from "./support.ts";

const checksOf = (world: World): string[] => world.checks().map((each) => each.check);
const aWorld = (options: WorldOptions = {}) =>
  startWorld({ clock: new ManualClock(), limits: { ircPingMs: 86_400_000 }, ...options });

test("a client that keeps the rules leaves nothing to find", async () => {
  await using world = await aWorld();
  world.addChannel("studio");
  const wire = await aIrc(world, "bot", ["studio"]);
  const { accessToken } = world.issueToken("bot");
  const validate = () => fetch(`${world.urls.id}/validate`, { headers: { authorization: `OAuth ${accessToken}` } });
  await validate();
  for (let hour = 0; hour < 3; hour++) {
    world.advance(3_600_000);
    await validate();
    wire.send(`PRIVMSG #studio :hour ${hour}`);
    await world.log.next((entry) => entry.what === "PRIVMSG" && entry.fields.text === `hour ${hour}`);
  }
  expect(world.checks()).toEqual([]);
});

test("a stay without validation at the start, or with a gap of more than an hour, is found", async () => {
  await using world = await aWorld();
  await aIrc(world, "bot");
  world.advance(4 * 60_000);
  expect(checksOf(world)).toEqual([]);
  world.advance(2 * 60_000);
  expect(checksOf(world)).toEqual(["validate_hourly"]);
  await fetch(`${world.urls.id}/validate`, { headers: { authorization: `OAuth ${world.issueToken("bot").accessToken}` } });
  world.advance(66 * 60_000);
  expect(checksOf(world)).toEqual(["validate_hourly", "validate_hourly"]);
});

test("eleven connects within a minute are a storm", async () => {
  await using world = await aWorld();
  for (let i = 0; i < 11; i++) (await aIrc(world, "justinfan1")).close();
  expect(checksOf(world)).toEqual(["reconnect_storm"]);
});

test("EventSub: eleven connects of the client's own within a minute are a storm, moves that Twitch asked for are not", async () => {
  await using world = await aWorld({ limits: { esUnusedMs: 86_400_000 } });
  let client = await EventSubClient.open(world.urls.eventsub);
  for (let move = 0; move < 11; move++) {
    world.reconnectEventSub();
    const next = (await client.next("session_reconnect")).payload.session?.reconnect_url ?? "";
    const moved = await EventSubClient.open(next);
    client.wire.close();
    await client.wire.closed;
    client = moved;
  }
  expect(checksOf(world)).toEqual([]);
  for (let connect = 0; connect < 10; connect++) await EventSubClient.open(world.urls.eventsub);
  expect(checksOf(world)).toEqual(["reconnect_storm"]);
});

test("a session that is closed as unused is found; one that a fault closed with that code is not", async () => {
  await using world = await aWorld({ limits: { esPingMs: 86_400_000 } });
  const broken = await EventSubClient.open(world.urls.eventsub);
  world.closeEventSub(4003);
  await broken.wire.closed;
  expect(checksOf(world)).toEqual([]);
  const idle = await EventSubClient.open(world.urls.eventsub);
  world.advance(10_000);
  await idle.wire.closed;
  expect(checksOf(world)).toEqual(["eventsub_unused"]);
});

test("a refused token tried again within half a minute is found, after it is not", async () => {
  await using world = await aWorld();
  world.state.user("bot");
  const attempt = async () => {
    const wire = await new Wire(world.urls.irc).opened();
    wire.send("PASS oauth:dead", "NICK bot");
    await wire.closed;
  };
  await attempt();
  world.advance(30_000);
  await attempt();
  expect(checksOf(world)).toEqual([]);
  world.advance(29_999);
  await attempt();
  expect(checksOf(world)).toEqual(["revoked_token_used"]);
});

test("a token in a URL, a revoked token used on, a one-time token used twice are found", async () => {
  await using world = await aWorld();
  const grant = world.issueToken("bot", { clientId: PUBLIC_CLIENT.clientId });
  await helix(world, "none", "GET", `/users?access_token=${grant.accessToken}`);
  expect(checksOf(world)).toEqual(["token_in_url"]);
  for (let i = 0; i < 2; i++)
    await signIn(world, "/token", {
      grant_type: "refresh_token",
      client_id: PUBLIC_CLIENT.clientId,
      refresh_token: grant.refreshToken,
    });
  expect(checksOf(world)).toEqual(["token_in_url", "refreshed_twice"]);
  const other = world.issueToken("mira");
  world.revokeConsent("mira");
  await helix(world, other.accessToken, "GET", "/users");
  expect(checksOf(world)).toHaveLength(2);
  await helix(world, other.accessToken, "GET", "/users");
  expect(checksOf(world)).toEqual(["token_in_url", "refreshed_twice", "revoked_token_used"]);
});

test("secrets never stand in the log", async () => {
  await using world = await aWorld();
  const grant = world.issueToken("bot");
  await aIrc(world, "bot");
  await helix(world, grant.accessToken, "GET", "/users");
  await signIn(world, "/token", { grant_type: "refresh_token", client_id: grant.clientId, refresh_token: grant.refreshToken });
  expect(world.log.text()).toContain('"token":"t1"');
  expect(world.tokens.isIn(world.log.text())).toBe(false);
});
