import { describe, expect, test } from "bun:test";
import { Recorder } from "../../src/runtime/recorder.ts";
import { listLines, recount } from "../../src/store/chat.ts";
import { type Database, openDatabase } from "../../src/store/db.ts";
import { listModelCalls, type ModelCall } from "../../src/store/ledger.ts";
import { findState } from "../../src/store/state.ts";
import { listEvents, listMeanings } from "../../src/store/timeline.ts";
import { emptyDb, engines, postgresServer, quiet } from "../support/db.ts";
import { aCuttableWire, type CuttableWire } from "../support/proxy.ts";
import { MovableTime } from "../support/time.ts";
import { aLine, aListenedBus, CHANNEL_ID, evenChance, someLines } from "./builders.ts";

function aRecorder(database: Database, linesBatchMax = 500) {
  const told = aListenedBus();
  const time = new MovableTime();
  const recorder = new Recorder(database, told.bus, { time, chance: evenChance, log: quiet }, { linesBatchMax });
  return { recorder, time, ...told };
}

const aCall = (over: Partial<ModelCall> = {}): ModelCall => ({
  at: new Date("2026-11-22T12:00:00Z"),
  channelId: CHANNEL_ID,
  traceId: "t-1",
  purpose: "reply",
  model: "first",
  outcome: "answered",
  inputTokens: 10,
  cachedTokens: 0,
  outputTokens: 5,
  costMicros: 15,
  latencyMs: 100,
  error: null,
  ...over,
});

const texts = (lines: readonly { text: string }[]) => lines.map((line) => line.text);

