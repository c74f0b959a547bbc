import type { ChatMessage, HistoryLine } from "./chat.ts";
import { clip, plain } from "./chat-text.ts";
import type { Actor, EventBody, ReplyRoute, SayOutcome, SilenceReason } from "./events.ts";
import { type KnownOccurrence, type ToldOccurrence, withTold } from "./known-occurrences.ts";
import type { Occurrence } from "./occurrences.ts";
import type { Reply } from "./replies.ts";
import type { CallNames } from "./triggers.ts";

/** A channel as a value: what it holds, what may come in, what is to be done, and how it begins. */

/** What the operator set for a channel. */
export interface ChannelSettings {
  /** The word that calls the agent. */
  trigger: string;
  /** Twitch user ids that may manage channels from chat; empty: nobody may. */
  ownerIds: readonly string[];
  /** True when chat is read without a token: calls are seen, never answered. */
  isReadOnly: boolean;
  /** Least time between two answers in the channel; 0 for none. */
  replyCooldownMs: number;
  /** Least time between two answers to one chatter; 0 for none. */
  chatterCooldownMs: number;
  /** Logins that are never answered, beside those that everybody knows (`KNOWN_BOTS`). */
  knownBots: readonly string[];
  /** True when replies stay in their own room of a shared chat, which takes an app token. */
  canSendSourceOnly: boolean;
}

/** Our account at Twitch; null what is not known yet. */
export interface BotIdentity {
  login: string | null;
  userId: string | null;
  displayName: string | null;
}

/** One line of recent chat as the model may see it: plain, one line, bounded. */
export interface ContextLine {
  author: string;
  text: string;
  /** True when we said it. */
  isOurs: boolean;
}

/** A call that is not answered yet. */
export interface Ask {
  traceId: string;
  messageId: string;
  chatterId: string;
  login: string;
  displayName: string;
  askedAt: Date;
  /** `saying`: the reply has been handed on and waits for its outcome. */
  phase: "thinking" | "saying";
  /** Why it is no longer wanted, when that came while it was being said. */
  unwanted: SilenceReason | null;
}

/** What is remembered of a chatter who called: for cooldown and loops. */
export interface CallerMark {
  chatterId: string;
  calledAt: Date;
  /** When we last answered; null: not yet. */
  answeredAt: Date | null;
  /** What they last asked, after our name. */
  prompt: string;
  /** Calls in a row that each followed soon upon our answer. */
  chain: number;
}

/** Something that moderation took back. Exactly one of the three is given. */
export type Removal =
  | { kind: "message"; messageId: string; at: Date }
  | { kind: "chatter"; chatterId: string | null; login: string | null; at: Date }
  | { kind: "all"; at: Date };

/** Counted since the state was made. */
export interface ChannelCounters {
  messages: number;
  /** The same message delivered again. */
  repeated: number;
  calls: number;
  replies: number;
  unconfirmed: number;
  rejected: number;
  silences: number;
}

export interface ChannelState {
  readonly channelId: string;
  readonly login: string;
  readonly bot: BotIdentity;
  readonly names: CallNames;
  readonly settings: ChannelSettings;
  /** The last lines, oldest first, as they are recorded. */
  readonly recent: readonly HistoryLine[];
  readonly asks: readonly Ask[];
  readonly callers: readonly CallerMark[];
  /** Keys (`sourceId ?? id`) of messages that were taken up as calls. */
  readonly taken: readonly string[];
  readonly removals: readonly Removal[];
  readonly lastCallAt: Date | null;
  readonly lastReplyAt: Date | null;
  readonly lastReply: string | null;
  readonly lastMessageAt: Date | null;
  readonly counters: ChannelCounters;
  /** Silences told in the running minute: a flood of calls must not flood the timeline. */
  readonly told: { since: Date; count: number } | null;
  /** What Twitch told beside chat, so that its other reports of it are known again; oldest first. */
  readonly known: readonly KnownOccurrence[];
  /** When a line last showed that the room's chat is shared with other rooms. */
  readonly sharedAt: Date | null;
  /** When it was last told that replies are seen there, too. */
  readonly sharedToldAt: Date | null;
}

