import { describe, expect, setDefaultTimeout, test } from "bun:test";
import type { AccountSummary } from "../../src/domain/snapshots.ts";
import { APP } from "../../src/ports-twitch.ts";
import { findAccount } from "../../src/store/accounts.ts";
import { DEFAULT_CLIENT } from "../../src/world/tokens.ts";
import { type AccountsProcess, aStage, DAY_MS, HOUR_MS, key, operator, type Stage } from "./account-builders.ts";

/** The database starts inside the first test that needs it. */
setDefaultTimeout(30_000);

/** The wait until another process's doings are read. */
const LOOK_MS = 30_000;

const confidential = { client: { clientId: DEFAULT_CLIENT.clientId, clientSecret: DEFAULT_CLIENT.secret } };

/** A started process that has done what was due. */
async function aStartedProcess(stage: Stage, over: Parameters<Stage["process"]>[0] = {}): Promise<AccountsProcess> {
  const process = stage.process(over);
  await process.accounts.start();
  await process.accounts.look();
  return process;
}

const idOf = (stage: Stage, login: string) => stage.world.state.user(login).id;
/** Twitch no longer takes that token, though it should have lived longer. */
const endToken = (stage: Stage, token: string) => {
  const known = stage.world.tokens.access.get(token);
  if (known) known.expiresAt = new Date(stage.time.now().getTime() - 1);
};
const shown = ({ login, role, state, reason }: AccountSummary) => ({ login, role, state, reason });

describe("validation", () => {
  test("the accounts are known before Twitch was asked, then validated, at most four at one time", async () => {
    await using stage = await aStage();
    for (let index = 0; index < 10; index++) await stage.signIn(`ana${index}`);
    await stage.database.sql.unsafe("update twitch_accounts set validated_at = null");
    stage.world.faults.add({ kind: "N2.latency", times: 10, with: { delayMs: 20 } });
    const { accounts, logged, until, logLines } = stage.process();
    await accounts.start();
    expect(accounts.list().map((account) => account.state)).toEqual(Array.from({ length: 10 }, () => "unchecked"));
    expect(stage.count("validate")).toBe(0);
    await logged("accounts.validated");
    await until(() => logLines.filter((line) => line.includes("accounts.validated")).length === 10);
    expect(accounts.list().map((account) => account.state)).toEqual(Array.from({ length: 10 }, () => "ok"));
    const requests = stage.world.log.list("id", "GET /validate");
    let open = 0;
    let most = 0;
    for (const { way } of requests) {
      open += way === "in" ? 1 : -1;
      most = Math.max(most, open);
    }
    expect([requests.length, most]).toEqual([20, 4]);
  });

  test("F6: one validation at the start and one an hour, over twelve hours, by two processes as by one", async () => {
    await using stage = await aStage();
    await stage.signIn("bytebot", { role: "bot" });
    await aStartedProcess(stage);
    expect(stage.count("validate")).toBe(1);
    for (let hour = 1; hour <= 6; hour++) {
      await stage.pass(HOUR_MS);
      expect(stage.count("validate")).toBe(1 + hour);
    }
    await aStartedProcess(stage);
    expect(stage.count("validate")).toBe(8);
    for (let minutes = 0; minutes < 6 * 60; minutes += 20) await stage.pass(HOUR_MS / 3);
    expect(stage.count("validate")).toBeLessThanOrEqual(8 + 6);
    expect(stage.count("validate")).toBeGreaterThanOrEqual(8 + 5);
    expect(stage.world.checks()).toEqual([]);
  });

  test("F2: scopes and login are as Twitch last told, and a change is told once", async () => {
    await using stage = await aStage();
    const { accessToken } = await stage.signIn("bytebot", { role: "bot", scopes: ["chat:read", "chat:edit"] });
    const process = await aStartedProcess(stage);
    const userId = idOf(stage, "bytebot");
    expect(process.accounts.scopes(userId)).toEqual(["chat:read", "chat:edit"]);
    const known = stage.world.tokens.access.get(accessToken);
    if (known) known.scopes = ["chat:read"];
    stage.world.state.rename("bytebot", "bytebot2");
    process.changes.length = 0;
    await stage.pass(HOUR_MS);
    expect(process.accounts.scopes(userId)).toEqual(["chat:read"]);
    expect(process.accounts.bot()).toEqual({ userId, login: "bytebot2" });
    expect(process.changes).toEqual([userId]);
    expect(stage.count("refresh")).toBe(0);
  });

  test("while Twitch is away tokens are given all the same, and it is asked some thirty times an hour, not more", async () => {
    await using stage = await aStage();
    const { accessToken } = await stage.signIn("bytebot", { role: "bot" });
    const process = await aStartedProcess(stage);
    const away = stage.world.faults.add({ kind: "H3.server_error", times: 10_000, match: { path: "/validate" } });
    const before = stage.world.log.list("id", "GET /validate").length;
    for (let minute = 0; minute < 120; minute++) await stage.pass(60_000);
    const asked = (stage.world.log.list("id", "GET /validate").length - before) / 2;
    expect(asked).toBeGreaterThan(10);
    expect(asked).toBeLessThan(40);
    expect(process.accounts.list().map((account) => account.state)).toEqual(["unchecked"]);
    expect((await process.accounts.get(idOf(stage, "bytebot")))?.token).toBe(accessToken);
    away.remove();
    await stage.pass(180_000);
    expect(process.accounts.list().map((account) => account.state)).toEqual(["ok"]);
    expect(process.events).toEqual([]);
  });
});

