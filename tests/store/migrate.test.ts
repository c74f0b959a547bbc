import { describe, expect, setDefaultTimeout, test } from "bun:test";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { generateDrizzleJson, generateMigration } from "drizzle-kit/api";
import postgres from "postgres";
import journal from "../../migrations/meta/_journal.json" with { type: "json" };
import { AppError } from "../../src/domain/errors.ts";
import { openDatabase } from "../../src/store/db.ts";
import { MIGRATIONS, type Migration, migrate } from "../../src/store/migrate.ts";
import * as schema from "../../src/store/schema.ts";
import { aFolder, type Engine, engines, pgbouncer, postgresServer, quiet } from "../support/db.ts";
import { findPostgres } from "../support/postgres.ts";

/** Engines start inside the first test that needs them, and some facts take their time. */
setDefaultTimeout(30_000);

const ROOT = join(import.meta.dir, "../..");

/** A migration that would fail or show if it ran twice. */
const once = (tag: string, ...statements: string[]): Migration => ({
  tag,
  hash: `hash of ${tag} ${statements.join()}`,
  statements,
});
const TABLE = once("0000_table", "create table once (n int)", "insert into once values (1)");
const ROW = once("0001_row", "insert into once values (2)");

/** A client on a database of its own that was never migrated. */
async function emptyClient(engine: Engine): Promise<{ sql: postgres.Sql; url: string | null; end(): Promise<void> }> {
  if (engine === "embedded") {
    const database = await openDatabase({ kind: "embedded", dir: join(aFolder(), "data"), log: quiet });
    await database.sql.unsafe("drop schema public cascade; create schema public");
    return { sql: database.sql, url: null, end: database.close };
  }
  const server = await postgresServer();
  const name = await server.createDatabase("migrated");
  const url = engine === "postgres" ? server.url(name) : (await pgbouncer()).url(name);
  const sql = aClient(url);
  return { sql, url, end: () => sql.end({ timeout: 1 }) };
}

const aClient = (url: string) =>
  postgres(url.replace("?pgbouncer=true", ""), { max: 1, prepare: false, fetch_types: false, onnotice: () => undefined });

const reasonOf = (error: unknown) => (error instanceof AppError ? [error.reason, error.params] : String(error));

describe("the migrations of this build", () => {
  test("match the schema", async () => {
    const idx = String(journal.entries.at(-1)?.idx).padStart(4, "0");
    const last = await Bun.file(join(ROOT, `migrations/meta/${idx}_snapshot.json`)).json();
    expect(await generateMigration(last, generateDrizzleJson(schema, last.id, undefined, "snake_case"))).toEqual([]);
  });

  test("F54: are the files of the folder, in the order of their numbers and their dates", () => {
    const files = readdirSync(join(ROOT, "migrations")).filter((name) => name.endsWith(".sql"));
    const tags = journal.entries.map((entry) => entry.tag);
    expect(files.map((name) => name.replace(".sql", "")).toSorted()).toEqual(tags);
    expect(journal.entries.map((entry) => entry.idx)).toEqual(tags.map((_, index) => index));
    const dates = journal.entries.map((entry) => entry.when);
    expect(dates).toEqual(dates.toSorted((a, b) => a - b));
    expect(MIGRATIONS.map((migration) => migration.tag)).toEqual(tags);
  });
});

describe.each(engines)("migrating on %s", (engine) => {
  test("applies all once, in order, and then finds nothing to do", async () => {
    const { sql, end } = await emptyClient(engine);
    expect(await migrate(sql, [TABLE, ROW])).toEqual(["0000_table", "0001_row"]);
    expect(await migrate(sql, [TABLE, ROW])).toEqual([]);
    expect([...(await sql<{ n: number }[]>`select n from once order by n`)]).toMatchObject([{ n: 1 }, { n: 2 }]);
    await end();
  });

  test("a database that is up to date is asked one question", async () => {
    const { sql, end } = await emptyClient(engine);
    await migrate(sql);
    const asked: string[] = [];
    const counting = new Proxy(sql, {
      get(target, name) {
        if (name === "begin") asked.push("begin");
        if (name !== "unsafe") return Reflect.get(target, name);
        return (text: string) => {
          asked.push(text);
          return target.unsafe(text);
        };
      },
    });
    await migrate(counting);
    expect(asked).toEqual(["select tag, hash from schema_migrations"]);
    await end();
  });

  test("a migration that was merged late is applied, though a later one is there", async () => {
    const { sql, end } = await emptyClient(engine);
    const late = once("0001_late", "insert into once values (9)");
    await migrate(sql, [TABLE, ROW]);
    expect(await migrate(sql, [TABLE, late, ROW])).toEqual(["0001_late"]);
    await end();
  });

  test("one that fails leaves nothing of itself or of those before it", async () => {
    const { sql, end } = await emptyClient(engine);
    const broken = once("0001_broken", "insert into once values (5)", "insert into once values ('x', 'y')");
    expect(await migrate(sql, [TABLE, broken]).catch(reasonOf)).toEqual([
      "migration_failed",
      { tag: "0001_broken", code: "42601" },
    ]);
    expect((await sql<{ found: string | null }[]>`select to_regclass('once')::text as found`)[0]?.found).toBeNull();
    expect(await migrate(sql, [TABLE, ROW])).toEqual(["0000_table", "0001_row"]);
    await end();
  });

  test("F54: an edited migration, a newer database and a journal that names one twice are refused", async () => {
    const { sql, end } = await emptyClient(engine);
    await migrate(sql, [TABLE, ROW]);
    expect(await migrate(sql, [TABLE, { ...ROW, hash: "edited" }]).catch(reasonOf)).toEqual([
      "migration_changed",
      { tag: "0001_row" },
    ]);
    expect(await migrate(sql, [TABLE]).catch(reasonOf)).toEqual(["database_newer", { tag: "0001_row" }]);
    const more = once("0002_more", "select 1");
    expect(await migrate(sql, [TABLE, ROW, ROW, more]).catch(reasonOf)).toEqual(["migration_count", { expected: 4, found: 3 }]);
    await end();
  });
});

describe.each(engines.filter((engine) => engine !== "embedded"))("F54: several processes on %s", (engine) => {
  test("eight clients migrate an empty database at once: one does it, all succeed", async () => {
    const { sql, url, end } = await emptyClient(engine);
    const clients = Array.from({ length: 8 }, () => aClient(url ?? ""));
    const applied = await Promise.all(clients.map((client) => migrate(client, [TABLE, ROW])));
    expect(applied.filter((tags) => tags.length > 0)).toEqual([["0000_table", "0001_row"]]);
    expect((await sql<{ n: number }[]>`select count(*)::int as n from once`)[0]?.n).toBe(2);
    await Promise.all(clients.map((client) => client.end({ timeout: 1 })));
    await end();
  });
});

describe.skipIf(!findPostgres())("F54: eight processes", () => {
  test("open an empty database together: all start", async () => {
    const server = await postgresServer();
    const name = await server.createDatabase("together");
    const children = Array.from({ length: 8 }, () =>
      Bun.spawn([process.execPath, join(import.meta.dir, "migrating-process.ts"), server.url(name)], {
        stdout: "pipe",
        stderr: "inherit",
      }),
    );
    const told = await Promise.all(children.map((child) => new Response(child.stdout).text()));
    expect(await Promise.all(children.map((child) => child.exited))).toEqual(Array(8).fill(0));
    expect(told.filter((text) => text.includes("migrated")).length).toBe(1);
  });
});
