import { expect, test } from "bun:test";
import { WorldChance } from "../../src/world/chance.ts";
import type { Chatter } from "../../src/world/director/cast.ts";
import { LINE_BOOKS } from "../../src/world/director/lines.ts";
import { Writer } from "../../src/world/director/writer.ts";
import { ManualClock, startDirector, startWorld } from "../../src/world/index.ts";

/** Plays `minutes` of a directed channel and gives what was said. */
async function play(language: "pt" | "en", minutes: number, seed = 1) {
  const clock = new ManualClock();
  const world = await startWorld({ clock, seed, purpose: "demo" });
  const said: { atMs: number; login: string; text: string }[] = [];
  const startMs = clock.now().getTime();
  world.chat.onMessage(({ message }) =>
    said.push({ atMs: message.at.getTime() - startMs, login: message.user.login, text: message.text }),
  );
  const director = startDirector(world, { channels: [{ login: "studio", title: "t", game: "Glass Tower", language }] });
  clock.advance(minutes * 60_000);
  return { world, clock, director, said };
}

for (const language of ["pt", "en"] as const) {
  test(`${language}: at least 150 different lines, none with a slot that nothing fills`, async () => {
    const all = Object.values(LINE_BOOKS[language].lines).flat();
    expect(new Set(all).size).toBe(all.length);
    expect(all.length).toBeGreaterThanOrEqual(150);
    const { world, said } = await play(language, 180);
    await using _ = world;
    expect(said.filter(({ text }) => /[{}]|undefined| {2}/.test(text))).toEqual([]);
    expect(Math.max(...said.map(({ text }) => text.length))).toBeLessThan(200);
  });

  test(`${language}: three hours hold questions to Byte, subs, gifts, cheers, raids, timeouts, waves and lulls`, async () => {
    const { world, said } = await play(language, 180);
    await using _ = world;
    const kinds = new Set(world.log.list("world").map((entry) => entry.what));
    for (const kind of ["sub", "resub", "subgift", "submysterygift", "raid", "timeout", "follow"]) expect(kinds).toContain(kind);
    expect(said.some(({ text }) => text.startsWith("Cheer"))).toBe(true);
    expect(said.filter(({ text }) => /^@?byte\b/i.test(text)).length).toBeGreaterThan(150);
    const perMinute = Array.from({ length: 180 }, (_, i) => said.filter(({ atMs }) => Math.floor(atMs / 60_000) === i).length);
    expect(Math.max(...perMinute)).toBeGreaterThan(60);
    expect(Math.min(...perMinute)).toBeLessThan(15);
    expect(new Set(said.map(({ login }) => login)).size).toBeGreaterThan(18);
  });
}

test("the first line comes at once, the first question within ten seconds, the first incident within thirty", async () => {
  const { world, said } = await play("pt", 1);
  await using _ = world;
  expect(said[0]?.atMs).toBeLessThan(1_000);
  expect(said.find(({ text }) => /^@?byte\b/i.test(text))?.atMs).toBeLessThan(10_000);
  expect(world.log.list("world").length).toBeGreaterThan(1);
});

test("no line comes again word for word within the next fifty, emotes apart", async () => {
  const { world, said } = await play("pt", 60);
  await using _ = world;
  const texts = said.map(({ text }) => text).filter((text) => text.includes(" ") && /[a-zçãé]{4}/.test(text));
  const repeats = texts.filter((text, i) => texts.slice(Math.max(0, i - 50), i).includes(text));
  expect(repeats.length / texts.length).toBeLessThan(0.02);
});

test("a writer uses every template of a kind before one comes again", () => {
  const writer = new Writer(new WorldChance(4));
  const chatter: Chatter = {
    login: "mossy",
    displayName: "Mossy",
    language: "en",
    weight: 1,
    emoteShare: 0,
    loudShare: 0,
    isLazyTypist: false,
    laugh: "lol",
    role: "viewer",
  };
  const scene = { streamer: "Studio", game: "Glass Tower", name: "Ned" };
  const templates = LINE_BOOKS.en.lines.game;
  const patterns = templates.map((template) => new RegExp(`^${template.replace(/[.?!()]/g, "\\$&").replace(/\{\w+\}/g, ".+")}$`));
  const lines = templates.map(() => writer.write("game", chatter, scene));
  const used = lines.map((line) => patterns.findIndex((pattern) => pattern.test(line)));
  expect(new Set(used).size).toBe(templates.length);
});

test("after stop nobody speaks; the chat takes up what the bot says while it runs", async () => {
  const clock = new ManualClock();
  await using world = await startWorld({ clock, purpose: "demo" });
  let lines = 0;
  world.chat.onMessage(() => lines++);
  const director = startDirector(world, {
    channels: [{ login: "studio", title: "t", game: "g", language: "en" }],
    botLogin: "bytebot",
    pace: 4,
  });
  let thanks = 0;
  const book = new Set(LINE_BOOKS.en.lines.thanks_byte.map((line) => line.split(" {")[0] ?? line));
  world.chat.onMessage(({ message }) => {
    if ([...book].some((line) => message.text.toLowerCase().startsWith(line.toLowerCase()))) thanks++;
  });
  for (let i = 0; i < 20; i++) {
    world.say("studio", "bytebot", `answer ${i}`);
    clock.advance(3_000);
  }
  expect(thanks).toBeGreaterThan(2);
  director.stop();
  const before = lines;
  clock.advance(3_600_000);
  expect(lines).toBe(before);
});
