import type { Words } from "../../views/words/index.ts";
import { readConfig } from "../config.ts";
import { openDatabaseOf } from "../database.ts";
import { MIGRATIONS } from "../store/migrate.ts";
import { createLog, systemTime } from "../system.ts";
import type { Console } from "./console.ts";

/** `byte migrate`: brings the database to this build's schema, then ends. Opening it is what does it. */
export async function migrateOnly(_args: readonly string[], words: Words, console: Console): Promise<number> {
  const config = readConfig(console.environment);
  const database = await openDatabaseOf(config, createLog(config.logLevel, systemTime, console.log));
  await database.close();
  console.print(words.say("cli.migrated", { count: MIGRATIONS.length }));
  return 0;
}
