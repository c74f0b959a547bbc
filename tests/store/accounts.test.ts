import { describe, expect, setDefaultTimeout, test } from "bun:test";
import {
  findAccount,
  isTakenOver,
  listAccounts,
  markLoginNeeded,
  markValidated,
  removeAccount,
  type SignedIn,
  saveSignin,
  saveTakenOver,
  saveTokens,
  type TwitchAccount,
} from "../../src/store/accounts.ts";
import { addChannel, setBroadcasterId } from "../../src/store/channels.ts";
import { emptyDb, engines } from "../support/db.ts";
import { noon, secondsAfter } from "./lines.ts";

/** Engines start inside the first test that needs them, and some facts take their time. */
setDefaultTimeout(30_000);

const key = new Uint8Array(32).fill(7);
const later = secondsAfter(noon, 60);

const aSignin = (over: Partial<SignedIn> = {}): SignedIn => ({
  userId: "100",
  login: "bytebot",
  role: "bot",
  clientId: "client1",
  scopes: ["chat:read", "chat:edit"],
  accessToken: "canary-access-1",
  refreshToken: "canary-refresh-1",
  expiresAt: secondsAfter(noon, 14_400),
  ...over,
});

/** `aSignin` as it is read back after it was first written at noon. */
const anAccount = (over: Partial<TwitchAccount> = {}): TwitchAccount => ({
  ...aSignin(),
  displayName: over.login ?? "bytebot",
  validatedAt: noon,
  refreshedAt: noon,
  loginNeeded: null,
  revision: expect.any(Number) as unknown as number,
  ...over,
});

const freshTokens = { accessToken: "canary-access-2", refreshToken: "canary-refresh-2", scopes: ["chat:read"], expiresAt: later };

