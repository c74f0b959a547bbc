import tmi from "tmi.js";

/**
 * What we use of tmi.js beyond its types. Version 1.8.5 is pinned and no longer developed, so these
 * names stay. `_onMessage` receives each WebSocket frame; the instance's own is taken before connecting.
 */
interface TmiClient {
  ws: (WebSocket & { terminate?: () => void }) | null;
  pingLoop: ReturnType<typeof setInterval> | null;
  pingTimeout: ReturnType<typeof setTimeout> | null;
  connect(): Promise<unknown>;
  on(event: "connected" | "disconnected", listener: (reason?: string) => void): void;
  _onMessage(event: { data: string }): void;
}

/** Longest tail of a frame that is kept while the rest of its line is awaited, in UTF-16 units. */
const TAIL_CHARS_MAX = 16_384;
/** A new line begins like this: then a kept tail was a whole line that merely lacked its end. */
const LINE_START = /^(?:@|:|PING|PONG|RECONNECT)/;

export interface SessionEvents {
  onLine(raw: string): void;
  /** tmi.js threw over a line: it was not what it takes for granted. */
  onOdd(raw: string): void;
  onOpen(): void;
  onDown(reason: string): void;
}

/**
 * One connection to Twitch chat: tmi.js opens it, logs in, asks for capabilities and answers PING.
 * Every line also reaches `onLine` as it came, because tmi.js changes tags ("1" becomes true). Lines
 * that tmi.js has no part in (chat itself above all) do not go through its handlers.
 */
export class IrcSession {
  readonly #client: TmiClient;
  readonly #events: SessionEvents;
  #tail = "";
  #isDown = false;

  constructor(url: URL, identity: { login: string; token: () => Promise<string> } | null, events: SessionEvents) {
    this.#events = events;
    const secure = url.protocol === "wss:";
    const client = new tmi.Client({
      options: { skipUpdatingEmotesets: true, skipMembership: true, debug: false },
      connection: { server: url.hostname, port: Number(url.port || (secure ? 443 : 80)), secure, reconnect: false },
      ...(identity ? { identity: { username: identity.login, password: identity.token } } : {}),
      logger: { setLevel() {}, trace() {}, debug() {}, info() {}, warn() {}, error() {}, fatal() {} },
    } as tmi.Options) as unknown as TmiClient;
    this.#client = client;
    const handle = client._onMessage.bind(client);
    client._onMessage = ({ data }) => this.#read(data, handle);
    client.on("connected", () => {
      if (!this.#isDown) this.#events.onOpen();
    });
    client.on("disconnected", (reason) => this.#down(reason || "closed"));
  }

  open(): void {
    this.#client.connect().catch((reason: unknown) => this.#down(typeof reason === "string" ? reason : "connect_failed"));
  }

  /** False when the socket is not open: nothing was sent. */
  send(line: string): boolean {
    const { ws } = this.#client;
    if (this.#isDown || ws?.readyState !== WebSocket.OPEN) return false;
    ws.send(line);
    return true;
  }

  /** Cuts the connection at once, whatever the other side does. No event follows. */
  cut(): void {
    this.#isDown = true;
    const { ws } = this.#client;
    if (this.#client.pingLoop) clearInterval(this.#client.pingLoop);
    if (this.#client.pingTimeout) clearTimeout(this.#client.pingTimeout);
    if (!ws) return;
    ws.onmessage = null;
    if (ws.terminate) ws.terminate();
    else ws.close();
  }

  #down(reason: string): void {
    if (this.#isDown) return;
    this.cut();
    this.#events.onDown(reason);
  }

  #read(data: unknown, handle: (event: { data: string }) => void): void {
    if (this.#isDown || typeof data !== "string") return;
    let text = data;
    if (this.#tail !== "") {
      text = LINE_START.test(data) ? `${this.#tail}\r\n${data}` : this.#tail + data;
      this.#tail = "";
    }
    let from = 0;
    for (let to = text.indexOf("\n", from); to >= 0; to = text.indexOf("\n", from)) {
      this.#line(text.slice(from, text.charCodeAt(to - 1) === 13 ? to - 1 : to), handle);
      from = to + 1;
      if (this.#isDown) return;
    }
    if (from >= text.length) return;
    const rest = text.slice(from);
    // A command without an end is whole when it is one of the short ones; else its end is on the way.
    if (/^(?:PING|PONG|RECONNECT)/.test(rest)) this.#line(rest, handle);
    else if (rest.length <= TAIL_CHARS_MAX) this.#tail = rest;
    else this.#line(rest, handle);
  }

  #line(raw: string, handle: (event: { data: string }) => void): void {
    if (raw === "") return;
    this.#events.onLine(raw);
    if (this.#isDown || !isForLibrary(raw)) return;
    try {
      handle({ data: raw });
    } catch {
      this.#events.onOdd(raw);
    }
  }
}

/** Commands that tmi.js needs for the connection itself. RECONNECT is ours: its own way leaves a gap of a second. */
const LIBRARY = new Set([
  "CAP",
  "PING",
  "PONG",
  "NOTICE",
  "001",
  "002",
  "003",
  "004",
  "372",
  "375",
  "376",
  "JOIN",
  "PART",
  "GLOBALUSERSTATE",
]);

function isForLibrary(raw: string): boolean {
  let at = 0;
  if (raw.charCodeAt(at) === 64) at = raw.indexOf(" ", at) + 1;
  if (raw.charCodeAt(at) === 58) at = raw.indexOf(" ", at) + 1;
  const end = raw.indexOf(" ", at);
  return LIBRARY.has(end < 0 ? raw.slice(at) : raw.slice(at, end));
}
