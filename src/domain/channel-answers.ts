import {
  type Ask,
  type CallerMark,
  type ChannelState,
  CONTEXT_LINES_MAX,
  count,
  type Effect,
  happened,
  type Inbound,
  isWithin,
  pushed,
  savedChannel,
} from "./channel-state.ts";
import type { HistoryLine } from "./chat.ts";
import type { SilenceReason } from "./events.ts";

/** What becomes of a call that was taken up: said, settled by what Twitch told of it, or not answered. */

/** Silences of one channel that the timeline is told of in a minute; the others are counted only. */
const SILENCES_TOLD_MAX = 30;
const MINUTE_MS = 60_000;
/** A chat is taken for shared this long after a line that showed it: sessions end without a word in chat. */
const SHARED_FOR_MS = 5 * MINUTE_MS;
/** That replies are seen in the guests' chats is told at most this often. */
const SHARED_TOLD_EVERY_MS = 30 * MINUTE_MS;

type ReplyReady = Extract<Inbound, { kind: "reply_ready" }>;

/** Says the reply when it is still wanted: the call is open, and nobody took it back meanwhile. */
export function sayReply(state: ChannelState, inbound: ReplyReady, now: Date): [ChannelState, Effect[]] {
  const { traceId, text, route, latencyMs } = inbound;
  const ask = state.asks.find((open) => open.traceId === traceId);
  if (ask?.phase !== "thinking") return [state, []];
  const asks = state.asks.map((open): Ask => (open === ask ? { ...ask, phase: "saying" } : open));
  const { messageId: replyToId, askedAt } = ask;
  return [{ ...state, asks, lastReplyAt: now }, [{ kind: "say", traceId, text, replyToId, route, latencyMs, askedAt }]];
}

/** Nobody could answer: silence, with the reason, when the call is still open. */
export function failReply(state: ChannelState, traceId: string, reason: SilenceReason, now: Date): [ChannelState, Effect[]] {
  const ask = state.asks.find((open) => open.traceId === traceId);
  if (!ask) return [state, []];
  return silence(withoutAsk(state, traceId), traceId, ask.messageId, ask.unwanted ?? reason, now);
}

type Settled = Extract<Inbound, { kind: "sent" }>;

/** Keeps what was said. Evidence decides: what Twitch confirmed is recorded even when it was no longer wanted. */
export function settleReply(state: ChannelState, inbound: Settled, now: Date): [ChannelState, Effect[]] {
  const { traceId, outcome, text, route, latencyMs } = inbound;
  const ask = state.asks.find((open) => open.traceId === traceId) ?? null;
  const rest = withoutAsk(state, traceId);
  if (outcome.status === "rejected" && ask?.unwanted) return silence(rest, traceId, ask.messageId, ask.unwanted, now);

  const reason = outcome.status === "confirmed" ? null : outcome.reason;
  const sent = happened({ type: "reply.sent", text, route, status: outcome.status, reason, latencyMs }, traceId);
  if (outcome.status === "rejected") return [count(rest, "rejected"), [sent]];

  const messageId = outcome.status === "confirmed" ? outcome.messageId : `unconfirmed-${traceId}`;
  const line = replyLine(rest, messageId, text, ask?.messageId ?? null, traceId, now);
  const next: ChannelState = {
    ...count(rest, outcome.status === "confirmed" ? "replies" : "unconfirmed"),
    recent: pushed(rest.recent, line, CONTEXT_LINES_MAX),
    callers: ask ? answered(rest.callers, ask.chatterId, now) : rest.callers,
    lastReply: text,
    lastReplyAt: now,
  };
  return tellIfShared(next, [{ kind: "record", line }, sent, { kind: "save_state", saved: savedChannel(next) }], now);
}

/** A reply in a shared chat was seen by the guests' viewers, unless it could be kept in its room (F28). */
function tellIfShared(state: ChannelState, effects: Effect[], now: Date): [ChannelState, Effect[]] {
  if (state.settings.canSendSourceOnly || !isWithin(state.sharedAt, SHARED_FOR_MS, now)) return [state, effects];
  if (isWithin(state.sharedToldAt, SHARED_TOLD_EVERY_MS, now)) return [state, effects];
  return [{ ...state, sharedToldAt: now }, [...effects, happened({ type: "chat.shared_visible" }, null)]];
}

function replyLine(
  state: ChannelState,
  messageId: string,
  text: string,
  replyToId: string | null,
  traceId: string,
  now: Date,
): HistoryLine {
  const login = state.bot.login ?? "";
  return {
    seq: null,
    messageId,
    channelId: state.channelId,
    chatterId: state.bot.userId ?? "",
    login,
    displayName: state.bot.displayName ?? login,
    text,
    kind: "reply",
    color: "",
    badges: [],
    emotes: [],
    replyToId,
    traceId,
    sentAt: now,
    deletedAt: null,
  };
}

function answered(callers: readonly CallerMark[], chatterId: string, now: Date): CallerMark[] {
  return callers.map((mark) => (mark.chatterId === chatterId ? { ...mark, answeredAt: now } : mark));
}

/** Counts a call that is not answered, and tells of it unless too many were told of in this minute. */
export function silence(
  state: ChannelState,
  traceId: string,
  messageId: string,
  reason: SilenceReason,
  now: Date,
): [ChannelState, Effect[]] {
  const isRunning = state.told !== null && isWithin(state.told.since, MINUTE_MS, now);
  const told = isRunning && state.told ? { ...state.told, count: state.told.count + 1 } : { since: now, count: 1 };
  const next = { ...count(state, "silences"), told };
  if (told.count > SILENCES_TOLD_MAX) return [next, []];
  return [next, [happened({ type: "reply.dropped", reason, messageId }, traceId)]];
}

function withoutAsk(state: ChannelState, traceId: string): ChannelState {
  return { ...state, asks: state.asks.filter((ask) => ask.traceId !== traceId) };
}
