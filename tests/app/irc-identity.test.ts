import { expect, test } from "bun:test";
import { LEASE_RENEW_MS } from "../../src/runtime/leases.ts";
import { listLines } from "../../src/store/chat.ts";
import type { World } from "../../src/world/index.ts";
import { aWorld, BOT, databaseSettings, nextLine, type RunningApp, startApp } from "../support/app.ts";
import { engines } from "../support/db.ts";
import { MovableTime } from "../support/time.ts";

test("F21: a channel that is renamed keeps its lines: the id is the key, the login a label", async () => {
  await using world = await aWorld();
  await using app = await startApp(world);
  await world.joined("studio", BOT);
  const { id } = world.state.channel("studio").user;
  const before = nextLine(app, "the old name");
  world.say("studio", "mira", "under the old name");
  await before;
  world.state.rename("studio", "studio_tv", "Studio_TV");
  const after = nextLine(app, "the new name");
  world.say("studio_tv", "mira", "under the new name");
  await after;
  const lines = await listLines(app.database.db, id, { limit: 10 });
  expect(lines.map((line) => line.text)).toEqual(["under the old name", "under the new name"]);
});

const CHANNELS = Array.from({ length: 24 }, (_, index) => `room_${index}`);

/** Moves the one clock of world and app until every channel is joined. */
async function untilAllJoined(world: World, time: MovableTime, app: RunningApp): Promise<void> {
  const startMs = time.now().getTime();
  const joined = () => app.channels.list().filter((channel) => channel.state === "joined").length;
  while (joined() < CHANNELS.length) {
    time.advance(200);
    // The limit is a row of the database: each step it has answered, and so has the world.
    await app.database.sql.unsafe("select 1");
    await Promise.all(world.ircSessions(BOT).map((session) => session.probe()));
    if (time.now().getTime() - startMs > 120_000) throw new Error(`in ${joined()} channels after two minutes`);
  }
}

test.skipIf(!engines.includes("postgres"))(
  "F22: processes that follow one another at once join their twenty-four channels within 20 per 10 s of the account, all together",
  async () => {
    const time = new MovableTime();
    await using world = await aWorld({ channels: CHANNELS, clock: time });
    const where = { ...(await databaseSettings("postgres")), secretKey: "ab".repeat(32) };
    let running = await startApp(world, where, { channels: CHANNELS, time });
    // Somebody else is alive on this database: whoever is alone does not wait for a slow one, and our clock makes it slow.
    await running.database.sql.unsafe(
      "insert into leases values ('process:bystander', 'bystander', 1, now() + interval '1 hour')",
    );
    time.advance(LEASE_RENEW_MS);
    await untilAllJoined(world, time, running);
    for (let restart = 0; restart < 2; restart++) {
      const next = await startApp(world, where, { channels: CHANNELS, time });
      await running.stop();
      await untilAllJoined(world, time, next);
      running = next;
    }
    await running.stop();
    const joins = world.log.list("irc", "JOIN");
    expect(joins).toHaveLength(3 * CHANNELS.length);
    expect(joins.filter((entry) => entry.fields.outcome !== "joined")).toEqual([]);
    expect(world.checks().filter((each) => each.check === "join_budget")).toEqual([]);
  },
);
