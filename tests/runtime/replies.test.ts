import { afterAll, beforeAll, expect, test } from "bun:test";
import { createOpenAiModel } from "../../src/adapters/openai.ts";
import { type AskResult, costMicros, Replies, type RepliesOptions } from "../../src/runtime/replies.ts";
import type { ModelCall } from "../../src/store/ledger.ts";
import { type ModelStep, startWorld, type World } from "../../src/world/index.ts";
import { quiet } from "../support/db.ts";
import { MovableTime } from "../support/time.ts";

const run = {} as { world: World };
beforeAll(async () => {
  run.world = await startWorld();
});
afterAll(async () => await run.world.stop());

/** Replies before the world's model server, with what they told. */
function someReplies(options: Partial<RepliesOptions> = {}) {
  const { world } = run;
  const time = new MovableTime();
  const calls: ModelCall[] = [];
  const breaker: boolean[] = [];
  world.model.calls.length = 0;
  world.model.reset();
  const replies = new Replies(
    createOpenAiModel({ apiKey: "sk-test", baseUrl: world.urls.model }),
    { time, chance: { next: () => 0.5, uuid: () => crypto.randomUUID() }, log: quiet },
    {
      model: "first",
      fallbackModel: null,
      deadlineMs: 5_000,
      concurrency: 4,
      prices: { input: 1, output: 2, cached: null },
      ...options,
    },
    { onCall: (call) => void calls.push(call), onStatus: () => undefined, onBreaker: ({ opened }) => void breaker.push(opened) },
  );
  let asked = 0;
  const ask = (question = "hello", traceId = `t-${++asked}`): Promise<AskResult> =>
    replies.ask({ traceId, channelId: "1", messages: [{ role: "user", content: question }], asker: "mira" });
  return { world, time, replies, calls, breaker, ask };
}

const reasonOf = (result: AskResult): string => (result.ok ? result.text : result.reason);
const modelCalled = (world: World) => world.log.after((entry) => entry.surface === "model" && entry.what === "chat");

test("F33: three failures within a minute open the breaker; half open it takes one try, and success closes it", async () => {
  const { world, time, replies, breaker, ask } = someReplies();
  world.model.script({ status: 400 });
  for (let index = 0; index < 3; index++) expect(reasonOf(await ask())).toBe("model_failed");
  expect(reasonOf(await ask())).toBe("model_breaker_open");
  expect(world.model.calls).toHaveLength(3);
  expect(replies.status()).toMatchObject({ isOpen: true, lastFailure: "refused" });

  time.advance(15_000);
  const answer = Promise.withResolvers<ModelStep>();
  world.model.script(() => answer.promise);
  const called = modelCalled(world);
  const trying = ask();
  await called;
  expect(reasonOf(await ask())).toBe("model_breaker_open");
  answer.resolve({ text: "Back." });
  expect(reasonOf(await trying)).toBe("Back.");
  expect(reasonOf(await ask())).toBe("Back.");
  expect(breaker).toEqual([true, false]);
});

test("F33: three failures over more than a minute leave it closed", async () => {
  const { world, time, ask, breaker } = someReplies();
  world.model.script({ status: 400 });
  for (let index = 0; index < 4; index++) {
    expect(reasonOf(await ask())).toBe("model_failed");
    time.advance(31_000);
  }
  expect(breaker).toEqual([]);
});

test("F33: a hang is our deadline, not the user's cancel: the second model still has time to answer", async () => {
  const { world, ask, calls } = someReplies({ fallbackModel: "second", deadlineMs: 1_500 });
  world.model.script(({ model }) => (model === "first" ? { hangs: true } : { text: "In time." }));
  const result = await ask();
  expect(result).toMatchObject({ ok: true, text: "In time.", route: "model_fallback" });
  expect(result.latencyMs).toBeLessThan(1_500);
  expect(calls.map(({ model, outcome, error }) => ({ model, outcome, error }))).toEqual([
    { model: "first", outcome: "failed", error: "deadline" },
    { model: "second", outcome: "answered", error: null },
  ]);
});

test("the deadline is over everything: retries, fallback and all end within it", async () => {
  const { world, ask } = someReplies({ fallbackModel: "second", deadlineMs: 800 });
  world.model.script({ hangs: true });
  const result = await ask();
  expect(reasonOf(result)).toBe("model_deadline");
  expect(result.latencyMs).toBeLessThan(1_000);
});

test("429 with a short wait is asked once more after it; each request is in the ledger", async () => {
  const { world, ask, calls } = someReplies();
  world.model.script([{ times: 1, status: 429, retryAfterMs: 50 }, { text: "Second time." }]);
  expect(reasonOf(await ask())).toBe("Second time.");
  expect(calls.map((call) => call.error)).toEqual(["busy 429", null]);
});

