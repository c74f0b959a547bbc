import type postgres from "postgres";
import type { Log } from "../ports.ts";
import { sqlState } from "./refusals.ts";

/** Each time it is called: a checkpoint, which keeps the log short, and the next table is vacuumed and analysed. */
export function maintenance(client: postgres.Sql, log: Log): () => Promise<void> {
  let tables: string[] = [];
  return async () => {
    try {
      await client.unsafe("checkpoint");
      if (tables.length === 0) tables = await listTables(client);
      const table = tables.shift();
      if (table !== undefined) await client.unsafe(`vacuum (analyze) ${table}`);
    } catch (error) {
      log.warn("database.maintenance_failed", { engine: "embedded", code: sqlState(error) });
    }
  };
}

async function listTables(client: postgres.Sql): Promise<string[]> {
  const rows = await client.unsafe<{ name: string }[]>(
    "select format('%I.%I', schemaname, tablename) as name from pg_tables where schemaname not in ('pg_catalog', 'information_schema') order by 1",
  );
  return rows.map((row) => row.name);
}
