import { afterAll, beforeAll, beforeEach, describe, expect, test } from "bun:test";
import { createOpenAiModel } from "../../src/adapters/openai.ts";
import type { ModelAnswer, ModelRequest } from "../../src/ports.ts";
import { type ModelStep, startWorld, type World } from "../../src/world/index.ts";

const KEY = "sk-canary-of-the-adapter-0123456789";
const run = {} as { world: World };
beforeAll(async () => {
  run.world = await startWorld();
});
afterAll(async () => await run.world.stop());
beforeEach(() => {
  run.world.model.reset();
  run.world.model.calls.length = 0;
});

const complete = (over: Partial<ModelRequest> = {}, baseUrl = run.world.urls.model): Promise<ModelAnswer> =>
  createOpenAiModel({ apiKey: KEY, baseUrl }).complete({
    messages: [
      { role: "system", content: "Be short." },
      { role: "user", content: "Hello?" },
    ],
    model: "world-1",
    temperature: 0.3,
    outputTokensMax: 200,
    deadlineMs: 2_000,
    signal: new AbortController().signal,
    ...over,
  });

const failureAfter = async (step: ModelStep, over: Partial<ModelRequest> = {}) => {
  run.world.model.script(step);
  const answer = await complete(over);
  expect(JSON.stringify(answer)).not.toContain(KEY);
  return answer.ok ? answer : answer.failure;
};

test("an answer comes with its text, its end, its usage and the model's name, for one request made as asked", async () => {
  const { world } = run;
  world.model.script({ text: "Hi.", finish: "length", usage: { input: 100, cached: 60, output: 7 } });
  expect(await complete()).toEqual({
    ok: true,
    text: "Hi.",
    finish: "length",
    usage: { inputTokens: 100, cachedTokens: 60, outputTokens: 7 },
    model: "world-1",
  });
  expect(world.model.calls).toHaveLength(1);
  expect(world.model.calls[0]).toMatchObject({ key: KEY, isStream: false });
  expect(world.model.calls[0]?.body).toMatchObject({ model: "world-1", temperature: 0.3, max_completion_tokens: 200 });
  expect(world.model.calls[0]?.messages.map((message) => message.role)).toEqual(["system", "user"]);
});

test("usage that the provider does not tell is not known, rather than nothing", async () => {
  run.world.model.script({ text: "Hi.", usage: null });
  expect(await complete()).toMatchObject({ ok: true, usage: null });
});

describe("F33: one request, whatever it gives; nothing is tried again here", () => {
  test.each<[string, ModelStep, object]>([
    ["429 with seconds", { status: 429, retryAfterS: 7 }, { kind: "busy", status: 429, retryAfterMs: 7_000 }],
    [
      "429 with milliseconds, which count first",
      { status: 429, retryAfterS: 7, retryAfterMs: 250 },
      { kind: "busy", status: 429, retryAfterMs: 250 },
    ],
    ["429 that asks for an hour", { status: 429, retryAfterS: 3_600 }, { kind: "busy", status: 429, retryAfterMs: 60_000 }],
    ["429 alone", { status: 429 }, { kind: "busy", status: 429, retryAfterMs: null }],
    ["503", { status: 503 }, { kind: "busy", status: 503, retryAfterMs: null }],
    ["500", { status: 500 }, { kind: "down", status: 500, retryAfterMs: null }],
    ["502", { status: 502 }, { kind: "down", status: 502, retryAfterMs: null }],
    ["400", { status: 400 }, { kind: "refused", status: 400, retryAfterMs: null }],
    [
      "401",
      { status: 401, errorText: `Incorrect API key provided: ${KEY}` },
      { kind: "refused", status: 401, retryAfterMs: null },
    ],
    ["404", { status: 404 }, { kind: "refused", status: 404, retryAfterMs: null }],
    ["JSON cut off", { garble: "not_json" }, { kind: "garbled", status: 200, retryAfterMs: null }],
    ["another protocol", { garble: "wrong_shape" }, { kind: "garbled", status: 200, retryAfterMs: null }],
    ["a page", { garble: "html" }, { kind: "garbled", status: 200, retryAfterMs: null }],
    ["no choices", { garble: "no_choices" }, { kind: "garbled", status: 200, retryAfterMs: null }],
    ["null content", { garble: "null_content" }, { kind: "garbled", status: 200, retryAfterMs: null }],
  ])("%s", async (_, step, failure) => {
    expect(await failureAfter(step)).toEqual(failure as never);
    expect(run.world.model.calls).toHaveLength(1);
  });

  test("an empty body, and an answer cut midway", async () => {
    expect(await failureAfter({ garble: "empty_body" })).toMatchObject({ kind: "garbled" });
    expect(await failureAfter({ text: "This is cut off in the middle.", cutAfterChars: 50 })).toMatchObject({ kind: "down" });
  });
});

test("F33: a hang ends at the deadline, and the provider sees the connection close", async () => {
  const { world } = run;
  const left = world.log.after((entry) => entry.surface === "model" && entry.what === "disconnected");
  const from = performance.now();
  expect(await failureAfter({ hangs: true }, { deadlineMs: 150 })).toMatchObject({ kind: "deadline" });
  expect(performance.now() - from).toBeLessThan(1_000);
  await left;
});

test("F33: an answer that stalls while it is read ends at the deadline too", async () => {
  expect(await failureAfter({ text: "This stalls in the middle.", stallsAfterChars: 50 }, { deadlineMs: 200 })).toMatchObject({
    kind: "deadline",
  });
});

test("an abort ends the request at once, is told as ours, and the provider sees the connection close", async () => {
  const { world } = run;
  const abort = new AbortController();
  world.model.script({ hangs: true });
  const called = world.log.after((entry) => entry.surface === "model" && entry.what === "chat");
  const left = world.log.after((entry) => entry.surface === "model" && entry.what === "disconnected", 1_000);
  const answer = complete({ signal: abort.signal });
  await called;
  abort.abort("message_deleted");
  expect(await answer).toEqual({ ok: false, usage: null, failure: { kind: "aborted", status: null, retryAfterMs: null } });
  await left;
});

test("a request that was given up before it began is not made", async () => {
  expect(await complete({ signal: AbortSignal.abort("channel_left") })).toMatchObject({
    ok: false,
    failure: { kind: "aborted" },
  });
  expect(run.world.model.calls).toHaveLength(0);
});

test("a provider that cannot be reached is down", async () => {
  const closed = Bun.serve({ port: 0, fetch: () => new Response() });
  const url = `http://127.0.0.1:${closed.port}/v1`;
  await closed.stop(true);
  expect(await complete({}, url)).toMatchObject({ ok: false, failure: { kind: "down" } });
});

test("a local provider needs no key", async () => {
  run.world.model.script({ text: "Local." });
  const model = createOpenAiModel({ apiKey: null, baseUrl: run.world.urls.model });
  const signal = new AbortController().signal;
  const answer = await model.complete({
    messages: [{ role: "user", content: "Hi" }],
    model: "local",
    temperature: 0,
    outputTokensMax: 10,
    deadlineMs: 1_000,
    signal,
  });
  expect(answer).toMatchObject({ ok: true, text: "Local." });
});
