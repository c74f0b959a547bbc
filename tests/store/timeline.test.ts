import { describe, expect, setDefaultTimeout, test } from "bun:test";
import type { TimelineEvent } from "../../src/domain/events.ts";
import { addEvents, listEvents, listMeanings, pruneEvents } from "../../src/store/timeline.ts";
import { emptyDb, engines } from "../support/db.ts";
import { minutesBefore, noon, secondsAfter } from "./lines.ts";

/** Engines start inside the first test that needs them, and some facts take their time. */
setDefaultTimeout(30_000);

const anEvent = (over: Partial<TimelineEvent> = {}): TimelineEvent => ({
  id: null,
  at: noon,
  channelId: "100",
  traceId: null,
  body: { type: "chat.raid", fromLogin: "bia", fromName: "Bia", viewers: 12 },
  ...over,
});

const someKeys = (count: number) => Array.from({ length: count }, (_, index) => `key-${index}`);

describe.each(engines)("the timeline on %s", (engine) => {
  test("an event comes back as it was added, with the id it was given", async () => {
    const { db, sql } = await emptyDb(engine);
    const first = anEvent({ traceId: "t-1", channelId: null, body: { type: "app.started", version: "0.1.0" } });
    const second = anEvent({
      body: { type: "hud.message", text: 'a\0b \ud83d 👋 \\ "x"', source: "api", by: { kind: "program", name: "n" } },
      at: secondsAfter(noon, 1),
    });

    expect(await addEvents(sql, [first, second], ["a", "b"])).toEqual([1, 2]);

    expect(await listEvents(db, { limit: 10 })).toEqual([
      { ...second, id: 2, body: { ...second.body, text: 'ab \ufffd 👋 \\ "x"' } as TimelineEvent["body"] },
      { ...first, id: 1 },
    ]);
    expect(await addEvents(sql, [], [])).toEqual([]);
  });

  test("the level that the HUD gives an event is kept beside it", async () => {
    const { db, sql } = await emptyDb(engine);
    await addEvents(
      sql,
      [anEvent({ body: { type: "chat.disconnected", reason: "closed" } }), anEvent({ body: { type: "app.stopped" } })],
      ["a", "b"],
    );
    expect([...(await db.execute("select level from timeline order by id"))]).toEqual([{ level: "bad" }, { level: null }]);
  });

  test("a page is of a channel, of types, before an id, or after one without a gap", async () => {
    const { db, sql } = await emptyDb(engine);
    const ids = await addEvents(
      sql,
      Array.from({ length: 12 }, (_, index) =>
        anEvent({ channelId: index % 2 ? "100" : "200", ...(index % 3 ? {} : { body: { type: "app.stopped" } }) }),
      ),
      someKeys(12),
    );
    expect(ids).toEqual(Array.from({ length: 12 }, (_, index) => index + 1));
    const page = async (filter: Parameters<typeof listEvents>[1]) => (await listEvents(db, filter)).map((event) => event.id);
    expect(await page({ channelId: "100", limit: 3 })).toEqual([12, 10, 8]);
    expect(await page({ types: ["app.stopped"], limit: 9 })).toEqual([10, 7, 4, 1]);
    expect(await page({ types: [], limit: 9 })).toEqual([]);
    expect(await page({ channelId: "100", beforeId: 8, limit: 2 })).toEqual([6, 4]);
    expect(await page({ afterId: 9, limit: 2 })).toEqual([10, 11]);
    expect(await page({ channelId: "200", types: ["chat.raid"], afterId: 2, limit: 9 })).toEqual([3, 5, 9, 11]);
  });

  test("events that are written again, as nobody heard that they were, keep their rows and ids", async () => {
    const { db, sql } = await emptyDb(engine);
    const [a, b, c] = [1, 2, 3].map((viewers) =>
      anEvent({ body: { type: "chat.raid", fromLogin: "bia", fromName: "Bia", viewers } }),
    );
    const first = await addEvents(sql, [a, b] as TimelineEvent[], ["a", "b"]);
    const again = await addEvents(sql, [a, b, c] as TimelineEvent[], ["a", "b", "c"]);
    expect(again.slice(0, 2)).toEqual(first);
    expect((await listEvents(db, { limit: 9 })).map((event) => event.body)).toEqual([c?.body, b?.body, a?.body] as never);
  });

  test("F16: a row that somebody else wrote under the same key stays as it is, and its id is not given", async () => {
    const { db, sql } = await emptyDb(engine);
    const theirs = anEvent({ body: { type: "chat.raid", fromLogin: "bia", fromName: "Bia", viewers: 1 } });
    const ours = anEvent({ at: secondsAfter(noon, 1) });
    const other = anEvent({ at: secondsAfter(noon, 2) });
    expect(await addEvents(sql, [theirs], ["chat:n1"])).toEqual([1]);
    const [known, fresh, twice] = await addEvents(sql, [ours, other, other], ["chat:n1", "chat:n2", "chat:n2"]);
    expect([known, twice]).toEqual([null, null]);
    expect(fresh).toBeGreaterThan(1);
    expect((await listEvents(db, { limit: 9 })).map((event) => event.body)).toEqual([other.body, theirs.body]);
    expect(await addEvents(sql, [ours, other], ["chat:n1", "chat:n2"])).toEqual([null, fresh ?? 0]);
  });

  test("the meanings of a channel's occurrences since an instant, the newest of them, oldest first", async () => {
    const { db, sql } = await emptyDb(engine);
    const events = [0, 1, 2, 3, 4, 5].map((second) => anEvent({ at: secondsAfter(noon, second) }));
    await addEvents(sql, events, someKeys(6), ["a", "b", null, "d", "e\0é"]);
    await addEvents(sql, [anEvent({ channelId: "200", at: secondsAfter(noon, 9) })], ["other"], ["x"]);
    expect(await listMeanings(db, "100", noon, 10)).toEqual([
      { meaning: "b", at: secondsAfter(noon, 1) },
      { meaning: "d", at: secondsAfter(noon, 3) },
      { meaning: "eé", at: secondsAfter(noon, 4) },
    ]);
    expect((await listMeanings(db, "100", minutesBefore(noon, 1), 2)).map(({ meaning }) => meaning)).toEqual(["d", "eé"]);
  });

  test("a channel's page holds the installation's rows where asked, and the installation's page only those", async () => {
    const { db, sql } = await emptyDb(engine);
    await addEvents(sql, [anEvent(), anEvent({ channelId: null }), anEvent({ channelId: "200" })], someKeys(3));
    const ids = async (filter: Parameters<typeof listEvents>[1]) => (await listEvents(db, filter)).map((event) => event.id);
    expect(await ids({ channelId: "100", withInstallation: true, limit: 9 })).toEqual([2, 1]);
    expect(await ids({ channelId: null, limit: 9 })).toEqual([2]);
  });

  test("F57: pruning removes the old rows in bounded steps", async () => {
    const { db, sql } = await emptyDb(engine);
    await addEvents(sql, [...Array.from({ length: 7 }, () => anEvent({ at: minutesBefore(noon, 99) })), anEvent()], someKeys(8));
    expect(await pruneEvents(db, minutesBefore(noon, 60), 5)).toBe(5);
    expect(await pruneEvents(db, minutesBefore(noon, 60), 5)).toBe(2);
    expect(await pruneEvents(db, minutesBefore(noon, 60), 5)).toBe(0);
    expect((await listEvents(db, { limit: 10 })).map((event) => event.id)).toEqual([8]);
  });
});
