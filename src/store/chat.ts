import { and, asc, count, desc, eq, gt, gte, isNull, lt, type SQL, sql } from "drizzle-orm";
import type { Badge, Emote, HistoryLine } from "../domain/chat.ts";
import type { Db, Sql } from "./db.ts";
import { isDeadlock } from "./refusals.ts";
import { channelHistory } from "./schema.ts";
import { epochText, packed, storable, unpackedColumns } from "./text.ts";

/** What `channel_history` keeps of a text, in UTF-16 units. */
export const MESSAGE_KEPT_CHARS_MAX = 2000;
/** Two processes that store the same lines may meet in a deadlock, of which the server ends one: it tries again. */
const DEADLOCK_TRIES_MAX = 3;

/** The columns of `channel_history` that a line brings, in the order of `lineColumns`. */
const COLUMNS =
  "channel_id, message_id, chatter_id, login, display_name, message, kind, color, badges, emotes, reply_to_id, trace_id, sent_at, deleted_at";

/**
 * One statement: the lines, and the two tables of figures from the lines that were really inserted. Groups are written
 * in the order of their keys, so that two processes do not wait for each other crosswise. Rates, 100,000 lines of 10
 * channels in batches of 1,000 or 2,000 on one connection, 2 cores: Postgres 15 with fsync 42,000–51,000 rows/s at
 * 18 µs of the server (12 without the figures; reading the parameters 1.7) and 2.3 µs of ours; with one JSON parameter
 * 29,000–40,000 at 3.4 µs of ours; embedded 27,000–35,000. Figures by update-then-insert instead of upsert: half as fast.
 */
const ADD_LINES = `
with input as (
  select channel_id, message_id, chatter_id, login, display_name, message, kind, color, badges, emotes, reply_to_id, trace_id,
    to_timestamp(sent_at::float8) as sent_at, to_timestamp(deleted_at::float8) as deleted_at
  from ${unpackedColumns(COLUMNS.split(", "))} where message_id is not null
), added as (
  insert into channel_history (${COLUMNS}) select ${COLUMNS} from input
  on conflict (sent_at, message_id) do nothing
  returning seq, channel_id, message_id, chatter_id, login, display_name, kind, sent_at
), minutes as (
  insert into channel_minutes (channel_id, minute, messages, replies, first_seq)
  select channel_id, date_bin('1 minute', sent_at, 'epoch'), count(*) filter (where kind = 'chat'), count(*) filter (where kind = 'reply'), min(seq)
  from added group by 1, 2 order by 1, 2
  on conflict (channel_id, minute) do update set
    messages = channel_minutes.messages + excluded.messages,
    replies = channel_minutes.replies + excluded.replies,
    first_seq = least(channel_minutes.first_seq, excluded.first_seq)
), chatters as (
  insert into channel_chatters (channel_id, chatter_id, login, display_name, messages, first_seen_at, last_seen_at)
  select channel_id, chatter_id, (array_agg(login order by seq desc))[1], (array_agg(display_name order by seq desc))[1],
    count(*), min(sent_at), max(sent_at)
  from added where kind = 'chat' group by 1, 2 order by 1, 2
  on conflict (channel_id, chatter_id) do update set
    login = excluded.login,
    display_name = excluded.display_name,
    messages = channel_chatters.messages + excluded.messages,
    first_seen_at = least(channel_chatters.first_seen_at, excluded.first_seen_at),
    last_seen_at = greatest(channel_chatters.last_seen_at, excluded.last_seen_at)
)
select string_agg(seq::text, ',' order by seq) as seqs,
  case when count(*) < $${COLUMNS.split(", ").length + 1}::int then string_agg(message_id, e'\\x1f' order by seq) end as ids
from added`;

/**
 * Stores lines, each message id once for ever, with their figures, atomically. Returns those that were new, with `seq`,
 * in the given order; a line that is known already (from before, or from earlier in `lines`) is left out. Batches of
 * 1,000 to 2,000 are fastest. Texts longer than `MESSAGE_KEPT_CHARS_MAX` are cut.
 */
export async function addLines(sql: Sql, lines: readonly HistoryLine[]): Promise<{ stored: HistoryLine[] }> {
  if (lines.length === 0) return { stored: [] };
  const parameters = [...lineColumns(lines).map(packed), lines.length];
  const [row] = await retryDeadlocks(sql, () =>
    sql.unsafe<{ seqs: string | null; ids: string | null }[]>(ADD_LINES, parameters, { prepare: true }),
  );
  const seqs = row?.seqs?.split(",").map(Number) ?? [];
  return { stored: withSeqs(lines, seqs, row?.ids?.split("\x1f") ?? null) };
}

