import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { parseArgs } from "node:util";
import { countMissed, type Row, summaryOf, tableOf } from "../bench/report.ts";
import { evalSentiment } from "./sentiment.ts";

/** `bun run eval [NAME] [--data DIR]`: measures what the product judges by against data that is not part of it. Exits with 1 when a level is missed. */

const EVALS: Record<string, (dataDir: string) => Row[]> = {
  sentiment: evalSentiment,
};

const DEFAULT_DATA = resolve(import.meta.dir, "..", "..", "shared", "data");

process.exitCode = run(Bun.argv.slice(2));

function run(args: string[]): number {
  const { values, positionals } = parseArgs({ args, options: { data: { type: "string" } }, allowPositionals: true });
  const dataDir = values.data ? resolve(values.data) : DEFAULT_DATA;
  const names = positionals.length > 0 ? positionals : Object.keys(EVALS);
  const unknown = names.find((name) => !EVALS[name]);
  if (unknown) return refuse(`There is no evaluation "${unknown}". There are: ${Object.keys(EVALS).join(", ")}.`);
  if (!existsSync(dataDir)) return refuse(`The data folder ${dataDir} does not exist. Give another with --data DIR.`);
  try {
    const rows = names.flatMap((name) => EVALS[name]?.(dataDir) ?? []);
    process.stdout.write(`${tableOf(rows)}\n\n${summaryOf(rows)}\n`);
    return countMissed(rows) > 0 ? 1 : 0;
  } catch (error) {
    return refuse(error instanceof Error ? error.message : String(error));
  }
}

function refuse(message: string): number {
  process.stderr.write(`${message}\n`);
  return 1;
}
