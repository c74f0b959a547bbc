import type { WorldChannel } from "../state.ts";
import type { IrcServer } from "./server.ts";
import type { IrcSession } from "./session.ts";

/** A frame carries about this many characters of joined lines. */
const FRAME_CHARS = 32_768;
/** More than this waiting in a socket: wait until it has drained. Bun drops what goes over its own limit. */
const BUFFERED_BYTES_MAX = 1_048_576;

export interface FeedOptions {
  /** Lines joined into one frame; as many as fit into 32 K characters when not given. */
  linesPerFrame?: number;
}

/**
 * The fast way into a room: sends rendered lines (without line ends) to every session in it, many per frame,
 * as fast as the slowest reads, none lost. Gives how many lines each session that stayed was sent, the least of
 * them; 0 when nobody is in the room. The lines are not remembered: they cannot be replied to or deleted.
 */
export async function feed(
  server: IrcServer,
  channel: WorldChannel,
  lines: Iterable<string> | AsyncIterable<string>,
  options: FeedOptions = {},
): Promise<number> {
  const readers = [...server.room(channel)].map((session) => ({ session, lines: 0 }));
  for await (const frame of framesOf(lines, options.linesPerFrame ?? Number.POSITIVE_INFINITY)) {
    for (const reader of readers) {
      if (reader.session.isClosed) continue;
      if (await push(reader.session, frame.text)) reader.lines += frame.lines;
    }
  }
  const stayed = readers.filter((reader) => !reader.session.isClosed);
  const delivered = stayed.length === 0 ? 0 : Math.min(...stayed.map((reader) => reader.lines));
  server.core.log.add("irc", "out", null, "feed", { channel: channel.user.login, readers: readers.length, delivered });
  return delivered;
}

/** Sends one frame, after waiting for room. False when the socket lost it. */
async function push(session: IrcSession, text: string): Promise<boolean> {
  while (!session.isClosed && session.buffered() > BUFFERED_BYTES_MAX) await session.drainedOnce();
  return !session.isClosed && session.writeFrame(text) !== 0;
}

interface Frame {
  text: string;
  lines: number;
}

async function* framesOf(lines: Iterable<string> | AsyncIterable<string>, linesMax: number): AsyncGenerator<Frame> {
  let batch: string[] = [];
  let chars = 0;
  const take = (): Frame => {
    const frame = { text: `${batch.join("\r\n")}\r\n`, lines: batch.length };
    batch = [];
    chars = 0;
    return frame;
  };
  const isFull = () => chars >= FRAME_CHARS || batch.length >= linesMax;
  if (Symbol.iterator in lines) {
    for (const line of lines) {
      batch.push(line);
      chars += line.length;
      if (isFull()) yield take();
    }
  } else {
    for await (const line of lines) {
      batch.push(line);
      chars += line.length;
      if (isFull()) yield take();
    }
  }
  if (batch.length > 0) yield take();
}
