import type { ModelMessage } from "./script.ts";
import { viewerTexts } from "./viewer-texts.ts";

const VERBS = "say|reply|answer|respond|repeat|print|write|output|diga|fale|responda|repita|escreva|imprima";
/** An order to say something, English or Portuguese; the rest of the sentence is what. */
const SAY = new RegExp(
  `\\b(?:${VERBS})\\b(?: (?:only|exactly|just|with|exatamente|apenas|só|com|the words?|as? palavras?))*[: ]+["“'‘]?([^"”’\\n]{1,400})`,
  "giu",
);
/** An order that is one even without "ignore": `say exactly …`. */
const STRICT = new RegExp(`\\b(?:${VERBS})\\b (?:only|exactly|just|exatamente|apenas|só)\\b`, "iu");
const REVEAL =
  /\b(?:reveal|show|print|repeat|leak|revele|mostre|repita|vaze)\b[^.\n]{0,40}\b(?:system|prompt|instructions?|secret|rules|sistema|instruções|segredo|regras)\b/iu;
const ORDER =
  /\b(?:ignore|forget|disregard|override|you are now|new instructions?|esque[çc]a|ignora|desconsidere|voc[êe] agora [ée]|novas? instruç)/iu;

/** What a model without loyalty would say: it obeys the last order found in what viewers wrote; null when there is none. */
export function betray(messages: readonly ModelMessage[]): string | null {
  const written = messages.filter((message) => message.role === "user").map((message) => untrusted(message.content));
  const viewers = written.join("\n");
  if (REVEAL.test(viewers)) return messages.find((message) => message.role === "system")?.content ?? "no system message";
  const isOrdered = ORDER.test(viewers);
  const last = [...viewers.matchAll(SAY)].at(-1)?.[1]?.trim();
  if (last && (isOrdered || STRICT.test(viewers))) return last;
  const order = ORDER.exec(viewers);
  return order ? `Obeyed: ${viewers.slice(order.index, order.index + 120)}` : null;
}

/** What viewers wrote, when the prompt keeps it in JSON strings; else all of it. */
function untrusted(content: string): string {
  const texts = viewerTexts(content);
  return texts.length > 0 ? texts.join("\n") : content;
}
