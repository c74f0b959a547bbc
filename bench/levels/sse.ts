import { aHome, type Byte, startByte } from "../byte.ts";
import { figure, ms, percentile } from "../figures.ts";
import { Peer } from "../peer.ts";
import { BOT, startPretend } from "../pretend.ts";
import { cpuMs, rssMb } from "../process-figures.ts";
import type { Row } from "../report.ts";
import type { Rig } from "../rig.ts";
import { type ClientsQuestion, type Heard, signIn, tellHud } from "../streams.ts";

const CLIENTS = 2_000;
const PER_S = 10;
const DURATION_MS = 20_000;
const CPU_SHARE_MAX = 0.3;
const P99_MS_MAX = 60;
const CHANNEL = "studio";

/** Many dashboards that are told of the same events. */
export async function benchSse(rig: Rig): Promise<Row[]> {
  const home = await aHome(rig, "postgres");
  await using world = await startPretend(rig);
  await world.ask({ op: "channels", logins: [CHANNEL] });
  await using byte = await startByte(rig, home, { ...world.settings, ...world.account, TWITCH_CHANNEL_LOGINS: CHANNEL });
  await world.ask({ op: "joined", logins: [CHANNEL], login: BOT });
  await using clients = new Peer(rig, "stream-clients.ts");
  const cookie = await signIn(byte);
  const open: ClientsQuestion = {
    op: "open",
    url: byte.url,
    path: `/dashboard/events?channel=${CHANNEL}`,
    cookie,
    count: CLIENTS,
  };
  await clients.ask(open);
  // The first figures have been sent.
  await Bun.sleep(2_000);

  const cpuBefore = cpuMs(byte.pid);
  const clientsBefore = cpuMs(clients.pid);
  const startedAt = performance.now();
  const sentAt = await sendEvents(byte);
  const tookMs = performance.now() - startedAt;
  const cpuShare = (cpuMs(byte.pid) - cpuBefore) / tookMs;
  const clientsShare = (cpuMs(clients.pid) - clientsBefore) / tookMs;
  const heard = await clients.ask<Heard>({ op: "heard", sentAt, waitMs: 2_000 } satisfies ClientsQuestion);
  const memoryMb = rssMb(byte.pid);
  await byte.stop();

  const what = `sse: ${figure(CLIENTS)} dashboards × ${PER_S} events/s, ${DURATION_MS / 1000} s,`;
  const made = `${figure(heard.bytes / 1e6 / (tookMs / 1000))} MB/s`;
  return [
    {
      what: `${what} processor`,
      level: `≤ ${CPU_SHARE_MAX * 100} % of a core`,
      measured: `${(cpuShare * 100).toFixed(1)} %`,
      isMet: cpuShare <= CPU_SHARE_MAX,
      beside: `reading them takes the clients' process ${(clientsShare * 100).toFixed(0)} %; ${made} to all; Byte ${memoryMb.toFixed(0)} MB`,
    },
    {
      what: `${what} told after, p99`,
      level: `≤ ${P99_MS_MAX} ms`,
      measured: ms(percentile(heard.tookMs, 0.99)),
      isMet: percentile(heard.tookMs, 0.99) <= P99_MS_MAX,
      beside: `p50 ${ms(percentile(heard.tookMs, 0.5))}, max ${ms(Math.max(...heard.tookMs))}, from the POST's leaving, its row in the database included`,
    },
    {
      what: `${what} lost clients, lost events`,
      level: "0, 0",
      measured: `${figure(heard.closed)}, ${figure(heard.missed)}`,
      isMet: heard.closed === 0 && heard.missed === 0,
      beside: `${figure(sentAt.length * CLIENTS)} deliveries expected`,
    },
  ];
}

/** Tells the HUD at a steady pace; gives when each message left, in ms since 1970. */
async function sendEvents(byte: Byte): Promise<number[]> {
  const startedAt = performance.now();
  const sentAt: number[] = [];
  const answers: Promise<void>[] = [];
  while (sentAt.length < (DURATION_MS / 1000) * PER_S) {
    const dueMs = (sentAt.length * 1000) / PER_S;
    await Bun.sleep(Math.max(0, dueMs - (performance.now() - startedAt)));
    const number = sentAt.length;
    sentAt.push(Date.now());
    answers.push(tellHud(byte, CHANNEL, number));
  }
  await Promise.all(answers);
  return sentAt;
}
