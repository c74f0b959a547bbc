import { ADMIN_TOKEN, aHome, type Byte, type Home, openHome, startByte } from "../byte.ts";
import { figure, mean } from "../figures.ts";
import { Peer } from "../peer.ts";
import { type Sent, startPretend } from "../pretend.ts";
import { watchProcess } from "../process-figures.ts";
import type { Row } from "../report.ts";
import type { Engine, Rig } from "../rig.ts";
import { compareWriters } from "../writers.ts";

const LEVEL = { postgres: { perS: 10_000, mb: 200 }, embedded: { perS: 5_000, mb: 320 } } as const;
const SUSTAINED_MS = 60_000;
/** The sender aims above the level, because its last tick costs it some hundredths of a percent. */
const AIM = 1.002;
const CHANNEL = "busy";
const BARE_LINES = 300_000;
/** What Byte must manage of what bare tmi.js reads. */
const BARE_SHARE = 0.4;
const STEP_MS = 10_000;
/** After the last line: the time in which all must be stored. */
const SETTLE_MS_MAX = 20_000;
/** Who keeps up has stored the last line this soon after it was sent; who takes longer lived from the buffer. */
const KEPT_UP_MS = 2_000;
/** The last third of the minute may differ from the middle third by this share. */
const FLAT_SHARE = 0.1;

/** Chat through the real socket, parsed, reduced, counted and stored. */
export async function benchChat(rig: Rig): Promise<Row[]> {
  const barePerS = await barePace(rig);
  const onPostgres = await sustain(rig, "postgres", Math.ceil(barePerS * BARE_SHARE));
  const onEmbedded = await sustain(rig, "embedded", null);
  const beside = `bare tmi.js, which only counts: ${figure(barePerS)}/s`;
  return [
    ...onPostgres.map((row) => ({ ...row, beside: row.beside === "" ? beside : row.beside })),
    ...onEmbedded.map((row) => ({ ...row, beside: row.beside === "" ? beside : row.beside })),
    ...(await compareWriters(rig)),
  ];
}

/** Lines per second that bare tmi.js reads from the same sender; the better of two goes. */
async function barePace(rig: Rig): Promise<number> {
  await using world = await startPretend(rig);
  let best = 0;
  for (let go = 0; go < 2; go += 1) {
    await using bare = new Peer(rig, "bare.ts", [String(world.port), CHANNEL, String(BARE_LINES)]);
    await world.ask({ op: "joined", logins: [CHANNEL], login: null });
    const [{ seen, ms }] = await Promise.all([
      bare.next<{ seen: number; ms: number }>(),
      world.ask({ op: "flood", channel: CHANNEL, count: BARE_LINES }),
    ]);
    best = Math.max(best, (seen * 1000) / ms);
  }
  return best;
}

async function sustain(rig: Rig, engine: Engine, stepPerS: number | null): Promise<Row[]> {
  const { perS, mb } = LEVEL[engine];
  const home = await aHome(rig, engine);
  await using world = await startPretend(rig);
  await using byte = await startByte(rig, home, { ...world.settings, TWITCH_CHANNEL_LOGINS: CHANNEL });
  await world.ask({ op: "joined", logins: [CHANNEL], login: null });
  const watch = watchProcess(byte.pid);
  const minute = await world.ask<Sent>({ op: "feed", channel: CHANNEL, perS: perS * AIM, ms: SUSTAINED_MS });
  const seen = watch.stop();
  const left = await settle(byte, minute.sent);

  const stepWatch = watchProcess(byte.pid);
  const step =
    stepPerS === null ? null : await world.ask<Sent>({ op: "feed", channel: CHANNEL, perS: stepPerS * AIM, ms: STEP_MS });
  const stepSeen = stepWatch.stop();
  const sent = minute.sent + (step?.sent ?? 0);
  const stepLeft = step === null ? null : await settle(byte, sent);
  const { dropped } = await figuresOf(byte);
  await byte.stop();

  const [proof, stepProof] = await prove(home, [minute.sent, sent - minute.sent]);
  const reached = (minute.sent * 1000) / minute.tookMs;
  const rows: Row[] = [
    {
      what: `chat: sustained ${SUSTAINED_MS / 1000} s, ${engine}`,
      level: `≥ ${figure(perS)}/s`,
      measured: `${figure(reached)}/s`,
      isMet: reached >= perS && proof.isWhole && keptUp(left),
      beside: "",
    },
    {
      what: `chat: lost, twice, out of order, ${engine}`,
      level: "0, 0, 0",
      measured: proof.told,
      isMet: proof.isWhole,
      beside: `${figure(minute.sent)} lines sent in the minute, ${figure(proof.rows)} stored, ${settledText(left)} its last`,
    },
    memoryRow(engine, mb, seen),
  ];
  if (step !== null && stepPerS !== null) {
    const stepReached = (step.sent * 1000) / step.tookMs;
    const storedPerS = stepLeft === null ? null : (step.sent * 1000) / (step.tookMs + stepLeft);
    rows.push({
      what: `chat: ${BARE_SHARE * 100} % of bare tmi.js, ${STEP_MS / 1000} s more, ${engine}`,
      level: `≥ ${figure(stepPerS)}/s`,
      measured: keptUp(stepLeft) ? `${figure(stepReached)}/s` : storedPerS === null ? "fell behind" : `${figure(storedPerS)}/s`,
      isMet: stepReached >= stepPerS && stepProof.isWhole && keptUp(stepLeft),
      beside: `sent ${figure(stepReached)}/s, all stored ${settledText(stepLeft)} the last; lost, twice, out of order: ${stepProof.told} (${figure(dropped)} of them in the mailbox); ${percent(stepSeen.cpuShare)} of a core, ${figure(Math.max(...stepSeen.rssMb))} MB at most`,
    });
  }
  return rows;
}

