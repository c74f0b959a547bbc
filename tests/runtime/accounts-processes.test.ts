import { afterEach, describe, expect, setDefaultTimeout, test } from "bun:test";
import { join } from "node:path";
import { findAccount, saveSignin } from "../../src/store/accounts.ts";
import { openDatabase } from "../../src/store/db.ts";
import { startWorld } from "../../src/world/index.ts";
import { DEFAULT_CLIENT, PUBLIC_CLIENT, type WorldClient } from "../../src/world/tokens.ts";
import { engines, postgresServer, quiet } from "../support/db.ts";
import { BOT_SCOPES, key, secretsOf, textsOf } from "./account-builders.ts";
import type { RenewingAnswer, RenewingTask } from "./renewing-process.ts";

/** Two programs are started, each loading the whole store. */
setDefaultTimeout(30_000);

/** Twitch takes its time, so that what should wait has to. */
const SLOW_MS = 400;
const ASKED_AT_ONCE = 20;

/** What a test started, ended after it. */
const started: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const end of started.splice(0).toReversed()) await end();
});

/** A world and a database of their own, with one account whose person agreed to `client`. */
async function aScene(client: WorldClient) {
  const world = await startWorld();
  const server = await postgresServer();
  const databaseUrl = server.url(await server.createDatabase("accounts"));
  const database = await openDatabase({ kind: "postgres", url: databaseUrl, log: quiet });
  started.push(() => Promise.all([world.stop(), database.close()]));
  const { userId, clientId, scopes, accessToken, refreshToken, expiresInS } = world.issueToken("bytebot", {
    clientId: client.clientId,
    scopes: BOT_SCOPES,
  });
  const now = new Date();
  const expiresAt = new Date(now.getTime() + expiresInS * 1000);
  await saveSignin(
    database.db,
    key,
    { userId, login: "bytebot", role: "bot", clientId, scopes, accessToken, refreshToken, expiresAt },
    now,
  );
  const task: RenewingTask = {
    databaseUrl,
    idUrl: world.urls.id,
    clientId,
    clientSecret: client.secret,
    keyHex: key.toHex(),
    userId,
    times: ASKED_AT_ONCE,
  };
  /** Twitch no longer takes the token, though it should have lived longer. */
  const endToken = () => {
    const token = world.tokens.access.get(accessToken);
    if (token) token.expiresAt = new Date(Date.now() - 1);
  };
  const refreshes = () => world.log.list("id", "refresh");
  const stored = () => findAccount(database.db, key, userId);
  return { world, database, task, accessToken, endToken, refreshes, stored };
}

/** A process on the scene, ready. */
async function aProgram(task: RenewingTask) {
  const program = Bun.spawn(["bun", join(import.meta.dir, "renewing-process.ts"), JSON.stringify(task)], {
    stdin: "pipe",
    stdout: "pipe",
    stderr: "pipe",
  });
  const kill = async () => {
    program.kill("SIGKILL");
    await program.exited;
  };
  started.push(kill);
  const logged = new Response(program.stderr).text();
  const lines = program.stdout.pipeThrough(new TextDecoderStream()).getReader();
  let text = "";
  const line = async (): Promise<string> => {
    while (!text.includes("\n")) {
      const { value, done } = await lines.read();
      if (done) throw new Error(`the process ended: ${await logged}`);
      text += value;
    }
    const end = text.indexOf("\n");
    const first = text.slice(0, end);
    text = text.slice(end + 1);
    return first;
  };
  expect(await line()).toBe("ready");
  /** Many ask at once for another token than `refused`. */
  const renew = async (refused: string): Promise<RenewingAnswer> => {
    program.stdin.write(`${refused}\n`);
    await program.stdin.flush();
    return JSON.parse(await line()) as RenewingAnswer;
  };
  return { renew, kill, logged };
}

