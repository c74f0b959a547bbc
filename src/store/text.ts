/** Between two values of one column, and in place of a null: neither may be in a value. */
const NEXT = "\x1f";
const NULL = "\x1e";
/** Control characters, and halves of a surrogate pair. */
const SUSPECT = /[\p{Cc}\p{Cs}]/u;

/** `text` as Postgres can keep it: NUL and our two separators are left out, half a surrogate pair becomes U+FFFD. */
export function storable(text: string): string {
  if (!SUSPECT.test(text)) return text;
  return text.replaceAll("\0", "").replaceAll(NEXT, "").replaceAll(NULL, "").toWellFormed();
}

/**
 * One column of many rows as one parameter, for `string_to_array`. Cheaper on both sides than JSON, and than an array
 * literal, which must be quoted. The list ends with a null of its own, to be left out by the reader: without it one
 * empty text could not be told from no text at all.
 */
export function packed(values: readonly (string | null)[]): string {
  return values.map((value) => (value === null ? NULL : storable(value))).join(NEXT) + NEXT + NULL;
}

/** The values of a packed parameter as an array of text; its last one is null. */
export const unpacked = (parameter: string): string => `string_to_array(${parameter}::text, e'\\x1f', e'\\x1e')`;

/** The `from` item that turns the parameters $1, $2 … into rows again, as text columns of these names; the last row is null. */
export function unpackedColumns(names: readonly string[]): string {
  const columns = names.map((_, index) => unpacked(`$${index + 1}`));
  return `unnest(${columns.join(", ")}) as packed(${names.join(", ")})`;
}

/** A value as JSON that Postgres takes: the same texts are left out as in `storable`. */
export function storableJson(value: unknown): string {
  return JSON.stringify(value, (_key, part: unknown) => (typeof part === "string" ? storable(part) : part)) ?? "null";
}

/** Seconds since 1970 as text, for `to_timestamp`. */
export const epochText = (at: Date): string => String(at.getTime() / 1000);