describe("renewal", () => {
  test("F1: twenty that are refused at once, in two processes, cause one renewal, and all get the new token, which is saved", async () => {
    await using stage = await aStage();
    const { accessToken } = await stage.signIn("bytebot", { role: "bot" });
    const processes = [await aStartedProcess(stage), await aStartedProcess(stage)];
    const userId = idOf(stage, "bytebot");
    endToken(stage, accessToken);
    stage.world.faults.add({ kind: "A1.refresh_slow", with: { delayMs: 300 } });
    const given = await Promise.all(
      Array.from({ length: 20 }, (_, index) => processes[index % 2]?.accounts.renew(userId, accessToken)),
    );
    const saved = await findAccount(stage.database.db, key, userId);
    expect(new Set(given.map((each) => each?.token))).toEqual(new Set([saved?.accessToken]));
    expect(saved?.accessToken).not.toBe(accessToken);
    expect(stage.count("refresh")).toBe(1);
    expect(stage.world.checks()).toEqual([]);
    // Nobody is told of a token that was renewed in its course, and who asks with the old one gets the new one at once.
    expect(processes.flatMap(({ events }) => events)).toEqual([]);
    expect((await processes[0]?.accounts.renew(userId, accessToken))?.token).toBe(saved?.accessToken);
    expect(stage.count("refresh")).toBe(1);
  });

  test("a token is renewed before its end without anybody's asking, and by one of two processes", async () => {
    await using stage = await aStage();
    const { accessToken } = await stage.signIn("bytebot", { role: "bot" });
    const first = await aStartedProcess(stage);
    const second = await aStartedProcess(stage);
    const userId = idOf(stage, "bytebot");
    await stage.pass(4 * HOUR_MS - 6 * 60_000);
    expect(stage.count("refresh")).toBe(0);
    await stage.pass(2 * 60_000);
    await stage.pass(LOOK_MS);
    const tokens = await Promise.all([first, second].map(async ({ accounts }) => (await accounts.get(userId))?.token));
    expect(new Set(tokens).size).toBe(1);
    expect(tokens).not.toContain(accessToken);
    expect(stage.count("refresh")).toBe(1);
  });

  test("a token that another process renewed is taken from the store, without a request", async () => {
    await using stage = await aStage();
    const { accessToken } = await stage.signIn("bytebot", { role: "bot" });
    const first = await aStartedProcess(stage);
    const second = await aStartedProcess(stage);
    const userId = idOf(stage, "bytebot");
    endToken(stage, accessToken);
    const given = await first.accounts.renew(userId, accessToken);
    const requests = stage.world.log.list("id").length;
    expect(await second.accounts.renew(userId, accessToken)).toEqual(given);
    expect(stage.world.log.list("id")).toHaveLength(requests);
  });

  test("F5: an account that nobody uses is renewed weekly, so that its refresh token outlives thirty days many times", async () => {
    await using stage = await aStage({ limits: { accessTtlS: 60 * 86_400 } });
    await stage.signIn("bytebot", { role: "bot" });
    const process = await aStartedProcess(stage);
    for (let day = 0; day < 70; day++) await stage.pass(DAY_MS);
    expect(stage.count("refresh")).toBe(10);
    expect(process.accounts.list().map(shown)).toEqual([{ login: "bytebot", role: "bot", state: "ok", reason: null }]);
    expect(stage.world.checks()).toEqual([]);
  });

  test("F5: after thirty-one days without Byte a person is asked clearly to sign in, once, and nothing more is tried", async () => {
    await using stage = await aStage();
    const { accessToken } = await stage.signIn("bytebot", { role: "bot" });
    stage.time.advance(31 * DAY_MS);
    const process = await aStartedProcess(stage);
    expect(process.events).toEqual([{ type: "account.login_needed", login: "bytebot", reason: "token_refused" }]);
    expect(process.accounts.list().map(shown)).toEqual([
      { login: "bytebot", role: "bot", state: "login_needed", reason: "token_refused" },
    ]);
    const userId = idOf(stage, "bytebot");
    const requests = stage.world.log.list("id").length;
    const asked = await Promise.all(
      Array.from({ length: 20 }, (_, index) =>
        index % 2 === 0 ? process.accounts.get(userId) : process.accounts.renew(userId, accessToken),
      ),
    );
    await stage.pass(HOUR_MS);
    await stage.pass(DAY_MS);
    expect(asked).toEqual(asked.map(() => null));
    expect(stage.world.log.list("id")).toHaveLength(requests);
    expect(process.events).toHaveLength(1);
  });

  test("what passes is tried again with patience: the token is used while it lives, then there is none, then a new one", async () => {
    await using stage = await aStage();
    const { accessToken } = await stage.signIn("bytebot", { role: "bot" });
    const process = await aStartedProcess(stage);
    const userId = idOf(stage, "bytebot");
    const away = stage.world.faults.add({ kind: "A1.refresh_unavailable", times: 10_000 });
    process.changes.length = 0;
    for (let hour = 0; hour < 4; hour++) await stage.pass(HOUR_MS - 60_000);
    expect((await process.accounts.get(userId))?.token).toBe(accessToken);
    for (let minute = 0; minute < 60; minute++) await stage.pass(60_000);
    for (let turn = 0; turn < 20; turn++) expect(await process.accounts.get(userId)).toBeNull();
    expect(away.struck).toBeGreaterThan(10);
    expect(away.struck).toBeLessThan(40);
    away.remove();
    await stage.pass(180_000);
    expect(await process.accounts.get(userId)).not.toBeNull();
    // Told when it was without a token, and when it had one again; nobody needs to sign in.
    expect(process.changes).toEqual([userId, userId]);
    expect(process.events).toEqual([]);
  });

  test("a new token that is refused at once is not replaced at once: no storm of renewals", async () => {
    await using stage = await aStage();
    const { accessToken } = await stage.signIn("bytebot", { role: "bot" });
    const { accounts } = await aStartedProcess(stage);
    const userId = idOf(stage, "bytebot");
    let refused = accessToken;
    for (let turn = 0; turn < 10; turn++) refused = (await accounts.renew(userId, refused))?.token ?? refused;
    expect(stage.count("refresh")).toBe(1);
    expect(stage.world.checks()).toEqual([]);
  });

  test("wrong settings are no fault of the account: it is kept, says why, and works again when they are right", async () => {
    await using stage = await aStage();
    const { accessToken } = await stage.signIn("bytebot", { role: "bot", clientId: DEFAULT_CLIENT.clientId });
    const userId = idOf(stage, "bytebot");
    const wrong = await aStartedProcess(stage, { client: { clientId: DEFAULT_CLIENT.clientId, clientSecret: "not the secret" } });
    endToken(stage, accessToken);
    expect(await wrong.accounts.renew(userId, accessToken)).toBeNull();
    expect(wrong.accounts.list().map(shown)).toEqual([
      { login: "bytebot", role: "bot", state: "login_needed", reason: "secret_wrong" },
    ]);
    expect(wrong.events).toEqual([{ type: "account.login_needed", login: "bytebot", reason: "secret_wrong" }]);
    expect((await findAccount(stage.database.db, key, userId))?.loginNeeded).toBeNull();
    await wrong.accounts.stop();

    const right = await aStartedProcess(stage, confidential);
    expect(right.accounts.list().map(shown)).toEqual([{ login: "bytebot", role: "bot", state: "ok", reason: null }]);
    const { accounts } = await aStartedProcess(stage);
    expect((await accounts.get(userId))?.clientId).toBe(DEFAULT_CLIENT.clientId);
  });

  test("a clock that is wrong is told of by its name, and the token goes on being given", async () => {
    await using stage = await aStage();
    const { accessToken } = await stage.signIn("bytebot", { role: "bot" });
    const skewed = stage.world.faults.add({ kind: "N2.skewed_date", times: 100, with: { skewMs: HOUR_MS } });
    const process = await aStartedProcess(stage);
    expect(process.events).toEqual([{ type: "account.login_needed", login: "bytebot", reason: "clock_skew" }]);
    expect((await process.accounts.get(idOf(stage, "bytebot")))?.token).toBe(accessToken);
    skewed.remove();
    await stage.pass(HOUR_MS);
    expect(process.events.at(-1)).toEqual({ type: "account.restored", login: "bytebot" });
  });
});

