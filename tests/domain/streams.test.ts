import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { DROP_MS } from "../../src/domain/stream-standing.ts";
import {
  hearStream,
  LATE_MS,
  RECENT_MAX,
  restoreStreams,
  type Stream,
  type StreamInput,
  type StreamReport,
  type StreamState,
} from "../../src/domain/streams.ts";

const S = 1_000;
const MIN = 60 * S;
const T0 = Date.parse("2026-11-22T12:00:00Z");
const at = (ms: number) => new Date(T0 + ms);

/** A channel with all its rows, as the database would have them. */
class Channel {
  state: StreamState;
  readonly rows = new Map<string, Stream>();
  #ids = 0;

  constructor(startMs = 0, newest: readonly Stream[] = [], lastLineMs: number | null = null) {
    this.state = restoreStreams("1", newest, lastLineMs === null ? null : at(lastLineMs), null, at(startMs));
    for (const stream of newest) this.rows.set(stream.id, stream);
  }

  hear(input: StreamInput, nowMs: number): void {
    const [state, effects] = hearStream(this.state, input, at(nowMs), `s-${++this.#ids}`);
    this.state = state;
    for (const effect of effects) {
      if (effect.kind === "save") this.rows.set(effect.stream.id, effect.stream);
      else this.rows.delete(effect.streamId);
    }
  }

  tick(nowMs: number, isBlind = false): void {
    this.hear({ kind: "tick", isBlind }, nowMs);
  }

  /** Each row by its start, drop and end, in milliseconds. */
  get told(): (readonly [start: number, offline: number | null, end: number | null])[] {
    const ms = (date: Date | null) => (date === null ? null : date.getTime() - T0);
    return [...this.rows.values()]
      .map((row) => [row.startedAt.getTime() - T0, ms(row.offlineAt), ms(row.endedAt)] as const)
      .sort((a, b) => a[0] - b[0]);
  }

  get only(): Stream {
    const [row] = this.rows.values();
    if (row === undefined || this.rows.size !== 1) throw new Error(`${this.rows.size} rows`);
    return row;
  }
}

const online = (ms: number, twitchId = "a"): StreamReport => ({ kind: "online", at: at(ms), twitchId, startedAt: at(ms) });
const offline = (ms: number): StreamReport => ({ kind: "offline", at: at(ms) });
const absent = (ms: number): StreamReport => ({ kind: "absent", at: at(ms) });
const live = (ms: number, over: { twitchId?: string; startedMs?: number; viewers?: number } = {}): StreamReport => ({
  kind: "live",
  at: at(ms),
  twitchId: over.twitchId ?? "a",
  startedAt: at(over.startedMs ?? 0),
  viewers: over.viewers ?? 10,
  title: "Title",
  category: "Chess",
});

/** Each report when it happens, with a tick each minute until `endMs`. */
function play(reports: readonly StreamReport[], endMs = 0): Channel {
  const channel = new Channel();
  let ticked = 0;
  for (const report of reports) {
    const ms = report.at.getTime() - T0;
    for (; ticked + MIN <= ms; ticked += MIN) channel.tick(ticked + MIN);
    channel.hear(report, ms);
  }
  for (; ticked + MIN <= endMs; ticked += MIN) channel.tick(ticked + MIN);
  return channel;
}

