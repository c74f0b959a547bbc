import { expect } from "bun:test";

/** A message of a stream as a browser sees it. */
export interface Message {
  id: string | null;
  event: string;
  data: string;
}

/** Reads a stream's messages in order; each wait has a deadline, so that a missing message fails the test. */
export class StreamReader {
  readonly #reader: ReadableStreamDefaultReader<Uint8Array>;
  readonly #decoder = new TextDecoder();
  #text = "";
  #messages: Message[] = [];
  /** Bytes read so far. */
  bytes = 0;
  lastId: string | null = null;

  constructor(answer: Response) {
    expect(answer.status).toBe(200);
    if (answer.body === null) throw new Error("no body");
    this.#reader = answer.body.getReader();
  }

  /** The next message that is no heartbeat; null when the stream ended. */
  async next(withinMs = 20_000): Promise<Message | null> {
    for (;;) {
      const message = await this.nextOfAnyKind(withinMs);
      if (message?.event !== "beat") return message;
    }
  }

  async nextOfAnyKind(withinMs = 20_000): Promise<Message | null> {
    const deadline = Promise.withResolvers<never>();
    const timer = setTimeout(() => deadline.reject(new Error(`nothing came in ${withinMs} ms`)), withinMs);
    try {
      while (this.#messages.length === 0) {
        const { done, value } = await Promise.race([this.#reader.read(), deadline.promise]);
        if (done) return null;
        this.bytes += value.byteLength;
        this.#take(this.#decoder.decode(value, { stream: true }));
      }
    } finally {
      clearTimeout(timer);
    }
    return this.#messages.shift() ?? null;
  }

  /** Reads until the stream ends; throws when it does not within the time. */
  async ended(withinMs: number): Promise<void> {
    const until = performance.now() + withinMs;
    while ((await this.nextOfAnyKind(Math.max(1, until - performance.now()))) !== null) {}
  }

  async leave(): Promise<void> {
    await this.#reader.cancel();
  }

  #take(text: string): void {
    const blocks = (this.#text + text).split("\n\n");
    this.#text = blocks.pop() ?? "";
    for (const block of blocks) {
      const message: Message = { id: null, event: "message", data: "" };
      let isMessage = false;
      for (const line of block.split("\n")) {
        if (line.startsWith("id: ")) message.id = line.slice(4);
        else if (line.startsWith("event: ")) message.event = line.slice(7);
        else if (line.startsWith("data: ")) [message.data, isMessage] = [message.data + line.slice(6), true];
      }
      if (message.id !== null) this.lastId = message.id;
      if (isMessage) this.#messages.push(message);
    }
  }
}