describe.each(engines)("on %s", (engine) => {
  test("lines are stored exactly once and in order, and told in order with the number of their row", async () => {
    const database = await emptyDb(engine);
    const { recorder, lines } = aRecorder(database);
    const given = someLines(3_000);
    for (const line of given) recorder.addLine(line);
    for (const line of given.slice(0, 500)) recorder.addLine(line);
    await recorder.flush();
    expect(texts(await listLines(database.db, CHANNEL_ID, { limit: 4_000 }))).toEqual(texts(given));
    expect(texts(lines)).toEqual(texts(given));
    expect(lines.every((line, index) => line.seq !== null && (index === 0 || line.seq > (lines[index - 1]?.seq ?? 0)))).toBe(
      true,
    );
    expect(recorder.stats()).toMatchObject({
      linesWaiting: 0,
      linesDropped: 0,
      linesRefused: 0,
      linesStored: 3_000,
      linesDone: 3_500,
    });
  });

  test("F42: a line that the database refuses is set aside and counted, and all others are stored", async () => {
    const database = await emptyDb(engine);
    const { recorder, lines } = aRecorder(database);
    for (let index = 0; index < 300; index++)
      recorder.addLine(index === 150 ? aLine(index, { sentAt: new Date(Number.NaN) }) : aLine(index));
    await recorder.flush();
    expect(recorder.stats()).toMatchObject({ linesRefused: 1, linesStored: 299, linesWaiting: 0 });
    expect(lines).toHaveLength(299);
    expect((await recount(database.db, CHANNEL_ID)).messages).toBe(299);
  });

  test("F42: a ledger row that the database refuses keeps neither states nor deletions waiting", async () => {
    const database = await emptyDb(engine);
    const { recorder, deleted } = aRecorder(database);
    recorder.addLine(aLine(1));
    recorder.addCall(aCall({ inputTokens: 2 ** 40 }));
    recorder.addDeletion({ channelId: CHANNEL_ID, messageId: "m-1" });
    const at = new Date("2026-11-22T12:00:00Z");
    recorder.saveState({
      channelId: CHANNEL_ID,
      login: "studio",
      lastEvent: null,
      lastReply: "hi",
      lastReplyAt: at,
      lastMessageAt: at,
      state: {},
      updatedAt: at,
    });
    await recorder.flush();
    expect(deleted).toEqual(["m-1"]);
    expect(await findState(database.db, CHANNEL_ID)).toMatchObject({ lastReply: "hi" });
    expect(await listModelCalls(database.db, { limit: 5 })).toEqual([]);
  });

  test("a deletion that comes right behind its line finds it stored", async () => {
    const database = await emptyDb(engine);
    const { recorder, deleted } = aRecorder(database);
    for (const line of someLines(20)) recorder.addLine(line);
    recorder.addDeletion({ channelId: CHANNEL_ID, messageId: "m-19" });
    await recorder.flush();
    expect(deleted).toEqual(["m-19"]);
    const lines = await listLines(database.db, CHANNEL_ID, { limit: 50 });
    expect(lines.filter((line) => line.deletedAt !== null).map((line) => line.messageId)).toEqual(["m-19"]);
  });

  test("an event is in the database when it is told", async () => {
    const database = await emptyDb(engine);
    const { recorder, bus } = aRecorder(database);
    const found = new Promise<number>((resolve) => {
      bus.subscribe((message) => {
        if (message.kind === "event")
          void listEvents(database.db, { limit: 5 }).then((rows) =>
            resolve(rows.filter((row) => row.id === message.event.id).length),
          );
      });
    });
    recorder.addEvent(CHANNEL_ID, { type: "chat.raid", fromLogin: "ned", fromName: "Ned", viewers: 3 });
    expect(await found).toBe(1);
    await recorder.flush();
  });

  test("F16: an occurrence that is written already, in an earlier life or by another process, is neither written nor told again", async () => {
    const database = await emptyDb(engine);
    const earlier = aRecorder(database);
    const raid = { type: "chat.raid", fromLogin: "ned", fromName: "Ned", viewers: 3 } as const;
    earlier.recorder.addEvent(CHANNEL_ID, raid, null, { meaning: "raid", writeKey: "chat:n1" });
    await earlier.recorder.flush();
    expect(earlier.events).toHaveLength(1);

    const { recorder, events } = aRecorder(database);
    recorder.addEvent(CHANNEL_ID, raid, null, { meaning: "raid", writeKey: "chat:n1" });
    recorder.addEvent(CHANNEL_ID, raid, null, { meaning: "raid", writeKey: null });
    recorder.addEvent(CHANNEL_ID, raid, null, { meaning: "raid", writeKey: "chat:n2" });
    await recorder.flush();
    expect(events).toHaveLength(2);
    expect(events.every((event) => event.id !== null)).toBe(true);
    expect(await listEvents(database.db, { limit: 9 })).toHaveLength(3);
    expect(await listMeanings(database.db, CHANNEL_ID, new Date(0), 9)).toHaveLength(3);
  });

  test("F53: an occurrence whose row was written, but whose answer was lost, is there once and told once", async () => {
    const database = await emptyDb(engine);
    let lost = 0;
    const unsafe = async (...query: Parameters<typeof database.sql.unsafe>) => {
      const answer = await database.sql.unsafe(...query);
      if (lost++ === 0) throw Object.assign(new Error("gone"), { code: "CONNECTION_CLOSED" });
      return answer;
    };
    const { recorder, time, events, until } = aRecorder({ ...database, sql: { unsafe } as unknown as Database["sql"] });
    const raid = { type: "chat.raid", fromLogin: "ned", fromName: "Ned", viewers: 3 } as const;
    recorder.addEvent(CHANNEL_ID, raid, null, { meaning: "raid", writeKey: "chat:n1" });
    await until(() => events.some((event) => event.body.type === "database.lost"));
    time.advance(5_000);
    await until(() => events.some((event) => event.body.type === "database.back"));
    await recorder.flush();
    expect(events.map((event) => event.body.type).toSorted()).toEqual(["chat.raid", "database.back", "database.lost"]);
    expect(await listEvents(database.db, { types: ["chat.raid"], limit: 9 })).toHaveLength(1);
  });
});

/** A database behind a wire that can be cut. */
async function aCuttableDatabase(): Promise<AsyncDisposable & { database: Database; wire: CuttableWire }> {
  const server = await postgresServer();
  const wire = await aCuttableWire(server.port);
  const url = new URL(server.url(await server.createDatabase("cut")));
  url.port = String(wire.port);
  const database = await openDatabase({ kind: "postgres", url: url.href, log: quiet, queryMs: 1_500 });
  return {
    database,
    wire,
    [Symbol.asyncDispose]: async () => {
      wire.mend();
      await database.close();
      await wire[Symbol.asyncDispose]();
    },
  };
}

