import { afterEach, describe, expect, test } from "bun:test";
import { Hub } from "../../src/http/hub.ts";
import type { FeedRows } from "../../src/http/live-feed.ts";
import { LOG_ITEMS_MAX } from "../../src/http/live-log.ts";
import type { FreshRows, LiveRenderer, ViewSpec } from "../../src/http/live-view.ts";
import { encodeCursor, parseCursor } from "../../src/http/sse.ts";
import { Bus } from "../../src/runtime/bus.ts";
import { aLine, anEvent, CHANNEL } from "./builders.ts";
import { StreamReader } from "./streams.ts";

/** What a view was told, without its looks. */
interface Told {
  whole?: boolean;
  lines: (number | null)[];
  events: (number | null)[];
  deleted: string[];
  skipped: number;
}

const plain = (rows: FreshRows): Told => ({
  lines: rows.lines.map((item) => item.value.seq),
  events: rows.events.map((item) => item.value.id),
  deleted: rows.deleted.map((item) => item.value),
  skipped: rows.skipped,
});

const renderer: LiveRenderer = {
  rows: (_, fresh) => JSON.stringify(plain(fresh)),
  whole: (_, all) => JSON.stringify({ ...plain(all), whole: true }),
  hudEvent: (_, { id, body }) =>
    JSON.stringify(body.type === "hud.message" && body.text.length > 99 ? { id, text: body.text } : { id }),
  parts: async () => new Map(),
};

const DASHBOARD: ViewSpec = { kind: "dashboard", login: "ana", language: "en", zone: "UTC" };
const HUD: ViewSpec = { kind: "hud", login: "ana", language: "en", zone: "UTC" };

const open: Hub[] = [];
afterEach(() => {
  for (const hub of open.splice(0)) hub.close();
});

/** A hub over what is stored, and the bus that tells it more. */
function aHub(stored: FeedRows = { lines: [], events: [] }, isValid: (pass: string) => boolean = () => true) {
  const bus = new Bus((error) => {
    throw error;
  });
  let words = 0;
  const away = { isAway: false };
  const failures: string[] = [];
  const log = { info: () => {}, warn: (event: string) => void failures.push(event), error: () => {} };
  const hub = new Hub({
    bus,
    log,
    renderer,
    channelId: (login) => (login === "ana" ? CHANNEL : null),
    source: () => ({
      async newest() {
        if (away.isAway) throw new Error("away");
        return stored;
      },
    }),
    isValid: async (pass) => isValid(pass),
    word: () => `w${words++}`,
  });
  open.push(hub);
  const read = (spec: ViewSpec, cursor: string | null = null, pass = "p") =>
    new StreamReader(hub.open(spec, pass, parseCursor(cursor), new AbortController().signal));
  return { bus, hub, read, failures, away };
}

/** Waits until the reader is among those who are told: its first message is this event. */
async function settled(bus: Bus, reader: StreamReader, id: number): Promise<void> {
  const isTold = reader.next();
  const timer = setInterval(() => bus.publish({ kind: "event", event: anEvent(id) }), 1);
  await isTold;
  clearInterval(timer);
}

async function told(reader: StreamReader): Promise<Told> {
  const message = await reader.next();
  if (message === null) throw new Error("the stream ended");
  return JSON.parse(message.data) as Told;
}

