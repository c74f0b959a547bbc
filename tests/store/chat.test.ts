import { describe, expect, setDefaultTimeout, test } from "bun:test";
import fc from "fast-check";
import type { HistoryLine } from "../../src/domain/chat.ts";
import {
  addLines,
  countLines,
  listLines,
  MESSAGE_KEPT_CHARS_MAX,
  markDeleted,
  pruneLines,
  recount,
} from "../../src/store/chat.ts";
import type { Database } from "../../src/store/db.ts";
import { getFigures } from "../../src/store/figures.ts";
import { emptyDb, engines } from "../support/db.ts";
import { aLine, minutesBefore, noon, secondsAfter, someLines } from "./lines.ts";

/** Engines start inside the first test that needs them, and some facts take their time. */
setDefaultTimeout(30_000);

describe.each(engines)("chat lines on %s", (engine) => {
  test("a line comes back as it was stored", async () => {
    const { db, sql } = await emptyDb(engine);
    const line = aLine({
      text: "olá 👋 \\ 'quoted' \"twice\" {a,b} %s",
      badges: ["broadcaster", "first"],
      emotes: [
        { id: "25", start: 0, end: 4 },
        { id: "emotesv2_a1:b", start: 6, end: 10 },
      ],
      replyToId: "m-0",
      traceId: "t-1",
      deletedAt: secondsAfter(noon, 5),
    });

    const { stored } = await addLines(sql, [line]);

    expect(stored).toEqual([{ ...line, seq: 1 }]);
    expect(await listLines(db, "100", { limit: 10 })).toEqual(stored);
  });

  test("2,000 lines in one batch keep their order", async () => {
    const { db, sql } = await emptyDb(engine);
    const { stored } = await addLines(sql, someLines(2000));
    const seqs = stored.map((line) => line.seq ?? 0);
    expect(stored.map((line) => line.messageId)).toEqual(someLines(2000).map((line) => line.messageId));
    expect(seqs).toEqual(seqs.toSorted((a, b) => a - b));
    expect((await listLines(db, "100", { limit: 2000 })).map((line) => line.messageId)).toEqual(
      stored.map((line) => line.messageId),
    );
  });

  test("a message id is stored once for ever: repeats in the batch and from before are left out", async () => {
    const { db, sql } = await emptyDb(engine);
    await addLines(sql, [aLine({ messageId: "a" }), aLine({ messageId: "b" })]);

    const { stored } = await addLines(sql, [
      aLine({ messageId: "b" }),
      aLine({ messageId: "c", text: "first" }),
      aLine({ messageId: "c", text: "second" }),
      aLine({ messageId: "d" }),
    ]);

    expect(stored.map((line) => [line.messageId, line.text])).toEqual([
      ["c", "first"],
      ["d", "oi"],
    ]);
    const kept = await listLines(db, "100", { limit: 10 });
    expect(kept.map((line) => line.messageId)).toEqual(["a", "b", "c", "d"]);
    expect(await countLines(db, "100")).toBe(4);
    expect(await recount(db, "100")).toMatchObject({ messages: 4 });
    expect(stored.map((line) => line.seq)).toEqual(kept.slice(2).map((line) => line.seq));
  });

  test("an empty batch asks the database nothing", async () => {
    const { sql } = await emptyDb(engine);
    expect(await addLines(sql, [])).toEqual({ stored: [] });
  });

  test("a batch that is rolled back leaves neither lines nor figures", async () => {
    const { db, sql } = await emptyDb(engine);
    const broken = sql.begin(async (tx) => {
      await addLines(tx, someLines(5));
      throw new Error("no");
    });
    expect(broken).rejects.toThrow("no");
    await broken.catch(() => undefined);
    expect(await countLines(db, "100")).toBe(0);
    expect(await getFigures(db, "100", noon)).toMatchObject({ messagesTotal: 0, chattersTotal: 0 });
  });

  test("NUL, our separators and half a surrogate pair do not break a batch", async () => {
    const { db, sql } = await emptyDb(engine);
    await addLines(sql, [
      aLine({ messageId: "1", text: "a\0b\x1e\x1fc", displayName: "N\0ul" }),
      aLine({ messageId: "2", text: "x\ud83dy 👋" }),
      aLine({ messageId: "3", text: "tab\tand\nline" }),
      aLine({ messageId: "4", text: "" }),
    ]);
    const lines = await listLines(db, "100", { limit: 10 });
    expect(lines.map((line) => line.text)).toEqual(["abc", "x\ufffdy 👋", "tab\tand\nline", ""]);
    expect(lines[0]?.displayName).toBe("Nul");
  });

  test("a text that is too long is cut, not refused, and never in the middle of an emoji", async () => {
    const { db, sql } = await emptyDb(engine);
    await addLines(sql, [aLine({ text: `${"a".repeat(MESSAGE_KEPT_CHARS_MAX - 1)}👋${"b".repeat(600)}` })]);
    const [line] = await listLines(db, "100", { limit: 1 });
    expect(line?.text).toBe(`${"a".repeat(MESSAGE_KEPT_CHARS_MAX - 1)}\ufffd`);
  });

  test("a page is the newest lines, those before a line, or the first ones after it", async () => {
    const { db, sql } = await emptyDb(engine);
    await addLines(sql, [...someLines(10), aLine({ messageId: "elsewhere", channelId: "200" })]);
    const texts = async (page: Parameters<typeof listLines>[2]) => (await listLines(db, "100", page)).map((line) => line.seq);
    expect(await texts({ limit: 3 })).toEqual([8, 9, 10]);
    expect(await texts({ limit: 3, beforeSeq: 8 })).toEqual([5, 6, 7]);
    expect(await texts({ limit: 3, afterSeq: 4 })).toEqual([5, 6, 7]);
    expect(await texts({ limit: 9, afterSeq: 4, beforeSeq: 7 })).toEqual([5, 6]);
  });

  test("a message is found however long ago it was sent, within the time that is asked for", async () => {
    const { db, sql } = await emptyDb(engine);
    await addLines(sql, [aLine({ messageId: "old", sentAt: minutesBefore(noon, 300) }), aLine({ messageId: "new" })]);
    expect(await markDeleted(db, "100", { messageId: "old", since: minutesBefore(noon, 60) }, noon)).toEqual([]);
    expect(await markDeleted(db, "100", { messageId: "old", since: minutesBefore(noon, 999) }, noon)).toEqual(["old"]);
  });

  test("deleting marks one message, a chatter's since an instant, or everybody's, and tells what is newly marked", async () => {
    const { db, sql } = await emptyDb(engine);
    await addLines(sql, [...someLines(9), aLine({ messageId: "elsewhere", channelId: "200" })]);
    const at = secondsAfter(noon, 60);

    expect(await markDeleted(db, "100", { messageId: "m-4", since: minutesBefore(noon, 999) }, at)).toEqual(["m-4"]);
    expect(await markDeleted(db, "100", { messageId: "m-4", since: minutesBefore(noon, 999) }, at)).toEqual([]);
    expect(await markDeleted(db, "200", { messageId: "m-5", since: minutesBefore(noon, 999) }, at)).toEqual([]);
    expect(await markDeleted(db, "100", { chatterId: "1", since: secondsAfter(noon, 1) }, at)).toEqual(["m-1", "m-7"]);
    expect(await markDeleted(db, "100", { chatterId: null, since: secondsAfter(noon, 6) }, at)).toEqual(["m-6", "m-8"]);
    expect(await markDeleted(db, "100", { chatterId: null, since: minutesBefore(noon, 999) }, at)).toEqual([
      "m-0",
      "m-2",
      "m-3",
      "m-5",
    ]);
    expect((await listLines(db, "100", { limit: 1, afterSeq: 4 }))[0]?.deletedAt).toEqual(at);
    expect((await listLines(db, "200", { limit: 1 }))[0]?.deletedAt).toBeNull();
  });

  test("the latest name of a chatter is kept, the latest of the batch included", async () => {
    const { db, sql } = await emptyDb(engine);
    await addLines(sql, [aLine({ messageId: "1", login: "zoe", displayName: "Zoe" }), aLine({ messageId: "2" })]);
    expect(await json(db, "channel_chatters", "login, display_name")).toEqual([{ login: "ana", display_name: "Ana" }]);
    await addLines(sql, [aLine({ messageId: "3", login: "ana2", displayName: "Ana2" })]);
    expect(await json(db, "channel_chatters", "login, display_name")).toEqual([{ login: "ana2", display_name: "Ana2" }]);
  });

  test("whatever is stored, repeated, and pruned, minutes and chatters equal a recount of the lines", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.array(fc.record(LINE), { maxLength: 30 }), { maxLength: 6 }),
        fc.integer({ min: -7, max: 7 }),
        async (batches, cut) => {
          const database = await emptyDb(engine);
          const ids = new Set<string>();
          for (const batch of batches) {
            const lines = batch.map((line) => aLine({ ...line, sentAt: secondsAfter(noon, whenSent(line.messageId) * 31) }));
            const { stored } = await addLines(database.sql, lines);
            const isNew = (line: HistoryLine) => !ids.has(line.messageId) && Boolean(ids.add(line.messageId));
            expect(stored.map((line) => line.messageId)).toEqual(lines.filter(isNew).map((line) => line.messageId));
          }
          await expectFiguresEqualRecount(database);
          await pruneAll(database, secondsAfter(noon, cut * 31));
          await expectFiguresEqualRecount(database);
        },
      ),
      { numRuns: engine === "embedded" ? 25 : 40 },
    );
  }, 60_000);

  test("several writers at once, with the same lines in other orders: each line once, figures exact", async () => {
    const { db, sql } = await emptyDb(engine);
    const lines = Array.from({ length: 400 }, (_, index) =>
      aLine({ messageId: `m-${index}`, chatterId: String(index % 50), channelId: String(100 + (index % 2)) }),
    );
    const orders = [lines, lines.toReversed(), lines.toSorted((a, b) => a.chatterId.localeCompare(b.chatterId)), lines];
    const answers = await Promise.all(orders.map((order) => addLines(sql, order)));
    expect(answers.reduce((sum, { stored }) => sum + stored.length, 0)).toBe(400);
    for (const channelId of ["100", "101"]) {
      expect(await countLines(db, channelId)).toBe(200);
      expect(await getFigures(db, channelId, noon)).toMatchObject({ messagesTotal: 200, chattersTotal: 25 });
    }
  });

  test("F57: pruning removes old lines in bounded steps and takes them out of the figures", async () => {
    const { db, sql } = await emptyDb(engine);
    await addLines(sql, [
      ...someLines(7, { sentAt: minutesBefore(noon, 90) }),
      aLine({ messageId: "young", chatterId: "0" }),
      aLine({ messageId: "reply", kind: "reply", chatterId: "bot", sentAt: minutesBefore(noon, 90) }),
    ]);
    expect(await pruneLines(db, minutesBefore(noon, 60), 5)).toBe(5);
    expect(await pruneLines(db, minutesBefore(noon, 60), 5)).toBe(3);
    expect(await pruneLines(db, minutesBefore(noon, 60), 5)).toBe(0);
    expect(await getFigures(db, "100", noon)).toMatchObject({ messagesTotal: 1, repliesTotal: 0, chattersTotal: 1 });
    expect(await json(db, "channel_chatters", "chatter_id, messages")).toEqual([{ chatter_id: "0", messages: 1 }]);
    expect(await json(db, "channel_minutes", "messages")).toEqual([{ messages: 1 }]);
  });
});

