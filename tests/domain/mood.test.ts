import { expect, test } from "bun:test";
import fc from "fast-check";
import {
  fireTriggers,
  type Mood,
  type MoodTraits,
  moodWindow,
  NO_MOOD,
  observe,
  traitsOf,
  vibeOf,
} from "../../src/domain/mood.ts";
import { scoreText } from "../../src/domain/sentiment.ts";

const AT = Date.UTC(2026, 0, 1);
const MINUTE_MS = 60_000;

/** The mood after lines that came evenly within `lengthMs`, the last of them at `AT`. */
function moodAfter(texts: readonly string[], lengthMs = 30_000, state: Mood = NO_MOOD): Mood {
  return texts.reduce((next, text, index) => {
    const at = AT - lengthMs + Math.round((lengthMs * (index + 1)) / texts.length);
    return observe(next, at, traitsOf(text, scoreText(text)));
  }, state);
}
const times = (count: number, text: string): string[] => Array.from({ length: count }, () => text);

const NEUTRAL: MoodTraits = { score: 0, label: 0, isQuestion: false, isLaugh: false, isLoud: false };

test("a window counts its minutes and forgets what is older", () => {
  const state = moodAfter(["muito bom", "lixo", "que horas?", "kkkkk", "VAMO PORRA"]);
  expect(moodWindow(state, 1, AT)).toMatchObject({
    count: 5,
    positives: 3,
    negatives: 1,
    questions: 1,
    troubled: 2,
    laughs: 1,
    loud: 1,
  });
  expect(moodWindow(state, 1, AT + 2 * MINUTE_MS).count).toBe(0);
  expect(moodWindow(state, 5, AT + 2 * MINUTE_MS).count).toBe(5);
  expect(moodWindow(state, 10, AT + 9 * MINUTE_MS).count).toBe(5);
  expect(moodWindow(state, 10, AT + 11 * MINUTE_MS)).toEqual({
    minutes: 10,
    count: 0,
    sum: 0,
    positives: 0,
    negatives: 0,
    questions: 0,
    troubled: 0,
    laughs: 0,
    loud: 0,
    average: 0,
  });
});

test("B58 every vibe is reachable", () => {
  expect(vibeOf(NO_MOOD, AT)).toBe("chill");
  expect(vibeOf(moodAfter(times(6, "que jogada incrível!!!")), AT)).toBe("hyped");
  expect(vibeOf(moodAfter([...times(6, "kkkkk"), ...times(4, "pega a chave")]), AT)).toBe("fun");
  expect(vibeOf(moodAfter(times(6, "vira a esquerda")), AT)).toBe("chill");
  expect(vibeOf(moodAfter(times(6, "que que ta acontecendo?")), AT)).toBe("confused");
  expect(vibeOf(moodAfter(times(6, "que live triste")), AT)).toBe("sad");
});

test("one line makes no mood, and a quiet minute is judged by the last five", () => {
  expect(vibeOf(moodAfter(["incrível"]), AT)).not.toBe("hyped");
  expect(vibeOf(moodAfter(times(8, "que jogada incrível!!!")), AT + 2 * MINUTE_MS)).toBe("hyped");
});

test("anti-boredom fires at five messages in five minutes with under a fifth positive", () => {
  const names = (state: Mood): string[] => fireTriggers(state, AT).fired.map((one) => one.trigger);
  expect(names(moodAfter(times(5, "pega a chave"), 4 * MINUTE_MS))).toEqual(["anti-boredom"]);
  expect(names(moodAfter(times(4, "pega a chave"), 4 * MINUTE_MS))).toEqual([]);
  expect(names(moodAfter([...times(4, "pega a chave"), "muito bom"], 4 * MINUTE_MS))).toEqual([]);
});

test("anti-confusion fires at three messages in a minute with over 70 % negative or asking, and says why", () => {
  const state = moodAfter(["como assim?", "não entendi nada", "oq?"]);
  expect(fireTriggers(state, AT).fired).toEqual([
    { trigger: "anti-confusion", minutes: 1, messages: 3, share: 1, threshold: 0.7 },
  ]);
});

test("hype fires when a minute is fast and good, not when it is only one of them", () => {
  const names = (state: Mood): string[] => fireTriggers(state, AT).fired.map((one) => one.trigger);
  expect(names(moodAfter(times(12, "muito bom")))).toEqual(["hype"]);
  expect(names(moodAfter(times(12, "pega a chave")))).toEqual(["anti-boredom"]);
  const steady = Array.from({ length: 100 }, (_, index) => AT - 10 * MINUTE_MS + index * 6000).reduce(
    (state, at) => observe(state, at, { ...NEUTRAL, score: 0.7, label: 1 }),
    NO_MOOD,
  );
  expect(names(steady)).toEqual([]);
});

test("B12 a trigger that fired cools down", () => {
  const first = fireTriggers(moodAfter(times(6, "pega a chave")), AT);
  expect(first.fired).toHaveLength(1);
  expect(fireTriggers(first.state, AT + MINUTE_MS).fired).toEqual([]);
  const later = observe(first.state, AT + 4 * MINUTE_MS, NEUTRAL);
  expect(fireTriggers(later, AT - MINUTE_MS).fired).toHaveLength(1);
});

test("a clock that steps backwards gives no negative window and loses nothing; one that steps back far starts anew", () => {
  const state = observe(moodAfter(times(5, "muito bom")), AT - 5 * MINUTE_MS, NEUTRAL);
  expect(moodWindow(state, 1, AT - 5 * MINUTE_MS).count).toBe(6);
  const far = observe(state, AT - 24 * 60 * MINUTE_MS, NEUTRAL);
  expect(moodWindow(far, 10, AT - 24 * 60 * MINUTE_MS).count).toBe(1);
});

const step = fc.record({
  at: fc.integer({ min: AT - 30 * MINUTE_MS, max: AT + 30 * MINUTE_MS }),
  score: fc.double({ min: -1, max: 1, noNaN: true }),
  label: fc.constantFrom<-1 | 0 | 1>(-1, 0, 1),
  isQuestion: fc.boolean(),
});

test("whatever the clock does: windows nest, counts fit, the state is small, unchanged in place, and survives being written down", () => {
  fc.assert(
    fc.property(
      fc.array(step, { maxLength: 120 }),
      fc.integer({ min: AT - 60 * MINUTE_MS, max: AT + 60 * MINUTE_MS }),
      (steps, at) => {
        let state = NO_MOOD;
        for (const one of steps) state = observe(state, one.at, { ...NEUTRAL, ...one });
        const [minute, five, ten] = [moodWindow(state, 1, at), moodWindow(state, 5, at), moodWindow(state, 10, at)];
        expect(minute.count).toBeLessThanOrEqual(five.count);
        expect(five.count).toBeLessThanOrEqual(ten.count);
        expect(ten.count).toBeLessThanOrEqual(steps.length);
        for (const window of [minute, five, ten]) {
          expect(window.positives + window.negatives).toBeLessThanOrEqual(window.count);
          expect(Math.abs(window.average)).toBeLessThanOrEqual(1);
          expect(window.count).toBeGreaterThanOrEqual(0);
        }
        expect(state.slots.length).toBeLessThanOrEqual(61);
        expect(JSON.parse(JSON.stringify(state, (_key, value) => (Object.is(value, -0) ? 0 : value)))).toEqual(
          structuredClone({ ...state, slots: state.slots.map((slot) => ({ ...slot, sum: slot.sum + 0 })) }),
        );
        expect(NO_MOOD).toEqual({ slots: [], firedAt: {} });
      },
    ),
  );
});
