import { mkdirSync } from "node:fs";
import type { Rig } from "../bench/rig.ts";
import { type App, createApp } from "../src/app.ts";
import { type Config, readConfig } from "../src/config.ts";
import type { TwitchInbound } from "../src/ports.ts";
import { createLog } from "../src/system.ts";
import { WorldChance } from "../src/world/chance.ts";
import type { EventSubSocket } from "../src/world/eventsub/session.ts";
import { ManualClock, startWorld, type World } from "../src/world/index.ts";
import type { IrcSession } from "../src/world/irc/session.ts";
import { DEFAULT_CLIENT } from "../src/world/tokens.ts";
import { findPostgres } from "../tests/support/postgres.ts";
import type { Mode } from "./options.ts";
import { Tally } from "./tally.ts";
import { watchDeliveries } from "./witness.ts";

export const BOT = "bytebot";

/** What was delivered must be heard within this, on the machine's clock; what was not is lost. */
const HEARD_MS_MAX = 5_000;
/** A handshake or a round trip over loopback that takes longer is not waited for. */
const ROUND_TRIP_MS_MAX = 2_000;
const START_MS_MAX = 30_000;
/** After the jobs' tables are there: time for what else was asked of the database at the start. */
const BEGUN_MS = 300;
/** While there is no connection each step takes so long on the machine's clock: a handshake over loopback takes less. */
const AWAY_MS = 15;
/** After the last request that the world has seen: time for the next one. */
const QUIET_MS = 3;
const QUIET_MS_MAX = 1_500;
/** More lines than this on their way into the database: time stands still until it has caught up. */
const WAITING_LINES_MAX = 10_000;
const CAUGHT_UP_MS_MAX = 60_000;
/** Twitch's server asks for a PONG every five minutes or so (not documented): here more often, so that it happens between two drops. */
const PING_EVERY_MS = 10_000;
/** Log lines of the app that are kept: the newest. */
const LOG_LINES_MAX = 2_000;

export interface StageOptions {
  seed: number;
  mode: Mode;
  channels: readonly string[];
  /** Lines that will be said, at most. */
  linesMax: number;
}

/**
 * The world and the app in one process, on one clock that stands still between two steps. After each step everything that
 * follows from it over real sockets is waited for, so that "delivered on a live connection" is a fact and not a guess.
 */
export class Stage implements AsyncDisposable {
  readonly clock: ManualClock;
  readonly world: World;
  readonly tally: Tally;
  readonly channels: readonly string[];
  readonly mode: Mode;
  /** What the app logged, newest last. */
  readonly logLines: string[] = [];
  /** Lines that were delivered and never heard. */
  readonly unheard: number[] = [];
  /** A connection that nobody answers is being tried: not to be waited for. */
  isBlackHole = false;
  #app: App | null = null;
  #listeners: ((inbound: TwitchInbound) => void)[] = [];
  /** When, on the machine's clock, the world last logged something. */
  #busyAt = 0;

  private constructor(world: World, clock: ManualClock, options: StageOptions) {
    this.world = world;
    this.clock = clock;
    this.channels = options.channels;
    this.mode = options.mode;
    this.tally = new Tally(options.linesMax);
    watchDeliveries(world, this.tally);
    world.log.listen(() => {
      this.#busyAt = performance.now();
    });
  }

  /** A world with the bot as moderator in every channel. The app is not started yet. */
  static async open(options: StageOptions): Promise<Stage> {
    const clock = new ManualClock();
    const world = await startWorld({ seed: options.seed, clock, limits: { logLines: false, ircPingMs: PING_EVERY_MS } });
    world.addUser({ login: BOT });
    for (const login of options.channels) world.addChannel(login, { mods: [BOT] });
    return new Stage(world, clock, options);
  }

