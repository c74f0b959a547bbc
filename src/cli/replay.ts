import { basename } from "node:path";
import { parseArgs } from "node:util";
import type { Words } from "../../views/words/index.ts";
import { type App, createApp } from "../app.ts";
import { readConfig } from "../config.ts";
import { requireChannelLogin } from "../domain/channel-login.ts";
import { AppError } from "../domain/errors.ts";
import { removeChannel } from "../store/channels.ts";
import { countLines } from "../store/chat.ts";
import { createLog, systemTime } from "../system.ts";
import { startWorld, type World } from "../world/index.ts";
import type { Console } from "./console.ts";
import { pretendUrls } from "./pretend.ts";
import { RECORDING_BYTES_MAX, type RecordedLine, readRecording } from "./recording.ts";
import { greet, stop, untilStopped } from "./serve.ts";

const SPEED_MAX = 10_000;
const POLL_MS = 20;
/** No line stored for this long: something is wrong, and is said. */
const STUCK_MS = 30_000;

interface ReplayArgs {
  file: string;
  /** Times as fast as it was; null: as fast as it goes. */
  speed: number | null;
  channel: string;
  /** Leave the dashboard up afterwards. */
  keep: boolean;
}

/**
 * `byte replay FILE`: a recorded chat through the pretend IRC server's socket into the real runtime
 * and the configured database. Ends with 0 when every line is stored exactly once.
 */
export async function replay(args: readonly string[], words: Words, console: Console): Promise<number> {
  const asked = readArgs(args);
  const given = readConfig(console.environment);
  const log = createLog(given.logLevel, systemTime, console.log);
  const text = await readFile(asked.file);
  await using world = await startWorld({ purpose: "replay", openChannels: true });
  const channelId = world.addChannel(asked.channel).user.id;
  const { lines, skipped } = readRecording(text, { channelLogin: asked.channel, channelId });

  const stopped = untilStopped(console, log);
  const config = readConfig(console.environment, {
    ...pretendUrls(world),
    chatMode: "irc",
    userToken: null,
    refreshToken: null,
    botLogin: null,
  });
  const app = await createApp({ config, log, isDemo: true, onlyChannel: asked.channel });
  try {
    if (asked.keep) await greet(app, config, words, console);
    await world.joined(asked.channel);
    const isComplete = await play(lines, { world, app, asked, channelId, skipped }, words, console);
    if (asked.keep) await stopped;
    await removeChannel(app.database.db, asked.channel, systemTime.now());
    const code = await stop(app, words, console);
    return isComplete ? code : 1;
  } finally {
    await app.stop();
  }
}

interface Scene {
  world: World;
  app: App;
  asked: ReplayArgs;
  channelId: string;
  skipped: number;
}

/** Sends the lines, waits until all are stored, and tells the recount. True when nothing is missing or twice. */
async function play(lines: readonly RecordedLine[], scene: Scene, words: Words, console: Console): Promise<boolean> {
  const { world, app, asked, channelId } = scene;
  const { db } = app.database;
  const before = await countLines(db, channelId);
  const from = performance.now();
  const delivered = await world.feed(asked.channel, paced(lines, asked.speed));
  await untilDone(app, delivered);
  await app.recorder.flush();
  const seconds = (performance.now() - from) / 1_000;
  const after = await countLines(db, channelId);
  const figures = await app.channels.figures(channelId);

  const isComplete =
    delivered === lines.length && figures.messagesTotal === after && after - before <= delivered && after >= delivered;
  console.print(words.say("cli.replayed", { count: delivered, time: `${seconds.toFixed(2)} s` }));
  console.print(
    words.say("cli.replay_recount", {
      engine: app.database.engine,
      rate: Math.round(delivered / seconds),
      lines: lines.length,
      skipped: scene.skipped,
      fresh: after - before,
      stored: after,
      shown: figures.messagesTotal,
    }),
  );
  if (!isComplete) console.complain(words.say("cli.replay_incomplete"));
  return isComplete;
}

async function untilDone(app: App, delivered: number): Promise<void> {
  let done = -1;
  let changedAt = performance.now();
  for (;;) {
    const now = app.recorder.stats().linesDone + app.channels.repeated + app.channels.dropped;
    if (now >= delivered) return;
    if (now !== done) changedAt = performance.now();
    done = now;
    if (performance.now() - changedAt > STUCK_MS) throw new AppError("unavailable", "replay_stuck", { done, delivered });
    await new Promise<void>((resolve) => systemTime.after(POLL_MS, resolve));
  }
}

/** The lines at their own pace, `speed` times as fast; at once when `speed` is null. */
async function* paced(lines: readonly RecordedLine[], speed: number | null): AsyncGenerator<string> {
  const from = performance.now();
  const firstMs = lines[0]?.atMs ?? 0;
  for (const { atMs, raw } of lines) {
    if (speed !== null) {
      const waitMs = from + (atMs - firstMs) / speed - performance.now();
      if (waitMs > 1) await new Promise<void>((resolve) => systemTime.after(waitMs, resolve));
    }
    yield raw;
  }
}

function readArgs(args: readonly string[]): ReplayArgs {
  const { values, positionals } = parse(args);
  const file = positionals[0];
  if (file === undefined) throw new AppError("invalid", "replay_file_missing");
  const speed = values.speed === undefined || values.speed === "max" ? null : Number(values.speed);
  if (speed !== null && !(speed > 0 && speed <= SPEED_MAX))
    throw new AppError("invalid", "replay_speed_invalid", { max: SPEED_MAX });
  const fallback = `replay_${basename(file)
    .replace(/\..*$/, "")
    .toLowerCase()
    .replace(/[^a-z0-9_]+/g, "_")}`.slice(0, 25);
  return { file, speed, channel: requireChannelLogin(values.channel ?? fallback), keep: values.keep === true };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: { speed: { type: "string" }, channel: { type: "string" }, keep: { type: "boolean" } },
    });
  } catch {
    throw new AppError("invalid", "replay_arguments_invalid");
  }
}

async function readFile(path: string): Promise<string> {
  const file = Bun.file(path);
  if (!(await file.exists())) throw new AppError("invalid", "replay_file_missing_at", { path });
  if (file.size > RECORDING_BYTES_MAX)
    throw new AppError("too_large", "replay_file_too_large", { mb: RECORDING_BYTES_MAX / 1024 / 1024 });
  const bytes = await file.bytes();
  const isGzip = bytes[0] === 0x1f && bytes[1] === 0x8b;
  return new TextDecoder().decode(isGzip ? Bun.gunzipSync(bytes) : bytes);
}
