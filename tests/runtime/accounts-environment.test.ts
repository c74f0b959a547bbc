import { describe, expect, setDefaultTimeout, test } from "bun:test";
import { listAccounts } from "../../src/store/accounts.ts";
import { DEFAULT_CLIENT, PUBLIC_CLIENT } from "../../src/world/tokens.ts";
import { type AccountsProcess, aStage, BOT_SCOPES, HOUR_MS, key, operator, type Stage } from "./account-builders.ts";

/** The database starts inside the first test that needs it. */
setDefaultTimeout(30_000);

/** Settings with a pair of tokens of `login`, as after a consent to the public client. */
function aPair(stage: Stage, login = "bytebot", botLogin = login) {
  const grant = stage.world.issueToken(login, { clientId: PUBLIC_CLIENT.clientId, scopes: BOT_SCOPES });
  return { token: `oauth:${grant.accessToken}`, refreshToken: grant.refreshToken, botLogin };
}

const alone = (pair: ReturnType<typeof aPair>) => ({ ...pair, refreshToken: null });

async function aStartedProcess(stage: Stage, environment: { token: string; refreshToken: string | null; botLogin: string }) {
  const process = stage.process({ environment });
  await process.accounts.start();
  await process.accounts.look();
  return process;
}

const requests = (stage: Stage) => stage.world.log.list("id").filter((entry) => entry.way === "in").length;
const shown = ({ accounts }: AccountsProcess) =>
  accounts.list().map(({ login, role, source, state, reason }) => [login, role, source, state, reason].join(" "));

describe("a token of the environment", () => {
  test("is the bot's once Twitch told whose it is, lives in memory, is validated hourly, and cannot be disconnected", async () => {
    await using stage = await aStage();
    const { accessToken } = stage.world.issueToken("bytebot", { scopes: BOT_SCOPES });
    const process = stage.process({ environment: { token: accessToken, refreshToken: null, botLogin: "bytebot" } });
    await process.accounts.start();
    expect([process.accounts.bot(), shown(process)]).toEqual([null, ["bytebot bot environment unchecked "]]);
    await process.accounts.look();
    const { id: userId } = stage.world.state.user("bytebot");
    expect(process.accounts.bot()).toEqual({ userId, login: "bytebot" });
    expect(shown(process)).toEqual(["bytebot bot environment ok "]);
    expect(process.accounts.list()[0]?.tiers).toEqual(["read", "talk"]);
    // The client is the one that Twitch told, not ours.
    expect(await process.accounts.get(userId)).toEqual({ token: accessToken, clientId: DEFAULT_CLIENT.clientId });
    expect(stage.count("validate")).toBe(1);
    await stage.pass(HOUR_MS);
    await stage.pass(HOUR_MS);
    expect(stage.count("validate")).toBe(3);
    expect(await listAccounts(stage.database.db, key)).toEqual([]);
    await expect(process.accounts.disconnect(userId, operator)).rejects.toMatchObject({
      kind: "conflict",
      reason: "account_of_environment",
    });
    expect(process.events).toEqual([]);
  });

  test("F7: of another account than TWITCH_BOT_LOGIN it is refused, naming both, and not tried again", async () => {
    await using stage = await aStage();
    const process = await aStartedProcess(stage, alone(aPair(stage, "mallory", "bytebot")));
    expect(process.accounts.list()).toMatchObject([
      { login: "bytebot", state: "login_needed", reason: "wrong_account", params: { wanted: "bytebot", got: "mallory" } },
    ]);
    expect(process.events).toEqual([{ type: "account.login_needed", login: "bytebot", reason: "wrong_account" }]);
    expect(process.accounts.bot()).toBeNull();
    expect(await process.accounts.get(stage.world.state.user("mallory").id)).toBeNull();
    await stage.pass(HOUR_MS);
    expect([requests(stage), process.events.length]).toEqual([1, 1]);
  });

  test("that Twitch refuses needs another one; while Twitch is away it is tried again with patience", async () => {
    await using stage = await aStage();
    const dead = await aStartedProcess(stage, {
      token: "oauth:nonsense0000000000000000000000",
      refreshToken: null,
      botLogin: "bytebot",
    });
    expect(shown(dead)).toEqual(["bytebot bot environment login_needed token_refused"]);
    expect(dead.events).toEqual([{ type: "account.login_needed", login: "bytebot", reason: "token_refused" }]);
    stage.world.faults.add({ kind: "H3.server_error", times: 3 });
    const before = requests(stage);
    const process = await aStartedProcess(stage, alone(aPair(stage)));
    for (let minute = 0; minute < 4; minute++) await stage.pass(60_000);
    expect(shown(process)).toEqual(["bytebot bot environment ok "]);
    expect(requests(stage) - before).toBe(4);
  });

  test("F4: when it is revoked a person is needed, and nothing is asked any more", async () => {
    await using stage = await aStage();
    const pair = alone(aPair(stage));
    const process = await aStartedProcess(stage, pair);
    const { id: userId } = stage.world.state.user("bytebot");
    const token = pair.token.slice("oauth:".length);
    // Refused by mistake, again and again: Twitch is asked once, and the token goes on being used.
    await stage.pass(10_000);
    expect(await process.accounts.renew(userId, token)).toBeNull();
    expect((await process.accounts.get(userId))?.token).toBe(token);
    for (let turn = 0; turn < 10; turn++) expect(await process.accounts.renew(userId, token)).toBeNull();
    expect(stage.count("validate")).toBe(2);
    stage.world.revokeConsent("bytebot");
    await stage.pass(10_000);
    expect(process.events).toEqual([{ type: "account.login_needed", login: "bytebot", reason: "token_refused" }]);
    const before = requests(stage);
    expect(await process.accounts.get(userId)).toBeNull();
    await stage.pass(HOUR_MS);
    expect(requests(stage)).toBe(before);
  });

  test("stands behind a bot that signed in, and is the bot when that one is disconnected", async () => {
    await using stage = await aStage();
    await stage.signIn("realbot", { role: "bot" });
    const process = await aStartedProcess(stage, alone(aPair(stage)));
    expect(process.accounts.bot()?.login).toBe("realbot");
    expect(shown(process)).toEqual(["realbot bot signed_in ok "]);
    expect(requests(stage)).toBe(1);
    await process.accounts.disconnect(stage.world.state.user("realbot").id, operator);
    await process.accounts.look();
    expect(shown(process)).toEqual(["bytebot bot environment ok "]);
  });
});

