import { join } from "node:path";
import type { Rig } from "./rig.ts";

/** How long one question to a process of ours may take. */
const ANSWER_MS_MAX = 150_000;

/**
 * A process of the bench's own that is asked one thing at a time, one JSON value per line each way. It ends when
 * its standard input does, so that none is left over.
 */
export class Peer implements AsyncDisposable {
  readonly pid: number;
  readonly #end: () => Promise<void>;
  readonly #write: (line: string) => void;
  readonly #answers: AsyncGenerator<string>;

  constructor(rig: Rig, script: string, args: readonly string[] = []) {
    const child = Bun.spawn([process.execPath, join(import.meta.dir, "peers", script), ...args], {
      stdin: "pipe",
      stdout: "pipe",
      stderr: "inherit",
    });
    rig.keep(child);
    this.pid = child.pid;
    this.#answers = linesOf(child.stdout);
    this.#write = (line) => {
      child.stdin.write(line);
      child.stdin.flush();
    };
    this.#end = async () => {
      child.kill("SIGKILL");
      await child.exited;
    };
  }

  /** Sends `question`; gives the answer. Both ends are ours: `T` is what that script answers. */
  async ask<T>(question: object): Promise<T> {
    this.#write(`${JSON.stringify(question)}\n`);
    return await this.next<T>();
  }

  /** The next thing the process says by itself. */
  async next<T>(): Promise<T> {
    const { promise: late, reject } = Promise.withResolvers<never>();
    const timer = setTimeout(() => reject(new Error("a process of the bench did not answer in time")), ANSWER_MS_MAX);
    try {
      const line = await Promise.race([this.#answers.next(), late]);
      if (line.done) throw new Error("a process of the bench ended early");
      return JSON.parse(line.value) as T;
    } finally {
      clearTimeout(timer);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#end();
  }
}

/** The lines of a stream of bytes, without their ends. */
export async function* linesOf(stream: ReadableStream<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let rest = "";
  for await (const bytes of stream) {
    const lines = (rest + decoder.decode(bytes, { stream: true })).split("\n");
    rest = lines.pop() ?? "";
    yield* lines;
  }
}

/** The other end: answers each question on standard input with what `answer` gives. Ends with the input. */
export async function answerQuestions<Q>(answer: (question: Q) => Promise<object>): Promise<void> {
  for await (const line of linesOf(Bun.stdin.stream())) {
    process.stdout.write(`${JSON.stringify(await answer(JSON.parse(line) as Q))}\n`);
  }
}
