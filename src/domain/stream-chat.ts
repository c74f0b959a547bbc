import { drop, end, later, newStream, type Standing, startOf } from "./stream-standing.ts";
import type { Stream } from "./streams.ts";

/** A channel whose streams are guessed from its chat, because no account can ask Twitch. */
export interface ChatStanding {
  lastLineAt: Date | null;
  /** The newest chatters, each with their newest line, newest first; at most `CHATTERS`. */
  chatters: readonly { chatterId: string; at: Date }[];
  /** Since when chat is all there is. */
  blindSince: Date | null;
}

/** This many people writing within `GATHER_MS` are a stream: one or two talk at any time of the day. */
const CHATTERS = 3;
const GATHER_MS = 5 * 60_000;
/** A stream after whose last line nobody wrote for this long is over. */
export const QUIET_MS = 20 * 60_000;

export const quietChat = (lastLineAt: Date | null): ChatStanding => ({ lastLineAt, chatters: [], blindSince: null });

interface Watched {
  readonly channelId: string;
  readonly base: Standing;
  readonly recent: readonly unknown[];
  readonly chat: ChatStanding;
  readonly now: Date;
}

/** A line: it keeps a stream going, or is one of those that begin one. */
export function hearLine<State extends Watched>(
  state: State,
  line: { chatterId: string; at: Date; isBlind: boolean },
  freshId: string,
): State {
  const at = line.at < state.now ? line.at : state.now;
  const { base, chat } = state;
  const lastLineAt = chat.lastLineAt === null ? at : later(chat.lastLineAt, at);
  if (!line.isBlind || base.stream !== null || state.recent.length > 0) {
    return { ...state, chat: { ...chat, lastLineAt, chatters: [] } };
  }
  const chatters = gathered(chat.chatters, line.chatterId, at);
  const first = chatters.at(-1);
  const isStream = chatters.length === CHATTERS && first && lastLineAt.getTime() - first.at.getTime() <= GATHER_MS;
  if (!isStream) return { ...state, chat: { ...chat, lastLineAt, chatters } };
  const stream = newStream(state.channelId, freshId, "chat", startOf(base, first.at));
  return { ...state, base: { ...base, stream }, chat: { ...chat, lastLineAt, chatters: [] } };
}

function gathered(chatters: ChatStanding["chatters"], chatterId: string, at: Date): ChatStanding["chatters"] {
  const known = chatters.find((one) => one.chatterId === chatterId);
  const others = chatters.filter((one) => one.chatterId !== chatterId);
  const all = [{ chatterId, at: known ? later(known.at, at) : at }, ...others];
  return all.sort((a, b) => b.at.getTime() - a.at.getTime()).slice(0, CHATTERS);
}

/** While chat is all there is, a stream ends some time after its last line. */
export function endQuiet<State extends Watched>(state: State, isBlind: boolean): State {
  const { base, now } = state;
  const chat = { ...state.chat, blindSince: isBlind ? (state.chat.blindSince ?? now) : null };
  const { stream } = base;
  if (!isBlind || stream === null || stream.offlineAt !== null || state.recent.length > 0) return { ...state, chat };
  const lastAt = lastSign(stream, base, chat);
  // Of a stream that Twitch told of, chat is only listened to since Twitch fell silent.
  const since = stream.source === "chat" || chat.blindSince === null ? lastAt : later(lastAt, chat.blindSince);
  const isQuiet = now.getTime() - since.getTime() >= QUIET_MS;
  return { ...state, chat, base: isQuiet ? end(drop(base, lastAt)) : base };
}

function lastSign({ startedAt }: Stream, { seenAt }: Standing, { lastLineAt }: ChatStanding): Date {
  return [seenAt, lastLineAt].reduce<Date>((last, at) => (at === null ? last : later(last, at)), startedAt);
}

export function setChatBack({ lastLineAt, blindSince }: ChatStanding, now: Date): ChatStanding {
  const atMost = (at: Date | null) => (at === null || at <= now ? at : now);
  return { lastLineAt: atMost(lastLineAt), blindSince: atMost(blindSince), chatters: [] };
}
