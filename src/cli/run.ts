import { type Words, wordsFor } from "../../views/words/index.ts";
import { ConfigError, configLanguage } from "../config.ts";
import { AppError } from "../domain/errors.ts";
import { systemChance } from "../system.ts";
import { version } from "../version.ts";
import { printCode } from "./code.ts";
import type { Console } from "./console.ts";
import { demo } from "./demo.ts";
import { health } from "./health.ts";
import { migrateOnly } from "./migrate.ts";
import { replay } from "./replay.ts";
import { serve } from "./serve.ts";

/** Ended well · could not do it · the settings or the command line are wrong. */
const OK = 0;
const FAILED = 1;
const MISUSED = 2;

const COMMANDS = ["serve", "demo", "replay", "migrate", "code", "health"] as const;
type CommandName = (typeof COMMANDS)[number];

/** Runs what the command line asks for; resolves with the exit code. */
export async function run(args: readonly string[], console: Console): Promise<number> {
  const words = wordsFor(languageOf(console));
  const name = args[0] ?? "serve";
  if (["--help", "-h", "help"].includes(name)) return help(words, console);
  if (["--version", "-v", "version"].includes(name)) {
    console.print(version);
    return OK;
  }
  if (!isCommand(name)) {
    console.complain(words.say("cli.unknown_command", { given: name }));
    return MISUSED;
  }
  const [extra] = args.slice(1);
  if (extra !== undefined && ["--help", "-h"].includes(extra)) return help(words, console);
  if (extra !== undefined && name !== "replay") {
    console.complain(words.say("cli.unknown_command", { given: `${name} ${extra}` }));
    return MISUSED;
  }
  try {
    return await COMMAND[name](args.slice(1), words, console);
  } catch (error) {
    return explain(error, words, console);
  }
}

const COMMAND: Record<CommandName, (args: readonly string[], words: Words, console: Console) => Promise<number>> = {
  serve,
  demo,
  replay,
  migrate: migrateOnly,
  code: printCode,
  health,
};

function isCommand(name: string): name is CommandName {
  return (COMMANDS as readonly string[]).includes(name);
}

/** The language can be told before the settings are known to be right. */
function languageOf({ environment }: Console): "pt" | "en" {
  const given = environment.BYTE_LANGUAGE?.trim();
  return configLanguage({ language: given === "pt" || given === "en" ? given : null, systemLanguage: environment.LANG ?? "" });
}

function help(words: Words, console: Console): number {
  console.print(words.say("cli.about", { version }));
  console.print("");
  console.print(words.say("cli.usage"));
  for (const name of COMMANDS) console.print(`  ${name.padEnd(10)} ${words.say(`cli.command.${name}`)}`);
  console.print(`  ${"--help".padEnd(10)} ${words.say("cli.command.help")}`);
  console.print(`  ${"--version".padEnd(10)} ${words.say("cli.command.version")}`);
  console.print("");
  console.print(words.say("cli.settings"));
  return OK;
}

/** One clear account of why it did not go: all wrong settings at once, or one sentence. */
function explain(error: unknown, words: Words, console: Console): number {
  if (error instanceof ConfigError) {
    console.complain(words.say("cli.config_problems", { count: error.problems.length }));
    for (const { name, given, rule, example } of error.problems) {
      console.complain(`  ${words.say("cli.config_problem", { name, given, rule: rule[words.language], example })}`);
    }
    return MISUSED;
  }
  if (error instanceof AppError) {
    console.complain(words.say("cli.problem", { reason: words.sayOr(`error.${error.reason}`, "error.internal", error.params) }));
    return error.kind === "invalid" ? MISUSED : FAILED;
  }
  const traceId = systemChance.uuid();
  const { name, stack } = error instanceof Error ? error : { name: "unknown", stack: "" };
  console.log(`${JSON.stringify({ level: "error", event: "cli.failed", traceId, name, stack: stack?.slice(0, 2_000) })}\n`);
  console.complain(words.say("cli.problem", { reason: words.say("error.internal", { trace: traceId }) }));
  return FAILED;
}
