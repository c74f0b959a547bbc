import { aHome, type Byte, startByte } from "../byte.ts";
import { BOT, type Pretend, startPretend } from "../pretend.ts";
import { rssMb } from "../process-figures.ts";
import type { Row } from "../report.ts";
import type { Engine, Rig } from "../rig.ts";

const LEVEL_MB = { postgres: 100, embedded: 240 } as const;
const CHANNELS = ["alpha", "beta", "gamma"];
const IDLE_MS = 10_000;

/** Memory of a Byte that sits in three channels where nothing happens. */
export async function benchIdle(rig: Rig): Promise<Row[]> {
  await using world = await startPretend(rig);
  await world.ask({ op: "channels", logins: CHANNELS });
  await using onPostgres = await settle(rig, world, "postgres");
  await using onEmbedded = await settle(rig, world, "embedded");
  const bare = Bun.spawn([process.execPath, "-e", "setInterval(() => {}, 1000)"], { stdio: ["ignore", "ignore", "ignore"] });
  rig.keep(bare);
  await Bun.sleep(IDLE_MS);
  const bareMb = rssMb(bare.pid);
  bare.kill();
  const rows = [rowOf("postgres", rssMb(onPostgres.pid), bareMb), rowOf("embedded", rssMb(onEmbedded.pid), bareMb)];
  await Promise.all([onPostgres.stop(), onEmbedded.stop()]);
  return rows;
}

async function settle(rig: Rig, world: Pretend, engine: Engine): Promise<Byte> {
  const byte = await startByte(rig, await aHome(rig, engine), {
    ...world.settings,
    ...world.account,
    TWITCH_CHANNEL_LOGINS: CHANNELS.join(","),
  });
  await world.ask({ op: "joined", logins: CHANNELS, login: BOT });
  return byte;
}

function rowOf(engine: Engine, mb: number, bareMb: number): Row {
  return {
    what: `idle: memory (RSS) after ${IDLE_MS / 1000} s in ${CHANNELS.length} channels, ${engine}`,
    level: `≤ ${LEVEL_MB[engine]} MB`,
    measured: `${mb.toFixed(0)} MB`,
    isMet: mb <= LEVEL_MB[engine],
    beside: `a bun process that does nothing: ${bareMb.toFixed(0)} MB`,
  };
}
