import { describe, expect, setDefaultTimeout, test } from "bun:test";
import { join } from "node:path";
import { DrizzleQueryError } from "drizzle-orm/errors";
import { AppError } from "../../src/domain/errors.ts";
import { type Database, openDatabase } from "../../src/store/db.ts";
import { maintenance } from "../../src/store/maintenance.ts";
import { POOL_CONNECTIONS_MAX } from "../../src/store/pool.ts";
import { isDatabaseAway, requireServerVersion, sqlState } from "../../src/store/refusals.ts";
import { aFolder, emptyDb, engines, pgbouncer, postgresServer, quiet } from "../support/db.ts";
import { findPgbouncer, findPostgres, LOCKED } from "../support/postgres.ts";
import { aWire } from "./proxy.ts";

/** Engines start inside the first test that needs them, and some facts take their time. */
setDefaultTimeout(30_000);

const withPostgres = describe.skipIf(!findPostgres());
const withPooler = describe.skipIf(!findPgbouncer() || !findPostgres());

/** Why opening was refused. */
async function refusalOf(opening: Promise<Database>): Promise<AppError> {
  const outcome = await opening.catch((error: unknown) => error);
  if (!(outcome instanceof AppError)) throw new Error("was not refused in our words", { cause: outcome });
  return outcome;
}

const openUrl = (url: string, queryMs?: number) =>
  openDatabase({ kind: "postgres", url, log: quiet, ...(queryMs === undefined ? {} : { queryMs }) });

describe.each(engines)("the database on %s", (engine) => {
  test("runs raw queries, drizzle, transactions and savepoints on one client", async () => {
    const { db, sql } = await emptyDb(engine);
    const [raw] = await sql<{ one: number }[]>`select ${1}::int as one`;
    expect(raw?.one).toBe(1);
    const nested = await db.transaction(async (tx) => {
      await tx.execute("insert into leases (name, holder, fence, expires_at) values ('kept', 'h', 1, now())");
      await tx
        .transaction(async (inner) => {
          await inner.execute("insert into leases (name, holder, fence, expires_at) values ('undone', 'h', 1, now())");
          throw new Error("undo");
        })
        .catch(() => undefined);
      return [...(await tx.execute("select name from leases"))];
    });
    expect(nested).toEqual([{ name: "kept" }]);
  });

  test("many queries at once each get their own answer", async () => {
    const { sql, db } = await emptyDb(engine);
    const numbers = Array.from({ length: 300 }, (_, index) => index);
    const raw = await Promise.all(numbers.map(async (n) => (await sql<{ n: number }[]>`select ${n}::int as n`)[0]?.n));
    const viaDrizzle = await Promise.all(numbers.map(async (n) => (await db.execute<{ n: number }>(`select ${n} as n`))[0]?.n));
    expect(raw).toEqual(numbers);
    expect(viaDrizzle).toEqual(numbers);
  });

  test("an error keeps its SQLSTATE and is no matter of reaching the database", async () => {
    const { sql } = await emptyDb(engine);
    const error: unknown = await sql`select * from nowhere`.catch((cause: unknown) => cause);
    expect(error).toMatchObject({ code: "42P01" });
    expect(isDatabaseAway(error)).toBe(false);
  });

  test("a reserved connection is given back", async () => {
    const { sql } = await emptyDb(engine);
    for (let round = 0; round < 2 * POOL_CONNECTIONS_MAX; round += 1) {
      const one = await sql.reserve();
      expect((await one.unsafe<{ two: number }[]>("select 2 as two"))[0]?.two).toBe(2);
      one.release();
    }
  });
});

