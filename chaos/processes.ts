import { mkdirSync } from "node:fs";
import { type Byte, type Home, openHome, startByte } from "../bench/byte.ts";
import { figure } from "../bench/figures.ts";
import type { Row } from "../bench/report.ts";
import type { Rig } from "../bench/rig.ts";
import { startWorld, type World } from "../src/world/index.ts";
import type { IrcSession } from "../src/world/irc/session.ts";
import { findPostgres } from "../tests/support/postgres.ts";
import type { ChaosOptions } from "./options.ts";
import { BOT } from "./stage.ts";

const CALLS = 1_000;
const QUICK = 10;
const CHANNELS = 10;
/** A moderator may send 100 in 30 s: calls come a little faster than they can all be answered. */
const CALLS_PER_S = 3.4;
const KILL_EVERY_MS = 20_000;
const TAKEOVER_MS_MAX = 15_000;
/** After the last call: a line that waited longer for its turn would not be said any more. */
const SETTLE_MS = 22_000;
const QUICK_SETTLE_MS = 5_000;
const JOIN_MS_MAX = 30_000;
const CALLERS = 60;

/** Two processes of Byte and what the world knows of them. */
interface Member {
  /** The label of its token in the world's log: by it its connections are told from the other's. */
  token: string;
  secret: string;
  home: Home;
  byte: Byte;
}

interface Takeover {
  /** Channels that the killed process was in. */
  channels: number;
  /** From the kill to the first and the last of them joined by a process that lives; null when that did not happen before the next kill. */
  firstMs: number | null;
  allMs: number | null;
}

/** Two real processes on one database, one of which is killed every twenty seconds, and a thousand calls: nobody is answered twice. */
export async function processRows(rig: Rig, options: ChaosOptions, tell: (text: string) => void): Promise<Row[]> {
  if (findPostgres() === null) {
    return [{ what: "two processes", level: "one database", measured: "no Postgres on this machine", isMet: null, beside: "" }];
  }
  const calls = CALLS / (options.isQuick ? QUICK : 1);
  await using world = await startWorld({ seed: options.seed, limits: { logLines: false } });
  world.addUser({ login: BOT });
  const channels = Array.from({ length: CHANNELS }, (_, index) => `room_${index}`);
  for (const login of channels) world.addChannel(login, { mods: [BOT] });
  world.model.script(({ number }) => ({ text: `Answer ${number}.` }));
  const pair = await Pair.start(rig, world, channels);
  await pair.joined(JOIN_MS_MAX);
  tell(`two processes: ${pair.told()}`);

  const scene = new Scene(world, pair, channels, calls);
  const takeovers = await scene.run(tell);
  await Bun.sleep(options.isQuick ? QUICK_SETTLE_MS : SETTLE_MS);
  const fates = await pair.fates(scene.asked);
  await pair.stop();
  return rowsOf(world, scene, takeovers, fates);
}

function rowsOf(world: World, scene: Scene, takeovers: readonly Takeover[], fates: ReadonlyMap<string, number>): Row[] {
  const answers = [...scene.answers.values()];
  const violations = world.checks();
  const kinds = [...new Set(violations.map((each) => each.check))].join(", ");
  const why = [...fates].map(([fate, count]) => `${fate} ${count}`).join(", ");
  return [
    {
      what: `two processes, ${figure(scene.asked.length)} calls: answers per call`,
      level: "never two",
      measured: `${figure(answers.filter((count) => count > 1).length)} of ${figure(answers.length)} answered twice`,
      isMet: answers.every((count) => count === 1) && answers.length > 0,
      beside: `${takeovers.length} processes killed; calls by what the timeline says of them: ${why}`,
    },
    takeoverRow("first channel", takeovers, ({ firstMs }) => firstMs),
    takeoverRow("all channels", takeovers, ({ allMs }) => allMs),
    {
      what: "two processes: Twitch's rules broken",
      level: "0",
      measured: figure(violations.length),
      isMet: violations.length === 0,
      beside: kinds,
    },
  ];
}

