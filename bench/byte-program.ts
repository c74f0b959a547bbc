import { existsSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";

const ROOT = join(import.meta.dir, "..");
/** What the binary is made of. */
const SOURCES = ["src", "views", "migrations", "package.json"];

/** How to run Byte, and what that is. */
export interface ByteProgram {
  command: readonly string[];
  /** Where to run it; null: anywhere. The source needs the project's tsconfig. */
  folder: string | null;
  isBinary: boolean;
  about: string;
}

/** The built binary when it is newer than all it is made of; else the source. */
export function chooseByte(): ByteProgram {
  const binary = join(ROOT, "dist", "byte");
  const builtAt = existsSync(binary) ? statSync(binary).mtimeMs : null;
  const isFresh = builtAt !== null && SOURCES.every((name) => newestMs(join(ROOT, name)) < builtAt);
  if (isFresh) return { command: [binary], folder: null, isBinary: true, about: "the binary dist/byte" };
  const why = builtAt === null ? "there is no dist/byte" : "dist/byte is older than the source";
  return {
    command: [process.execPath, join(ROOT, "src", "main.ts")],
    folder: ROOT,
    isBinary: false,
    about: `bun src/main.ts (${why}: bun run build)`,
  };
}

function newestMs(path: string): number {
  const stat = statSync(path);
  if (!stat.isDirectory()) return stat.mtimeMs;
  return Math.max(0, ...readdirSync(path).map((name) => newestMs(join(path, name))));
}
