import { expect, test } from "bun:test";
import { ManualClock, startDirector, startWorld } from "../../src/world/index.ts";
import { aIrc, EventSubClient, helix, subscribe } from "./support.ts";

/** A course of events over real sockets, each step awaited; gives the log. */
async function course(seed: number): Promise<string> {
  const clock = new ManualClock();
  await using world = await startWorld({ seed, clock, limits: { esPingMs: 86_400_000, ircPingMs: 86_400_000 } });
  const channel = world.addChannel("studio", { mods: ["bot"] });
  const grant = world.issueToken("bot");
  const wire = await aIrc(world, "bot", ["studio"]);
  const client = await EventSubClient.open(world.urls.eventsub);
  await subscribe(world, client, grant.accessToken, "channel.chat.message", {
    broadcaster_user_id: channel.user.id,
    user_id: grant.userId,
  });
  world.faults.add({ kind: "I3.duplicate", p: 0.5, times: 100 });
  const director = startDirector(world, { channels: [{ login: "studio", title: "t", game: "Glass Tower", language: "en" }] });
  for (let i = 0; i < 60; i++) clock.advance(1_000);
  director.stop();
  wire.send("PRIVMSG #studio :hello");
  await world.log.next((entry) => entry.what === "accepted");
  await helix(world, grant.accessToken, "GET", "/users?login=studio");
  return world.log.text();
}

test("the same seed and the same course give a log that is equal byte for byte; another seed another", async () => {
  const [one, two, other] = [await course(5), await course(5), await course(6)];
  expect(one.split("\n").length).toBeGreaterThan(60);
  expect(two).toBe(one);
  expect(other).not.toBe(one);
});

test("ids are stable text, derived from the login and the seed", async () => {
  await using one = await startWorld({ seed: 1 });
  await using two = await startWorld({ seed: 1 });
  two.addChannel("somebody_else");
  expect(one.addChannel("studio").user.id).toBe(two.addChannel("studio").user.id);
  expect(one.state.user("mira").id).toMatch(/^\d{8,9}$/);
});
