/*
 * A process that writes batches of 50 lines to the data folder of its first argument for as long as it lives, going on
 * where an earlier one stopped, and prints the number of batches after each that the database acknowledged. Started,
 * and killed, by embedded.test.ts.
 */
import { addLines } from "../../src/store/chat.ts";
import { openDatabase } from "../../src/store/db.ts";
import { aLine, noon, secondsAfter } from "./lines.ts";

const log = { info: () => undefined, warn: () => undefined, error: () => undefined };
const { sql } = await openDatabase({ kind: "embedded", dir: process.argv[2] ?? "", log });
const [row] = await sql<{ batches: number }[]>`select count(distinct trace_id)::int as batches from channel_history`;
for (let batch = (row?.batches ?? 0) + 1; ; batch += 1) {
  const lines = Array.from({ length: 50 }, (_, index) =>
    aLine({
      messageId: `${batch}-${index}`,
      traceId: `batch ${batch}`,
      chatterId: String(index % 9),
      sentAt: secondsAfter(noon, batch),
    }),
  );
  await addLines(sql, lines);
  process.stdout.write(`${batch}\n`);
}
