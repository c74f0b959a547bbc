import { describe, expect, setDefaultTimeout, test } from "bun:test";
import type { Stream } from "../../src/domain/streams.ts";
import { addLines } from "../../src/store/chat.ts";
import { sqlState } from "../../src/store/refusals.ts";
import { countStreams, findLastLineAt, listStreams, saveStreams } from "../../src/store/streams.ts";
import { emptyDb, engines } from "../support/db.ts";
import { aLine, minutesBefore, noon, secondsAfter, someLines } from "./lines.ts";

/** Engines start inside the first test that needs them, and some facts take their time. */
setDefaultTimeout(30_000);

const aStream = (over: Partial<Stream> = {}): Stream => ({
  id: "s-1",
  channelId: "100",
  twitchIds: ["41", "42"],
  source: "eventsub",
  title: 'olá 👋 \\ "x"',
  category: "",
  startedAt: noon,
  offlineAt: null,
  endedAt: null,
  viewersPeak: null,
  viewersLast: null,
  ...over,
});
const over = (at: Date) => ({ offlineAt: at, endedAt: at });

describe.each(engines)("streams on %s", (engine) => {
  test("come back as they were saved last, newest first, of their channel only", async () => {
    const { db, sql } = await emptyDb(engine);
    const old = aStream({ id: "s-0", startedAt: minutesBefore(noon, 60), ...over(minutesBefore(noon, 30)) });
    await saveStreams(sql, { saved: [old, aStream(), aStream({ id: "s-2", channelId: "200" })], removed: [] }, noon);
    const later = secondsAfter(noon, 5);
    const grown = aStream({ viewersPeak: 40, viewersLast: 7, offlineAt: later, twitchIds: ["42"] });
    await saveStreams(sql, { saved: [grown], removed: [] }, later);
    expect(await listStreams(db, "100", 10)).toEqual([
      { ...grown, updatedAt: later },
      { ...old, updatedAt: noon },
    ]);
    expect(await listStreams(db, "100", 1)).toHaveLength(1);
    expect(await listStreams(db, "300", 10)).toEqual([]);
  });

  test("one ends and another begins in one write, and one that was none is removed", async () => {
    const { db, sql } = await emptyDb(engine);
    await saveStreams(sql, { saved: [aStream()], removed: [] }, noon);
    const end = secondsAfter(noon, 60);
    const next = aStream({ id: "a-next", startedAt: secondsAfter(noon, 900) });
    await saveStreams(sql, { saved: [next, aStream(over(end))], removed: [] }, end);
    expect((await listStreams(db, "100", 10)).map(({ id }) => id)).toEqual(["a-next", "s-1"]);
    await saveStreams(sql, { saved: [aStream()], removed: ["a-next"] }, end);
    expect((await listStreams(db, "100", 10)).map(({ id, endedAt }) => [id, endedAt])).toEqual([["s-1", null]]);
  });

  test("a second open one in a channel is refused, and one that ends before it began", async () => {
    const { sql } = await emptyDb(engine);
    await saveStreams(sql, { saved: [aStream()], removed: [] }, noon);
    const refused = (stream: Stream) => saveStreams(sql, { saved: [stream], removed: [] }, noon).catch(sqlState);
    expect(await refused(aStream({ id: "s-2" }))).toBe("23505");
    expect(await refused(aStream({ id: "s-3", ...over(minutesBefore(noon, 1)) }))).toBe("23514");
  });

  test("F72: their counts equal a recount of the lines between online and offline, to the millisecond", async () => {
    const { db, sql } = await emptyDb(engine);
    const end = secondsAfter(noon, 90.5);
    const edges = [-0.001, 0, 90.499, 90.5].map((s, i) => {
      return aLine({ messageId: `edge-${i}`, chatterId: `edge-${i}`, sentAt: secondsAfter(noon, s) });
    });
    await addLines(sql, [
      ...someLines(200, {}),
      ...edges,
      aLine({ messageId: "r", kind: "reply", sentAt: secondsAfter(noon, 30) }),
    ]);
    await addLines(sql, [aLine({ messageId: "elsewhere", channelId: "200", sentAt: secondsAfter(noon, 30) })]);
    // Stored long after, and a line told late, after newer ones.
    await addLines(sql, [aLine({ messageId: "next", chatterId: "9", sentAt: secondsAfter(noon, 3_600) })]);
    await addLines(sql, [aLine({ messageId: "late", chatterId: "late", sentAt: secondsAfter(noon, 60) })]);
    const ended = aStream({ id: "ended", ...over(end) });
    const live = aStream({ id: "live" });
    const before = aStream({ id: "before", startedAt: minutesBefore(noon, 60), ...over(minutesBefore(noon, 30)) });
    const counts = await countStreams(db, [
      ended,
      live,
      before,
      ...Array.from({ length: 9 }, (_, i) => aStream({ id: `x${i}` })),
    ]);
    const [recounted] = await sql<{ messages: number; chatters: number }[]>`
      select count(*)::int as messages, count(distinct chatter_id)::int as chatters from channel_history
      where channel_id = '100' and kind = 'chat' and sent_at >= ${noon.toISOString()} and sent_at < ${end.toISOString()}`;
    expect(counts.get("ended")).toEqual({ messages: 94, chatters: 6, replies: 1 });
    expect(counts.get("ended")).toMatchObject(recounted as object);
    expect(counts.get("live")).toEqual({ messages: 205, chatters: 8, replies: 1 });
    expect(counts.get("before")).toEqual({ messages: 0, chatters: 0, replies: 0 });
    expect(counts.size).toBe(12);
    expect(await countStreams(db, [])).toEqual(new Map());
  });

  test("when somebody last wrote does not count our own replies", async () => {
    const { db, sql } = await emptyDb(engine);
    expect(await findLastLineAt(db, "100")).toBeNull();
    await addLines(sql, [aLine(), aLine({ messageId: "r", kind: "reply", sentAt: secondsAfter(noon, 5) })]);
    expect(await findLastLineAt(db, "100")).toEqual(noon);
  });
});
