import { expect, test } from "bun:test";
import { aWorld, BOT, sentTexts, startApp } from "../support/app.ts";
import { MovableTime } from "../support/time.ts";

const CHANNELS = 10;
const ROUNDS = 8;

test("F38: a channel's canary is in none of the other channels' prompts or replies, over interleaved questions", async () => {
  const channels = Array.from({ length: CHANNELS }, (_, index) => `chan_${index}`);
  const time = new MovableTime();
  await using world = await aWorld({ channels });
  await using _app = await startApp(world, { modelConcurrency: 64 }, { channels, time });
  world.model.script(({ messages, number }) => {
    const own = messages.findLast((message) => message.role === "user")?.content ?? "";
    return { text: `${number} canaries: ${[...new Set(own.match(/canary-\d+/g))].join(" ")}`, latencyMs: own.length % 17 };
  });
  await Promise.all(channels.map((channel) => world.joined(channel, BOT)));

  for (let round = 0; round < ROUNDS; round++) {
    await Promise.all(
      channels.map(async (channel, index) => {
        world.say(channel, "olga", `round ${round}: canary-${index} is mine`);
        const said = world.said(channel, BOT);
        // The same words of the same people everywhere: only the channel differs.
        world.say(channel, `viewer_${round}`, "byte, which canaries are here?");
        await said;
      }),
    );
    // Past the second that Twitch wants between two lines of a channel.
    time.advance(1_200);
  }

  expect(world.model.calls).toHaveLength(CHANNELS * ROUNDS);
  const mixed = world.model.calls.filter((call) => new Set(JSON.stringify(call.messages).match(/canary-\d+/g)).size !== 1);
  expect(mixed).toEqual([]);
  for (const [index, channel] of channels.entries())
    for (const text of sentTexts(world, channel)) expect(text).toEndWith(`canaries: canary-${index}`);
});
