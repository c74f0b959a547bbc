import tmi from "tmi.js";
import type { World } from "../../src/world/index.ts";
import { DEFAULT_CLIENT } from "../../src/world/tokens.ts";

const quiet = { info: () => {}, warn: () => {}, error: () => {}, setLevel: () => {} };

/** What the tests use of tmi.js, whose types know only some of its events. */
export interface TmiClient {
  connect(): Promise<unknown>;
  disconnect(): Promise<unknown>;
  say(channel: string, text: string): Promise<unknown>;
  readyState(): string;
  on(event: string, listener: (...args: never[]) => void): void;
  once(event: string, listener: (...args: never[]) => void): void;
}

/** A tmi.js client of `world` as `login`, in `channels`. `password` may change from connect to connect. */
export async function aTmi(
  world: World,
  login: string,
  channels: readonly string[],
  password?: () => Promise<string>,
): Promise<TmiClient> {
  const token = world.issueToken(login).accessToken;
  const client = new tmi.Client({
    options: { skipUpdatingEmotesets: true, debug: false, joinInterval: 300 },
    logger: quiet,
    connection: { server: "127.0.0.1", port: world.port, secure: false, reconnect: true, reconnectInterval: 50 },
    identity: { username: login, password: password ?? (async () => token) },
    channels: [...channels],
  } as tmi.Options) as unknown as TmiClient;
  await client.connect();
  for (const channel of channels) await world.joined(channel, login);
  return client;
}

/** The arguments of the next `event`. */
export const nextOf = <T extends unknown[]>(client: TmiClient, event: string): Promise<T> =>
  new Promise((resolve) => client.once(event, ((...args: unknown[]) => resolve(args as T)) as (...args: never[]) => void));

/** A bare WebSocket with what came in, and a way to wait for it. */
export class Wire {
  readonly frames: string[] = [];
  readonly binary: Uint8Array[] = [];
  readonly closed: Promise<{ code: number; reason: string }>;
  #socket: WebSocket;
  #waiting: { matches: (text: string) => boolean; resolve: (text: string) => void }[] = [];
  #seen = 0;

  /** `tls`: whom to trust, for a world with a certificate of its own. */
  constructor(url: string, protocol?: string, tls?: { ca: string }) {
    const options: Bun.WebSocketOptions = {
      ...(protocol === undefined ? {} : { protocols: [protocol] }),
      ...(tls === undefined ? {} : { tls }),
    };
    this.#socket = new WebSocket(url, options as unknown as string[]);
    this.#socket.binaryType = "arraybuffer";
    this.#socket.onmessage = (event) => {
      if (typeof event.data === "string") this.frames.push(event.data);
      else this.binary.push(new Uint8Array(event.data as ArrayBuffer));
      this.#settle();
    };
    this.closed = new Promise((resolve) => {
      this.#socket.onclose = (event) => resolve({ code: event.code, reason: event.reason });
    });
    this.#socket.onerror = () => {};
  }

  get protocol(): string {
    return this.#socket.protocol;
  }

  get isOpen(): boolean {
    return this.#socket.readyState === WebSocket.OPEN;
  }

  async opened(): Promise<this> {
    if (!this.isOpen) await new Promise((resolve) => this.#socket.addEventListener("open", resolve, { once: true }));
    return this;
  }

  send(...lines: string[]): void {
    for (const line of lines) this.#socket.send(line);
  }

  close(): void {
    this.#socket.close();
  }

  /** All lines so far, as IRC cuts them. */
  get lines(): string[] {
    return this.frames
      .join("")
      .split("\r\n")
      .filter((line) => line !== "");
  }

  /** The first frame not yet waited for that matches. */
  next(matches: (text: string) => boolean = () => true, timeoutMs = 5_000): Promise<string> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error(`nothing came; had ${JSON.stringify(this.frames.slice(-5))}`)), timeoutMs);
      this.#waiting.push({
        matches,
        resolve: (text) => {
          clearTimeout(timer);
          resolve(text);
        },
      });
      this.#settle();
    });
  }

  #settle(): void {
    while (this.#seen < this.frames.length && this.#waiting.length > 0) {
      const frame = this.frames[this.#seen++] ?? "";
      const index = this.#waiting.findIndex((each) => each.matches(frame));
      if (index >= 0) this.#waiting.splice(index, 1)[0]?.resolve(frame);
    }
  }
}

