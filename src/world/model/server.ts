import type { WorldChance } from "../chance.ts";
import type { WorldCore } from "../core.ts";
import { answerTo } from "./answer.ts";
import { garbled, streamed } from "./bodies.ts";
import { base64Of, EMBEDDING_DIMENSIONS, embed } from "./embedding.ts";
import {
  type ModelBill,
  type ModelMessage,
  type ModelQuestion,
  type ModelRule,
  ModelRules,
  type ModelScriptFn,
  type ModelStep,
} from "./script.ts";
import { betray } from "./traitor.ts";
import { Meter, tokensOf, usageJson } from "./usage.ts";

/** A request to the model server and what became of it. */
export interface ModelCall {
  number: number;
  endpoint: "chat" | "embeddings" | "models";
  model: string;
  messages: readonly ModelMessage[];
  isStream: boolean;
  body: Readonly<Record<string, unknown>>;
  /** The bearer key it came with, or null. */
  key: string | null;
  startedAt: Date;
  /** When the answer had been handed over whole; null while it was not. */
  answeredAt: Date | null;
  /** When the client left before the end; null when it did not. */
  disconnectedAt: Date | null;
  status: number | null;
  text: string;
  /** What the provider would charge. A call that the client left is charged for its prompt. */
  bill: ModelBill;
}

/** Models that `/v1/models` lists. */
const MODELS = ["world-1", "world-1-mini", "world-embedding-1"];
/** Calls kept in `calls`; the oldest go first. */
const CALLS_KEPT = 10_000;

/** An OpenAI-compatible model server that does as it is scripted. */
export class ModelScript {
  /** What was asked, in order. */
  readonly calls: ModelCall[] = [];
  #core: WorldCore;
  #chance: WorldChance;
  #rules = new ModelRules();
  #meter = new Meter();
  #count = 0;

  constructor(core: WorldCore, chance: WorldChance) {
    this.#core = core;
    this.#chance = chance;
  }

  /** What the server does from now on: a function of the question, or rules of which the first that fits counts. */
  script(script: ModelScriptFn | readonly ModelRule[] | ModelRule): void {
    this.#rules.set(script);
  }

  /** Back to plain good answers. */
  reset(): void {
    this.#rules.set([]);
  }

  /** The sum of all bills. */
  get bill(): ModelBill {
    const sum: ModelBill = { input: 0, cached: 0, output: 0 };
    for (const call of this.calls) {
      sum.input += call.bill.input;
      sum.cached += call.bill.cached;
      sum.output += call.bill.output;
    }
    return sum;
  }

  /** Answers a request below `/v1`. `path` begins after it. */
  async handle(request: Request, path: string): Promise<Response> {
    if (request.method === "GET" && path === "/models") {
      return Response.json({
        object: "list",
        data: MODELS.map((id) => ({ id, object: "model", created: 1_790_000_000, owned_by: "world" })),
      });
    }
    const endpoint = ENDPOINTS[path];
    if (request.method !== "POST" || !endpoint)
      return refusal(404, `Unknown request URL: ${request.method} /v1${path}.`, "invalid_request_error");
    const body: unknown = await request.json().catch(() => null);
    if (!isRecord(body)) return refusal(400, "We could not parse the JSON body of your request.", "invalid_request_error");
    const call = this.#begin(request, endpoint, body);
    if (call.model === "") return this.#end(call, refusal(400, "you must provide a model parameter", "invalid_request_error"));
    const step = await this.#rules.step(question(call));
    return this.#act(call, step, request.signal);
  }