function takeoverRow(what: string, takeovers: readonly Takeover[], msOf: (takeover: Takeover) => number | null): Row {
  const times = takeovers.map(msOf);
  const isWhole = times.every((ms) => ms !== null);
  return {
    what: `two processes: takeover, ${what}`,
    level: `≤ ${TAKEOVER_MS_MAX / 1_000} s`,
    measured: isWhole && times.length > 0 ? `p100 ${(Math.max(...(times as number[])) / 1_000).toFixed(1)} s` : "not each time",
    isMet: times.length > 0 && times.every((ms) => ms !== null && ms <= TAKEOVER_MS_MAX),
    beside: `after kill -9: ${times.map((ms) => (ms === null ? "never" : (ms / 1_000).toFixed(1))).join(", ")} s`,
  };
}

/** The calls, the kills, and what the world sees of it. */
class Scene {
  /** Message ids of the calls. */
  readonly asked: string[] = [];
  /** Lines of the bot by the call that they answer. */
  readonly answers = new Map<string, number>();
  readonly #world: World;
  readonly #pair: Pair;
  readonly #channels: readonly string[];
  readonly #calls: number;

  constructor(world: World, pair: Pair, channels: readonly string[], calls: number) {
    this.#world = world;
    this.#pair = pair;
    this.#channels = channels;
    this.#calls = calls;
    world.chat.onMessage(({ message }) => {
      const call = message.user.login === BOT ? message.reply?.parent.id : undefined;
      if (call !== undefined) this.answers.set(call, (this.answers.get(call) ?? 0) + 1);
    });
  }

