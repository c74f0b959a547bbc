import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Words } from "../../views/words/index.ts";
import { createApp } from "../app.ts";
import { readConfig } from "../config.ts";
import { createLog, systemTime } from "../system.ts";
import { PUBLIC_CLIENT, startDirector, startWorld } from "../world/index.ts";
import type { Console } from "./console.ts";
import { pretendUrls } from "./pretend.ts";
import { greet, stop, untilStopped } from "./serve.ts";

const BOT = "byte_demo";
/** What a small hosted model takes for such an answer. */
const MODEL_MS = 700;
/** Twice a lively small stream, so that there is something to see at once. */
const PACE = 2;
const CHANNELS = [
  {
    login: "cabrasolar",
    displayName: "CabraSolar",
    title: "Vale do Orvalho · ano 3, inverno",
    game: "Vale do Orvalho",
    language: "pt",
  },
  { login: "tidepoolsam", displayName: "TidepoolSam", title: "No-hit run, cosy edition", game: "Tidebound", language: "en" },
] as const;

/**
 * `byte demo`: the same program against the pretend world in its own process. It keeps nothing: its
 * data folder is made anew and removed at the end, and no setting of a real installation is used.
 */
export async function demo(_args: readonly string[], words: Words, console: Console): Promise<number> {
  const given = readConfig(console.environment);
  const log = createLog(given.logLevel, systemTime, console.log);
  const stopped = untilStopped(console, log);
  const folder = mkdtempSync(join(tmpdir(), "byte-demo-"));
  try {
    await using world = await startWorld({ purpose: "demo", openChannels: true });
    world.addUser({ login: BOT, displayName: "Byte" });
    for (const { login, displayName } of CHANNELS) world.addUser({ login, displayName });
    const config = readConfig(
      {},
      {
        ...pick(given),
        dataDir: folder,
        ...pretendUrls(world),
        clientId: PUBLIC_CLIENT.clientId,
        botLogin: BOT,
        userToken: world.issueToken(BOT).accessToken,
        channelLogins: CHANNELS.map((channel) => channel.login),
        modelUrl: world.urls.model,
        modelKey: "demo",
        model: "pretend-1",
        inputPrice: 0.25,
        outputPrice: 2,
      },
    );
    world.model.script({ latencyMs: MODEL_MS });
    const app = await createApp({ config, log, isDemo: true });
    const director = startDirector(world, { channels: CHANNELS.map((channel) => ({ ...channel })), pace: PACE, botLogin: BOT });
    console.print(words.say("cli.demo"));
    await greet(app, config, words, console);
    await stopped;
    director.stop();
    return await stop(app, words, console);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Of a real installation's settings only those of the dashboard's address and the language count here. */
function pick({ host, port, language, systemLanguage, timeZone, logLevel, environment }: ReturnType<typeof readConfig>) {
  return { host, port, language, systemLanguage, timeZone, logLevel, environment };
}
