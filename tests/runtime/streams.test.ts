import { describe, expect, setDefaultTimeout, test } from "bun:test";
import type { EventBody } from "../../src/domain/events.ts";
import type { Helix } from "../../src/ports-twitch.ts";
import { StreamWriter } from "../../src/runtime/stream-writer.ts";
import { Streams } from "../../src/runtime/streams.ts";
import { type Database, openDatabase } from "../../src/store/db.ts";
import { listStreams, saveStreams } from "../../src/store/streams.ts";
import { systemTime } from "../../src/system.ts";
import { databaseSettings } from "../support/app.ts";
import { emptyDb, engines, postgresServer, quiet } from "../support/db.ts";
import { aCuttableWire } from "../support/proxy.ts";
import { aListenedBus, CHANNEL_ID, evenChance } from "./builders.ts";

setDefaultTimeout(30_000);

/** A database that does not answer is given up after this long. */
const QUERY_MS = 300;
const nobody: Pick<Helix, "streams"> = { streams: () => Promise.reject(new Error("nobody may ask")) };

/** A process's streams on `database`, of one channel, without an account. */
function aProcess({ db, sql }: Pick<Database, "db" | "sql">) {
  const { bus } = aListenedBus();
  const writer = new StreamWriter({ sql, bus, time: systemTime, log: quiet });
  const rooms = { held: [CHANNEL_ID] };
  const streams = new Streams({
    db,
    writer,
    bus,
    rooms: () => rooms.held.map((channelId) => ({ channelId })),
    asker: () => null,
    helix: nobody,
    time: systemTime,
    chance: evenChance,
    log: quiet,
  });
  streams.start();
  const tell = (body: EventBody) =>
    bus.publish({ kind: "event", event: { id: null, at: systemTime.now(), channelId: CHANNEL_ID, traceId: null, body } });
  return {
    streams,
    rooms,
    goOnline: (streamId: string) => tell({ type: "stream.online", streamId, startedAt: systemTime.now().toISOString() }),
    [Symbol.asyncDispose]: () => streams.stop(),
  };
}

describe("streams of a process", () => {
  test.skipIf(!engines.includes("postgres"))(
    "F55: what is told while the database is away is known at once, and written when it is back",
    async () => {
      await using wire = await aCuttableWire((await postgresServer()).port);
      const url = new URL((await databaseSettings("postgres")).databaseUrl ?? "");
      url.port = String(wire.port);
      const database = await openDatabase({ kind: "postgres", url: url.href, log: quiet, queryMs: QUERY_MS });
      {
        await using process = aProcess(database);
        await process.streams.look();
        wire.cut();
        process.goOnline("41");
        await process.streams.look();
        expect(process.streams.find(CHANNEL_ID)).toMatchObject({ source: "eventsub", twitchIds: ["41"] });
        wire.mend();
        const stored = () => listStreams(database.db, CHANNEL_ID, 2).catch(() => []);
        while ((await stored()).length === 0) await process.streams.look();
        expect(await stored()).toMatchObject([
          { id: process.streams.find(CHANNEL_ID)?.id ?? "", twitchIds: ["41"], endedAt: null },
        ]);
      }
      await database.close();
    },
  );

  test("what is told before the stored streams were read belongs to the one that is open", async () => {
    const database = await emptyDb("embedded");
    await using first = aProcess(database);
    first.goOnline("41");
    await first.streams.look();
    const begun = first.streams.find(CHANNEL_ID);
    await using second = aProcess(database);
    second.goOnline("42");
    await second.streams.look();
    expect(second.streams.find(CHANNEL_ID)).toMatchObject({ id: begun?.id ?? "", twitchIds: ["41", "42"] });
  });

  test("a stream that another process began meanwhile is taken over in place of ours", async () => {
    const database = await emptyDb("embedded");
    await using process = aProcess(database);
    await process.streams.look();
    const now = systemTime.now();
    const theirs = {
      channelId: CHANNEL_ID,
      twitchIds: ["41"],
      source: "helix",
      title: "",
      category: "",
      startedAt: now,
    } as const;
    const open = { ...theirs, id: "theirs", offlineAt: null, endedAt: null, viewersPeak: null, viewersLast: null };
    await saveStreams(database.sql, { saved: [open], removed: [] }, now);
    process.goOnline("41");
    await process.streams.look();
    await process.streams.look();
    expect(process.streams.find(CHANNEL_ID)?.id).toBe("theirs");
    expect(await listStreams(database.db, CHANNEL_ID, 5)).toHaveLength(1);
  });

  test("a channel that is given up is forgotten, and nothing told of it is written", async () => {
    const database = await emptyDb("embedded");
    await using process = aProcess(database);
    await process.streams.look();
    process.rooms.held = [];
    process.goOnline("41");
    await process.streams.look();
    expect(process.streams.find(CHANNEL_ID)).toBeNull();
    expect(await listStreams(database.db, CHANNEL_ID, 5)).toEqual([]);
  });
});
