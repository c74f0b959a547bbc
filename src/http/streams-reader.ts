import type { Stream, StreamCounts, StreamSummary } from "../domain/streams.ts";
import type { Clock, Log } from "../ports.ts";
import type { Db } from "../store/db.ts";
import { sqlState } from "../store/refusals.ts";
import { countStreams, listStreams } from "../store/streams.ts";

/** A channel's newest streams with what was said in each, newest first. */
export type StreamsReader = (channelId: string, limit: number) => Promise<readonly StreamSummary[]>;

/** Streams that a page shows. */
export const STREAMS_SHOWN = 8;
/** What is still being said is counted again after this long at the earliest. */
const COUNTED_MS = 10_000;
/** After the end lines may still be stored for a while: then the counts are final. */
const FINAL_MS = 3_600_000;
/** Streams whose counts are remembered. */
const REMEMBERED_MAX = 2_000;

interface Counted {
  counts: StreamCounts;
  at: number;
  /** What was counted; other times make another count. */
  range: string;
  isFinal: boolean;
}

/** Streams that could not be counted in time are given without counts. */
export function createStreamsReader(db: Db, clock: Clock, log: Log): StreamsReader {
  const known = new Map<string, Counted>();
  return async (channelId, limit) => {
    const rows = await listStreams(db, channelId, limit);
    const now = clock.now().getTime();
    const due = rows.filter((stream) => !isFresh(known.get(stream.id), stream, now));
    const counted = await countStreams(db, due).catch((error: unknown) => {
      log.warn("streams.count_failed", { channelId, code: sqlState(error) ?? "unknown" });
      return new Map<string, StreamCounts>();
    });
    for (const [id, counts] of counted) {
      const stream = due.find((one) => one.id === id);
      if (stream === undefined) continue;
      const isFinal = stream.endedAt !== null && now - stream.endedAt.getTime() > FINAL_MS;
      known.delete(id);
      known.set(id, { counts, at: now, range: rangeOf(stream), isFinal });
    }
    const summaries = rows.map(({ updatedAt: _, ...stream }) => ({ ...stream, counts: known.get(stream.id)?.counts ?? null }));
    for (const oldest of known.keys()) if (known.size > REMEMBERED_MAX) known.delete(oldest);
    return summaries;
  };
}

function isFresh(counted: Counted | undefined, stream: Stream, now: number): boolean {
  if (counted === undefined || counted.range !== rangeOf(stream)) return false;
  return counted.isFinal || Math.abs(now - counted.at) < COUNTED_MS;
}

const rangeOf = ({ startedAt, offlineAt }: Stream): string => `${startedAt.getTime()} ${offlineAt?.getTime()}`;
