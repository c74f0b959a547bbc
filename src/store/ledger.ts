import { and, desc, eq, lt } from "drizzle-orm";
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
with added as (
  insert into model_calls (at, channel_id, trace_id, purpose, model, outcome, input_tokens, cached_tokens, output_tokens, cost_micros, latency_ms, error)
  select "at", "channelId", "traceId", "purpose", "model", "outcome", "inputTokens", "cachedTokens", "outputTokens", "costMicros", "latencyMs", "error"
  from json_to_recordset($1::text::json) as call(
    "at" timestamptz, "channelId" text, "traceId" text, "purpose" text, "model" text, "outcome" text, "inputTokens" int, "cachedTokens" int,
    "outputTokens" int, "costMicros" bigint, "latencyMs" int, "error" text)
  returning id
)
select string_agg(id::text, ',' order by id) as ids from added`;

/** Writes calls, all or nothing, and returns their ids in the given order. */
export async function addModelCalls(sql: Sql, calls: readonly ModelCall[]): Promise<number[]> {
  if (calls.length === 0) return [];
  const whole = calls.map((call) => ({ ...call, latencyMs: Math.round(call.latencyMs) }));
  const [row] = await sql.unsafe<{ ids: string }[]>(ADD_CALLS, [storableJson(whole)], { prepare: true });
  return row?.ids.split(",").map(Number) ?? [];
}

/** A page of the ledger, newest first. */
export async function listModelCalls(
  db: Db,
  { channelId, traceId, beforeId, limit }: { channelId?: string; traceId?: string; beforeId?: number; limit: number },
): Promise<(ModelCall & { id: number })[]> {
  return await db
    .select()
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
