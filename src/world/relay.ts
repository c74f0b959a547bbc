import type { Socket, TCPSocketListener } from "bun";

/** How the network between a client and the world behaves, at the level of TCP. */
export interface RelayWeather {
  /** Bytes go neither way, the connections stay: half open. */
  isFrozen: boolean;
  /** New connections are taken and nothing comes of them. */
  isBlackHole: boolean;
  /** From the world to the client, milliseconds later. */
  latencyMs: number;
  /** After this many bytes from the world a connection breaks, in the middle of whatever it is; null never. */
  cutAfterBytes: number | null;
}

interface Pair {
  client: Socket<PairData>;
  upstream: Socket<PairData> | null;
  toUpstream: Uint8Array[];
  toClient: Uint8Array[];
  fromWorldBytes: number;
}

interface PairData {
  pair: Pair | null;
}

/** A TCP relay in front of a world, for faults below HTTP: refused, frozen, slow, cut anywhere. */
export class Relay {
  readonly weather: RelayWeather = { isFrozen: false, isBlackHole: false, latencyMs: 0, cutAfterBytes: null };
  #targetPort: number;
  #port = 0;
  #listener: TCPSocketListener<PairData> | null = null;
  #pairs = new Set<Pair>();

  constructor(targetPort: number) {
    this.#targetPort = targetPort;
    this.open();
  }

  get port(): number {
    return this.#port;
  }

  /** Connections through the relay now. */
  get connections(): number {
    return this.#pairs.size;
  }

  /** Takes connections (again), on the same port. */
  open(): void {
    this.#listener ??= Bun.listen<PairData>({
      hostname: "127.0.0.1",
      port: this.#port,
      data: { pair: null },
      socket: {
        open: (client) => this.#accept(client),
        data: (client, bytes) => this.#fromClient(client.data.pair, bytes),
        drain: (client) => flush(client, client.data.pair?.toClient ?? []),
        close: (client) => this.#closeBoth(client.data.pair),
        error: (client) => this.#closeBoth(client.data.pair),
      },
    });
    this.#port = this.#listener.port;
  }

  /** Refuses new connections. */
  refuse(): void {
    this.#listener?.stop(false);
    this.#listener = null;
  }

  /** Breaks every connection at once, without a word. */
  reset(): void {
    for (const pair of [...this.#pairs]) this.#closeBoth(pair);
  }

  stop(): void {
    this.refuse();
    this.reset();
  }

  /** Lets bytes go again; what was held back in the meantime goes first. */
  thaw(): void {
    this.weather.isFrozen = false;
    for (const pair of this.#pairs) {
      flush(pair.client, pair.toClient);
      if (pair.upstream) flush(pair.upstream, pair.toUpstream);
    }
  }

  #accept(client: Socket<PairData>): void {
    const pair: Pair = { client, upstream: null, toUpstream: [], toClient: [], fromWorldBytes: 0 };
    client.data = { pair };
    this.#pairs.add(pair);
    if (!this.weather.isBlackHole) void this.#connect(pair);
  }

  async #connect(pair: Pair): Promise<void> {
    const upstream = await Bun.connect<PairData>({
      hostname: "127.0.0.1",
      port: this.#targetPort,
      data: { pair },
      socket: {
        data: (_upstream, bytes) => this.#fromWorld(pair, bytes),
        drain: (socket) => flush(socket, pair.toUpstream),
        close: () => this.#closeBoth(pair),
        error: () => this.#closeBoth(pair),
      },
    }).catch(() => null);
    if (!upstream) return this.#closeBoth(pair);
    pair.upstream = upstream;
    if (!this.weather.isFrozen) flush(upstream, pair.toUpstream);
  }

  #fromClient(pair: Pair | null, bytes: Uint8Array): void {
    if (!pair || this.weather.isBlackHole) return;
    pair.toUpstream.push(new Uint8Array(bytes));
    if (pair.upstream && !this.weather.isFrozen) flush(pair.upstream, pair.toUpstream);
  }

  #fromWorld(pair: Pair, bytes: Uint8Array): void {
    const copy = new Uint8Array(bytes);
    if (this.weather.latencyMs > 0) setTimeout(() => this.#deliver(pair, copy), this.weather.latencyMs);
    else this.#deliver(pair, copy);
  }

  #deliver(pair: Pair, bytes: Uint8Array): void {
    const { cutAfterBytes } = this.weather;
    const room = cutAfterBytes === null ? bytes.length : Math.max(cutAfterBytes - pair.fromWorldBytes, 0);
    pair.fromWorldBytes += bytes.length;
    pair.toClient.push(bytes.subarray(0, room));
    if (!this.weather.isFrozen) flush(pair.client, pair.toClient);
    if (room < bytes.length) this.#closeBoth(pair);
  }

  #closeBoth(pair: Pair | null): void {
    if (!pair || !this.#pairs.delete(pair)) return;
    pair.client.end();
    pair.upstream?.end();
  }
}

/** Writes what waits, as far as the socket takes it. */
function flush(socket: Socket<PairData>, waiting: Uint8Array[]): void {
  for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
    const written = socket.write(next);
    if (written < next.length) {
      waiting.unshift(next.subarray(Math.max(written, 0)));
      return;
    }
  }
}