describe("a stream", () => {
  test("begins after its cursor with what was stored since, and goes on with what the bus tells, each once", async () => {
    const { bus, read } = aHub({ lines: [aLine(1), aLine(2), aLine(3)], events: [anEvent(10), anEvent(11)] });
    const reader = read(DASHBOARD, "10-1");
    expect(await told(reader)).toEqual({ lines: [2, 3], events: [11], deleted: [], skipped: 0 });

    bus.publish({ kind: "event", event: anEvent(11) });
    bus.publish({ kind: "lines", channelId: CHANNEL, lines: [aLine(3), aLine(4)], skipped: 0 });
    expect(await told(reader)).toEqual({ lines: [4], events: [], deleted: [], skipped: 0 });
  });

  test("tells a row that a page was made from, and the bus tells later, to nobody twice", async () => {
    const stored = { lines: [aLine(1)], events: [anEvent(10)] };
    const { bus, read } = aHub(stored);
    const first = read(DASHBOARD, "9-1");
    expect((await told(first)).events).toEqual([10]);

    stored.events.push(anEvent(12));
    const second = read(DASHBOARD, "12-1");
    expect((await told(first)).events).toEqual([12]);
    bus.publish({ kind: "event", event: anEvent(12) });
    bus.publish({ kind: "event", event: anEvent(13) });
    expect((await told(first)).events).toEqual([13]);
    expect((await told(second)).events).toEqual([13]);
  });

  test("comes back with its last id and is told exactly what it missed, rows without an id too", async () => {
    const { bus, read } = aHub();
    const reader = read(DASHBOARD, "0-0");
    await settled(bus, reader, 1);
    bus.publish({ kind: "event", event: anEvent(2) });
    expect((await told(reader)).events).toEqual([2]);
    const id = reader.lastId;
    await reader.leave();

    bus.publish({ kind: "event", event: anEvent(null) });
    bus.publish({ kind: "lines", channelId: CHANNEL, lines: [aLine(null)], skipped: 0 });
    const back = await told(read(DASHBOARD, id));
    expect([back.events, back.lines]).toEqual([[null], [null]]);
  });

  test("of another process is understood by its rows", async () => {
    const { read } = aHub({ lines: [aLine(5), aLine(6)], events: [anEvent(20)] });
    expect(await told(read(DASHBOARD, "19-5-otherboot.77"))).toMatchObject({ lines: [6], events: [20] });
  });

  test("that missed more than is kept is shown the whole", async () => {
    const lines = Array.from({ length: LOG_ITEMS_MAX }, (_, i) => aLine(1_000 + i));
    const { read } = aHub({ lines, events: [] });
    const back = await told(read(DASHBOARD, "0-5"));
    expect([back.whole, back.lines.length]).toEqual([true, LOG_ITEMS_MAX]);
    expect((await told(read(DASHBOARD, "0-1198"))).lines).toEqual([1_199]);
  });

  test("that comes back after an outage of the database is told by rows what was told without rows", async () => {
    const stored: FeedRows & { events: ReturnType<typeof anEvent>[] } = { lines: [], events: [] };
    const { bus, read } = aHub(stored);
    const reader = read(DASHBOARD, "0-0");
    await settled(bus, reader, 1);
    const missing = anEvent(null, { traceId: "t" });
    bus.publish({ kind: "event", event: missing });
    expect((await told(reader)).events).toEqual([null]);

    stored.events.push(anEvent(1), { ...missing, id: 2 });
    bus.publish({ kind: "event", event: anEvent(3) });
    expect((await told(read(DASHBOARD, "1-0"))).events).toEqual([2, 3]);
    expect((await told(read(DASHBOARD, "2-0"))).events).toEqual([3]);
  });
});

describe("a stream that was opened while the database is away", () => {
  test("is told what happens, and all of it as rows within a second or so of its return", async () => {
    const stored: FeedRows = { lines: [aLine(1), aLine(2)], events: [anEvent(1)] };
    const { bus, read, away } = aHub(stored);
    away.isAway = true;
    const [dashboard, hud] = [read(DASHBOARD, "1-1"), read(HUD, "1-0")];
    await settled(bus, dashboard, 0);
    bus.publish({ kind: "event", event: anEvent(null, { traceId: "t" }) });
    expect((await told(dashboard)).events).toEqual([null]);
    const toHud = [(await hud.next())?.data, (await hud.next())?.data];
    expect(toHud).toEqual(['{"id":0}', '{"id":null}']);

    away.isAway = false;
    expect(await told(dashboard)).toMatchObject({ whole: true, lines: [1, 2], events: [1] });
    bus.publish({ kind: "event", event: anEvent(3) });
    expect((await told(dashboard)).events).toEqual([3]);
  });
});

