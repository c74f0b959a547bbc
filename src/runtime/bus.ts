import type { HistoryLine } from "../domain/chat.ts";
import type { TimelineEvent } from "../domain/events.ts";

/** What listeners (dashboard, HUD, tests) are told, after it was persisted. */
export type BusMessage =
  | { kind: "event"; event: TimelineEvent }
  /** Lines of one channel in their order. `seq` is null only while the database is away. `skipped` lines before them were not kept. */
  | { kind: "lines"; channelId: string; lines: readonly HistoryLine[]; skipped: number }
  | { kind: "lines_deleted"; channelId: string; messageIds: readonly string[] }
  | { kind: "channels_changed" }
  /** A stream began, ended, or has other viewers. */
  | { kind: "streams_changed" }
  | { kind: "accounts_changed" }
  | { kind: "status_changed" };

export type BusListener = (message: BusMessage) => void;

/**
 * Tells listeners what happened, in order, in the same turn. A listener must be quick and must not
 * throw; one that throws is told of to `onError` and stays subscribed. Slow readers keep their own
 * bounded queues (the SSE hub does).
 */
export class Bus {
  readonly #listeners = new Set<BusListener>();
  readonly #onError: (error: unknown) => void;

  constructor(onError: (error: unknown) => void = () => {}) {
    this.#onError = onError;
  }

  publish(message: BusMessage): void {
    for (const listener of this.#listeners) {
      try {
        listener(message);
      } catch (error) {
        this.#onError(error);
      }
    }
  }

  /** Returns what ends the subscription. */
  subscribe(listener: BusListener): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }
}
