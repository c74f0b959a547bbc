// Builds the one executable: dist/byte (or dist/byte-<target> with --target=…).
import { existsSync, mkdirSync } from "node:fs";

if (!existsSync("build/pgdata.tar.gz")) {
  const made = await Bun.spawn([process.execPath, "scripts/pgdata.ts"], { stdio: ["ignore", "inherit", "inherit"] }).exited;
  if (made !== 0) process.exit(made);
}
mkdirSync("dist", { recursive: true });

const target = process.argv.find((arg) => arg.startsWith("--target="))?.slice("--target=".length);
const outfile = target ? `dist/byte-${target.replace(/^bun-/, "")}` : "dist/byte";
const code = await Bun.spawn(
  [
    process.execPath,
    "build",
    "--compile",
    "--minify",
    "--bytecode",
    "--format=esm",
    "--sourcemap=inline",
    "--production",
    "--no-compile-autoload-dotenv",
    "--no-compile-autoload-bunfig",
    ...(target ? [`--target=${target}`] : []),
    "--outfile",
    outfile,
    "src/main.ts",
    "src/store/pglite-worker.ts",
  ],
  { stdio: ["ignore", "inherit", "inherit"] },
).exited;
if (code === 0) console.log(`built ${outfile} (${(Bun.file(outfile).size / 1e6).toFixed(0)} MB)`);
process.exit(code);
