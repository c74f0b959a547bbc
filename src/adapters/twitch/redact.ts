/** Longest shape of foreign text that is logged. */
const SHAPE_CHARS_MAX = 120;

/** The shape of a text without its content, for the log: letters become x, digits 0. */
export function shapeOf(text: string): string {
  return text.slice(0, SHAPE_CHARS_MAX).replace(/\p{L}/gu, "x").replace(/\p{N}/gu, "0");
}
