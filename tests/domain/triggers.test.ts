import { describe, expect, test } from "bun:test";
import { type CallNames, findCall } from "../../src/domain/triggers.ts";

const names: CallNames = { trigger: "byte", botLogin: "studio_agent", botDisplayName: "StudioAgent" };
const prompt = (text: string, over: Partial<CallNames> = {}, isThreaded = false): string | null =>
  findCall(text, { ...names, ...over }, isThreaded)?.prompt ?? null;

describe("a call is the trigger as the first whole word", () => {
  const calls: readonly (readonly [text: string, prompt: string])[] = [
    ["byte, tudo bem?", "tudo bem?"],
    ["byte-oi", "oi"],
    ["byte", ""],
    ["  byte  ", ""],
    ["BYTE oi", "oi"],
    ["Byte: oi", "oi"],
    ["@byte oi", "oi"],
    ["!byte oi", "oi"],
    ["@Byte, oi", "oi"],
    ["byte — oi", "oi"],
    ["byte ... oi", "... oi"],
    ["byte?", "?"],
    ["byte😀 oi", "😀 oi"],
    ["byte \u{e0000}", ""],
    ["\u200bbyte oi", "oi"],
    ["byte oi\u202e x", "oi x"],
    ["@studio_agent oi", "oi"],
    ["@Studio_Agent, oi", "oi"],
    ["@StudioAgent oi", "oi"],
    ["o que acha @studio_agent?", "o que acha?"],
    ["oi @studio_agent", "oi"],
    ["@studio_agent byte, oi", "oi"],
    ["@studio_agent byte é uma unidade?", "byte é uma unidade?"],
  ];
  for (const [text, wanted] of calls) test(JSON.stringify(text), () => expect(prompt(text)).toBe(wanted));
});

describe("what only looks like a call is none", () => {
  const others = [
    "bytes oi",
    "oi byte",
    "@bytebot oi",
    "!bytes",
    "byteé oi",
    "byte\u0301 oi",
    "byte_oi",
    "byte2 oi",
    "@@byte oi",
    "!!byte oi",
    "! byte oi",
    "studio_agent oi",
    "!studio_agent oi",
    "@studio_agents oi",
    "oi @studio_agents",
    "x@studio_agent",
    "fala com @studio_agent depois",
    "!discord",
    "",
    "@",
    "kilobyte",
    "by te",
  ];
  for (const text of others) test(JSON.stringify(text), () => expect(prompt(text)).toBeNull());
});

test("@bytebot is a call when it is our login", () => {
  expect(prompt("@bytebot oi", { botLogin: "bytebot" })).toBe("oi");
});

test("without a token nobody knows our login: only the trigger calls", () => {
  expect(prompt("@studio_agent oi", { botLogin: null, botDisplayName: null })).toBeNull();
  expect(prompt("byte oi", { botLogin: null, botDisplayName: null })).toBe("oi");
});

test("an answer in our thread is a call, as Twitch puts our name before it", () => {
  expect(prompt("@StudioAgent e amanhã?", {}, true)).toBe("e amanhã?");
});

test("in somebody else's thread the trigger counts behind the name that Twitch put there", () => {
  expect(prompt("@Mira byte, é verdade?", {}, true)).toBe("é verdade?");
  expect(prompt("@Mira byte, é verdade?", {}, false)).toBeNull();
  expect(prompt("@Mira é verdade", {}, true)).toBeNull();
});

test("a trigger in another script, and a display name of its own script, are whole words too", () => {
  expect(prompt("ボット こんにちは", { trigger: "ボット" })).toBe("こんにちは");
  expect(prompt("ボットさん", { trigger: "ボット" })).toBeNull();
  expect(prompt("@エージェント やあ", { botDisplayName: "エージェント" })).toBe("やあ");
  expect(prompt("ÁGIL oi", { trigger: "ágil" })).toBe("oi");
});
