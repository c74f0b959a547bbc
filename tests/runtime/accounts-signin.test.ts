import { describe, expect, setDefaultTimeout, test } from "bun:test";
import { scopesOf } from "../../src/domain/accounts.ts";
import { listAccounts } from "../../src/store/accounts.ts";
import { addChannel, setBroadcasterId } from "../../src/store/channels.ts";
import { type AccountsProcess, aStage, key, operator, type Stage } from "./account-builders.ts";

/** The database starts inside the first test that needs it. */
setDefaultTimeout(30_000);

/** From one poll to the next, at Twitch's interval of 5 s. */
const POLL_MS = 5_250;

const asBot = { role: "bot", tiers: ["read", "talk"], by: operator } as const;
const asBroadcaster = { role: "broadcaster", tiers: ["events"], by: operator } as const;

async function aStartedProcess(stage: Stage, botLogin: string | null = null): Promise<AccountsProcess> {
  const process = stage.process({ environment: { token: null, refreshToken: null, botLogin } });
  await process.accounts.start();
  await process.accounts.look();
  return process;
}

/** Lets the next poll happen, and waits until the one after it is planned, or the sign-in is over. */
async function poll(stage: Stage, process: AccountsProcess, id: string, ms = POLL_MS): Promise<void> {
  const before = polls(stage);
  const isPlanned = () => process.timers().some((timer) => timer >= POLL_MS && timer < 61_000 && timer % 5_000 === 250);
  stage.time.advance(ms);
  await process.until(() => polls(stage) > before && (isPlanned() || process.accounts.findSignin(id)?.state !== "waiting"));
}

const polls = (stage: Stage) => stage.world.log.list("id", "POST /token").filter((entry) => entry.way === "in").length;
const idOf = (stage: Stage, login: string) => stage.world.state.user(login).id;

/** Signs `login` in; resolves when that has ended. */
async function connect(
  stage: Stage,
  { accounts, logged }: AccountsProcess,
  asked: Parameters<AccountsProcess["accounts"]["connect"]>[0],
  login: string,
) {
  const signin = await accounts.connect(asked);
  stage.world.approveDevice(signin.userCode, login);
  const ended = logged("accounts.signin");
  stage.time.advance(POLL_MS);
  await ended;
  return signin.id;
}

