import { and, desc, eq, type SQL, sql } from "drizzle-orm";
import type { Stream, StreamCounts } from "../domain/streams.ts";
import type { Db, Sql } from "./db.ts";
import { channelHistory, streams } from "./schema.ts";
import { packed, storableJson, unpacked } from "./text.ts";

/** A stream as it is stored; `updatedAt` is when it was last written. */
export type StoredStream = Stream & { updatedAt: Date };

/** Those that ended go first: a channel has at most one that did not. */
const SAVE = `
insert into streams (id, channel_id, twitch_ids, source, title, category, started_at, offline_at, ended_at, viewers_peak, viewers_last, updated_at)
select id, channel_id, twitch_ids, source, title, category, started_at, offline_at, ended_at, viewers_peak, viewers_last, updated_at
from json_to_recordset($1::text::json) as fresh(
  id text, channel_id text, twitch_ids jsonb, source text, title text, category text, started_at timestamptz,
  offline_at timestamptz, ended_at timestamptz, viewers_peak int, viewers_last int, updated_at timestamptz)
order by ended_at is null, id
on conflict (id) do update set
  twitch_ids = excluded.twitch_ids, source = excluded.source, title = excluded.title, category = excluded.category,
  started_at = excluded.started_at, offline_at = excluded.offline_at, ended_at = excluded.ended_at,
  viewers_peak = excluded.viewers_peak, viewers_last = excluded.viewers_last, updated_at = excluded.updated_at`;

/**
 * Removes, then writes streams as they are at `now`; may be done again when it failed halfway. Fails as a duplicate when a
 * channel would have two that did not end.
 */
export async function saveStreams(
  client: Sql,
  change: { saved: readonly Stream[]; removed: readonly string[] },
  now: Date,
): Promise<void> {
  const rows = storableJson(change.saved.map((stream) => toRow(stream, now)));
  const gone = packed(change.removed);
  // One statement sees the rows as they were before it, so the removed ones are taken out by one of their own.
  if (change.removed.length > 0) await client.unsafe(`delete from streams where id = any(${unpacked("$1")})`, [gone]);
  if (change.saved.length > 0) await client.unsafe(SAVE, [rows], { prepare: true });
}

function toRow(stream: Stream, now: Date) {
  const { id, channelId, twitchIds, source, title, category, startedAt, offlineAt, endedAt, viewersPeak, viewersLast } = stream;
  return {
    id,
    channel_id: channelId,
    twitch_ids: twitchIds,
    source,
    title,
    category,
    started_at: startedAt,
    offline_at: offlineAt,
    ended_at: endedAt,
    viewers_peak: viewersPeak,
    viewers_last: viewersLast,
    updated_at: now,
  };
}

/** The newest streams of a channel, newest first. */
export async function listStreams(db: Db, channelId: string, limit: number): Promise<StoredStream[]> {
  return await db
    .select()
    .from(streams)
    .where(eq(streams.channelId, channelId))
    .orderBy(desc(streams.startedAt), sql`${streams.endedAt} desc nulls first`)
    .limit(limit);
}

/** When somebody last wrote in the channel (our own replies do not count), or null. */
export async function findLastLineAt(db: Db, channelId: string): Promise<Date | null> {
  const [row] = await db
    .select({ sentAt: channelHistory.sentAt })
    .from(channelHistory)
    .where(and(eq(channelHistory.channelId, channelId), eq(channelHistory.kind, "chat")))
    .orderBy(desc(channelHistory.seq))
    .limit(1);
  return row?.sentAt ?? null;
}

/** Streams of one statement: each may have a hundred thousand lines. */
const COUNTED_MAX = 10;

/**
 * All from the lines themselves. They are found by `seq`: none of the stream's is smaller than the first one of any of its
 * minutes, and a line is stored, even after the database was away, before others that were sent an hour later.
 */
const countOf = (ranges: string): SQL => sql`
select asked.id, counts.messages, counts.replies, counts.chatters
from json_to_recordset(${ranges}::text::json) as asked(id text, channel_id text, since timestamptz, until timestamptz)
cross join lateral (
  select count(*) filter (where kind = 'chat')::int as messages, count(*) filter (where kind = 'reply')::int as replies,
    count(distinct chatter_id) filter (where kind = 'chat')::int as chatters
  from channel_history line
  where line.channel_id = asked.channel_id
    and line.seq >= (select coalesce(min(first_seq), 9223372036854775807) from channel_minutes figure
      where figure.channel_id = asked.channel_id and figure.minute >= date_bin('1 minute', asked.since, 'epoch')
        and figure.minute < coalesce(asked.until, 'infinity'))
    and line.seq < coalesce((select first_seq from channel_minutes figure
      where figure.channel_id = asked.channel_id and figure.minute >= asked.until + interval '1 hour'
      order by figure.minute limit 1), 9223372036854775807)
    and line.sent_at >= asked.since and line.sent_at < coalesce(asked.until, 'infinity')
) counts`;

/** What was said during each stream, until it dropped; equal to a recount of its lines as far as they are kept. */
export async function countStreams(db: Db, asked: readonly Stream[]): Promise<ReadonlyMap<string, StreamCounts>> {
  const counts = new Map<string, StreamCounts>();
  for (let from = 0; from < asked.length; from += COUNTED_MAX) {
    const ranges = asked.slice(from, from + COUNTED_MAX).map(({ id, channelId, startedAt, offlineAt }) => {
      return { id, channel_id: channelId, since: startedAt, until: offlineAt };
    });
    const rows = await db.execute<StreamCounts & Record<string, unknown> & { id: string }>(countOf(storableJson(ranges)));
    for (const { id, messages, replies, chatters } of rows) counts.set(id, { messages, replies, chatters });
  }
  return counts;
}