describe("a stream", () => {
  test("F71: a drop of two minutes is part of it, also when Twitch calls it by another id, and both ids are kept", () => {
    const channel = play([online(0, "a"), offline(30 * MIN), online(32 * MIN, "b"), offline(60 * MIN)], 80 * MIN);
    expect(channel.told).toEqual([[0, 60 * MIN, 60 * MIN]]);
    expect(channel.only.twitchIds).toEqual(["a", "b"]);
  });

  test("of ten minutes is the longest drop that is part of it", () => {
    expect(play([online(0), offline(30 * MIN), online(40 * MIN)]).told).toEqual([[0, null, null]]);
    expect(play([online(0), offline(30 * MIN), online(40 * MIN + 1)]).told).toEqual([
      [0, 30 * MIN, 30 * MIN],
      [40 * MIN + 1, null, null],
    ]);
  });

  test("ends at its offline, and for good only when nobody can tell of a return within ten minutes any more", () => {
    const channel = play([online(0), offline(5 * MIN)], 15 * MIN);
    expect(channel.told).toEqual([[0, 5 * MIN, null]]);
    channel.tick(16 * MIN + 1);
    expect(channel.told).toEqual([[0, 5 * MIN, 5 * MIN]]);
  });

  test("F71: after a crash during its drop the next start ends it, at the time of the offline", () => {
    const before = play([online(0), offline(5 * MIN)]);
    const after = new Channel(60 * MIN, [before.only]);
    after.tick(60 * MIN);
    expect(after.told).toEqual([[0, 5 * MIN, 5 * MIN]]);
  });

  test("after a restart goes on under its own id", () => {
    const before = play([online(0, "a")]);
    const after = new Channel(2 * MIN, [before.only]);
    after.hear(online(3 * MIN, "b"), 3 * MIN);
    expect(after.only).toMatchObject({ id: before.only.id, twitchIds: ["a", "b"], startedAt: at(0) });
  });
});

describe("Get Streams", () => {
  test("begins a stream that EventSub did not tell, at Twitch's time, and keeps its viewers, title and category", () => {
    const channel = play([live(10 * MIN, { viewers: 7 }), live(11 * MIN, { viewers: 40 }), live(12 * MIN, { viewers: 20 })]);
    expect(channel.only).toMatchObject({ source: "helix", startedAt: at(0), viewersPeak: 40, viewersLast: 20 });
    expect(channel.only).toMatchObject({ title: "Title", category: "Chess", twitchIds: ["a"] });
  });

  test("does not end what EventSub said is online while its answers may be from before", () => {
    const channel = play([online(0), absent(MIN), absent(2 * MIN), absent(4 * MIN + 50 * S)], 20 * MIN);
    expect(channel.told).toEqual([[0, null, null]]);
  });

  test("ends a stream alone only by two checks in a row at least three minutes apart, at the first of them", () => {
    const once = play([online(0), absent(10 * MIN), live(11 * MIN), absent(12 * MIN), absent(14 * MIN)], 40 * MIN);
    expect(once.told).toEqual([[0, null, null]]);
    const twice = play([online(0), absent(10 * MIN), absent(11 * MIN), absent(13 * MIN)], 40 * MIN);
    expect(twice.told).toEqual([[0, 10 * MIN, 10 * MIN]]);
  });

  test("does not bring back what EventSub said is over while its answers may be from before, but does later", () => {
    const channel = play([online(0), offline(60 * MIN), live(61 * MIN), live(64 * MIN)]);
    expect(channel.told).toEqual([[0, 60 * MIN, null]]);
    channel.hear(live(66 * MIN), 66 * MIN);
    expect(channel.told).toEqual([[0, null, null]]);
  });

  test("that tells of another id brings the stream back at once, and splits it by when Twitch began that one", () => {
    const short = play([online(0), offline(60 * MIN), live(65 * MIN, { twitchId: "b", startedMs: 64 * MIN })]);
    expect(short.told).toEqual([[0, null, null]]);
    const long = play([online(0), offline(60 * MIN), live(71 * MIN, { twitchId: "b", startedMs: 71 * MIN - 1 })]);
    expect(long.told).toEqual([
      [0, 60 * MIN, 60 * MIN],
      [71 * MIN - 1, null, null],
    ]);
  });
});