/** A raw IRC client of `world`, logged in (anonymously for a justinfan nick) and in `channels`. */
export async function aIrc(
  world: World,
  login: string,
  channels: readonly string[] = [],
  scopes?: readonly string[],
): Promise<Wire> {
  const wire = await new Wire(world.urls.irc, "irc").opened();
  wire.send("CAP REQ :twitch.tv/tags twitch.tv/commands");
  if (!login.startsWith("justinfan")) wire.send(`PASS oauth:${world.issueToken(login, scopes ? { scopes } : {}).accessToken}`);
  wire.send(`NICK ${login}`);
  await wire.next((text) => text.includes(" 376 "));
  for (const channel of channels) {
    wire.send(`JOIN #${channel}`);
    await world.joined(channel, login);
    await wire.next((text) => text.includes("ROOMSTATE"));
  }
  return wire;
}

/** Tag `name` of a line, raw. */
export const tagOf = (line: string, name: string): string | undefined => new RegExp(`[@;]${name}=([^; ]*)`).exec(line)?.[1];

export interface EventSubFrame {
  metadata: { message_id: string; message_type: string; message_timestamp: string; subscription_type?: string };
  payload: {
    session?: { id: string; status: string; keepalive_timeout_seconds: number | null; reconnect_url: string | null };
    subscription?: { id: string; status: string; type: string };
    event?: Record<string, unknown>;
  };
}

/** A raw EventSub client, welcomed. */
export class EventSubClient {
  readonly wire: Wire;
  sessionId = "";

  constructor(url: string) {
    this.wire = new Wire(url);
  }

  static async open(url: string): Promise<EventSubClient> {
    const client = new EventSubClient(url);
    const welcome = await client.next("session_welcome");
    client.sessionId = welcome.payload.session?.id ?? "";
    return client;
  }

  async next(type: string, timeoutMs = 5_000): Promise<EventSubFrame> {
    return JSON.parse(await this.wire.next((text) => text.includes(`"message_type":"${type}"`), timeoutMs)) as EventSubFrame;
  }

  /** Every notification so far. */
  get notifications(): EventSubFrame[] {
    return this.wire.frames
      .map((text) => JSON.parse(text) as EventSubFrame)
      .filter((frame) => frame.metadata.message_type === "notification");
  }
}

/** One request to Helix with the default client. */
export async function helix(
  world: World,
  token: string,
  method: string,
  path: string,
  body?: unknown,
): Promise<{ status: number; json: never; headers: Headers }> {
  const response = await fetch(`${world.urls.helix}${path}`, {
    method,
    headers: { authorization: `Bearer ${token}`, "client-id": DEFAULT_CLIENT.clientId, "content-type": "application/json" },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  let json: unknown = text;
  try {
    json = JSON.parse(text);
  } catch {
    // Not JSON: the text itself is what the test looks at.
  }
  return { status: response.status, json: json as never, headers: response.headers };
}

/** Subscribes `client` to `type` of `channel`, as `login` with every scope. */
export async function subscribe(
  world: World,
  client: EventSubClient,
  token: string,
  type: string,
  condition: Record<string, string>,
  version = "1",
): Promise<{ status: number; json: never }> {
  return helix(world, token, "POST", "/eventsub/subscriptions", {
    type,
    version,
    condition,
    transport: { method: "websocket", session_id: client.sessionId },
  });
}

/** A form post to the sign-in host. */
export async function signIn(world: World, path: string, form: Record<string, string>): Promise<{ status: number; json: never }> {
  const response = await fetch(`${world.urls.id}${path}`, { method: "POST", body: new URLSearchParams(form) });
  return { status: response.status, json: (await response.json().catch(() => null)) as never };
}

/** Lets everything that is on its way over loopback arrive: one round trip over a fresh connection of each kind. */
export async function settled(world: World): Promise<void> {
  for (let i = 0; i < 3; i++) await fetch(`http://127.0.0.1:${world.port}/v1/models`).then((response) => response.text());
}
