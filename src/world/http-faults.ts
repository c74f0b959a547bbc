import { brokenBody } from "./broken-body.ts";
import type { WorldCore } from "./core.ts";
import type { FaultContext } from "./faults.ts";

/** How far the `Date` header is off when N2.skewed_date does not say. */
const SKEW_MS = 3_600_000;

/** Runs `respond` with whatever network faults (N1, N2, H3) are set for this request, and dates the answer by the world's clock. */
export async function withHttpFaults(
  core: WorldCore,
  context: FaultContext,
  respond: () => Response | Promise<Response>,
): Promise<Response> {
  const response = await answerOrFault(core, context, respond);
  const skewMs = core.faults.take("N2.skewed_date", context)?.number("skewMs", SKEW_MS) ?? 0;
  response.headers.set("date", new Date(core.clock.now().getTime() + skewMs).toUTCString());
  return response;
}

async function answerOrFault(
  core: WorldCore,
  context: FaultContext,
  respond: () => Response | Promise<Response>,
): Promise<Response> {
  const { faults, clock } = core;
  if (faults.take("N1.blackhole", context)) return new Promise<Response>(() => {});
  const late = faults.take("N2.latency", context);
  if (late) await new Promise<void>((resolve) => clock.after(late.number("delayMs", 1_000), resolve));
  const broken = faults.take("H3.server_error", context);
  if (broken) {
    if (broken.is("applied")) await respond();
    const status = broken.number("status", 503);
    return Response.json({ error: "Service Unavailable", status, message: "" }, { status });
  }
  if (faults.take("N2.html", context)) {
    const page = "<html><head><title>502 Bad Gateway</title></head><body><h1>502 Bad Gateway</h1></body></html>";
    return new Response(page, { status: 502, headers: { "content-type": "text/html" } });
  }
  if (faults.take("N2.empty", context)) return new Response("", { status: 200, headers: { "content-type": "application/json" } });
  return bendBody(core, context, await respond());
}

async function bendBody(core: WorldCore, context: FaultContext, response: Response): Promise<Response> {
  const { faults, clock } = core;
  const head = { status: response.status, headers: response.headers };
  if (faults.take("N2.truncated", context)) {
    const text = await response.text();
    return new Response(text.slice(0, Math.floor(text.length / 2)), head);
  }
  if (faults.take("N2.reset", context)) {
    const bytes = new Uint8Array(await response.arrayBuffer());
    return new Response(brokenBody(bytes.slice(0, bytes.length >> 1)), head);
  }
  const slow = faults.take("N2.throttle", context);
  if (!slow) return response;
  const bytes = new Uint8Array(await response.arrayBuffer());
  const everyMs = slow.number("everyMs", 100);
  const pieces = slow.number("pieces", 10);
  return new Response(
    slowStream(bytes, pieces, () => new Promise<void>((resolve) => clock.after(everyMs, resolve))),
    head,
  );
}

function slowStream(bytes: Uint8Array, pieces: number, wait: () => Promise<void>): ReadableStream<Uint8Array> {
  const size = Math.max(1, Math.ceil(bytes.length / pieces));
  return new ReadableStream({
    async start(out) {
      for (let at = 0; at < bytes.length; at += size) {
        await wait();
        out.enqueue(bytes.slice(at, at + size));
      }
      out.close();
    },
  });
}
