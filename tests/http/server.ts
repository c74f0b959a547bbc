import { AppError } from "../../src/domain/errors.ts";
import type { TimelineEvent } from "../../src/domain/events.ts";
import type { ChannelSummary, SystemStatus } from "../../src/domain/snapshots.ts";
import type { ChannelControl, HttpConfig, HttpDeps } from "../../src/http/deps.ts";
import { createServer, type HttpServer } from "../../src/http/server.ts";
import { issueSigninCode } from "../../src/http/signin-code.ts";
import { Bus } from "../../src/runtime/bus.ts";
import { Moods } from "../../src/runtime/moods.ts";
import { addChannel, listChannels, removeChannel } from "../../src/store/channels.ts";
import { addLines } from "../../src/store/chat.ts";
import type { Database } from "../../src/store/db.ts";
import { getFigures } from "../../src/store/figures.ts";
import { addEvents } from "../../src/store/timeline.ts";
import { emptyDb, quiet } from "../support/db.ts";
import { type ScriptedAccounts, scriptAccounts } from "./account-control.ts";
import { CHANNEL } from "./builders.ts";
import { StreamReader } from "./streams.ts";

const ADMIN_TOKEN = "a-long-token-of-the-operator";
const START = new Date("2026-11-22T12:00:00Z");

export interface TestServer extends AsyncDisposable {
  url: string;
  http: HttpServer;
  deps: HttpDeps;
  database: Database;
  bus: Bus;
  /** The Twitch accounts, whose part the test plays. */
  accounts: ScriptedAccounts;
  /** Lines of the log, as JSON. */
  logged: string[];
  /** Moves the clock that the server is given. */
  advance(ms: number): void;
  /** Persists, then publishes, as the runtime does. */
  happen(event: TimelineEvent): Promise<TimelineEvent>;
  say(texts: readonly string[]): Promise<void>;
  /** Signs in with a fresh code; gives the cookie. */
  signIn(): Promise<string>;
  fetch(path: string, options?: RequestInit & { cookie?: string; bearer?: string }): Promise<Response>;
  stream(path: string, options?: { cookie?: string; lastId?: string }): Promise<StreamReader>;
}

export const admin = { bearer: ADMIN_TOKEN };