describe("a token of the environment with its refresh token", () => {
  test("is taken over once: renewed in the database, it is not overwritten by the settings at the next start", async () => {
    await using stage = await aStage();
    const pair = aPair(stage);
    const first = await aStartedProcess(stage, pair);
    expect(shown(first)).toEqual(["bytebot bot signed_in ok "]);
    expect(first.events).toEqual([{ type: "account.connected", login: "bytebot", role: "bot", by: { kind: "operator" } }]);
    expect(stage.count("validate")).toBe(1);
    for (let hour = 0; hour < 4; hour++) await stage.pass(HOUR_MS);
    expect(stage.count("refresh")).toBe(1);
    const [renewed] = await listAccounts(stage.database.db, key);
    await first.accounts.stop();

    const second = await aStartedProcess(stage, pair);
    const [kept] = await listAccounts(stage.database.db, key);
    expect(kept?.accessToken).toBe(renewed?.accessToken ?? "");
    expect([shown(second), second.events]).toEqual([["bytebot bot signed_in ok "], []]);
    expect(stage.world.checks()).toEqual([]);
  });

  test("is not taken over again after a person disconnected it", async () => {
    await using stage = await aStage();
    const pair = aPair(stage);
    const first = await aStartedProcess(stage, pair);
    await first.accounts.disconnect(stage.world.state.user("bytebot").id, operator);
    await first.accounts.stop();
    const before = requests(stage);
    const second = await aStartedProcess(stage, pair);
    expect([shown(second), second.accounts.bot(), requests(stage)]).toEqual([[], null, before]);
  });

  test("F1: that is at its end is renewed once by two processes that start together, and both know it", async () => {
    await using stage = await aStage();
    const pair = aPair(stage);
    stage.time.advance(5 * HOUR_MS);
    const both = await Promise.all([aStartedProcess(stage, pair), aStartedProcess(stage, pair)]);
    await stage.pass(30_000);
    expect(both.map(shown)).toEqual([["bytebot bot signed_in ok "], ["bytebot bot signed_in ok "]]);
    expect(stage.count("refresh")).toBe(1);
    expect(both.flatMap(({ events }) => events)).toHaveLength(1);
    expect(stage.world.checks()).toEqual([]);
  });

  test("F7: of another account is refused, naming both, and not taken over", async () => {
    await using stage = await aStage();
    const process = await aStartedProcess(stage, aPair(stage, "mallory", "bytebot"));
    expect(process.accounts.list()).toMatchObject([
      { login: "bytebot", reason: "wrong_account", params: { wanted: "bytebot", got: "mallory" } },
    ]);
    expect(process.logLines.find((line) => line.includes("environment_refused"))).toContain('"wanted":"bytebot","got":"mallory"');
    expect(await listAccounts(stage.database.db, key)).toEqual([]);
  });

  test("does not replace a bot that works; a new pair for the bot that needs one mends it", async () => {
    await using stage = await aStage();
    await stage.signIn("bytebot", { role: "bot" });
    const process = await aStartedProcess(stage, aPair(stage));
    expect(requests(stage)).toBe(1);
    await stage.pass(10_000);
    stage.world.revokeConsent("bytebot");
    const pair = aPair(stage);
    await process.accounts.markRevoked(stage.world.state.user("bytebot").id);
    expect(shown(process)).toEqual(["bytebot bot signed_in login_needed token_refused"]);
    await process.accounts.stop();

    const mended = await aStartedProcess(stage, pair);
    await mended.accounts.look();
    expect(shown(mended)).toEqual(["bytebot bot signed_in ok "]);
    expect(mended.events.map((event) => event.type)).toEqual(["account.connected", "account.restored"]);
  });

  test("of another client than ours is used to its end, because only that client can renew it", async () => {
    await using stage = await aStage();
    const grant = stage.world.issueToken("bytebot", { scopes: BOT_SCOPES });
    const environment = { token: grant.accessToken, refreshToken: grant.refreshToken, botLogin: "bytebot" };
    const process = await aStartedProcess(stage, environment);
    expect(shown(process)).toEqual(["bytebot bot environment ok "]);
    for (let hour = 0; hour < 5; hour++) await stage.pass(HOUR_MS);
    expect(shown(process)).toEqual(["bytebot bot environment login_needed token_refused"]);
    expect(stage.count("refresh")).toBe(0);
  });
});
