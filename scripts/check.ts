// The one command that says whether it is good: types, lint, lock file, documents, then all tests.
import { readFileSync } from "node:fs";

const started = performance.now();

async function step(name: string, command: string[]): Promise<void> {
  const from = performance.now();
  const code = await Bun.spawn(command, { stdio: ["ignore", "inherit", "inherit"] }).exited;
  console.log(`${code === 0 ? "ok  " : "FAIL"} ${name} (${((performance.now() - from) / 1000).toFixed(1)} s)`);
  if (code !== 0) giveUp(code);
}

/** Ends before the tests, with a verdict in their form. */
function giveUp(code: number): never {
  console.log("0 passed, 1 failed");
  process.exit(code);
}

function lockFileNamesNoHost(): void {
  const hosts = readFileSync("bun.lock", "utf8").match(/https?:\/\/[^"]*/g);
  if (hosts) {
    console.log(`FAIL bun.lock names ${hosts.length} download addresses; they must be ""`);
    giveUp(1);
  }
  console.log("ok   lock file names no host");
}

lockFileNamesNoHost();
await step("types", [process.execPath, "x", "tsc", "--noEmit"]);
await step("lint and format", [process.execPath, "x", "biome", "check", "."]);
console.log(
  `ok   ${((performance.now() - started) / 1000).toFixed(0)} s before the tests; architecture and escaping are among those`,
);
// The tests come last: their verdict "N passed, N failed" is the last line of all.
process.exit(
  await Bun.spawn([process.execPath, "scripts/test.ts", ...process.argv.slice(2)], { stdio: ["ignore", "inherit", "inherit"] })
    .exited,
);