/** A real server on a free port over the run's embedded database; two channels, `ana` (joined) and `bia` (not yet known to Twitch). */
export async function startServer(
  over: Partial<HttpConfig> & { database?: Database; listen?: number; idleS?: number } = {},
): Promise<TestServer> {
  const { database: given, listen: port, idleS, ...config } = over;
  const database = given ?? (await emptyDb("embedded"));
  const clock = { at: START.getTime() };
  const now = () => new Date(clock.at);
  const logged: string[] = [];
  const write = (level: string) => (event: string, fields?: object) =>
    void logged.push(JSON.stringify({ level, event, ...fields }));
  const bus = new Bus((error) => {
    throw error;
  });
  const happen = async (event: TimelineEvent) => {
    const [id] = await addEvents(database.sql, [event], [crypto.randomUUID()]);
    const stored = { ...event, id: id ?? null };
    bus.publish({ kind: "event", event: stored });
    return stored;
  };
  const accounts = scriptAccounts(bus, now);
  for (const login of ["ana", "bia"]) await addChannel(database.db, login, { kind: "operator" }, now());
  const moods = new Moods({
    database,
    bus,
    rooms: () => [{ channelId: CHANNEL }],
    notPeople: () => ({ knownBots: [], ourId: "9001" }),
    onEvent: () => undefined,
    time: { now, after: () => () => undefined },
    log: quiet,
  });
  moods.start();
  const deps: HttpDeps = {
    config: {
      host: "127.0.0.1",
      port: port ?? 0,
      publicUrl: null,
      allowedHosts: [],
      trustProxy: false,
      adminToken: ADMIN_TOKEN,
      isDemo: false,
      isDevelopment: false,
      language: null,
      ...config,
    },
    db: database.db,
    clock: { now },
    chance: { next: () => 0.5, uuid: () => crypto.randomUUID() },
    log: { info: write("info"), warn: write("warn"), error: write("error") },
    bus,
    channels: await channelControl(database, now),
    accounts,
    moods,
    key: new Uint8Array(32).fill(7),
    status: () => STATUS,
    readiness: () => ({ ready: true, parts: STATUS.parts }),
    tellHud: (channelId, text, source, by) =>
      happen({ id: null, at: now(), channelId, traceId: null, body: { type: "hud.message", text, source, by } }),
  };
  const http = createServer(deps, idleS === undefined ? {} : { idleS });
  const url = `http://127.0.0.1:${(await http.listen()).port}`;
  const server: TestServer = {
    url,
    http,
    deps,
    database,
    bus,
    accounts,
    logged,
    advance(ms) {
      clock.at += ms;
    },
    happen,
    async say(texts) {
      const lines = texts.map((text) => ({ ...aChatLine(text), sentAt: now() }));
      const { stored } = await addLines(database.sql, lines);
      bus.publish({ kind: "lines", channelId: CHANNEL, lines: stored, skipped: 0 });
    },
    async signIn() {
      const code = await issueSigninCode(database.db, { now: now(), label: "owner" });
      const answer = await server.fetch("/signin", { method: "POST", body: new URLSearchParams({ code, next: "/dashboard" }) });
      const cookie = answer.headers.getSetCookie()[0]?.split(";")[0];
      if (answer.status !== 303 || cookie === undefined) throw new Error(`sign-in gave ${answer.status}`);
      return cookie;
    },
    fetch(path, { cookie, bearer, ...options } = {}) {
      const headers = new Headers(options.headers);
      if (cookie !== undefined) headers.set("cookie", cookie);
      if (bearer !== undefined) headers.set("authorization", `Bearer ${bearer}`);
      if (!headers.has("sec-fetch-site") && !headers.has("origin")) headers.set("sec-fetch-site", "same-origin");
      return fetch(url + path, { redirect: "manual", ...options, headers });
    },
    async stream(path, { cookie, lastId } = {}) {
      const headers: Record<string, string> = lastId === undefined ? {} : { "last-event-id": lastId };
      return new StreamReader(await server.fetch(path, { headers, ...(cookie === undefined ? {} : { cookie }) }));
    },
    [Symbol.asyncDispose]: () => http.stop(1_000),
  };
  return server;
}

const STATUS: SystemStatus = {
  version: "0.1.0",
  startedAt: START,
  isDemo: false,
  isReadOnly: false,
  parts: [{ name: "chat", level: "ok", reason: "connected", params: { login: "bytebot" }, since: START }],
};

const aChatLine = (text: string) => ({
  seq: null,
  messageId: crypto.randomUUID(),
  channelId: CHANNEL,
  chatterId: "77",
  login: "caio",
  displayName: "Caio",
  text,
  kind: "chat" as const,
  color: "",
  badges: [],
  emotes: [],
  replyToId: null,
  traceId: null,
  deletedAt: null,
});

/** Stands where the runtime will: keeps `channels_config`, and knows one channel's id. */
async function channelControl({ db }: Database, now: () => Date): Promise<ChannelControl> {
  const summary = (login: string): ChannelSummary => ({
    login,
    channelId: login === "ana" ? CHANNEL : null,
    state: login === "ana" ? "joined" : "joining",
    reason: null,
    messages10m: 0,
    lastMessageAt: null,
  });
  let logins = (await listChannels(db)).map(({ login }) => login);
  return {
    list: () => logins.map(summary),
    find: (login) => (logins.includes(login) ? summary(login) : null),
    async join(login, by) {
      if (logins.includes(login)) throw new AppError("conflict", "channel_already_joined", { channel: login }, "channel");
      await addChannel(db, login, by, now());
      logins = [...logins, login];
      return summary(login);
    },
    async part(login) {
      if (!logins.includes(login)) throw new AppError("not_found", "channel_unknown", { channel: login }, "channel");
      await removeChannel(db, login, now());
      logins = logins.filter((one) => one !== login);
    },
    figures: async (channelId) => ({ ...(await getFigures(db, channelId, now())), dropped: 0 }),
  };
}
