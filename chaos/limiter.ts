import { figure } from "../bench/figures.ts";
import type { Row } from "../bench/report.ts";
import {
  emptyJoinLimiter,
  emptyLimiter,
  markSent,
  mergeJoinLimiters,
  mergeLimiters,
  takeJoins,
  whenMaySend,
} from "../src/domain/limits.ts";
import { WorldChance } from "../src/world/chance.ts";
import type { ChaosOptions } from "./options.ts";

const SCHEDULES = 100_000;
const QUICK = 20;

/** Twitch's own figures, written down here once more: nothing of this file's counting comes from the rules it judges. */
const WINDOW_MS = 30_000;
const MAX = 20;
const MAX_ELEVATED = 100;
const SPACING_MS = 1_000;
const JOIN_WINDOW_MS = 10_000;
const JOIN_MAX = 20;

/** Between our deciding and Twitch's counting: this much at most, differently for every line. */
const ARRIVAL_MS = 80;
const CHANNELS = Array.from({ length: 12 }, (_, index) => `room_${index}`);

/** Random courses of sends and joins over the pure rules, by one process or two that tell each other what they did, and a recount of each by Twitch's measure. */
export async function limiterRows(options: ChaosOptions, tell: (text: string) => void): Promise<Row[]> {
  const schedules = SCHEDULES / (options.isQuick ? QUICK : 1);
  const chance = new WorldChance(options.seed).fork("limiter");
  let lines = 0;
  let joins = 0;
  const over: string[] = [];
  for (let number = 0; number < schedules; number++) {
    const sent = sends(chance);
    const joined = joinsOf(chance);
    lines += sent.length;
    joins += joined.length;
    const found = overSends(sent) ?? overJoins(joined);
    if (found !== null) over.push(`schedule ${number}: ${found}`);
    if (number % 1_000 === 0) await new Promise(setImmediate);
  }
  for (const text of over.slice(0, 5)) tell(`limiter: ${text}`);
  return [
    {
      what: `limiter, ${figure(schedules)} random schedules`,
      level: "never over",
      measured: `${figure(over.length)} over`,
      isMet: over.length === 0,
      beside: `${figure(lines)} lines against 20 and 100 per 30 s and 1 per s and channel, ${figure(joins)} joins against 20 per 10 s, each up to ${ARRIVAL_MS} ms late; a third by two processes`,
    },
  ];
}

interface Sent {
  atMs: number;
  channel: string;
  isElevated: boolean;
}

/** What goes out when everybody waits as told. With two processes each knows the other's lines before it decides, as the shared row has it. */
function sends(chance: WorldChance): Sent[] {
  const rooms = CHANNELS.slice(0, chance.int(1, CHANNELS.length));
  const elevated = new Set(rooms.filter(() => chance.is(0.4)));
  const processes = chance.is(1 / 3) ? 2 : 1;
  const limiters = Array.from({ length: processes }, emptyLimiter);
  const hurry = chance.next();
  const sent: Sent[] = [];
  let nowMs = chance.int(0, 1_000_000);
  for (let left = chance.int(5, 15) * chance.int(1, 12); left > 0; left--) {
    if (!chance.is(hurry)) nowMs += Math.floor(chance.next() ** 4 * 25_000);
    const who = chance.int(0, processes - 1);
    const channel = chance.pick(rooms);
    const isElevated = elevated.has(channel);
    const shared = limiters.reduce((one, other) => mergeLimiters(one, other, new Date(nowMs)));
    nowMs += whenMaySend(shared, channel, isElevated, new Date(nowMs)).waitMs;
    limiters[who] = markSent(shared, channel, isElevated, new Date(nowMs));
    sent.push({ atMs: nowMs, channel, isElevated });
  }
  return late(sent, chance);
}

function joinsOf(chance: WorldChance): number[] {
  const processes = chance.is(1 / 3) ? 2 : 1;
  const limiters = Array.from({ length: processes }, emptyJoinLimiter);
  const joined: { atMs: number }[] = [];
  let nowMs = chance.int(0, 1_000_000);
  for (let left = chance.int(1, 60); left > 0; ) {
    if (chance.is(0.5)) nowMs += chance.int(0, 12_000);
    const who = chance.int(0, processes - 1);
    const shared = limiters.reduce((one, other) => mergeJoinLimiters(one, other, new Date(nowMs)));
    const taken = takeJoins(shared, chance.int(1, 30), new Date(nowMs));
    limiters[who] = taken.next;
    for (let count = 0; count < taken.count; count++) joined.push({ atMs: nowMs });
    left -= Math.max(1, taken.count);
    nowMs += taken.waitMs;
  }
  return late(joined, chance).map(({ atMs }) => atMs);
}

/** As they arrive: in order, each a little later. */
function late<T extends { atMs: number }>(sent: readonly T[], chance: WorldChance): T[] {
  let arrivedMs = 0;
  return sent.map((line) => {
    arrivedMs = Math.max(arrivedMs, line.atMs + chance.next() * ARRIVAL_MS);
    return { ...line, atMs: arrivedMs };
  });
}

/** What Twitch would object to, counted line by line over all lines before it; null for nothing. */
function overSends(sent: readonly Sent[]): string | null {
  for (const [index, line] of sent.entries()) {
    let inWindow = 0;
    for (let before = index; before >= 0; before--) {
      const other = sent[before];
      if (!other || line.atMs - other.atMs >= WINDOW_MS) break;
      inWindow++;
      const gapMs = line.atMs - other.atMs;
      if (before < index && other.channel === line.channel && gapMs < SPACING_MS)
        return `two lines in ${line.channel} within ${gapMs.toFixed(0)} ms`;
    }
    if (inWindow > (line.isElevated ? MAX_ELEVATED : MAX)) return `${inWindow} lines within 30 s`;
  }
  return null;
}

function overJoins(joined: readonly number[]): string | null {
  for (const [index, atMs] of joined.entries()) {
    const first = joined[index - JOIN_MAX];
    if (first !== undefined && atMs - first < JOIN_WINDOW_MS) return `${JOIN_MAX + 1} joins within 10 s`;
  }
  return null;
}
