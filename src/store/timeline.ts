import { and, asc, desc, eq, gt, inArray, isNotNull, isNull, lt, or, type SQL, sql } from "drizzle-orm";
import { type EventType, HUD_LEVEL, type TimelineEvent } from "../domain/events.ts";
import type { Db, Sql } from "./db.ts";
import { timeline } from "./schema.ts";
import { storableJson } from "./text.ts";

/** A row that is there already is ours when it has our instant: then we wrote it, and the answer was lost. */
const ADD_EVENTS = `
with event as (
  select * from json_to_recordset($1::text::json) as event(
    position int, at timestamptz, channel_id text, type text, level text, trace_id text, body jsonb, meaning text, write_key text)
), added as (
  insert into timeline (at, channel_id, type, level, trace_id, body, meaning, write_key)
  select at, channel_id, type, level, trace_id, body, meaning, write_key from event order by position
  on conflict (write_key) do nothing
  returning id, write_key
)
select string_agg(
  coalesce(added.id::text, case when known.at = event.at then known.id::text end, ''), ',' order by position) as ids
from event left join added using (write_key) left join timeline as known using (write_key)`;

/**
 * Writes what happened, all or nothing, and returns the ids in the given order. `keys` name the rows: one that was written
 * before keeps its row and id. Null for an event that somebody else wrote under that key (another process, or this one in
 * an earlier life), or that stands twice in `events`. `meanings` are those of Twitch's occurrences (`meaningText`).
 */
export async function addEvents(
  sql: Sql,
  events: readonly TimelineEvent[],
  keys: readonly string[],
  meanings: readonly (string | null)[] = [],
): Promise<(number | null)[]> {
  if (events.length === 0) return [];
  const rows = events.map((event, position) => ({
    position,
    at: event.at,
    channel_id: event.channelId,
    type: event.body.type,
    level: HUD_LEVEL[event.body.type] ?? null,
    trace_id: event.traceId,
    body: event.body,
    meaning: meanings[position] ?? null,
    write_key: keys[position],
  }));
  const [row] = await sql.unsafe<{ ids: string }[]>(ADD_EVENTS, [storableJson(rows)], { prepare: true });
  const ids = (row?.ids ?? "").split(",").map((id) => (id === "" ? null : Number(id)));
  return ids.map((id, position) => (ids.indexOf(id) < position ? null : id));
}

/** What a channel was told since then of Twitch's occurrences, the newest `limit` of it, oldest first. */
export async function listMeanings(
  db: Db,
  channelId: string,
  since: Date,
  limit: number,
): Promise<{ meaning: string; at: Date }[]> {
  const rows = await db
    .select({ meaning: timeline.meaning, at: timeline.at })
    .from(timeline)
    .where(and(eq(timeline.channelId, channelId), gt(timeline.at, since), isNotNull(timeline.meaning)))
    .orderBy(desc(timeline.at), desc(timeline.id))
    .limit(limit);
  return rows.reverse().flatMap(({ meaning, at }) => (meaning === null ? [] : [{ meaning, at }]));
}

export interface TimelineFilter {
  /** Rows of this channel; null: those of the whole installation. */
  channelId?: string | null | undefined;
  /** With a channel: the rows of the whole installation, too. */
  withInstallation?: boolean | undefined;
  types?: readonly EventType[] | undefined;
  /** Ids above this; then the oldest come first, and nothing is skipped. */
  afterId?: number | undefined;
  beforeId?: number | undefined;
  limit: number;
}

/** A page of the timeline: newest first, or oldest first with `afterId`. */
export async function listEvents(
  db: Db,
  { channelId, withInstallation = false, types, afterId, beforeId, limit }: TimelineFilter,
): Promise<TimelineEvent[]> {
  const rows = await db
    .select()
    .from(timeline)
    .where(
      and(
        whose(channelId, withInstallation),
        types === undefined ? undefined : inArray(timeline.type, [...types]),
        afterId === undefined ? undefined : gt(timeline.id, afterId),
        beforeId === undefined ? undefined : lt(timeline.id, beforeId),
      ),
    )
    .orderBy(afterId === undefined ? desc(timeline.id) : asc(timeline.id))
    .limit(limit);
  return rows.map(({ id, at, channelId, traceId, body }) => ({ id, at, channelId, traceId, body }));
}

function whose(channelId: string | null | undefined, withInstallation: boolean): SQL | undefined {
  if (channelId === undefined) return undefined;
  if (channelId === null) return isNull(timeline.channelId);
  const own = eq(timeline.channelId, channelId);
  return withInstallation ? or(own, isNull(timeline.channelId)) : own;
}

/** Removes at most `limit` of the oldest rows from before `before`; returns how many. To be called until it is 0. */
export async function pruneEvents(db: Db, before: Date, limit = 5_000): Promise<number> {
  const [row] = await db.execute<{ removed: number }>(sql`
    with old as (select id, at from timeline order by id limit ${limit}),
      gone as (delete from timeline using old where timeline.id = old.id and old.at < ${before.toISOString()}::timestamptz returning 1)
    select count(*)::int as removed from gone`);
  return row?.removed ?? 0;
}