describe("revocation", () => {
  test("F4: an account whose person took it back needs them, told once, over two processes; others are untouched; no storm", async () => {
    await using stage = await aStage();
    const { accessToken } = await stage.signIn("ana");
    await stage.signIn("bytebot", { role: "bot" });
    const first = await aStartedProcess(stage);
    const second = await aStartedProcess(stage);
    const userId = idOf(stage, "ana");
    stage.world.revokeConsent("ana");
    const given = await Promise.all(
      [first, second].flatMap(({ accounts }) => Array.from({ length: 10 }, () => accounts.renew(userId, accessToken))),
    );
    expect(given).toEqual(given.map(() => null));
    expect([...first.events, ...second.events]).toEqual([
      { type: "account.login_needed", login: "ana", reason: "token_refused" },
    ]);
    expect(stage.count("refresh")).toBe(1);
    const requests = stage.world.log.list("id").length;
    for (const { accounts } of [first, second]) {
      for (let turn = 0; turn < 20; turn++) expect(await accounts.get(userId)).toBeNull();
      expect(accounts.list().map(shown)).toEqual([
        { login: "bytebot", role: "bot", state: "ok", reason: null },
        { login: "ana", role: "broadcaster", state: "login_needed", reason: "token_refused" },
      ]);
      expect(await accounts.get(idOf(stage, "bytebot"))).not.toBeNull();
    }
    expect(stage.world.log.list("id")).toHaveLength(requests);
    expect(stage.world.checks()).toEqual([]);
  });

  test("F4: told of a revocation, it is found out at once; an account that still works is left alone", async () => {
    await using stage = await aStage();
    await stage.signIn("ana");
    await stage.signIn("bytebot", { role: "bot" });
    const process = await aStartedProcess(stage);
    // Right after a validation it is asked some seconds later.
    await process.accounts.markRevoked(idOf(stage, "ana"));
    expect(stage.count("validate")).toBe(2);
    await stage.pass(10_000);
    expect(stage.count("validate")).toBe(3);
    await stage.pass(10_000);
    stage.world.revokeConsent("ana");
    await process.accounts.markRevoked(idOf(stage, "ana"));
    await process.accounts.markRevoked(idOf(stage, "bytebot"));
    await process.accounts.markRevoked("nobody");
    expect(process.events).toEqual([{ type: "account.login_needed", login: "ana", reason: "token_refused" }]);
    expect(process.accounts.list().map((account) => account.state)).toEqual(["ok", "login_needed"]);
  });

  test("F4: a revocation that nobody told of is found by the hourly validation", async () => {
    await using stage = await aStage();
    await stage.signIn("ana");
    const process = await aStartedProcess(stage);
    stage.world.revokeConsent("ana");
    await stage.pass(HOUR_MS);
    expect(process.events).toEqual([{ type: "account.login_needed", login: "ana", reason: "token_refused" }]);
  });
});

