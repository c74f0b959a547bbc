import { connect, createServer, type Socket } from "node:net";

/** A wire between a client and a server that can go dead, as a firewall's does: nothing passes, nobody is told. */
export interface Wire {
  port: number;
  /** From now on nothing passes on the connections that are open; new ones work. */
  goDead(): void;
  /** New connections are refused from now on. */
  refuse(): void;
  stop(): Promise<void>;
}

export async function aWire(targetPort: number): Promise<Wire> {
  const pairs = new Set<[Socket, Socket]>();
  const server = createServer((client) => {
    const target = connect({ port: targetPort, host: "127.0.0.1" });
    const pair: [Socket, Socket] = [client, target];
    pairs.add(pair);
    client.pipe(target);
    target.pipe(client);
    for (const socket of pair) socket.on("error", () => socket.destroy());
  });
  const port = await new Promise<number>((resolve, reject) => {
    server.on("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      if (address !== null && typeof address === "object") resolve(address.port);
    });
  });
  return {
    port,
    goDead: () => {
      for (const [client, target] of pairs) {
        client.unpipe(target);
        target.unpipe(client);
        client.pause();
        target.pause();
      }
    },
    refuse: () => void server.close(),
    stop: async () => {
      for (const pair of pairs) for (const socket of pair) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