withPostgres("opening Postgres", () => {
  test("F52: logs in with a password of @ # % / and the rest, as it stands and encoded", async () => {
    const { port } = await postgresServer();
    for (const password of [encodeURIComponent(LOCKED.password), "p@ss:w#rd%/?&=+ 100%2541"]) {
      const database = await openUrl(`postgres://${LOCKED.user}:${password}@127.0.0.1:${port}/postgres`);
      expect((await database.sql<{ who: string }[]>`select current_user as who`)[0]?.who).toBe(LOCKED.user);
      await database.close();
    }
  });

  test("a wrong password, an unknown database and a closed port are told apart, and none tells the password", async () => {
    const { port } = await postgresServer();
    const refused = await Promise.all([
      refusalOf(openUrl(`postgres://${LOCKED.user}:hunter2@127.0.0.1:${port}/postgres`)),
      refusalOf(openUrl(`postgres://postgres:hunter2@127.0.0.1:${port}/nothing_here`)),
      refusalOf(openUrl("postgres://postgres:hunter2@127.0.0.1:1/postgres")),
    ]);
    expect(refused.map((error) => [error.kind, error.reason, error.params])).toEqual([
      ["unavailable", "database_refused_login", { host: "127.0.0.1", port, user: "locked" }],
      ["unavailable", "database_missing", { host: "127.0.0.1", port, database: "nothing_here" }],
      ["unavailable", "database_unreachable", { host: "127.0.0.1", port: 1, code: "ECONNREFUSED" }],
    ]);
    for (const error of refused) expect(Bun.inspect(error)).not.toContain("hunter2");
  });

  test("F52: a host that has only an IPv6 address, which this machine cannot reach, is named as such", async () => {
    const error = await refusalOf(openUrl("postgres://postgres:hunter2@[2001:db8::1]:5432/postgres"));
    expect([error.reason, error.params.host]).toEqual(["database_ipv6_only", "2001:db8::1"]);
  });

  test("F51: a full server is named as such", async () => {
    const server = await postgresServer();
    const name = await server.createDatabase("full");
    await server.admin.unsafe(`alter role ${LOCKED.user} connection limit 0; alter role ${LOCKED.user} nosuperuser`);
    try {
      const error = await refusalOf(
        openUrl(`postgres://${LOCKED.user}:${encodeURIComponent(LOCKED.password)}@127.0.0.1:${server.port}/${name}`),
      );
      expect(error.reason).toBe("database_full");
    } finally {
      await server.admin.unsafe(`alter role ${LOCKED.user} connection limit -1; alter role ${LOCKED.user} superuser`);
    }
  });

  test("F51: 40 queries at once use at most 5 connections and all succeed", async () => {
    const server = await postgresServer();
    const database = await openUrl(server.url(await server.createDatabase("pool")));
    const busy = Array.from(
      { length: 40 },
      () => database.sql`select pg_sleep(0.02), count(*)::int as used from pg_stat_activity where datname = current_database()`,
    );
    const used = (await Promise.all(busy)).map((rows) => Number(rows[0]?.used));
    expect(Math.max(...used)).toBeLessThanOrEqual(POOL_CONNECTIONS_MAX);
    await database.close();
  });

  test("F51: when all connections are taken, a query and a transaction wait no longer than the deadline", async () => {
    const server = await postgresServer();
    const database = await openUrl(server.url(await server.createDatabase("pool")), 400);
    const release = Promise.withResolvers<void>();
    const began = Array.from({ length: POOL_CONNECTIONS_MAX }, () => Promise.withResolvers<void>());
    const holders = began.map((one) =>
      database.sql.begin(async () => {
        one.resolve();
        await release.promise;
      }),
    );
    await Promise.all(began.map((one) => one.promise));
    const late = await Promise.all(
      [
        database.sql`select 1`,
        database.db.execute("select 1"),
        database.sql.begin(async () => "began"),
        database.sql.reserve(),
      ].map((work) => Promise.resolve(work).then(() => "done", reasonOf)),
    );
    expect(late).toEqual(["database_busy", "database_busy", "database_busy", "database_busy"]);
    release.resolve();
    await Promise.all(holders);
    expect((await database.sql<{ one: number }[]>`select 1 as one`)[0]?.one).toBe(1);
    await database.close();
  });

  test("F53: a query that the server does not finish is stopped there, and its connection goes on", async () => {
    const server = await postgresServer();
    const database = await openUrl(server.url(await server.createDatabase("slow")), 300);
    expect(await database.sql`select pg_sleep(60)`.catch(reasonOf)).toBe("database_no_answer");
    await until(
      async () =>
        Number(
          (
            await server.admin`select count(*)::int as n from pg_stat_activity where query like '%pg_sleep(60)%' and state = 'active' and pid <> pg_backend_pid()`
          )[0]?.n,
        ) === 0,
    );
    expect((await database.sql<{ one: number }[]>`select 1 as one`)[0]?.one).toBe(1);
    await database.close();
  });

  test("F53: when the network goes dead without a word, queries end by the deadline and the pool recovers", async () => {
    const server = await postgresServer();
    const wire = await aWire(server.port);
    const name = await server.createDatabase("wire");
    const database = await openUrl(`postgres://postgres@127.0.0.1:${wire.port}/${name}`, 400);
    for (let round = 0; round < 3; round += 1) {
      await Promise.all(Array.from({ length: POOL_CONNECTIONS_MAX }, () => database.sql`select pg_sleep(0.01)`));
      wire.goDead();
      const work = [database.sql`select 1`, database.sql.begin((tx) => tx`select 1`), database.db.execute("select 1")];
      const outcomes = await Promise.all(work.map((one) => Promise.resolve(one).then(() => "done", isDatabaseAway)));
      expect(outcomes.slice(0, 3)).toEqual([true, true, true]);
      await until(
        async () =>
          (await database.sql`select 1`.then(
            () => true,
            () => false,
          )) === true,
      );
    }
    await database.close();
    await wire.stop();
  });

  test("F53: when the server is gone without a word, and cannot be reached to cancel either, queries end by the deadline", async () => {
    const server = await postgresServer();
    const wire = await aWire(server.port);
    const database = await openUrl(`postgres://postgres@127.0.0.1:${wire.port}/${await server.createDatabase("gone")}`, 300);
    await database.sql`select 1`;
    wire.goDead();
    wire.refuse();
    for (let query = 0; query < 4; query += 1) {
      const error: unknown = await database.sql`select 1`.then(
        () => "answered",
        (cause: unknown) => cause,
      );
      expect(isDatabaseAway(error)).toBe(true);
    }
    await database.close();
    await wire.stop();
  });

  test("F53: what a transaction does after its connection was lost is refused, not done outside of it", async () => {
    const server = await postgresServer();
    const name = await server.createDatabase("torn");
    const database = await openUrl(server.url(name));
    await database.sql`create table torn (n int)`;
    const lost = Promise.withResolvers<void>();
    const late = Promise.withResolvers<unknown>();
    const transaction = database.sql.begin(async (tx) => {
      await tx`insert into torn values (1)`;
      await server.admin`select pg_terminate_backend(pid) from pg_stat_activity where datname = ${name} and state = 'idle in transaction'`;
      await lost.promise;
      late.resolve(await tx`insert into torn values (2)`.then(() => "done", isDatabaseAway));
    });
    expect(await transaction.catch(isDatabaseAway)).toBe(true);
    await Promise.all(Array.from({ length: 2 * POOL_CONNECTIONS_MAX }, () => database.sql`select pg_sleep(0.02)`));
    lost.resolve();
    expect(await late.promise).toBe(true);
    await Promise.all(Array.from({ length: POOL_CONNECTIONS_MAX }, () => database.sql`select pg_sleep(0.02)`));
    expect((await database.sql<{ rows: number }[]>`select count(*)::int as rows from torn`)[0]?.rows).toBe(0);
    await database.close();
  });

  test("closing waits for the running query, and twice is once", async () => {
    const server = await postgresServer();
    const database = await openUrl(server.url(await server.createDatabase("close")));
    const running = database.sql<{ one: number }[]>`select 1 as one from pg_sleep(0.05)`;
    const answer = running.then((rows) => rows[0]?.one);
    await database.sql`select 1`;
    await Promise.all([database.close(), database.close()]);
    expect(await answer).toBe(1);
    expect(isDatabaseAway(await database.sql`select 1`.catch((error: unknown) => error))).toBe(true);
  });
});

