import { type App, type AppOptions, createApp } from "../../src/app.ts";
import { pretendUrls } from "../../src/cli/pretend.ts";
import { type Config, readConfig } from "../../src/config.ts";
import type { EventBody, EventType, TimelineEvent } from "../../src/domain/events.ts";
import { createLog, systemTime } from "../../src/system.ts";
import { startWorld, type World, type WorldOptions } from "../../src/world/index.ts";
import { aFolder, type Engine, engines, pgbouncer, postgresServer } from "./db.ts";

export const BOT = "bytebot";

/** A world with the bot's account and one channel, where the bot is moderator (so that limits do not slow the test). */
export async function aWorld(
  options: WorldOptions & { channels?: readonly string[]; isModerator?: boolean } = {},
): Promise<World> {
  const world = await startWorld(options);
  world.addUser({ login: BOT });
  for (const login of options.channels ?? ["studio"])
    world.addChannel(login, { mods: options.isModerator === false ? [] : [BOT] });
  return world;
}

export interface RunningApp extends App {
  /** Lines that the app logged, as they were written. */
  readonly logLines: readonly string[];
  readonly config: Config;
}

/**
 * The app as `byte serve` starts it, against the world, on a free port, in a fresh folder and, unless told
 * otherwise, on a fresh database of the machine's Postgres (the embedded one where there is none: it starts slower).
 */
export async function startApp(
  world: World,
  over: Partial<Config> = {},
  options: Omit<AppOptions, "config" | "log"> & { channels?: readonly string[] } = {},
): Promise<RunningApp> {
  const logLines: string[] = [];
  const config = readConfig(
    {},
    {
      dataDir: aFolder(),
      port: 0,
      language: "en",
      ...pretendUrls(world),
      botLogin: BOT,
      userToken: world.issueToken(BOT).accessToken,
      channelLogins: options.channels ?? ["studio"],
      modelUrl: world.urls.model,
      modelKey: "sk-canary-model-key",
      ...("databaseUrl" in over ? {} : await databaseSettings(engines.includes("postgres") ? "postgres" : "embedded")),
      ...over,
    },
  );
  const app = await createApp({
    ...options,
    config,
    log: createLog("info", options.time ?? systemTime, (line) => void logLines.push(line)),
  });
  return Object.assign(app, { logLines, config });
}

/** A fresh database of that engine, as settings. */
export async function databaseSettings(engine: Engine): Promise<Pick<Config, "databaseUrl">> {
  if (engine === "embedded") return { databaseUrl: null };
  const server = await postgresServer();
  const name = await server.createDatabase("app");
  return { databaseUrl: engine === "postgres" ? server.url(name) : (await pgbouncer()).url(name) };
}

/** The next published event of that type that `matches`. */
export function nextEvent<T extends EventType>(
  app: Pick<App, "bus">,
  type: T,
  matches: (body: Extract<EventBody, { type: T }>, event: TimelineEvent) => boolean = () => true,
): Promise<TimelineEvent & { body: Extract<EventBody, { type: T }> }> {
  return new Promise((resolve) => {
    const unsubscribe = app.bus.subscribe((message) => {
      if (message.kind !== "event" || message.event.body.type !== type) return;
      const event = message.event as TimelineEvent & { body: Extract<EventBody, { type: T }> };
      if (!matches(event.body, event)) return;
      unsubscribe();
      resolve(event);
    });
  });
}

/** Resolves when chat lines are stored and told whose texts include `text`. */
export function nextLine(app: Pick<App, "bus">, text: string): Promise<void> {
  return new Promise((resolve) => {
    const unsubscribe = app.bus.subscribe((message) => {
      if (message.kind !== "lines" || !message.lines.some((line) => line.text.includes(text))) return;
      unsubscribe();
      resolve();
    });
  });
}

/** Waits for the next such event and gives its body. */
export async function nextBody<T extends EventType>(
  app: Pick<App, "bus">,
  type: T,
  matches: (body: Extract<EventBody, { type: T }>) => boolean = () => true,
): Promise<Extract<EventBody, { type: T }>> {
  return (await nextEvent(app, type, matches)).body;
}

/** Every text that clients sent to chat, whether the world took it or not. */
export function sentTexts(world: World, channel?: string): string[] {
  return world.log
    .list("irc", "PRIVMSG")
    .filter((entry) => entry.way === "in" && (channel === undefined || entry.fields.channel === channel))
    .map((entry) => String(entry.fields.text));
}

/** Resolves when this very app is in the channel. */
export function joinedBy(app: Pick<App, "bus" | "channels">, login: string): Promise<void> {
  const isThere = () => app.channels.find(login)?.state === "joined";
  if (isThere()) return Promise.resolve();
  return new Promise((resolve) => {
    const unsubscribe = app.bus.subscribe((message) => {
      if (message.kind !== "channels_changed" || !isThere()) return;
      unsubscribe();
      resolve();
    });
  });
}