  get app(): App {
    if (this.#app === null) throw new Error("the app has not been started");
    return this.#app;
  }

  /** Starts the app on a fresh database. */
  async start(rig: Rig, over: Partial<Config> = {}): Promise<App> {
    const chance = new WorldChance(this.world.state.seed).fork("app");
    const dataDir = rig.folder("chaos");
    mkdirSync(dataDir, { recursive: true });
    const server = findPostgres() === null ? null : await rig.postgres();
    const grant = this.world.issueToken(BOT);
    const config = readConfig(
      {},
      {
        dataDir,
        port: 0,
        language: "en",
        allowPretend: true,
        ircUrl: this.world.urls.irc,
        eventsubUrl: this.world.urls.eventsub,
        helixUrl: this.world.urls.helix,
        idUrl: this.world.urls.id,
        chatMode: this.mode,
        clientId: DEFAULT_CLIENT.clientId,
        clientSecret: DEFAULT_CLIENT.secret,
        botLogin: BOT,
        userToken: grant.accessToken,
        refreshToken: grant.refreshToken,
        channelLogins: this.channels,
        modelUrl: this.world.urls.model,
        modelKey: "sk-chaos",
        databaseUrl: server === null ? null : server.url(await server.createDatabase("chaos")),
        ...over,
      },
    );
    this.#app = await createApp({
      config,
      time: this.clock,
      chance,
      log: createLog("info", this.clock, (line) => {
        this.logLines.push(line);
        if (this.logLines.length > LOG_LINES_MAX) this.logLines.splice(0, LOG_LINES_MAX / 2);
      }),
    });
    this.#listen(this.#app);
    await this.#begun(this.#app);
    return this.#app;
  }

  /** Told of everything that chat tells the app. */
  onHeard(listener: (inbound: TwitchInbound) => void): void {
    this.#listeners.push(listener);
  }

  /** How the app's connection to chat is, in the words of its status panel. */
  chatState(): string {
    return this.app.status().parts.find((part) => part.name === "chat")?.reason ?? "unknown";
  }

  /** The bot's IRC sessions that hear and are heard. */
  sessions(): IrcSession[] {
    return this.world.ircSessions(BOT).filter((session) => session.isLoggedIn && !session.isFrozen && !session.isClosed);
  }

  /** The EventSub sockets that events go to and arrive at. */
  sockets(): EventSubSocket[] {
    return this.world.eventsub.live().filter((socket) => !socket.isFrozen);
  }

  /** What chat comes over. */
  links(): (IrcSession | EventSubSocket)[] {
    return this.mode === "irc" ? this.sessions() : this.sockets();
  }

  joined(): number {
    return this.app.channels.list().filter((channel) => channel.state === "joined").length;
  }

  /** Moves time on, and waits for everything that follows from it. */
  async step(ms: number): Promise<void> {
    this.clock.advance(ms);
    await this.settle();
  }

  /** Resolves when what is on its way over loopback has arrived, and the database is not far behind. */
  async settle(): Promise<void> {
    await this.#heard();
    await this.#shaken();
    if (this.links().length === 0) await Bun.sleep(AWAY_MS);
    // The limits that all processes share are asked of the database: on a clock that stands still it has all the time.
    await this.app.database.sql.unsafe("select 1");
    await this.roundTrips();
    await this.#quiet();
    await this.#caughtUp();
  }

  /** Two round trips on each live connection: what the app had sent has been answered, and the answers have been heard. */
  async roundTrips(): Promise<void> {
    for (let round = 0; round < 2; round++) {
      await Promise.all([...this.sessions(), ...this.sockets()].map((link) => atMost(ROUND_TRIP_MS_MAX, link.probe())));
    }
  }

  /** Resolves when the world has seen these connections close, or after a while. */
  async closed(links: readonly (IrcSession | EventSubSocket)[]): Promise<void> {
    await Promise.all(
      links.map((link) =>
        link.isClosed
          ? null
          : this.world.log
              .after((entry) => entry.conn === link.id && entry.what === "closed", ROUND_TRIP_MS_MAX)
              .catch(() => null),
      ),
    );
    await turn();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const stopped = this.#app?.stop();
    // The app's own deadlines stand on a clock that only moves when somebody moves it.
    let isOver = false;
    void stopped?.finally(() => {
      isOver = true;
    });
    while (stopped && !isOver) {
      this.clock.advance(100);
      await Bun.sleep(5);
    }
    await this.world.stop();
  }

  /** What the start has to do with the database is done, before time moves: on this clock a slow answer would be a lost one. */
  async #begun(app: App): Promise<void> {
    const until = performance.now() + START_MS_MAX;
    const isBegun = () => app.status().parts.some((part) => part.name === "jobs" && part.reason === "ok");
    while (!isBegun() && performance.now() < until) await turn();
    // Somebody else is alive on this database: whoever is alone gives up on a slow one, and our clock makes it slow.
    await app.database.sql.unsafe("insert into leases values ('process:bystander', 'bystander', 1, now() + interval '1 day')");
    await Bun.sleep(BEGUN_MS);
  }

  /** Puts an ear between the adapter and the channels: it counts, and changes nothing. */
  #listen(app: App): void {
    const channels = app.channels as { hear(inbound: TwitchInbound): void };
    const hear = channels.hear.bind(app.channels);
    channels.hear = (inbound) => {
      hear(inbound);
      if (inbound.kind === "message") this.tally.heardId(inbound.message.id);
      for (const listener of this.#listeners) listener(inbound);
    };
  }

  async #heard(): Promise<void> {
    this.unheard.push(...(await this.tally.drained(HEARD_MS_MAX)));
  }

  /** Requests follow upon each other's answers: it is over when the world has seen nothing for a moment. */
  async #quiet(): Promise<void> {
    const until = performance.now() + QUIET_MS_MAX;
    while (performance.now() - this.#busyAt < QUIET_MS && performance.now() < until) await turn();
  }

  /** A connection that is being made has come to its welcome or its end. */
  async #shaken(): Promise<void> {
    const until = performance.now() + ROUND_TRIP_MS_MAX;
    while (this.chatState() === "connecting" && !this.isBlackHole && performance.now() < until) await turn();
  }

  async #caughtUp(): Promise<void> {
    const { recorder } = this.app;
    const until = performance.now() + CAUGHT_UP_MS_MAX;
    while (recorder.stats().linesWaiting > WAITING_LINES_MAX && performance.now() < until) {
      this.clock.advance(1);
      await Bun.sleep(5);
    }
  }
}

/** Resolves with `done`, or after `ms` of the machine's time. */
async function atMost(ms: number, done: Promise<void>): Promise<void> {
  const late = Promise.withResolvers<void>();
  const timer = setTimeout(late.resolve, ms);
  await Promise.race([done, late.promise]);
  clearTimeout(timer);
}

/** Lets sockets be read and written once. */
const turn = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 1));
