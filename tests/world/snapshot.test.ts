import { expect, test } from "bun:test";
import { ManualClock, startWorld, type World } from "../../src/world/index.ts";
import { PUBLIC_CLIENT } from "../../src/world/tokens.ts";
import { aIrc, EventSubClient, helix, settled, subscribe } from "./support.ts";

const aWorld = () => startWorld({ clock: new ManualClock(), control: true, limits: { ircPingMs: 86_400_000 } });

/** A world with something of every kind in it. Gives the bot's token. */
function furnish(world: World): string {
  world.addChannel("studio", { title: "Making things", game: "Glass Tower", mods: ["bot"], language: "pt" });
  world.addChannel("attic");
  const { accessToken } = world.issueToken("bot");
  world.issueToken("mira", { clientId: PUBLIC_CLIENT.clientId });
  const asked = world.say("studio", "mira", "how does it work?");
  world.say("studio", "noor", "with glue", { replyTo: asked });
  world.follow("studio", "mira");
  world.sub("studio", "noor", { months: 7 });
  world.timeout("studio", "olga", 600);
  world.goLive("studio", { viewers: 42 });
  world.muteAccount("bot");
  world.shareChat(["studio", "attic"]);
  return accessToken;
}

const post = async (world: World, path: string, body: unknown) => {
  const response = await fetch(`http://127.0.0.1:${world.port}/__control${path}`, { method: "POST", body: JSON.stringify(body) });
  return { status: response.status, json: (await response.json()) as Record<string, unknown> };
};

test("a snapshot taken from one world and put into another is the same snapshot there", async () => {
  await using one = await aWorld();
  furnish(one);
  const { json: snapshot } = await post(one, "/snapshot", {});
  await using two = await aWorld();
  two.addChannel("elsewhere");
  expect((await post(two, "/restore", snapshot)).status).toBe(200);
  expect((await post(two, "/snapshot", {})).json).toEqual(snapshot);
  expect(two.state.findChannel("elsewhere")).toBeNull();
  const replies = [...two.state.channel("studio").chat.values()].map((line) => line.reply?.parent.text ?? null);
  expect(replies).toEqual([null, "how does it work?"]);
  expect(two.chat.isMuted(two.state.user("bot").id)).toBe(true);
  expect(two.tokens.refresh.size).toBe(2);
});

test("what was done after a snapshot is undone by putting it back, done again it gives the same ids", async () => {
  await using world = await aWorld();
  furnish(world);
  const before = world.snapshot();
  const id = world.say("studio", "mira", "one more");
  world.unban("studio", "olga");
  world.goOffline("studio");
  world.limits.dupMs = 1;
  expect(world.snapshot()).not.toEqual(before);
  world.restore(before);
  expect(world.snapshot()).toEqual(before);
  expect(world.limits.dupMs).toBe(30_000);
  expect(world.say("studio", "mira", "one more")).toBe(id);
});

test("open sockets outlive a restore: they keep the rooms that exist, leave the others, and what was subscribed goes on", async () => {
  await using world = await aWorld();
  const token = furnish(world);
  const studio = world.state.channel("studio");
  const events = await EventSubClient.open(world.urls.eventsub);
  const botId = world.state.user("bot").id;
  await subscribe(world, events, token, "channel.chat.message", { broadcaster_user_id: studio.user.id, user_id: botId });
  const before = world.snapshot();
  world.addChannel("later");
  const wire = await aIrc(world, "justinfan7", ["studio", "later"]);

  const parted = wire.next((text) => text.includes(" PART #later"));
  world.restore(before);
  await parted;
  const event = events.next("notification");
  world.say("studio", "mira", "still here?");
  expect(await wire.next((text) => text.includes("PRIVMSG"))).toContain("PRIVMSG #studio :still here?");
  expect((await event).payload.event?.broadcaster_user_login).toBe("studio");
});

test("a subscription whose session is gone comes back as disconnected, and vanishes from the list a minute later", async () => {
  await using world = await aWorld();
  const token = furnish(world);
  const events = await EventSubClient.open(world.urls.eventsub);
  const channelId = world.state.channel("studio").user.id;
  await subscribe(world, events, token, "stream.online", { broadcaster_user_id: channelId });
  const snapshot = world.snapshot();
  const closed = world.log.after((entry) => entry.surface === "eventsub" && entry.what === "closed");
  events.wire.close();
  await closed;
  world.advance(120_000);
  world.restore(snapshot);
  const listed = async () => ((await helix(world, token, "GET", "/eventsub/subscriptions")).json as { data: object[] }).data;
  expect(await listed()).toMatchObject([{ type: "stream.online", status: "websocket_disconnected" }]);
  world.advance(60_000);
  expect(await listed()).toEqual([]);
});

test.each([
  ["nothing", null],
  ["another version", { version: 2 }],
  ["no users", { version: 1 }],
])("%s is refused, and nothing changes", async (_, snapshot) => {
  await using world = await aWorld();
  furnish(world);
  const before = world.snapshot();
  expect((await post(world, "/restore", snapshot)).status).toBe(400);
  expect(() => world.restore(snapshot)).toThrow();
  expect(world.snapshot()).toEqual(before);
});

test("a snapshot that names somebody it does not hold is refused, and nothing changes", async () => {
  await using world = await aWorld();
  furnish(world);
  const before = world.snapshot();
  const { users: _, ...rest } = before;
  expect((await post(world, "/restore", { ...rest, users: [] })).json.error).toContain("nobody with id");
  await settled(world);
  expect(world.snapshot()).toEqual(before);
});

test("seed begins all chance anew: the same seed and the same doings give the same ids", async () => {
  await using world = await aWorld();
  world.addChannel("studio");
  const course = async (seed: unknown) => {
    const { status } = await post(world, "/seed", { seed });
    return { status, said: world.say("studio", "mira", "hello"), token: world.issueToken("mira").accessToken };
  };
  const [one, two, other] = [await course(5), await course(5), await course(6)];
  expect(two).toEqual(one);
  expect(other.said).not.toBe(one.said);
  expect((await course("five")).status).toBe(400);
});
