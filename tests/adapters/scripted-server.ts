/** An HTTP server whose answers a test writes by hand, for what the pretend world never says. */
export interface ScriptedServer extends Disposable {
  url: string;
  /** What came, in order: method and address. */
  requests: { method: string; url: URL; headers: Headers; body: string }[];
}

export function scriptedServer(answer: (request: Request, body: string) => Response | Promise<Response>): ScriptedServer {
  const requests: ScriptedServer["requests"] = [];
  const server = Bun.serve({
    hostname: "127.0.0.1",
    port: 0,
    idleTimeout: 0,
    development: false,
    async fetch(request) {
      const body = await request.text();
      requests.push({ method: request.method, url: new URL(request.url), headers: request.headers, body });
      return answer(request, body);
    },
    error: () => new Response("scripted error", { status: 500 }),
  });
  return {
    url: `http://127.0.0.1:${server.port}`,
    requests,
    [Symbol.dispose]: () => void server.stop(true),
  };
}

/** An address where nobody listens. */
export async function nobodysUrl(): Promise<string> {
  const server = Bun.serve({ hostname: "127.0.0.1", port: 0, fetch: () => new Response() });
  const url = `http://127.0.0.1:${server.port}`;
  await server.stop(true);
  return url;
}
