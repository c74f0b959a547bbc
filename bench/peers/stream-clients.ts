// Many readers of one event stream over raw sockets, in one process.
import type { Socket } from "bun";
import { answerQuestions } from "../peer.ts";
import { type ClientsQuestion, type Heard, MARK, MARK_END } from "../streams.ts";

/** A mark with its number is shorter. */
const MARK_CHARS_MAX = 12;
/** Connections that are being opened at the same time. */
const AT_ONCE = 50;

interface Reader {
  /** What may be the beginning of a mark that goes on in the next piece. */
  rest: string;
  /** The number that must come next. */
  next: number;
  missed: number;
  opened: (() => void) | null;
}

const readers: Reader[] = [];
/** By message number: when each reader got it, in ms since 1970. */
const heardAt: number[][] = [];
const total = { bytes: 0, closed: 0 };
const PATTERN = new RegExp(`${MARK}(\\d+)${MARK_END}`, "g");

function take(socket: Socket<Reader>, bytes: Buffer): void {
  const reader = socket.data;
  total.bytes += bytes.length;
  if (reader.opened !== null) {
    if (!bytes.toString("latin1").startsWith("HTTP/1.1 200")) throw new Error(bytes.toString("latin1").slice(0, 200));
    reader.opened();
    reader.opened = null;
  }
  // A mark ends here only if its end does, whole or by its second half.
  if (bytes.indexOf(MARK_END) < 0 && bytes[0] !== MARK_END.charCodeAt(1)) {
    reader.rest = (reader.rest + bytes.toString("latin1", Math.max(0, bytes.length - MARK_CHARS_MAX))).slice(-MARK_CHARS_MAX);
    return;
  }
  const at = Date.now();
  const text = reader.rest + bytes.toString("latin1");
  let end = 0;
  for (const match of text.matchAll(PATTERN)) {
    end = match.index + match[0].length;
    hear(reader, Number(match[1]), at);
  }
  reader.rest = text.slice(Math.max(end, text.length - MARK_CHARS_MAX));
}

/** One message may stand in a page twice, in the timeline and among the HUD's: the first counts. */
function hear(reader: Reader, number: number, at: number): void {
  if (number < reader.next) return;
  reader.missed += number - reader.next;
  reader.next = number + 1;
  heardAt[number] ??= [];
  heardAt[number].push(at);
}

async function open(url: string, path: string, cookie: string): Promise<void> {
  const { hostname, port, host } = new URL(url);
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const reader: Reader = { rest: "", next: 0, missed: 0, opened: resolve };
  const socket = await Bun.connect<Reader>({
    hostname,
    port: Number(port),
    data: reader,
    socket: {
      data: take,
      close: () => {
        total.closed += 1;
      },
      error: (_socket, error) => reject(error),
    },
  });
  readers.push(reader);
  socket.write(`GET ${path} HTTP/1.1\r\nHost: ${host}\r\nAccept: text/event-stream\r\nCookie: ${cookie}\r\n\r\n`);
  await promise;
}

async function heard(sentAt: readonly number[], waitMs: number): Promise<Heard> {
  const deadline = Date.now() + waitMs;
  while (Date.now() < deadline && readers.some((reader) => reader.next < sentAt.length)) await Bun.sleep(20);
  const tookMs = sentAt.flatMap((at, number) => (heardAt[number] ?? []).map((got) => got - at));
  const missed = readers.reduce((sum, reader) => sum + reader.missed + sentAt.length - reader.next, 0);
  return { tookMs: thinned(tookMs), missed, closed: total.closed, bytes: total.bytes };
}

/** Evenly taken from the sorted values, so that percentiles stay as they are; the least and the greatest are kept. */
function thinned(values: readonly number[]): number[] {
  const sorted = [...values].sort((a, b) => a - b);
  const step = Math.max(1, (sorted.length - 1) / SAMPLE);
  return Array.from({ length: Math.min(sorted.length, SAMPLE + 1) }, (_, index) => sorted[Math.round(index * step)] ?? 0);
}

const SAMPLE = 10_000;

async function answer(question: ClientsQuestion): Promise<object> {
  if (question.op === "heard") return await heard(question.sentAt, question.waitMs);
  for (let left = question.count; left > 0; left -= AT_ONCE) {
    const { url, path, cookie } = question;
    await Promise.all(Array.from({ length: Math.min(left, AT_ONCE) }, () => open(url, path, cookie)));
  }
  return { open: readers.length };
}

await answerQuestions(answer);
process.exit(0);
