import type { Sql } from "./db.ts";
import { storable, storableJson } from "./text.ts";

/** What an account did of late, as whoever read or wrote it last knows it. */
export interface SendWindow {
  /** JSON that nobody has looked at yet. */
  sent: unknown;
  revision: number;
}

/** One statement, whether the row is there or not: the usual case is that nobody else wrote since. */
const SAVE = `
insert into send_windows as known (account, sent, revision, updated_at)
values ($1::text, $2::text::jsonb, $3::float8::bigint + 1, $4::text::timestamptz)
on conflict (account) do update set sent = excluded.sent, revision = excluded.revision, updated_at = excluded.updated_at
where known.revision = excluded.revision - 1
returning revision::float8 as revision`;

/**
 * Puts `sent` in place of the revision that is `known` (0: no row). Returns the new revision, or null when somebody else wrote
 * meanwhile: then nothing was written.
 */
export async function saveSendWindow(sql: Sql, account: string, sent: unknown, known: number, now: Date): Promise<number | null> {
  const parameters = [storable(account), storableJson(sent), known, now.toISOString()];
  const [row] = await sql.unsafe<{ revision: number }[]>(SAVE, parameters, { prepare: true });
  return row?.revision ?? null;
}

export async function findSendWindow(sql: Sql, account: string): Promise<SendWindow | null> {
  const [row] = await sql.unsafe<{ sent: string; revision: number }[]>(
    "select sent::text as sent, revision::float8 as revision from send_windows where account = $1::text",
    [storable(account)],
  );
  return row === undefined ? null : { sent: JSON.parse(row.sent), revision: row.revision };
}
