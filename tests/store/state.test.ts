import { describe, expect, setDefaultTimeout, test } from "bun:test";
import { findState, STATE_BYTES_MAX, type StoredState, saveStates } from "../../src/store/state.ts";
import { emptyDb, engines } from "../support/db.ts";
import { noon, secondsAfter } from "./lines.ts";

/** Engines start inside the first test that needs them, and some facts take their time. */
setDefaultTimeout(30_000);

const aState = (over: Partial<StoredState> = {}): StoredState => ({
  channelId: "100",
  login: "ana",
  lastEvent: "chat.raid",
  lastReply: "oi",
  lastReplyAt: noon,
  lastMessageAt: null,
  state: { context: [{ text: "olá 👋" }], count: 3, none: null },
  updatedAt: noon,
  ...over,
});

describe.each(engines)("channel states on %s", (engine) => {
  test("come back as they were saved, the latest one", async () => {
    const { db, sql } = await emptyDb(engine);
    await saveStates(sql, [aState(), aState({ channelId: "200", state: [] })]);
    await saveStates(sql, [aState({ state: { count: 4 }, updatedAt: secondsAfter(noon, 1), lastReply: null })]);
    expect(await findState(db, "100")).toEqual(
      aState({ state: { count: 4 }, updatedAt: secondsAfter(noon, 1), lastReply: null }),
    );
    expect(await findState(db, "200")).toEqual(aState({ channelId: "200", state: [] }));
    expect(await findState(db, "300")).toBeNull();
  });

  test("one that is older than what is stored is passed over; of two in a batch the last counts", async () => {
    const { db, sql } = await emptyDb(engine);
    await saveStates(sql, [aState({ lastReply: "first" }), aState({ lastReply: "last" })]);
    await saveStates(sql, [aState({ lastReply: "older", updatedAt: secondsAfter(noon, -1) })]);
    expect((await findState(db, "100"))?.lastReply).toBe("last");
    await saveStates(sql, []);
  });

  test("texts that Postgres cannot keep do not break a batch", async () => {
    const { db, sql } = await emptyDb(engine);
    await saveStates(sql, [aState({ lastReply: "a\0b", state: { text: "x\ud83d\0y" } })]);
    expect(await findState(db, "100")).toMatchObject({ lastReply: "ab", state: { text: "x\ufffdy" } });
  });

  test("one that is too large is refused by name", async () => {
    const { sql } = await emptyDb(engine);
    const huge = aState({ state: "x".repeat(STATE_BYTES_MAX) });
    expect(saveStates(sql, [huge])).rejects.toThrow("state_too_large");
  });
});
