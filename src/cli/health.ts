import type { Words } from "../../views/words/index.ts";
import { readConfig } from "../config.ts";
import type { Console } from "./console.ts";

const ANSWER_MS = 2_500;

/** `byte health`: asks the running Byte of the same settings whether it lives. For container health checks. */
export async function health(_args: readonly string[], words: Words, console: Console): Promise<number> {
  const { host, port } = readConfig(console.environment);
  const at = host === "0.0.0.0" || host === "::" ? "127.0.0.1" : host;
  const answer = await fetch(`http://${at.includes(":") ? `[${at}]` : at}:${port}/health`, {
    signal: AbortSignal.timeout(ANSWER_MS),
  }).catch(() => null);
  if (answer?.ok) {
    console.print(await answer.text());
    return 0;
  }
  console.complain(words.say("cli.not_running", { port: String(port) }));
  return 1;
}
