import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { AppError } from "./domain/errors.ts";

const FILE = "secret.key";

/**
 * The installation's 32-byte key: the one that was given (64 hexadecimal digits), else the one in the
 * data folder, which is made at the first start and readable by its owner alone.
 * Throws `unavailable` when the folder cannot be written or the file holds something else.
 */
export function installationKey(given: string | null, dataDir: string): Uint8Array {
  if (given !== null) return Uint8Array.fromHex(given);
  const path = join(dataDir, FILE);
  try {
    mkdirSync(dataDir, { recursive: true, mode: 0o700 });
    writeKey(path);
  } catch {
    throw new AppError("unavailable", "data_folder_unwritable", { dir: dataDir });
  }
  const text = readFileSync(path, "utf8").trim();
  if (!/^[0-9a-f]{64}$/.test(text)) throw new AppError("unavailable", "key_file_broken", { path });
  return Uint8Array.fromHex(text);
}

/** Of two processes that start together one writes, the other reads. */
function writeKey(path: string): void {
  try {
    writeFileSync(path, `${crypto.getRandomValues(new Uint8Array(32)).toHex()}\n`, { flag: "wx", mode: 0o600 });
  } catch (error) {
    if ((error as { code?: string }).code !== "EEXIST") throw error;
  }
}
