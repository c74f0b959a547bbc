import type { Badge, ChatMessage, HistoryLine } from "./chat.ts";
import { clip, plain } from "./chat-text.ts";
import { type Command, readCommand } from "./commands.ts";
import type { Actor, EventBody, ReplyRoute, SayOutcome, SilenceReason, SupportKind } from "./events.ts";
import { findLoop, isKnownBot, nextChain } from "./loops.ts";
import type { Reply } from "./replies.ts";
import { type CallNames, findCall } from "./triggers.ts";

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
}

/** What survives a restart beside the history. Small: goes into a row. */
export interface SavedChannel {
  lastReply: string | null;
  lastReplyAt: Date | null;
  lastMessageAt: Date | null;
}

/** What was known before a restart: the newest stored lines, oldest first, and the saved row. */
export interface RestoredContext {
  lines: readonly HistoryLine[];
  saved: SavedChannel | null;
}

export type Inbound =
  | { kind: "message"; message: ChatMessage; traceId: string }
  | { kind: "support"; support: SupportKind; login: string; name: string; amount: number; months: number | null; text: string }
  | { kind: "raid"; fromLogin: string; fromName: string; viewers: number }
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
  | { kind: "happened"; body: EventBody; traceId: string | null }
  | { kind: "save_state"; saved: SavedChannel };

/** What is answered without a model: `not_owner` to somebody who may not manage channels. */
export type BuiltinAnswer = "help" | "status" | "not_owner";

/** Lines of recent chat that are kept and given to the model. */
export const CONTEXT_LINES_MAX = 12;
const AUTHOR_CHARS_MAX = 32;
const CONTEXT_CHARS_MAX = 140;
/** Calls under way in one channel at a time. */
export const ASKS_MAX = 8;
/** A call older than this was lost by whoever worked on it: its place is free again. */
const ASK_AGE_MAX_MS = 120_000;
const CALLERS_MAX = 64;
const TAKEN_MAX = 64;
const REMOVALS_MAX = 32;
/** A call of somebody who was removed this short a time ago was written before. */
const REMOVED_JUST_NOW_MS = 3_000;
/** Silences of one channel that the timeline is told of in a minute; the others are counted only. */
const SILENCES_TOLD_MAX = 30;
const MINUTE_MS = 60_000;
const EVENT_TEXT_CHARS_MAX = 200;

const NO_BADGES: readonly Badge[] = [];
const NO_EFFECTS: Effect[] = [];
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
  };
  return restored ? restore(state, restored) : state;
}

