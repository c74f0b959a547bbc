import { eq } from "drizzle-orm";
import type { EmoteMoods } from "../domain/emote-moods.ts";
import type { Mood } from "../domain/mood.ts";
import type { ChannelMoods } from "../domain/mood-lines.ts";
import { parseEmoteMoods, parseMood } from "../domain/mood-rows.ts";
import type { Db, Sql } from "./db.ts";
import { channelMoods } from "./schema.ts";
import { storableJson } from "./text.ts";

/** A row whose `mood` or `emotes` is null holds something else than one. */
export interface StoredMoods {
  mood: Mood | null;
  emotes: EmoteMoods | null;
  updatedAt: Date;
}

export async function findMoods(db: Db, channelId: string): Promise<StoredMoods | null> {
  const [row] = await db.select().from(channelMoods).where(eq(channelMoods.channelId, channelId));
  if (row === undefined) return null;
  return { mood: parseMood(row.mood), emotes: parseEmoteMoods(row.emotes), updatedAt: row.updatedAt };
}

const SAVE = `
insert into channel_moods as known (channel_id, mood, emotes, updated_at)
select channel_id, mood, emotes, updated_at
from json_to_recordset($1::text::json) as fresh(channel_id text, mood jsonb, emotes jsonb, updated_at timestamptz)
order by channel_id
on conflict (channel_id) do update set mood = excluded.mood, emotes = excluded.emotes, updated_at = excluded.updated_at
where known.updated_at <= excluded.updated_at`;

/** Writes the moods of channels, each there once, as they are at `now`; one that is older than what is stored is passed over. */
export async function saveMoods(sql: Sql, moods: readonly (ChannelMoods & { channelId: string })[], now: Date): Promise<void> {
  if (moods.length === 0) return;
  const rows = moods.map(({ channelId, mood, emotes }) => ({ channel_id: channelId, mood, emotes, updated_at: now }));
  await sql.unsafe(SAVE, [storableJson(rows)], { prepare: true });
}