/** `ids` are those of the lines that were stored, in their order; null when all of them were. */
function withSeqs(lines: readonly HistoryLine[], seqs: readonly number[], ids: readonly string[] | null): HistoryLine[] {
  if (ids === null)
    return lines.length === seqs.length ? lines.map((line, index) => ({ ...line, seq: seqs[index] ?? null })) : [];
  const seqOf = new Map(ids.map((id, index) => [id, seqs[index] ?? null]));
  return lines.flatMap((line) => {
    const id = storable(line.messageId);
    const seq = seqOf.get(id);
    if (seq === undefined) return [];
    seqOf.delete(id);
    return [{ ...line, seq }];
  });
}

async function retryDeadlocks<T>(sql: Sql, attempt: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await attempt();
    } catch (error) {
      const isInTransaction = "savepoint" in sql;
      if (isInTransaction || tries === DEADLOCK_TRIES_MAX || !isDeadlock(error)) throw error;
    }
  }
}

/** The lines by column, in the order of `COLUMNS`. */
function lineColumns(lines: readonly HistoryLine[]): (string | null)[][] {
  const columns: (string | null)[][] = Array.from({ length: 14 }, () => []);
  for (const line of lines) {
    const values = lineValues(line);
    for (let column = 0; column < values.length; column += 1) columns[column]?.push(values[column] ?? null);
  }
  return columns;
}

function lineValues(line: HistoryLine): (string | null)[] {
  return [
    line.channelId,
    line.messageId,
    line.chatterId,
    line.login,
    line.displayName,
    line.text.length > MESSAGE_KEPT_CHARS_MAX ? line.text.slice(0, MESSAGE_KEPT_CHARS_MAX) : line.text,
    line.kind,
    line.color,
    line.badges.join(","),
    emotesText(line.emotes),
    line.replyToId,
    line.traceId,
    epochText(line.sentAt),
    line.deletedAt && epochText(line.deletedAt),
  ];
}

/**
 * A page of a channel's lines, oldest first: the newest `limit` ones, those before `beforeSeq`, or with `afterSeq` the
 * first ones after it.
 */
export async function listLines(
  db: Db,
  channelId: string,
  { limit, beforeSeq, afterSeq }: { limit: number; beforeSeq?: number; afterSeq?: number },
): Promise<HistoryLine[]> {
  const { seq } = channelHistory;
  const wanted = and(
    eq(channelHistory.channelId, channelId),
    beforeSeq === undefined ? undefined : lt(seq, beforeSeq),
    afterSeq === undefined ? undefined : gt(seq, afterSeq),
  );
  const isForward = afterSeq !== undefined;
  const rows = await db
    .select()
    .from(channelHistory)
    .where(wanted)
    .orderBy(isForward ? asc(seq) : desc(seq))
    .limit(limit);
  return (isForward ? rows : rows.reverse()).map(toLine);
}

/** What Twitch takes back, of what was sent since an instant: one message, all of a chatter, or (null) of everybody. */
export type Taken = { messageId: string; since: Date } | { chatterId: string | null; since: Date };

/** A message is mostly taken back within this time: there it is looked for first. */
const JUST_NOW_MS = 600_000;

/** Marks lines as deleted at `at`; the text stays for its retention. Returns the ids that were not marked before. */
export async function markDeleted(db: Db, channelId: string, taken: Taken, at: Date): Promise<string[]> {
  if (!("messageId" in taken)) return await mark(db, channelId, taken, at);
  const justNow = new Date(Math.max(taken.since.getTime(), at.getTime() - JUST_NOW_MS));
  const found = await mark(db, channelId, { ...taken, since: justNow }, at);
  return found.length > 0 ? found : await mark(db, channelId, taken, at);
}

async function mark(db: Db, channelId: string, taken: Taken, at: Date): Promise<string[]> {
  const { messageId, chatterId, sentAt, seq, deletedAt } = channelHistory;
  const whose =
    "messageId" in taken ? eq(messageId, taken.messageId) : taken.chatterId === null ? undefined : eq(chatterId, taken.chatterId);
  const recent = and(gte(seq, firstSeqSince(channelId, taken.since)), gte(sentAt, taken.since));
  const rows = await db
    .update(channelHistory)
    .set({ deletedAt: at })
    .where(and(eq(channelHistory.channelId, channelId), recent, whose, isNull(deletedAt)))
    .returning({ messageId, seq });
  return rows.sort((a, b) => a.seq - b.seq).map((row) => row.messageId);
}

/** No line of the channel sent since then has a smaller `seq` (none at all: a `seq` that is never reached). */
export const firstSeqSince = (channelId: string, since: Date): SQL =>
  sql`(select coalesce(min(first_seq), 9223372036854775807) from channel_minutes
    where channel_id = ${channelId} and minute >= date_bin('1 minute', ${since.toISOString()}::timestamptz, 'epoch'))`;

/** Lines of the channel, replies and deleted ones included. */
export async function countLines(db: Db, channelId: string): Promise<number> {
  const [row] = await db.select({ lines: count() }).from(channelHistory).where(eq(channelHistory.channelId, channelId));
  return row?.lines ?? 0;
}

