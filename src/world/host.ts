import type { Server, ServerWebSocket } from "bun";
import type { Peer, Wire } from "./core.ts";

/** What the world does with a request that is no WebSocket, and whose peer a WebSocket is (null: not found). */
export interface HostHandlers {
  request(request: Request): Response | Promise<Response>;
  /** `subprotocol` is what to echo, when one was offered and taken. */
  socket(url: URL, request: Request): { peer: Peer; subprotocol: string | null } | Response | Promise<Response>;
}

/** A certificate and its key, as PEM. */
export interface HostTls {
  cert: string;
  key: string;
}

interface SocketData {
  peer: Peer;
}

/** Bun drops what waits beyond this; the world paces itself long before. */
const BACKPRESSURE_BYTES = 64 * 1_048_576;

/** The one HTTP and WebSocket server of a world, on loopback. It can be shut and opened again on its port. */
export class Host {
  #handlers: HostHandlers;
  #server: Server<SocketData> | null = null;
  #port: number;
  #tls: HostTls | null;
  /** Servers that take no new connections but keep their open ones. */
  #retired: Server<SocketData>[] = [];

  constructor(handlers: HostHandlers, port: number, tls: HostTls | null = null) {
    this.#handlers = handlers;
    this.#port = port;
    this.#tls = tls;
    this.open();
  }

  get port(): number {
    return this.#port;
  }

  get isSecure(): boolean {
    return this.#tls !== null;
  }

  /** Takes connections (again). */
  open(): void {
    if (this.#server) return;
    this.#server = Bun.serve<SocketData>({
      hostname: "127.0.0.1",
      port: this.#port,
      ...(this.#tls ? { tls: this.#tls } : {}),
      idleTimeout: 0,
      // Bodies that break on purpose would be printed as errors.
      development: false,
      maxRequestBodySize: 64 * 1_048_576,
      fetch: (request, server) => this.#fetch(request, server),
      error: () => new Response("world error", { status: 500 }),
      websocket: {
        idleTimeout: 0,
        sendPings: false,
        backpressureLimit: BACKPRESSURE_BYTES,
        maxPayloadLength: 16 * 1_048_576,
        open: (socket) => socket.data.peer.opened(wireOf(socket)),
        message: (socket, data) => socket.data.peer.received(data),
        drain: (socket) => socket.data.peer.drained(),
        pong: (socket) => socket.data.peer.ponged(),
        close: (socket, code) => socket.data.peer.closed(code),
      },
    });
    this.#port = this.#server.port ?? this.#port;
  }

  /** Refuses new connections; those that are open stay. */
  shut(): void {
    if (!this.#server) return;
    void this.#server.stop(false);
    this.#retired.push(this.#server);
    this.#server = null;
  }

  /** Ends everything at once. */
  async stop(): Promise<void> {
    const servers = [...this.#retired, ...(this.#server ? [this.#server] : [])];
    this.#server = null;
    this.#retired = [];
    await Promise.all(servers.map((server) => server.stop(true)));
  }

  #fetch(request: Request, server: Server<SocketData>): Response | Promise<Response> | undefined {
    if (request.headers.get("upgrade")?.toLowerCase() !== "websocket") return this.#handlers.request(request);
    const found = this.#handlers.socket(new URL(request.url), request);
    if (!("peer" in found)) return found;
    const headers = found.subprotocol === null ? {} : { "sec-websocket-protocol": found.subprotocol };
    return server.upgrade(request, { data: { peer: found.peer }, headers })
      ? undefined
      : new Response("upgrade failed", { status: 400 });
  }
}

function wireOf(socket: ServerWebSocket<SocketData>): Wire {
  return {
    send: (text) => socket.sendText(text),
    sendBytes: (bytes) => {
      socket.sendBinary(new Uint8Array(bytes));
    },
    ping: () => {
      socket.ping();
    },
    close: (code, reason) => socket.close(code, reason),
    terminate: () => socket.terminate(),
    buffered: () => socket.getBufferedAmount(),
  };
}
