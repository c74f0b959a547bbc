import { silence } from "./channel-answers.ts";
import { wasJustCleared, wasRemoved } from "./channel-removals.ts";
import {
  type Ask,
  type Asker,
  type CallerMark,
  type ChannelState,
  contextOf,
  count,
  type Effect,
  eventText,
  happened,
  isWithin,
  pushed,
} from "./channel-state.ts";
import type { ChatMessage } from "./chat.ts";
import { type Command, readCommand } from "./commands.ts";
import type { Actor, SilenceReason } from "./events.ts";
import { findLoop, nextChain } from "./loops.ts";

/** What a call in chat leads to: a question for the model, an answer of our own, a command, or silence. */

/** Calls under way in one channel at a time. */
export const ASKS_MAX = 8;
/** A call older than this was lost by whoever worked on it: its place is free again. */
const ASK_AGE_MAX_MS = 120_000;
const CALLERS_MAX = 64;
const TAKEN_MAX = 64;

/** Takes a call up, or is silent with the reason. `effects` are those of the message so far; they come first. */
export function answerCall(
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
  return [taken(called, ask, prompt, key), effects];
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

function isCooling(state: ChannelState, caller: CallerMark | null, now: Date): boolean {
  const { replyCooldownMs, chatterCooldownMs } = state.settings;
  return (
    isWithin(state.lastCallAt, replyCooldownMs, now) ||
    isWithin(state.lastReplyAt, replyCooldownMs, now) ||
    (caller !== null && isWithin(caller.calledAt, chatterCooldownMs, now))
  );
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

function taken(state: ChannelState, ask: Ask, prompt: string, key: string): ChannelState {
  const now = ask.askedAt;
  const before = state.callers.find((mark) => mark.chatterId === ask.chatterId);
  const mark: CallerMark = {
    chatterId: ask.chatterId,
    calledAt: now,
    answeredAt: before?.answeredAt ?? null,
    prompt,
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

function withoutLostAsks(state: ChannelState, now: Date): ChannelState {
  if (state.asks.every((ask) => isWithin(ask.askedAt, ASK_AGE_MAX_MS, now))) return state;
  return { ...state, asks: state.asks.filter((ask) => isWithin(ask.askedAt, ASK_AGE_MAX_MS, now)) };
}
