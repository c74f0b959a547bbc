import { connect, createServer, type Socket } from "node:net";

/** A wire before a server that can be cut and mended. */
export interface CuttableWire extends AsyncDisposable {
  port: number;
  /** Ends every connection and refuses new ones. */
  cut(): void;
  mend(): void;
}

export async function aCuttableWire(targetPort: number): Promise<CuttableWire> {
  const sockets = new Set<Socket>();
  let isCut = false;
  const server = createServer((client) => {
    if (isCut) return void client.destroy();
    const target = connect({ port: targetPort, host: "127.0.0.1" });
    client.pipe(target);
    target.pipe(client);
    for (const [socket, other] of [
      [client, target],
      [target, client],
    ] as const) {
      sockets.add(socket);
      socket.on("error", () => socket.destroy());
      socket.on("close", () => {
        sockets.delete(socket);
        other.destroy();
      });
    }
  });
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  server.on("error", reject);
  server.listen(0, "127.0.0.1", () => {
    const address = server.address();
    if (address !== null && typeof address === "object") resolve(address.port);
  });
  const dropAll = () => {
    for (const socket of sockets) socket.destroy();
  };
  return {
    port: await promise,
    cut: () => {
      isCut = true;
      dropAll();
    },
    mend: () => {
      isCut = false;
    },
    [Symbol.asyncDispose]: async () => {
      dropAll();
      await new Promise((done) => server.close(done));
    },
  };
}
