// `bun run bench [NAME …]`: measures what was promised, prints a table, ends with 1 when a level was missed.
import { cpus, loadavg, totalmem } from "node:os";
import { benchChat } from "./levels/chat.ts";
import { benchFairness } from "./levels/fairness.ts";
import { benchHud } from "./levels/hud.ts";
import { benchIdle } from "./levels/idle.ts";
import { benchReply } from "./levels/reply.ts";
import { benchSse } from "./levels/sse.ts";
import { benchStart } from "./levels/start.ts";
import { countMissed, type Row, summaryOf, tableOf } from "./report.ts";
import { Rig } from "./rig.ts";

const BENCHES: Readonly<Record<string, (rig: Rig) => Promise<Row[]>>> = {
  start: benchStart,
  idle: benchIdle,
  reply: benchReply,
  hud: benchHud,
  sse: benchSse,
  fairness: benchFairness,
  chat: benchChat,
};

const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => BENCHES[name] === undefined);
if (unknown.length > 0) {
  console.log(`There is no bench called ${unknown.join(", ")}. There are: ${Object.keys(BENCHES).join(", ")}.`);
  process.exit(2);
}

const rig = new Rig();
for (const signal of ["SIGINT", "SIGTERM"] as const) {
  process.on(signal, () => void rig[Symbol.asyncDispose]().finally(() => process.exit(130)));
}

console.log(`${cpus().length} × ${cpus()[0]?.model.trim()}, ${(totalmem() / 1e9).toFixed(0)} GB, Bun ${Bun.version}`);
console.log(`Byte under test: ${rig.program.about}`);
const rows: Row[] = [];
for (const [name, bench] of Object.entries(BENCHES)) {
  if (wanted.length > 0 && !wanted.includes(name)) continue;
  const startedAt = performance.now();
  const load = loadavg()[0] ?? 0;
  rows.push(...(await bench(rig).catch((error: unknown) => [failed(name, error)])));
  console.log(`${name}: ${((performance.now() - startedAt) / 1000).toFixed(0)} s, load before it ${load.toFixed(2)}`);
}
if (rig.hasPostgres()) console.log(await rig.postgresSettings());
await rig[Symbol.asyncDispose]();
console.log(`\n${tableOf(rows)}\n\n${summaryOf(rows)}`);
process.exit(countMissed(rows) === 0 ? 0 : 1);

/** A bench that could not be run to its end is a level missed. */
function failed(name: string, error: unknown): Row {
  const told = error instanceof Error ? (error.stack ?? error.message) : String(error);
  console.log(told);
  const [first = ""] = told.split("\n");
  return { what: name, level: "runs to its end", measured: "failed", isMet: false, beside: first };
}
