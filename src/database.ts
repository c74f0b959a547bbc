import { join } from "node:path";
import type { Config } from "./config.ts";
import type { Log } from "./ports.ts";
import { type Database, openDatabase } from "./store/db.ts";

/** Opens the database that the settings name: Postgres, or the embedded one in the data folder. */
export function openDatabaseOf(config: Pick<Config, "databaseUrl" | "dataDir">, log: Log): Promise<Database> {
  return config.databaseUrl === null
    ? openDatabase({ kind: "embedded", dir: join(config.dataDir, "pg"), log })
    : openDatabase({ kind: "postgres", url: config.databaseUrl, log });
}
