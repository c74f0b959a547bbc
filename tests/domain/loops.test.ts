import { describe, expect, test } from "bun:test";
import { findLoop, isKnownBot, nextChain } from "../../src/domain/loops.ts";
import { after, noon } from "./builders.ts";

const answered = (chain = 0) => ({ answeredAt: noon, prompt: "before", chain });

describe("F32: who talks like a bot", () => {
  test("a call faster than a person reads and types is a loop; at a person's pace it is none", () => {
    const question = "e o que vem depois?";
    expect(findLoop(answered(), "ned", question, after(2_519))).toBe(true);
    expect(findLoop(answered(), "ned", question, after(2_520))).toBe(false);
    expect(findLoop(answered(), "ned", "x".repeat(400), after(9_999))).toBe(true);
    expect(findLoop(answered(), "ned", "x".repeat(400), after(10_000))).toBe(false);
  });

  test("a chatter whom we never answered is in no loop", () => {
    expect(findLoop({ answeredAt: null, prompt: "oi", chain: 0 }, "ned", "oi", noon)).toBe(false);
  });

  test("the same words again, soon after the answer, are a loop", () => {
    expect(findLoop(answered(), "ned", "before", after(29_999))).toBe(true);
    expect(findLoop(answered(), "ned", "before", after(30_000))).toBe(false);
  });

  test("a row of four calls ends, and begins anew after a rest of 30 s", () => {
    expect(findLoop(answered(2), "ned", "oi", after(20_000))).toBe(false);
    expect(findLoop(answered(3), "ned", "oi", after(20_000))).toBe(true);
    expect(findLoop(answered(4), "ned", "oi", after(30_000))).toBe(false);
    expect(nextChain(answered(4), after(29_999))).toBe(5);
    expect(nextChain(answered(4), after(30_000))).toBe(0);
  });

  test("an account that calls itself a bot gets no second answer in a row", () => {
    for (const login of ["somebot", "some_bot", "bot2", "mybot_"])
      expect(findLoop(answered(), login, "oi", after(20_000))).toBe(true);
    for (const login of ["botany", "robotic_fan", "ned"]) expect(findLoop(answered(), login, "oi", after(20_000))).toBe(false);
  });

  test("bots that everybody knows, or that the operator names, are known", () => {
    expect(isKnownBot("nightbot", [])).toBe(true);
    expect(isKnownBot("my_helper", ["My_Helper"])).toBe(true);
    expect(isKnownBot("ned", ["my_helper"])).toBe(false);
  });
});
