import { type ChatStanding, endQuiet, hearLine, quietChat, setChatBack } from "./stream-chat.ts";
import { earlier, hearReport, later, type Standing, type StreamReport, setBack, settleDrop } from "./stream-standing.ts";

export type { StreamReport } from "./stream-standing.ts";

/** The best word there is for a stream. By `chat` alone its times are estimates. */
export type StreamSource = "eventsub" | "helix" | "chat";

/** A stream of a channel, from online to offline; drops of up to `DROP_MS` are part of it. */
export interface Stream {
  /** Ours: Twitch gives a stream another id after a drop. */
  id: string;
  channelId: string;
  /** Twitch's, oldest first. */
  twitchIds: readonly string[];
  source: StreamSource;
  /** As a check last saw them; "" when none did. */
  title: string;
  category: string;
  startedAt: Date;
  /** Since when it is in a drop; once it ended, when it ended. */
  offlineAt: Date | null;
  /** Null while it may still come back. */
  endedAt: Date | null;
  viewersPeak: number | null;
  viewersLast: number | null;
}

/** What was said during a stream. */
export interface StreamCounts {
  /** Lines of chat; our replies are counted apart. */
  messages: number;
  chatters: number;
  replies: number;
}

/** A stream as it is shown. */
export interface StreamSummary extends Stream {
  counts: StreamCounts | null;
}

/** `isBlind`: no account can ask Twitch, so that chat is all there is. */
export type StreamInput =
  | StreamReport
  | { kind: "line"; at: Date; chatterId: string; isBlind: boolean }
  | { kind: "tick"; isBlind: boolean };

export type StreamEffect =
  | { kind: "save"; stream: Stream }
  /** A report that came late showed that this was no stream of its own. */
  | { kind: "remove"; streamId: string };

export interface StreamState {
  readonly channelId: string;
  /** Up to `LATE_MS` ago: what is told from now on does not change it. */
  readonly base: Standing;
  /** Told since, in order of their times. */
  readonly recent: readonly StreamReport[];
  /** The base after the recent reports: how it is now. */
  readonly shown: Standing;
  readonly chat: ChatStanding;
  /** The newest instant seen. */
  readonly now: Date;
  /** What the stream that a recent report began is called. */
  readonly begunId: string | null;
}

/** Reports of the last minute may come in any order. */
export const LATE_MS = 60_000;
/** More in a minute than anything but a fault tells; above it the oldest are taken for settled. */
export const RECENT_MAX = 64;

/** What a channel begins with: its two newest streams, newest first, and when somebody last wrote. */
export function restoreStreams(
  channelId: string,
  newest: readonly Stream[],
  lastLineAt: Date | null,
  seenAt: Date | null,
  now: Date,
): StreamState {
  const [first = null, second = null] = newest;
  const stream = first?.endedAt === null ? first : null;
  const base: Standing = {
    stream,
    ended: [],
    last: stream === null ? first : second,
    offlineSince: stream?.offlineAt ? earlier(stream.offlineAt, now) : null,
    onlineAt: null,
    seenAt: seenAt && earlier(seenAt, now),
    absentAt: null,
  };
  return {
    channelId,
    base,
    recent: [],
    shown: base,
    chat: quietChat(lastLineAt && earlier(lastLineAt, now)),
    now,
    begunId: null,
  };
}

/** What `input` means at `now`: the state then, and what is to be written. A stream that it begins is called `freshId`. */
export function hearStream(before: StreamState, input: StreamInput, now: Date, freshId: string): [StreamState, StreamEffect[]] {
  const timely =
    now.getTime() < before.now.getTime() - LATE_MS ? afterSetBack(before, now, freshId) : { state: before, ended: [] };
  const state = { ...timely.state, now: now < before.now && timely.state === before ? before.now : now };
  switch (input.kind) {
    case "line":
      return told(before, hearLine(state, input, freshId), timely.ended, freshId);
    case "tick": {
      const settled = settle(state, freshId);
      return told(before, endQuiet(settled.state, input.isBlind), [...timely.ended, ...settled.ended], freshId);
    }
    default: {
      const settled = settle(state, freshId);
      return told(before, withReport(settled.state, input), [...timely.ended, ...settled.ended], freshId);
    }
  }
}

