import { describe, expect, setDefaultTimeout, test } from "bun:test";
import { findAccount } from "../../src/store/accounts.ts";
import { openDatabase } from "../../src/store/db.ts";
import { engines, postgresServer, quiet } from "../support/db.ts";
import { aCuttableWire } from "../support/proxy.ts";
import { type AccountsProcess, aStage, key, operator, type Stage } from "./account-builders.ts";

/** The database starts inside the first test that needs it. */
setDefaultTimeout(30_000);

const idOf = (stage: Stage, login: string) => stage.world.state.user(login).id;

async function aStartedProcess(stage: Stage, over: Parameters<Stage["process"]>[0] = {}): Promise<AccountsProcess> {
  const process = stage.process(over);
  await process.accounts.start();
  await process.accounts.look();
  return process;
}

/** A renewal for which Twitch has made the new pair, and is slow to say it. `given` settles when it has said it. */
async function aRenewalOnItsWay(stage: Stage, { accounts }: AccountsProcess, userId: string, token: string) {
  stage.world.faults.add({ kind: "N2.throttle", match: { path: "/token" }, with: { everyMs: 30, pieces: 5 } });
  const made = stage.world.log.after((entry) => entry.what === "refresh");
  const given = accounts.renew(userId, token);
  await made;
  return { given };
}

describe.skipIf(!engines.includes("postgres"))("F53: the database away", () => {
  /** The stage's database as a process has it whose wire to it can be cut. */
  async function aCuttableDatabase(stage: Stage) {
    const server = await postgresServer();
    const wire = await aCuttableWire(server.port);
    const [row] = await stage.database.sql<{ name: string }[]>`select current_database() as name`;
    const url = new URL(server.url(row?.name ?? ""));
    url.port = String(wire.port);
    const database = await openDatabase({ kind: "postgres", url: url.href, log: quiet, queryMs: 400 });
    const { db, sql } = database;
    const end = async () => {
      wire.mend();
      await database.close();
      await wire[Symbol.asyncDispose]();
    };
    return { wire, over: { db, sql }, [Symbol.asyncDispose]: end };
  }

  test("a token that lives is given; nothing is renewed, because another process may do it, until the database is back", async () => {
    await using stage = await aStage();
    await using cut = await aCuttableDatabase(stage);
    const { accessToken } = await stage.signIn("ana");
    const process = await aStartedProcess(stage, cut.over);
    cut.wire.cut();
    expect((await process.accounts.get(idOf(stage, "ana")))?.token).toBe(accessToken);
    expect(await process.accounts.renew(idOf(stage, "ana"), accessToken)).toBeNull();
    expect([stage.count("refresh"), process.events]).toEqual([0, []]);
    cut.wire.mend();
    await stage.pass(30_000);
    expect((await process.accounts.get(idOf(stage, "ana")))?.token).not.toBe(accessToken);
    expect([stage.count("refresh"), process.events]).toEqual([1, []]);
    await process.accounts.stop();
  });

  test("F1: a pair that Twitch gave and that cannot be saved is used and kept, and saved when the database is back", async () => {
    await using stage = await aStage();
    await using cut = await aCuttableDatabase(stage);
    const { accessToken } = await stage.signIn("ana");
    const ana = idOf(stage, "ana");
    const process = await aStartedProcess(stage, cut.over);
    const renewal = await aRenewalOnItsWay(stage, process, ana, accessToken);
    cut.wire.cut();
    const given = await renewal.given;
    expect(stage.world.tokens.findValid(given?.token ?? "")).not.toBeNull();
    expect([process.accounts.unsaved, (await findAccount(stage.database.db, key, ana))?.accessToken]).toEqual([1, accessToken]);
    cut.wire.mend();
    const saved = process.logged("accounts.refreshed");
    // What is read from the database is older than what is kept, and does not replace it.
    await stage.pass(9_000);
    expect((await process.accounts.get(ana))?.token).toBe(given?.token ?? "");
    stage.time.advance(10_000);
    await saved;
    expect((await findAccount(stage.database.db, key, ana))?.accessToken).toBe(given?.token ?? "");
    expect([stage.count("refresh"), process.accounts.unsaved, process.events]).toEqual([1, 0, []]);
    await process.accounts.stop();
  });

  test("F1: when another process took that account for lost meanwhile, it is told as restored", async () => {
    await using stage = await aStage();
    await using cut = await aCuttableDatabase(stage);
    const { accessToken } = await stage.signIn("ana");
    const ana = idOf(stage, "ana");
    const first = await aStartedProcess(stage, cut.over);
    const second = await aStartedProcess(stage);
    const renewal = await aRenewalOnItsWay(stage, first, ana, accessToken);
    cut.wire.cut();
    const given = await renewal.given;
    // As if the time of the lease had passed.
    await stage.database.sql`update leases set expires_at = now() - interval '1 second'`;
    expect(await second.accounts.renew(ana, accessToken)).toBeNull();
    expect(second.events).toEqual([{ type: "account.login_needed", login: "ana", reason: "token_refused" }]);
    cut.wire.mend();
    await first.accounts.stop();
    expect(first.events).toEqual([{ type: "account.restored", login: "ana" }]);
    await second.accounts.look();
    expect((await second.accounts.get(ana))?.token).toBe(given?.token ?? "");
  });
});

describe("stopping", () => {
  test("leaves no timer, and does not wait for what is not on its way", async () => {
    await using stage = await aStage();
    await stage.signIn("ana");
    const process = await aStartedProcess(stage);
    await process.accounts.connect({ role: "bot", tiers: ["read"], by: operator });
    expect(process.timers().length).toBeGreaterThanOrEqual(2);
    await process.accounts.stop();
    expect(process.timers()).toEqual([]);
  });

  test("F1: lets a renewal that is on its way be saved", async () => {
    await using stage = await aStage();
    const { accessToken } = await stage.signIn("ana");
    const ana = idOf(stage, "ana");
    const process = await aStartedProcess(stage);
    const renewal = await aRenewalOnItsWay(stage, process, ana, accessToken);
    await process.accounts.stop();
    expect((await findAccount(stage.database.db, key, ana))?.accessToken).toBe((await renewal.given)?.token ?? "");
    expect(process.timers()).toEqual([]);
  });

  test("gives up waiting for another process's renewal", async () => {
    await using stage = await aStage();
    const { accessToken } = await stage.signIn("ana");
    const ana = idOf(stage, "ana");
    const process = await aStartedProcess(stage);
    const lease = `twitch-refresh:${ana}`;
    await stage.database.sql`insert into leases values (${lease}, 'somebody', 1, now() + interval '1 hour')`;
    const renewal = process.accounts.renew(ana, accessToken);
    await process.until(() => process.timers().includes(200));
    await process.accounts.stop();
    expect([await renewal, process.timers(), process.events]).toEqual([null, [], []]);
  });
});
