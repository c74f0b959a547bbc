import { expect, setDefaultTimeout, test } from "bun:test";
import { moodWindow } from "../../src/domain/mood.ts";
import { findMoods } from "../../src/store/moods.ts";
import { aWorld, databaseSettings, joinedBy, nextEvent, nextLine, startApp } from "../support/app.ts";
import { aFolder, engines } from "../support/db.ts";

setDefaultTimeout(30_000);

test("what was said up to the stop is in the mood that the next process finds, and what the bot said is not", async () => {
  const world = await aWorld();
  const where = { ...(await databaseSettings(engines.includes("postgres") ? "postgres" : "embedded")), dataDir: aFolder() };
  const first = await startApp(world, where);
  await joinedBy(first, "studio");
  const answered = nextEvent(first, "reply.sent");
  world.say("studio", "mira", "I love this");
  world.say("studio", "mira", "byte help");
  await answered;
  const last = nextLine(first, "I hate this");
  world.say("studio", "mira", "I hate this");
  await last;
  await first.stop();

  await using second = await startApp(world, where);
  await joinedBy(second, "studio");
  const channelId = second.channels.find("studio")?.channelId ?? "";
  const stored = await findMoods(second.database.db, channelId);
  expect(moodWindow(stored?.mood ?? { slots: [], firedAt: {} }, 10, Date.now())).toMatchObject({
    count: 3,
    negatives: 1,
  });
  await world.stop();
});
