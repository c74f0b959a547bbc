import { connect, type Socket } from "node:net";
import type { ExtractTablesWithRelations } from "drizzle-orm";
import type { PgDatabase } from "drizzle-orm/pg-core";
import { drizzle, type PostgresJsQueryResultHKT } from "drizzle-orm/postgres-js";
import postgres from "postgres";
import type { Log } from "../ports.ts";
import { type DatabaseAddress, parseDatabaseUrl } from "./database-url.ts";
import { withDeadline } from "./deadline.ts";
import { type EmbeddedEngine, openEmbedded } from "./embedded.ts";
import { migrate } from "./migrate.ts";
import { explainRefusal } from "./refusals.ts";
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

/** Two processes overlap while deploying, and the smallest Supabase plan has 15 sessions. */
export const POOL_CONNECTIONS_MAX = 5;
/** A query ends within 5 s, the wait for a connection included (failure F53). */
const QUERY_MS = 4_500;
/** The server stops a statement by itself somewhat earlier. */
const STATEMENT_MS = 4_200;
/** A transaction that its process forgot gives its locks back. */
const IDLE_IN_TRANSACTION_MS = 30_000;
const CONNECT_S = 4;
/** Between two attempts to connect, at most; the driver's own waits grow to 20 s. */
const RECONNECT_S_MAX = 1;
/** Idle connections are closed before a firewall forgets them. */
const IDLE_S = 120;
const CLOSE_S = 5;
/** The embedded engine has no background writer. */
const CHECKPOINT_MS = 180_000;

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
  try {
    await migrateAndTell(pool.client, options.log);
  } catch (error) {
    await pool.client.end({ timeout: 0 });
    throw await explainRefusal(error, address);
  }
  const giveUp = () => {
    options.log.warn("database.stuck", { engine: "postgres", connections: pool.cut() });
  };
  return wrap(pool.client, {
    engine: "postgres",
    isPooled: address.isPooled,
    queryMs: options.queryMs ?? QUERY_MS,
    giveUp,
    stop: async () => {},
  });
}

async function openEmbeddedDatabase(dir: string, options: DatabaseOptions): Promise<Database> {
  const { log } = options;
  const engine = await openEmbedded(dir, (detail) => log.error("database.crashed", { engine: "embedded", detail }));
  const { client } = openPool(
    { max: 1, max_lifetime: null, user: "postgres", database: "postgres" },
    { host: engine.socketPath, port: 0 },
  );
  try {
    await migrateAndTell(client, log);
  } catch (error) {
    await client.end({ timeout: 0 });
    await engine.close();
    throw error;
  }
  return wrapEmbedded(client, engine, options);
}

function wrapEmbedded(client: postgres.Sql, engine: EmbeddedEngine, { log, queryMs = QUERY_MS }: DatabaseOptions): Database {
  const giveUp = () => log.warn("database.stuck", { engine: "embedded" });
  const checkpoint = () =>
    client.unsafe("checkpoint").catch(() => {
      log.warn("database.checkpoint_failed", { engine: "embedded" });
    });
  const timer = setInterval(checkpoint, CHECKPOINT_MS);
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
  const sql = withDeadline(client, { ms: queryMs, onStuck: giveUp });
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

async function migrateAndTell(client: postgres.Sql, log: Log): Promise<void> {
  const applied = await migrate(client);
  for (const tag of applied) log.info("database.migrated", { tag });
}

/** A pool whose sockets we know, so that one which hangs can be cut. */
function openPool(options: PoolOptions, { host, port }: { host: string; port: number }) {
  const sockets = new Set<Socket>();
  const socket = () => {
    for (const known of sockets) if (known.destroyed) sockets.delete(known);
    const fresh = Object.assign(host.startsWith("/") ? connect(socketFile(host, port)) : connect({ host, port }), { host });
    sockets.add(fresh);
    return fresh;
  };
  const settings = {
    connect_timeout: CONNECT_S,
    backoff: (attempts: number) => Math.min(2 ** attempts / 20, RECONNECT_S_MAX),
    fetch_types: false,
    onnotice: () => undefined,
    ...options,
    host,
    port,
    socket,
  };
  const cut = () => {
    const open = [...sockets].filter((known) => !known.destroyed);
    for (const known of open) known.destroy();
    return open.length;
  };
  return { client: postgres(settings), cut };
}

/** `host` is a folder in an address; for the embedded engine (port 0) it is the socket itself. */
function socketFile(host: string, port: number): { path: string } {
  return { path: port === 0 ? host : `${host}/.s.PGSQL.${port}` };
}

type PoolOptions = postgres.Options<Record<string, postgres.PostgresType>>;

function addressOptions(address: DatabaseAddress): PoolOptions {
  const session = { statement_timeout: STATEMENT_MS, idle_in_transaction_session_timeout: IDLE_IN_TRANSACTION_MS };
  return {
    user: address.user,
    pass: address.password,
    database: address.database,
    ssl: tlsOption(address.tls),
    prepare: !address.isPooled,
    idle_timeout: IDLE_S,
    // A pooler refuses settings of the session.
    connection: { application_name: "byte", ...(address.isPooled ? {} : session) },
  };
}

function tlsOption(tls: DatabaseAddress["tls"]): false | "prefer" | "require" | "verify-full" {
  if (tls === "off") return false;
  return tls === "verify" ? "verify-full" : tls;
}
