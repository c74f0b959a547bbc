import { Elysia } from "elysia";
import { Html } from "../../views/html.ts";
import { HudPage, readHudOptions } from "../../views/hud.tsx";
import { HUD_MESSAGES_MAX } from "../../views/hud-options.ts";
import type { TimelineEvent } from "../domain/events.ts";
import { isDatabaseAway } from "../store/refusals.ts";
import { listEvents } from "../store/timeline.ts";
import { type HttpContext, hudWordsOf } from "./context.ts";
import { hudLoginOf } from "./events.ts";
import { HUD_TYPES } from "./hud-api.ts";
import { page } from "./page.ts";
import { preferencesOf } from "./preferences.ts";
import { encodeCursor } from "./sse.ts";

/** A dock that was just opened shows what happened in this time. */
const DOCK_MS = 12 * 60 * 60 * 1000;

/** The page that OBS shows. Its token stands in its address, so that no other site is ever told where it came from. */
export function hudPageRoutes(http: HttpContext) {
  return new Elysia().get("/dashboard/hud", async ({ request }) => {
    const { deps } = http;
    const { searchParams } = new URL(request.url);
    const login = hudLoginOf(http, request);
    const options = readHudOptions(searchParams);
    const events = await listShown(http, login);
    const since = deps.clock.now().getTime() - (options.hideMs ?? DOCK_MS);
    const cursor = encodeCursor({ timelineId: events.at(-1)?.id ?? 0, historySeq: 0, position: null });
    const words = hudWordsOf(http, request);
    const token = searchParams.get("token");
    const key = token === null ? `channel=${login}` : `token=${encodeURIComponent(token)}`;
    const html = (
      <HudPage
        words={words}
        login={login}
        eventsUrl={`/dashboard/hud/events?${key}&lang=${words.language}`}
        initial={events.filter(({ at }) => at.getTime() > since)}
        cursor={cursor}
        options={options}
        zone={preferencesOf(request).zone}
      />
    );
    return page(html, 200, { "referrer-policy": "no-referrer" });
  });
}

/** The newest messages, oldest first; none while the database is away: the stream brings what is remembered. */
async function listShown({ deps }: HttpContext, login: string): Promise<TimelineEvent[]> {
  const channelId = deps.channels.find(login)?.channelId ?? null;
  const whose = channelId === null ? { channelId } : { channelId, withInstallation: true };
  try {
    return (await listEvents(deps.db, { ...whose, types: HUD_TYPES, limit: HUD_MESSAGES_MAX })).toReversed();
  } catch (error) {
    if (isDatabaseAway(error)) return [];
    throw error;
  }
}
