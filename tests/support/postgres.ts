import { chmodSync, chownSync, existsSync, mkdirSync, readdirSync } from "node:fs";
import { createServer } from "node:net";
import { dirname, join } from "node:path";
import { $ } from "bun";
import postgres from "postgres";

/** A real Postgres of our own, on a free port of this machine and a unix socket. */
export interface PostgresServer {
  port: number;
  folder: string;
  /** The address of one of its databases. */
  url(database: string): string;
  /** Makes a fresh database whose name begins with `prefix`; returns the name. */
  createDatabase(prefix: string): Promise<string>;
  /** A client that passes every proxy, for looking and for doing harm. */
  admin: postgres.Sql;
  stop(): Promise<void>;
}

/** A pooler before it. */
export interface Pgbouncer {
  port: number;
  url(database: string): string;
  stop(): Promise<void>;
}

/** A role that needs its password, which has every character that an address must not be broken by. */
export const LOCKED = { user: "locked", password: "p@ss:w#rd%/?&=+ 100%41" };

/** The folder of the server's programs, or null where there is no server. */
export function findPostgres(): string | null {
  const initdb = Bun.which("initdb");
  if (initdb && existsSync(join(dirname(initdb), "pg_ctl"))) return dirname(initdb);
  const root = "/usr/lib/postgresql";
  const versions = existsSync(root) ? readdirSync(root).sort((a, b) => Number(b) - Number(a)) : [];
  const version = versions.find((name) => existsSync(join(root, name, "bin", "initdb")));
  return version === undefined ? null : join(root, version, "bin");
}

export function findPgbouncer(): string | null {
  return Bun.which("pgbouncer", { PATH: `${process.env.PATH}:/usr/sbin:/usr/local/sbin` });
}

export async function startPostgres(folder: string): Promise<PostgresServer> {
  const bin = findPostgres();
  if (!bin) throw new Error("no initdb on this machine");
  const data = join(folder, "data");
  const hba = join(data, "pg_hba.conf");
  const port = await freePort();
  giveToPostgres(folder);
  await $`${asPostgres()} ${bin}/initdb -D ${data} -A trust -U postgres --no-sync -E UTF8 --locale=C.UTF-8`.cwd(folder).quiet();
  await Bun.write(hba, `host all ${LOCKED.user} 127.0.0.1/32 scram-sha-256\n${await Bun.file(hba).text()}`);
  const options = `-p ${port} -k ${folder} -c listen_addresses=127.0.0.1 -c fsync=on -c max_connections=60`;
  await $`${asPostgres()} ${bin}/pg_ctl -D ${data} -l ${folder}/log -w -o ${options} start`.cwd(folder).quiet();

  const url = (database: string) => `postgres://postgres@127.0.0.1:${port}/${database}`;
  const admin = postgres(url("postgres"), { max: 1, onnotice: () => undefined });
  await admin.unsafe(`create role ${LOCKED.user} login superuser password '${LOCKED.password}'`);
  let made = 0;
  return {
    port,
    folder,
    url,
    admin,
    createDatabase: async (prefix) => {
      made += 1;
      const name = `${prefix}_${made}`;
      await admin.unsafe(`create database ${name}`);
      return name;
    },
    stop: async () => {
      await admin.end({ timeout: 1 });
      await $`${asPostgres()} ${bin}/pg_ctl -D ${data} -m immediate -w stop`.cwd(folder).quiet();
    },
  };
}

/** Pools transactions over two connections per database, so that one client's next transaction often meets another backend. */
export async function startPgbouncer(folder: string, server: PostgresServer): Promise<Pgbouncer> {
  const program = findPgbouncer();
  if (!program) throw new Error("no pgbouncer on this machine");
  const port = await freePort();
  const settings = join(folder, "pgbouncer.ini");
  await Bun.write(join(folder, "users"), '"postgres" ""\n');
  await Bun.write(
    settings,
    `[databases]
* = host=127.0.0.1 port=${server.port} user=postgres
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = ${port}
unix_socket_dir =
auth_type = trust
auth_file = ${folder}/users
pool_mode = transaction
default_pool_size = 2
server_round_robin = 1
logfile = ${folder}/pgbouncer.log
${isRoot() ? "user = postgres" : ""}
`,
  );
  giveToPostgres(folder);
  const process = Bun.spawn([program, settings], { stdio: ["ignore", "ignore", "ignore"] });
  const stop = async () => {
    process.kill("SIGKILL");
    await process.exited;
  };
  const url = (database: string) => `postgres://postgres@127.0.0.1:${port}/${database}`;
  try {
    await untilAnswers(url("postgres"));
  } catch (error) {
    await stop();
    throw error;
  }
  return { port, url: (database) => `${url(database)}?pgbouncer=true`, stop };
}

/** Tries until the server answers; each try waits for the last one. Gives up after some seconds. */
async function untilAnswers(url: string, triesLeft = 200): Promise<void> {
  const sql = postgres(url, { max: 1, prepare: false, fetch_types: false, connect_timeout: 2 });
  try {
    await sql.unsafe("select 1");
  } catch (error) {
    if (triesLeft === 0) throw error;
    await new Promise((resolve) => setTimeout(resolve, 25));
    await untilAnswers(url, triesLeft - 1);
  } finally {
    await sql.end({ timeout: 0 });
  }
}

/** Postgres refuses to run as root; then the commands run as the user `postgres`, who owns the folder. */
function asPostgres(): string[] {
  return isRoot() ? ["runuser", "-u", "postgres", "--"] : [];
}

function giveToPostgres(folder: string): void {
  mkdirSync(folder, { recursive: true });
  if (!isRoot()) return;
  const [user, group] = ["-u", "-g"].map((flag) => Number(Bun.spawnSync(["id", flag, "postgres"]).stdout.toString()));
  chmodSync(folder, 0o755);
  for (const path of [folder, ...readdirSync(folder).map((name) => join(folder, name))]) chownSync(path, user ?? 0, group ?? 0);
}

const isRoot = () => process.getuid?.() === 0;

async function freePort(): Promise<number> {
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  const server = createServer();
  server.on("error", reject);
  server.listen(0, "127.0.0.1", () => {
    const address = server.address();
    server.close(() => (address !== null && typeof address === "object" ? resolve(address.port) : reject(new Error("no port"))));
  });
  return await promise;
}
