/** One message of a `text/event-stream` (HTML Living Standard, 9.2). */
export interface Frame {
  id?: string;
  /** Named messages are dispatched as DOM events; unnamed ones are swapped into the page. */
  event?: string;
  data: string;
}

/** `frame` as it goes over the wire. */
export function encodeFrame({ id, event, data }: Frame): string {
  const head = `${id === undefined ? "" : `id: ${id}\n`}${event === undefined ? "" : `event: ${event}\n`}`;
  const body = data.includes("\n") || data.includes("\r") ? data.split(/\r\n|\r|\n/).join("\ndata: ") : data;
  return `${head}data: ${body}\n\n`;
}

/** Sent first: how soon to come back, and 2 KB that make proxies and old browsers let the stream through (F66). */
export const STREAM_OPENING = `retry: 500\n: ${" ".repeat(2048)}\n\n`;

/** Says that the stream lives; a page that hears none for 10 s says that it is cut off. */
export const BEAT = encodeFrame({ event: "beat", data: "" });

export const STREAM_HEADERS = {
  "content-type": "text/event-stream; charset=utf-8",
  "cache-control": "no-store, no-transform",
  "x-accel-buffering": "no",
} as const;

/**
 * A place in a stream, as its `id`. By rows: the newest timeline id and history seq that were told;
 * it holds over restarts. By position: the hub's own number, exact also for what has no row yet; it
 * holds while the process that gave it (`boot`) lives.
 */
export interface Cursor {
  timelineId: number;
  historySeq: number;
  position: { boot: string; n: number } | null;
}

export function encodeCursor({ timelineId, historySeq, position }: Cursor): string {
  return `${timelineId}-${historySeq}${position === null ? "" : `-${position.boot}.${position.n}`}`;
}

/** The cursor in `text`, or null when it is none. */
export function parseCursor(text: string | null): Cursor | null {
  const match = /^(\d{1,15})-(\d{1,15})(?:-([a-z0-9]{1,16})\.(\d{1,15}))?$/.exec(text ?? "");
  if (match === null) return null;
  const [, timelineId, historySeq, boot, n] = match;
  const position = boot === undefined || n === undefined ? null : { boot, n: Number(n) };
  return { timelineId: Number(timelineId), historySeq: Number(historySeq), position };
}
