import { LINES_EN } from "./lines-en.ts";
import { LINES_PT } from "./lines-pt.ts";

/** What a line is for. */
export type LineKind =
  | "greet"
  | "calm"
  | "game"
  | "hype"
  | "fail"
  | "ask"
  | "answer"
  | "byte"
  | "thanks_byte"
  | "raid"
  | "support"
  | "own_support"
  | "nuisance"
  | "after_nuisance"
  | "bye";

export type DirectorLanguage = "pt" | "en";

/**
 * Lines of one language. Slots: {name} another chatter, {streamer}, {game}, {n} a small number, {food}, {thing},
 * {when}; {laugh} is filled by the chatter's own way of laughing.
 */
export interface LineBook {
  lines: Readonly<Record<LineKind, readonly string[]>>;
  slots: Readonly<Record<"food" | "thing" | "when", readonly string[]>>;
  laughs: readonly string[];
}

export const LINE_BOOKS: Readonly<Record<DirectorLanguage, LineBook>> = { pt: LINES_PT, en: LINES_EN };
