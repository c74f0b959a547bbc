import { describe, expect, setDefaultTimeout, test } from "bun:test";
import { findSendWindow, saveSendWindow } from "../../src/store/send-windows.ts";
import { emptyDb, engines } from "../support/db.ts";
import { noon } from "./lines.ts";

/** Engines start inside the first test that needs them. */
setDefaultTimeout(30_000);

describe.each(engines)("send windows on %s", (engine) => {
  test("the first writer makes the row, the next one needs its revision, and both find what stands there", async () => {
    const { sql } = await emptyDb(engine);
    expect(await findSendWindow(sql, "9001")).toBeNull();
    expect(await saveSendWindow(sql, "9001", { sent: [1] }, 0, noon)).toBe(1);
    expect(await saveSendWindow(sql, "9001", { sent: [1, 2] }, 1, noon)).toBe(2);
    expect(await findSendWindow(sql, "9001")).toEqual({ sent: { sent: [1, 2] }, revision: 2 });
  });

  test("who does not know the newest revision writes nothing", async () => {
    const { sql } = await emptyDb(engine);
    await saveSendWindow(sql, "9001", { sent: ["first"] }, 0, noon);
    await saveSendWindow(sql, "9001", { sent: ["second"] }, 1, noon);
    for (const known of [0, 1, 3]) expect(await saveSendWindow(sql, "9001", { sent: ["late"] }, known, noon)).toBeNull();
    expect(await findSendWindow(sql, "9001")).toEqual({ sent: { sent: ["second"] }, revision: 2 });
  });

  test("accounts have rows of their own; a row that was removed is made anew", async () => {
    const { sql } = await emptyDb(engine);
    await saveSendWindow(sql, "9001", { sent: [] }, 0, noon);
    expect(await saveSendWindow(sql, "join:bytebot", { joined: [] }, 0, noon)).toBe(1);
    await sql.unsafe("delete from send_windows");
    expect(await saveSendWindow(sql, "9001", { sent: ["again"] }, 7, noon)).toBe(8);
  });

  test("of twenty writers at once with the same revision one wins", async () => {
    const { sql } = await emptyDb(engine);
    await saveSendWindow(sql, "9001", { sent: [] }, 0, noon);
    const tries = Array.from({ length: 20 }, (_, writer) => saveSendWindow(sql, "9001", { sent: [writer] }, 1, noon));
    expect((await Promise.all(tries)).filter((revision) => revision !== null)).toEqual([2]);
  });

  test("whatever JSON stands there is given as it is", async () => {
    const { sql } = await emptyDb(engine);
    for (const [nth, sent] of [null, 5, "text", [], { sent: [{ at: "x" }] }].entries()) {
      await saveSendWindow(sql, `a${nth}`, sent, 0, noon);
      expect(await findSendWindow(sql, `a${nth}`)).toEqual({ sent, revision: 1 });
    }
  });
});