describe("a flood of chat", () => {
  test("is drawn as its newest 40 rows and the number of those left out, and loses no count", async () => {
    const { bus, read } = aHub();
    const reader = read(DASHBOARD, "0-0");
    await settled(bus, reader, 1);
    let seq = 0;
    for (let batch = 0; batch < 20; batch++) {
      const lines = Array.from({ length: 500 }, () => aLine(++seq));
      bus.publish({ kind: "lines", channelId: CHANNEL, lines, skipped: 7 });
    }
    let [shown, skipped] = [0, 0];
    while (shown + skipped < 20 * 507) {
      const flush = await told(reader);
      expect(flush.lines.length).toBeLessThanOrEqual(40);
      [shown, skipped] = [shown + flush.lines.length, skipped + flush.skipped];
      if (shown + skipped === 20 * 507) expect(flush.lines.at(-1)).toBe(seq);
    }
    expect(shown + skipped).toBe(20 * 507);
  });
});

describe("the HUD's stream", () => {
  test("tells one message per event of the HUD's kinds, each with its own id", async () => {
    const { bus, read } = aHub({ lines: [], events: [anEvent(4)] });
    const reader = read(HUD, "3-0");
    expect(await reader.next()).toMatchObject({ event: "hud", data: '{"id":4}' });
    bus.publish({ kind: "event", event: anEvent(5, {}, { type: "channel.left", login: "ana" }) });
    bus.publish({ kind: "event", event: anEvent(6) });
    bus.publish({ kind: "event", event: anEvent(7) });
    const [six, seven] = [await reader.next(), await reader.next()];
    expect([six?.data, seven?.data]).toEqual(['{"id":6}', '{"id":7}']);
    expect(parseCursor(six?.id ?? "")?.timelineId).toBe(6);
  });
});

describe("who may read", () => {
  test("a stream whose pass was taken back ends within 1.5 s, others go on", async () => {
    const bad = new Set<string>();
    const { bus, read } = aHub(undefined, (pass) => !bad.has(pass));
    const [one, other] = [read(DASHBOARD, null, "one"), read(DASHBOARD, null, "other")];
    await settled(bus, one, 1);
    bad.add("one");
    await one.ended(1_500);
    bus.publish({ kind: "event", event: anEvent(500) });
    expect((await told(other)).events).toContain(1);
  });

  test("a reader who does not read is cut off, and costs the others nothing", async () => {
    const { bus, hub, read } = aHub();
    const stuck = hub.open(HUD, "stuck", parseCursor("0-0"), new AbortController().signal);
    const reader = read(HUD, "0-0");
    const text = "x".repeat(8_000);
    for (let i = 1; hub.stats().cut === 0; i++) {
      if (i > 100) throw new Error("the slow reader was never cut off");
      bus.publish({
        kind: "event",
        event: anEvent(i, {}, { type: "hud.message", text, source: "test", by: { kind: "system" } }),
      });
      expect(await reader.next()).toMatchObject({ event: "hud" });
    }
    expect(hub.stats()).toMatchObject({ cut: 1, clients: 1 });
    await stuck.body?.cancel();
  });

  test("F62 (server side): a reader who leaves is forgotten", async () => {
    const { hub, read } = aHub();
    const readers = Array.from({ length: 50 }, () => read(DASHBOARD, "0-0"));
    expect(hub.stats().clients).toBe(50);
    for (const reader of readers) await reader.leave();
    expect(hub.stats()).toMatchObject({ clients: 0 });
  });

  test("closing the hub ends every stream and refuses new ones", async () => {
    const { hub, read } = aHub();
    const reader = read(DASHBOARD);
    hub.close();
    await reader.ended(500);
    expect(() => hub.open(DASHBOARD, "p", null, new AbortController().signal)).toThrow("clients_full");
  });
});

test("a cursor is read back as it was written, and what is none is refused", () => {
  for (const text of ["0-0", "12-5", "12-5-abc.77"]) {
    const cursor = parseCursor(text);
    expect(cursor && encodeCursor(cursor)).toBe(text);
  }
  for (const text of [null, "", "1", "a-b", "1-2-3", "1-2-x.y", "-1-2", "1-2 ", "9999999999999999-1"])
    expect(parseCursor(text)).toBeNull();
});