describe("with no account", () => {
  const line = (channel: Channel, ms: number, chatterId: string, isBlind = true) =>
    channel.hear({ kind: "line", at: at(ms), chatterId, isBlind }, ms);

  test("three chatters within five minutes begin a stream at the first of their lines; two do not, nor three over a longer time", () => {
    const channel = new Channel();
    for (let i = 0; i < 20; i++) line(channel, i * S, String(i % 2));
    line(channel, 6 * MIN, "3");
    expect(channel.told).toEqual([]);
    line(channel, 7 * MIN, "1");
    line(channel, 8 * MIN, "2");
    expect(channel.only).toMatchObject({ source: "chat", startedAt: at(6 * MIN) });
  });

  test("it ends with its last line, once nobody wrote for twenty minutes", () => {
    const channel = new Channel();
    for (const chatter of ["1", "2", "3"]) line(channel, 0, chatter);
    line(channel, 30 * MIN, "1");
    channel.tick(50 * MIN - 1, true);
    expect(channel.told).toEqual([[0, null, null]]);
    channel.tick(50 * MIN, true);
    expect(channel.told).toEqual([[0, 30 * MIN, 30 * MIN]]);
  });

  test("it ends so after a restart, too", () => {
    const row = { ...play([online(0)]).only, source: "chat" as const };
    const channel = new Channel(60 * MIN, [row], 10 * MIN);
    channel.tick(60 * MIN, true);
    expect(channel.told).toEqual([[0, 10 * MIN, 10 * MIN]]);
  });

  test("lines begin nothing while Twitch can be asked", () => {
    const channel = new Channel();
    for (const chatter of ["1", "2", "3", "4"]) line(channel, 0, chatter, false);
    expect(channel.told).toEqual([]);
  });

  test("a stream that was guessed is Twitch's as soon as Twitch tells of it, with Twitch's time", () => {
    const channel = new Channel();
    for (const chatter of ["1", "2", "3"]) line(channel, 10 * MIN, chatter);
    channel.hear(live(12 * MIN, { startedMs: 8 * MIN }), 12 * MIN);
    expect(channel.only).toMatchObject({ source: "helix", startedAt: at(8 * MIN), twitchIds: ["a"] });
  });

  test("a stream of which Twitch told is given twenty minutes from when Twitch fell silent", () => {
    const channel = play([online(0)]);
    channel.tick(60 * MIN, true);
    channel.tick(79 * MIN, true);
    expect(channel.told).toEqual([[0, null, null]]);
    channel.tick(80 * MIN, true);
    expect(channel.only.endedAt).toEqual(at(0));
  });
});

/** Any inputs at all, each with the time since the one before it, which may be negative. */
const anyInputs = fc.array(
  fc.record({
    afterMs: fc.oneof(
      { weight: 6, arbitrary: fc.integer({ min: 0, max: 3 * MIN }) },
      { weight: 3, arbitrary: fc.integer({ min: 0, max: 25 * MIN }) },
      { weight: 1, arbitrary: fc.integer({ min: -120 * MIN, max: 0 }) },
    ),
    lateMs: fc.integer({ min: -5 * MIN, max: 5 * MIN }),
    kind: fc.constantFrom("online", "offline", "live", "absent", "tick", "line" as const),
    twitchId: fc.constantFrom("a", "b", "c"),
    startedMs: fc.integer({ min: -60 * MIN, max: 60 * MIN }),
    isBlind: fc.boolean(),
  }),
  { maxLength: 60 },
);

type AnyInput = (typeof anyInputs extends fc.Arbitrary<infer List extends readonly unknown[]> ? List : never)[number];

function inputOf({ kind, lateMs, twitchId, startedMs, isBlind }: AnyInput, now: number): StreamInput {
  const told = at(now - lateMs);
  if (kind === "tick") return { kind, isBlind };
  if (kind === "line") return { kind, at: told, chatterId: twitchId, isBlind };
  if (kind === "offline" || kind === "absent") return { kind, at: told };
  return { kind, at: told, twitchId, startedAt: at(now + startedMs), viewers: 1, title: "", category: "" };
}

function expectSound(channel: Channel): void {
  const rows = channel.told;
  for (const [index, [start, dropped, end]] of rows.entries()) {
    expect(dropped ?? start).toBeGreaterThanOrEqual(start);
    if (end !== null) expect(end).toBe(dropped as number);
    // Only the last one may be open.
    expect(rows[index + 1]?.[0] ?? Number.POSITIVE_INFINITY).toBeGreaterThanOrEqual(end ?? Number.POSITIVE_INFINITY);
  }
  expect(channel.state.recent.length).toBeLessThanOrEqual(RECENT_MAX);
}

