import { wordsFor } from "../views/words/index.ts";
import { createOpenAiModel } from "./adapters/openai.ts";
import { type Config, configLanguage } from "./config.ts";
import { openDatabaseOf } from "./database.ts";
import type { ChannelSettings } from "./domain/channel.ts";
import { AppError } from "./domain/errors.ts";
import type { Actor, TimelineEvent } from "./domain/events.ts";
import type { SystemStatus } from "./domain/snapshots.ts";
import { createServer, type HttpServer } from "./http/server.ts";
import { issueSigninCode } from "./http/signin-code.ts";
import { installationKey } from "./installation-key.ts";
import type { Chance, Clock, Log, Model, Timers } from "./ports.ts";
import { Bus } from "./runtime/bus.ts";
import { Channels } from "./runtime/channels.ts";
import { Jobs } from "./runtime/jobs.ts";
import { Leases } from "./runtime/leases.ts";
import { Moods } from "./runtime/moods.ts";
import { Outbox } from "./runtime/outbox.ts";
import { Recorder } from "./runtime/recorder.ts";
import { Replies } from "./runtime/replies.ts";
import { retain } from "./runtime/retention.ts";
import { joinAccount, SEND_RULES, SharedLimit, sendAccount, sharedJoins } from "./runtime/shared-limit.ts";
import { partsOf } from "./runtime/status.ts";
import { StreamWriter } from "./runtime/stream-writer.ts";
import { Streams } from "./runtime/streams.ts";
import { addChannel, listChannels, seedChannels } from "./store/channels.ts";
import { pruneLines } from "./store/chat.ts";
import type { Database } from "./store/db.ts";
import { jobEngineDatabase } from "./store/job-engine.ts";
import { expireLeases } from "./store/leases.ts";
import { pruneEvents } from "./store/timeline.ts";
import { systemChance, systemTime } from "./system.ts";
import { createTwitch, type Twitch } from "./twitch.ts";
import { version } from "./version.ts";

/** What an app is made of. Only `config` is needed; tests and the demo give the rest. */
export interface AppOptions {
  config: Config;
  log: Log;
  /** True when the pretend world stands in for Twitch. */
  isDemo?: boolean;
  /** Join this channel alone, whatever `channels_config` says (a replay beside real channels). */
  onlyChannel?: string;
  time?: Clock & Timers;
  chance?: Chance;
}

/** A running Byte. Disposing of it stops it gracefully. */
export interface App extends AsyncDisposable {
  /** Where the dashboard is. */
  readonly url: string;
  readonly port: number;
  readonly bus: Bus;
  readonly channels: Channels;
  readonly streams: Pick<Streams, "find" | "look">;
  readonly database: Database;
  /** A new one-time code to sign in with. */
  issueSigninCode(label: string): Promise<string>;
  status(): SystemStatus;
  readonly recorder: Pick<Recorder, "stats" | "flush">;
  /** Drains and stops, within ten seconds. Returns how many lines could not be written. */
  stop(): Promise<number>;
}

/** Rows of one insert: a long statement of the embedded engine delays all others. */
const LINES_BATCH = { postgres: 2_000, embedded: 500 } as const;
/** Shares of the ten seconds that a stop may take, whatever the database does. */
const STOP_FLUSH_MS = 5_000;
const STOP_STREAMS_MS = 500;
const STOP_MOODS_MS = 500;
const STOP_HTTP_MS = 1_500;
const STOP_LEASES_MS = 1_000;
const STOP_DATABASE_MS = 2_000;
const HUD_WAIT_MS = 5_000;
/** At 04:10 UTC: night in Brazil and in Portugal. */
const RETENTION_CRON = "10 4 * * *";

/**
 * Wires everything and starts it. Throws `AppError` when the database, the data folder or the port
 * is not to be had; nothing is left running then.
 */
export async function createApp(options: AppOptions): Promise<App> {
  const { config, log } = options;
  const time = options.time ?? systemTime;
  const chance = options.chance ?? systemChance;
  const startedAt = time.now();
  const key = installationKey(config.secretKey, config.dataDir);
  const database = await openDatabaseOf(config, log);
  try {
    return await startOn(database, {
      config,
      log,
      time,
      chance,
      startedAt,
      key,
      isDemo: options.isDemo ?? false,
      onlyChannel: options.onlyChannel ?? null,
    });
  } catch (error) {
    await database.close();
    throw error;
  }
}

interface Outside {
  config: Config;
  log: Log;
  time: Clock & Timers;
  chance: Chance;
  startedAt: Date;
  key: Uint8Array;
  isDemo: boolean;
  onlyChannel: string | null;
}

