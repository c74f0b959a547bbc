import { describe, expect, test } from "bun:test";
import type { TimelineEvent } from "../../src/domain/events.ts";
import { listLines } from "../../src/store/chat.ts";
import { listModelCalls } from "../../src/store/ledger.ts";
import { listEvents } from "../../src/store/timeline.ts";
import { aWorld, BOT, databaseSettings, nextEvent, nextLine, sentTexts, startApp } from "../support/app.ts";
import { engines } from "../support/db.ts";

/** What is told of one call, oldest first. */
const course = (events: readonly TimelineEvent[], traceId: string) =>
  events.filter((event) => event.traceId === traceId).map((event) => event.body.type);

describe.each(engines)("on %s", (engine) => {
  test("F50: a call is answered by the model, confirmed, stored, told and paid for", async () => {
    await using world = await aWorld();
    const prices = { inputPrice: 0.25, outputPrice: 2, cachedPrice: 0.1 };
    await using app = await startApp(world, { ...(await databaseSettings(engine)), ...prices });
    world.model.script({ text: "Two sugars, always.", usage: { input: 1_000, cached: 400, output: 25 } });
    await world.joined("studio", BOT);

    const said = world.said("studio", BOT);
    const sent = nextEvent(app, "reply.sent");
    const stored = nextLine(app, "Two sugars");
    const callId = world.say("studio", "mira", "byte, how much sugar?");

    expect(await said).toBe("@mira Two sugars, always.");
    expect((await sent).body).toMatchObject({ status: "confirmed", route: "model", reason: null });
    await stored;
    await app.recorder.flush();
    const channelId = world.state.channel("studio").user.id;
    const { db } = app.database;
    const lines = await listLines(db, channelId, { limit: 10 });
    expect(lines.map(({ kind, login, text, replyToId, traceId }) => ({ kind, login, text, replyToId, traceId }))).toEqual([
      { kind: "chat", login: "mira", text: "byte, how much sugar?", replyToId: null, traceId: callId },
      { kind: "reply", login: BOT, text: "Two sugars, always.", replyToId: callId, traceId: callId },
    ]);
    expect(course((await listEvents(db, { channelId, limit: 50 })).toReversed(), callId)).toEqual(["reply.asked", "reply.sent"]);
    // 600 fresh × 0.25 + 400 cached × 0.1 + 25 × 2 micro-dollars.
    expect(await listModelCalls(db, { channelId, limit: 5 })).toMatchObject([
      {
        traceId: callId,
        purpose: "reply",
        outcome: "answered",
        inputTokens: 1_000,
        cachedTokens: 400,
        outputTokens: 25,
        costMicros: 240,
        error: null,
      },
    ]);
    expect(await app.channels.figures(channelId)).toMatchObject({
      messagesTotal: 1,
      chattersTotal: 1,
      repliesTotal: 1,
      dropped: 0,
    });
  });
});

test("a call whose price or usage is not known has no cost in the ledger, rather than none", async () => {
  await using world = await aWorld({ channels: ["studio"] });
  await using app = await startApp(world, { inputPrice: 1, outputPrice: null });
  await world.joined("studio", BOT);
  const said = world.said("studio", BOT);
  world.say("studio", "mira", "byte, hello");
  await said;
  await app.recorder.flush();
  expect(await listModelCalls(app.database.db, { limit: 5 })).toMatchObject([{ outcome: "answered", costMicros: null }]);
});

test("without a model help and status are answered, and a question is dropped as model_missing with nothing said", async () => {
  await using world = await aWorld();
  await using app = await startApp(world, { modelUrl: null, modelKey: null });
  await world.joined("studio", BOT);
  const dropped = nextEvent(app, "reply.dropped");
  world.say("studio", "mira", "byte, what is the meaning of life?");
  expect((await dropped).body.reason).toBe("model_missing");

  const status = world.said("studio", BOT);
  world.say("studio", "noor", "@byte status");
  expect(await status).toMatch(/^@noor I am awake for 0 min, in 1 channel\. Chat: fine\. Model: not set\. Database: fine\.$/);

  const help = world.said("studio", BOT);
  world.say("studio", "olga", "!byte help");
  expect(await help).toContain("byte");
  expect(sentTexts(world)).toHaveLength(2);
});

test("the bot is called by its login too, and a line that only mentions the word is none of its business", async () => {
  await using world = await aWorld();
  await using app = await startApp(world);
  world.model.script({ text: "Here." });
  await world.joined("studio", BOT);
  const stored = nextLine(app, "megabyte");
  world.say("studio", "mira", "a megabyte of bytes");
  await stored;
  const said = world.said("studio", BOT);
  world.say("studio", "noor", `@${BOT} are you there?`);
  expect(await said).toBe("@noor Here.");
  expect(world.model.calls).toHaveLength(1);
});

test("the question and the chat reach the model as the user's text, never in the system role", async () => {
  await using world = await aWorld();
  await using app = await startApp(world);
  await world.joined("studio", BOT);
  const stored = nextLine(app, "zzyzx-context");
  world.say("studio", "olga", "zzyzx-context was here");
  await stored;
  const said = world.said("studio", BOT);
  world.say("studio", "mira", "byte, zzyzx-question please");
  await said;
  const { messages = [] } = world.model.calls[0] ?? {};
  const text = (role: string) =>
    messages
      .filter((message) => message.role === role)
      .map((message) => message.content)
      .join("\n");
  expect(text("user")).toContain("zzyzx-context");
  expect(text("user")).toContain("zzyzx-question");
  expect(text("system")).not.toContain("zzyzx");
});
