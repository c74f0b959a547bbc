import type postgres from "postgres";
import { AppError } from "../domain/errors.ts";
import { loadMigrations } from "./migrations.macro.ts" with { type: "macro" };
import type { Migration } from "./migrations.macro.ts";
import { sqlState } from "./refusals.ts";

export type { Migration };

/** The migrations of this build, oldest first. */
export const MIGRATIONS: readonly Migration[] = loadMigrations();

/** Any number that nobody else takes: the name of the lock under which one process migrates. */
const LOCK = 7_203_114;
const TABLE = `
  create table if not exists schema_migrations (tag text primary key, hash text not null, applied_at timestamptz not null default now());
  alter table schema_migrations enable row level security`;
/** SQLSTATE: the table is not there. */
const UNDEFINED_TABLE = "42P01";

/**
 * Brings the database to `migrations` and returns the tags that it applied, [] when there was nothing to do
 * (known after one round trip). Any number of processes may call it at once, also through a transaction pooler:
 * all happens in one transaction under an advisory lock of that transaction. What is applied is known by name and
 * hash, so that a migration merged late is applied and an edited one is noticed. `patient` is the client for the
 * transaction, which may have to wait for another process's.
 *
 * Throws `unavailable`: `database_newer`, `migration_changed`, `migration_failed`, `migration_count`.
 */
export async function migrate(
  sql: postgres.Sql,
  migrations: readonly Migration[] = MIGRATIONS,
  patient: postgres.Sql = sql,
): Promise<string[]> {
  const known = await findApplied(sql);
  if (known !== null && missing(known, migrations).length === 0) return [];

  return await patient.begin(async (tx) => {
    await tx.unsafe(
      "set local statement_timeout = 0; set local lock_timeout = 0; set local idle_in_transaction_session_timeout = 0",
    );
    await tx`select pg_advisory_xact_lock(${LOCK})`;
    if (known === null) await tx.unsafe(TABLE);
    const wanted = missing(await listApplied(tx), migrations);
    for (const migration of wanted) await apply(tx, migration);
    await requireCount(tx, migrations.length);
    return wanted.map((migration) => migration.tag);
  });
}

/** Name and hash of what was applied, or null when no migration ever was. */
async function findApplied(sql: postgres.Sql): Promise<Map<string, string> | null> {
  try {
    return await listApplied(sql);
  } catch (cause) {
    if (sqlState(cause) === UNDEFINED_TABLE) return null;
    throw cause;
  }
}

async function listApplied(sql: postgres.ISql): Promise<Map<string, string>> {
  const rows = await sql.unsafe<{ tag: string; hash: string }[]>("select tag, hash from schema_migrations");
  return new Map(rows.map((row) => [row.tag, row.hash]));
}

/** What of `migrations` is not in `applied`. Throws when the two cannot belong together. */
function missing(applied: ReadonlyMap<string, string>, migrations: readonly Migration[]): Migration[] {
  const ours = new Map(migrations.map((migration) => [migration.tag, migration.hash]));
  for (const [tag, hash] of applied) {
    const expected = ours.get(tag);
    if (expected === undefined) throw new AppError("unavailable", "database_newer", { tag });
    if (expected !== hash) throw new AppError("unavailable", "migration_changed", { tag });
  }
  return migrations.filter((migration) => !applied.has(migration.tag));
}

async function apply(tx: postgres.TransactionSql, migration: Migration): Promise<void> {
  for (const statement of migration.statements) {
    try {
      await tx.unsafe(statement);
    } catch (cause) {
      const refusal = new AppError("unavailable", "migration_failed", { tag: migration.tag, code: sqlState(cause) ?? "unknown" });
      refusal.cause = cause;
      throw refusal;
    }
  }
  await tx`insert into schema_migrations (tag, hash) values (${migration.tag}, ${migration.hash})`;
}

/** A build whose journal names a migration twice, or a table that somebody edited, is refused rather than run. */
async function requireCount(tx: postgres.TransactionSql, expected: number): Promise<void> {
  const [row] = await tx<{ count: number }[]>`select count(*)::int as count from schema_migrations`;
  if (row?.count !== expected) throw new AppError("unavailable", "migration_count", { expected, found: row?.count ?? 0 });
}