  async run(tell: (text: string) => void): Promise<Takeover[]> {
    const takeovers: Takeover[] = [];
    const done = Promise.withResolvers<void>();
    const talking = setInterval(() => {
      this.#call();
      if (this.asked.length >= this.#calls) done.resolve();
    }, 1_000 / CALLS_PER_S);
    let isOver = false;
    void done.promise.then(() => {
      isOver = true;
      clearInterval(talking);
    });
    let killAt = performance.now() + KILL_EVERY_MS;
    while (!isOver) {
      await Promise.race([Bun.sleep(Math.max(0, killAt - performance.now())), done.promise]);
      if (isOver) break;
      killAt += KILL_EVERY_MS;
      takeovers.push(await this.#pair.kill(killAt - performance.now()));
      tell(`two processes: ${this.asked.length} calls, ${this.answers.size} answered, ${this.#pair.told()}`);
    }
    return takeovers;
  }

  #call(): void {
    const number = this.asked.length;
    const channel = this.#channels[number % this.#channels.length] ?? "";
    this.asked.push(this.#world.say(channel, `caller_${number % CALLERS}`, `byte, question number ${number}?`));
  }
}

const roomsOf = (sessions: readonly IrcSession[]): string[] =>
  sessions.flatMap((session) => [...session.rooms].map((room) => room.user.login));

/** Two processes with tokens of their own on one database. */
class Pair {
  readonly #rig: Rig;
  readonly #world: World;
  readonly #settings: Readonly<Record<string, string>>;
  readonly #channels: readonly string[];
  readonly #members: Member[] = [];

  private constructor(rig: Rig, world: World, channels: readonly string[]) {
    this.#rig = rig;
    this.#world = world;
    this.#channels = channels;
    this.#settings = {
      BYTE_ALLOW_PRETEND_TWITCH: "true",
      BYTE_SECRET_KEY: "ab".repeat(32),
      BYTE_LOG: "error",
      TWITCH_IRC_URL: world.urls.irc,
      TWITCH_EVENTSUB_URL: world.urls.eventsub,
      TWITCH_HELIX_URL: world.urls.helix,
      TWITCH_ID_URL: world.urls.id,
      TWITCH_BOT_LOGIN: BOT,
      TWITCH_CHANNEL_LOGINS: channels.join(","),
      OPENAI_BASE_URL: world.urls.model,
      OPENAI_API_KEY: "sk-chaos",
    };
  }

  static async start(rig: Rig, world: World, channels: readonly string[]): Promise<Pair> {
    const pair = new Pair(rig, world, channels);
    const server = await rig.postgres();
    const databaseUrl = server.url(await server.createDatabase("pair"));
    for (let count = 0; count < 2; count++) {
      const dir = rig.folder("pair");
      mkdirSync(dir, { recursive: true });
      const home: Home = { engine: "postgres", dir, databaseUrl };
      const secret = world.issueToken(BOT).accessToken;
      pair.#members.push({ token: world.tokens.label(secret), secret, home, byte: await pair.#spawn(home, secret) });
    }
    return pair;
  }

  /** Resolves when every channel has the bot in it, or after `ms`. */
  async joined(ms: number): Promise<void> {
    const until = performance.now() + ms;
    while (this.#inside().length < this.#channels.length && performance.now() < until) await Bun.sleep(50);
  }

  /** `a 10, b 0`: channels per process. */
  told(): string {
    return this.#members.map((member) => `${member.token} in ${this.#roomsOf(member).size} channels`).join(", ");
  }

  /** Kills the process that is in most channels, starts it again, and measures for at most `withinMs` how its channels are taken over. */
  async kill(withinMs: number): Promise<Takeover> {
    const [victim] = [...this.#members].sort((a, b) => this.#roomsOf(b).size - this.#roomsOf(a).size);
    if (!victim) throw new Error("there are no processes");
    const dead = new Set(this.#sessionsOf(victim));
    const rooms = this.#roomsOf(victim);
    const killedAt = performance.now();
    process.kill(victim.byte.pid, "SIGKILL");
    const restarted = this.#spawn(victim.home, victim.secret).then((byte) => {
      victim.byte = byte;
    });
    const takeover: Takeover = { channels: rooms.size, firstMs: null, allMs: null };
    while (takeover.allMs === null && performance.now() - killedAt < withinMs) {
      const taken = this.#inside(dead).filter((login) => rooms.has(login)).length;
      if (taken > 0) takeover.firstMs ??= performance.now() - killedAt;
      if (taken === rooms.size) takeover.allMs = performance.now() - killedAt;
      await Bun.sleep(20);
    }
    await restarted;
    return takeover;
  }

  /** What the timeline says became of each call: how many by what. */
  async fates(calls: readonly string[]): Promise<Map<string, number>> {
    const [home] = this.#members.map((member) => member.home);
    if (!home) return new Map();
    const database = await openHome(home);
    try {
      const rows = await database.sql.unsafe<{ trace_id: string; type: string; told: string | null }[]>(
        `select trace_id, type, coalesce(body->>'status' || coalesce(' ' || (body->>'reason'), ''), body->>'reason') as told
         from timeline where type in ('reply.asked', 'reply.sent', 'reply.silent') order by id`,
      );
      const fateOf = new Map<string, string>();
      for (const row of rows) {
        if (row.type === "reply.asked") fateOf.set(row.trace_id, fateOf.get(row.trace_id) ?? "killed while answering");
        else fateOf.set(row.trace_id, row.told ?? row.type);
      }
      const fates = new Map<string, number>();
      for (const call of calls) {
        const fate = fateOf.get(call) ?? "nobody was there";
        fates.set(fate, (fates.get(fate) ?? 0) + 1);
      }
      return fates;
    } finally {
      await database.close();
    }
  }

  async stop(): Promise<void> {
    for (const { byte } of this.#members) await byte[Symbol.asyncDispose]();
  }

  /** Channels where somebody is whose process lives: the survivor, or the one that was started anew. */
  #inside(dead: ReadonlySet<IrcSession> = new Set()): string[] {
    const sessions = this.#members.flatMap((member) => this.#sessionsOf(member)).filter((session) => !dead.has(session));
    return [...new Set(roomsOf(sessions))];
  }

  #spawn(home: Home, secret: string): Promise<Byte> {
    return startByte(this.#rig, home, { ...this.#settings, TWITCH_USER_TOKEN: secret });
  }

  #sessionsOf(member: Member): IrcSession[] {
    return this.#world.ircSessions(BOT).filter((session) => !session.isClosed && session.token === member.secret);
  }

  #roomsOf(member: Member): Set<string> {
    return new Set(roomsOf(this.#sessionsOf(member)));
  }
}
