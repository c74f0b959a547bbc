import { describe, expect, test } from "bun:test";
import {
  emptyJoinLimiter,
  emptyLimiter,
  fullJoinLimiter,
  fullLimiter,
  isDuplicate,
  type JoinLimiter,
  markJoined,
  markSent,
  mergeJoinLimiters,
  mergeLimiters,
  parseJoinLimiter,
  parseLimiter,
  type SendLimiter,
  takeJoins,
  whenMayJoin,
  whenMaySend,
} from "../../src/domain/limits.ts";
import { after, noon } from "./builders.ts";

/** A small reproducible source of chance: mulberry32. */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

interface SentLine {
  atMs: number;
  channel: number;
  isModerator: boolean;
}

const CHANNELS = ["a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k", "l"];

/** How far the clocks of two machines are apart at most. */
const CLOCKS_MS = 400;

interface Process {
  limiter: SendLimiter;
  revision: number;
  clockMs: number;
}

/**
 * What goes out when up to three processes send, each channel by one of them, with their memories and a row that only who
 * knows its revision may replace; everybody waits as told. Some are killed in between, also between the row and the line,
 * and begin with nothing. `busy` is the share of tries that come at once.
 */
function schedule(chance: () => number): SentLine[] {
  const row = { limiter: emptyLimiter(), revision: 0 };
  const processes = Array.from({ length: 1 + Math.floor(chance() * 3) }, (): Process => {
    return { limiter: emptyLimiter(), revision: 0, clockMs: Math.floor(chance() * CLOCKS_MS) };
  });
  // A few times as much as a moderator may.
  const isFlood = chance() < 0.002;
  const channels = isFlood ? CHANNELS.length : 1 + Math.floor(chance() * CHANNELS.length);
  const moderated = isFlood || chance() < 0.2 ? 4_095 : Math.floor(chance() * 4_096);
  const busy = isFlood ? 0.99 : chance();
  const tries = isFlood ? 240 : 5 + Math.floor(chance() ** 7 * 150);
  const out: SentLine[] = [];
  let nowMs = 0;
  for (let turn = 0; turn < tries; turn++) {
    if (chance() > busy) nowMs += Math.floor(chance() ** 3 * 9_000);
    const channel = Math.floor(chance() * channels);
    const mine = channel % processes.length;
    const process = processes[mine] ?? { limiter: emptyLimiter(), revision: 0, clockMs: 0 };
    if (chance() < 0.03) processes[mine] = { ...process, limiter: emptyLimiter(), revision: 0 };
    const isModerator = (moderated & (1 << channel)) !== 0;
    nowMs += send(processes[mine] ?? process, row, CHANNELS[channel] ?? "a", isModerator, nowMs);
    if (chance() < 0.98) out.push({ atMs: nowMs, channel, isModerator });
  }
  return out;
}

/** Waits as told and takes the row. Returns how long it waited; null when it would be too long. */
function send(
  process: Process,
  row: { limiter: SendLimiter; revision: number },
  login: string,
  isModerator: boolean,
  nowMs: number,
) {
  let waitedMs = 0;
  for (;;) {
    const now = after(nowMs + waitedMs + process.clockMs);
    const { waitMs } = whenMaySend(process.limiter, login, isModerator, now);
    waitedMs += waitMs;
    if (waitMs > 0) continue;
    if (process.revision === row.revision) {
      row.limiter = markSent(process.limiter, login, isModerator, now);
      row.revision++;
      process.limiter = row.limiter;
      process.revision = row.revision;
      return waitedMs;
    }
    process.limiter = mergeLimiters(row.limiter, process.limiter, now);
    process.revision = row.revision;
  }
}

/** What Twitch would object to, in the schedule as it arrives: in order, each line up to `jitterMs` late. */
function objections(lines: readonly SentLine[], jitterMs: number, chance: () => number): string | null {
  let arrivedMs = 0;
  const arrived = lines.map((line) => {
    arrivedMs = Math.max(arrivedMs, line.atMs + chance() * jitterMs);
    return { ...line, atMs: arrivedMs };
  });
  const lastAt = new Map<number, number>();
  let first = 0;
  for (const [index, line] of arrived.entries()) {
    while ((arrived[first]?.atMs ?? 0) <= line.atMs - 30_000) first++;
    const inWindow = index - first + 1;
    if (inWindow > (line.isModerator ? 100 : 20)) return `${inWindow} lines in 30 s`;
    const before = lastAt.get(line.channel);
    if (before !== undefined && line.atMs - before < 1_000) return `two lines in ${line.atMs - before} ms`;
    lastAt.set(line.channel, line.atMs);
  }
  return null;
}

