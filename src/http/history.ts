import { Elysia } from "elysia";
import { z } from "zod";
import { listLines } from "../store/chat.ts";
import { listEvents } from "../store/timeline.ts";
import { getChannelId, type HttpContext } from "./context.ts";
import { channelField, idField, wholeField } from "./fields.ts";
import { readQuery } from "./input.ts";
import { json } from "./page.ts";

const ROWS_MAX = 500;
const ROWS = 100;

export const historyQuery = z.strictObject({
  channel: channelField,
  limit: wholeField(1, ROWS_MAX, ROWS),
  /** Only lines stored before this `seq`: the next page back. */
  before: idField.optional(),
});

export const timelineQuery = z.strictObject({
  /** Left out: everything that happened in the installation. */
  channel: channelField.optional(),
  /** Only events after this id, oldest of them first to come. */
  after: idField.optional(),
  limit: wholeField(1, ROWS_MAX, ROWS),
});

/** What was said and what happened, for programs. Both oldest first. */
export function historyRoutes(http: HttpContext) {
  const { db } = http.deps;
  return new Elysia()
    .get("/api/chat/history", async ({ request }) => {
      const { channel, limit, before } = readQuery(request, historyQuery);
      const page = before === undefined ? { limit } : { limit, beforeSeq: before };
      const lines = await listLines(db, getChannelId(http, channel), page);
      return json({ ok: true, channel, lines, before: lines.length < limit ? null : (lines[0]?.seq ?? null) });
    })
    .get("/api/timeline", async ({ request }) => {
      const { channel, after, limit } = readQuery(request, timelineQuery);
      const place = after === undefined ? { limit } : { limit, afterId: after };
      const filter = channel === undefined ? place : { ...place, channelId: getChannelId(http, channel), withInstallation: true };
      const rows = await listEvents(db, filter);
      const events = after === undefined ? rows.toReversed() : rows;
      return json({ ok: true, events, after: events.at(-1)?.id ?? after ?? 0 });
    });
}
