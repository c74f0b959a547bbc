import type { HistoryLine } from "../../src/domain/chat.ts";

/** The instant at which the store's tests take place: the middle of a minute. */
export const noon = new Date("2026-11-22T12:00:30.250Z");

export const secondsAfter = (at: Date, seconds: number) => new Date(at.getTime() + seconds * 1000);
export const minutesBefore = (at: Date, minutes: number) => secondsAfter(at, -60 * minutes);

/** A line of chat as the recorder has it, before it is stored. */
export const aLine = (over: Partial<HistoryLine> = {}): HistoryLine => ({
  seq: null,
  messageId: "m-1",
  channelId: "100",
  chatterId: "7",
  login: "ana",
  displayName: "Ana",
  text: "oi",
  kind: "chat",
  color: "#ff00aa",
  badges: [],
  emotes: [],
  replyToId: null,
  traceId: null,
  sentAt: noon,
  deletedAt: null,
  ...over,
});

/** `count` lines of one channel, a second apart, by three chatters. */
export const someLines = (count: number, over: Partial<HistoryLine> = {}): HistoryLine[] =>
  Array.from({ length: count }, (_, index) =>
    aLine({
      messageId: `m-${index}`,
      chatterId: String(index % 3),
      text: `line ${index}`,
      sentAt: secondsAfter(noon, index),
      ...over,
    }),
  );