function memoryRow(engine: Engine, mb: number, seen: { rssMb: number[]; cpuShare: number }): Row {
  const third = Math.floor(seen.rssMb.length / 3);
  const middle = mean(seen.rssMb.slice(third, 2 * third));
  const last = mean(seen.rssMb.slice(2 * third));
  const end = seen.rssMb.at(-1) ?? Number.NaN;
  const isFlat = Math.abs(last / middle - 1) <= FLAT_SHARE;
  return {
    what: `chat: memory (RSS) at the end of that minute, ${engine}`,
    level: `≤ ${mb} MB, flat`,
    measured: `${end.toFixed(0)} MB, ${isFlat ? "flat" : "not flat"}`,
    isMet: end <= mb && isFlat,
    beside: `last third ${last.toFixed(0)} MB, middle third ${middle.toFixed(0)} MB; ${percent(seen.cpuShare)} of a core`,
  };
}

/** Waits until Byte counts `sent` lines in the channel; gives how long that took in ms, or null when it never did. */
async function settle(byte: Byte, sent: number): Promise<number | null> {
  const startedAt = performance.now();
  while (performance.now() - startedAt < SETTLE_MS_MAX) {
    if ((await figuresOf(byte)).messagesTotal >= sent) return performance.now() - startedAt;
    await Bun.sleep(100);
  }
  return null;
}

/** Byte's own figures of the channel: lines in the database, and lines that its mailbox had no room for. */
async function figuresOf(byte: Byte): Promise<{ messagesTotal: number; dropped: number }> {
  const answer = await fetch(`${byte.url}/api/channels/figures?channel=${CHANNEL}`, {
    headers: { authorization: `Bearer ${ADMIN_TOKEN}` },
  });
  if (!answer.ok) throw new Error(`figures: HTTP ${answer.status}`);
  return ((await answer.json()) as { figures: { messagesTotal: number; dropped: number } }).figures;
}

interface Proof {
  rows: number;
  isWhole: boolean;
  /** Lines lost, stored twice, and stored after one that was sent after them. */
  told: string;
}

/**
 * What the database says of the lines of the minute and of the step, asked by SQL. Their ids end with the number of
 * their sending, from 1, in hex.
 */
async function prove(home: Home, [minute, step]: readonly [number, number]): Promise<[Proof, Proof]> {
  const database = await openHome(home);
  try {
    const rows = await database.sql.unsafe<{ is_step: boolean; rows: string; distinct: string; misplaced: string }[]>(
      `select number > $1 as is_step, count(*) as rows, count(distinct message_id) as distinct,
        count(*) filter (where number <= before) as misplaced
      from (
        select message_id, right(message_id, 12) as number, lag(right(message_id, 12)) over (order by seq) as before
        from channel_history where kind = 'chat'
      ) line group by 1`,
      [minute.toString(16).padStart(12, "0")],
    );
    const proofOf = (isStep: boolean, sent: number): Proof => {
      const row = rows.find((one) => one.is_step === isStep);
      const [stored, distinct, misplaced] = [row?.rows, row?.distinct, row?.misplaced].map((count) => Number(count ?? 0));
      const faults = [sent - (distinct ?? 0), (stored ?? 0) - (distinct ?? 0), misplaced ?? 0];
      return { rows: stored ?? 0, isWhole: faults.every((count) => count === 0), told: faults.map(figure).join(", ") };
    };
    return [proofOf(false, minute), proofOf(true, step)];
  } finally {
    await database.close();
  }
}

const keptUp = (leftMs: number | null): boolean => leftMs !== null && leftMs <= KEPT_UP_MS;
const percent = (share: number): string => `${(share * 100).toFixed(0)} %`;
const settledText = (ms: number | null): string => (ms === null ? "NOT within the time after" : `${figure(ms)} ms after`);
