import { Elysia } from "elysia";
import { z } from "zod";
import { type MoodView, viewMood } from "../domain/mood-view.ts";
import { listLines } from "../store/chat.ts";
import { getChannelId, type HttpContext } from "./context.ts";
import type { HttpDeps } from "./deps.ts";
import { channelField } from "./fields.ts";
import { readQuery } from "./input.ts";
import { json } from "./page.ts";

/** A mood that was read serves all who ask for so long: it is drawn no more often. */
const MOOD_MS = 3_000;
/** Channels whose moods are remembered. */
const CHANNELS_MAX = 500;
/** Lines shown as examples, and how many of the newest are looked at for them: some are bots', our own, or were taken back. */
const EXAMPLES_MAX = 10;
const EXAMPLES_OF = 50;

export const moodQuery = z.strictObject({ channel: channelField });

/** How a channel feels, for programs. */
export function moodRoutes(http: HttpContext) {
  return new Elysia().get("/api/sentiment/scores", async ({ request }) => {
    const { channel } = readQuery(request, moodQuery);
    const { steps: _, ...mood } = await readMood(http.deps, getChannelId(http, channel));
    return json({ ok: true, channel, ...mood });
  });
}

/** How a channel feels now, with the newest lines that were judged. */
export async function readMood(
  { db, moods, clock }: Pick<HttpDeps, "db" | "moods" | "clock">,
  channelId: string,
): Promise<MoodView> {
  const [reading, lines] = await Promise.all([moods.find(channelId), listLines(db, channelId, { limit: EXAMPLES_OF })]);
  const judged = lines.filter((line) => line.deletedAt === null && moods.isOfPeople(line)).slice(-EXAMPLES_MAX);
  return viewMood(reading, judged, reading.weights, clock.now());
}

export type MoodReader = (channelId: string) => Promise<MoodView | null>;

/** Reads a channel's mood once for all who ask within a few seconds; as it last was while it cannot be read. */
export function createMoodReader(deps: Pick<HttpDeps, "db" | "moods" | "clock">): MoodReader {
  const known = new Map<string, { at: number; view: Promise<MoodView | null> }>();
  return (channelId) => {
    const at = deps.clock.now().getTime();
    const before = known.get(channelId);
    if (before && Math.abs(at - before.at) < MOOD_MS) return before.view;
    const view = readMood(deps, channelId).catch(() => before?.view ?? null);
    known.delete(channelId);
    known.set(channelId, { at, view });
    for (const oldest of known.keys()) if (known.size > CHANNELS_MAX) known.delete(oldest);
    return view;
  };
}
