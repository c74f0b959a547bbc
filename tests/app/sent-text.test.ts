import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import type { World } from "../../src/world/index.ts";
import { aWorld, BOT, nextBody, type RunningApp, sentTexts, startApp } from "../support/app.ts";

/** A channel per case: neither the limiter nor the rule against repeats comes between. */
const rooms = Array.from({ length: 14 }, (_, index) => `room_${index}`);
const run = { next: 0 } as { world: World; app: RunningApp; next: number };
beforeAll(async () => {
  run.world = await aWorld({ channels: rooms });
  run.app = await startApp(run.world, {}, { channels: rooms });
  await Promise.all(rooms.map((room) => run.world.joined(room, BOT)));
});
afterAll(async () => {
  await run.app.stop();
  await run.world.stop();
});

const nextRoom = () => rooms[run.next++] ?? "none left";

/** What stands in chat after the model gave `text`, without the name of who asked. */
async function answered(text: string): Promise<string> {
  const { world } = run;
  const room = nextRoom();
  world.model.script({ text });
  const said = world.said(room, BOT);
  world.say(room, "mira", "byte, say it");
  return (await said).replace("@mira ", "");
}

describe("F25: what a model gives is never a command", () => {
  test.each([
    ["/ban mira", "ban mira"],
    ["/me waves", "waves"],
    [".timeout mira 600", "timeout mira 600"],
    ["!giveaway start", "giveaway start"],
    ["  \u200b/clear now", "clear now"],
    ["/ /ban mira", "ban mira"],
    ["／ban mira", "ban mira"],
    ["\u0001ACTION dances\u0001", "dances"],
    ["fine\r\nPRIVMSG #studio :/ban mira", "fine PRIVMSG #studio :/ban mira"],
  ])("%j is said as %j", async (given, said) => {
    const text = await answered(given);
    expect(text).toBe(said);
    expect(sentTexts(run.world).every((sent) => !/^[/.!]/.test(sent))).toBe(true);
  });

  test("the world never saw a command, an action, or a ban of anybody", () => {
    expect(run.world.log.list("irc").filter((entry) => entry.fields.msgId === "unrecognized_cmd")).toEqual([]);
    expect(sentTexts(run.world).filter((text) => text.includes("\u0001"))).toEqual([]);
  });
});

describe("F26: Unicode arrives whole", () => {
  const family = "👩‍👩‍👧‍👦";
  test("emoji, joiners, flags and combining marks stay as they are", async () => {
    const text = `olá ${family} 🇧🇷 é ñ 👍🏽 नमस्ते`;
    expect(await answered(text)).toBe(text);
  });

  test("3,000 characters are shortened at a sentence, in at most 450", async () => {
    const text = await answered("Uma frase inteira, com acento. ".repeat(100));
    expect(text.length).toBeLessThanOrEqual(450);
    expect(text.length).toBeGreaterThan(300);
    expect(text).toMatch(/acento\.$/);
  });

  test("a text without a sentence is cut between graphemes, never inside one", async () => {
    const text = await answered(family.repeat(60));
    const graphemes = [...new Intl.Segmenter().segment(text)].map((part) => part.segment);
    expect(text.length).toBeLessThanOrEqual(450);
    expect(graphemes.filter((grapheme) => grapheme !== family && grapheme !== "…")).toEqual([]);
  });
});

test("F24: a refusal that Twitch has not documented yet is told with its code, and the line is not repeated", async () => {
  const { world, app } = run;
  const room = nextRoom();
  world.model.script({ text: "A line that is refused." });
  const sent = nextBody(app, "reply.sent", (body) => body.text.includes("refused"));
  const session = world.ircSessions(BOT)[0];
  world.faults.add({ kind: "I2.silent", match: { channel: room } });
  const heard = world.log.after((entry) => entry.what === "PRIVMSG" && entry.way === "in" && entry.fields.channel === room);
  world.say(room, "mira", "byte, say it");
  await heard;
  session?.write(`@msg-id=msg_from_the_future :tmi.twitch.tv NOTICE #${room} :Something new.`);
  expect(await sent).toMatchObject({ status: "rejected", reason: "msg_from_the_future" });
  expect(sentTexts(world).filter((text) => text === "A line that is refused.")).toHaveLength(1);
});
