import { and, desc, eq, getTableColumns, lt } from "drizzle-orm";
import type { Db, Sql } from "./db.ts";
import { modelCalls } from "./schema.ts";
import { storableJson } from "./text.ts";

/** One call of a model, as the ledger keeps it. */
export interface ModelCall {
  at: Date;
  /** Null: not for a channel. */
  channelId: string | null;
  traceId: string;
  /** What it was for, `reply`. */
  purpose: string;
  model: string;
  /** `ok`, or the kind of failure. */
  outcome: string;
  inputTokens: number;
  /** Of the input, what the provider had cached. */
  cachedTokens: number;
  outputTokens: number;
  /** Millionths of a dollar; null when the model's price is not known. */
  costMicros: number | null;
  latencyMs: number;
  /** A code, never a provider's text. */
  error: string | null;
}

const ADD_CALLS = `
insert into model_calls (at, channel_id, trace_id, purpose, model, outcome, input_tokens, cached_tokens, output_tokens, cost_micros, latency_ms, error, write_key)
select "at", "channelId", "traceId", "purpose", "model", "outcome", "inputTokens", "cachedTokens", "outputTokens", "costMicros", "latencyMs", "error", "writeKey"
from json_to_recordset($1::text::json) as call(
  "at" timestamptz, "channelId" text, "traceId" text, "purpose" text, "model" text, "outcome" text, "inputTokens" int, "cachedTokens" int,
  "outputTokens" int, "costMicros" bigint, "latencyMs" int, "error" text, "writeKey" text)
on conflict (write_key) do nothing`;

/** Writes calls, all or nothing. `keys` name the rows: one that is known already is not written again. */
export async function addModelCalls(sql: Sql, calls: readonly ModelCall[], keys: readonly string[]): Promise<void> {
  if (calls.length === 0) return;
  const rows = calls.map((call, position) => ({ ...call, latencyMs: Math.round(call.latencyMs), writeKey: keys[position] }));
  await sql.unsafe(ADD_CALLS, [storableJson(rows)], { prepare: true });
}

/** A page of the ledger, newest first. */
export async function listModelCalls(
  db: Db,
  { channelId, traceId, beforeId, limit }: { channelId?: string; traceId?: string; beforeId?: number; limit: number },
): Promise<(ModelCall & { id: number })[]> {
  const { writeKey: _, ...columns } = getTableColumns(modelCalls);
  return await db
    .select(columns)
    .from(modelCalls)
    .where(
      and(
        channelId === undefined ? undefined : eq(modelCalls.channelId, channelId),
        traceId === undefined ? undefined : eq(modelCalls.traceId, traceId),
        beforeId === undefined ? undefined : lt(modelCalls.id, beforeId),
      ),
    )
    .orderBy(desc(modelCalls.id))
    .limit(limit);
}
