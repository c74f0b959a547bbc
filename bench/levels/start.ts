import { aHome, type Home, spawnByte } from "../byte.ts";
import { figure, median } from "../figures.ts";
import { freePort } from "../free-port.ts";
import { type Pretend, startPretend } from "../pretend.ts";
import type { Row } from "../report.ts";
import type { Rig } from "../rig.ts";

const TIMES = 5;
const READY_MS_MAX = 30_000;
const POLL_MS = 2;

/** From the process's start to the first 200 of /ready, as a shell would see it. */
export async function benchStart(rig: Rig): Promise<Row[]> {
  await using world = await startPretend(rig);
  const onPostgres = await aHome(rig, "postgres");
  const embedded = await aHome(rig, "embedded");
  await readyMs(rig, world, onPostgres);
  await readyMs(rig, world, embedded);
  const migrated = await several(() => readyMs(rig, world, onPostgres));
  const existing = await several(() => readyMs(rig, world, embedded));
  const fresh = await several(async () => readyMs(rig, world, await aHome(rig, "embedded")));
  const version = median(await several(() => versionMs(rig)));
  const floor = `\`byte --version\` alone: ${figure(version)} ms`;
  return [
    rowOf("migrated Postgres", 200, migrated, floor),
    rowOf("existing embedded", 1_000, existing, floor),
    rowOf("fresh embedded", 1_500, fresh, floor),
  ];
}

async function several(measure: () => Promise<number>): Promise<number[]> {
  const all: number[] = [];
  for (let time = 0; time < TIMES; time += 1) all.push(await measure());
  return all;
}

async function readyMs(rig: Rig, world: Pretend, home: Home): Promise<number> {
  const port = await freePort();
  const startedAt = performance.now();
  const child = spawnByte(rig, home, { ...world.settings, PORT: String(port), TWITCH_CHANNEL_LOGINS: "alpha" });
  while (!(await isReady(port))) {
    if (child.exitCode !== null || performance.now() - startedAt > READY_MS_MAX) throw new Error("Byte did not get ready");
    await Bun.sleep(POLL_MS);
  }
  const tookMs = performance.now() - startedAt;
  child.kill("SIGTERM");
  await child.exited;
  return tookMs;
}

async function isReady(port: number): Promise<boolean> {
  const answer = await fetch(`http://127.0.0.1:${port}/ready`, { headers: { connection: "close" } }).catch(() => null);
  await answer?.body?.cancel();
  return answer?.status === 200;
}

async function versionMs(rig: Rig): Promise<number> {
  const startedAt = performance.now();
  const child = Bun.spawn([...rig.program.command, "--version"], {
    cwd: rig.program.folder ?? ".",
    stdio: ["ignore", "ignore", "ignore"],
  });
  rig.keep(child);
  await child.exited;
  return performance.now() - startedAt;
}

function rowOf(what: string, levelMs: number, all: readonly number[], floor: string): Row {
  const middle = median(all);
  return {
    what: `start: process to /ready, ${what}, median of ${TIMES}`,
    level: `≤ ${figure(levelMs)} ms`,
    measured: `${figure(middle)} ms`,
    isMet: middle <= levelMs,
    beside: `${figure(Math.min(...all))}–${figure(Math.max(...all))} ms; ${floor}`,
  };
}
