import { describe, expect, setDefaultTimeout, test } from "bun:test";
import type { HistoryLine } from "../../src/domain/chat.ts";
import type { EventBody } from "../../src/domain/events.ts";
import { moodWindow, NO_MOOD } from "../../src/domain/mood.ts";
import { scoreText } from "../../src/domain/sentiment.ts";
import { Moods, SAVE_MS, TRIGGER_MS } from "../../src/runtime/moods.ts";
import { addLines, listLines } from "../../src/store/chat.ts";
import type { Database } from "../../src/store/db.ts";
import { findMoods } from "../../src/store/moods.ts";
import { emptyDb, engines } from "../support/db.ts";
import { MovableTime } from "../support/time.ts";
import { aLine, aListenedBus, CHANNEL_ID } from "./builders.ts";

setDefaultTimeout(30_000);

const engine = engines.includes("postgres") ? "postgres" : "embedded";
const OUR_ID = "9001";

/** Moods of one process over a database. What it logs is in `logged`, what it tells in `told`. */
function someMoods(database: Pick<Database, "db" | "sql">, time = new MovableTime(), rooms = [CHANNEL_ID]) {
  const { bus } = aListenedBus();
  const told: EventBody[] = [];
  const logged: string[] = [];
  const log = (event: string) => void logged.push(event);
  const held = [...rooms];
  const moods = new Moods({
    database,
    bus,
    rooms: () => held.map((channelId) => ({ channelId })),
    notPeople: () => ({ knownBots: ["ourbot"], ourId: OUR_ID }),
    onEvent: (_, body) => void told.push(body),
    time,
    log: { info: log, warn: log, error: log },
  });
  moods.start();
  const hear = (lines: readonly HistoryLine[], channelId = CHANNEL_ID) =>
    bus.publish({ kind: "lines", channelId, lines, skipped: 0 });
  return { moods, time, told, logged, hear, held };
}

const TEXTS = [
  "amei isso demais",
  "que lixo de jogo",
  "oi",
  "kkkkkk muito bom",
  "where is everybody?",
  "NOT LIKE THIS",
  "I hate lag",
];
const said = (time: MovableTime, count: number, over: (i: number) => Partial<HistoryLine> = () => ({})) =>
  Array.from({ length: count }, (_, i) =>
    aLine(i, {
      text: TEXTS[i % TEXTS.length] ?? "",
      sentAt: new Date(time.now().getTime() - (count - i) * 250),
      ...over(i),
    }),
  );

const windowOf = async (moods: Moods, time: MovableTime, minutes: 1 | 5 | 10 = 10) =>
  moodWindow((await moods.find(CHANNEL_ID)).mood, minutes, time.now().getTime());

/** A database that is away while `isAway`. */
function aFlickering(database: Database) {
  const away = Object.assign(new Error("away"), { code: "CONNECTION_CLOSED" });
  const state = { isAway: true };
  const get = (target: object, name: string | symbol) => {
    if (state.isAway) throw away;
    const value: unknown = Reflect.get(target, name);
    return typeof value === "function" ? value.bind(target) : value;
  };
  return { state, db: new Proxy<Database["db"]>(database.db, { get }), sql: new Proxy<Database["sql"]>(database.sql, { get }) };
}

