import type { ModelBill, ModelMessage } from "./script.ts";

/** About four characters of Latin text make a token; 4 tokens frame each message. */
const CHARS_PER_TOKEN = 4;
const FRAME_TOKENS = 4;
/** Providers cache prefixes from this many tokens on, in steps of 128. */
const CACHE_TOKENS_MIN = 1_024;
const CACHE_STEP_TOKENS = 128;

export const tokensOf = (text: string): number => Math.ceil(text.length / CHARS_PER_TOKEN);

/** Counts what a call uses, and what of its prompt was a prefix of the prompt before. */
export class Meter {
  #lastPrompt = "";

  bill(messages: readonly ModelMessage[], answer: string): ModelBill {
    const prompt = messages.map((message) => `${message.role}\n${message.content}`).join("\n\n");
    const shared = tokensOf(commonPrefix(this.#lastPrompt, prompt));
    this.#lastPrompt = prompt;
    return {
      input: tokensOf(prompt) + messages.length * FRAME_TOKENS,
      cached: shared < CACHE_TOKENS_MIN ? 0 : shared - (shared % CACHE_STEP_TOKENS),
      output: tokensOf(answer),
    };
  }
}

function commonPrefix(one: string, other: string): string {
  const end = Math.min(one.length, other.length);
  let at = 0;
  while (at < end && one[at] === other[at]) at++;
  return one.slice(0, at);
}

/** The bill in the protocol's words. */
export const usageJson = (bill: ModelBill): object => ({
  prompt_tokens: bill.input,
  completion_tokens: bill.output,
  total_tokens: bill.input + bill.output,
  prompt_tokens_details: { cached_tokens: bill.cached },
});
