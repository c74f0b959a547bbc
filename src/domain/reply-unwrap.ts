/** Takes a model's answer out of what models wrap it in: thoughts, special tokens, fences, JSON, turns. */

const THOUGHT = "(?:think|thinking|thought|reasoning|reflection|analysis|scratchpad)";
const THOUGHTS = new RegExp(`<(${THOUGHT})\\b[^>]*>[\\s\\S]*?</\\1\\s*>`, "gi");
/** A thought that never ends takes the rest with it. */
const OPEN_THOUGHT = new RegExp(`<${THOUGHT}\\b[^>]*>[\\s\\S]*$`, "i");
/** One that never began takes what stands before. */
const CLOSED_THOUGHT = new RegExp(`^[\\s\\S]*</${THOUGHT}\\s*>`, "i");
const SIGNED_THOUGHTS = /◁think▷[\s\S]*?(?:◁\/think▷|$)/gi;
/** The channel marks of models that think aloud: only the last, final one is meant for people. */
const FINAL_CHANNEL = /^[\s\S]*<\|channel\|>\s*final\s*(?:<\|message\|>)?/i;
const SPECIAL_TOKENS = /<\|im_start\|>\s*(?:assistant|user|system)\b|<\|[^|<>]{1,40}\|>|<\/?s>|\[\/?INST\]|<<\/?SYS>>/gi;
/** The model goes on with somebody else's turn: the answer ended before. */
const NEXT_TURN = /\n\s*(?:\*\*)?(?:user|human|viewer|usu[aá]rio|espectador|question|pergunta)(?:\*\*)?\s*:[\s\S]*$/i;

/** The answer itself; null when the wrapping holds none (an error object, JSON that says something else). */
export function unwrapAnswer(text: string): string | null {
  const spoken = text
    .replace(FINAL_CHANNEL, "")
    .replace(THOUGHTS, " ")
    .replace(SIGNED_THOUGHTS, " ")
    .replace(CLOSED_THOUGHT, "")
    .replace(OPEN_THOUGHT, "")
    .replace(SPECIAL_TOKENS, " ")
    .trim();
  return unwrapJson(unfenced(spoken).replace(NEXT_TURN, "").trim(), 0);
}

const WHOLE_FENCE = /^(?:```|~~~)[^\n`]*\n([\s\S]*?)\n?(?:`{3,}|~{3,})?\s*$/;

/** What one fence around the whole answer holds. */
function unfenced(text: string): string {
  const match = WHOLE_FENCE.exec(text);
  const inner = match?.[1];
  return inner === undefined || /^(?:`{3,}|~{3,})/m.test(inner) ? text : inner.trim();
}

/** Names under which models put their answer, in this order. */
const ANSWER_KEYS = ["reply", "answer", "response", "message", "text", "content", "output", "resposta", "mensagem", "texto"];
const DEPTH_MAX = 3;

function unwrapJson(text: string, depth: number): string | null {
  if (!looksLikeJson(text)) return text;
  const value = parsed(text);
  if (value === undefined) return cutJson(text);
  return answerIn(value, depth);
}

function looksLikeJson(text: string): boolean {
  return /^\{\s*(?:"|'|\}|$)/.test(text) || /^\[\s*(?:\{|"|\]|$)/.test(text) || /^"(?:[^"\\]|\\.)*"$/s.test(text);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function answerIn(value: unknown, depth: number): string | null {
  if (typeof value === "string") return depth < DEPTH_MAX ? unwrapJson(value.trim(), depth + 1) : null;
  if (Array.isArray(value)) return value.length === 1 && depth < DEPTH_MAX ? answerIn(value[0], depth + 1) : null;
  if (typeof value !== "object" || value === null) return null;
  const fields = new Map(Object.entries(value).map(([key, held]) => [key.toLowerCase(), held as unknown]));
  if (fields.get("error")) return null;
  for (const key of ANSWER_KEYS) {
    const held = fields.get(key);
    if (held === undefined || held === null || depth >= DEPTH_MAX) continue;
    return answerIn(held, depth + 1);
  }
  return null;
}

const CUT_JSON = new RegExp(`"(?:${ANSWER_KEYS.join("|")})"\\s*:\\s*"((?:[^"\\\\]|\\\\.)*)`, "is");

/** JSON that was cut off, or is none: the text that had begun under one of the names. */
function cutJson(text: string): string | null {
  if (/"error"\s*:/i.test(text)) return null;
  const begun = CUT_JSON.exec(text)?.[1];
  if (begun === undefined) return null;
  const string = parsed(`"${begun.replace(/\n/g, "\\n")}"`);
  return typeof string === "string" ? string : null;
}
