/*
 * A process of its own with the accounts of a database, started, and killed, by accounts-processes.test.ts. It gets a
 * `RenewingTask` as its first argument. It says "ready" when it has done what was due; each line that it reads is a token
 * that Twitch refused, for which many ask at once; it says what they were given, as JSON.
 */
import { createTwitchAuth } from "../../src/adapters/twitch/oauth.ts";
import type { EventBody } from "../../src/domain/events.ts";
import { Accounts } from "../../src/runtime/accounts.ts";
import { openDatabase } from "../../src/store/db.ts";
import { createLog, systemChance, systemTime } from "../../src/system.ts";

export interface RenewingTask {
  databaseUrl: string;
  idUrl: string;
  clientId: string;
  clientSecret: string | null;
  keyHex: string;
  userId: string;
  /** How many ask at once. */
  times: number;
}

export interface RenewingAnswer {
  /** What each was given, without repeats. */
  tokens: (string | null)[];
  events: EventBody[];
}

const task = JSON.parse(process.argv[2] ?? "{}") as RenewingTask;
const log = createLog("info", systemTime, (line) => void process.stderr.write(line));
const { db, sql } = await openDatabase({ kind: "postgres", url: task.databaseUrl, log });
const events: EventBody[] = [];
const accounts = new Accounts({
  db,
  sql,
  auth: createTwitchAuth({
    url: task.idUrl,
    clientId: task.clientId,
    clientSecret: task.clientSecret,
    time: systemTime,
    log,
  }),
  key: Uint8Array.fromHex(task.keyHex),
  holder: systemChance.uuid(),
  environment: { token: null, refreshToken: null, botLogin: null },
  time: systemTime,
  chance: systemChance,
  log,
  onEvent: (body) => void events.push(body),
  onChange: () => {},
});
await accounts.start();
await accounts.look();
process.stdout.write("ready\n");
for await (const refused of console) {
  const given = await Promise.all(Array.from({ length: task.times }, () => accounts.renew(task.userId, refused)));
  const answer: RenewingAnswer = { tokens: [...new Set(given.map((each) => each?.token ?? null))], events };
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}
