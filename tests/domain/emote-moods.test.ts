import { expect, test } from "bun:test";
import fc from "fast-check";
import { type EmoteMoods, emoteWeights, learn, moodOf, NO_EMOTE_MOODS } from "../../src/domain/emote-moods.ts";
import { scoreText, squash, sumWithout } from "../../src/domain/sentiment.ts";

const AT = Date.UTC(2026, 0, 1);
const DAY_MS = 24 * 60 * 60 * 1000;

/** So many messages with one emote, of so many chatters in turn. */
function learnt(state: EmoteMoods, emote: string, restScore: number, messages: number, chatters: number, at = AT): EmoteMoods {
  let next = state;
  for (let index = 0; index < messages; index++)
    next = learn(next, { emoteNames: [emote], restScore, chatter: `viewer${index % chatters}`, at });
  return next;
}

test("an emote takes the mood of its company, drawn to neutral", () => {
  const state = learnt(learnt(NO_EMOTE_MOODS, "capyJoy", 0.8, 24, 4), "capyFlood", -0.8, 24, 4);
  expect(moodOf(state, "capyJoy", AT)).toBeCloseTo(0.6, 10);
  expect(moodOf(state, "capyFlood", AT)).toBeCloseTo(-0.6, 10);
  expect(moodOf(state, "capyOther", AT)).toBeNull();
});

test("too few messages or too few chatters give no mood", () => {
  expect(moodOf(learnt(NO_EMOTE_MOODS, "capyJoy", 1, 7, 7), "capyJoy", AT)).toBeNull();
  expect(moodOf(learnt(NO_EMOTE_MOODS, "capyJoy", 1, 100, 2), "capyJoy", AT)).toBeNull();
  expect(moodOf(learnt(NO_EMOTE_MOODS, "capyJoy", 1, 8, 3), "capyJoy", AT)).not.toBeNull();
});

test("what was learnt fades: after weeks of silence there is no mood", () => {
  const state = learnt(NO_EMOTE_MOODS, "capyJoy", 0.8, 12, 4);
  expect(moodOf(state, "capyJoy", AT + DAY_MS)).not.toBeNull();
  expect(moodOf(state, "capyJoy", AT + 14 * DAY_MS)).toBeNull();
});

test("a clock that steps backwards changes nothing that was learnt", () => {
  const state = learnt(NO_EMOTE_MOODS, "capyJoy", 0.8, 12, 4);
  expect(moodOf(state, "capyJoy", AT - 365 * DAY_MS)).toBe(moodOf(state, "capyJoy", AT));
  const after = learn(state, { emoteNames: ["capyJoy"], restScore: 0.8, chatter: "late", at: AT - DAY_MS });
  expect(moodOf(after, "capyJoy", AT)).toBeGreaterThan(moodOf(state, "capyJoy", AT) ?? 1);
});

test("a flood of different emotes keeps the state bounded, counts what it drops, and the much used stay", () => {
  let state = learnt(NO_EMOTE_MOODS, "capyJoy", 0.8, 40, 5);
  for (let index = 0; index < 5000; index++)
    state = learn(state, { emoteNames: [`flood${index}`], restScore: -1, chatter: "flooder", at: AT });
  const kept = state.boxes.flat().length;
  expect(kept).toBeLessThanOrEqual(500);
  expect(kept + state.dropped).toBe(5001);
  expect(moodOf(state, "capyJoy", AT)).not.toBeNull();
  expect(JSON.stringify(state).length).toBeLessThan(64_000);
});

test("the state survives being written down, is never changed in place, and holds no chatter", () => {
  const before = structuredClone(NO_EMOTE_MOODS);
  const state = learnt(NO_EMOTE_MOODS, "capyJoy", 0.8, 24, 4);
  expect(NO_EMOTE_MOODS).toEqual(before);
  expect(JSON.parse(JSON.stringify(state))).toEqual(state);
  expect(JSON.stringify(state)).not.toContain("viewer");
});

test("G14 a channel's emote, learnt from its company, scores a message that says nothing else", () => {
  const lines = ["muito bom capyJoy", "que jogada linda capyJoy", "amo essa live capyJoy", "incrível capyJoy"];
  let state = NO_EMOTE_MOODS;
  for (let index = 0; index < 24; index++) {
    const sum = sumWithout(scoreText(lines[index % 4] ?? ""), new Set(["capyJoy"]));
    if (sum !== null) state = learn(state, { emoteNames: ["capyJoy"], restScore: squash(sum), chatter: `v${index % 6}`, at: AT });
  }
  expect(scoreText("capyJoy").label).toBe(0);
  expect(scoreText("capyJoy", { emotes: emoteWeights(state, AT) })).toMatchObject({
    label: 1,
    evidence: [{ token: "capyJoy", why: "learnt emote" }],
  });
});

test("any use leaves a mood within −1 … 1 and at most ten emotes of one message", () => {
  const use = fc.record({
    emoteNames: fc.array(fc.string({ maxLength: 120 }), { maxLength: 20 }),
    restScore: fc.double(),
    chatter: fc.string(),
    at: fc.oneof(fc.integer({ min: AT - DAY_MS, max: AT + DAY_MS }), fc.constant(Number.NaN)),
  });
  fc.assert(
    fc.property(fc.array(use, { maxLength: 40 }), (uses) => {
      let state = NO_EMOTE_MOODS;
      for (const one of uses) state = learn(state, one);
      expect(state.boxes.flat().length).toBeLessThanOrEqual(Math.min(500, uses.length * 10));
      for (const weight of emoteWeights(state, AT).values()) expect(Math.abs(weight)).toBeLessThanOrEqual(3);
    }),
  );
});
