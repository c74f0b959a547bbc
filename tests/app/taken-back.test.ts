import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import type { ModelStep, World } from "../../src/world/index.ts";
import { aWorld, BOT, nextBody, nextLine, type RunningApp, sentTexts, startApp } from "../support/app.ts";

/** What takes a question back, and the silence that follows. */
const ENDINGS = [
  {
    name: "deleted",
    id: "F39",
    reason: "message_deleted",
    act: (world: World, channel: string, messageId: string) => void world.delete(channel, messageId),
  },
  {
    name: "its author banned",
    id: "F39",
    reason: "chatter_removed",
    act: (world: World, channel: string) => world.ban(channel, "mira"),
  },
  {
    name: "its author timed out",
    id: "F39",
    reason: "chatter_removed",
    act: (world: World, channel: string) => world.timeout(channel, "mira", 60),
  },
  {
    name: "the chat cleared",
    id: "F39",
    reason: "message_deleted",
    act: (world: World, channel: string) => world.clear(channel),
  },
  {
    name: "the channel left",
    id: "F30",
    reason: "channel_left",
    act: (_: World, channel: string, __: string, app: RunningApp) => void app.channels.part(channel, { kind: "operator" }),
  },
] as const;
const MOMENTS = ["0", "50", "100"] as const;
const cases = ENDINGS.flatMap((ending, e) => MOMENTS.map((moment, m) => ({ ...ending, moment, channel: `room_${e}_${m}` })));

const run = {} as { world: World; app: RunningApp };
beforeAll(async () => {
  run.world = await aWorld({ channels: cases.map((one) => one.channel), isModerator: false });
  run.app = await startApp(run.world, { modelConcurrency: 64 }, { channels: cases.map((one) => one.channel) });
  await Promise.all(cases.map((one) => run.world.joined(one.channel, BOT)));
});
afterAll(async () => {
  await run.app.stop();
  await run.world.stop();
});

describe("a question taken back at", () => {
  test.each(cases)("$id: $moment % of the generation, $name, gets no reply", async ({ act, channel, moment, reason }) => {
    const { world, app } = run;
    const answer = Promise.withResolvers<ModelStep>();
    if (moment === "100") {
      // A line just said makes the ready reply wait for the limiter: that is when it is taken back.
      const said = world.said(channel, BOT);
      world.say(channel, "noor", "byte help");
      await said;
    }
    const before = sentTexts(world, channel).length;
    world.model.script(({ messages }) => (JSON.stringify(messages).includes(channel) ? answer.promise : {}));
    const dropped = nextBody(app, "reply.dropped", (body) => body.reason === reason);
    const called = world.log.after((entry) => entry.surface === "model" && entry.what === "chat");
    const messageId = world.say(channel, "mira", `byte, tell me of ${channel}`);
    if (moment !== "0") await called;
    if (moment === "100") {
      const answered = world.log.after((entry) => entry.surface === "model" && entry.what === "answered");
      answer.resolve({ text: "Too late." });
      await answered;
    } else void called.catch(() => undefined);

    act(world, channel, messageId, app);

    expect((await dropped).messageId).toBe(messageId);
    answer.resolve({ text: "Too late." });
    // Whatever was to come has come when a later line of the channel is stored.
    if (reason !== "channel_left") {
      const stored = nextLine(app, `after ${channel}`);
      world.say(channel, "olga", `after ${channel}`);
      await stored;
    }
    expect(sentTexts(world, channel)).toHaveLength(before);
  });

  test("F39: the provider sees the connection close when a question is taken back", async () => {
    const { world } = run;
    const [one] = cases;
    world.model.script({ hangs: true });
    const called = world.log.after((entry) => entry.surface === "model" && entry.what === "chat");
    const messageId = world.say(one?.channel ?? "", "davi", "byte, think long about it");
    await called;
    const left = world.log.after((entry) => entry.surface === "model" && entry.what === "disconnected", 1_000);
    world.delete(one?.channel ?? "", messageId);
    await left;
  });
});

test("F30: no reply was ever sent to a channel other than where it was asked", () => {
  for (const { channel } of cases) expect(sentTexts(run.world, channel).filter((text) => text.includes("Too late"))).toEqual([]);
});
