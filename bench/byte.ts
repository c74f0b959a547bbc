import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { type Database, openDatabase } from "../src/store/db.ts";
import { createLog, systemTime } from "../src/system.ts";
import { linesOf } from "./peer.ts";
import type { Engine, Rig } from "./rig.ts";

/** Byte and its clients know it. */
export const ADMIN_TOKEN = "bench-admin-token-0123456789";
const START_MS_MAX = 30_000;
/** A graceful stop takes at most ten seconds. */
const STOP_MS_MAX = 15_000;

/** Where one Byte keeps everything. */
export interface Home {
  engine: Engine;
  /** Data folder: the installation's key, and the embedded database. */
  dir: string;
  databaseUrl: string | null;
}

/** A place for a new installation on that engine. */
export async function aHome(rig: Rig, engine: Engine): Promise<Home> {
  const dir = rig.folder(engine);
  mkdirSync(dir, { recursive: true });
  if (engine === "embedded") return { engine, dir, databaseUrl: null };
  const server = await rig.postgres();
  return { engine, dir, databaseUrl: server.url(await server.createDatabase("bench")) };
}

/** The database of a home. The embedded one can be opened only while no Byte lives there. */
export function openHome(home: Home): Promise<Database> {
  const log = createLog("error", systemTime, (line) => void process.stderr.write(line));
  return home.databaseUrl === null
    ? openDatabase({ kind: "embedded", dir: join(home.dir, "pg"), log })
    : openDatabase({ kind: "postgres", url: home.databaseUrl, log });
}

/** A Byte that runs as a process of its own. */
export interface Byte extends AsyncDisposable {
  pid: number;
  /** Where the dashboard is: `http://127.0.0.1:PORT`. */
  url: string;
  /** One-time code to sign in with. */
  code: string;
  /** Asks it to end as an operator does; resolves when it has. Throws when it ended with an error. */
  stop(): Promise<void>;
}

/** Starts `byte serve` at `home` with these settings, and nothing of the environment but the path. Resolves when it has greeted. */
export async function startByte(rig: Rig, home: Home, settings: Readonly<Record<string, string>>): Promise<Byte> {
  const child = spawnByte(rig, home, settings);
  const stop = async () => {
    child.kill("SIGTERM");
    const timer = setTimeout(() => child.kill("SIGKILL"), STOP_MS_MAX);
    const code = await child.exited;
    clearTimeout(timer);
    if (code !== 0) throw new Error(`Byte ended with ${child.signalCode ?? code}`);
  };
  const greeting = await greetingOf(child.stdout);
  return {
    pid: child.pid,
    ...greeting,
    stop,
    [Symbol.asyncDispose]: async () => {
      if (child.exitCode === null) child.kill("SIGKILL");
      await child.exited;
    },
  };
}

/** Starts `byte serve` and waits for nothing. */
export function spawnByte(rig: Rig, home: Home, settings: Readonly<Record<string, string>>) {
  const child = Bun.spawn([...rig.program.command, "serve"], {
    cwd: rig.program.folder ?? home.dir,
    env: {
      PATH: process.env.PATH ?? "",
      HOME: home.dir,
      PORT: "0",
      BYTE_LANGUAGE: "en",
      BYTE_DATA_DIR: home.dir,
      BYTE_DASHBOARD_ADMIN_TOKEN: ADMIN_TOKEN,
      ...(home.databaseUrl === null ? {} : { DATABASE_URL: home.databaseUrl }),
      ...settings,
    },
    stdin: "ignore",
    stdout: "pipe",
    stderr: "inherit",
  });
  rig.keep(child);
  return child;
}

async function greetingOf(stdout: ReadableStream<Uint8Array>): Promise<{ url: string; code: string }> {
  const { promise, resolve, reject } = Promise.withResolvers<{ url: string; code: string }>();
  const timer = setTimeout(() => reject(new Error("Byte did not greet in time")), START_MS_MAX);
  const read = async () => {
    let url: string | null = null;
    // It is read to its end, so that what Byte says later has where to go.
    for await (const line of linesOf(stdout)) {
      url ??= /(http:\/\/\S+)\/dashboard/.exec(line)?.[1] ?? null;
      const code = /\b[A-Z2-9]{4}-[A-Z2-9]{4}\b/.exec(line)?.[0];
      if (url !== null && code !== undefined) resolve({ url, code });
    }
    reject(new Error("Byte ended before it had greeted"));
  };
  try {
    void read().catch(reject);
    return await promise;
  } finally {
    clearTimeout(timer);
  }
}