describe.skipIf(!engines.includes("postgres"))("two processes on one database, with one-time refresh tokens", () => {
  test("F1: twenty in each that are refused at once cause one renewal, all get its token, and it is the one that is stored", async () => {
    const { world, database, task, accessToken, endToken, refreshes, stored } = await aScene(PUBLIC_CLIENT);
    const programs = await Promise.all([aProgram(task), aProgram(task)]);
    endToken();
    world.faults.add({ kind: "A1.refresh_slow", times: 10, with: { delayMs: SLOW_MS } });
    const answers = await Promise.all(programs.map(({ renew }) => renew(accessToken)));
    const token = (await stored())?.accessToken ?? "";
    expect(answers).toEqual(answers.map(() => ({ tokens: [token], events: [] })));
    expect(token).not.toBe(accessToken);
    expect(world.tokens.findValid(token)).not.toBeNull();
    expect(refreshes().map((entry) => entry.fields.ok)).toEqual([true]);
    expect(world.checks()).toEqual([]);
    // F8: nothing of it in what the processes logged, or in the database.
    await Promise.all(programs.map(({ kill }) => kill()));
    const texts = [...(await Promise.all(programs.map(({ logged }) => logged))), await textsOf(database)].join("\n");
    expect(texts).toContain("accounts.refreshed");
    expect(secretsOf(world).filter((secret) => texts.includes(secret))).toEqual([]);
  });

  test("F1: killed between the answer and its saving, the pair is lost, and the other process asks clearly for a sign-in", async () => {
    const { world, database, task, accessToken, endToken, refreshes, stored } = await aScene(PUBLIC_CLIENT);
    const [first, second] = await Promise.all([aProgram(task), aProgram(task)]);
    endToken();
    world.faults.add({ kind: "N2.throttle", match: { path: "/token" }, with: { everyMs: 500, pieces: 4 } });
    const made = world.log.after((entry) => entry.what === "refresh");
    void first.renew(accessToken).catch(() => undefined);
    await made;
    await first.kill();
    // As if the time of the killed process's lease had passed: leases go by the database's clock.
    await database.sql`update leases set expires_at = now() - interval '1 second' where name like 'twitch-refresh:%'`;
    expect(await second.renew(accessToken)).toEqual({
      tokens: [null],
      events: [{ type: "account.login_needed", login: "bytebot", reason: "token_refused" }],
    });
    expect((await stored())?.loginNeeded).toBe("token_refused");
    expect(await second.renew(accessToken)).toMatchObject({ tokens: [null] });
    expect(refreshes().map((entry) => entry.fields.ok)).toEqual([true, false]);
  });

  test("F1: killed before Twitch used the pair, the other process renews with it once the lease has run out", async () => {
    const { world, database, task, accessToken, endToken, refreshes, stored } = await aScene(PUBLIC_CLIENT);
    const [first, second] = await Promise.all([aProgram(task), aProgram(task)]);
    endToken();
    world.faults.add({ kind: "N1.blackhole", match: { grant: "refresh_token" } });
    const asked = world.log.after((entry) => entry.what === "fault N1.blackhole");
    void first.renew(accessToken).catch(() => undefined);
    await asked;
    const renewal = second.renew(accessToken);
    await first.kill();
    expect(refreshes()).toEqual([]);
    await database.sql`update leases set expires_at = now() - interval '1 second' where name like 'twitch-refresh:%'`;
    const token = (await renewal).tokens[0] ?? "";
    expect([token, refreshes().map((entry) => entry.fields.ok)]).toEqual([(await stored())?.accessToken ?? "", [true]]);
    expect(world.tokens.findValid(token)).not.toBeNull();
    expect(world.checks()).toEqual([]);
  });
});

describe.skipIf(!engines.includes("postgres"))("two processes on one database, with refresh tokens that stay", () => {
  test("F1: killed between the answer and its saving, the other process renews with the same token", async () => {
    const { world, database, task, accessToken, endToken, stored } = await aScene(DEFAULT_CLIENT);
    const [first, second] = await Promise.all([aProgram(task), aProgram(task)]);
    endToken();
    world.faults.add({ kind: "N2.throttle", match: { path: "/token" }, with: { everyMs: 500, pieces: 4 } });
    const made = world.log.after((entry) => entry.what === "refresh");
    void first.renew(accessToken).catch(() => undefined);
    await made;
    await first.kill();
    await database.sql`update leases set expires_at = now() - interval '1 second' where name like 'twitch-refresh:%'`;
    const { tokens, events } = await second.renew(accessToken);
    expect([tokens, events]).toEqual([[(await stored())?.accessToken ?? ""], []]);
    expect(world.tokens.findValid(tokens[0] ?? "")).not.toBeNull();
  });
});
