/** A stream that a page opened, held by its test. */
export interface Stream {
  url: URL;
  lastEventId: string | null;
  response: Response;
  send(text: string): void;
  end(): void;
}

/** Answers `request` with an event stream that sends what the test says. */
export function stream(request: Request): Stream {
  let out: ReadableStreamDefaultController<Uint8Array> | null = null;
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      out = controller;
      controller.enqueue(new TextEncoder().encode("event: beat\ndata:\n\n"));
    },
    cancel() {
      out = null;
    },
  });
  return {
    url: new URL(request.url),
    lastEventId: request.headers.get("last-event-id"),
    response: new Response(body, { headers: { "content-type": "text/event-stream", "cache-control": "no-store" } }),
    send: (text) => out?.enqueue(new TextEncoder().encode(text)),
    end: () => {
      out?.close();
      out = null;
    },
  };
}
