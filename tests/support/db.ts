import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Log } from "../../src/ports.ts";
import { type Database, openDatabase } from "../../src/store/db.ts";
import { findPgbouncer, findPostgres, type Pgbouncer, type PostgresServer, startPgbouncer, startPostgres } from "./postgres.ts";

/** What the store suite runs on. `pooled` is the real Postgres behind a pgbouncer that pools transactions. */
export type Engine = "embedded" | "postgres" | "pooled";

/** The engines that this machine has; the embedded one always. Says once what is left out and why. */
export const engines: readonly Engine[] = findEngines();

/** Says nothing. */
export const quiet: Log = { info: () => undefined, warn: () => undefined, error: () => undefined };

/** What the run started, and what ends it. Nothing starts before a test asks for it. */
const run = {
  databases: new Map<Engine, Promise<Database>>(),
  postgres: null as Promise<PostgresServer> | null,
  pgbouncer: null as Promise<Pgbouncer> | null,
  folders: [] as string[],
};

/** The run's one database of that engine, emptied. */
export async function emptyDb(engine: Engine): Promise<Database> {
  const database = await sharedDatabase(engine);
  const tables = await database.sql.unsafe<{ name: string }[]>(
    "select quote_ident(tablename) as name from pg_tables where schemaname = 'public' and tablename <> 'schema_migrations'",
  );
  await database.sql.unsafe(`truncate ${tables.map((table) => table.name).join(", ")} restart identity`);
  return database;
}

/** The throwaway Postgres of this run. */
export async function postgresServer(): Promise<PostgresServer> {
  run.postgres ??= startPostgres(aFolder());
  return await run.postgres;
}

/** The pgbouncer before it, pooling transactions over two server connections. */
export async function pgbouncer(): Promise<Pgbouncer> {
  run.pgbouncer ??= postgresServer().then(async (server) => await startPgbouncer(aFolder(), server));
  return await run.pgbouncer;
}

/** A fresh folder that is gone after the run. */
export function aFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "byte-test-"));
  run.folders.push(folder);
  return folder;
}

/** Ends all that the run started. */
export async function stopDatabases(): Promise<void> {
  for (const database of run.databases.values()) await database.then((opened) => opened.close()).catch(() => undefined);
  await run.pgbouncer?.then((proxy) => proxy.stop()).catch(() => undefined);
  await run.postgres?.then((server) => server.stop()).catch(() => undefined);
  for (const folder of run.folders) rmSync(folder, { recursive: true, force: true });
}

async function sharedDatabase(engine: Engine): Promise<Database> {
  const opened = run.databases.get(engine) ?? openShared(engine);
  run.databases.set(engine, opened);
  return await opened;
}

async function openShared(engine: Engine): Promise<Database> {
  if (engine === "embedded") return await openDatabase({ kind: "embedded", dir: join(aFolder(), "data"), log: quiet });
  const server = await postgresServer();
  const name = await server.createDatabase(engine);
  const url = engine === "postgres" ? server.url(name) : (await pgbouncer()).url(name);
  return await openDatabase({ kind: "postgres", url, log: quiet });
}

function findEngines(): Engine[] {
  const found: Engine[] = ["embedded"];
  if (!findPostgres()) console.log("No initdb on this machine: the store is tested on the embedded engine alone.");
  else if (!findPgbouncer()) console.log("No pgbouncer on this machine: the store is not tested through a pooler.");
  if (findPostgres()) found.push("postgres");
  if (findPostgres() && findPgbouncer()) found.push("pooled");
  return found;
}
