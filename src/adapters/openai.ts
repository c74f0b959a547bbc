import OpenAI, { APIConnectionError, APIError, APIUserAbortError } from "openai";
import { z } from "zod";
import type { Model, ModelAnswer, ModelFailure, ModelRequest, ModelUsage } from "../ports.ts";

/** The part of a chat completion that we use; providers add much else. */
const Completion = z.object({
  model: z.string().optional(),
  choices: z
    .array(z.object({ message: z.object({ content: z.string().nullish() }), finish_reason: z.string().nullish() }))
    .min(1),
});

const Usage = z.object({
  prompt_tokens: z.number().int().nonnegative(),
  completion_tokens: z.number().int().nonnegative(),
  prompt_tokens_details: z.object({ cached_tokens: z.number().int().nonnegative().nullish() }).nullish(),
});

/** Longest wait a provider may ask of us, in milliseconds. */
const RETRY_AFTER_MS_MAX = 60_000;

/**
 * Any OpenAI-compatible provider. It makes exactly one request per call: retries, fallback and the
 * breaker are decided by who calls, because each request costs money.
 */
export function createOpenAiModel(options: { apiKey: string | null; baseUrl: string | null }): Model {
  // A local provider needs no key, but the client insists on a text.
  const client = new OpenAI({
    apiKey: options.apiKey ?? "none",
    ...(options.baseUrl ? { baseURL: options.baseUrl } : {}),
    maxRetries: 0,
    logLevel: "off",
  });
  return { complete: (request) => complete(client, request) };
}

async function complete(client: OpenAI, request: ModelRequest): Promise<ModelAnswer> {
  const deadline = AbortSignal.timeout(request.deadlineMs);
  try {
    const answer: unknown = await client.chat.completions.create(
      {
        model: request.model,
        messages: request.messages.map(({ role, content }) => ({ role, content })),
        temperature: request.temperature,
        max_completion_tokens: request.outputTokensMax,
      },
      { signal: AbortSignal.any([request.signal, deadline]), timeout: request.deadlineMs + 1_000 },
    );
    return readAnswer(answer, request.model);
  } catch (error) {
    return { ok: false, usage: null, failure: failureOf(error, request.signal.aborted, deadline.aborted) };
  }
}

function readAnswer(answer: unknown, asked: string): ModelAnswer {
  const usage = readUsage(answer);
  const parsed = Completion.safeParse(answer);
  const choice = parsed.success ? parsed.data.choices[0] : undefined;
  const text = choice?.message.content ?? null;
  if (!parsed.success || !choice || text === null)
    return { ok: false, usage, failure: { kind: "garbled", status: 200, retryAfterMs: null } };
  const finish = choice.finish_reason === "stop" || choice.finish_reason === "length" ? choice.finish_reason : "other";
  return { ok: true, text, finish, usage, model: parsed.data.model ?? asked };
}

function readUsage(answer: unknown): ModelUsage | null {
  const parsed = Usage.safeParse((answer as { usage?: unknown } | null)?.usage);
  if (!parsed.success) return null;
  return {
    inputTokens: parsed.data.prompt_tokens,
    cachedTokens: parsed.data.prompt_tokens_details?.cached_tokens ?? 0,
    outputTokens: parsed.data.completion_tokens,
  };
}

function failureOf(error: unknown, wasAborted: boolean, wasLate: boolean): ModelFailure {
  if (wasAborted) return { kind: "aborted", status: null, retryAfterMs: null };
  if (wasLate) return { kind: "deadline", status: null, retryAfterMs: null };
  if (error instanceof APIUserAbortError) return { kind: "aborted", status: null, retryAfterMs: null };
  if (error instanceof APIConnectionError) return { kind: "down", status: null, retryAfterMs: null };
  if (error instanceof APIError && typeof error.status === "number") {
    const retryAfterMs = retryAfter(error.headers);
    if (error.status === 429 || error.status === 503) return { kind: "busy", status: error.status, retryAfterMs };
    return { kind: error.status >= 500 ? "down" : "refused", status: error.status, retryAfterMs };
  }
  // A body that is not JSON, or a connection cut while the body was read.
  return error instanceof SyntaxError
    ? { kind: "garbled", status: 200, retryAfterMs: null }
    : { kind: "down", status: null, retryAfterMs: null };
}

function retryAfter(headers: Headers | undefined): number | null {
  const ms = Number(headers?.get("retry-after-ms") ?? Number.NaN);
  const s = Number(headers?.get("retry-after") ?? Number.NaN);
  const wait = Number.isFinite(ms) ? ms : s * 1_000;
  return Number.isFinite(wait) && wait >= 0 ? Math.min(wait, RETRY_AFTER_MS_MAX) : null;
}
