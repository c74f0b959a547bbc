/*
 * The embedded engine, in a thread of its own: it blocks the thread it runs in. Started by embedded.ts, with which it
 * shares nothing but the messages below and the socket.
 */
import { Database as LockFile } from "bun:sqlite";
import { chmodSync, existsSync, mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { PGLiteSocketServer } from "@electric-sql/pglite-socket";
import { openPglite } from "./pglite.ts";

export type WorkerRequest = { op: "open"; folder: string; socketPath: string } | { op: "close" };
export type WorkerAnswer =
  | { ok: true }
  | { ok: false; reason: "data_folder_locked" | "data_folder_unwritable" | "data_folder_broken"; detail: string };

declare const self: Worker;

/** Carried in the binary; in a fresh clone there is none, and the engine makes its first directory itself. */
const template: Promise<string | null> = import("../../build/pgdata.tar.gz", { with: { type: "file" } }).then(
  (module) => module.default,
  () => null,
);

let stop = async () => {};

self.onmessage = async ({ data }: MessageEvent<WorkerRequest>) => {
  try {
    if (data.op === "open") stop = await open(data.folder, data.socketPath);
    else await stop();
    answer({ ok: true });
  } catch (error) {
    const detail = error instanceof Error ? error.message : String(error);
    answer({ ok: false, reason: error instanceof Refused ? error.reason : "data_folder_broken", detail });
  }
};

const answer = (message: WorkerAnswer) => self.postMessage(message);

class Refused extends Error {
  constructor(
    readonly reason: "data_folder_locked" | "data_folder_unwritable",
    cause: unknown,
  ) {
    super(String(cause));
  }
}

/** Opens the folder and serves it on the socket to exactly one client; returns what closes it. */
async function open(folder: string, socketPath: string): Promise<() => Promise<void>> {
  const unlock = lock(folder);
  try {
    const file = await template;
    const pg = await openPglite(folder, file !== null && existsSync(file) ? Bun.file(file) : null);
    rmSync(socketPath, { force: true });
    const server = new PGLiteSocketServer({ db: pg, path: socketPath, maxConnections: 1 });
    await server.start();
    chmodSync(socketPath, 0o600);
    return async () => {
      await server.stop();
      await pg.close();
      rmSync(socketPath, { force: true });
      unlock();
    };
  } catch (error) {
    unlock();
    throw error;
  }
}

/** One process at a time: two would silently corrupt each other. The kernel frees the lock however the process ends. */
function lock(folder: string): () => void {
  let file: LockFile;
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    file = new LockFile(join(folder, "postgres.lock"), { create: true });
  } catch (cause) {
    throw new Refused("data_folder_unwritable", cause);
  }
  try {
    file.exec("PRAGMA busy_timeout=0; PRAGMA journal_mode=DELETE; PRAGMA locking_mode=EXCLUSIVE; BEGIN EXCLUSIVE;");
  } catch (cause) {
    file.close();
    throw new Refused(/lock|busy/i.test(String(cause)) ? "data_folder_locked" : "data_folder_unwritable", cause);
  }
  return () => file.close();
}
