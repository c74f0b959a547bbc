import { describe, expect, setDefaultTimeout, test } from "bun:test";
import type { Actor } from "../../src/domain/events.ts";
import {
  addChannel,
  findChannel,
  listChannels,
  removeChannel,
  rotateHud,
  seedChannels,
  setBroadcasterId,
} from "../../src/store/channels.ts";
import type { Db } from "../../src/store/db.ts";
import { emptyDb, engines } from "../support/db.ts";
import { noon, secondsAfter } from "./lines.ts";

/** Engines start inside the first test that needs them, and some facts take their time. */
setDefaultTimeout(30_000);

const ana: Actor = { kind: "member", name: "Ana" };
const later = secondsAfter(noon, 60);
const logins = async (db: Db) => (await listChannels(db)).map((channel) => channel.login);

describe.each(engines)("channels on %s", (engine) => {
  test("are listed in the order in which they were added", async () => {
    const { db } = await emptyDb(engine);
    const zoe = await addChannel(db, "zoe", ana, noon);
    await addChannel(db, "bia", ana, noon);
    expect(zoe).toEqual({
      login: "zoe",
      broadcasterId: null,
      isActive: true,
      hudVersion: 1,
      position: 1,
      addedBy: ana,
      createdAt: noon,
      updatedAt: noon,
    });
    expect(await logins(db)).toEqual(["zoe", "bia"]);
  });

  test("adding one that is there changes nothing; a removed one comes back at the end with its settings", async () => {
    const { db } = await emptyDb(engine);
    await addChannel(db, "zoe", ana, noon);
    await addChannel(db, "bia", ana, noon);
    await rotateHud(db, "zoe", noon);
    expect(await addChannel(db, "zoe", { kind: "operator" }, later)).toMatchObject({
      addedBy: ana,
      position: 1,
      updatedAt: noon,
    });

    expect(await removeChannel(db, "zoe", later)).toBe(true);
    expect(await removeChannel(db, "zoe", later)).toBe(false);
    expect(await logins(db)).toEqual(["bia"]);
    expect(await findChannel(db, "zoe")).toMatchObject({ isActive: false });

    expect(await addChannel(db, "zoe", { kind: "operator" }, later)).toMatchObject({
      isActive: true,
      hudVersion: 2,
      createdAt: noon,
    });
    expect(await logins(db)).toEqual(["bia", "zoe"]);
    expect(await findChannel(db, "nobody")).toBeNull();
  });

  test("seeding adds only what was never seen: a removed channel stays removed", async () => {
    const { db } = await emptyDb(engine);
    await addChannel(db, "zoe", ana, noon);
    await removeChannel(db, "zoe", noon);
    expect((await seedChannels(db, ["cid", "zoe", "ana", "cid"], later)).map((channel) => channel.login)).toEqual(["cid", "ana"]);
    expect(await seedChannels(db, ["cid", "ana"], later)).toEqual([]);
    expect(await logins(db)).toEqual(["cid", "ana"]);
  });

  test("two who add the same channel at once get the same row", async () => {
    const { db } = await emptyDb(engine);
    const rows = await Promise.all(Array.from({ length: 6 }, () => addChannel(db, "zoe", ana, noon)));
    expect(rows.every((row) => row.login === "zoe")).toBe(true);
    expect(await logins(db)).toEqual(["zoe"]);
  });

  test("rotating the HUD's token counts up, and a channel that is not known is not found", async () => {
    const { db } = await emptyDb(engine);
    await addChannel(db, "zoe", ana, noon);
    expect([await rotateHud(db, "zoe", later), await rotateHud(db, "zoe", later)]).toEqual([2, 3]);
    expect(rotateHud(db, "nobody", later)).rejects.toThrow("channel_unknown");
    expect(setBroadcasterId(db, "nobody", "7", later)).rejects.toThrow("channel_unknown");
  });

  test("the broadcaster's id is kept, and told twice it changes nothing", async () => {
    const { db } = await emptyDb(engine);
    await addChannel(db, "zoe", ana, noon);
    expect(await setBroadcasterId(db, "zoe", "7", later)).toMatchObject({ login: "zoe", broadcasterId: "7", updatedAt: later });
    expect(await setBroadcasterId(db, "zoe", "7", secondsAfter(later, 9))).toMatchObject({ updatedAt: later });
  });

  test("a broadcaster who renamed themselves keeps their settings under the new login", async () => {
    const { db } = await emptyDb(engine);
    await addChannel(db, "zoe", ana, noon);
    await setBroadcasterId(db, "zoe", "7", noon);
    await rotateHud(db, "zoe", noon);
    await addChannel(db, "zoe_tv", ana, noon);
    await removeChannel(db, "zoe", noon);

    const renamed = await setBroadcasterId(db, "zoe_tv", "7", later);

    expect(renamed).toMatchObject({ login: "zoe_tv", broadcasterId: "7", isActive: true, hudVersion: 2, position: 1 });
    expect(await findChannel(db, "zoe")).toBeNull();
    expect(await logins(db)).toEqual(["zoe_tv"]);
  });

  test("a rename that we learn of only from the id moves the row too", async () => {
    const { db } = await emptyDb(engine);
    await addChannel(db, "zoe", ana, noon);
    await setBroadcasterId(db, "zoe", "7", noon);
    expect(await setBroadcasterId(db, "zoe_tv", "7", later)).toMatchObject({ login: "zoe_tv", isActive: true });
    expect(await logins(db)).toEqual(["zoe_tv"]);
  });

  test("a login that now belongs to somebody else takes the new id", async () => {
    const { db } = await emptyDb(engine);
    await addChannel(db, "zoe", ana, noon);
    await setBroadcasterId(db, "zoe", "7", noon);
    expect(await setBroadcasterId(db, "zoe", "8", later)).toMatchObject({ login: "zoe", broadcasterId: "8" });
  });
});