/** What `inbound` means to the channel at `now`: the channel as it is then, and what is to be done, in order. */
export function receive(state: ChannelState, inbound: Inbound, now: Date): [ChannelState, Effect[]] {
  switch (inbound.kind) {
    case "message":
      return receiveMessage(state, inbound.message, inbound.traceId, now);
    case "support": {
      const { kind: _, support, ...rest } = inbound;
      return [state, [happened({ type: "chat.support", kind: support, ...rest, text: eventText(rest.text) }, null)]];
    }
    case "raid": {
      const { fromLogin, fromName, viewers } = inbound;
      return [state, [happened({ type: "chat.raid", fromLogin, fromName, viewers }, null)]];
    }
    case "message_deleted":
      return remove(state, { kind: "message", messageId: inbound.messageId, at: now }, now);
    case "chatter_cleared":
      return clearChatter(state, inbound.chatterId, inbound.login, inbound.seconds, now);
    case "reply_ready":
      return sayReply(state, inbound, now);
    case "reply_failed":
      return failReply(state, inbound.traceId, inbound.reason, now);
    case "sent":
      return settleReply(state, inbound, now);
    case "left":
      return dropAsks(state, () => true, "channel_left", now);
    case "settings":
      return [{ ...state, settings: inbound.settings, names: namesOf(state.bot, inbound.settings) }, NO_EFFECTS];
    case "bot":
      return [{ ...state, bot: inbound.bot, names: namesOf(inbound.bot, state.settings) }, NO_EFFECTS];
    case "restored":
      return [restore(state, inbound.restored), NO_EFFECTS];
  }
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

function receiveMessage(state: ChannelState, message: ChatMessage, traceId: string, now: Date): [ChannelState, Effect[]] {
  if (isRepeated(state.recent, message.id)) return [count(state, "repeated"), NO_EFFECTS];

  const call = findCall(message.text, state.names, message.replyToId !== null);
  const isRemoved = state.removals.length > 0 && wasRemoved(state.removals, message.id);
  const line = lineOf(message, call ? traceId : null, isRemoved ? now : null);
  const next = recorded(state, line);
  const effects: Effect[] = [{ kind: "record", line }];
  if (call === null && !message.isFirst && message.bits === 0) return [next, effects];
  if (!isViewer(next, message)) return [next, effects];

  tellOfMessage(message, effects);
  return call ? answerCall(next, message, call.prompt, traceId, effects, now) : [next, effects];
}

/** Twitch may deliver a line more than once. */
function isRepeated(recent: readonly HistoryLine[], id: string): boolean {
  for (let at = recent.length - 1; at >= 0; at--) if (recent[at]?.messageId === id) return true;
  return false;
}

function wasRemoved(removals: readonly Removal[], id: string): boolean {
  return removals.some((removal) => removal.kind === "message" && removal.messageId === id);
}

function lineOf(message: ChatMessage, traceId: string | null, deletedAt: Date | null): HistoryLine {
  return {
    seq: null,
    messageId: message.id,
    channelId: message.channelId,
    chatterId: message.chatterId,
    login: message.login,
    displayName: message.displayName,
    text: message.text,
    kind: "chat",
    color: message.color,
    badges: badgesOf(message),
    emotes: message.emotes,
    replyToId: message.replyToId,
    traceId,
    sentAt: message.sentAt,
    deletedAt,
  };
}

function badgesOf(message: ChatMessage): readonly Badge[] {
  const { isBroadcaster, isMod, isVip, isSubscriber, isFirst } = message;
  if (!isBroadcaster && !isMod && !isVip && !isSubscriber && !isFirst) return NO_BADGES;
  const badges: Badge[] = [];
  if (isBroadcaster) badges.push("broadcaster");
  if (isMod) badges.push("moderator");
  if (isVip) badges.push("vip");
  if (isSubscriber) badges.push("subscriber");
  if (isFirst) badges.push("first");
  return badges;
}

function recorded(state: ChannelState, line: HistoryLine): ChannelState {
  const { counters } = state;
  return {
    ...state,
    recent: pushed(state.recent, line, CONTEXT_LINES_MAX),
    lastMessageAt: line.sentAt,
    counters: { ...counters, messages: counters.messages + 1 },
  };
}

/** Somebody who wrote here and may be answered: not we, not a bot, not a copy from another room. */
function isViewer(state: ChannelState, message: ChatMessage): boolean {
  const { userId, login } = state.bot;
  if ((userId !== null && message.chatterId === userId) || message.login === login) return false;
  const isCopy = message.sourceChannelId !== null && message.sourceChannelId !== message.channelId;
  return !isCopy && !isKnownBot(message.login, state.settings.knownBots);
}

function tellOfMessage(message: ChatMessage, effects: Effect[]): void {
  const { login, displayName: name } = message;
  const text = eventText(message.text);
  if (message.isFirst) effects.push(happened({ type: "chat.first_message", login, name, text }, null));
  if (message.bits > 0) {
    const cheer = { kind: "cheer", login, name, amount: message.bits, months: null, text } as const;
    effects.push(happened({ type: "chat.support", ...cheer }, null));
  }
}

function answerCall(
  state: ChannelState,
  message: ChatMessage,
  prompt: string,
  traceId: string,
  effects: Effect[],
  now: Date,
): [ChannelState, Effect[]] {
  const called = count(withoutLostAsks(state, now), "calls");
  const key = message.sourceId ?? message.id;
  if (called.taken.includes(key)) return [called, effects];

  const command = readCommand(prompt);
  const manage = permission(called, message, command);
  const reason = refusal(called, message, prompt, manage === "allowed", now);
  if (reason !== null) {
    const [silent, told] = silence(called, traceId, message.id, reason, now);
    return [silent, [...effects, ...told]];
  }

  const ask: Ask = {
    traceId,
    messageId: message.id,
    chatterId: message.chatterId,
    login: message.login,
    displayName: message.displayName,
    askedAt: now,
    phase: "thinking",
    unwanted: null,
  };
  const { login, displayName: name } = message;
  const question = eventText(prompt);
  effects.push(happened({ type: "reply.asked", login, name, question, messageId: message.id }, traceId));
  effects.push(workFor(called, message, command, manage, ask));
  return [taken(called, ask, key, now), effects];
}

/** Why a call is not taken up; null when it is. */
function refusal(state: ChannelState, message: ChatMessage, prompt: string, isManager: boolean, now: Date): SilenceReason | null {
  if (state.settings.isReadOnly) return "read_only";
  if (wasRemoved(state.removals, message.id)) return "message_deleted";
  if (wasJustCleared(state.removals, message, now)) return "chatter_removed";
  if (state.asks.some((ask) => ask.chatterId === message.chatterId)) return "cooling";
  const caller = state.callers.find((mark) => mark.chatterId === message.chatterId) ?? null;
  if (!isManager && caller && findLoop(caller, message.login, prompt, now)) return "bot_loop";
  if (!isManager && isCooling(state, caller, now)) return "cooling";
  return state.asks.length >= ASKS_MAX ? "model_overloaded" : null;
}

function wasJustCleared(removals: readonly Removal[], message: ChatMessage, now: Date): boolean {
  return removals.some(
    (removal) =>
      removal.kind === "chatter" &&
      isChatter(removal, message.chatterId, message.login) &&
      now.getTime() - removal.at.getTime() < REMOVED_JUST_NOW_MS,
  );
}

function isCooling(state: ChannelState, caller: CallerMark | null, now: Date): boolean {
  const { replyCooldownMs, chatterCooldownMs } = state.settings;
  return (
    isWithin(state.lastCallAt, replyCooldownMs, now) ||
    isWithin(state.lastReplyAt, replyCooldownMs, now) ||
    (caller !== null && isWithin(caller.calledAt, chatterCooldownMs, now))
  );
}

function isWithin(at: Date | null, ms: number, now: Date): boolean {
  return at !== null && now.getTime() - at.getTime() < ms;
}

/** Whether the chatter may manage channels: fails closed, as ids that are missing equal nothing. */
function permission(state: ChannelState, message: ChatMessage, command: Command): "allowed" | "denied" | "none" {
  if (command.kind !== "join" && command.kind !== "part" && command.kind !== "channels") return "none";
  const id = message.chatterId;
  if (id !== "" && state.settings.ownerIds.includes(id)) return "allowed";
  const isBroadcaster = id !== "" && id === state.channelId;
  const isAboutHere = command.kind === "channels" || (command.kind === "part" && (command.login ?? state.login) === state.login);
  return isBroadcaster && isAboutHere ? "allowed" : "denied";
}

function workFor(
  state: ChannelState,
  message: ChatMessage,
  command: Command,
  manage: "allowed" | "denied" | "none",
  ask: Ask,
): Effect {
  const { traceId, askedAt } = ask;
  const asker: Asker = { chatterId: ask.chatterId, login: ask.login, displayName: ask.displayName };
  switch (command.kind) {
    case "help":
    case "status":
      return { kind: "answer_builtin", traceId, command: command.kind, route: command.kind, asker, askedAt };
    case "ask": {
      const context = contextOf(state, message.id);
      return { kind: "ask_model", traceId, question: command.question, asker, context, replyToId: message.id, askedAt };
    }
    default: {
      if (manage !== "allowed") {
        return { kind: "answer_builtin", traceId, command: "not_owner", route: command.kind, asker, askedAt };
      }
      const by: Actor = { kind: "chatter", id: message.chatterId, login: message.login };
      const login = command.kind === "channels" ? null : (command.login ?? state.login);
      return { kind: "manage", traceId, action: command.kind, login, by, askedAt };
    }
  }
}

function taken(state: ChannelState, ask: Ask, key: string, now: Date): ChannelState {
  const before = state.callers.find((mark) => mark.chatterId === ask.chatterId);
  const mark: CallerMark = {
    chatterId: ask.chatterId,
    calledAt: now,
    answeredAt: before?.answeredAt ?? null,
    chain: before ? nextChain(before, now) : 0,
  };
  return {
    ...state,
    asks: [...state.asks, ask],
    callers: withCaller(state.callers, mark),
    taken: pushed(state.taken, key, TAKEN_MAX),
    lastCallAt: now,
  };
}

function withCaller(callers: readonly CallerMark[], mark: CallerMark): CallerMark[] {
  const others = callers.filter((other) => other.chatterId !== mark.chatterId);
  return pushed(others, mark, CALLERS_MAX);
}

type ReplyReady = Extract<Inbound, { kind: "reply_ready" }>;

/** Says the reply when it is still wanted: the call is open, and nobody took it back meanwhile. */
function sayReply(state: ChannelState, inbound: ReplyReady, now: Date): [ChannelState, Effect[]] {
  const { traceId, text, route, latencyMs } = inbound;
  const ask = state.asks.find((open) => open.traceId === traceId);
  if (ask?.phase !== "thinking") return [state, NO_EFFECTS];
  const asks = state.asks.map((open): Ask => (open === ask ? { ...ask, phase: "saying" } : open));
  const { messageId: replyToId, askedAt } = ask;
  return [{ ...state, asks, lastReplyAt: now }, [{ kind: "say", traceId, text, replyToId, route, latencyMs, askedAt }]];
}

function failReply(state: ChannelState, traceId: string, reason: SilenceReason, now: Date): [ChannelState, Effect[]] {
  const ask = state.asks.find((open) => open.traceId === traceId);
  if (!ask) return [state, NO_EFFECTS];
  return silence(withoutAsk(state, traceId), traceId, ask.messageId, ask.unwanted ?? reason, now);
}

type Settled = Extract<Inbound, { kind: "sent" }>;

/** Keeps what was said. Evidence decides: what Twitch confirmed is recorded even when it was no longer wanted. */
function settleReply(state: ChannelState, inbound: Settled, now: Date): [ChannelState, Effect[]] {
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
  return [next, [{ kind: "record", line }, sent, { kind: "save_state", saved: savedChannel(next) }]];
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
    badges: NO_BADGES,
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

function clearChatter(
  state: ChannelState,
  chatterId: string | null,
  login: string | null,
  seconds: number | null,
  now: Date,
): [ChannelState, Effect[]] {
  const isAll = chatterId === null && login === null;
  const removal: Removal = isAll ? { kind: "all", at: now } : { kind: "chatter", chatterId, login, at: now };
  const [next, effects] = remove(state, removal, now);
  return [next, [...effects, happened({ type: "chat.cleared", login, seconds }, null)]];
}

/** Takes back what moderation removed: from the context, and the answers under way. */
function remove(state: ChannelState, removal: Removal, now: Date): [ChannelState, Effect[]] {
  const next: ChannelState = {
    ...state,
    recent: state.recent.filter((line) => !isRemovedBy(removal, line.messageId, line.chatterId, line.login)),
    removals: pushed(state.removals, removal, REMOVALS_MAX),
  };
  const reason: SilenceReason = removal.kind === "chatter" ? "chatter_removed" : "message_deleted";
  const [dropped, effects] = dropAsks(next, (ask) => isRemovedBy(removal, ask.messageId, ask.chatterId, ask.login), reason, now);
  return [dropped, [{ kind: "deleted", what: removal }, ...effects]];
}

function isRemovedBy(removal: Removal, messageId: string, chatterId: string, login: string): boolean {
  if (removal.kind === "all") return true;
  return removal.kind === "message" ? removal.messageId === messageId : isChatter(removal, chatterId, login);
}

function isChatter(removal: { chatterId: string | null; login: string | null }, chatterId: string, login: string): boolean {
  return removal.chatterId !== null ? removal.chatterId === chatterId : removal.login === login;
}

/** Gives up the open calls that `isDropped` names. One whose reply is being said stays until its outcome is known. */
function dropAsks(
  state: ChannelState,
  isDropped: (ask: Ask) => boolean,
  reason: SilenceReason,
  now: Date,
): [ChannelState, Effect[]] {
  const dropped = state.asks.filter(isDropped);
  if (dropped.length === 0) return [state, NO_EFFECTS];
  const effects: Effect[] = [];
  let next: ChannelState = {
    ...state,
    asks: state.asks
      .filter((ask) => ask.phase === "saying" || !dropped.includes(ask))
      .map((ask) => (dropped.includes(ask) ? { ...ask, unwanted: ask.unwanted ?? reason } : ask)),
  };
  for (const ask of dropped) {
    effects.push({ kind: "abort_model", traceId: ask.traceId, reason });
    if (ask.phase === "saying") continue;
    const [silent, told] = silence(next, ask.traceId, ask.messageId, reason, now);
    next = silent;
    effects.push(...told);
  }
  return [next, effects];
}

/** Counts a call that is not answered, and tells of it unless too many were told of in this minute. */
function silence(
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

function withoutLostAsks(state: ChannelState, now: Date): ChannelState {
  if (state.asks.every((ask) => isWithin(ask.askedAt, ASK_AGE_MAX_MS, now))) return state;
  return { ...state, asks: state.asks.filter((ask) => isWithin(ask.askedAt, ASK_AGE_MAX_MS, now)) };
}

/** Puts what was known before behind what came since; the newer one always stays. */
function restore(state: ChannelState, restored: RestoredContext): ChannelState {
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
  };
}

function namesOf(bot: BotIdentity, settings: ChannelSettings): CallNames {
  return {
    trigger: settings.trigger.trim().replace(/^[@!]/, "").toLowerCase(),
    botLogin: bot.login,
    botDisplayName: bot.displayName,
  };
}

function count(state: ChannelState, name: keyof ChannelCounters): ChannelState {
  return { ...state, counters: { ...state.counters, [name]: state.counters[name] + 1 } };
}

/** A copy of `list` with `item` at its end and at most `max` of the newest. */
function pushed<T>(list: readonly T[], item: T, max: number): T[] {
  const next = list.length < max ? list.slice() : list.slice(list.length - max + 1);
  next.push(item);
  return next;
}

const happened = (body: EventBody, traceId: string | null): Effect => ({ kind: "happened", body, traceId });

const eventText = (text: string): string => clip(plain(text), EVENT_TEXT_CHARS_MAX);
