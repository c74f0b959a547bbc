import type { WorldChance } from "../chance.ts";
import { ANSWERS_EN, ANSWERS_PT, type AnswerTable } from "./answers.ts";
import { lastUserText, type ModelMessage } from "./script.ts";
import { viewerTexts } from "./viewer-texts.ts";

/**
 * What the pretend model says when nothing is scripted: a short co-producer's answer in the language of the
 * question, that now and then takes up a name or a number from the prompt.
 */
export function answerTo(messages: readonly ModelMessage[], chance: WorldChance): string {
  const user = lastUserText(messages);
  const question = questionIn(user);
  const table = isPortuguese(question, user) ? ANSWERS_PT : ANSWERS_EN;
  const about = topicOf(question, table);
  const facts = { name: nameIn(messages, question, chance), topic: wordIn(question) };
  const isFull = (line: string) =>
    (!line.includes("{name}") || facts.name !== "") && (!line.includes("{topic}") || facts.topic !== "");
  const fitting = table.topics[about].filter(isFull);
  return fill(chance.pick(fitting.length > 0 ? fitting : table.topics.other.filter(isFull)), facts);
}

/**
 * The question in a prompt that holds more than it: what stands in a `<question>` tag, after a label such as
 * `Question:`, or in the last line that says something. A JSON string is taken out of its quotes.
 */
function questionIn(prompt: string): string {
  const tagged = /<(question|pergunta|message)>([\s\S]*)<\/\1>/i.exec(prompt)?.[2];
  if (tagged !== undefined) return viewerTexts(tagged).at(-1) ?? tagged.trim();
  const labelled = [...prompt.matchAll(/(?:^|\n)\s*(?:question|pergunta|asked|message)[^:\n]{0,60}:\s*(\S.*)/gi)].at(-1)?.[1];
  if (labelled) return labelled.trim();
  const lines = prompt
    .split("\n")
    .map((line) =>
      line
        .replace(/^\s*(?:>|-|\*|"""|```|<[^>]*>)+/, "")
        .replace(/<\/?[^>]*>/g, "")
        .trim(),
    )
    .filter((line) => /\p{L}{2}/u.test(line));
  return lines.at(-1) ?? prompt;
}

const PORTUGUESE =
  /[ãõçáéíóúâêô]|\b(?:que|qual|quem|como|onde|quando|porque|pq|vc|você|voce|tá|ta|é|não|nao|oi|olá|ola|bom|boa|jogo|hoje|agora|live|uma|um|pra|para|com|tudo|bem|fala|manda|aí|ai|cara|mano|galera|quantos|resumo|dica|obrigado|valeu)\b/giu;
const ENGLISH =
  /\b(?:the|what|who|how|where|when|why|is|are|you|your|hello|hi|hey|good|game|today|now|stream|please|can|does|do|tell|thanks|this|that|my|me|was|were|tip|recap)\b/giu;

function isPortuguese(question: string, prompt: string): boolean {
  const count = (text: string, pattern: RegExp) => text.match(pattern)?.length ?? 0;
  const lead = count(question, PORTUGUESE) - count(question, ENGLISH);
  if (lead !== 0) return lead > 0;
  return count(prompt, /[ãõç]|\bvocê\b/giu) > 0;
}

function topicOf(question: string, table: AnswerTable): keyof AnswerTable["topics"] {
  for (const [topic, pattern] of table.patterns) if (pattern.test(question)) return topic;
  return "other";
}

/** A chatter of the context, not the one who asks if there is another. */
function nameIn(messages: readonly ModelMessage[], question: string, chance: WorldChance): string {
  const names = new Set<string>();
  for (const message of messages) {
    if (message.role !== "user") continue;
    for (const found of message.content.replace(/<question>[\s\S]*<\/question>/i, "").matchAll(NAMES)) {
      const name = found[1] ?? found[2] ?? "";
      if (!NOT_NAMES.test(name) && !question.includes(name)) names.add(name);
    }
  }
  return names.size === 0 ? "" : chance.pick([...names]);
}

/** `name: text` at the start of a line, or a JSON field that holds a name. */
const NAMES =
  /(?:^|\n)\s*(?:\[[^\]]*\]\s*)?@?([A-Za-z0-9_]{3,25})\s?:\s|"(?:viewer|user|author|name|login)"\s*:\s*"([A-Za-z0-9_]{3,25})"/g;
const NOT_NAMES =
  /^(?:question|pergunta|channel|canal|chat|context|contexto|time|now|agora|rules|system|user|assistant|asker|message|mensagem|utc|date|facts|fatos|language|idioma|https?)$/i;

/** The longest word of the question that carries meaning. */
function wordIn(question: string): string {
  const words = question.match(/[\p{L}\p{N}]{5,24}/gu) ?? [];
  return words.reduce((best, word) => (word.length > best.length ? word : best), "");
}

function fill(line: string, facts: Readonly<Record<string, string>>): string {
  return line
    .replace(/\{(\w+)\}/g, (_, key: string) => facts[key] ?? "")
    .replace(/\s{2,}/g, " ")
    .replace(/\s+([,.!?])/g, "$1")
    .trim();
}