describe("the accounts of two processes", () => {
  test("what one signs in, needs or disconnects the other knows half a minute later, and tells no event of it", async () => {
    await using stage = await aStage();
    const first = await aStartedProcess(stage);
    const second = await aStartedProcess(stage);
    await stage.signIn("ana");
    const ana = idOf(stage, "ana");
    expect(second.accounts.broadcaster(ana)).toBeNull();
    await stage.pass(LOOK_MS);
    expect([first, second].map(({ accounts }) => accounts.broadcaster(ana))).toEqual([
      { userId: ana, login: "ana" },
      { userId: ana, login: "ana" },
    ]);
    await first.accounts.disconnect(ana, operator);
    second.changes.length = 0;
    await stage.pass(LOOK_MS);
    expect([second.accounts.list(), second.changes, second.events]).toEqual([[], [ana], []]);
    expect(await second.accounts.get(ana)).toBeNull();
  });
});

describe("the app's own token", () => {
  test("is asked for once when it is wanted, validated hourly, replaced when refused and before its end", async () => {
    await using stage = await aStage({ limits: { appTtlS: 86_400 } });
    const { accounts } = stage.process(confidential);
    await accounts.start();
    const given = await Promise.all(Array.from({ length: 10 }, () => accounts.get(APP)));
    expect(new Set(given.map((each) => each?.token)).size).toBe(1);
    expect(given[0]?.clientId).toBe(DEFAULT_CLIENT.clientId);
    expect(accounts.scopes(APP)).toEqual([]);
    const first = given[0]?.token ?? "";
    for (let hour = 0; hour < 5; hour++) await stage.pass(HOUR_MS);
    expect(stage.count("validate")).toBe(5);
    const renewed = await accounts.renew(APP, first);
    expect(renewed?.token).not.toBe(first);
    expect(await accounts.renew(APP, first)).toEqual(renewed);
    // Refused again at once: not a storm.
    expect(await accounts.renew(APP, renewed?.token ?? "")).toBeNull();
    await stage.pass(DAY_MS);
    const last = await accounts.get(APP);
    expect(stage.world.tokens.findValid(last?.token ?? "")).not.toBeNull();
    expect(stage.world.log.list("id", "POST /token").filter((entry) => entry.way === "in")).toHaveLength(3);
  });

  test("there is none without a secret, and a wrong one is not tried in a loop", async () => {
    await using stage = await aStage();
    expect(await stage.process().accounts.get(APP)).toBeNull();
    const { accounts } = stage.process({ client: { clientId: DEFAULT_CLIENT.clientId, clientSecret: "not the secret" } });
    for (let turn = 0; turn < 10; turn++) expect(await accounts.get(APP)).toBeNull();
    expect(stage.world.log.list("id", "POST /token").filter((entry) => entry.way === "in")).toHaveLength(1);
  });
});