describe.each(engines.filter((engine) => engine !== "embedded"))("F53: the backend killed 50 times on %s", (engine) => {
  test("every query ends within 5 s, and the pool recovers", async () => {
    const server = await postgresServer();
    const name = await server.createDatabase("killed");
    const database = await openUrl(engine === "postgres" ? server.url(name) : (await pgbouncer()).url(name));
    let slowestMs = 0;
    let failed = 0;
    const timed = async (work: PromiseLike<unknown>) => {
      const start = performance.now();
      await work.then(undefined, () => {
        failed += 1;
      });
      slowestMs = Math.max(slowestMs, performance.now() - start);
    };
    for (let kill = 0; kill < 50; kill += 1) {
      const running = [
        ...Array.from({ length: 3 }, () => timed(database.sql`select pg_sleep(0.02)`)),
        ...Array.from({ length: 4 }, (_, n) => timed(database.db.execute(`select ${n}`))),
        timed(database.sql.begin(async (tx) => [await tx`select pg_sleep(0.01)`, await tx`select 2`])),
      ];
      await server.admin`select pg_terminate_backend(pid) from pg_stat_activity where datname = ${name}`;
      await Promise.all(running);
    }
    expect(failed).toBeGreaterThan(20);
    expect(slowestMs).toBeLessThan(5_000);
    await until(
      async () =>
        (await database.sql`select 1`.then(
          () => true,
          () => false,
        )) === true,
    );
    const after = await Promise.all(
      Array.from({ length: 20 }, async (_, n) => (await database.sql<{ n: number }[]>`select ${n}::int as n`)[0]?.n),
    );
    expect(after).toEqual(Array.from({ length: 20 }, (_, n) => n));
    await database.close();
  }, 90_000);
});

