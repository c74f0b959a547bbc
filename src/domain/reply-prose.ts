/** Markdown and HTML to prose: what stays are the words, as sentences. */

/** The words of `text` without markup. Line ends stay for whoever makes it one line. */
export function plainProse(text: string): string {
  const lines = withoutHtml(withoutFences(text)).split(/\r\n|[\r\n\u2028\u2029]/u);
  return joinLines(lines.map(readLine).filter((line) => line !== null));
}

function withoutFences(text: string): string {
  return text.replace(/^\s*(?:`{3,}|~{3,})[\w+#.-]*[ \t]*$/gm, "").replace(/`{3,}[\w+#-]*\n?/g, " ");
}

/** Tags that models write; anything else between angle brackets is left alone ("a <b and c> d" is talk). */
const HTML_TAG =
  /<\/?(?:a|b|big|blockquote|br|center|code|del|div|em|font|h[1-6]|hr|i|img|ins|kbd|li|mark|ol|p|pre|q|s|small|span|strike|strong|sub|sup|table|tbody|td|th|thead|tr|tt|u|ul)(?:\s[^<>]*)?\/?>/gi;
const HTML_ENTITIES: Readonly<Record<string, string>> = {
  amp: "&",
  lt: "<",
  gt: ">",
  quot: '"',
  "#39": "'",
  apos: "'",
  nbsp: " ",
};

function withoutHtml(text: string): string {
  return text
    .replace(/<(script|style)\b[\s\S]*?(?:<\/\1\s*>|$)/gi, " ")
    .replace(/<!--[\s\S]*?(?:-->|$)/g, " ")
    .replace(/<(?:br|hr)\s*\/?>|<\/(?:p|div|h[1-6]|tr)>/gi, "\n")
    .replace(/<li(?:\s[^<>]*)?>/gi, "\n- ")
    .replace(HTML_TAG, "")
    .replace(/&(amp|lt|gt|quot|#39|apos|nbsp);/g, (_, name: string) => HTML_ENTITIES[name] ?? "");
}

interface Line {
  kind: "text" | "heading" | "item";
  text: string;
}

const RULE = /^\s*(?:[-*_=]\s*){3,}$/;
const TABLE_RULE = /^\s*\|?\s*:?-{2,}:?\s*(?:\|\s*:?-{2,}:?\s*)*\|?\s*$/;
const HEADING = /^\s{0,3}#{1,6}\s+(.*)$/;
const ITEM = /^\s*(?:[-*+•◦▪‣–]|\(?\d{1,2}[.)])\s+(.*)$/;
const TASK = /^\[[ xX]\]\s+/;

/** One line without its markup; null for a line that is markup only. */
function readLine(raw: string): Line | null {
  const line = raw.replace(/^\s*(?:>\s?)+/, "");
  if (line.trim() === "" || RULE.test(line) || TABLE_RULE.test(line)) return null;
  const heading = HEADING.exec(line)?.[1];
  if (heading !== undefined) return nonEmpty("heading", inline(heading.trimEnd().replace(/#+$/, "")));
  const item = ITEM.exec(line)?.[1];
  if (item !== undefined) return nonEmpty("item", inline(item.replace(TASK, "")));
  if (/^\s*\|.*\|\s*$/.test(line)) return nonEmpty("item", cells(line).map(inline).join(", "));
  return nonEmpty("text", inline(line));
}

function nonEmpty(kind: Line["kind"], text: string): Line | null {
  const trimmed = text.trim();
  return trimmed === "" ? null : { kind, text: trimmed };
}

const cells = (row: string): string[] =>
  row
    .trim()
    .slice(1, -1)
    .split("|")
    .map((cell) => cell.trim())
    .filter(Boolean);

function inline(text: string): string {
  return text
    .replace(/!\[([^\]\n]{0,300})\]\([^)\n]{0,2000}\)/g, "$1")
    .replace(/\[([^[\]\n]{1,300})\]\((?:[^()\n]|\([^()\n]{0,300}\)){0,2000}\)/g, "$1")
    .replace(/\[([^[\]\n]{1,300})\]\[[^\]\n]{0,300}\]/g, "$1")
    .replace(/<(https?:\/\/[^\s<>]+)>/gi, "$1")
    .replace(/`+([^`\n]+)`+/g, "$1")
    .replace(/(\*{2,3})(?=\S)([^*\n]*?\S)\1/g, "$2")
    .replace(/(?<![\p{L}\p{N}*])\*(?=\S)([^*\n]*?\S)\*(?![\p{L}\p{N}*])/gu, "$1")
    .replace(/(?<![\p{L}\p{N}_])(_{1,3})(?=\S)([^_\n]+?)(?<=\S)\1(?![\p{L}\p{N}_])/gu, "$2")
    .replace(/~~(?=\S)([^~\n]*?\S)~~/g, "$1")
    .replace(/\|\|(?=\S)([^|\n]*?\S)\|\|/g, "$1")
    .replace(/\*\*|__(?=\s|$)|(?<=^|\s)__/g, "")
    .replace(/\\([\\`*_{}[\]()#+.!~|>-])/g, "$1");
}

const ENDS = /[.!?…:;,。！？]["'”’)\]]*$/u;

/** One text of the lines: items are parted by `;`, a heading leads on with `:`. */
function joinLines(lines: readonly Line[]): string {
  let text = "";
  for (const [index, line] of lines.entries()) {
    const next = lines[index + 1];
    text += (text === "" ? "" : " ") + line.text;
    if (next === undefined || ENDS.test(line.text)) continue;
    if (line.kind === "heading") text += ":";
    else if (line.kind === "item") text += next.kind === "item" ? ";" : ".";
    else if (next.kind !== "text") text += ":";
  }
  return text;
}
