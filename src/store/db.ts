import type { ExtractTablesWithRelations } from "drizzle-orm";
import type { PgDatabase } from "drizzle-orm/pg-core";
import { drizzle, type PostgresJsQueryResultHKT } from "drizzle-orm/postgres-js";
import type postgres from "postgres";
import type { Log } from "../ports.ts";
import { parseDatabaseUrl } from "./database-url.ts";
import { withDeadline } from "./deadline.ts";
import { openEmbedded } from "./embedded.ts";
import { maintenance } from "./maintenance.ts";
import { MIGRATIONS, migrate } from "./migrate.ts";
import { addressOptions, openPool, POOL_CONNECTIONS_MAX } from "./pool.ts";
import { explainRefusal, requireServerVersion } from "./refusals.ts";
import * as schema from "./schema.ts";

/** What store functions take: the database, or a transaction of it. */
export type Db = PgDatabase<PostgresJsQueryResultHKT, typeof schema, ExtractTablesWithRelations<typeof schema>>;
/**
 * The same client without drizzle, for the few statements that need all its speed; a transaction of it passes too.
 * Dates are text both ways on it, bigint is text: cast, and parse.
 */
export type Sql = postgres.ISql;

export interface Database {
  db: Db;
  sql: postgres.Sql;
  engine: "postgres" | "embedded";
  /** True behind a transaction pooler: nothing may depend on the session (prepared statements, LISTEN, session locks). */
  isPooled: boolean;
  /** Waits up to 5 s for running queries. A second call does nothing. */
  close(): Promise<void>;
}

export type DatabaseOptions = ({ kind: "postgres"; url: string } | { kind: "embedded"; dir: string }) & {
  log: Log;
  /** Shorter in tests. */
  queryMs?: number;
};

/** A query ends within 5 s, the wait for a connection included (failure F53). */
const QUERY_MS = 4_500;
const CLOSE_S = 5;
/** Migrating, and waiting for another process that does. */
const MIGRATE_MS = 120_000;
/** The embedded engine has nobody in the background who writes checkpoints and vacuums. */
const MAINTENANCE_MS = 180_000;

/**
 * Opens the database and brings it to this build's schema. Throws `unavailable` with a reason of the word tables; the
 * caller decides whether to try again. Never tells the password.
 */
export async function openDatabase(options: DatabaseOptions): Promise<Database> {
  return options.kind === "embedded"
    ? await openEmbeddedDatabase(options.dir, options)
    : await openPostgres(options.url, options);
}

async function openPostgres(url: string, options: DatabaseOptions): Promise<Database> {
  const address = parseDatabaseUrl(url);
  const pool = openPool({ max: POOL_CONNECTIONS_MAX, ...addressOptions(address) }, address);
  const giveUp = () => options.log.warn("database.stuck", { engine: "postgres", connections: pool.cut() });
  const queryMs = options.queryMs ?? QUERY_MS;
  try {
    await migrateAndTell(pool.client, { engine: "postgres", queryMs, giveUp, log: options.log });
  } catch (error) {
    await pool.client.end({ timeout: 0 });
    throw await explainRefusal(error, address);
  }
  return wrap(pool.client, { engine: "postgres", isPooled: address.isPooled, queryMs, giveUp, stop: async () => {} });
}

async function openEmbeddedDatabase(dir: string, options: DatabaseOptions): Promise<Database> {
  const { log, queryMs = QUERY_MS } = options;
  const engine = await openEmbedded(dir, (detail) => log.error("database.crashed", { engine: "embedded", detail }));
  const { client } = openPool(
    { max: 1, max_lifetime: null, user: "postgres", database: "postgres" },
    { host: engine.socketPath, port: 0 },
  );
  const giveUp = () => log.warn("database.stuck", { engine: "embedded" });
  try {
    await migrateAndTell(client, { engine: "embedded", queryMs, giveUp, log });
  } catch (error) {
    await client.end({ timeout: 0 });
    await engine.close();
    throw error;
  }
  const timer = setInterval(maintenance(client, log), MAINTENANCE_MS);
  const stop = async () => {
    clearInterval(timer);
    await engine.close();
  };
  return wrap(client, { engine: "embedded", isPooled: false, queryMs, giveUp, stop });
}

interface Wrapping {
  engine: Database["engine"];
  isPooled: boolean;
  queryMs: number;
  giveUp(): void;
  stop(): Promise<void>;
}

function wrap(client: postgres.Sql, { engine, isPooled, queryMs, giveUp, stop }: Wrapping): Database {
  const sql = withDeadline(client, { ms: queryMs, canCancel: engine === "postgres", onStuck: giveUp });
  const db = drizzle(sql, { schema, casing: "snake_case" });
  let closing: Promise<void> | null = null;
  const close = async () => {
    await client.end({ timeout: CLOSE_S });
    await stop();
  };
  return {
    db,
    sql,
    engine,
    isPooled,
    close: () => {
      closing ??= close();
      return closing;
    },
  };
}

async function migrateAndTell(
  client: postgres.Sql,
  { engine, queryMs, giveUp, log }: { engine: Database["engine"]; queryMs: number; giveUp(): void; log: Log },
): Promise<void> {
  const deadline = { canCancel: engine === "postgres", onStuck: giveUp };
  const quick = withDeadline(client, { ...deadline, ms: queryMs });
  const patient = withDeadline(client, { ...deadline, ms: MIGRATE_MS });
  const applied = await migrate(quick, MIGRATIONS, patient);
  requireServerVersion(client.parameters.server_version);
  for (const tag of applied) log.info("database.migrated", { tag });
}
