import { describe, expect, test } from "bun:test";
import { findState } from "../../src/store/state.ts";
import { aWorld, BOT, databaseSettings, joinedBy, nextEvent, nextLine, startApp } from "../support/app.ts";
import { aFolder, engines } from "../support/db.ts";

describe.each(engines)("on %s", (engine) => {
  test("F50: a reply right after a restart has the context from before it, in the prompt that the model gets", async () => {
    await using world = await aWorld();
    const where = { ...(await databaseSettings(engine)), dataDir: aFolder() };
    const first = await startApp(world, where);
    await joinedBy(first, "studio");
    world.model.script({ text: "Noted: walnut." });
    const stored = nextLine(first, "the password is walnut");
    world.say("studio", "olga", "the password is walnut");
    await stored;
    const sent = nextEvent(first, "reply.sent");
    world.say("studio", "mira", "byte, remember that");
    await sent;
    expect(await first.stop()).toBe(0);

    await using second = await startApp(world, where);
    await joinedBy(second, "studio");
    world.model.script({ text: "It was walnut." });
    const said = world.said("studio", BOT);
    world.say("studio", "noor", "byte, what was the password?");
    await said;
    const prompt = world.model.calls.at(-1)?.messages ?? [];
    const told = prompt
      .filter((message) => message.role === "user")
      .map((message) => message.content)
      .join("\n");
    expect(told).toContain("the password is walnut");
    expect(told).toContain("byte, remember that");
    expect(JSON.stringify(prompt)).toContain("Noted: walnut.");
    expect(await findState(second.database.db, world.state.channel("studio").user.id)).toMatchObject({
      login: "studio",
      lastReply: "Noted: walnut.",
    });
  });
});

test("a line that was deleted before the restart is not remembered after it", async () => {
  await using world = await aWorld();
  const first = await startApp(world);
  const where = { databaseUrl: first.config.databaseUrl, dataDir: first.config.dataDir };
  await world.joined("studio", BOT);
  const stored = nextLine(first, "my address");
  const id = world.say("studio", "olga", "my address is 5 Elm Road");
  await stored;
  const deleted = new Promise<void>((resolve) => {
    first.bus.subscribe((message) => void (message.kind === "lines_deleted" && message.messageIds.includes(id) && resolve()));
  });
  world.delete("studio", id);
  await deleted;
  await first.stop();
  await using second = await startApp(world, where);
  await joinedBy(second, "studio");
  const said = world.said("studio", BOT);
  world.say("studio", "noor", "byte, where does olga live?");
  await said;
  expect(JSON.stringify(world.model.calls)).not.toContain("Elm Road");
});

test("lines that had reached Byte before it was stopped are all stored", async () => {
  await using world = await aWorld();
  const first = await startApp(world);
  await world.joined("studio", BOT);
  const session = world.ircSessions(BOT)[0];
  const heard = nextLine(first, "line 1999");
  for (let index = 0; index < 2_000; index++) world.say("studio", `viewer_${index % 50}`, `line ${index}`);
  expect(session?.isClosed).toBe(false);
  await heard;
  expect(await first.stop()).toBe(0);
  await using second = await startApp(world, { databaseUrl: first.config.databaseUrl, dataDir: first.config.dataDir });
  expect((await second.channels.figures(world.state.channel("studio").user.id)).messagesTotal).toBe(2_000);
});