test("429 that lasts is told as overload, after two requests", async () => {
  const { world, ask } = someReplies();
  world.model.script({ status: 429, retryAfterMs: 10 });
  expect(reasonOf(await ask())).toBe("model_overloaded");
  expect(world.model.calls).toHaveLength(2);
});

test("no more than the set number run at once, the others wait their turn, and too many are refused at once", async () => {
  const { world, replies, ask } = someReplies({ concurrency: 2 });
  const answer = Promise.withResolvers<ModelStep>();
  const full = Promise.withResolvers<void>();
  let running = 0;
  let most = 0;
  world.model.script(async () => {
    most = Math.max(most, ++running);
    if (running === 2) full.resolve();
    const step = await answer.promise;
    running--;
    return step;
  });
  const asked = Array.from({ length: 2 + 64 + 3 }, () => ask());
  expect((await Promise.all(asked.slice(-3))).map(reasonOf)).toEqual(Array(3).fill("model_overloaded"));
  expect(replies.status()).toMatchObject({ running: 2, waiting: 64, refused: 3 });
  await full.promise;
  answer.resolve({ text: "Done." });
  expect((await Promise.all(asked.slice(0, -3))).map(reasonOf)).toEqual(Array(66).fill("Done."));
  expect(most).toBe(2);
});

test("a question that waits as long as an answer may take is given up, without a request and without blame on the model", async () => {
  const { world, time, replies, ask } = someReplies({ concurrency: 1, deadlineMs: 60_000 });
  world.model.script({ hangs: true });
  const called = modelCalled(world);
  const running = ask("first", "running");
  const waiting = ask("second", "waiting");
  await called;
  time.advance(60_000);
  expect(reasonOf(await waiting)).toBe("model_overloaded");
  replies.abort("running", "message_deleted");
  expect(reasonOf(await running)).toBe("message_deleted");
  expect(world.model.calls).toHaveLength(1);
  expect(replies.status()).toMatchObject({ isOpen: false, waiting: 0, running: 0 });
});

test("F39: an abort ends the request at the provider, gives the asker's reason, and does not count against the model", async () => {
  const { world, replies, ask, calls, breaker } = someReplies({ fallbackModel: "second" });
  world.model.script({ hangs: true });
  for (let index = 0; index < 4; index++) {
    const called = modelCalled(world);
    const asked = ask("hello", `abort-${index}`);
    await called;
    const left = world.log.after((entry) => entry.surface === "model" && entry.what === "disconnected", 1_000);
    replies.abort(`abort-${index}`, "chatter_removed");
    expect(reasonOf(await asked)).toBe("chatter_removed");
    await left;
  }
  expect(calls.map((call) => call.outcome)).toEqual(Array(4).fill("aborted"));
  expect(calls.map((call) => call.costMicros)).toEqual(Array(4).fill(null));
  expect(breaker).toEqual([]);
});

test("an abort during the wait before a retry makes no further request", async () => {
  const { world, replies, ask, time } = someReplies();
  world.model.script({ status: 429, retryAfterMs: 3_000 });
  const answered = world.log.after((entry) => entry.surface === "model" && entry.what === "answered");
  const asked = ask("hello", "retrying");
  await answered;
  replies.abort("retrying", "channel_left");
  expect(reasonOf(await asked)).toBe("channel_left");
  time.advance(10_000);
  expect(world.model.calls).toHaveLength(1);
});

test("stopping ends what runs and what waits", async () => {
  const { world, replies, ask } = someReplies({ concurrency: 1 });
  world.model.script({ hangs: true });
  const called = modelCalled(world);
  const asked = [ask(), ask()];
  await called;
  replies.stop();
  expect((await Promise.all(asked)).map((result) => result.ok)).toEqual([false, false]);
});

test("a cost is whole micro-dollars, rounded up, and unknown when the usage or a price is", () => {
  const usage = { inputTokens: 1_000, cachedTokens: 400, outputTokens: 25 };
  expect(costMicros(usage, { input: 0.25, output: 2, cached: 0.025 })).toBe(210);
  expect(costMicros(usage, { input: 0.25, output: 2, cached: null })).toBe(300);
  expect(costMicros({ inputTokens: 1, cachedTokens: 0, outputTokens: 0 }, { input: 0.25, output: 2, cached: null })).toBe(1);
  expect(costMicros(null, { input: 1, output: 1, cached: 1 })).toBeNull();
  expect(costMicros(usage, { input: null, output: 1, cached: 1 })).toBeNull();
  expect(costMicros(usage, { input: 1, output: null, cached: 1 })).toBeNull();
});