/** Few ids and few minutes, so that lines repeat and meet. */
/** A message keeps its time however often it is delivered; these spread over minutes before and after noon. */
const whenSent = (messageId: string) => (Number(Bun.hash.crc32(messageId)) % 15) - 7;
const LINE = {
  messageId: fc.integer({ min: 0, max: 60 }).map(String),
  channelId: fc.constantFrom("100", "200"),
  chatterId: fc.integer({ min: 0, max: 5 }).map(String),
  kind: fc.constantFrom<HistoryLine["kind"]>("chat", "chat", "chat", "reply"),
  text: fc.string({ unit: "binary", maxLength: 20 }),
};

async function expectFiguresEqualRecount({ db, sql }: Database): Promise<void> {
  for (const channelId of ["100", "200"]) {
    const counted = await recount(db, channelId);
    const minutes = await sql.unsafe<{ minute: string; messages: number; replies: number }[]>(
      "select minute, messages, replies from channel_minutes where channel_id = $1 order by minute",
      [channelId],
    );
    const chatters = await sql.unsafe<{ chatterId: string; messages: number; lastSeenAt: string }[]>(
      `select chatter_id as "chatterId", messages, last_seen_at as "lastSeenAt" from channel_chatters where channel_id = $1 order by chatter_id`,
      [channelId],
    );
    expect(minutes.map((row) => ({ ...row, minute: new Date(row.minute) }))).toEqual(counted.minutes);
    expect(chatters.map(({ lastSeenAt, ...row }) => ({ ...row, lastSeenAt: new Date(lastSeenAt) }))).toEqual(counted.chatters);
    expect(await getFigures(db, channelId, secondsAfter(noon, 400))).toMatchObject({
      messagesTotal: counted.messages,
      repliesTotal: counted.replies,
      chattersTotal: counted.chatters.length,
    });
  }
}

async function pruneAll({ db }: Database, before: Date): Promise<void> {
  while ((await pruneLines(db, before, 7)) > 0);
}

/** These columns of a table, as plain rows. */
const json = async (db: Database["db"], table: string, columns: string) => [
  ...(await db.execute(`select ${columns} from ${table}`)),
];
