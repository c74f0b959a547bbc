import { describe, expect, test } from "bun:test";
import {
  emptyJoinLimiter,
  emptyLimiter,
  isDuplicate,
  type JoinLimiter,
  markJoined,
  markSent,
  type SendLimiter,
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

/** What goes out when everybody who wants to send waits as told. `busy` is the share of tries that come at once. */
function schedule(chance: () => number): SentLine[] {
  const channels = 1 + Math.floor(chance() * CHANNELS.length);
  const moderated = chance() < 0.2 ? 4_095 : Math.floor(chance() * 4_096);
  const tries = 10 + Math.floor(chance() ** 4 * 200);
  const busy = chance();
  let limiter = emptyLimiter();
  let nowMs = 0;
  const out: SentLine[] = [];
  for (let turn = 0; turn < tries; turn++) {
    if (chance() > busy) nowMs += Math.floor(chance() ** 3 * 20_000);
    const channel = Math.floor(chance() * channels);
    const isModerator = (moderated & (1 << channel)) !== 0;
    const login = CHANNELS[channel] ?? "a";
    nowMs += whenMaySend(limiter, login, isModerator, after(nowMs)).waitMs;
    limiter = markSent(limiter, login, isModerator, after(nowMs));
    out.push({ atMs: nowMs, channel, isModerator });
  }
  return out;
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
  test("F23: 100,000 random schedules are never over Twitch's limits in any window", () => {
    const chance = seeded(23);
    for (let run = 0; run < 100_000; run++) {
      const objection = objections(schedule(chance), 90, chance);
      if (objection !== null) throw new Error(`run ${run}: ${objection}`);
    }
  }, 60_000);

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

  test("its memory is bounded", () => {
    let limiter = emptyJoinLimiter();
    for (let join = 0; join < 500; join++) limiter = markJoined(limiter, noon);
    expect(limiter.joined.length).toBeLessThanOrEqual(40);
  });
});