/** What survives a restart beside the history. Small: goes into a row. */
export interface SavedChannel {
  lastReply: string | null;
  lastReplyAt: Date | null;
  lastMessageAt: Date | null;
}

/** What was known before a restart: the newest stored lines and told occurrences, oldest first, and the saved row. */
export interface RestoredContext {
  lines: readonly HistoryLine[];
  saved: SavedChannel | null;
  told: readonly ToldOccurrence[];
}

export type Inbound =
  | { kind: "message"; message: ChatMessage; traceId: string }
  | { kind: "occurrence"; occurrence: Occurrence }
  | { kind: "message_deleted"; messageId: string }
  /** Both ids null: the whole chat was cleared. `seconds` null: banned (or cleared). */
  | { kind: "chatter_cleared"; chatterId: string | null; login: string | null; seconds: number | null }
  | { kind: "reply_ready"; traceId: string; text: Reply; route: ReplyRoute; latencyMs: number }
  | { kind: "reply_failed"; traceId: string; reason: SilenceReason }
  /** What became of a `say`. */
  | { kind: "sent"; traceId: string; outcome: SayOutcome; text: Reply; route: ReplyRoute; latencyMs: number }
  | { kind: "left" }
  | { kind: "settings"; settings: ChannelSettings }
  | { kind: "bot"; bot: BotIdentity }
  /** What a late look into the database found: it never overwrites what came since. */
  | { kind: "restored"; restored: RestoredContext };

export interface Asker {
  chatterId: string;
  login: string;
  displayName: string;
}

export type Effect =
  | { kind: "record"; line: HistoryLine }
  | { kind: "deleted"; what: Removal }
  | {
      kind: "ask_model";
      traceId: string;
      question: string;
      asker: Asker;
      context: readonly ContextLine[];
      replyToId: string;
      askedAt: Date;
    }
  /** Stops whatever is under way for the trace: the model's call, or the reply that still waits to be sent. */
  | { kind: "abort_model"; traceId: string; reason: SilenceReason }
  | { kind: "answer_builtin"; traceId: string; command: BuiltinAnswer; route: ReplyRoute; asker: Asker; askedAt: Date }
  | { kind: "manage"; traceId: string; action: "join" | "part" | "channels"; login: string | null; by: Actor; askedAt: Date }
  | { kind: "say"; traceId: string; text: Reply; replyToId: string; route: ReplyRoute; latencyMs: number; askedAt: Date }
  /** `told` when Twitch may report the same again. */
  | { kind: "happened"; body: EventBody; traceId: string | null; told?: ToldAs }
  | { kind: "save_state"; saved: SavedChannel };

/** How a row of the timeline is known again: by what it means, and (when Twitch named the report) by a key that is written once. */
export interface ToldAs {
  meaning: string;
  writeKey: string | null;
}

/** What is answered without a model: `not_owner` to somebody who may not manage channels. */
export type BuiltinAnswer = "help" | "status" | "not_owner";

/** Lines of recent chat that are kept and given to the model. */
export const CONTEXT_LINES_MAX = 12;
const AUTHOR_CHARS_MAX = 32;
const CONTEXT_CHARS_MAX = 140;
const EVENT_TEXT_CHARS_MAX = 200;
const NO_COUNTS: ChannelCounters = {
  messages: 0,
  repeated: 0,
  calls: 0,
  replies: 0,
  unconfirmed: 0,
  rejected: 0,
  silences: 0,
};

/** A channel as it is before its first line. `restored` null when nothing is known, or not yet (`restored` may come in later). */
export function emptyChannel(
  id: { channelId: string; login: string },
  bot: BotIdentity,
  settings: ChannelSettings,
  restored: RestoredContext | null,
): ChannelState {
  const state: ChannelState = {
    channelId: id.channelId,
    login: id.login,
    bot,
    names: namesOf(bot, settings),
    settings,
    recent: [],
    asks: [],
    callers: [],
    taken: [],
    removals: [],
    lastCallAt: null,
    lastReplyAt: null,
    lastReply: null,
    lastMessageAt: null,
    counters: NO_COUNTS,
    told: null,
    known: [],
    sharedAt: null,
    sharedToldAt: null,
  };
  return restored ? restore(state, restored) : state;
}