async function startOn(database: Database, outside: Outside): Promise<App> {
  const { config, log, time, chance, startedAt } = outside;
  const { db, sql, engine } = database;
  const language = configLanguage(config);
  const bus = new Bus((error) => log.error("bus.listener_failed", { name: error instanceof Error ? error.name : "unknown" }));
  const recorder = new Recorder(database, bus, { time, chance, log }, { linesBatchMax: LINES_BATCH[engine] });
  const model = createModel(config);
  const replies = model && createReplies(model, recorder, bus, outside);

  const holder = chance.uuid();
  const limits = { sql, isAlone: () => leases.others === 0, time, log };
  // Twitch, outbox and channels know each other through `channels`, which is made last.
  const twitch: Twitch = createTwitch({
    config,
    database,
    key: outside.key,
    holder,
    time,
    chance,
    log,
    rooms: () => channels.rooms(),
    takeJoins: sharedJoins({ ...limits, account: () => joinAccount(chat.status()) }),
    onInbound: (inbound) => channels.hear(inbound),
    onEvent: (body, channelId) => recorder.addEvent(channelId, body),
    onChange: () => {
      channels.settingsChanged();
      bus.publish({ kind: "accounts_changed" });
      bus.publish({ kind: "status_changed" });
    },
  });
  const { chat } = twitch;
  const sends = new SharedLimit(SEND_RULES, { ...limits, account: () => sendAccount(chat.status()) });
  const outbox = new Outbox(chat, time, sends);
  const channels: Channels = new Channels({
    db,
    chat,
    bus,
    recorder,
    replies,
    outbox,
    leases: () => leases,
    trigger: config.trigger,
    settingsOf: (channelId) => channelSettings(config, twitch, channelId),
    onRooms: () => twitch.plan(),
    persona: { name: "Byte", tone: "", emotes: [], lore: "" },
    language,
    startedAt,
    onlyChannel: outside.onlyChannel,
    say: wordsFor(language).say,
    time,
    chance,
    log,
  });
  const leases: Leases = new Leases({
    holder,
    sql,
    time,
    log,
    list: () => channels.wanted(),
    onChange: (held) => channels.hold(held),
  });
  const streams = new Streams({
    db,
    writer: new StreamWriter({ sql, bus, time, log }),
    bus,
    rooms: () => channels.rooms(),
    asker: () => twitch.asker(),
    helix: twitch.helix,
    time,
    chance,
    log,
  });
  const moods = new Moods({
    database,
    bus,
    rooms: () => channels.rooms(),
    notPeople: () => ({ knownBots: config.knownBots, ourId: chat.status().userId }),
    onEvent: (channelId, body) => recorder.addEvent(channelId, body),
    time,
    log,
  });
  const jobs = new Jobs(
    jobEngineDatabase(sql),
    [
      {
        name: "retention",
        cron: RETENTION_CRON,
        run: () =>
          retain(
            { channel_history: (before) => pruneLines(db, before), timeline: (before) => pruneEvents(db, before) },
            config.retentionDays,
            time,
            log,
          ),
      },
    ],
    log,
  );

  const parts = () =>
    partsOf(
      {
        chat: chat.status(),
        accounts: twitch.control.list(),
        canConnect: twitch.control.canConnect,
        eventsub: twitch.eventsub(),
        database: { engine, awaySince: recorder.stats().awaySince ?? leases.awaySince },
        recorder: recorder.stats(),
        mailboxDropped: channels.dropped,
        replies: replies?.status() ?? null,
        modelName: config.model,
        jobs: jobs.status(),
        ...channels.holding(),
      },
      time.now(),
    );
  const status = (): SystemStatus => ({
    version,
    startedAt,
    isDemo: outside.isDemo,
    isReadOnly: !twitch.canSpeak(),
    parts: parts(),
  });

  if (outside.onlyChannel === null) await seed(db, config, startedAt);
  else await addChannel(db, outside.onlyChannel, { kind: "system" }, startedAt);
  // Nobody else can have the embedded database open: what a killed process held is free at once.
  if (engine === "embedded") await expireLeases(sql);
  await leases.start();
  const http: HttpServer = createServer({
    config: {
      host: config.host,
      port: config.port,
      publicUrl: config.publicUrl,
      allowedHosts: config.allowedHosts,
      trustProxy: config.trustProxy,
      adminToken: config.adminToken,
      isDemo: outside.isDemo,
      isDevelopment: config.environment === "development",
      language: config.language,
    },
    db,
    clock: time,
    chance,
    log,
    bus,
    channels,
    accounts: twitch.control,
    moods,
    key: outside.key,
    status,
    readiness: () => {
      const all = parts();
      return { ready: all.every((part) => part.name !== "database" || part.level !== "bad"), parts: all };
    },
    tellHud: (channelId, text, source, by) => tellHud(channelId, text, source, by),
  });

  /** Resolves with the event as it was persisted, or without an id while the database is away. */
  function tellHud(channelId: string, text: string, source: string, by: Actor): Promise<TimelineEvent> {
    const traceId = chance.uuid();
    return new Promise((resolve, reject) => {
      const done = () => {
        unsubscribe();
        cancel();
      };
      const unsubscribe = bus.subscribe((message) => {
        if (message.kind !== "event" || message.event.traceId !== traceId) return;
        done();
        resolve(message.event);
      });
      const cancel = time.after(HUD_WAIT_MS, () => {
        done();
        reject(new AppError("unavailable", "database_no_answer", { seconds: HUD_WAIT_MS / 1_000 }));
      });
      recorder.addEvent(channelId, { type: "hud.message", text, source, by }, traceId);
    });
  }

  const address = await http.listen().catch(async (error: unknown) => {
    await leases.stop();
    throw error;
  });
  recorder.addEvent(null, { type: "app.started", version });
  moods.start();
  await twitch.start();
  streams.start();
  const jobsStarted = jobs.start();

  let stopping: Promise<number> | null = null;
  const stopAll = async (): Promise<number> => {
    replies?.stop();
    outbox.stop();
    await twitch.stop();
    await channels.finish();
    recorder.addEvent(null, { type: "app.stopped" });
    const [left] = await Promise.all([
      recorder.stop(STOP_FLUSH_MS),
      within(
        STOP_FLUSH_MS,
        jobsStarted.then(() => jobs.stop()),
        time,
      ),
    ]);
    // After the recorder: it tells the last lines when it has written them.
    await Promise.all([within(STOP_STREAMS_MS, streams.stop(), time), within(STOP_MOODS_MS, moods.stop(), time)]);
    await http.stop(STOP_HTTP_MS);
    await within(STOP_LEASES_MS, leases.stop(), time);
    await within(STOP_DATABASE_MS, database.close(), time);
    return left;
  };
  const stop = () => {
    stopping ??= stopAll();
    return stopping;
  };

  return {
    url: address.url,
    port: address.port,
    bus,
    channels,
    streams,
    database,
    recorder,
    issueSigninCode: (label) => issueSigninCode(db, { label, now: time.now() }),
    status,
    stop,
    [Symbol.asyncDispose]: async () => void (await stop()),
  };
}

