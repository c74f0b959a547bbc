import { Elysia } from "elysia";
import { z } from "zod";
import { getChannelId, type HttpContext } from "./context.ts";
import { channelField } from "./fields.ts";
import { readQuery } from "./input.ts";
import { json } from "./page.ts";

/** Streams of one answer: each is counted, and may have a hundred thousand lines. */
const STREAMS_MAX = 100;
const STREAMS = 20;

export const streamsQuery = z.strictObject({
  channel: channelField,
  /** Brought into its bounds, and the answer says so. */
  limit: z
    .string()
    .regex(/^-?\d{1,15}$/)
    .transform(Number)
    .default(STREAMS),
});

/** Streams of a channel for programs, newest first. */
export function streamRoutes(http: HttpContext) {
  return new Elysia().get("/api/streams", async ({ request }) => {
    const { channel, limit: asked } = readQuery(request, streamsQuery);
    const limit = Math.min(Math.max(asked, 1), STREAMS_MAX);
    const streams = await http.streams(getChannelId(http, channel), limit);
    const note = limit === asked ? {} : { note: http.wordsOf(request).say("api.limit_clamped", { limit, max: STREAMS_MAX }) };
    return json({ ok: true, channel, limit, ...note, streams });
  });
}
