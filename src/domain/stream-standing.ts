import type { Stream } from "./streams.ts";

/** What is known of a channel's being live, from the reports so far in the order of their times. */
export interface Standing {
  /** The stream that has not ended; it may be in a drop. */
  stream: Stream | null;
  /** Ended by the reports that were gone through. */
  ended: readonly Stream[];
  /** The newest stream that ended, for what must not begin again. */
  last: Pick<Stream, "twitchIds" | "endedAt"> | null;
  /** Since when the stream is in a drop. As `offlineAt`, but never later than the clock. */
  offlineSince: Date | null;
  /** When EventSub last said that it is live. */
  onlineAt: Date | null;
  /** When anything of Twitch's last said that it is live. */
  seenAt: Date | null;
  /** The first of the checks in a row that did not find it. */
  absentAt: Date | null;
}

/** What Twitch told. `at` is when we heard it, by our clock. */
export type StreamReport =
  | { kind: "online"; at: Date; twitchId: string; startedAt: Date }
  | { kind: "offline"; at: Date }
  /** A check found it. */
  | {
      kind: "live";
      at: Date;
      twitchId: string;
      startedAt: Date;
      viewers: number;
      title: string;
      category: string;
    }
  /** A check did not find it. */
  | { kind: "absent"; at: Date };

/** A drop of at most this long does not end a stream (the figure). */
export const DROP_MS = 10 * 60_000;
/** Get Streams lags by minutes: what it says of an earlier time than this is not news after EventSub spoke. */
export const CHECK_LAG_MS = 5 * 60_000;
/** Two checks this far apart must miss a stream before it is over by their word alone. */
export const ABSENT_MS = 3 * 60_000;
/** A stream that flaps gets another id each time: the newest are kept. */
export const IDS_MAX = 20;

/** The standing after `report`. A stream that it begins is called `id`. */
export function hearReport(standing: Standing, report: StreamReport, channelId: string, id: string): Standing {
  switch (report.kind) {
    case "online": {
      const seen = { ...standing, onlineAt: report.at, seenAt: report.at, absentAt: null };
      return goOn(seen, report, "eventsub", channelId, id);
    }
    case "offline":
      return drop(standing, report.at);
    case "live":
      return isOldNews(standing, report) ? standing : findLive(standing, report, channelId, id);
    case "absent":
      return miss(standing, report.at);
  }
}

/** Ends the stream whose drop has been too long at `now`. */
export function settleDrop(standing: Standing, now: Date): Standing {
  const { offlineSince } = standing;
  return offlineSince !== null && msBetween(offlineSince, now) > DROP_MS ? end(standing) : standing;
}

/** The stream is in a drop since `at`: it ends then, unless it comes back. */
export function drop(standing: Standing, at: Date): Standing {
  const { stream } = standing;
  if (stream === null || stream.offlineAt !== null) return standing;
  return { ...standing, stream: { ...stream, offlineAt: later(at, stream.startedAt) }, offlineSince: at, absentAt: null };
}

/** The stream that is in a drop is over, since it dropped. */
export function end(standing: Standing): Standing {
  const { stream } = standing;
  if (stream === null || stream.offlineAt === null) return standing;
  const over = { ...stream, endedAt: stream.offlineAt };
  return { ...standing, stream: null, last: over, ended: [...standing.ended, over], offlineSince: null, absentAt: null };
}

/** No earlier than the end of the stream before: two never overlap. */
export function startOf({ last }: Pick<Standing, "last">, at: Date): Date {
  return last?.endedAt ? later(at, last.endedAt) : at;
}

/** Nobody's clock goes beyond `now`. */
export function setBack(standing: Standing, now: Date): Standing {
  const atMost = (at: Date | null) => (at === null || at <= now ? at : now);
  const { offlineSince, onlineAt, seenAt, absentAt } = standing;
  return {
    ...standing,
    offlineSince: atMost(offlineSince),
    onlineAt: atMost(onlineAt),
    seenAt: atMost(seenAt),
    absentAt: atMost(absentAt),
  };
}

