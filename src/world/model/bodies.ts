import { flushed } from "../broken-body.ts";
import type { ModelStep } from "./script.ts";
import { completion, type ModelCall } from "./server.ts";
import { usageJson } from "./usage.ts";

/** An answer with status 200 that is not the protocol's. */
export function garbled(kind: "not_json" | "wrong_shape" | "empty_body" | "html"): Response {
  const json = { "content-type": "application/json" };
  switch (kind) {
    case "not_json":
      return new Response('{"id":"chatcmpl-world","choices":[{"message":{"content":"Hel', { headers: json });
    case "wrong_shape":
      return Response.json({ result: { output: ["Hello"] }, choices: "none" });
    case "empty_body":
      return new Response("", { headers: json });
    case "html":
      return new Response("<!doctype html><html><body><h1>502 Bad Gateway</h1></body></html>", {
        headers: { "content-type": "text/html" },
      });
  }
}

export interface StreamPlan {
  call: ModelCall;
  step: ModelStep;
  /** Whether the last piece brings the usage figures. */
  wantsUsage: boolean;
  /** One JSON body in pieces, rather than server-sent events: for a plain answer that is cut. */
  isJson: boolean;
  wait(ms: number): Promise<void>;
  done(): void;
  left(): void;
}

/** Sends the answer in pieces; cuts or stalls where the step says so. */
export function streamed(plan: StreamPlan): Response {
  const encoder = new TextEncoder();
  const { step } = plan;
  let isLeft = false;
  const body = new ReadableStream<Uint8Array>({
    async start(out) {
      for (const piece of piecesOf(plan)) {
        if (isLeft) return;
        if (piece === "cut") {
          await flushed();
          return out.error(new Error("broken on purpose"));
        }
        if (piece === "stall") return;
        out.enqueue(encoder.encode(piece));
        if (step.chunkMs !== undefined && step.chunkMs > 0) await plan.wait(step.chunkMs);
      }
      if (isLeft) return;
      out.close();
      plan.done();
    },
    cancel() {
      isLeft = true;
      plan.left();
    },
  });
  return new Response(body, {
    headers: { "content-type": plan.isJson ? "application/json" : "text/event-stream; charset=utf-8" },
  });
}

/** What is sent, piece by piece. */
function piecesOf(plan: StreamPlan): string[] {
  const { call, step } = plan;
  if (plan.isJson) {
    const whole = JSON.stringify(
      completion(call, step, [{ index: 0, message: { role: "assistant", content: call.text }, finish_reason: "stop" }]),
    );
    return [
      whole.slice(0, step.cutAfterChars ?? step.stallsAfterChars ?? whole.length),
      step.cutAfterChars === undefined ? "stall" : "cut",
    ];
  }
  const pieces = [event(call, { role: "assistant", content: "" }, null)];
  let sent = 0;
  for (const word of call.text.match(/\s*\S+\s*/g) ?? []) {
    if (step.cutAfterChars !== undefined && sent >= step.cutAfterChars) return [...pieces, "cut"];
    if (step.stallsAfterChars !== undefined && sent >= step.stallsAfterChars) return [...pieces, "stall"];
    pieces.push(event(call, { content: word }, null));
    sent += word.length;
  }
  if (step.cutAfterChars !== undefined) return [...pieces, "cut"];
  if (step.stallsAfterChars !== undefined) return [...pieces, "stall"];
  pieces.push(event(call, {}, step.finish ?? "stop"));
  if (plan.wantsUsage && step.usage !== null) pieces.push(sse({ ...head(call), choices: [], usage: usageJson(call.bill) }));
  return [...pieces, "data: [DONE]\n\n"];
}

const head = (call: ModelCall): object => ({
  id: `chatcmpl-world${call.number}`,
  object: "chat.completion.chunk",
  created: Math.floor(call.startedAt.getTime() / 1000),
  model: call.model,
});

const event = (call: ModelCall, delta: object, finish: string | null): string =>
  sse({ ...head(call), choices: [{ index: 0, delta, logprobs: null, finish_reason: finish }] });

const sse = (value: object): string => `data: ${JSON.stringify(value)}\n\n`;
