import { eq } from "drizzle-orm";
import { AppError } from "../domain/errors.ts";
import type { Db, Sql } from "./db.ts";
import { channelState } from "./schema.ts";
import { storable, storableJson } from "./text.ts";

/** What a channel goes on with after a restart. */
export interface StoredState {
  channelId: string;
  login: string;
  lastEvent: string | null;
  lastReply: string | null;
  lastReplyAt: Date | null;
  lastMessageAt: Date | null;
  /** JSON, at most `STATE_BYTES_MAX`. */
  state: unknown;
  updatedAt: Date;
}

/** Of one channel's state as JSON: it is rewritten every few seconds. */
export const STATE_BYTES_MAX = 65_536;

const SAVE_STATES = `
insert into channel_state as known (channel_id, login, last_event, last_reply, last_reply_at, last_message_at, state, updated_at)
select channel_id, login, last_event, last_reply, last_reply_at, last_message_at, state, updated_at
from json_to_recordset($1::text::json) as fresh(
  channel_id text, login text, last_event text, last_reply text, last_reply_at timestamptz, last_message_at timestamptz,
  state jsonb, updated_at timestamptz)
order by channel_id
on conflict (channel_id) do update set
  login = excluded.login, last_event = excluded.last_event, last_reply = excluded.last_reply, last_reply_at = excluded.last_reply_at,
  last_message_at = excluded.last_message_at, state = excluded.state, updated_at = excluded.updated_at
where known.updated_at <= excluded.updated_at`;

/**
 * Writes the states of many channels in one statement; one that is older than what is stored is passed over. When a
 * channel is there twice, the last one counts. Throws `too_large` (`state_too_large`).
 */
export async function saveStates(sql: Sql, states: readonly StoredState[]): Promise<void> {
  if (states.length === 0) return;
  const latest = new Map(states.map((state) => [state.channelId, state]));
  const rows = [...latest.values()].map(toRow);
  await sql.unsafe(SAVE_STATES, [storableJson(rows)], { prepare: true });
}

function toRow(state: StoredState) {
  const bytes = Buffer.byteLength(JSON.stringify(state.state) ?? "");
  if (bytes > STATE_BYTES_MAX) throw new AppError("too_large", "state_too_large", { channel: storable(state.login), bytes });
  return {
    channel_id: state.channelId,
    login: state.login,
    last_event: state.lastEvent,
    last_reply: state.lastReply,
    last_reply_at: state.lastReplyAt,
    last_message_at: state.lastMessageAt,
    state: state.state ?? {},
    updated_at: state.updatedAt,
  };
}

export async function findState(db: Db, channelId: string): Promise<StoredState | null> {
  const [row] = await db.select().from(channelState).where(eq(channelState.channelId, channelId));
  return row ?? null;
}
