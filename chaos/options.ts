import { parseArgs } from "node:util";

/** How chat is read while it storms. */
export type Mode = "irc" | "eventsub";

export interface ChaosOptions {
  names: readonly string[];
  /** Everything random is drawn from it: the same seed gives the same storm. */
  seed: number;
  modes: readonly Mode[];
  /** A tenth of everything, to see that it runs. Its figures prove nothing. */
  isQuick: boolean;
  /** Parts of the chaos that are wanted; all when empty. */
  only: readonly string[];
}

const MODES: readonly Mode[] = ["irc", "eventsub"];

/** The command line, or what is wrong with it. */
export function readOptions(args: readonly string[]): ChaosOptions | string {
  let given: ReturnType<typeof parse>;
  try {
    given = parse(args);
  } catch (error) {
    return error instanceof Error ? error.message : "unreadable arguments";
  }
  const { values, positionals } = given;
  const seed = values.seed === undefined ? Math.floor(Math.random() * 1_000_000) : Number(values.seed);
  if (!Number.isSafeInteger(seed) || seed < 0) return "--seed takes a whole number";
  const modes = values.mode === undefined ? MODES : MODES.filter((mode) => mode === values.mode);
  if (modes.length === 0) return `--mode takes ${MODES.join(" or ")}`;
  return { names: positionals, seed, modes, isQuick: values.quick, only: values.only ?? [] };
}

const parse = (args: readonly string[]) =>
  parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      seed: { type: "string" },
      mode: { type: "string" },
      quick: { type: "boolean", default: false },
      only: { type: "string", multiple: true },
    },
  });
