// `bun run chaos [twitch] [--seed N] [--mode irc|eventsub] [--only PART] [--quick]`: everything goes wrong, and what was promised is counted. Ends with 1 when a level was missed.
import { cpus, totalmem } from "node:os";
import { countMissed, type Row, summaryOf, tableOf } from "../bench/report.ts";
import { Rig } from "../bench/rig.ts";
import { limiterRows } from "./limiter.ts";
import { type ChaosOptions, readOptions } from "./options.ts";
import { processRows } from "./processes.ts";
import { stormRows } from "./twitch.ts";

type Part = (rig: Rig, options: ChaosOptions, tell: (text: string) => void) => Promise<Row[]>;

/** By name, their parts in order. */
const CHAOS: Readonly<Record<string, Readonly<Record<string, Part>>>> = {
  twitch: {
    irc: async (rig, options, tell) => (options.modes.includes("irc") ? stormRows(rig, "irc", options, tell) : []),
    eventsub: async (rig, options, tell) => (options.modes.includes("eventsub") ? stormRows(rig, "eventsub", options, tell) : []),
    limiter: (_, options, tell) => limiterRows(options, tell),
    processes: (rig, options, tell) => processRows(rig, options, tell),
  },
};

const given = readOptions(process.argv.slice(2));
if (typeof given === "string") refuse(given);
const names = given.names.length === 0 ? Object.keys(CHAOS) : given.names;
const unknown = names.filter((name) => CHAOS[name] === undefined);
if (unknown.length > 0) refuse(`There is no chaos called ${unknown.join(", ")}. There is: ${Object.keys(CHAOS).join(", ")}.`);

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
console.log(`Seed ${given.seed}${given.isQuick ? "; quick: the figures prove nothing" : ""}`);
const startedAt = performance.now();
const rows: Row[] = [];
for (const name of names) {
  for (const [part, run] of Object.entries(CHAOS[name] ?? {})) {
    if (given.only.length > 0 && !given.only.includes(part)) continue;
    rows.push(...(await run(rig, given, tell).catch((error: unknown) => [failed(`${name} ${part}`, error)])));
  }
}
await rig[Symbol.asyncDispose]();
console.log(`\n${tableOf(rows)}\n\n${summaryOf(rows)}`);
process.exit(countMissed(rows) === 0 ? 0 : 1);

function tell(text: string): void {
  console.log(`${((performance.now() - startedAt) / 1_000).toFixed(0).padStart(4)} s  ${text}`);
}

/** A part that could not be run to its end is a level missed. */
function failed(what: string, error: unknown): Row {
  const told = error instanceof Error ? (error.stack ?? error.message) : String(error);
  console.log(told);
  return { what, level: "runs to its end", measured: "failed", isMet: false, beside: told.split("\n")[0] ?? "" };
}

function refuse(why: string): never {
  console.log(why);
  process.exit(2);
}
