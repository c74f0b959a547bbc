import { describe, expect, test } from "bun:test";
import { LEASE_RENEW_MS } from "../../src/runtime/leases.ts";
import { recount } from "../../src/store/chat.ts";
import { aWorld, BOT, databaseSettings, nextBody, sentTexts, startApp } from "../support/app.ts";
import { engines } from "../support/db.ts";
import { MovableTime } from "../support/time.ts";

const TRIGGERS = 50;

describe.each(engines.filter((engine) => engine !== "embedded"))("two processes on one database, %s", (engine) => {
  test("F31, F56: fifty calls get fifty replies, none twice, and every line is stored once", async () => {
    const channels = Array.from({ length: 5 }, (_, index) => `room_${index}`);
    const time = new MovableTime();
    await using world = await aWorld({ channels });
    world.model.script(({ number }) => ({ text: `Answer ${number}.` }));
    const where = { ...(await databaseSettings(engine)), secretKey: "ab".repeat(32), modelConcurrency: 64 };
    await using first = await startApp(world, where, { channels, time });
    await using second = await startApp(world, where, { channels, time });
    await Promise.all(channels.map((channel) => world.joined(channel, BOT)));
    expect(second.channels.list().map((channel) => channel.state)).toEqual(channels.map(() => "elsewhere"));

    let confirmed = 0;
    const allConfirmed = new Promise<void>((resolve) => {
      first.bus.subscribe((told) => {
        if (told.kind !== "event" || told.event.body.type !== "reply.sent") return;
        confirmed += 1;
        if (confirmed === TRIGGERS) resolve();
      });
    });
    for (let round = 0; round < TRIGGERS / channels.length; round++) {
      await Promise.all(
        channels.map(async (channel) => {
          const said = world.said(channel, BOT);
          world.say(channel, `viewer_${round}`, "byte, say something");
          await said;
        }),
      );
      // Past the second that Twitch wants between two lines of a channel.
      time.advance(1_200);
    }

    expect(sentTexts(world)).toHaveLength(TRIGGERS);
    expect(world.model.calls).toHaveLength(TRIGGERS);
    await allConfirmed;
    await Promise.all([first.recorder.flush(), second.recorder.flush()]);
    for (const channel of channels) {
      const counted = await recount(first.database.db, world.state.channel(channel).user.id);
      expect(counted).toMatchObject({ messages: TRIGGERS / channels.length, replies: TRIGGERS / channels.length });
    }
  });

  test("F31: when the holder stops the other one takes over at once and answers with what was said before", async () => {
    await using world = await aWorld();
    const where = { ...(await databaseSettings(engine)), secretKey: "ab".repeat(32) };
    const time = new MovableTime();
    const first = await startApp(world, where, { time });
    await world.joined("studio", BOT);
    await using second = await startApp(world, where, { time });
    const said = world.said("studio", BOT);
    world.say("studio", "olga", "byte, remember the walnut");
    await said;
    const joined = nextBody(second, "channel.joined");
    await first.stop();
    time.advance(LEASE_RENEW_MS);
    await joined;
    const again = world.said("studio", BOT);
    world.say("studio", "mira", "byte, what was it?");
    await again;
    expect(JSON.stringify(world.model.calls.at(-1)?.messages)).toContain("remember the walnut");
    expect(sentTexts(world)).toHaveLength(2);
  });
});
