import type { HistoryLine } from "../../src/domain/chat.ts";
import type { TimelineEvent } from "../../src/domain/events.ts";
import type { Chance } from "../../src/ports.ts";
import { Bus } from "../../src/runtime/bus.ts";

export const CHANNEL_ID = "1001";
/** Lines are of today: what is taken back is looked for among those of the last day. */
const start = new Date(Date.now() - 3_600_000);

/** Line number `index` of a channel, a tenth of a second after the one before it. */
export const aLine = (index: number, over: Partial<HistoryLine> = {}): HistoryLine => ({
  seq: null,
  messageId: `m-${index}`,
  channelId: CHANNEL_ID,
  chatterId: String(index % 7),
  login: `viewer_${index % 7}`,
  displayName: `Viewer ${index % 7}`,
  text: `line ${index}`,
  kind: "chat",
  color: "",
  badges: [],
  emotes: [],
  replyToId: null,
  traceId: null,
  sentAt: new Date(start.getTime() + index * 100),
  deletedAt: null,
  ...over,
});

export const someLines = (count: number): HistoryLine[] => Array.from({ length: count }, (_, index) => aLine(index));

export const evenChance: Chance = { next: () => 0.5, uuid: () => crypto.randomUUID() };

/** A bus with what it told so far. */
export function aListenedBus() {
  const bus = new Bus((error) => {
    throw error;
  });
  const lines: HistoryLine[] = [];
  const events: TimelineEvent[] = [];
  const deleted: string[] = [];
  bus.subscribe((message) => {
    if (message.kind === "lines") lines.push(...message.lines);
    if (message.kind === "event") events.push(message.event);
    if (message.kind === "lines_deleted") deleted.push(...message.messageIds);
  });
  /** Resolves once `isSo` holds, looked at with each message. */
  const until = (isSo: () => boolean): Promise<void> =>
    new Promise((resolve) => {
      if (isSo()) return resolve();
      const unsubscribe = bus.subscribe(() => {
        if (!isSo()) return;
        unsubscribe();
        resolve();
      });
    });
  return { bus, lines, events, deleted, until };
}