describe.skipIf(!engines.includes("postgres"))("F55: the database away in mid-stream", () => {
  test("lines are told without numbers, kept in order, and stored once when it is back; the gap is told", async () => {
    await using behind = await aCuttableDatabase();
    const { database, wire } = behind;
    const { recorder, time, lines, events, until } = aRecorder(database);
    const given = someLines(600);
    for (const line of given.slice(0, 200)) recorder.addLine(line);
    await recorder.flush();
    wire.cut();
    for (const line of given.slice(200, 500)) recorder.addLine(line);
    await until(() => lines.length === 500);
    expect(lines.slice(0, 200).every((line) => line.seq !== null)).toBe(true);
    expect(lines.slice(200).every((line) => line.seq === null)).toBe(true);
    expect(recorder.stats().awaySince).not.toBeNull();
    expect(recorder.stats()).toMatchObject({ linesWaiting: 300, linesDropped: 0 });

    time.advance(600_000);
    for (const line of given.slice(500)) recorder.addLine(line);
    wire.mend();
    time.advance(5_000);
    await until(() => events.some((event) => event.body.type === "database.back"));
    await recorder.flush();
    expect(recorder.stats().awaySince).toBeNull();
    expect(texts(await listLines(database.db, CHANNEL_ID, { limit: 1_000 }))).toEqual(texts(given));
    expect(texts(lines)).toEqual(texts(given));
    const told = (await listEvents(database.db, { limit: 10 })).map((event) => event.body.type);
    expect(told.toReversed()).toEqual(["database.lost", "database.back"]);
    const back = events.find((event) => event.body.type === "database.back")?.body;
    expect(back).toMatchObject({ dropped: 0 });
    expect((back as { awayMs: number }).awayMs).toBeGreaterThanOrEqual(600_000);
    await recorder.stop(1_000);
  });

  test("F53: cut again and again in the middle of writing, every line is stored once, in order, and told once", async () => {
    await using behind = await aCuttableDatabase();
    const { database, wire } = behind;
    const { recorder, time, lines } = aRecorder(database, 100);
    const given = someLines(2_000);
    for (let round = 0; round < 20; round++) {
      for (const line of given.slice(round * 100, round * 100 + 100)) recorder.addLine(line);
      // Each round cuts at another moment of the write that has just begun.
      for (let turn = 0; turn < round; turn++) await new Promise(setImmediate);
      wire.cut();
      wire.mend();
      time.advance(100);
    }
    while (recorder.stats().linesDone < given.length) {
      time.advance(2_000);
      await new Promise(setImmediate);
    }
    expect(texts(await listLines(database.db, CHANNEL_ID, { limit: 3_000 }))).toEqual(texts(given));
    expect(new Set(texts(lines)).size).toBe(lines.length);
    await recorder.stop(1_000);
  });

  test("what waits is bounded: the oldest go, are counted, and a stop does not wait for a database that is not there", async () => {
    await using behind = await aCuttableDatabase();
    const { database, wire } = behind;
    const { recorder, until, events } = aRecorder(database);
    wire.cut();
    recorder.addLine(aLine(-1));
    await until(() => events.some((event) => event.body.type === "database.lost"));
    for (let index = 0; index < 300_100; index++) recorder.addLine(aLine(index));
    expect(recorder.stats()).toMatchObject({ linesWaiting: 300_000, linesDropped: 101 });
    expect(await recorder.stop(100)).toBe(300_000);
  });
});

test("a stop whose time is up ends, though the database is there and more is waiting", async () => {
  const database = await emptyDb("embedded");
  const { recorder } = aRecorder(database, 10);
  for (const line of someLines(5_000)) recorder.addLine(line);
  const left = await recorder.stop(1);
  expect(left).toBeGreaterThan(0);
  expect(left + recorder.stats().linesDone).toBe(5_000);
});
