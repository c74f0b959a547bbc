/* A process that opens the database of its first argument, says what it applied, and ends. Started by migrate.test.ts. */
import { openDatabase } from "../../src/store/db.ts";

const log = { info: (event: string) => console.log(event), warn: () => undefined, error: () => undefined };
const database = await openDatabase({ kind: "postgres", url: process.argv[2] ?? "", log });
await database.close();
