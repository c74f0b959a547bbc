import { connect, type Socket } from "node:net";
import postgres from "postgres";
import type { DatabaseAddress } from "./database-url.ts";

/** Two processes overlap while deploying, and the smallest Supabase plan has 15 sessions. */
export const POOL_CONNECTIONS_MAX = 5;
/** The server stops a statement by itself somewhat earlier. */
const STATEMENT_MS = 4_200;
/** A transaction that its process forgot gives its locks back. */
const IDLE_IN_TRANSACTION_MS = 30_000;
const CONNECT_S = 4;
/** Between two attempts to connect, at most; the driver's own waits grow to 20 s. */
const RECONNECT_S_MAX = 1;
/** Idle connections are closed before a firewall forgets them. */
const IDLE_S = 120;

/**
 * A pool whose sockets we know, so that one which hangs can be cut. The driver itself is mended by
 * `patches/postgres@3.4.9.patch` (failure F53): a query on a connection that was just lost threw outside of every
 * promise or was never answered, and what a transaction did after its connection was lost ran outside of it.
 */
export function openPool(options: PoolOptions, { host, port }: { host: string; port: number }) {
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

export function addressOptions(address: DatabaseAddress): PoolOptions {
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
