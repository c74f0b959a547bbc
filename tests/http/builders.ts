import type { HistoryLine } from "../../src/domain/chat.ts";
import type { EventBody, TimelineEvent } from "../../src/domain/events.ts";

export const CHANNEL = "1001";
export const noon = new Date("2026-11-22T12:00:00Z");

/** A line of chat in the channel, stored as row `seq`. */
export function aLine(seq: number | null, over: Partial<HistoryLine> = {}): HistoryLine {
  return {
    seq,
    messageId: `m${seq ?? crypto.randomUUID()}`,
    channelId: CHANNEL,
    chatterId: "77",
    login: "ana",
    displayName: "Ana",
    text: `line ${seq}`,
    kind: "chat",
    color: "",
    badges: [],
    emotes: [],
    replyToId: null,
    traceId: null,
    sentAt: noon,
    deletedAt: null,
    ...over,
  };
}

/** A note to the broadcaster of the channel, stored as row `id`. */
export function anEvent(id: number | null, over: Partial<TimelineEvent> = {}, body?: EventBody): TimelineEvent {
  const note: EventBody = { type: "hud.message", text: `note ${id}`, source: "test", by: { kind: "system" } };
  return { id, at: noon, channelId: CHANNEL, traceId: null, body: body ?? note, ...over };
}