type Found = Extract<StreamReport, { kind: "online" | "live" }>;

/** Whether a check tells of a stream that was over already: its answer is minutes old. */
function isOldNews({ stream, last, offlineSince }: Standing, { at, twitchId }: Found): boolean {
  if (stream !== null) return offlineSince !== null && stream.twitchIds.includes(twitchId) && isLag(offlineSince, at);
  return last?.endedAt != null && last.twitchIds.includes(twitchId) && isLag(last.endedAt, at);
}

function findLive(standing: Standing, report: Extract<Found, { kind: "live" }>, channelId: string, id: string): Standing {
  const next = goOn({ ...standing, seenAt: report.at, absentAt: null }, report, "helix", channelId, id);
  const { stream } = next;
  if (stream === null) return next;
  const { viewers, title, category } = report;
  const viewersPeak = Math.max(viewers, stream.viewersPeak ?? 0);
  return { ...next, stream: { ...stream, viewersLast: viewers, viewersPeak, title, category } };
}

/** The channel is live: the stream goes on, comes back after a drop, or is another one. */
function goOn(standing: Standing, report: Found, source: "eventsub" | "helix", channelId: string, id: string): Standing {
  const { stream, offlineSince } = standing;
  if (stream === null) return begin(standing, report, source, channelId, id);
  if (offlineSince !== null && msBetween(offlineSince, backAt(report, offlineSince)) > DROP_MS) {
    return begin(end(standing), report, source, channelId, id);
  }
  const known = { ...stream, twitchIds: withId(stream.twitchIds, report.twitchId), offlineAt: null };
  // What was guessed from chat is known now.
  const times = stream.source === "chat" ? { startedAt: startOf(standing, earlier(report.startedAt, report.at)) } : {};
  const best = stream.source === "eventsub" ? stream.source : source;
  return { ...standing, stream: { ...known, ...times, source: best }, offlineSince: null };
}

function begin(standing: Standing, report: Found, source: "eventsub" | "helix", channelId: string, id: string): Standing {
  const { twitchId, startedAt, at } = report;
  const isNew = standing.last?.endedAt == null || startedAt > standing.last.endedAt;
  const stream = newStream(channelId, id, source, startOf(standing, isNew ? earlier(startedAt, at) : at));
  return { ...standing, stream: { ...stream, twitchIds: withId([], twitchId) }, offlineSince: null, absentAt: null };
}

export function newStream(channelId: string, id: string, source: Stream["source"], startedAt: Date): Stream {
  return {
    id,
    channelId,
    twitchIds: [],
    source,
    title: "",
    category: "",
    startedAt,
    offlineAt: null,
    endedAt: null,
    viewersPeak: null,
    viewersLast: null,
  };
}

/** A check that does not find what is live, EventSub's last word being old enough to be known to it. */
function miss(standing: Standing, at: Date): Standing {
  const { stream, onlineAt, offlineSince, absentAt } = standing;
  if (stream === null || offlineSince !== null || (onlineAt !== null && isLag(onlineAt, at)))
    return { ...standing, absentAt: null };
  if (absentAt === null) return { ...standing, absentAt: at };
  return msBetween(absentAt, at) >= ABSENT_MS ? drop(standing, absentAt) : standing;
}

/** When a stream came back: when Twitch began it, if that was after the drop. */
function backAt({ startedAt, at }: Found, offlineSince: Date): Date {
  return startedAt > offlineSince ? earlier(startedAt, at) : at;
}

const withId = (ids: readonly string[], id: string): readonly string[] =>
  id === "" || ids.includes(id) ? ids : [...ids, id].slice(-IDS_MAX);
const isLag = (from: Date, to: Date): boolean => msBetween(from, to) < CHECK_LAG_MS;
const msBetween = (from: Date, to: Date): number => to.getTime() - from.getTime();
export const later = (a: Date, b: Date): Date => (a > b ? a : b);
export const earlier = (a: Date, b: Date): Date => (a < b ? a : b);
