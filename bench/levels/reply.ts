import { aHome, startByte } from "../byte.ts";
import { figure, median, ms, percentile } from "../figures.ts";
import { type Answered, BOT, startPretend } from "../pretend.ts";
import type { Row } from "../report.ts";
import type { Engine, Rig } from "../rig.ts";

/** What Byte may add to the model's own latency, p95. */
const LEVEL_MS = { postgres: 40, embedded: 60 } as const;
/** So many that each rests for more than the 1.1 s between two of our lines in one channel. */
const CHANNELS = Array.from({ length: 12 }, (_, number) => `channel${number}`);
/** Eight in each channel with the warm-up; below the 99 messages in 30 s that a moderator may send. */
const CALLS = 84;
const WARM_UP = 12;
const MODEL_MS = 50;
/** Ordinary lines per second in the same channels, so that the recorder is at work. */
const BESIDE_PER_S = 60;

/** A call in chat to the answer in chat, less what the model took. */
export async function benchReply(rig: Rig): Promise<Row[]> {
  return [await measure(rig, "postgres"), await measure(rig, "embedded")];
}

async function measure(rig: Rig, engine: Engine): Promise<Row> {
  const home = await aHome(rig, engine);
  await using world = await startPretend(rig);
  await world.ask({ op: "channels", logins: CHANNELS });
  await using byte = await startByte(rig, home, {
    ...world.settings,
    ...world.account,
    TWITCH_CHANNEL_LOGINS: CHANNELS.join(","),
  });
  await world.ask({ op: "joined", logins: CHANNELS, login: BOT });
  const calls = { op: "calls", channels: CHANNELS, modelMs: MODEL_MS, besidePerS: BESIDE_PER_S } as const;
  await world.ask({ ...calls, count: WARM_UP });
  const { answered } = await world.ask<{ answered: Answered[] }>({ ...calls, count: CALLS });
  await byte.stop();

  const added = answered.map(({ wholeMs, modelMs }) => wholeMs - modelMs);
  const p95 = percentile(added, 0.95);
  return {
    what: `reply: added to the model's latency, p95, ${engine}`,
    level: `≤ ${LEVEL_MS[engine]} ms`,
    measured: ms(p95),
    isMet: p95 <= LEVEL_MS[engine] && answered.length === CALLS,
    beside: `p50 ${ms(median(added))}, max ${ms(Math.max(...added))}; the model itself p50 ${ms(median(answered.map((one) => one.modelMs)))}; ${figure(answered.length)} replies, ${BESIDE_PER_S} lines/s beside`,
  };
}
