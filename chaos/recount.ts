import type { Sql } from "../src/store/db.ts";
import { numberOf } from "./tally.ts";

/** What the database says of the lines, asked again row by row. */
export interface Ledger {
  /** Rows per line. */
  stored: Uint8Array;
  /** Lines with more than one row. */
  twice: number;
  /** Rows of `channel_history` that the figures per minute do not count, or count too often. */
  miscounted: number;
  /** Calls that were taken up more than once, and calls answered more than once, by the timeline. */
  askedTwice: number;
  sentTwice: number;
}

const PAGE = 20_000;

export async function readLedger(sql: Sql, lines: number): Promise<Ledger> {
  const stored = new Uint8Array(lines);
  let after: { channel: string; seq: string } = { channel: "", seq: "0" };
  for (;;) {
    const rows = await sql.unsafe<{ channel_id: string; line_seq: string; message_id: string }[]>(
      `select channel_id, seq::text as line_seq, message_id from channel_history
       where kind = 'chat' and (channel_id, seq) > ($1, $2::bigint) order by channel_id, seq limit ${PAGE}`,
      [after.channel, after.seq],
    );
    for (const row of rows) {
      const line = numberOf(row.message_id);
      if (line !== null) stored[line] = (stored[line] ?? 0) + 1;
    }
    const last = rows.at(-1);
    if (!last || rows.length < PAGE) break;
    after = { channel: last.channel_id, seq: last.line_seq };
  }
  return {
    stored,
    twice: stored.reduce((count, rows) => count + (rows > 1 ? 1 : 0), 0),
    miscounted: await countOf(
      sql,
      `select abs((select count(*) from channel_history where kind = 'chat') - (select coalesce(sum(messages), 0) from channel_minutes)) as n`,
    ),
    askedTwice: await countOf(sql, twiceOf("reply.asked")),
    sentTwice: await countOf(sql, twiceOf("reply.sent")),
  };
}

const twiceOf = (type: string): string =>
  `select count(*) as n from (select trace_id from timeline where type = '${type}' group by trace_id having count(*) > 1) twice`;

async function countOf(sql: Sql, query: string): Promise<number> {
  const [row] = await sql.unsafe<{ n: string }[]>(query);
  return Number(row?.n ?? 0);
}