describe("signing in by device code", () => {
  test("a person types the code, and the account is there with its token, validated once, and told", async () => {
    await using stage = await aStage();
    const process = await aStartedProcess(stage);
    const signin = await process.accounts.connect(asBot);
    expect(signin).toMatchObject({ role: "bot", tiers: ["read", "talk"], state: "waiting", login: null, reason: null });
    expect(signin.verificationUrl).toContain("/activate");
    await poll(stage, process, signin.id);
    expect(process.accounts.findSignin(signin.id)?.state).toBe("waiting");
    stage.world.approveDevice(signin.userCode, "bytebot");
    const ended = process.logged("accounts.signin");
    stage.time.advance(POLL_MS);
    await ended;
    await process.accounts.look();
    expect(process.accounts.findSignin(signin.id)).toMatchObject({ state: "done", login: "bytebot", reason: null });
    expect(process.accounts.bot()).toEqual({ userId: idOf(stage, "bytebot"), login: "bytebot" });
    expect(process.accounts.scopes(idOf(stage, "bytebot"))).toEqual(scopesOf("bot", ["read", "talk"]));
    const [saved] = await listAccounts(stage.database.db, key);
    expect(await process.accounts.get(idOf(stage, "bytebot"))).toEqual({
      token: saved?.accessToken ?? "",
      clientId: saved?.clientId ?? "",
    });
    expect(process.events).toEqual([{ type: "account.connected", login: "bytebot", role: "bot", by: operator }]);
    expect(process.changes).toEqual([idOf(stage, "bytebot")]);
    expect(stage.count("validate")).toBe(1);
    expect(stage.world.checks()).toEqual([]);
  });

  test("slow_down is obeyed; what Twitch cannot answer just now is asked again; polls keep their distance", async () => {
    await using stage = await aStage();
    const process = await aStartedProcess(stage);
    const signin = await process.accounts.connect(asBot);
    stage.world.faults.add({ kind: "A2.slow_down" });
    await poll(stage, process, signin.id);
    // Slowed down to ten seconds: nothing after five.
    stage.time.advance(POLL_MS);
    expect(polls(stage)).toBe(1);
    stage.world.faults.add({ kind: "H3.server_error" });
    await poll(stage, process, signin.id, 5_000);
    expect(process.accounts.findSignin(signin.id)?.state).toBe("waiting");
    stage.world.approveDevice(signin.userCode, "bytebot");
    const ended = process.logged("accounts.signin");
    stage.time.advance(10_250);
    await ended;
    expect([process.accounts.findSignin(signin.id)?.state, polls(stage)]).toEqual(["done", 3]);
    expect(stage.world.checks()).toEqual([]);
  });

  test("F7: refused, too late and of a wrong account end it, each with its own reason", async () => {
    await using stage = await aStage();
    const process = await aStartedProcess(stage, "bytebot");
    const denied = await process.accounts.connect(asBot);
    stage.world.denyDevice(denied.userCode, "bytebot");
    const refused = process.logged("accounts.signin");
    stage.time.advance(POLL_MS);
    await refused;
    expect(process.accounts.findSignin(denied.id)).toMatchObject({ state: "failed", reason: "denied" });
    const late = await process.accounts.connect(asBot);
    for (let turn = 0; turn < 4 && process.accounts.findSignin(late.id)?.state === "waiting"; turn++) {
      await poll(stage, process, late.id, turn === 0 ? 1_790_000 : POLL_MS);
    }
    expect(process.accounts.findSignin(late.id)).toMatchObject({ state: "failed", reason: "code_expired" });
    const wrongId = await connect(stage, process, asBot, "mallory");
    await stage.world.log.next((entry) => entry.what === "POST /revoke" && entry.way === "out");
    expect(process.accounts.findSignin(wrongId)).toMatchObject({
      state: "failed",
      reason: "wrong_account",
      params: { wanted: "bytebot", got: "mallory" },
    });
    // The token of the wrong account was given back, and nothing of it kept.
    expect([...stage.world.tokens.access.values()].every((token) => token.revokedAt !== null)).toBe(true);
    expect([await listAccounts(stage.database.db, key), process.events]).toEqual([[], []]);
  });

  test("F7: what Twitch refuses to begin, and what cannot be asked, is told by its name", async () => {
    await using stage = await aStage();
    const nobody = stage.process({ client: { clientId: null, clientSecret: null } }).accounts;
    expect(nobody.canConnect).toBe(false);
    await expect(nobody.connect(asBot)).rejects.toMatchObject({ kind: "invalid", reason: "auth_client_missing" });
    const unknown = stage.process({ client: { clientId: "nosuchclient00000000", clientSecret: null } }).accounts;
    await expect(unknown.connect(asBot)).rejects.toMatchObject({ kind: "unavailable", reason: "auth_client_unknown" });
    const { accounts } = stage.process();
    await expect(accounts.connect({ ...asBroadcaster, tiers: ["read"] })).rejects.toMatchObject({
      kind: "invalid",
      reason: "auth_tiers_missing",
    });
    stage.world.faults.add({ kind: "H3.server_error" });
    await expect(accounts.connect(asBot)).rejects.toMatchObject({ kind: "unavailable", reason: "auth_unavailable" });
  });

  test("five wait at once and no more; one that was cancelled makes room, and its token is given back", async () => {
    await using stage = await aStage();
    const { accounts } = await aStartedProcess(stage);
    const tries = await Promise.allSettled(Array.from({ length: 7 }, () => accounts.connect(asBot)));
    const refused = tries.filter((each) => each.status === "rejected").map((each) => each.reason as unknown);
    expect(refused).toMatchObject([{ reason: "auth_signins_many" }, { kind: "too_many", reason: "auth_signins_many" }]);
    const [first] = tries.flatMap((each) => (each.status === "fulfilled" ? [each.value] : []));
    accounts.cancel(first?.id ?? "");
    expect(accounts.findSignin(first?.id ?? "")).toBeNull();
    const sixth = await accounts.connect(asBot);
    stage.world.approveDevice(sixth.userCode, "bytebot");
    const revoked = stage.world.log.after((entry) => entry.what === "POST /revoke" && entry.way === "out");
    stage.world.faults.add({ kind: "N2.latency", match: { path: "/token" }, times: 5, with: { delayMs: 20 } });
    stage.time.advance(POLL_MS);
    accounts.cancel(sixth.id);
    await revoked;
    expect(await listAccounts(stage.database.db, key)).toEqual([]);
  });

  test("one that ended can be looked at for ten minutes", async () => {
    await using stage = await aStage();
    const process = await aStartedProcess(stage);
    const id = await connect(stage, process, asBot, "bytebot");
    stage.time.advance(599_000);
    expect(process.accounts.findSignin(id)?.state).toBe("done");
    stage.time.advance(1_000);
    expect(process.accounts.findSignin(id)).toBeNull();
  });

  test("F4: who signs in anew after a revocation is back, told as connected and restored", async () => {
    await using stage = await aStage();
    await stage.signIn("ana");
    const process = await aStartedProcess(stage);
    const other = await aStartedProcess(stage);
    stage.time.advance(10_000);
    stage.world.revokeConsent("ana");
    await process.accounts.markRevoked(idOf(stage, "ana"));
    await connect(stage, process, asBroadcaster, "ana");
    expect(process.events).toEqual([
      { type: "account.login_needed", login: "ana", reason: "token_refused" },
      { type: "account.connected", login: "ana", role: "broadcaster", by: operator },
      { type: "account.restored", login: "ana" },
    ]);
    expect(await process.accounts.get(idOf(stage, "ana"))).not.toBeNull();
    await stage.pass(30_000);
    expect(other.accounts.list()).toMatchObject([{ login: "ana", state: "ok", tiers: ["events"] }]);
    expect(other.events).toEqual([]);
  });

  test("another bot takes the place of the first, whose token is given back", async () => {
    await using stage = await aStage();
    await stage.signIn("oldbot", { role: "bot" });
    const process = await aStartedProcess(stage);
    await connect(stage, process, asBot, "newbot");
    await stage.world.log.next((entry) => entry.what === "token died");
    expect(process.accounts.list().map(({ login, role }) => [login, role])).toEqual([["newbot", "bot"]]);
    expect(process.events).toEqual([
      { type: "account.removed", login: "oldbot", by: operator },
      { type: "account.connected", login: "newbot", role: "bot", by: operator },
    ]);
    expect(await process.accounts.get(idOf(stage, "oldbot"))).toBeNull();
  });

  test("the bot that Byte also sits with stays as broadcaster when another becomes the bot", async () => {
    await using stage = await aStage();
    await stage.signIn("ana", { role: "bot" });
    await addChannel(stage.database.db, "ana", operator, stage.time.now());
    await setBroadcasterId(stage.database.db, "ana", idOf(stage, "ana"), stage.time.now());
    const process = await aStartedProcess(stage);
    await connect(stage, process, asBot, "newbot");
    await process.accounts.look();
    expect(process.accounts.list().map(({ login, role }) => [login, role])).toEqual([
      ["newbot", "bot"],
      ["ana", "broadcaster"],
    ]);
    expect(await process.accounts.get(idOf(stage, "ana"))).not.toBeNull();
  });

  test("the bot that signs in as broadcaster is asked once more, for both roles together, and stays the bot", async () => {
    await using stage = await aStage();
    const before = await stage.signIn("ana", { role: "bot" });
    const process = await aStartedProcess(stage);
    const id = await connect(stage, process, asBroadcaster, "ana");
    await process.until(() => process.timers().includes(POLL_MS));
    expect(process.accounts.findSignin(id)?.state).toBe("waiting");
    // Until both are agreed to, the bot has what it had.
    expect((await process.accounts.get(idOf(stage, "ana")))?.token).toBe(before.accessToken);
    const second = process.accounts.findSignin(id);
    expect(stage.world.oauth.devices.pending()).toEqual([second?.userCode ?? ""]);
    stage.world.approveDevice(second?.userCode ?? "", "ana");
    const ended = process.logged("accounts.signin");
    stage.time.advance(POLL_MS);
    await ended;
    expect(process.accounts.findSignin(id)).toMatchObject({ state: "done", login: "ana" });
    expect(process.accounts.list()).toMatchObject([{ login: "ana", role: "bot", tiers: ["read", "talk"], state: "ok" }]);
    const wanted = [...scopesOf("broadcaster", ["events"]), ...scopesOf("bot", ["read", "talk"])];
    expect(new Set(process.accounts.scopes(idOf(stage, "ana")))).toEqual(new Set(wanted));
    expect(process.accounts.broadcaster(idOf(stage, "ana"))).toEqual({ userId: idOf(stage, "ana"), login: "ana" });
  });
});

