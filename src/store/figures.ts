import { sql } from "drizzle-orm";
import type { ChannelFigures, ChatMinute } from "../domain/snapshots.ts";
import { firstSeqSince } from "./chat.ts";
import type { Db } from "./db.ts";

const MINUTE_MS = 60_000;
/** How far the figures' chart goes back, the running minute included. */
const MINUTES = 60;
/** The window of the figures named `…10m`: the running minute and the nine before it. */
const RECENT_MINUTES = 10;

/**
 * The figures of a channel at `now`, each equal to a recount of its lines (`dropped` is the process's own to add).
 * Deleted lines count, replies are counted apart. Lines whose `sentAt` lies after `now` count as recent.
 */
export async function getFigures(db: Db, channelId: string, now: Date): Promise<Omit<ChannelFigures, "dropped">> {
  const thisMinute = Math.floor(now.getTime() / MINUTE_MS) * MINUTE_MS;
  const recentSince = new Date(thisMinute - (RECENT_MINUTES - 1) * MINUTE_MS);
  const chartSince = new Date(thisMinute - (MINUTES - 1) * MINUTE_MS);
  const [row] = await db.execute<Row>(sql`
    select
      (select coalesce(sum(messages), 0)::float8 from channel_minutes where channel_id = ${channelId}) as "messagesTotal",
      (select coalesce(sum(replies), 0)::float8 from channel_minutes where channel_id = ${channelId}) as "repliesTotal",
      (select count(*)::int from channel_chatters where channel_id = ${channelId} and messages > 0) as "chattersTotal",
      (select count(distinct chatter_id)::int from channel_history
        where channel_id = ${channelId} and seq >= ${firstSeqSince(channelId, recentSince)}
          and kind = 'chat' and sent_at >= ${recentSince.toISOString()}::timestamptz) as "chatters10m",
      (select coalesce(json_agg(json_build_array(extract(epoch from minute)::float8 * 1000, messages) order by minute), '[]')
        from channel_minutes where channel_id = ${channelId} and minute >= ${chartSince.toISOString()}::timestamptz) as recent`);
  const { recent, ...totals } = row ?? NONE;
  return {
    channelId,
    ...totals,
    messages10m: sumSince(recent, recentSince),
    minutes: chart(recent, chartSince),
  };
}

interface Row extends Record<string, unknown> {
  messagesTotal: number;
  repliesTotal: number;
  chattersTotal: number;
  chatters10m: number;
  /** Beginning of a minute in milliseconds since 1970, and its messages; minutes without any are not there. */
  recent: [minute: number, messages: number][];
}

const NONE: Row = { messagesTotal: 0, repliesTotal: 0, chattersTotal: 0, chatters10m: 0, recent: [] };

function sumSince(recent: Row["recent"], since: Date): number {
  return recent.reduce((sum, [minute, messages]) => (minute >= since.getTime() ? sum + messages : sum), 0);
}

function chart(recent: Row["recent"], since: Date): ChatMinute[] {
  const messages = new Map(recent);
  return Array.from({ length: MINUTES }, (_, index) => {
    const startedAt = since.getTime() + index * MINUTE_MS;
    return { startedAt: new Date(startedAt), messages: messages.get(startedAt) ?? 0 };
  });
}
