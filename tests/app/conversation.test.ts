import { describe, expect, test } from "bun:test";
import { scopesOf, TIERS } from "../../src/domain/accounts.ts";
import { listLines } from "../../src/store/chat.ts";
import { listEvents } from "../../src/store/timeline.ts";
import type { World } from "../../src/world/index.ts";
import { aWorld, BOT, joinedBy, nextBody, nextEvent, nextLine, type RunningApp, startApp } from "../support/app.ts";

/** What Byte says in the channel next, whichever way it was sent. */
async function saidIn(world: World, channel: string): Promise<string> {
  const before = new Set(world.state.channel(channel).chat.keys());
  const botId = world.state.user(BOT).id;
  for (;;) {
    for (const [id, message] of world.state.channel(channel).chat) {
      if (!before.has(id) && message.user.id === botId) return message.text;
    }
    await world.log.after(() => true);
  }
}

/** One stream, the same over both transports. */
async function aStage(mode: "irc" | "eventsub"): Promise<{ world: World; app: RunningApp } & AsyncDisposable> {
  const world = await aWorld({ channels: ["studio", "attic"] });
  const { accessToken } = world.issueToken(BOT, { scopes: scopesOf("bot", TIERS) });
  const app = await startApp(world, { chatMode: mode, userToken: accessToken }, { channels: ["studio", "attic"] });
  await Promise.all([joinedBy(app, "studio"), joinedBy(app, "attic")]);
  return {
    world,
    app,
    async [Symbol.asyncDispose]() {
      await app.stop();
      await world.stop();
    },
  };
}

describe.each(["irc", "eventsub"] as const)("the same conversation over %s", (mode) => {
  test("a call is answered in its thread, stored once on both sides, and told as confirmed", async () => {
    await using stage = await aStage(mode);
    const { world, app } = stage;
    world.model.script({ text: "Two sugars, always." });
    const [sent, said, stored] = [nextBody(app, "reply.sent"), saidIn(world, "studio"), nextLine(app, "Two sugars")];
    const callId = world.say("studio", "mira", "byte, how much sugar?");
    expect(await said).toBe("@mira Two sugars, always.");
    expect(await sent).toMatchObject({ status: "confirmed", route: "model", reason: null });
    await stored;
    await app.recorder.flush();
    const lines = await listLines(app.database.db, world.state.channel("studio").user.id, { limit: 10 });
    expect(lines.map(({ kind, login, text, replyToId }) => ({ kind, login, text, replyToId }))).toEqual([
      { kind: "chat", login: "mira", text: "byte, how much sugar?", replyToId: null },
      { kind: "reply", login: BOT, text: "Two sugars, always.", replyToId: callId },
    ]);
  });

  test("a built-in is answered without a model, in the channel where it was asked and nowhere else", async () => {
    await using stage = await aStage(mode);
    const { world } = stage;
    const said = saidIn(world, "attic");
    world.say("attic", "noor", "!byte help");
    expect(await said).toContain("byte");
    expect([...world.state.channel("studio").chat.values()].filter((message) => message.user.login === BOT)).toEqual([]);
    expect(world.model.calls).toHaveLength(0);
  });

  test("texts, emotes, badges and threads arrive alike", async () => {
    await using stage = await aStage(mode);
    const { world, app } = stage;
    const first = world.say("studio", "mira", "olá 👋 mundo");
    const stored = nextLine(app, "certo");
    world.say("studio", "noor", "tudo certo 😂", { replyTo: first });
    await stored;
    await app.recorder.flush();
    const lines = await listLines(app.database.db, world.state.channel("studio").user.id, { limit: 10 });
    expect(lines.map(({ login, displayName, text, replyToId }) => ({ login, displayName, text, replyToId }))).toEqual([
      { login: "mira", displayName: "mira", text: "olá 👋 mundo", replyToId: null },
      { login: "noor", displayName: "noor", text: expect.stringContaining("tudo certo 😂"), replyToId: first },
    ]);
  });

  test("F39: a question that was deleted while the answer was being made is not answered, and its line is marked", async () => {
    await using stage = await aStage(mode);
    const { world, app } = stage;
    world.model.script({ latencyMs: 60_000, text: "too late" });
    const asked = nextEvent(app, "reply.asked");
    const id = world.say("studio", "mira", "byte, something rude?");
    await asked;
    const dropped = nextBody(app, "reply.dropped");
    world.delete("studio", id);
    expect((await dropped).reason).toBe("message_deleted");
  });

  test("F39: a chatter who was timed out while the answer was being made is not answered", async () => {
    await using stage = await aStage(mode);
    const { world, app } = stage;
    world.model.script({ latencyMs: 60_000, text: "too late" });
    const asked = nextEvent(app, "reply.asked");
    world.say("studio", "mira", "byte, something rude?");
    await asked;
    const dropped = nextBody(app, "reply.dropped");
    world.timeout("studio", "mira", 600);
    expect((await dropped).reason).toBe("chatter_removed");
  });

  test("F67: subs, gifts, cheers and raids are told once each, with who and how many", async () => {
    await using stage = await aStage(mode);
    const { world, app } = stage;
    const raid = nextBody(app, "chat.raid");
    world.sub("studio", "noor");
    world.gift("studio", "olga", 5);
    world.cheer("studio", "pia", 100, "Cheer100 nice");
    world.raid("attic", "studio", 42);
    expect(await raid).toMatchObject({ fromLogin: "attic", viewers: 42 });
    await app.recorder.flush();
    const events = await listEvents(app.database.db, {
      channelId: world.state.channel("studio").user.id,
      types: ["chat.support", "chat.raid"],
      limit: 50,
    });
    expect(
      events
        .toReversed()
        .map(({ body }) =>
          "kind" in body ? [body.kind, "login" in body ? body.login : "", "amount" in body ? body.amount : 0] : body.type,
        ),
    ).toEqual([["sub", "noor", 1], ["gift_bomb", "olga", 5], ["cheer", "pia", 100], "chat.raid"]);
  });

  test("F9: after the connection was lost it is in every channel again and answers", async () => {
    await using stage = await aStage(mode);
    const { world, app } = stage;
    const lost = nextEvent(app, "chat.disconnected");
    if (mode === "irc") world.dropIrc(BOT);
    else world.closeEventSub(null);
    await lost;
    await Promise.all([joinedBy(app, "studio"), joinedBy(app, "attic")]);
    const said = saidIn(world, "attic");
    world.say("attic", "noor", "byte help");
    expect(await said).toContain("byte");
    expect(world.checks()).toEqual([]);
  });
});