withPooler("F50: a transaction pooler", () => {
  test("is noticed by its address, and really changes the backend between transactions", async () => {
    const { sql, isPooled } = await emptyDb("pooled");
    expect(isPooled).toBe(true);
    const backends = new Set<unknown>();
    for (let query = 0; query < 20; query += 1) backends.add((await sql`select pg_backend_pid() as pid`)[0]?.pid);
    expect(backends.size).toBeGreaterThan(1);
  });

  test("does not know on one backend what was prepared on another", async () => {
    const { sql } = await emptyDb("pooled");
    await Promise.all([sql`select pg_sleep(0.05)`, sql`select pg_sleep(0.05)`]);
    await sql.unsafe("prepare remembered as select 1");
    const outcomes: unknown[] = [];
    for (let query = 0; query < 8; query += 1)
      outcomes.push(await sql.unsafe("execute remembered").then(() => "known", sqlState));
    await sql.unsafe("discard all");
    expect(outcomes).toContain("26000");
  });

  test("an unknown database is named as such behind it too", async () => {
    const { port } = await pgbouncer();
    const error = await refusalOf(openUrl(`postgres://postgres:hunter2@127.0.0.1:${port}/nothing_here?pgbouncer=true`));
    expect(error.reason).toBe("database_missing");
  });
});

test("a server older than 14 is refused, a newer one and one that does not say are not", () => {
  expect(() => requireServerVersion("13.22 (Debian)")).toThrow("database_too_old");
  for (const version of ["14.1", "18.6", undefined]) requireServerVersion(version);
});

describe("the embedded engine", () => {
  test("is kept in shape: a checkpoint each time, and one table after the other vacuumed and analysed", async () => {
    const { sql } = await emptyDb("embedded");
    const warned: string[] = [];
    const maintain = maintenance(sql, { ...quiet, warn: (event) => warned.push(event) });
    for (let round = 0; round < 100; round += 1) await maintain();
    const [row] = await sql<
      { never: number }[]
    >`select count(*)::int as never from pg_stat_user_tables where last_vacuum is null`;
    expect(row?.never).toBe(0);
    expect(warned).toEqual([]);
  });

  test("a query that it cannot stop ends by the deadline, and the engine goes on afterwards", async () => {
    const database = await openDatabase({ kind: "embedded", dir: join(aFolder(), "data"), log: quiet, queryMs: 250 });
    expect(await database.sql`select count(*) from generate_series(1, 4000000)`.catch(reasonOf)).toBe("database_no_answer");
    await until(
      async () =>
        await database.sql`select 1`.then(
          () => true,
          () => false,
        ),
    );
    expect((await database.sql<{ one: number }[]>`select 1 as one`)[0]?.one).toBe(1);
    await database.close();
  });

  test("a query that waits behind a long one ends by the deadline, and the engine goes on", async () => {
    const database = await openDatabase({ kind: "embedded", dir: join(aFolder(), "data"), log: quiet, queryMs: 250 });
    const release = Promise.withResolvers<void>();
    const began = Promise.withResolvers<void>();
    const holder = database.sql.begin(async () => {
      began.resolve();
      await release.promise;
    });
    await began.promise;
    expect(await database.sql`select 1`.catch(reasonOf)).toBe("database_busy");
    release.resolve();
    await holder;
    expect((await database.sql<{ one: number }[]>`select 1 as one`)[0]?.one).toBe(1);
    await database.close();
  });
});

/** The reason of a refusal; drizzle's wrapping is looked through. */
function reasonOf(error: unknown): string {
  const cause = error instanceof DrizzleQueryError ? error.cause : error;
  return cause instanceof AppError ? cause.reason : String(cause);
}

/** Asks again until it is so. */
async function until(isSo: () => Promise<boolean>, triesLeft = 200): Promise<void> {
  if (await isSo()) return;
  if (triesLeft === 0) throw new Error("it never became so");
  await new Promise((resolve) => setTimeout(resolve, 20));
  await until(isSo, triesLeft - 1);
}
