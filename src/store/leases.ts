import type { Sql } from "./db.ts";
import { packed, unpacked } from "./text.ts";

/*
 * Leases go by the database's clock, the only one that all processes share; every other part of the store is told the
 * time. They are rows, so that they hold through a transaction pooler.
 */

/** The right to act for a name. `fence` is larger than that of every earlier holder, and of this one before it lost it. */
export interface Lease {
  name: string;
  fence: number;
}

const NAMES = `select distinct name from unnest(${unpacked("$1")}) as wanted(name) where name is not null`;

const ACQUIRE = `
insert into leases as known (name, holder, fence, expires_at)
select name, $2::text, 1, now() + $3::float8 * interval '1 millisecond' from (${NAMES}) wanted order by name
on conflict (name) do update set
  fence = case when known.holder = excluded.holder and known.expires_at > now() then known.fence else known.fence + 1 end,
  holder = excluded.holder, expires_at = excluded.expires_at
where known.expires_at <= now() or known.holder = excluded.holder
returning name, fence::float8 as fence`;

/** Takes those of `names` that nobody else holds, for `ttlMs`; what `holder` holds already is renewed. Returns what it holds now. */
export async function acquireLeases(sql: Sql, names: readonly string[], holder: string, ttlMs: number): Promise<Lease[]> {
  if (names.length === 0) return [];
  return [...(await sql.unsafe<Lease[]>(ACQUIRE, [packed(names), holder, ttlMs]))];
}

const RENEW = `
update leases set expires_at = now() + $3::float8 * interval '1 millisecond'
where name in (${NAMES}) and holder = $2::text and expires_at > now()
returning name, fence::float8 as fence`;

/** Prolongs those of `names` that `holder` still holds, and returns them. One that expired is lost, even if nobody took it. */
export async function renewLeases(sql: Sql, names: readonly string[], holder: string, ttlMs: number): Promise<Lease[]> {
  if (names.length === 0) return [];
  return [...(await sql.unsafe<Lease[]>(RENEW, [packed(names), holder, ttlMs]))];
}

/** The row stays, so that the next holder's fence is larger. */
const RELEASE = `
update leases set expires_at = to_timestamp(0)
where name in (${NAMES}) and holder = $2::text`;

/** Gives up those of `names` that `holder` holds: another may take them at once. */
export async function releaseLeases(sql: Sql, names: readonly string[], holder: string): Promise<void> {
  if (names.length === 0) return;
  await sql.unsafe(RELEASE, [packed(names), holder]);
}

/** Ends every lease, whoever holds it: for a database that only one process can have open, at its start. */
export async function expireLeases(sql: Sql): Promise<void> {
  await sql.unsafe("update leases set expires_at = to_timestamp(0) where expires_at > now()");
}

/** How many other processes hold something now. */
export async function countOtherHolders(sql: Sql, holder: string): Promise<number> {
  const [row] = await sql.unsafe<{ holders: number }[]>(
    "select count(distinct holder)::int as holders from leases where holder <> $1::text and expires_at > now()",
    [holder],
  );
  return row?.holders ?? 0;
}
