import { describe, expect, setDefaultTimeout, test } from "bun:test";
import { addModelCalls, listModelCalls, type ModelCall } from "../../src/store/ledger.ts";
import { emptyDb, engines } from "../support/db.ts";
import { noon } from "./lines.ts";

/** Engines start inside the first test that needs them, and some facts take their time. */
setDefaultTimeout(30_000);

const aCall = (over: Partial<ModelCall> = {}): ModelCall => ({
  at: noon,
  channelId: "100",
  traceId: "t-1",
  purpose: "reply",
  model: "small",
  outcome: "ok",
  inputTokens: 900,
  cachedTokens: 100,
  outputTokens: 40,
  costMicros: 1234,
  latencyMs: 850,
  error: null,
  ...over,
});

describe.each(engines)("the ledger on %s", (engine) => {
  test("calls come back as they were added, newest first; a price that is not known is null and not zero", async () => {
    const { db, sql } = await emptyDb(engine);
    const unknown = aCall({ costMicros: null, channelId: null, traceId: "t-2", outcome: "deadline", error: "deadline" });
    const dear = aCall({ costMicros: 9_007_199_254_740_991 });

    await addModelCalls(sql, [aCall(), unknown, dear], ["a", "b", "c"]);

    expect(await listModelCalls(db, { limit: 10 })).toEqual([
      { ...dear, id: 3 },
      { ...unknown, id: 2 },
      { ...aCall(), id: 1 },
    ]);
    expect(await listModelCalls(db, { traceId: "t-2", limit: 10 })).toEqual([{ ...unknown, id: 2 }]);
    expect((await listModelCalls(db, { channelId: "100", beforeId: 3, limit: 1 })).map((call) => call.id)).toEqual([1]);
    await addModelCalls(sql, [], []);
  });

  test("a call that is written again is counted once", async () => {
    const { db, sql } = await emptyDb(engine);
    await addModelCalls(sql, [aCall()], ["a"]);
    await addModelCalls(sql, [aCall(), aCall({ traceId: "t-2" })], ["a", "b"]);
    expect((await listModelCalls(db, { limit: 9 })).map((call) => call.traceId)).toEqual(["t-2", "t-1"]);
  });

  test("a time that is no whole millisecond is rounded", async () => {
    const { db, sql } = await emptyDb(engine);
    await addModelCalls(sql, [aCall({ latencyMs: 12.6 })], ["a"]);
    expect((await listModelCalls(db, { limit: 1 }))[0]?.latencyMs).toBe(13);
  });
});
