import { AppError } from "../domain/errors.ts";

/** A Postgres address, taken apart. */
export interface DatabaseAddress {
  /** A name, an address, or (with a leading `/`) the folder of a unix socket. */
  host: string;
  port: number;
  user: string;
  password: string;
  database: string;
  tls: "off" | "prefer" | "require" | "verify";
  /** True when the address is that of a transaction pooler: no prepared statements, no session state. */
  isPooled: boolean;
}

const PORT = 5432;
/** Where Supabase and most pgbouncer set-ups serve transactions rather than sessions. */
const POOLER_PORT = 6543;

/**
 * Takes `postgres://user:password@host:port/database?…` apart. The password may hold `@ # % / ? :` as they are: the
 * host begins after the last `@`, and a `%` that begins no valid escape stands for itself. Throws `unavailable`
 * (`database_url_invalid`), never with the text of the URL.
 */
export function parseDatabaseUrl(url: string): DatabaseAddress {
  const [, rest] = url.trim().match(/^postgres(?:ql)?:\/\/(.*)$/is) ?? [];
  if (rest === undefined) throw invalid("scheme");
  const at = rest.lastIndexOf("@");
  const [user, password] = splitOnce(at < 0 ? "" : rest.slice(0, at), ":");
  const [target, query] = splitOnce(rest.slice(at + 1), "?");
  const [place, name] = splitOnce(target, "/");
  const options = new URLSearchParams(query);
  const { host, port } = parsePlace(place);
  const address = {
    host: (host || options.get("host")) ?? "localhost",
    port: port ?? toPort(options.get("port")) ?? PORT,
    user: unescapePercent(user) || options.get("user") || "postgres",
    password: unescapePercent(password) || options.get("password") || "",
    database: unescapePercent(name).replace(/\/$/, "") || "postgres",
  };
  return { ...address, tls: tlsOf(options, address.host), isPooled: isPooler(address.host, address.port, options) };
}

/** Whether `host:port` is a pooler by its looks; `pgbouncer=true` says it outright. */
function isPooler(host: string, port: number, options: URLSearchParams): boolean {
  return port === POOLER_PORT || /(^|[.-])pooler\./i.test(host) || options.get("pgbouncer") === "true";
}

function tlsOf(options: URLSearchParams, host: string): DatabaseAddress["tls"] {
  switch (options.get("sslmode") ?? options.get("ssl")) {
    case "disable":
    case "false":
      return "off";
    case "prefer":
    case "allow":
      return "prefer";
    case "require":
    case "no-verify":
    case "true":
      return "require";
    case "verify-ca":
    case "verify-full":
      return "verify";
    default:
      return isOnThisMachine(host) ? "off" : "prefer";
  }
}

function isOnThisMachine(host: string): boolean {
  return host.startsWith("/") || host === "localhost" || host === "::1" || host.startsWith("127.");
}

function parsePlace(place: string): { host: string; port: number | null } {
  const [, host, port] = place.match(/^(\[[^\]]*\]|[^:]*)(?::(\d*))?$/) ?? [];
  if (host === undefined) throw invalid("host");
  return { host: unescapePercent(host.replace(/^\[|\]$/g, "")), port: toPort(port ?? null) };
}

function toPort(text: string | null): number | null {
  if (text === null || text === "") return null;
  const port = Number(text);
  if (!Number.isInteger(port) || port < 1 || port > 65_535) throw invalid("port");
  return port;
}

function unescapePercent(text: string): string {
  return text.replace(/(?:%[0-9a-f]{2})+/gi, (escapes) => {
    try {
      return decodeURIComponent(escapes);
    } catch {
      return escapes;
    }
  });
}

function splitOnce(text: string, mark: string): [string, string] {
  const at = text.indexOf(mark);
  return at < 0 ? [text, ""] : [text.slice(0, at), text.slice(at + mark.length)];
}

const invalid = (part: string) => new AppError("unavailable", "database_url_invalid", { part });