describe("sending", () => {
  test("F23: 100,000 random schedules are never over Twitch's limits in any window: one process or three of one account, whose clocks differ, and which are killed and started anew", () => {
    const chance = seeded(23);
    for (let run = 0; run < 100_000; run++) {
      const objection = objections(schedule(chance), 90, chance);
      if (objection !== null) throw new Error(`run ${run}: ${objection}`);
    }
  }, 60_000);

  test("what cannot be read is no limiter; one that went through JSON is the same, without its texts", () => {
    const limiter = markSent(markSent(emptyLimiter(), "a", false, noon, "oi"), "b", true, after(5));
    const stored: unknown = JSON.parse(JSON.stringify(limiter));
    expect(parseLimiter(stored)).toEqual({ sent: limiter.sent.map((line) => ({ ...line, text: null })) });
    const bad = [
      null,
      5,
      "x",
      [],
      {},
      { sent: 1 },
      { sent: [1] },
      { sent: [{ at: "1", channelLogin: "a" }] },
      { sent: [{ at: 1 }] },
    ];
    for (const value of [...bad, { sent: [{ at: Number.NaN, channelLogin: "a" }] }]) expect(parseLimiter(value)).toBeNull();
    const long = { sent: Array.from({ length: 5_000 }, (_, at) => ({ at, channelLogin: "a" })) };
    expect(parseLimiter(long)?.sent.length).toBe(128);
  });

  test("a full limiter lets nobody send for a window, moderator or not, and then everybody", () => {
    for (const isModerator of [false, true]) {
      expect(whenMaySend(fullLimiter(noon), "a", isModerator, noon).waitMs).toBe(31_000);
      expect(whenMaySend(fullLimiter(noon), "a", isModerator, after(31_000)).waitMs).toBe(0);
    }
  });

  test("two that know a part each know all together, and nothing twice", () => {
    const common = markSent(emptyLimiter(), "a", false, noon);
    const one = markSent(common, "b", false, after(10), "text");
    const other = markSent(markSent(common, "c", false, after(5)), "a", false, after(2_000));
    const all = mergeLimiters(one, other, after(2_000));
    expect(all.sent.map(({ at, channelLogin }) => `${channelLogin} ${at - noon.getTime()}`)).toEqual([
      "a 0",
      "c 5",
      "b 10",
      "a 2000",
    ]);
    expect(mergeLimiters(all, one, after(2_000))).toEqual(all);
    expect(mergeLimiters(all, all, after(31_005)).sent).toHaveLength(2);
  });

  test("the first line goes at once, the next in the same channel a good second later", () => {
    const limiter = markSent(emptyLimiter(), "a", false, noon);
    expect(whenMaySend(emptyLimiter(), "a", false, noon)).toEqual({ waitMs: 0 });
    expect(whenMaySend(limiter, "a", false, noon)).toEqual({ waitMs: 1_100 });
    expect(whenMaySend(limiter, "b", false, noon)).toEqual({ waitMs: 0 });
  });

  test("a flooded channel leaves room for the others at once", () => {
    let limiter = emptyLimiter();
    let nowMs = 0;
    for (let line = 0; line < 40; line++) {
      nowMs += whenMaySend(limiter, "flooded", false, after(nowMs)).waitMs;
      limiter = markSent(limiter, "flooded", false, after(nowMs));
      expect(whenMaySend(limiter, "quiet", false, after(nowMs)).waitMs).toBe(0);
    }
  });

  test("lines sent as moderator count against the others' twenty", () => {
    let limiter: SendLimiter = emptyLimiter();
    for (let line = 0; line < 30; line++) limiter = markSent(limiter, `mod${line % 10}`, true, after(line * 200));
    expect(whenMaySend(limiter, "plain", false, after(6_000)).waitMs).toBeGreaterThan(20_000);
    expect(whenMaySend(limiter, "mod11", true, after(6_000)).waitMs).toBe(0);
  });

  test("as moderator a hundred lines in many channels pass where twenty would not", () => {
    let limiter = emptyLimiter();
    let sent = 0;
    for (let ms = 0; ms < 20_000; ms += 100) {
      const login = `mod${sent % 20}`;
      if (whenMaySend(limiter, login, true, after(ms)).waitMs > 0) continue;
      limiter = markSent(limiter, login, true, after(ms));
      sent++;
    }
    expect(sent).toBe(99);
  });

  test("its memory is bounded even when nobody waits", () => {
    let limiter = emptyLimiter();
    for (let line = 0; line < 1_000; line++) limiter = markSent(limiter, "a", true, after(line));
    expect(limiter.sent.length).toBeLessThanOrEqual(128);
    expect(whenMaySend(limiter, "b", true, after(1_000)).waitMs).toBeGreaterThan(0);
  });

  test("a clock that was set back an hour does not silence it for an hour", () => {
    let limiter = emptyLimiter();
    for (let line = 0; line < 30; line++) limiter = markSent(limiter, "a", false, after(3_600_000 + line));
    expect(whenMaySend(limiter, "a", false, noon).waitMs).toBe(0);
    expect(whenMaySend(limiter, "a", false, after(3_600_000 - 5_000)).waitMs).toBeLessThanOrEqual(62_000);
  });

  test("F27: the same text in the same channel is a duplicate for 30 s", () => {
    const limiter = markSent(emptyLimiter(), "a", false, noon, "oi, chat");
    expect(isDuplicate(limiter, "a", " oi, chat ", after(30_000))).toBe(true);
    expect(isDuplicate(limiter, "a", "oi, chat", after(31_000))).toBe(false);
    expect(isDuplicate(limiter, "b", "oi, chat", after(5_000))).toBe(false);
    expect(isDuplicate(limiter, "a", "oi, gente", after(5_000))).toBe(false);
  });
});

