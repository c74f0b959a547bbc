import { expect, test } from "bun:test";
import { verdictOf } from "../../views/verdict.ts";
import { wordsFor } from "../../views/words/index.ts";
import { aPart, aSummary, aSystem } from "./samples.ts";

const en = wordsFor("en");
const titleOf = (...args: Parameters<typeof verdictOf> extends [unknown, ...infer Rest] ? Rest : never): string => {
  const { state, title } = verdictOf(en, ...args);
  return `${state}: ${title}`;
};
const chatLost = aPart({ name: "chat", level: "bad", reason: "waiting", params: { reason: "silent", seconds: 4 } });
const modelFails = aPart({ name: "model", level: "warn", reason: "failing", params: { model: "m", reason: "down" } });

test("the worst part speaks first", () => {
  expect(titleOf(aSystem({ parts: [modelFails, chatLost] }), aSummary(), 1)).toBe("bad: Chat lost");
  expect(titleOf(aSystem({ parts: [modelFails] }), aSummary(), 1)).toBe("warn: Worth a look");
});

test("a lost part says why, in words", () => {
  expect(verdictOf(en, aSystem({ parts: [chatLost] }), aSummary(), 1).detail).toBe(
    "connection lost (no sign of life); trying again in 4 s",
  );
});

test("reading anonymously and having no model are choices, not alarms", () => {
  const parts = [
    aPart({ name: "chat", level: "warn", reason: "anonymous" }),
    aPart({ name: "model", level: "warn", reason: "missing" }),
  ];
  expect(titleOf(aSystem({ parts, isReadOnly: true }), aSummary(), 1)).toBe("off: Listening only");
});

test("no channel, a failed one and one being joined are told before all is good", () => {
  expect(titleOf(aSystem(), null, 0)).toBe("off: No channel");
  expect(titleOf(aSystem(), aSummary({ state: "failed", reason: "msg_banned" }), 1)).toBe("warn: Not in this channel");
  expect(titleOf(aSystem(), aSummary({ state: "joining" }), 1)).toBe("off: Joining");
  expect(titleOf(aSystem(), aSummary(), 1)).toBe("ok: All good");
});

test("a reason that nobody has words for is shown and does not throw", () => {
  expect(verdictOf(en, aSystem({ parts: [aPart({ level: "bad", reason: "brand_new" })] }), aSummary(), 1).detail).toBe(
    "state: brand_new",
  );
});