/** Resolves when `work` is done, or after `ms`: then it goes on behind. */
function within(ms: number, work: Promise<void>, timers: Timers): Promise<void> {
  return new Promise((resolve, reject) => {
    const cancel = timers.after(ms, resolve);
    work.then(resolve, reject).finally(cancel);
  });
}

/** `channels_config` decides; only while it names no channel are those of the environment taken. */
async function seed(db: Database["db"], config: Config, now: Date): Promise<void> {
  const logins =
    config.channelLogins.length > 0 ? config.channelLogins : config.channelLogin === null ? [] : [config.channelLogin];
  if (logins.length > 0 && (await listChannels(db)).length === 0) await seedChannels(db, logins, now);
}

/** Null when neither a key nor a provider's address is given: everything deterministic works without. */
function createModel(config: Config): Model | null {
  if (config.modelKey === null && config.modelUrl === null) return null;
  return createOpenAiModel({ apiKey: config.modelKey, baseUrl: config.modelUrl });
}

function createReplies(
  model: Model,
  recorder: Pick<Recorder, "addCall" | "addEvent">,
  bus: Bus,
  { config, time, chance, log }: Outside,
): Replies {
  return new Replies(
    model,
    { time, chance, log },
    {
      model: config.model,
      fallbackModel: config.fallbackModel,
      deadlineMs: config.modelDeadlineMs,
      concurrency: config.modelConcurrency,
      prices: { input: config.inputPrice, output: config.outputPrice, cached: config.cachedPrice },
    },
    {
      onCall: (call) => recorder.addCall(call),
      onStatus: () => bus.publish({ kind: "status_changed" }),
      onBreaker: ({ opened, failures, retryAt }) => {
        recorder.addEvent(
          null,
          opened
            ? { type: "model.breaker_opened", failures, retryAt: (retryAt ?? time.now()).toISOString() }
            : { type: "model.breaker_closed" },
        );
        bus.publish({ kind: "status_changed" });
      },
    },
  );
}

/** Between two answers in a channel, and to one chatter: a bot that speaks more often is felt as spam. */
const REPLY_COOLDOWN_MS = 0;
const CHATTER_COOLDOWN_MS = 3_000;

function channelSettings(config: Config, twitch: Twitch, channelId: string): ChannelSettings {
  return {
    trigger: config.trigger,
    ownerIds: config.ownerIds,
    isReadOnly: !twitch.canSpeak(),
    canSendSourceOnly: twitch.canSendSourceOnly(channelId),
    replyCooldownMs: REPLY_COOLDOWN_MS,
    chatterCooldownMs: CHATTER_COOLDOWN_MS,
    knownBots: config.knownBots,
  };
}
