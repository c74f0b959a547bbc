import { join } from "node:path";
import type { World } from "../../src/world/index.ts";
import { BOT } from "../support/app.ts";
import { aFolder } from "../support/db.ts";

/** How the program is started: from source in the project's folder, the binary anywhere. */
export interface Command {
  argv: readonly string[];
  cwd: string;
}
export const fromSource: Command = {
  argv: [process.execPath, "--no-env-file", "src/main.ts"],
  cwd: join(import.meta.dir, "../.."),
};

type Environment = Readonly<Record<string, string>>;

/** A started program, with what it has printed so far. */
export interface Program extends AsyncDisposable {
  readonly pid: number;
  out(): string;
  err(): string;
  /** Resolves with the first match in what it prints; rejects when it ends without. */
  printed(pattern: RegExp): Promise<RegExpExecArray>;
  kill(signal: NodeJS.Signals): void;
  /** Its exit code; null when it was killed. */
  readonly ended: Promise<number | null>;
}

/** Starts the program on a fresh data folder, with these settings and none of the machine's. */
export function start(args: readonly string[], environment: Environment = {}, command = fromSource): Program {
  const home = aFolder();
  const seen = { out: "", err: "" };
  const waiting = new Set<() => void>();
  const child = Bun.spawn([...command.argv, ...args], {
    cwd: command.cwd,
    env: {
      PATH: process.env.PATH ?? "",
      HOME: home,
      PORT: "0",
      BYTE_LANGUAGE: "en",
      BYTE_DATA_DIR: join(home, "data"),
      ...environment,
    },
    stdin: "ignore",
    stdout: "pipe",
    stderr: "pipe",
  });
  const read = async (stream: ReadableStream<Uint8Array>, where: "out" | "err") => {
    const decoder = new TextDecoder();
    for await (const chunk of stream) {
      seen[where] += decoder.decode(chunk, { stream: true });
      for (const look of [...waiting]) look();
    }
  };
  const ended = Promise.all([child.exited, read(child.stdout, "out"), read(child.stderr, "err")]).then(() => child.exitCode);
  const printed = (pattern: RegExp): Promise<RegExpExecArray> => {
    const found = Promise.withResolvers<RegExpExecArray>();
    const look = () => {
      const match = pattern.exec(`${seen.out}\n${seen.err}`);
      if (!match) return;
      waiting.delete(look);
      found.resolve(match);
    };
    waiting.add(look);
    look();
    void ended.then(() => found.reject(new Error(`ended without ${pattern}: ${seen.out}${seen.err}`)));
    return found.promise;
  };
  return {
    pid: child.pid,
    out: () => seen.out,
    err: () => seen.err,
    printed,
    kill: (signal) => child.kill(signal),
    ended,
    [Symbol.asyncDispose]: async () => {
      child.kill("SIGKILL");
      await ended;
    },
  };
}

/** Runs the program to its end. */
export async function run(args: readonly string[], environment: Environment = {}, command = fromSource) {
  await using program = start(args, environment, command);
  const code = await program.ended;
  return { code, out: program.out(), err: program.err() };
}

/** Settings that point the program at the world. */
export const settingsOf = (world: World): Record<string, string> => ({
  TWITCH_IRC_URL: world.urls.irc,
  TWITCH_EVENTSUB_URL: world.urls.eventsub,
  TWITCH_HELIX_URL: world.urls.helix,
  TWITCH_ID_URL: world.urls.id,
  BYTE_ALLOW_PRETEND_TWITCH: "true",
  TWITCH_BOT_LOGIN: BOT,
  TWITCH_USER_TOKEN: `oauth:${world.issueToken(BOT).accessToken}`,
  TWITCH_CHANNEL_LOGINS: "studio",
  OPENAI_BASE_URL: world.urls.model,
  OPENAI_API_KEY: "sk-canary-of-the-program",
});

/** Where the dashboard is, as the program told. */
export async function urlOf(program: Program): Promise<string> {
  return (await program.printed(/Dashboard: (http:\/\/[^\s/]+)/))[1] ?? "";
}
