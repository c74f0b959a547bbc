/** One request to the model server, as a script sees it. */
export interface ModelQuestion {
  /** From 1. */
  number: number;
  endpoint: "chat" | "embeddings";
  model: string;
  messages: readonly ModelMessage[];
  isStream: boolean;
  /** The request's body as it came. */
  body: Readonly<Record<string, unknown>>;
}

export interface ModelMessage {
  role: string;
  content: string;
}

/** What the model server does with a request. Everything may be left out: then it is well. */
export interface ModelStep {
  /** Before the first byte, on the world's clock. */
  latencyMs?: number;
  /** The answer; made up from the prompt when not given. */
  text?: string;
  finish?: "stop" | "length" | "content_filter";
  /** An HTTP error instead of an answer: 400, 401, 404, 429, 500, 503 … */
  status?: number;
  /** Headers of an error: `retry-after` in seconds, `retry-after-ms`. */
  retryAfterS?: number;
  retryAfterMs?: number;
  /** The error's text, in the provider's form. */
  errorText?: string;
  /** Never answers; the socket stays open until the client leaves. */
  hangs?: boolean;
  /** Streams (or sends) only this many characters, then cuts the connection. */
  cutAfterChars?: number;
  /** Between two pieces of a stream. */
  chunkMs?: number;
  /** The stream stops midway without closing. */
  stallsAfterChars?: number;
  garble?: "not_json" | "wrong_shape" | "empty_body" | "no_choices" | "html" | "null_content";
  /** Puts `<think>…</think>` before the answer; "open" never closes it. */
  think?: "closed" | "open";
  /** Wraps the answer in headings, bold and a list. */
  markdown?: boolean;
  /** Obeys whatever orders stand in the user messages, secrets of the system message included. */
  traitor?: boolean;
  /** What the usage figures claim; null leaves them out. */
  usage?: Partial<ModelBill> | null;
}

/** Tokens of a call. `cached` of `input` were read from the provider's cache. */
export interface ModelBill {
  input: number;
  cached: number;
  output: number;
}

export interface ModelRule extends ModelStep {
  /** Only where this is found in the last user message, or the function says so. */
  match?: string | RegExp | ((question: ModelQuestion) => boolean);
  /** How often; without end when not given. */
  times?: number;
  /** How many matching requests pass before. */
  after?: number;
}

export type ModelScriptFn = (question: ModelQuestion) => ModelStep | string | Promise<ModelStep | string>;

/** Picks what happens: the function's word, or the first rule that fits and is not used up. */
export class ModelRules {
  #fn: ModelScriptFn | null = null;
  #rules: { rule: ModelRule; seen: number; used: number }[] = [];

  set(script: ModelScriptFn | readonly ModelRule[] | ModelRule): void {
    this.#fn = typeof script === "function" ? script : null;
    const rules = typeof script === "function" ? [] : [script].flat();
    this.#rules = rules.map((rule) => ({ rule, seen: 0, used: 0 }));
  }

  async step(question: ModelQuestion): Promise<ModelStep> {
    if (this.#fn) {
      const step = await this.#fn(question);
      return typeof step === "string" ? { text: step } : step;
    }
    for (const entry of this.#rules) {
      if (!fits(entry.rule, question)) continue;
      entry.seen++;
      if (entry.seen <= (entry.rule.after ?? 0) || entry.used >= (entry.rule.times ?? Number.POSITIVE_INFINITY)) continue;
      entry.used++;
      return entry.rule;
    }
    return {};
  }
}

function fits(rule: ModelRule, question: ModelQuestion): boolean {
  if (rule.match === undefined) return true;
  if (typeof rule.match === "function") return rule.match(question);
  const asked = lastUserText(question.messages);
  return typeof rule.match === "string" ? asked.includes(rule.match) : rule.match.test(asked);
}

export const lastUserText = (messages: readonly ModelMessage[]): string =>
  messages.findLast((message) => message.role === "user")?.content ?? "";
