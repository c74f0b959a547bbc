import { expect, test } from "bun:test";
import { startWorld } from "../../src/world/index.ts";
import { aIrc, helix, settled, Wire } from "./support.ts";

const users = (port: number) => fetch(`http://127.0.0.1:${port}/v1/models`);

test("N1: a world that is shut refuses new connections and keeps the open ones, on the same port", async () => {
  await using world = await startWorld();
  world.addChannel("studio");
  const wire = await aIrc(world, "justinfan1", ["studio"]);
  const { port } = world;
  world.host.shut();
  await expect(users(port)).rejects.toThrow();
  world.say("studio", "mira", "still here");
  await wire.next((text) => text.includes("still here"));
  world.host.open();
  expect([world.port, (await users(port)).status]).toEqual([port, 200]);
});

test("N1: a black hole takes the request and never answers", async () => {
  await using world = await startWorld();
  const token = world.issueToken("bot").accessToken;
  world.faults.add({ kind: "N1.blackhole", match: { path: "/users" } });
  const abort = new AbortController();
  const struck = world.log.after((entry) => entry.what === "fault N1.blackhole");
  const call = fetch(`${world.urls.helix}/users`, { headers: { authorization: `Bearer ${token}` }, signal: abort.signal }).catch(
    () => "nothing",
  );
  await struck;
  abort.abort();
  expect(await call).toBe("nothing");
  expect((await helix(world, token, "GET", "/users")).status).toBe(200);
});

test("N1: through the relay a connection is refused, reset, or cut in the middle of a frame", async () => {
  await using world = await startWorld();
  world.addChannel("studio");
  const relay = world.relay();
  const at = `ws://127.0.0.1:${relay.port}/irc`;
  const join = async (nick: string) => {
    const wire = await new Wire(at, "irc").opened();
    wire.send("CAP REQ :twitch.tv/tags twitch.tv/commands", `NICK ${nick}`, "JOIN #studio");
    await world.joined("studio", nick);
    await wire.next((text) => text.includes("ROOMSTATE"));
    return wire;
  };
  const one = await join("justinfan1");
  relay.reset();
  expect((await one.closed).code).toBe(1006);
  relay.refuse();
  await expect(users(relay.port)).rejects.toThrow();
  relay.open();
  const two = await join("justinfan2");
  relay.weather.cutAfterBytes = 1_200;
  world.say("studio", "mira", "x".repeat(2_000));
  expect((await two.closed).code).toBe(1006);
  expect(two.lines.some((line) => line.includes("xxxx"))).toBe(false);
});

test("N1: through the relay a link can be half open, and thaw again with nothing lost", async () => {
  await using world = await startWorld();
  world.addChannel("studio");
  const relay = world.relay();
  const wire = await new Wire(`ws://127.0.0.1:${relay.port}/irc`, "irc").opened();
  wire.send("NICK justinfan1", "JOIN #studio");
  await world.joined("studio", "justinfan1");
  relay.weather.isFrozen = true;
  for (let i = 0; i < 5; i++) world.say("studio", "mira", `held ${i}`);
  await settled(world);
  expect(wire.lines.some((line) => line.includes("held"))).toBe(false);
  expect(wire.isOpen).toBe(true);
  relay.thaw();
  await wire.next((text) => text.includes("held 4"));
  expect(wire.lines.filter((line) => line.includes("held"))).toHaveLength(5);
  relay.weather.isBlackHole = true;
  const abort = new AbortController();
  const silent = fetch(`http://127.0.0.1:${relay.port}/v1/models`, { signal: abort.signal }).catch(() => "nothing");
  await settled(world);
  abort.abort();
  expect(await silent).toBe("nothing");
});

test("N2: answers come late, slowly, half, as an HTML page, empty, or break off", async () => {
  await using world = await startWorld();
  const token = world.issueToken("bot").accessToken;
  const get = async () => {
    const response = await fetch(`${world.urls.helix}/users`, {
      headers: { authorization: `Bearer ${token}`, "client-id": world.tokens.access.get(token)?.clientId ?? "" },
    });
    return { status: response.status, text: await response.text().catch(() => "BROKEN") };
  };
  const good = await get();
  world.faults.add({ kind: "N2.html" });
  expect(await get()).toEqual({ status: 502, text: expect.stringContaining("<html>") as never });
  world.faults.add({ kind: "N2.empty" });
  expect(await get()).toEqual({ status: 200, text: "" });
  world.faults.add({ kind: "N2.truncated" });
  expect(good.text.startsWith((await get()).text)).toBe(true);
  world.faults.add({ kind: "N2.reset" });
  expect((await get()).text).toBe("BROKEN");
  world.faults.add({ kind: "N2.latency", with: { delayMs: 60 } });
  const startedMs = performance.now();
  expect(await get()).toEqual(good);
  expect(performance.now() - startedMs).toBeGreaterThan(55);
  world.faults.add({ kind: "N2.throttle", with: { everyMs: 5, pieces: 8 } });
  expect(await get()).toEqual(good);
});