describe("a channel's mood", () => {
  test("equals a recount of its people's stored lines: bots, our replies and our own account do not count", async () => {
    const database = await emptyDb(engine);
    const { moods, time, hear } = someMoods(database);
    const lines = said(time, 700, (i) => {
      if (i % 10 === 3) return { login: "nightbot", chatterId: "71" };
      if (i % 10 === 5) return { login: "ourbot", chatterId: "72" };
      if (i % 10 === 7) return { chatterId: OUR_ID };
      return i % 10 === 9 ? { kind: "reply" } : {};
    });
    const { stored } = await addLines(database.sql, lines);
    for (let from = 0; from < stored.length; from += 90) hear(stored.slice(from, from + 90));
    const ofPeople = (await listLines(database.db, CHANNEL_ID, { limit: 1_000 })).filter(
      ({ kind, login, chatterId }) => kind === "chat" && !["nightbot", "ourbot"].includes(login) && chatterId !== OUR_ID,
    );
    const scores = ofPeople.map(({ text }) => scoreText(text));
    const window = await windowOf(moods, time);
    expect(ofPeople).toHaveLength(420);
    expect(window).toMatchObject({
      count: scores.length,
      positives: scores.filter(({ label }) => label === 1).length,
      negatives: scores.filter(({ label }) => label === -1).length,
    });
    expect(window.sum).toBeCloseTo(
      scores.reduce((sum, { score }) => sum + score, 0),
      6,
    );
    expect(window.negatives).toBeGreaterThan(100);
    await moods.stop();
  });

  test("is there again after a stop, to the last line, and what was learnt of emotes with it", async () => {
    const database = await emptyDb(engine);
    const before = someMoods(database);
    before.hear([aLine(0, { text: "first" })]);
    await before.moods.find(CHANNEL_ID);
    const text = "😀 amei isso demais cabraRi";
    const emotes = [{ id: "1", start: 19, end: 25 }];
    before.hear(said(before.time, 12, () => ({ text, emotes })));
    await before.moods.stop();
    const after = someMoods(database, before.time);
    after.hear([aLine(100, { text: "cabraRi", sentAt: before.time.now() })]);
    expect((await windowOf(after.moods, after.time, 5)).count).toBeGreaterThanOrEqual(13);
    const { weights } = await after.moods.find(CHANNEL_ID);
    expect([...weights.keys()]).toEqual(["cabraRi"]);
    expect(weights.get("cabraRi")).toBeGreaterThan(0.5);
    await after.moods.stop();
    const third = someMoods(database, before.time);
    expect((await third.moods.find(CHANNEL_ID)).mood).toEqual((await after.moods.find(CHANNEL_ID)).mood);
    expect(third.moods.size).toBe(0);
  });

  test("is written every five seconds, and while the database is away it goes on and is written afterwards", async () => {
    const database = await emptyDb(engine);
    const before = someMoods(database);
    before.hear(said(before.time, 4));
    await before.moods.stop();
    const inRow = async () => {
      const stored = await findMoods(database.db, CHANNEL_ID);
      return moodWindow(stored?.mood ?? NO_MOOD, 10, before.time.now().getTime()).count;
    };
    const away = aFlickering(database);
    const { moods, time, hear, logged } = someMoods(away, before.time);
    hear(said(time, 20));
    time.advance(SAVE_MS);
    await moods.save();
    expect((await windowOf(moods, time)).count).toBe(20);
    expect(await inRow()).toBe(4);
    expect(logged).toContain("moods.restore_failed");
    away.state.isAway = false;
    hear(said(time, 5));
    time.advance(SAVE_MS);
    await moods.save();
    expect(await inRow()).toBe(29);
    expect(moods.dropped).toBe(0);
    await moods.stop();
  });

  test("whose row cannot be read begins anew, and that is logged", async () => {
    const database = await emptyDb(engine);
    await database.sql.unsafe("insert into channel_moods values ($1, '[]'::jsonb, '{}'::jsonb, now() - interval '1 day')", [
      CHANNEL_ID,
    ]);
    const { moods, time, hear, logged } = someMoods(database);
    hear(said(time, 3));
    expect((await windowOf(moods, time)).count).toBe(3);
    expect(logged).toEqual(["moods.unreadable"]);
    await moods.stop();
    expect((await findMoods(database.db, CHANNEL_ID))?.mood).not.toBeNull();
  });

  test("of a channel that is held no longer leaves memory once it is written", async () => {
    const database = await emptyDb(engine);
    const { moods, time, hear, held } = someMoods(database);
    hear(said(time, 3));
    held.length = 0;
    await moods.save();
    time.advance(SAVE_MS);
    await moods.save();
    await moods.find("nobody");
    expect(moods.size).toBe(0);
    expect((await windowOf(moods, time)).count).toBe(3);
    await moods.stop();
  });

  test("is not moved by lines of long ago, of the future, or by a clock that steps back", async () => {
    const database = await emptyDb(engine);
    const { moods, time, hear } = someMoods(database);
    const at = time.now().getTime();
    hear(said(time, 4));
    hear([aLine(10, { sentAt: new Date(at - 3_600_000) }), aLine(11, { sentAt: new Date(Number.NaN) })]);
    hear([aLine(12, { sentAt: new Date(at + 86_400_000) })]);
    hear([aLine(13, { sentAt: new Date(at - 30_000) })]);
    expect((await windowOf(moods, time)).count).toBe(6);
    await moods.stop();
  });
});

describe("a trigger", () => {
  test("tells once that chat is confused, within ten seconds, and not again after a restart", async () => {
    const database = await emptyDb(engine);
    const first = someMoods(database);
    first.hear(said(first.time, 8, () => ({ text: "what? I hate this" })));
    await first.moods.find(CHANNEL_ID);
    first.time.advance(TRIGGER_MS);
    const confused = { type: "mood.trigger", trigger: "anti-confusion", vibe: "confused", messages: 8 } as const;
    expect(first.told).toMatchObject([{ type: "mood.lull", trigger: "anti-boredom" }, confused]);
    first.time.advance(TRIGGER_MS);
    expect(first.told).toHaveLength(2);
    await first.moods.stop();
    const second = someMoods(database, first.time);
    second.hear(said(first.time, 8, () => ({ text: "what? I hate this" })));
    await second.moods.find(CHANNEL_ID);
    second.time.advance(TRIGGER_MS);
    expect(second.told).toEqual([]);
    await second.moods.stop();
  });
});