/** What is worth saving of the channel now. Cheap: may be asked at any time. */
export function savedChannel(state: ChannelState): SavedChannel {
  return { lastReply: state.lastReply, lastReplyAt: state.lastReplyAt, lastMessageAt: state.lastMessageAt };
}

/** The recent chat as the model may see it, oldest first, without the line `exceptId`. */
export function contextOf(state: ChannelState, exceptId: string | null = null): ContextLine[] {
  const lines: ContextLine[] = [];
  for (const line of state.recent) {
    if (line.messageId === exceptId || line.deletedAt !== null) continue;
    const author = line.displayName.toLowerCase() === line.login ? line.displayName : line.login;
    lines.push({
      author: clip(plain(author), AUTHOR_CHARS_MAX),
      text: clip(plain(line.text), CONTEXT_CHARS_MAX),
      isOurs: line.kind === "reply",
    });
  }
  return lines;
}

/** Puts what was known before behind what came since; the newer one always stays. */
export function restore(state: ChannelState, restored: RestoredContext): ChannelState {
  const known = new Set(state.recent.map((line) => line.messageId));
  const older = restored.lines.filter(
    (line) =>
      line.channelId === state.channelId &&
      line.deletedAt === null &&
      !known.has(line.messageId) &&
      !state.removals.some((removal) => isRemovedBy(removal, line.messageId, line.chatterId, line.login)),
  );
  const { saved } = restored;
  return {
    ...state,
    recent: [...older, ...state.recent].slice(-CONTEXT_LINES_MAX),
    lastReply: state.lastReply ?? saved?.lastReply ?? null,
    lastReplyAt: state.lastReplyAt ?? saved?.lastReplyAt ?? null,
    lastMessageAt: state.lastMessageAt ?? saved?.lastMessageAt ?? null,
    known: withTold(state.known, restored.told),
  };
}

/** The names that call the agent, ready to compare. */
export function namesOf(bot: BotIdentity, settings: ChannelSettings): CallNames {
  return {
    trigger: settings.trigger.trim().replace(/^[@!]/, "").toLowerCase(),
    botLogin: bot.login,
    botDisplayName: bot.displayName,
  };
}

/** Whether the removal takes back this message of this chatter. */
export function isRemovedBy(removal: Removal, messageId: string, chatterId: string, login: string): boolean {
  if (removal.kind === "all") return true;
  return removal.kind === "message" ? removal.messageId === messageId : isChatter(removal, chatterId, login);
}

/** Whether the removal means this chatter; the id decides when Twitch told it. */
export function isChatter(
  removal: { chatterId: string | null; login: string | null },
  chatterId: string,
  login: string,
): boolean {
  return removal.chatterId !== null ? removal.chatterId === chatterId : removal.login === login;
}

/** Whether `at` lies less than `ms` before `now`. */
export function isWithin(at: Date | null, ms: number, now: Date): boolean {
  return at !== null && now.getTime() - at.getTime() < ms;
}

/** The state with one more of that counter. */
export function count(state: ChannelState, name: keyof ChannelCounters): ChannelState {
  return { ...state, counters: { ...state.counters, [name]: state.counters[name] + 1 } };
}

/** A copy of `list` with `item` at its end and at most `max` of the newest. */
export function pushed<T>(list: readonly T[], item: T, max: number): T[] {
  const next = list.length < max ? list.slice() : list.slice(list.length - max + 1);
  next.push(item);
  return next;
}

export const happened = (body: EventBody, traceId: string | null): Effect => ({ kind: "happened", body, traceId });
export const eventText = (text: string): string => clip(plain(text), EVENT_TEXT_CHARS_MAX);
