import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { AppError } from "../domain/errors.ts";
import type { WorkerAnswer, WorkerRequest } from "./pglite-worker.ts";

/** The embedded engine, running: one client at a time may connect to its socket. */
export interface EmbeddedEngine {
  socketPath: string;
  close(): Promise<void>;
}

/** Opening a folder takes under a second, making one five; after this the engine is not coming up. */
const START_MS = 30_000;
/** The engine's last checkpoint on closing. */
const STOP_MS = 10_000;
/** What a unix socket's path may have, in bytes, its closing zero included (Linux 108, macOS 104). */
const SOCKET_PATH_BYTES_MAX = 103;

/**
 * Starts the embedded Postgres of data folder `dir` in a thread of its own. `onCrash` is told when that thread dies.
 * Throws `unavailable`: `data_folder_locked`, `data_folder_unwritable`, `data_folder_broken`, `embedded_no_answer`.
 */
export async function openEmbedded(dir: string, onCrash: (detail: string) => void): Promise<EmbeddedEngine> {
  const folder = resolve(dir);
  const socket = placeSocket(folder);
  const worker = new Worker(workerUrl());
  const ask = asker(worker, folder, onCrash);
  const end = () => {
    worker.terminate();
    socket.remove();
  };
  try {
    await ask({ op: "open", folder, socketPath: socket.path }, START_MS);
  } catch (error) {
    end();
    throw error;
  }
  return {
    socketPath: socket.path,
    close: async () => {
      try {
        await ask({ op: "close" }, STOP_MS);
      } finally {
        end();
      }
    },
  };
}

/** In the binary the entry points lie by their paths under `src`, and the code that runs here in the root. */
function workerUrl(): string {
  const isCompiled = /\$bunfs|~BUN/.test(import.meta.url);
  return new URL(isCompiled ? "./store/pglite-worker.js" : "./pglite-worker.ts", import.meta.url).href;
}

/** In the data folder, which nobody else may enter; where its path is too long for a socket, in a folder of our own. */
function placeSocket(folder: string): { path: string; remove(): void } {
  const path = join(folder, ".s.PGSQL.5432");
  if (Buffer.byteLength(path) <= SOCKET_PATH_BYTES_MAX) {
    return { path, remove: () => (existsSync(path) ? rmSync(path) : undefined) };
  }
  const aside = mkdtempSync(join(tmpdir(), "byte-"));
  return { path: join(aside, ".s.PGSQL.5432"), remove: () => rmSync(aside, { recursive: true, force: true }) };
}

/** Asks the worker one thing at a time and waits for its answer, but never longer than `waitMs`. */
function asker(worker: Worker, folder: string, onCrash: (detail: string) => void) {
  let pending: ((answer: WorkerAnswer | Error) => void) | null = null;
  worker.onmessage = ({ data }: MessageEvent<WorkerAnswer>) => pending?.(data);
  worker.onerror = (event) => {
    event.preventDefault();
    if (pending) pending(new Error(event.message));
    else onCrash(event.message);
  };
  return async (request: WorkerRequest, waitMs: number): Promise<void> => {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const late = setTimeout(() => reject(new AppError("unavailable", "embedded_no_answer", { dir: folder })), waitMs);
    pending = (answer) => {
      if (answer instanceof Error) reject(refusal("data_folder_broken", folder, answer.message));
      else if (answer.ok) resolve();
      else reject(refusal(answer.reason, folder, answer.detail));
    };
    worker.postMessage(request);
    try {
      await promise;
    } finally {
      clearTimeout(late);
      pending = null;
    }
  };
}

function refusal(reason: string, dir: string, detail: string): AppError {
  const told = new AppError("unavailable", reason, { dir });
  told.cause = new Error(detail);
  return told;
}
