import { describe, expect, setDefaultTimeout, test } from "bun:test";
import { emoteWeights, learn, NO_EMOTE_MOODS } from "../../src/domain/emote-moods.ts";
import { type Mood, NO_MOOD, observe } from "../../src/domain/mood.ts";
import { findMoods, saveMoods } from "../../src/store/moods.ts";
import { emptyDb, engines } from "../support/db.ts";
import { noon, secondsAfter } from "./lines.ts";

/** Engines start inside the first test that needs them. */
setDefaultTimeout(30_000);

const traits = { score: 0.5, label: 1, isQuestion: false, isLaugh: false, isLoud: true } as const;
const aMood = (lines: number): Mood =>
  Array.from({ length: lines }).reduce<Mood>((mood, _, i) => observe(mood, noon.getTime() + i * 4_000, traits), NO_MOOD);
const learntEmotes = Array.from({ length: 12 }).reduce<typeof NO_EMOTE_MOODS>(
  (state, _, i) => learn(state, { emoteNames: ["cabraHype", 'a"\\'], restScore: 0.9, chatter: `c${i}`, at: noon.getTime() }),
  NO_EMOTE_MOODS,
);

describe.each(engines)("moods on %s", (engine) => {
  test("come back as they were saved last, of their channel only, with what emotes mean", async () => {
    const { db, sql } = await emptyDb(engine);
    await saveMoods(sql, [], noon);
    const first = { channelId: "100", mood: aMood(30), emotes: learntEmotes };
    const other = { channelId: "200", mood: { ...aMood(1), firedAt: { hype: noon.getTime() } }, emotes: NO_EMOTE_MOODS };
    await saveMoods(sql, [first, other], noon);
    const later = secondsAfter(noon, 5);
    await saveMoods(sql, [{ ...first, mood: aMood(31) }], later);
    const found = await findMoods(db, "100");
    expect(found).toEqual({ mood: aMood(31), emotes: learntEmotes, updatedAt: later });
    expect([...emoteWeights(found?.emotes ?? NO_EMOTE_MOODS, noon.getTime()).keys()].sort()).toEqual(['a"\\', "cabraHype"]);
    expect(await findMoods(db, "200")).toEqual({ mood: other.mood, emotes: NO_EMOTE_MOODS, updatedAt: noon });
    expect(await findMoods(db, "300")).toBeNull();
  });

  test("that are older than what is stored are passed over", async () => {
    const { db, sql } = await emptyDb(engine);
    await saveMoods(sql, [{ channelId: "100", mood: aMood(3), emotes: NO_EMOTE_MOODS }], noon);
    await saveMoods(sql, [{ channelId: "100", mood: aMood(2), emotes: NO_EMOTE_MOODS }], secondsAfter(noon, -1));
    expect((await findMoods(db, "100"))?.mood).toEqual(aMood(3));
  });

  test("whatever stands in a row, it is read as a mood or as nothing, and never throws", async () => {
    const { db, sql } = await emptyDb(engine);
    const [slot] = aMood(1).slots;
    const bad = [
      null,
      7,
      "x",
      [],
      {},
      { slots: {}, firedAt: {} },
      { slots: [slot, slot], firedAt: {} },
      { slots: [{ ...slot, count: 1.5 }], firedAt: {} },
      { slots: [{ ...slot, positives: 9 }], firedAt: {} },
      { slots: [{ ...slot, sum: 40 }], firedAt: {} },
      { slots: [{ ...slot, loud: undefined }], firedAt: {} },
      { slots: [], firedAt: { hype: "now" } },
      { slots: Array.from({ length: 62 }, (_, i) => ({ ...slot, slot: i })), firedAt: {} },
      { ...learntEmotes, boxes: [] },
      { ...learntEmotes, dropped: -1 },
      { ...learntEmotes, boxes: learntEmotes.boxes.map(() => [{ name: "x", messages: 1, sum: 0, chatters: ["a"], at: 0 }]) },
      { ...learntEmotes, boxes: learntEmotes.boxes.map(() => [{ name: "", messages: 1, sum: 0, chatters: [], at: 0 }]) },
    ];
    await sql.unsafe(
      `insert into channel_moods select key, value, value, now() from json_each($1::text::json) as row(key, value)`,
      [JSON.stringify(Object.fromEntries(bad.map((value, i) => [`b${i}`, value])))],
    );
    for (const i of bad.keys()) expect(await findMoods(db, `b${i}`), `b${i}`).toMatchObject({ mood: null, emotes: null });
  });
});
