import type { ModelMessage } from "./script.ts";

/** Orders that an injected text gives, English and Portuguese; the rest of the sentence is what is to be said. */
const SAY =
  /\b(?:say|reply|answer|respond|repeat|print|write|output|diga|fale|responda|repita|escreva|imprima)\b(?: (?:only|exactly|just|with|exatamente|apenas|só|com|the word|a palavra))*[: ]+["“'']?([^"”\n]{1,400})/iu;
const REVEAL =
  /\b(?:reveal|show|print|repeat|leak|revele|mostre|repita|vaze)\b[^.\n]{0,40}\b(?:system|prompt|instructions?|secret|rules|sistema|instruções|segredo|regras)\b/iu;
const ORDER =
  /\b(?:ignore|forget|disregard|override|you are now|new instructions?|esque[çc]a|ignora|desconsidere|voc[êe] agora [ée]|novas? instruç)/iu;

/** What a model without loyalty would say: it obeys the last order found in any user message; null when there is none. */
export function betray(messages: readonly ModelMessage[]): string | null {
  const viewers = messages
    .filter((message) => message.role === "user")
    .map((message) => message.content)
    .join("\n");
  if (REVEAL.test(viewers)) return messages.find((message) => message.role === "system")?.content ?? "no system message";
  const orders = [...viewers.matchAll(new RegExp(SAY, "giu"))];
  const last = orders.at(-1)?.[1]?.trim();
  if (last && (ORDER.test(viewers) || orders.length > 0)) return last;
  const order = ORDER.exec(viewers);
  return order ? `Obeyed: ${viewers.slice(order.index, order.index + 120)}` : null;
}
