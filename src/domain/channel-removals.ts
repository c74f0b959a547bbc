import { silence } from "./channel-answers.ts";
import {
  type Ask,
  type ChannelState,
  type Effect,
  happened,
  isChatter,
  isRemovedBy,
  pushed,
  type Removal,
} from "./channel-state.ts";
import type { ChatMessage } from "./chat.ts";
import type { SilenceReason } from "./events.ts";

/** What moderation takes back: it leaves the context, and the answers to it are not said. */

const REMOVALS_MAX = 32;
/** A call of somebody who was removed this short a time ago was written before. */
const REMOVED_JUST_NOW_MS = 3_000;

/** Moderation cleared a chatter (banned when `seconds` is null), or with neither id nor login the whole chat. */
export function clearChatter(
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
export function remove(state: ChannelState, removal: Removal, now: Date): [ChannelState, Effect[]] {
  const next: ChannelState = {
    ...state,
    recent: state.recent.filter((line) => !isRemovedBy(removal, line.messageId, line.chatterId, line.login)),
    removals: pushed(state.removals, removal, REMOVALS_MAX),
  };
  const reason: SilenceReason = removal.kind === "chatter" ? "chatter_removed" : "message_deleted";
  const [dropped, effects] = dropAsks(next, (ask) => isRemovedBy(removal, ask.messageId, ask.chatterId, ask.login), reason, now);
  return [dropped, [{ kind: "deleted", what: removal }, ...effects]];
}

/** Gives up the open calls that `isDropped` names. One whose reply is being said stays until its outcome is known. */
export function dropAsks(
  state: ChannelState,
  isDropped: (ask: Ask) => boolean,
  reason: SilenceReason,
  now: Date,
): [ChannelState, Effect[]] {
  const dropped = state.asks.filter(isDropped);
  if (dropped.length === 0) return [state, []];
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

/** Whether the message was deleted before it came in: Twitch does not promise the order. */
export function wasRemoved(removals: readonly Removal[], id: string): boolean {
  return removals.some((removal) => removal.kind === "message" && removal.messageId === id);
}

/** Whether the author was removed so short a time ago that the message was written before. */
export function wasJustCleared(removals: readonly Removal[], message: ChatMessage, now: Date): boolean {
  return removals.some(
    (removal) =>
      removal.kind === "chatter" &&
      isChatter(removal, message.chatterId, message.login) &&
      now.getTime() - removal.at.getTime() < REMOVED_JUST_NOW_MS,
  );
}
