import { Elysia } from "elysia";
import { z } from "zod";
import { hudMessage } from "../../views/event-line.tsx";
import type { Words } from "../../views/words/index.ts";
import { type EventType, HUD_LEVEL, type TimelineEvent } from "../domain/events.ts";
import { listEvents } from "../store/timeline.ts";
import { actorOf } from "./auth.ts";
import { getChannelId, type HttpContext } from "./context.ts";
import { channelField, hudTextField } from "./fields.ts";
import { readJson, readQuery } from "./input.ts";
import { json } from "./page.ts";

/** Messages of one answer. */
const MESSAGES_MAX = 100;
/** A `since` of this size and up is an instant in epoch seconds, below it a message's id. No id gets there. */
const EPOCH_S_MIN = 1_000_000_000;

/** The events that the broadcaster is told of. */
export const HUD_TYPES = Object.keys(HUD_LEVEL) as EventType[];

export const hudMessagesQuery = z.strictObject({
  /**
   * Only what is newer: a message's `id` (strictly greater), or an instant in epoch seconds as the earlier
   * system had it. Left out, 0 or neither: the newest messages.
   */
  since: z.string().optional(),
  channel: channelField.optional(),
  /** The HUD's own token, for what can set no header. */
  token: z.string().optional(),
});

export const hudMessageBody = z.strictObject({
  channel: channelField,
  text: hudTextField,
  /** Which program says it; shown beside the message. */
  source: z
    .string()
    .regex(/^[a-z0-9_-]{1,32}$/)
    .default("api"),
});

/** The broadcaster's messages for programs. A HUD's token reads those of its own channel. */
export function hudApiRoutes(http: HttpContext) {
  const { deps } = http;
  return new Elysia()
    .get("/api/hud/messages", async ({ request }) => {
      const { since, channel } = readQuery(request, hudMessagesQuery);
      const caller = http.callerOf(request);
      const login = caller.kind === "hud" ? caller.login : channel;
      const events = await listHudEvents(http, login, placeOf(since));
      const words = http.wordsOf(request);
      return json({ ok: true, messages: events.map((event) => messageOf(http, words, event)) });
    })
    .post("/api/hud/messages", async ({ request }) => {
      const { channel, text, source } = await readJson(request, hudMessageBody);
      const event = await deps.tellHud(getChannelId(http, channel), text, source, actorOf(http.callerOf(request)));
      return json({ ok: true, message: messageOf(http, http.wordsOf(request), event) }, 201);
    });
}

type Place = { afterId: number } | { after: Date } | null;

function placeOf(since: string | undefined): Place {
  const value = Number(since ?? 0);
  if (!Number.isFinite(value) || value <= 0) return null;
  return value >= EPOCH_S_MIN ? { after: new Date(value * 1000) } : { afterId: Math.floor(value) };
}

/** Oldest first. After an id: the first that follow; else the newest. */
async function listHudEvents(http: HttpContext, login: string | undefined, place: Place): Promise<TimelineEvent[]> {
  const whose = login === undefined ? {} : { channelId: getChannelId(http, login), withInstallation: true };
  const filter = { ...whose, types: HUD_TYPES, limit: MESSAGES_MAX };
  if (place !== null && "afterId" in place) return listEvents(http.deps.db, { ...filter, afterId: place.afterId });
  const newest = (await listEvents(http.deps.db, filter)).toReversed();
  return place === null ? newest : newest.filter((event) => event.at > place.after);
}

/** `ts` (epoch seconds), `text` and `source` as the earlier system had them, and what a client needs to go on. */
function messageOf({ deps }: HttpContext, words: Words, event: TimelineEvent): object {
  const channel = deps.channels.list().find(({ channelId }) => channelId === event.channelId)?.login ?? null;
  return { ...hudMessage(words, event, "UTC"), type: event.body.type, channel, ts: event.at.getTime() / 1000 };
}
