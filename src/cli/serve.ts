import type { Words } from "../../views/words/index.ts";
import { type App, createApp } from "../app.ts";
import { type Config, readConfig } from "../config.ts";
import type { Log } from "../ports.ts";
import { createLog, systemChance, systemTime } from "../system.ts";
import type { Console } from "./console.ts";

/** `byte serve`: runs until the process is asked to end. */
export async function serve(_args: readonly string[], words: Words, console: Console): Promise<number> {
  const config = readConfig(console.environment);
  const log = createLog(config.logLevel, systemTime, console.log);
  const stopped = untilStopped(console, log);
  const app = await createApp({ config, log });
  await greet(app, config, words, console);
  await stopped;
  return await stop(app, words, console);
}

/** Resolves when the process is asked to end. What nobody caught is logged once and does not end it. */
export function untilStopped(console: Console, log: Log): Promise<void> {
  console.onBug((error) => {
    const { name, stack } = error instanceof Error ? error : { name: "unknown", stack: "" };
    log.error("process.uncaught", { traceId: systemChance.uuid(), name, stack: stack?.slice(0, 2_000) });
  });
  return new Promise((resolve) => console.onStop(() => resolve()));
}

/** Tells where the dashboard is, how to sign in, and what does not work yet. */
export async function greet(app: App, config: Config, words: Words, console: Console): Promise<void> {
  const code = await app.issueSigninCode("start");
  console.print(words.say("cli.dashboard", { url: `${config.publicUrl ?? app.url}/dashboard` }));
  console.print(words.say("cli.signin", { code }));
  const status = app.status();
  if (status.isReadOnly) console.print(words.say("cli.read_only"));
  if (status.parts.some((part) => part.name === "model" && part.reason === "missing")) console.print(words.say("cli.no_model"));
  if (app.channels.list().length === 0) console.print(words.say("cli.no_channel"));
  if (!isLoopback(config.host)) console.print(words.say("cli.public_bind", { host: config.host }));
}

export async function stop(app: App, words: Words, console: Console): Promise<number> {
  console.print(words.say("cli.stopping"));
  const left = await app.stop();
  if (left === 0) {
    console.print(words.say("cli.stopped"));
    return 0;
  }
  console.complain(words.say("cli.stopped_with_loss", { count: left }));
  return 1;
}

function isLoopback(host: string): boolean {
  return host === "localhost" || host === "::1" || host.startsWith("127.");
}
