import type { Database } from "../../src/store/db.ts";
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
  await byte.stop();

  const proof = await prove(home, sent);
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
      measured: `${figure(sent - proof.distinct)}, ${figure(proof.rows - proof.distinct)}, ${figure(proof.misplaced)}`,
      isMet: proof.isWhole,
      beside: `${figure(sent)} lines sent, ${figure(proof.rows)} stored, all of the minute's ${settledText(left)} its last`,
    },
    memoryRow(engine, mb, seen),
  ];
  if (step !== null && stepPerS !== null) {
    const stepReached = (step.sent * 1000) / step.tookMs;
    const storedPerS = stepLeft === null ? null : (step.sent * 1000) / (step.tookMs + stepLeft);
    rows.push({
      what: `chat: ${BARE_SHARE * 100} % of bare tmi.js, ${STEP_MS / 1000} s more, ${engine}`,
      level: `≥ ${figure(stepPerS)}/s`,
      measured: keptUp(stepLeft) ? `${figure(stepReached)}/s` : storedPerS === null ? "lost some" : `${figure(storedPerS)}/s`,
      isMet: stepReached >= stepPerS && proof.isWhole && keptUp(stepLeft),
      beside: `sent ${figure(stepReached)}/s, all stored ${settledText(stepLeft)} the last; ${percent(stepSeen.cpuShare)} of a core, ${figure(Math.max(...stepSeen.rssMb))} MB at most`,
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
    if ((await countedLines(byte)) >= sent) return performance.now() - startedAt;
    await Bun.sleep(100);
  }
  return null;
}

/** Lines of the channel that the database has, as Byte's own figures tell. */
async function countedLines(byte: Byte): Promise<number> {
  const answer = await fetch(`${byte.url}/api/channels/figures?channel=${CHANNEL}`, {
    headers: { authorization: `Bearer ${ADMIN_TOKEN}` },
  });
  if (!answer.ok) throw new Error(`figures: HTTP ${answer.status}`);
  const { figures } = (await answer.json()) as { figures: { messagesTotal: number } };
  return figures.messagesTotal;
}

interface Proof {
  rows: number;
  distinct: number;
  /** Lines whose `seq` is smaller than that of one sent before them. */
  misplaced: number;
  isWhole: boolean;
}

/** What the database says of the lines, asked by SQL. Their ids end with the number of their sending. */
async function prove(home: Home, sent: number): Promise<Proof> {
  const database: Database = await openHome(home);
  try {
    const [row] = await database.sql.unsafe<{ rows: string; distinct: string; misplaced: string }[]>(`
      select count(*) as rows, count(distinct message_id) as distinct, count(*) filter (where number <= before) as misplaced
      from (
        select message_id, right(message_id, 12) as number, lag(right(message_id, 12)) over (order by seq) as before
        from channel_history where kind = 'chat'
      ) line`);
    const [rows, distinct, misplaced] = [Number(row?.rows), Number(row?.distinct), Number(row?.misplaced)];
    return { rows, distinct, misplaced, isWhole: rows === sent && distinct === sent && misplaced === 0 };
  } finally {
    await database.close();
  }
}

const keptUp = (leftMs: number | null): boolean => leftMs !== null && leftMs <= KEPT_UP_MS;
const percent = (share: number): string => `${(share * 100).toFixed(0)} %`;
const settledText = (ms: number | null): string => (ms === null ? "NOT within the time after" : `${figure(ms)} ms after`);
