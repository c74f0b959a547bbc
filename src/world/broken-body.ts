/** Long enough for what was written before to leave the process: a break at once takes even the headers back. */
const FLUSH_MS = 5;

/** Waits until what was written has left. */
export const flushed = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, FLUSH_MS));

/** A body of which only these bytes come; then the connection breaks. */
export function brokenBody(bytes: Uint8Array | string): ReadableStream<Uint8Array> {
  return new ReadableStream({
    async start(out) {
      out.enqueue(typeof bytes === "string" ? new TextEncoder().encode(bytes) : bytes);
      await flushed();
      out.error(new Error("broken on purpose"));
    },
  });
}
