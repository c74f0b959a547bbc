import { expect, test } from "bun:test";
import type { PartStatus } from "../../src/domain/snapshots.ts";
import { render } from "../../views/html.ts";
import { StripPart } from "../../views/panels/strip.tsx";
import { verdictOf } from "../../views/verdict.ts";
import { wordsFor } from "../../views/words/index.ts";
import { aPart, aSummary, aSystem, now } from "./samples.ts";

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

test("a sign-in that was lost, and lost events, are named", () => {
  const out = aPart({ name: "accounts", level: "bad", reason: "login_needed", params: { logins: "ana" } });
  expect(verdictOf(en, aSystem({ parts: [out] }), aSummary(), 1)).toMatchObject({
    state: "bad",
    title: "Sign in again",
    detail: "must sign in again: ana",
  });
  expect(titleOf(aSystem({ parts: [{ ...out, level: "warn" }] }), aSummary(), 1)).toBe("warn: Sign in again");
  const params = { login: "ana", reason: "login_needed", seconds: 4 };
  const events = aPart({ name: "events", level: "bad", reason: "waiting", params });
  expect(verdictOf(en, aSystem({ parts: [events] }), aSummary(), 1)).toMatchObject({
    title: "Events lost",
    detail: "cut off for ana (its account has to sign in again); trying again in 4 s",
  });
});

test("nobody signed in, no client id and no events are choices, not alarms", () => {
  const parts = [
    aPart({ name: "accounts", level: "warn", reason: "none" }),
    aPart({ name: "accounts", level: "warn", reason: "unconfigured" }),
    aPart({ name: "events", level: "warn", reason: "off" }),
  ];
  expect(titleOf(aSystem({ parts }), aSummary(), 1)).toBe("ok: All good");
});

test("the strip's last tile is chat, or what of Twitch is worse off", () => {
  const chat = aPart({ name: "chat", reason: "connected", params: { login: "b" } });
  const accounts = aPart({ name: "accounts", level: "bad", reason: "login_needed", params: { logins: "ana" } });
  const events = aPart({ name: "events", level: "warn", reason: "partial", params: { enabled: 3, failed: 2 } });
  const lastTile = (...parts: PartStatus[]) => {
    const html = render(
      StripPart({ words: en, system: aSystem({ parts }), summary: aSummary(), figures: null, channelCount: 1, now }),
    );
    return html
      .slice(html.lastIndexOf("<a "))
      .replace(/<[^>]+>/g, "|")
      .split("|")
      .filter(Boolean)
      .slice(0, 2)
      .join(": ");
  };
  expect(lastTile(chat, aPart({ name: "events", level: "info", reason: "off" }))).toBe("Chat: Connected");
  expect(lastTile(chat, events)).toBe("Events: In part");
  expect(lastTile(chat, accounts, events)).toBe("Twitch account: Signed out");
  expect(lastTile({ ...chat, level: "bad", reason: "waiting" }, accounts)).toBe("Chat: Lost");
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