describe.each(engines)("Twitch accounts, on %s", (engine) => {
  test("who signed in is found with the same tokens, and F8: no column holds them in the clear", async () => {
    const { db, sql } = await emptyDb(engine);
    const saved = await saveSignin(db, key, aSignin(), noon);
    expect(saved).toEqual({ account: anAccount(), before: null, removed: null });
    expect(await findAccount(db, key, "100")).toEqual(saved.account);
    expect(await listAccounts(db, key)).toEqual([saved.account]);
    expect(await findAccount(db, key, "101")).toBeNull();
    const rows = JSON.stringify(await sql.unsafe("select * from twitch_accounts"));
    expect(rows).toContain("bytebot");
    expect(rows).not.toContain("canary");
  });

  test("tokens of another installation's key, or moved from another row, are none: a person must sign in", async () => {
    const { db, sql } = await emptyDb(engine);
    await saveSignin(db, key, aSignin(), noon);
    await saveSignin(db, key, aSignin({ userId: "200", login: "ana", role: "broadcaster" }), noon);
    const none = { accessToken: "", refreshToken: null, loginNeeded: "token_refused" } as const;
    expect(await findAccount(db, new Uint8Array(32).fill(8), "100")).toEqual(anAccount(none));
    await sql.unsafe(
      "update twitch_accounts set (access_token, refresh_token) = (select access_token, refresh_token from twitch_accounts where user_id = '200') where user_id = '100'",
    );
    expect(await findAccount(db, key, "100")).toEqual(anAccount(none));
  });

  test("F1: of many who save a new pair on top of one, one succeeds; the others are told and change nothing", async () => {
    const { db } = await emptyDb(engine);
    const { account } = await saveSignin(db, key, aSignin(), noon);
    await markLoginNeeded(db, "100", account.revision, "token_refused", noon);
    const saves = Array.from({ length: 6 }, (_, index) => ({ ...freshTokens, accessToken: `canary-access-${index}` }));
    const saved = await Promise.all(saves.map((tokens) => saveTokens(db, key, "100", account.revision, tokens, later)));
    expect(saved.filter(Boolean)).toHaveLength(1);
    expect(await findAccount(db, key, "100")).toEqual(
      anAccount({
        ...freshTokens,
        accessToken: `canary-access-${saved.indexOf(true)}`,
        refreshedAt: later,
        revision: account.revision + 1,
      }),
    );
    expect(await saveTokens(db, key, "101", account.revision, freshTokens, later)).toBe(false);
  });

  test("that a person must sign in is noted once, on top of the pair that was refused, and forgotten when they did", async () => {
    const { db } = await emptyDb(engine);
    const { account } = await saveSignin(db, key, aSignin(), noon);
    expect(await markLoginNeeded(db, "100", account.revision - 1, "token_refused", later)).toBe(false);
    const marks = await Promise.all(
      Array.from({ length: 4 }, () => markLoginNeeded(db, "100", account.revision, "token_refused", later)),
    );
    expect(marks.filter(Boolean)).toHaveLength(1);
    expect((await findAccount(db, key, "100"))?.loginNeeded).toBe("token_refused");
    const again = await saveSignin(db, key, aSignin({ accessToken: "canary-access-3" }), later);
    expect([again.account.loginNeeded, again.before?.loginNeeded]).toEqual([null, "token_refused"]);
    expect(again.account.revision).toBe(account.revision + 1);
  });

  test("a validation changes scopes, end and login of the row it asked about, and no other", async () => {
    const { db } = await emptyDb(engine);
    const { account } = await saveSignin(db, key, aSignin(), noon);
    const told = { login: "bytebot2", scopes: ["chat:read"], expiresAt: later };
    expect(await markValidated(db, "100", account.revision, told, later)).toBe(true);
    const validated = anAccount({ ...told, displayName: "bytebot2", validatedAt: later, revision: account.revision });
    expect(await findAccount(db, key, "100")).toEqual(validated);
    expect(await markValidated(db, "100", account.revision + 1, { ...told, scopes: [] }, later)).toBe(false);
    expect(await findAccount(db, key, "100")).toEqual(validated);
  });

  test("an account that was removed and added again goes on with a larger revision", async () => {
    const { db } = await emptyDb(engine);
    const first = await saveSignin(db, key, aSignin(), noon);
    await saveTokens(db, key, "100", first.account.revision, freshTokens, noon);
    expect(await removeAccount(db, "100")).toBe(true);
    expect(await removeAccount(db, "100")).toBe(false);
    const second = await saveSignin(db, key, aSignin(), later);
    expect(second.account.revision).toBeGreaterThan(first.account.revision + 1);
    expect(await saveTokens(db, key, "100", first.account.revision + 1, freshTokens, later)).toBe(false);
  });

  test("another bot takes the place of the one before, which stays as broadcaster when Byte sits in its channel", async () => {
    const { db } = await emptyDb(engine);
    await addChannel(db, "ana", { kind: "operator" }, noon);
    await setBroadcasterId(db, "ana", "200", noon);
    const ana = await saveSignin(db, key, aSignin({ userId: "200", login: "ana" }), noon);
    const bot = await saveSignin(db, key, aSignin(), noon);
    expect(bot.removed).toBeNull();
    expect(await listAccounts(db, key)).toEqual([bot.account, { ...ana.account, role: "broadcaster" }]);
    const newBot = await saveSignin(db, key, aSignin({ userId: "300", login: "newbot" }), noon);
    expect(newBot.removed).toEqual(bot.account);
    expect((await listAccounts(db, key)).map((each) => [each.login, each.role])).toEqual([
      ["newbot", "bot"],
      ["ana", "broadcaster"],
    ]);
  });

  test("the bot that signs in as broadcaster stays the bot; a broadcaster that signs in as bot becomes it", async () => {
    const { db } = await emptyDb(engine);
    await saveSignin(db, key, aSignin(), noon);
    expect((await saveSignin(db, key, aSignin({ role: "broadcaster" }), noon)).account.role).toBe("bot");
    await saveSignin(db, key, aSignin({ userId: "200", login: "ana", role: "broadcaster" }), noon);
    await saveSignin(db, key, aSignin({ userId: "200", login: "ana" }), noon);
    expect((await listAccounts(db, key)).map((each) => [each.login, each.role])).toEqual([["ana", "bot"]]);
  });

  test("of bots that sign in at once one is left", async () => {
    const { db } = await emptyDb(engine);
    const ids = ["1", "2", "3", "4"];
    await Promise.all(ids.map((userId) => saveSignin(db, key, aSignin({ userId, login: `bot${userId}` }), noon)));
    expect((await listAccounts(db, key)).map((each) => each.role)).toEqual(["bot"]);
  });

  test("a pair is taken over once, by one of many, also after the account was removed, and never in place of another bot", async () => {
    const { db } = await emptyDb(engine);
    expect(await isTakenOver(db, "mark1")).toBe(false);
    const tries = await Promise.all(Array.from({ length: 4 }, () => saveTakenOver(db, key, "mark1", aSignin(), noon)));
    expect(tries.filter(Boolean)).toHaveLength(1);
    expect(await isTakenOver(db, "mark1")).toBe(true);
    await removeAccount(db, "100");
    expect(await saveTakenOver(db, key, "mark1", aSignin(), noon)).toBeNull();
    await saveSignin(db, key, aSignin({ userId: "200", login: "ana" }), noon);
    expect(await saveTakenOver(db, key, "mark2", aSignin(), noon)).toBeNull();
    expect(await isTakenOver(db, "mark2")).toBe(false);
    expect((await listAccounts(db, key)).map((each) => each.login)).toEqual(["ana"]);
  });
});
