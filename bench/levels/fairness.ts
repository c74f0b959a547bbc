import { aHome, type Home, openHome, startByte } from "../byte.ts";
import { figure, median, ms, percentile } from "../figures.ts";
import { BOT, type Pretend, startPretend } from "../pretend.ts";
import type { Row } from "../report.ts";
import type { Rig } from "../rig.ts";

const ADDED_MS_MAX = 50;
const BUSY = "busy";
const BUSY_PER_S = 5_000;
const QUIET = Array.from({ length: 49 }, (_, number) => `quiet${number}`);
const PHASE_MS = 20_000;
/** Two in each channel, below the 99 answers in 31 s that a moderator may give. */
const CALLS = 98;
/** After this the answers of the phase before count no more, for the limit and as repetitions. */
const REST_MS = 31_500 - PHASE_MS;

interface Phase {
  /** From a call to the answer in chat, of each that was answered. */
  answeredMs: number[];
  unanswered: number;
  busySent: number;
  /** From a line's leaving to the statement that stores it. */
  storedMs: number[];
}

/** What a channel with a line a second feels of one with thousands, beside it in the same Byte. */
export async function benchFairness(rig: Rig): Promise<Row[]> {
  const home = await aHome(rig, "postgres");
  await using world = await startPretend(rig);
  const all = [...QUIET, BUSY];
  await world.ask({ op: "channels", logins: all });
  await using byte = await startByte(rig, home, {
    ...world.settings,
    ...world.account,
    TWITCH_CHANNEL_LOGINS: all.join(","),
  });
  await world.ask({ op: "joined", logins: all, login: BOT });
  const alone = await phase(world, null);
  await Bun.sleep(REST_MS);
  const beside = await phase(world, { channel: BUSY, perS: BUSY_PER_S });
  await byte.stop();
  const [storedAlone, storedBeside] = await storedLatencies(home, alone.startedAt, beside.startedAt);
  return [
    rowOf("a call to its answer", alone, beside, (one) => one.answeredMs),
    rowOf("a line to its row", { ...alone, storedMs: storedAlone }, { ...beside, storedMs: storedBeside }, (one) => one.storedMs),
  ];
}

async function phase(world: Pretend, busy: { channel: string; perS: number } | null): Promise<Phase & { startedAt: Date }> {
  const startedAt = new Date();
  const told = await world.ask<Omit<Phase, "storedMs">>({
    op: "quiet",
    channels: QUIET,
    ms: PHASE_MS,
    calls: CALLS,
    busy,
  });
  return { ...told, storedMs: [], startedAt };
}

/** By the database: when the quiet channels' lines of the two phases were stored, in ms after they were sent. */
async function storedLatencies(home: Home, aloneAt: Date, besideAt: Date): Promise<[number[], number[]]> {
  const database = await openHome(home);
  try {
    const rows = await database.sql.unsafe<{ sent_ms: string; took_ms: string }[]>(
      `select extract(epoch from sent_at) * 1000 as sent_ms, extract(epoch from stored_at - sent_at) * 1000 as took_ms
      from channel_history where kind = 'chat' and display_name like 'Chatter%' and channel_id not in (
        select broadcaster_id from channels_config where login = $1
      )`,
      [BUSY],
    );
    const sent = rows.map((row) => ({ at: Number(row.sent_ms), tookMs: Number(row.took_ms) }));
    const of = (from: Date) =>
      sent.filter(({ at }) => at >= from.getTime() && at < from.getTime() + PHASE_MS).map(({ tookMs }) => tookMs);
    return [of(aloneAt), of(besideAt)];
  } finally {
    await database.close();
  }
}

function rowOf(what: string, alone: Phase, beside: Phase, of: (phase: Phase) => readonly number[]): Row {
  const added = percentile(of(beside), 0.99) - percentile(of(alone), 0.99);
  const isWhole = alone.unanswered + beside.unanswered === 0 && beside.busySent >= BUSY_PER_S * (PHASE_MS / 1000) * 0.99;
  return {
    what: `fairness: ${what} in ${QUIET.length} quiet channels, p99, beside ${figure(BUSY_PER_S)}/s`,
    level: `+ ≤ ${ADDED_MS_MAX} ms`,
    measured: `${added < 0 ? "" : "+ "}${ms(added)}`,
    isMet: added <= ADDED_MS_MAX && isWhole,
    beside: `p99 ${ms(percentile(of(alone), 0.99))} alone, ${ms(percentile(of(beside), 0.99))} beside; p50 ${ms(median(of(alone)))}, ${ms(median(of(beside)))}; ${of(beside).length} each, ${alone.unanswered + beside.unanswered} unanswered`,
  };
}
