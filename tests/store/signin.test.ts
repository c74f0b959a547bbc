import { describe, expect, setDefaultTimeout, test } from "bun:test";
import { getKeyCheck } from "../../src/store/installation.ts";
import {
  addApiToken,
  addSession,
  addSigninCode,
  findApiToken,
  findSession,
  listApiTokens,
  listSessions,
  revokeApiToken,
  revokeSession,
  touchApiToken,
  touchSession,
  useSigninCode,
} from "../../src/store/signin.ts";
import { emptyDb, engines } from "../support/db.ts";
import { noon, secondsAfter } from "./lines.ts";

/** Engines start inside the first test that needs them, and some facts take their time. */
setDefaultTimeout(30_000);

const later = secondsAfter(noon, 60);

describe.each(engines)("who may come in, on %s", (engine) => {
  test("a code works once, for one of many who try at once", async () => {
    const { db } = await emptyDb(engine);
    await addSigninCode(db, { codeHash: "h1", label: "first start", expiresAt: later }, noon);
    const tries = await Promise.all(Array.from({ length: 6 }, () => useSigninCode(db, "h1", noon)));
    expect(tries.filter(Boolean)).toEqual([{ label: "first start" }]);
    expect(await useSigninCode(db, "h1", noon)).toBeNull();
  });

  test("a code that is unknown or too old does not work", async () => {
    const { db } = await emptyDb(engine);
    await addSigninCode(db, { codeHash: "h1", label: "x", expiresAt: later }, noon);
    expect(await useSigninCode(db, "h2", noon)).toBeNull();
    expect(await useSigninCode(db, "h1", later)).toBeNull();
  });

  test("a session is found until it is too old or revoked", async () => {
    const { db } = await emptyDb(engine);
    const session = { tokenHash: "s1", role: "owner", label: "laptop", expiresAt: secondsAfter(noon, 30) };
    await addSession(db, session, noon);
    await touchSession(db, "s1", secondsAfter(noon, 5), later);
    expect(await findSession(db, "s1", noon)).toEqual({
      ...session,
      createdAt: noon,
      lastSeenAt: secondsAfter(noon, 5),
      expiresAt: later,
      revokedAt: null,
    });
    expect(await findSession(db, "s1", later)).toBeNull();
    expect(await listSessions(db, noon)).toHaveLength(1);
    expect(await revokeSession(db, "s1", noon)).toBe(true);
    expect(await revokeSession(db, "s1", noon)).toBe(false);
    expect(await findSession(db, "s1", noon)).toBeNull();
    expect(await listSessions(db, noon)).toEqual([]);
  });

  test("a program's token is found until it is revoked", async () => {
    const { db } = await emptyDb(engine);
    const token = { id: "1", tokenHash: "t1", name: "overlay", role: "viewer" };
    await addApiToken(db, token, noon);
    await addApiToken(db, { ...token, id: "2", tokenHash: "t2" }, later);
    await touchApiToken(db, "1", later);
    expect(await findApiToken(db, "t1")).toEqual({ ...token, createdAt: noon, lastUsedAt: later, revokedAt: null });
    expect((await listApiTokens(db)).map((one) => one.id)).toEqual(["2", "1"]);
    expect(await revokeApiToken(db, "1", later)).toBe(true);
    expect(await revokeApiToken(db, "1", later)).toBe(false);
    expect(await findApiToken(db, "t1")).toBeNull();
    expect((await listApiTokens(db)).map((one) => one.id)).toEqual(["2"]);
  });

  test("the first proof of the secret stays, whoever comes first", async () => {
    const { db } = await emptyDb(engine);
    const told = await Promise.all(["a", "b", "c"].map((check) => getKeyCheck(db, check, noon)));
    expect(new Set(told).size).toBe(1);
    expect(["a", "b", "c"]).toContain(told[0] ?? "");
    expect(await getKeyCheck(db, "d", later)).toBe(told[0] ?? "");
  });
});
