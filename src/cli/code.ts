import type { Words } from "../../views/words/index.ts";
import { readConfig } from "../config.ts";
import { openDatabaseOf } from "../database.ts";
import { issueSigninCode } from "../http/signin-code.ts";
import { createLog, systemTime } from "../system.ts";
import type { Console } from "./console.ts";

/** `byte code`: a new sign-in code, for whoever may run the program. On the embedded database Byte must not be running. */
export async function printCode(_args: readonly string[], words: Words, console: Console): Promise<number> {
  const config = readConfig(console.environment);
  const database = await openDatabaseOf(config, createLog(config.logLevel, systemTime, console.log));
  try {
    console.print(words.say("cli.signin", { code: await issueSigninCode(database.db, { label: "cli", now: systemTime.now() }) }));
  } finally {
    await database.close();
  }
  return 0;
}
