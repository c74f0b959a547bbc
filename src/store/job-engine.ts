import type { Sql } from "postgres";

/** Postgres' type id of `timestamptz`. */
const TIMESTAMPTZ = 1184;

type Row = Record<string, unknown>;
type Answer = Row[] & { columns?: { name: string; type: number }[] };

/**
 * The database as the job engine (pg-boss) wants it. The shared client is used by drizzle, which
 * switches off the conversion of dates and JSON on it; both are done here. A text without values may
 * hold several statements (`BEGIN; …; COMMIT`): it runs on a connection of its own, and is rolled
 * back there when it fails.
 */
export function jobEngineDatabase(sql: Sql): { executeSql(text: string, values?: unknown[]): Promise<{ rows: Row[] }> } {
  return {
    async executeSql(text, values = []) {
      if (values.length > 0) return { rows: rowsOf(await sql.unsafe(text, values.map(plainValue) as never[])) };
      const connection = await sql.reserve();
      try {
        return { rows: rowsOf(await connection.unsafe(text)) };
      } catch (error) {
        await connection.unsafe("rollback").catch(() => {});
        throw error;
      } finally {
        connection.release();
      }
    },
  };
}

function plainValue(value: unknown): unknown {
  if (value instanceof Date) return value.toISOString();
  if (Array.isArray(value)) return arrayText(value);
  return value !== null && typeof value === "object" ? JSON.stringify(value) : value;
}

/** Postgres' text form of an array. The client does not know the types of parameters, so it cannot make it. */
function arrayText(values: readonly unknown[]): string {
  const items = values.map((value) => {
    const plain = plainValue(value);
    return plain === null || plain === undefined ? "null" : `"${String(plain).replace(/(["\\])/g, "\\$1")}"`;
  });
  return `{${items.join(",")}}`;
}

/** One text with several statements gives a list of answers; their rows are put end to end. */
function rowsOf(answer: unknown): Row[] {
  const answers = (Array.isArray((answer as unknown[])[0]) ? answer : [answer]) as Answer[];
  return answers.flatMap((one) => one.map((row) => withDates(row, one.columns ?? [])));
}

function withDates(row: Row, columns: readonly { name: string; type: number }[]): Row {
  for (const { name, type } of columns) {
    if (type === TIMESTAMPTZ && typeof row[name] === "string") row[name] = new Date(row[name]);
  }
  return row;
}