  #begin(request: Request, endpoint: "chat" | "embeddings", body: Record<string, unknown>): ModelCall {
    const messages = endpoint === "chat" ? messagesOf(body.messages) : [];
    const call: ModelCall = {
      number: ++this.#count,
      endpoint,
      model: typeof body.model === "string" ? body.model : "",
      messages,
      isStream: body.stream === true,
      body,
      key: request.headers.get("authorization")?.replace(/^Bearer /, "") ?? null,
      startedAt: this.#core.clock.now(),
      answeredAt: null,
      disconnectedAt: null,
      status: null,
      text: "",
      bill: { input: 0, cached: 0, output: 0 },
    };
    this.calls.push(call);
    if (this.calls.length > CALLS_KEPT) this.calls.shift();
    this.#core.log.add("model", "in", `model-${call.number}`, endpoint, {
      model: call.model,
      stream: call.isStream,
      messages: messages.length,
    });
    request.signal.addEventListener("abort", () => this.#left(call));
    return call;
  }

  #left(call: ModelCall): void {
    if (call.answeredAt || call.disconnectedAt) return;
    call.disconnectedAt = this.#core.clock.now();
    this.#core.log.add("model", "in", `model-${call.number}`, "disconnected");
  }

  async #act(call: ModelCall, step: ModelStep, signal: AbortSignal): Promise<Response> {
    if (step.latencyMs !== undefined && step.latencyMs > 0) await this.#wait(call, step.latencyMs, signal);
    if (step.hangs) await this.#wait(call, null, signal);
    if (step.status !== undefined && step.status >= 400) return this.#end(call, scriptedError(step));
    if (step.garble && step.garble !== "null_content" && step.garble !== "no_choices")
      return this.#end(call, garbled(step.garble));
    if (call.endpoint === "embeddings") return this.#end(call, this.#embeddings(call));

    call.text = dress(step, step.text ?? (step.traitor ? betray(call.messages) : null) ?? answerTo(call.messages, this.#chance));
    call.bill = { ...this.#meter.bill(call.messages, call.text), ...(step.usage ?? {}) };
    const isCut = step.cutAfterChars !== undefined || step.stallsAfterChars !== undefined;
    if (call.isStream || isCut) return this.#stream(call, step);
    const content = step.garble === "null_content" ? null : call.text;
    const choices = [
      { index: 0, message: { role: "assistant", content, refusal: null }, logprobs: null, finish_reason: step.finish ?? "stop" },
    ];
    return this.#end(call, Response.json(completion(call, step, step.garble === "no_choices" ? [] : choices)));
  }

  #stream(call: ModelCall, step: ModelStep): Response {
    call.status = 200;
    const done = () => this.#end(call, null);
    return streamed({
      call,
      step,
      wantsUsage: isRecord(call.body.stream_options) && call.body.stream_options.include_usage === true,
      isJson: !call.isStream,
      wait: (ms) => this.#wait(call, ms, null),
      done,
      left: () => this.#left(call),
    });
  }

  #embeddings(call: ModelCall): Response {
    const given = call.body.input;
    const inputs = (Array.isArray(given) ? given : [given]).map((text) => String(text ?? ""));
    const size = typeof call.body.dimensions === "number" ? call.body.dimensions : EMBEDDING_DIMENSIONS;
    const isBase64 = call.body.encoding_format === "base64";
    const data = inputs.map((text, index) => {
      const vector = embed(text, size);
      return { object: "embedding", index, embedding: isBase64 ? base64Of(vector) : [...vector] };
    });
    const tokens = inputs.reduce((sum, text) => sum + tokensOf(text), 0);
    call.bill = { input: tokens, cached: 0, output: 0 };
    return Response.json({ object: "list", data, model: call.model, usage: { prompt_tokens: tokens, total_tokens: tokens } });
  }

  /** Marks the call as answered. */
  #end(call: ModelCall, response: Response): Response;
  #end(call: ModelCall, response: null): null;
  #end(call: ModelCall, response: Response | null): Response | null {
    call.status = response?.status ?? 200;
    if (call.disconnectedAt) return response;
    call.answeredAt = this.#core.clock.now();
    this.#core.log.add("model", "out", `model-${call.number}`, "answered", { status: call.status, output: call.bill.output });
    return response;
  }

  /** Waits on the world's clock; `ms` null for ever. Ends at once when the client leaves. */
  #wait(call: ModelCall, ms: number | null, signal: AbortSignal | null): Promise<void> {
    return new Promise((resolve) => {
      const cancel = ms === null ? () => {} : this.#core.clock.after(ms, resolve);
      if (signal) this.#core.log.add("model", "note", `model-${call.number}`, "waiting", { ms });
      signal?.addEventListener("abort", () => {
        cancel();
        resolve();
      });
    });
  }
}

const ENDPOINTS: Readonly<Record<string, "chat" | "embeddings">> = { "/chat/completions": "chat", "/embeddings": "embeddings" };

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const question = (call: ModelCall): ModelQuestion => ({
  number: call.number,
  endpoint: call.endpoint === "embeddings" ? "embeddings" : "chat",
  model: call.model,
  messages: call.messages,
  isStream: call.isStream,
  body: call.body,
});

/** The messages as plain texts; parts that are not text are left out. */
function messagesOf(given: unknown): ModelMessage[] {
  if (!Array.isArray(given)) return [];
  return given.filter(isRecord).map((message) => ({ role: String(message.role ?? ""), content: textOf(message.content) }));
}

function textOf(content: unknown): string {
  if (typeof content === "string") return content;
  if (!Array.isArray(content)) return "";
  return content
    .filter(isRecord)
    .map((part) => (typeof part.text === "string" ? part.text : ""))
    .join("");
}

/** The answer in whatever the step dresses it. */
function dress(step: ModelStep, text: string): string {
  const body = step.markdown ? `## Answer\n\n**${text}**\n\n- one\n- two\n` : text;
  if (step.think === "closed") return `<think>\nThe viewer wants something short. I keep it friendly.\n</think>\n\n${body}`;
  return step.think === "open" ? `<think>\nThe viewer wants something short, so I will ${body}` : body;
}

export function completion(call: ModelCall, step: ModelStep, choices: readonly object[]): object {
  return {
    id: `chatcmpl-world${call.number}`,
    object: "chat.completion",
    created: Math.floor(call.startedAt.getTime() / 1000),
    model: call.model,
    choices,
    ...(step.usage === null ? {} : { usage: usageJson(call.bill) }),
    system_fingerprint: "fp_world",
  };
}

function scriptedError(step: ModelStep): Response {
  const status = step.status ?? 500;
  const [type, text] = ERRORS[status] ?? [
    "server_error",
    "The server had an error while processing your request. Sorry about that!",
  ];
  const response = refusal(status, step.errorText ?? text, type);
  if (step.retryAfterS !== undefined) response.headers.set("retry-after", String(step.retryAfterS));
  if (step.retryAfterMs !== undefined) response.headers.set("retry-after-ms", String(step.retryAfterMs));
  return response;
}

const ERRORS: Readonly<Record<number, [string, string]>> = {
  400: ["invalid_request_error", "Invalid request."],
  401: ["invalid_request_error", "Incorrect API key provided."],
  403: ["invalid_request_error", "You are not allowed to use this model."],
  404: ["invalid_request_error", "The model does not exist or you do not have access to it."],
  429: ["requests", "Rate limit reached for requests."],
  503: ["server_error", "The engine is currently overloaded, please try again later."],
};

const refusal = (status: number, message: string, type: string): Response =>
  Response.json({ error: { message, type, param: null, code: null } }, { status });