describe("whatever is told", () => {
  test("two streams are never open at once, none ends before it began, and none overlaps another", () => {
    fc.assert(
      fc.property(anyInputs, (inputs) => {
        const channel = new Channel();
        let now = 0;
        for (const input of inputs) {
          now += input.afterMs;
          channel.hear(inputOf(input, now), now);
          expectSound(channel);
        }
      }),
      { numRuns: 400 },
    );
  });

  /** What truly happened: live for some time, gone for some time, and so on, with an id of its own each time. */
  const truth = fc.array(
    fc.record({ liveMs: fc.integer({ min: 2 * MIN, max: 90 * MIN }), goneMs: fc.integer({ min: 1, max: 25 * MIN }) }),
    { minLength: 1, maxLength: 8 },
  );

  test("a drop of at most ten minutes never splits a stream, a longer one always does", () => {
    fc.assert(
      fc.property(truth, (parts) => {
        let ms = 0;
        const reports: StreamReport[] = [];
        const streams: [number, number][] = [];
        for (const [index, { liveMs, goneMs }] of parts.entries()) {
          const isOne = index > 0 && (parts[index - 1]?.goneMs ?? 0) <= DROP_MS;
          if (isOne) (streams.at(-1) as [number, number])[1] = ms + liveMs;
          else streams.push([ms, ms + liveMs]);
          reports.push(online(ms, `t${index}`), offline(ms + liveMs));
          ms += liveMs + goneMs;
        }
        expect(play(reports, ms + 30 * MIN).told).toEqual(streams.map(([start, end]) => [start, end, end]));
      }),
      { numRuns: 200 },
    );
  });

  test("the order in which reports of one minute arrive does not matter", () => {
    const flap = fc.array(
      fc.record({ afterMs: fc.integer({ min: 0, max: 12 * S }), kind: fc.constantFrom("online", "offline", "live" as const) }),
      { minLength: 2, maxLength: 5 },
    );
    fc.assert(
      fc.property(truth, flap, fc.array(fc.nat(), { minLength: 5, maxLength: 5 }), (parts, flaps, keys) => {
        const reports: StreamReport[] = [];
        let ms = 0;
        for (const [index, { liveMs, goneMs }] of parts.entries()) {
          reports.push(online(ms, `t${index}`), offline(ms + liveMs));
          ms += liveMs + goneMs;
        }
        const minute: StreamReport[] = [];
        let then = ms;
        for (const { afterMs, kind } of flaps) {
          then += afterMs;
          const report =
            kind === "online"
              ? online(then, "z")
              : kind === "offline"
                ? offline(then)
                : live(then, { twitchId: "z", startedMs: then });
          minute.push(report);
        }
        const shuffled = minute.map((report, index) => [keys[index] ?? 0, report] as const).sort((a, b) => a[0] - b[0]);
        const heard = [minute, shuffled.map(([, report]) => report)].map((order) => {
          const channel = play(reports, ms);
          // All arrive at its end, or the last ones of it.
          for (const report of order) channel.hear(report, ms + LATE_MS - 1);
          for (let tick = ms + LATE_MS; tick < ms + 30 * MIN; tick += MIN) channel.tick(tick);
          return [...channel.rows.values()]
            .map(({ id: _, ...row }) => row)
            .sort((a, b) => a.startedAt.getTime() - b.startedAt.getTime());
        });
        expect(heard[1]).toEqual(heard[0] as Omit<Stream, "id">[]);
      }),
      { numRuns: 200 },
    );
  });

  test("a clock that is set back by an hour harms nothing: the next offline still ends the stream", () => {
    const channel = play([online(0), live(90 * MIN)], 90 * MIN);
    channel.hear(offline(60 * MIN), 60 * MIN);
    for (let ms = 61 * MIN; ms < 75 * MIN; ms += MIN) channel.tick(ms);
    expect(channel.told).toEqual([[0, 60 * MIN, 60 * MIN]]);
  });

  test("after the clock was set back checks are believed as soon as before", () => {
    const channel = play([online(0), offline(80 * MIN), online(85 * MIN)], 85 * MIN);
    for (let ms = 20 * MIN; ms <= 30 * MIN; ms += MIN) channel.hear(absent(ms), ms);
    expect(channel.told).toEqual([[0, 25 * MIN, null]]);
  });
});
