import { expect, test } from "bun:test";
import { listChannels } from "../../src/store/channels.ts";
import { aWorld, BOT, nextBody, sentTexts, startApp } from "../support/app.ts";

const logins = async (app: Awaited<ReturnType<typeof startApp>>) =>
  (await listChannels(app.database.db)).map((channel) => channel.login);

test("the owner joins, lists and parts channels from any chat, on the live connection and in channels_config", async () => {
  await using world = await aWorld({ channels: ["studio", "attic"] });
  const owner = world.addUser({ login: "the_owner" });
  await using app = await startApp(world, { ownerIds: [owner.id] });
  await world.joined("studio", BOT);

  const ask = async (text: string) => {
    const said = world.said("studio", BOT);
    world.say("studio", "the_owner", text);
    return await said;
  };
  const joined = world.joined("attic", BOT);
  expect(await ask("byte join #Attic")).toBe("@the_owner On my way to attic.");
  await joined;
  expect(await logins(app)).toEqual(["studio", "attic"]);
  expect(await ask("byte join attic")).toBe("@the_owner I am already in attic.");
  expect(await ask("byte channels")).toBe("@the_owner I am in 2 channels: studio, attic");

  const left = world.log.after((entry) => entry.what === "PART" && entry.fields.channel === "attic");
  expect(await ask("byte part attic")).toBe("@the_owner I left attic.");
  await left;
  expect(await logins(app)).toEqual(["studio"]);
  expect(await ask("byte part attic")).toBe("@the_owner I am not in attic.");
});

test("a broadcaster lets it leave their own channel, where the farewell comes before the leaving", async () => {
  await using world = await aWorld({ channels: ["studio", "attic"] });
  await using app = await startApp(world, {}, { channels: ["studio", "attic"] });
  await Promise.all(["studio", "attic"].map((channel) => world.joined(channel, BOT)));
  const said = world.said("studio", BOT);
  const left = world.log.after((entry) => entry.what === "PART" && entry.fields.channel === "studio");
  const removed = nextBody(app, "channel.removed");
  world.say("studio", "studio", "byte part");
  expect(await said).toBe("@studio I left studio.");
  await left;
  expect((await removed).by).toEqual({ kind: "chatter", id: world.state.channel("studio").user.id, login: "studio" });
  expect(await logins(app)).toEqual(["attic"]);
  expect(app.channels.find("studio")).toBeNull();
});

test.each([
  ["a viewer", "mira", "byte join attic"],
  ["a viewer", "mira", "byte part"],
  ["a moderator", "moddy", "byte part studio"],
  ["the broadcaster of another channel", "attic", "byte part studio"],
  ["a broadcaster, of another channel", "studio", "byte part attic"],
  ["a broadcaster, a new channel", "studio", "byte join cellar"],
])("%s (%s) may not ask %j, and nothing changes", async (_, who, text) => {
  await using world = await aWorld({ channels: ["studio", "attic", "cellar"] });
  world.setModerator("studio", "moddy");
  await using app = await startApp(world, {}, { channels: ["studio", "attic"] });
  await Promise.all(["studio", "attic"].map((channel) => world.joined(channel, BOT)));
  const said = world.said("studio", BOT);
  world.say("studio", who, text);
  expect(await said).toBe(`@${who} Only my owner may ask that.`);
  expect(await logins(app)).toEqual(["studio", "attic"]);
  expect(world.log.list("irc", "PART")).toEqual([]);
});

test("channels_config decides once it names a channel: the environment's are taken only before", async () => {
  await using world = await aWorld({ channels: ["studio", "attic"] });
  const first = await startApp(world, {}, { channels: ["studio"] });
  await first.channels.join("attic", { kind: "operator" });
  await first.channels.part("studio", { kind: "operator" });
  await first.stop();
  await using app = await startApp(
    world,
    { databaseUrl: first.config.databaseUrl, dataDir: first.config.dataDir },
    { channels: ["studio"] },
  );
  await world.joined("attic", BOT);
  expect(app.channels.list().map((channel) => channel.login)).toEqual(["attic"]);
});

test("without a token chat is read and stored, the status says so, and nothing is ever sent", async () => {
  await using world = await aWorld();
  await using app = await startApp(world, { userToken: null, botLogin: null });
  await world.joined("studio");
  const dropped = nextBody(app, "reply.dropped");
  world.say("studio", "mira", "byte help");
  expect((await dropped).reason).toBe("read_only");
  expect(app.status().isReadOnly).toBe(true);
  expect(app.status().parts.find((part) => part.name === "chat")).toMatchObject({ level: "info", reason: "anonymous" });
  await app.recorder.flush();
  expect(await app.channels.figures(world.state.channel("studio").user.id)).toMatchObject({ messagesTotal: 1, repliesTotal: 0 });
  expect(sentTexts(world)).toEqual([]);
  expect(world.model.calls).toEqual([]);
});
