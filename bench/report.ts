/** One line of the table. */
export interface Row {
  what: string;
  level: string;
  measured: string;
  /** Null: told for comparison, nothing is asked of it. */
  isMet: boolean | null;
  /** The alternative, or what the figure is made of. */
  beside: string;
}

const HEAD = ["what", "level", "measured", "met", "beside it"];

/** The rows as a table of text. */
export function tableOf(rows: readonly Row[]): string {
  const cells = rows.map((row) => [row.what, row.level, row.measured, metText(row.isMet), row.beside]);
  const widths = HEAD.map((head, column) => Math.max(head.length, ...cells.map((cell) => (cell[column] ?? "").length)));
  const line = (texts: readonly string[]) =>
    texts
      .map((text, column) => text.padEnd(widths[column] ?? 0))
      .join("  ")
      .trimEnd();
  return [line(HEAD), line(widths.map((width) => "─".repeat(width))), ...cells.map(line)].join("\n");
}

/** `9 levels met, 0 missed`: the last line of a run. */
export function summaryOf(rows: readonly Row[]): string {
  const missed = countMissed(rows);
  const met = rows.filter((row) => row.isMet === true).length;
  return `${met} levels met, ${missed} missed`;
}

export const countMissed = (rows: readonly Row[]): number => rows.filter((row) => row.isMet === false).length;

const metText = (isMet: boolean | null): string => (isMet === null ? "·" : isMet ? "yes" : "NO");
