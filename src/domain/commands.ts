import { parseChannelLogin } from "./channel-login.ts";
import { clip, plain } from "./chat-text.ts";

/** What a call asks for. */
export type Command =
  | { kind: "help" }
  | { kind: "status" }
  | { kind: "channels" }
  | { kind: "join"; login: string }
  /** `login` null: the channel where it was said. */
  | { kind: "part"; login: string | null }
  | { kind: "ask"; question: string };

/** Longest question that is put to the model, in UTF-16 units. */
export const QUESTION_CHARS_MAX = 400;

const HELP = new Set(["", "?", "ajuda", "help", "comandos", "commands"]);
const CHANNELS = new Set(["canais", "canal", "channels", "channel", "list channels", "listar canais"]);
const JOIN = new Set(["join", "entrar"]);
const PART = new Set(["part", "leave", "sair"]);
/**
 * Words of everyday talk ("add sugar"): they are commands only when the channel is marked as one,
 * by `#`, by `@`, or by the word channel before it.
 */
const JOIN_IF_MARKED = new Set(["add", "adicionar"]);
const PART_IF_MARKED = new Set(["remove", "remover"]);
const CHANNEL_WORDS = new Set(["channel", "canal"]);

/** What `prompt`, the text after the trigger, asks for. Commands are whole and exact; all else is a question. */
export function readCommand(prompt: string): Command {
  const said = plain(prompt);
  const words = said.toLowerCase().split(" ");
  const line = words.join(" ");
  if (HELP.has(line)) return { kind: "help" };
  if (line === "status") return { kind: "status" };
  if (CHANNELS.has(line)) return { kind: "channels" };
  return readMembership(words) ?? { kind: "ask", question: clip(said, QUESTION_CHARS_MAX) };
}

function readMembership(words: readonly string[]): Command | null {
  const [verb = "", ...rest] = words;
  if (PART.has(verb) && rest.length === 0) return { kind: "part", login: null };

  const isNamed = rest.length === 2 && CHANNEL_WORDS.has(rest[0] ?? "");
  const target = isNamed ? rest[1] : rest[0];
  if (target === undefined || rest.length > (isNamed ? 2 : 1)) return null;
  const login = parseChannelLogin(target);
  if (login === null) return null;

  const isMarked = isNamed || /^[#@]/.test(target);
  if (JOIN.has(verb) || (isMarked && JOIN_IF_MARKED.has(verb))) return { kind: "join", login };
  if (PART.has(verb) || (isMarked && PART_IF_MARKED.has(verb))) return { kind: "part", login };
  return null;
}
