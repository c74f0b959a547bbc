import { failReply, sayReply, settleReply } from "./channel-answers.ts";
import { answerCall } from "./channel-calls.ts";
import { tellOccurrence } from "./channel-occurrences.ts";
import { clearChatter, dropAsks, remove, wasRemoved } from "./channel-removals.ts";
import {
  type ChannelState,
  CONTEXT_LINES_MAX,
  count,
  type Effect,
  eventText,
  happened,
  type Inbound,
  namesOf,
  pushed,
  restore,
} from "./channel-state.ts";
import type { Badge, ChatMessage, HistoryLine } from "./chat.ts";
import { isKnownBot } from "./loops.ts";
import type { Occurrence } from "./occurrences.ts";
import { findCall } from "./triggers.ts";

export { ASKS_MAX } from "./channel-calls.ts";
export type {
  Ask,
  Asker,
  BotIdentity,
  BuiltinAnswer,
  CallerMark,
  ChannelCounters,
  ChannelSettings,
  ChannelState,
  ContextLine,
  Effect,
  Inbound,
  Removal,
  RestoredContext,
  SavedChannel,
  ToldAs,
} from "./channel-state.ts";
export { CONTEXT_LINES_MAX, contextOf, emptyChannel, savedChannel } from "./channel-state.ts";

const NO_BADGES: readonly Badge[] = [];
/** The account by which Twitch shows anonymous cheers in chat. */
const ANONYMOUS_CHEERER = "ananonymouscheerer";
const NOBODY = { userId: "", login: "", name: "" };

/** What `inbound` means to the channel at `now`: the channel as it is then, and what is to be done, in order. */
export function receive(state: ChannelState, inbound: Inbound, now: Date): [ChannelState, Effect[]] {
  switch (inbound.kind) {
    case "message":
      return receiveMessage(state, inbound.message, inbound.traceId, now);
    case "occurrence":
      return tellOccurrence(state, inbound.occurrence, now);
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
      return [{ ...state, settings: inbound.settings, names: namesOf(state.bot, inbound.settings) }, []];
    case "bot":
      return [{ ...state, bot: inbound.bot, names: namesOf(inbound.bot, state.settings) }, []];
    case "restored":
      return [restore(state, inbound.restored), []];
  }
}

function receiveMessage(state: ChannelState, message: ChatMessage, traceId: string, now: Date): [ChannelState, Effect[]] {
  if (isRepeated(state.recent, message.id)) return [count(state, "repeated"), []];

  const call = findCall(message.text, state.names, message.replyToId !== null);
  const isRemoved = state.removals.length > 0 && wasRemoved(state.removals, message.id);
  const line = lineOf(message, call ? traceId : null, isRemoved ? now : null);
  const next = recorded(state, line, message.sourceChannelId === null ? null : now);
  const effects: Effect[] = [{ kind: "record", line }];
  if (call === null && !message.isFirst && message.bits === 0) return [next, effects];
  if (!isViewer(next, message)) return [next, effects];

  const told = tellOfMessage(next, message, effects, now);
  return call ? answerCall(told, message, call.prompt, traceId, effects, now) : [told, effects];
}

/** Twitch may deliver a line more than once. */
function isRepeated(recent: readonly HistoryLine[], id: string): boolean {
  for (let at = recent.length - 1; at >= 0; at--) if (recent[at]?.messageId === id) return true;
  return false;
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

/** `sharedAt` when the line shows that the chat is shared. */
function recorded(state: ChannelState, line: HistoryLine, sharedAt: Date | null): ChannelState {
  const { counters } = state;
  return {
    ...state,
    recent: pushed(state.recent, line, CONTEXT_LINES_MAX),
    lastMessageAt: line.sentAt,
    sharedAt: sharedAt ?? state.sharedAt,
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

/** Adds to `effects` what a line tells beside its words: somebody's first one, and a cheer, which may be reported elsewhere, too. */
function tellOfMessage(state: ChannelState, message: ChatMessage, effects: Effect[], now: Date): ChannelState {
  const { login, displayName: name } = message;
  if (message.isFirst) effects.push(happened({ type: "chat.first_message", login, name, text: eventText(message.text) }, null));
  if (message.bits === 0) return state;
  const [next, told] = tellOccurrence(state, cheerOf(message), now);
  effects.push(...told);
  return next;
}

function cheerOf(message: ChatMessage): Occurrence {
  const { id, chatterId: userId, login, displayName: name, bits: amount, text, sentAt: at } = message;
  const by = login === ANONYMOUS_CHEERER ? NOBODY : { userId, login, name };
  const origin = { source: "chat", id, at };
  return { kind: "support", origin, support: "cheer", by, amount, months: null, tier: null, text, giftId: null, recipient: null };
}