describe("disconnecting", () => {
  test("ends the tokens at Twitch, forgets the account, and tells who did it", async () => {
    await using stage = await aStage();
    const { accessToken, refreshToken } = await stage.signIn("ana");
    const process = await aStartedProcess(stage);
    await process.accounts.disconnect(idOf(stage, "ana"), operator);
    expect(stage.world.tokens.findValid(accessToken)).toBeNull();
    expect(stage.world.tokens.refresh.get(refreshToken)?.revokedAt).not.toBeNull();
    expect([await listAccounts(stage.database.db, key), process.accounts.list()]).toEqual([[], []]);
    expect(process.events).toEqual([{ type: "account.removed", login: "ana", by: operator }]);
    await expect(process.accounts.disconnect(idOf(stage, "ana"), operator)).rejects.toMatchObject({
      kind: "not_found",
      reason: "account_unknown",
    });
  });

  test("works without Twitch, and while the account is being renewed: the pair that comes then is given back", async () => {
    await using stage = await aStage();
    const { accessToken } = await stage.signIn("ana");
    const process = await aStartedProcess(stage);
    const ana = idOf(stage, "ana");
    // Twitch has made the new pair, and is slow to say it.
    stage.world.faults.add({ kind: "N2.throttle", match: { path: "/token" }, with: { everyMs: 40, pieces: 5 } });
    stage.world.faults.add({ kind: "H3.server_error", match: { path: "/revoke" } });
    const made = stage.world.log.after((entry) => entry.what === "refresh");
    const renewed = process.accounts.renew(ana, accessToken);
    await made;
    await process.accounts.disconnect(ana, operator);
    expect(await renewed).toBeNull();
    await process.accounts.stop();
    expect([await listAccounts(stage.database.db, key), process.accounts.list()]).toEqual([[], []]);
    const ofAna = [...stage.world.tokens.access.values()].filter((token) => token.userId === ana);
    expect(ofAna.map((token) => token.revokedAt !== null)).toEqual([true, true]);
  });
});
