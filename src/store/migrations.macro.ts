import { readFileSync } from "node:fs";

/** One file of `migrations/`, as it is carried in the build. */
export interface Migration {
  /** The file's name without its ending, `0000_foundation`. */
  tag: string;
  /** sha256 of the file, in hex. */
  hash: string;
  statements: readonly string[];
}

/** Reads `migrations/` in the journal's order. Run when the code is bundled (or, from source, loaded), never in the binary. */
export function loadMigrations(): Migration[] {
  const read = (file: string) => readFileSync(`${import.meta.dir}/../../migrations/${file}`, "utf8");
  const journal: { entries: { tag: string }[] } = JSON.parse(read("meta/_journal.json"));
  return journal.entries.map(({ tag }) => {
    const text = read(`${tag}.sql`);
    return {
      tag,
      hash: new Bun.CryptoHasher("sha256").update(text).digest("hex"),
      statements: text.split("--> statement-breakpoint").filter((statement) => statement.trim() !== ""),
    };
  });
}