/** The figures of a channel, straight from its lines. */
export interface Recount {
  messages: number;
  replies: number;
  /** Oldest first. */
  minutes: { minute: Date; messages: number; replies: number }[];
  /** By chatter id; our own replies do not count. */
  chatters: { chatterId: string; messages: number; lastSeenAt: Date }[];
}

/** Counts all lines of a channel again: what `channel_minutes` and `channel_chatters` must say. Slow; for tests and checks. */
export async function recount(db: Db, channelId: string): Promise<Recount> {
  const { kind, sentAt, chatterId } = channelHistory;
  const minute = sql`date_bin('1 minute', ${sentAt}, 'epoch')`.mapWith(sentAt);
  const ofKind = (wanted: HistoryLine["kind"]) => sql<number>`(count(*) filter (where ${kind} = ${wanted}))::int`;
  const minutes = await db
    .select({ minute, messages: ofKind("chat"), replies: ofKind("reply") })
    .from(channelHistory)
    .where(eq(channelHistory.channelId, channelId))
    .groupBy(sql`1`)
    .orderBy(sql`1`);
  const chatters = await db
    .select({ chatterId, messages: count(), lastSeenAt: sql`max(${sentAt})`.mapWith(sentAt) })
    .from(channelHistory)
    .where(and(eq(channelHistory.channelId, channelId), eq(kind, "chat")))
    .groupBy(chatterId)
    .orderBy(chatterId);
  const sum = (name: "messages" | "replies") => minutes.reduce((total, row) => total + row[name], 0);
  return { messages: sum("messages"), replies: sum("replies"), minutes, chatters };
}

/**
 * Removes at most `limit` lines that were sent before `before`, and takes them out of the figures. Returns how many;
 * to be called until it is 0, so that no statement is long.
 */
export async function pruneLines(db: Db, before: Date, limit = 5_000): Promise<number> {
  return await db.transaction(async (tx) => {
    const [row] = await tx.execute<{ removed: number }>(sql`
      with old as (
        select channel_id, seq from channel_history where sent_at < ${before.toISOString()}::timestamptz limit ${limit}
      ), gone as (
        delete from channel_history line using old where line.channel_id = old.channel_id and line.seq = old.seq
        returning line.channel_id, line.chatter_id, line.kind, line.sent_at
      ), by_minute as (
        select channel_id, date_bin('1 minute', sent_at, 'epoch') as minute,
          count(*) filter (where kind = 'chat') as messages, count(*) filter (where kind = 'reply') as replies
        from gone group by 1, 2
      ), by_chatter as (
        select channel_id, chatter_id, count(*) as messages from gone where kind = 'chat' group by 1, 2
      ), minutes as (
        update channel_minutes figure set messages = figure.messages - gone.messages, replies = figure.replies - gone.replies
        from by_minute gone where figure.channel_id = gone.channel_id and figure.minute = gone.minute
      ), chatters as (
        update channel_chatters figure set messages = figure.messages - gone.messages
        from by_chatter gone where figure.channel_id = gone.channel_id and figure.chatter_id = gone.chatter_id
      )
      select count(*)::int as removed from gone`);
    const removed = row?.removed ?? 0;
    if (removed < limit) {
      await tx.execute(sql`delete from channel_minutes where messages = 0 and replies = 0`);
      await tx.execute(sql`delete from channel_chatters where messages = 0`);
    }
    return removed;
  });
}

function toLine(row: typeof channelHistory.$inferSelect): HistoryLine {
  return {
    seq: row.seq,
    messageId: row.messageId,
    channelId: row.channelId,
    chatterId: row.chatterId,
    login: row.login,
    displayName: row.displayName,
    text: row.message,
    kind: row.kind,
    color: row.color,
    badges: parseBadges(row.badges),
    emotes: parseEmotes(row.emotes),
    replyToId: row.replyToId,
    traceId: row.traceId,
    sentAt: row.sentAt,
    deletedAt: row.deletedAt,
  };
}

const BADGES: ReadonlySet<string> = new Set<Badge>(["broadcaster", "moderator", "vip", "subscriber", "first"]);
const isBadge = (name: string): name is Badge => BADGES.has(name);
const parseBadges = (text: string): Badge[] => text.split(",").filter(isBadge);

/** `25:0-4/1902:6-10`, as Twitch's tag has it, but one entry per place. */
const emotesText = (emotes: readonly Emote[]): string =>
  emotes.length === 0 ? "" : emotes.map((emote) => `${emote.id}:${emote.start}-${emote.end}`).join("/");

function parseEmotes(text: string): Emote[] {
  if (text === "") return [];
  return text.split("/").flatMap((entry) => {
    const [, id, start, end] = entry.match(/^(.+):(\d+)-(\d+)$/) ?? [];
    return id === undefined ? [] : [{ id, start: Number(start), end: Number(end) }];
  });
}
