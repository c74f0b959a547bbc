import { createTwitchAuth } from "../../src/adapters/twitch/oauth.ts";
import type { EventBody } from "../../src/domain/events.ts";
import type { Clock, Timers } from "../../src/ports.ts";
import { Accounts, type AccountsOptions } from "../../src/runtime/accounts.ts";
import { type SignedIn, saveSignin } from "../../src/store/accounts.ts";
import type { Database } from "../../src/store/db.ts";
import { createLog } from "../../src/system.ts";
import { startWorld, type World, type WorldOptions } from "../../src/world/index.ts";
import { type Grant, PUBLIC_CLIENT } from "../../src/world/tokens.ts";
import { emptyDb, engines } from "../support/db.ts";
import { MovableTime } from "../support/time.ts";
import { evenChance } from "./builders.ts";

export const key = new Uint8Array(32).fill(5);
export const operator = { kind: "operator" } as const;
export const HOUR_MS = 3_600_000;
export const DAY_MS = 24 * HOUR_MS;

export const BOT_SCOPES = ["chat:read", "user:read:chat", "chat:edit", "user:write:chat", "user:bot"];

/** A process's accounts with all that they told. */
export interface AccountsProcess {
  accounts: Accounts;
  events: EventBody[];
  /** User ids, in the order told. */
  changes: string[];
  logLines: string[];
  /** Resolves once `isSo` holds; looked at with each event, change, logged line and timer that is set. */
  until(isSo: () => boolean): Promise<void>;
  /** Resolves with the next logged line of that event. */
  logged(event: string): Promise<void>;
  /** The lengths of the timers that wait. */
  timers(): readonly number[];
}

/** A world and a database under one clock, and processes on them. Ended together, and then looked over for tokens (F8). */
export interface Stage extends AsyncDisposable {
  world: World;
  time: MovableTime;
  database: Database;
  process(
    over?: Partial<AccountsOptions> & { client?: { clientId: string | null; clientSecret: string | null } },
  ): AccountsProcess;
  /** Somebody who signed in just now, without a process. Gives what Twitch gave. */
  signIn(login: string, over?: Partial<SignedIn>): Promise<Grant>;
  /** How often the world saw that request, such as "refresh" or "validate" (its own findings). */
  count(what: string): number;
  /** Moves the clock, and lets the processes do what is due then, in turn. */
  pass(ms: number): Promise<void>;
  /** Every text in the database. */
  storedTexts(): Promise<string>;
}

export async function aStage(options: WorldOptions = {}): Promise<Stage> {
  const time = new MovableTime();
  const database = await emptyDb(engines.includes("postgres") ? "postgres" : "embedded");
  const world = await startWorld({ clock: time, ...options });
  const processes: AccountsProcess[] = [];
  const storedTexts = () => textsOf(database);
  return {
    world,
    time,
    database,
    process: (over = {}) => {
      const made = aProcess(world, database, time, `process-${processes.length + 1}`, over);
      processes.push(made);
      return made;
    },
    signIn: (login, over = {}) => signIn(world, database, time, login, over),
    count: (what) => world.log.list("id", what).filter((entry) => entry.way === "note").length,
    pass: async (ms) => {
      time.advance(ms);
      for (const { accounts } of processes) await accounts.look();
    },
    storedTexts,
    [Symbol.asyncDispose]: async () => {
      await Promise.all(processes.map(({ accounts }) => accounts.stop()));
      const told = processes.map(({ events, changes, logLines }) => JSON.stringify([events, changes, logLines]));
      const texts = [...told, await storedTexts()].join("\n");
      await world[Symbol.asyncDispose]();
      const leaked = secretsOf(world).filter((secret) => texts.includes(secret)).length;
      if (leaked > 0) throw new Error(`F8: ${leaked} secrets stood in log lines, events or text columns`);
      if (world.log.entries().some((entry) => entry.fields.secretInUrl === true))
        throw new Error("F8: a token stood in an address");
    },
  };
}

function aProcess(
  world: World,
  database: Database,
  time: Clock & Timers,
  holder: string,
  { client = PUBLIC, ...over }: Parameters<Stage["process"]>[0] & object,
): AccountsProcess {
  const events: EventBody[] = [];
  const changes: string[] = [];
  const logLines: string[] = [];
  const waiting = new Set<() => void>();
  const look = () => {
    for (const each of [...waiting]) each();
  };
  const timers = new Set<{ ms: number }>();
  /** The clock, with a look at what waits for it. */
  const watched: Clock & Timers = {
    now: () => time.now(),
    after: (ms, run) => {
      const timer = { ms };
      timers.add(timer);
      look();
      const cancel = time.after(ms, () => {
        timers.delete(timer);
        run();
      });
      return () => {
        timers.delete(timer);
        cancel();
      };
    },
  };
  const log = createLog("info", time, (line) => {
    logLines.push(line);
    look();
  });
  const accounts = new Accounts({
    db: database.db,
    sql: database.sql,
    auth: createTwitchAuth({ url: world.urls.id, ...client, time: watched, log }),
    key,
    holder,
    environment: { token: null, refreshToken: null, botLogin: null },
    time: watched,
    chance: evenChance,
    log,
    onEvent: (body) => {
      events.push(body);
      look();
    },
    onChange: (userId) => {
      changes.push(userId);
      look();
    },
    ...over,
  });
  const until = (isSo: () => boolean): Promise<void> =>
    new Promise((resolve) => {
      const look = () => {
        if (!isSo()) return;
        waiting.delete(look);
        resolve();
      };
      waiting.add(look);
      look();
    });
  const logged = (event: string) => {
    const from = logLines.length;
    return until(() => logLines.slice(from).some((line) => line.includes(`"${event}"`)));
  };
  return { accounts, events, changes, logLines, until, logged, timers: () => [...timers].map(({ ms }) => ms) };
}

const PUBLIC = { clientId: PUBLIC_CLIENT.clientId, clientSecret: null };

async function signIn(world: World, database: Database, time: Clock, login: string, over: Partial<SignedIn>): Promise<Grant> {
  const clientId = over.clientId ?? PUBLIC_CLIENT.clientId;
  const grant = world.issueToken(login, { clientId, scopes: over.scopes ?? BOT_SCOPES });
  const { userId, scopes, accessToken, refreshToken, expiresInS } = grant;
  const now = time.now();
  const expiresAt = new Date(now.getTime() + expiresInS * 1000);
  const found: SignedIn = { userId, login, role: "broadcaster", clientId, scopes, accessToken, refreshToken, expiresAt };
  await saveSignin(database.db, key, { ...found, ...over }, now);
  return grant;
}

/** Every secret that the world ever gave out. */
export const secretsOf = (world: World): string[] => [
  ...world.tokens.access.keys(),
  ...world.tokens.refresh.keys(),
  ...world.oauth.devices.records.map((device) => device.deviceCode),
  ...[...world.tokens.clients.values()].flatMap((client) => client.secret ?? []),
];

/** All columns of all tables as text. */
export async function textsOf({ sql }: Pick<Database, "sql">): Promise<string> {
  const tables = await sql.unsafe<{ name: string }[]>(
    "select quote_ident(tablename) as name from pg_tables where schemaname = 'public'",
  );
  const rows = await Promise.all(tables.map(({ name }) => sql.unsafe(`select to_jsonb(t)::text as row from ${name} t`)));
  return JSON.stringify(rows);
}
