import { DashboardPage, type DashboardProps, type SessionRow } from "../../views/dashboard.tsx";
import { Html } from "../../views/html.ts";
import { parseChannelLogin } from "../domain/channel-login.ts";
import { HUD_LEVEL, type TimelineEvent } from "../domain/events.ts";
import type { MoodView } from "../domain/mood-view.ts";
import type { ChannelSummary, ChannelView } from "../domain/snapshots.ts";
import type { StreamSummary } from "../domain/streams.ts";
import { listLines } from "../store/chat.ts";
import { isDatabaseAway } from "../store/refusals.ts";
import { listApiTokens, listSessions } from "../store/signin.ts";
import { listEvents } from "../store/timeline.ts";
import type { HttpContext } from "./context.ts";
import { HUD_TYPES } from "./hud-api.ts";
import { readMood } from "./moods.ts";
import { page } from "./page.ts";
import { keepPreference, preferencesOf } from "./preferences.ts";
import { isSecure } from "./signin.tsx";
import { type Cursor, encodeCursor } from "./sse.ts";
import { STREAMS_SHOWN } from "./streams-reader.ts";

/** Rows that a page begins with. */
const LINES = 200;
const EVENTS = 100;
const HUD_EVENTS = 50;

type Extras = Pick<DashboardProps, "newToken" | "faults" | "signin" | "firstUntil">;

/** A page of the dashboard, with the channel in focus: the one in the URL, else the last one looked at, else the first. */
export async function dashboardPage(
  http: HttpContext,
  request: Request,
  place: DashboardProps["page"],
  extras: Extras = {},
  status = 200,
): Promise<Response> {
  const { deps } = http;
  const url = new URL(request.url);
  const { theme, zone, channel: last } = preferencesOf(request);
  const channels = deps.channels.list();
  const wanted = parseChannelLogin(url.searchParams.get("channel") ?? "");
  const summary =
    channels.find(({ login }) => login === wanted) ?? channels.find(({ login }) => login === last) ?? channels[0] ?? null;
  const shown = await readShown(http, summary);
  const lists = place === "settings" ? await readLists(http, request) : {};
  const html = (
    <DashboardPage
      words={http.wordsOf(request)}
      theme={theme}
      zone={zone}
      now={deps.clock.now()}
      system={deps.status()}
      path={request.method === "GET" ? url.pathname + url.search : `/dashboard${place === "operate" ? "" : `/${place}`}`}
      page={place}
      channels={channels}
      focused={shown.view}
      hud={shown.hud}
      mood={shown.mood}
      streams={shown.streams}
      hudUrl={summary === null ? null : await hudUrlOf(http, request, summary.login)}
      cursor={encodeCursor(shown.cursor)}
      accounts={deps.accounts.list()}
      gaps={deps.accounts.gaps()}
      canConnect={deps.accounts.canConnect}
      {...lists}
      {...extras}
    />
  );
  const cookie =
    wanted !== null && wanted === summary?.login ? { "set-cookie": keepPreference("channel", wanted, isSecure(http)) } : {};
  return page(html, status, cookie);
}

interface Shown {
  view: ChannelView | null;
  hud: readonly TimelineEvent[];
  mood: MoodView | null;
  streams: readonly StreamSummary[];
  cursor: Cursor;
}

/** What was said and what happened, and where the page's stream goes on. While the database is away: what the hub remembers. */
async function readShown(http: HttpContext, summary: ChannelSummary | null): Promise<Shown> {
  try {
    return await readStored(http, summary);
  } catch (error) {
    if (!isDatabaseAway(error)) throw error;
    const recalled = http.hub.recall(summary?.login ?? "");
    const lines = recalled?.log.lines.map(({ value }) => value) ?? [];
    const events = recalled?.log.events.map(({ value }) => value).toReversed() ?? [];
    const cursor = recalled?.cursor ?? { timelineId: 0, historySeq: 0, position: null };
    const hud = events.filter(({ body }) => HUD_LEVEL[body.type] !== undefined);
    return { view: summary && { summary, figures: null, lines, events }, hud, mood: null, streams: [], cursor };
  }
}

async function readStored({ deps, streams: readStreams }: HttpContext, summary: ChannelSummary | null): Promise<Shown> {
  const { db, channels } = deps;
  const channelId = summary?.channelId ?? null;
  const whose = channelId === null ? { channelId } : { channelId, withInstallation: true };
  const [events, hudRows, lines, figures, mood, streams] = await Promise.all([
    listEvents(db, { ...whose, limit: EVENTS }),
    listEvents(db, { ...whose, types: HUD_TYPES, limit: HUD_EVENTS }),
    channelId === null ? [] : listLines(db, channelId, { limit: LINES }),
    channelId === null ? null : channels.figures(channelId),
    channelId === null ? null : readMood(deps, channelId),
    channelId === null ? [] : readStreams(channelId, STREAMS_SHOWN),
  ]);
  // Both lists end at the same event, though they were read one after the other.
  const timelineId = events[0]?.id ?? 0;
  const hud = hudRows.filter(({ id }) => (id ?? 0) <= timelineId);
  const cursor = { timelineId, historySeq: lines.at(-1)?.seq ?? 0, position: null };
  return { view: summary && { summary, figures, lines, events }, hud, mood, streams, cursor };
}

/** Characters of a session's hash that name it on the page: enough to tell them apart, useless to sign in. */
const SESSION_ID_CHARS = 16;

async function readLists(http: HttpContext, request: Request): Promise<Pick<DashboardProps, "tokens" | "sessions">> {
  const { db, clock } = http.deps;
  const caller = http.callerOf(request);
  const mine = caller.kind === "member" ? caller.sessionHash : null;
  const [tokens, sessions] = await Promise.all([listApiTokens(db), listSessions(db, clock.now())]);
  const rows: SessionRow[] = sessions.map(({ tokenHash, label, createdAt, lastSeenAt }) => {
    return { id: tokenHash.slice(0, SESSION_ID_CHARS), label, createdAt, lastSeenAt, isCurrent: tokenHash === mine };
  });
  return { tokens, sessions: rows };
}

/** The hash of the session that a page named, or null. */
export async function findSessionHash({ deps }: HttpContext, id: string): Promise<string | null> {
  if (id.length !== SESSION_ID_CHARS) return null;
  const sessions = await listSessions(deps.db, deps.clock.now());
  return sessions.find(({ tokenHash }) => tokenHash.startsWith(id))?.tokenHash ?? null;
}

/** The address of a channel's HUD for OBS, in the language of whoever copies it, or null while its token is not known. */
async function hudUrlOf(http: HttpContext, request: Request, login: string): Promise<string | null> {
  const token = await http.auth.hudTokenOf(login).catch(() => null);
  const base = http.deps.config.publicUrl ?? new URL(request.url).origin;
  const { language } = http.wordsOf(request);
  return token === null ? null : `${base.replace(/\/$/, "")}/dashboard/hud?token=${token}&lang=${language}`;
}