/** How it is, and what must be written for it, given what was shown before. `settled` streams ended for good meanwhile. */
function told(
  before: StreamState,
  after: StreamState,
  settled: readonly Stream[],
  freshId: string,
): [StreamState, StreamEffect[]] {
  const over = [...settled, ...after.base.ended];
  const base = { ...after.base, ended: [] };
  const id = after.begunId ?? freshId;
  const shown = after.recent.reduce<Standing>((standing, report) => hearReport(standing, report, after.channelId, id), base);
  const isBegun = base.stream?.id !== id && streamsOf(shown).some((stream) => stream.id === id);
  const old = streamsOf(before.shown);
  const fresh = [...over, ...streamsOf(shown)];
  const removed = old.filter((stream) => !fresh.some((one) => one.id === stream.id));
  const changed = fresh.filter((stream) => !old.some((one) => isSame(one, stream)));
  return [
    { ...after, base, shown, begunId: isBegun ? id : null },
    [
      ...removed.map((stream): StreamEffect => ({ kind: "remove", streamId: stream.id })),
      ...changed.map((stream): StreamEffect => ({ kind: "save", stream })),
    ],
  ];
}

interface Settled {
  state: StreamState;
  ended: readonly Stream[];
}

/** What is older than `LATE_MS` becomes the base. */
function settle(state: StreamState, freshId: string, until = new Date(state.now.getTime() - LATE_MS)): Settled {
  const count = Math.max(
    state.recent.filter((report) => report.at <= until).length,
    // One more is about to come.
    state.recent.length - RECENT_MAX + 1,
  );
  const id = state.begunId ?? freshId;
  const heard = state.recent
    .slice(0, count)
    .reduce((standing, report) => hearReport(standing, report, state.channelId, id), state.base);
  const { ended, ...base } = settleDrop(heard, until);
  const isUsed = state.begunId !== null && (base.stream?.id === state.begunId || ended.some((one) => one.id === state.begunId));
  return {
    state: { ...state, base: { ...base, ended: [] }, recent: state.recent.slice(count), begunId: isUsed ? null : state.begunId },
    ended,
  };
}

/** The clock was set back: all that was told is settled, and nothing lies in the future. */
function afterSetBack(state: StreamState, now: Date, freshId: string): Settled {
  const { state: settled, ended } = settle({ ...state, now }, freshId, state.now);
  return { state: { ...settled, now, base: setBack(settled.base, now), chat: setChatBack(settled.chat, now) }, ended };
}

/** With the report in its place. One that is too late, or ahead of the clock, is taken as just in time. */
function withReport(state: StreamState, report: StreamReport): StreamState {
  const settledAt = new Date(state.now.getTime() - LATE_MS);
  const timed = { ...report, at: earlier(later(report.at, settledAt), state.now) };
  return { ...state, recent: [...state.recent, timed].sort(byTime) };
}

/** Of two at the same instant the offline goes first: a flap ends live. */
const RANK = { offline: 0, absent: 1, live: 2, online: 3 } as const;

function byTime(a: StreamReport, b: StreamReport): number {
  const nameOf = (report: StreamReport) => ("twitchId" in report ? report.twitchId : "");
  return (
    a.at.getTime() - b.at.getTime() || RANK[a.kind] - RANK[b.kind] || (nameOf(a) < nameOf(b) ? -1 : Number(nameOf(a) > nameOf(b)))
  );
}

const streamsOf = ({ ended, stream }: Standing): readonly Stream[] => (stream === null ? ended : [...ended, stream]);

function isSame(a: Stream, b: Stream): boolean {
  return a === b || JSON.stringify(a) === JSON.stringify(b);
}