describe("joining", () => {
  test("F22: fifty channels rejoin inside the join limit, in half a minute", () => {
    let limiter: JoinLimiter = emptyJoinLimiter();
    let nowMs = 0;
    const joinedAt: number[] = [];
    for (let channel = 0; channel < 50; channel++) {
      nowMs += whenMayJoin(limiter, after(nowMs)).waitMs;
      limiter = markJoined(limiter, after(nowMs));
      joinedAt.push(nowMs);
    }
    for (const at of joinedAt)
      expect(joinedAt.filter((other) => other > at - 10_000 && other <= at).length).toBeLessThanOrEqual(20);
    expect(nowMs).toBeLessThan(30_000);
  });

  test("as many as may go are taken at once, and the next one is told its wait", () => {
    const first = takeJoins(emptyJoinLimiter(), 50, noon);
    expect([first.count, first.waitMs]).toEqual([18, 11_000]);
    expect(takeJoins(first.next, 5, after(10_999))).toMatchObject({ count: 0, waitMs: 1 });
    expect(takeJoins(first.next, 5, after(11_000))).toMatchObject({ count: 5, waitMs: 0 });
    expect(takeJoins(fullJoinLimiter(noon), 1, noon)).toMatchObject({ count: 0, waitMs: 11_000 });
  });

  test("joins at the same instant are as many as in the list that knows of more", () => {
    const five = takeJoins(emptyJoinLimiter(), 5, noon).next;
    const seven = takeJoins(five, 2, noon).next;
    expect(mergeJoinLimiters(five, seven, noon).joined).toHaveLength(7);
    expect(mergeJoinLimiters(seven, five, noon).joined).toHaveLength(7);
    expect(parseJoinLimiter(JSON.parse(JSON.stringify(seven)))).toEqual(seven);
    for (const value of [null, { joined: {} }, { joined: [{}] }, { sent: [] }]) expect(parseJoinLimiter(value)).toBeNull();
  });

  test("its memory is bounded", () => {
    let limiter = emptyJoinLimiter();
    for (let join = 0; join < 500; join++) limiter = markJoined(limiter, noon);
    expect(limiter.joined.length).toBeLessThanOrEqual(40);
  });
});
