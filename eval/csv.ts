import { readFileSync } from "node:fs";

/** A labelled line of a data set. */
export interface Labelled {
  id: string;
  text: string;
  label: number;
}

/** The rows of a CSV file with the columns `id`, `text` and that of the labels; fields may be quoted and hold line ends. */
export function readLabelled(path: string, labelColumn = "label"): Labelled[] {
  const [head, ...rows] = parseCsv(readFileSync(path, "utf8"));
  const column = (name: string): number => {
    const at = head?.indexOf(name) ?? -1;
    if (at < 0) throw new Error(`${path} has no column "${name}"`);
    return at;
  };
  const [id, text, label] = [column("id"), column("text"), column(labelColumn)];
  return rows.map((row) => ({ id: row[id] ?? "", text: row[text] ?? "", label: Number(row[label]) }));
}

/** One field, quoted or plain, with what ends it. */
const FIELD = /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r?\n|$)/g;

export function parseCsv(text: string): string[][] {
  const rows: string[][] = [];
  let row: string[] = [];
  for (const match of text.replace(/^\uFEFF/, "").matchAll(FIELD)) {
    const isEmptyEnd = match[0] === "" && row.length === 0;
    if (isEmptyEnd) break;
    row.push(match[1]?.replaceAll('""', '"') ?? match[2] ?? "");
    if (match[3] === ",") continue;
    rows.push(row);
    row = [];
  }
  return rows;
}
