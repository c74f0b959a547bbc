// `bun run bench [NAME …]`: measures what was promised, prints a table, ends with 1 when a level was missed.
import { cpus, loadavg, totalmem } from "node:os";
import { figure, percentile } from "./figures.ts";
import { benchChat } from "./levels/chat.ts";
import { benchFairness } from "./levels/fairness.ts";
import { benchHud } from "./levels/hud.ts";
import { benchIdle } from "./levels/idle.ts";
import { benchReply } from "./levels/reply.ts";
import { benchSse } from "./levels/sse.ts";
import { benchStart } from "./levels/start.ts";
import { watchLateness } from "./process-figures.ts";
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

/**
 * A 10 ms timer that is later than this at p99 waits for others' work: a time missed then is
 * measured once more. Chat is not: what is lost is lost.
 */
const BUSY_MS = 5;

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
for (const fault of ["uncaughtException", "unhandledRejection"] as const) {
  process.on(fault, (error) => {
    console.error(error);
    void rig[Symbol.asyncDispose]().finally(() => process.exit(1));
  });
}

console.log(`${cpus().length} × ${cpus()[0]?.model.trim()}, ${(totalmem() / 1e9).toFixed(0)} GB, Bun ${Bun.version}`);
console.log(`Byte under test: ${rig.program.about}`);
const rows: Row[] = [];
for (const [name, bench] of Object.entries(BENCHES)) {
  if (wanted.length > 0 && !wanted.includes(name)) continue;
  const first = await go(name, bench);
  const isAgain = name !== "chat" && countMissed(first.rows) > 0 && first.lateMs > BUSY_MS;
  if (isAgain) console.log(`${name}: missed while the machine was busy with something else; once more\n${tableOf(first.rows)}`);
  rows.push(...(isAgain ? await go(name, bench) : first).rows);
}
if (rig.hasPostgres()) console.log(await rig.postgresSettings());
await rig[Symbol.asyncDispose]();
console.log(`\n${tableOf(rows)}\n\n${summaryOf(rows)}`);
process.exit(countMissed(rows) === 0 ? 0 : 1);

/** Runs one bench, and watches how well a timer beside it keeps its time. */
async function go(name: string, bench: (rig: Rig) => Promise<Row[]>): Promise<{ rows: Row[]; lateMs: number }> {
  const startedAt = performance.now();
  const load = loadavg()[0] ?? 0;
  const lateness = watchLateness();
  const found = await bench(rig).catch((error: unknown) => [failed(name, error)]);
  const lateMs = percentile(lateness.stop(), 0.99);
  const tookS = (performance.now() - startedAt) / 1000;
  console.log(
    `${name}: ${tookS.toFixed(0)} s; load before it ${load.toFixed(2)}, a timer beside it late by p99 ${figure(lateMs)} ms`,
  );
  return { rows: found, lateMs };
}

/** A bench that could not be run to its end is a level missed. */
function failed(name: string, error: unknown): Row {
  const told = error instanceof Error ? (error.stack ?? error.message) : String(error);
  console.log(told);
  const [first = ""] = told.split("\n");
  return { what: name, level: "runs to its end", measured: "failed", isMet: false, beside: first };
}
