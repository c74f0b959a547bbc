import type { Timers } from "../../ports.ts";

export interface ExchangeRequest {
  url: string;
  method: "GET" | "POST" | "DELETE";
  headers: Readonly<Record<string, string>>;
  body?: string;
  /** Of the whole exchange, the answer read to its end. */
  deadlineMs: number;
  /** Longest answer that is read. */
  bytesMax: number;
}

/**
 * How one HTTP request ended. `unsent`: nobody was there to take it, so nothing happened. `lost`: it may have left, and no
 * whole answer came. `answer`: `body` is the JSON, whatever the content type says; undefined when it is none, or too long.
 */
export type Exchange =
  | { kind: "answer"; status: number; headers: Headers; body: unknown }
  | { kind: "unsent" }
  | { kind: "lost" };

/** Codes with which a connection fails before a byte of the request has left. */
const UNSENT = new Set(["ECONNREFUSED", "ENOTFOUND", "EAI_AGAIN", "EHOSTUNREACH", "ENETUNREACH"]);

/** Makes one request, once. Never throws. Redirects are not followed: they would carry a token elsewhere. */
export async function exchange(time: Timers, request: ExchangeRequest): Promise<Exchange> {
  const abort = new AbortController();
  const cancel = time.after(request.deadlineMs, () => abort.abort());
  try {
    const response = await fetch(request.url, {
      method: request.method,
      headers: request.headers,
      redirect: "manual",
      signal: abort.signal,
      // A kept connection may be dead without our knowing, and an answer lost there leaves open what happened.
      keepalive: request.method === "GET",
      ...(request.body === undefined ? {} : { body: request.body }),
    });
    const text = await readText(response, request.bytesMax);
    return {
      kind: "answer",
      status: response.status,
      headers: response.headers,
      body: text === null ? undefined : readJson(text),
    };
  } catch (error) {
    const code = (error as { code?: unknown }).code;
    return { kind: typeof code === "string" && UNSENT.has(code) ? "unsent" : "lost" };
  } finally {
    cancel();
  }
}

/** The whole body, or null when it is longer than `bytesMax`. Throws when it breaks off. */
async function readText(response: Response, bytesMax: number): Promise<string | null> {
  if (response.body === null) return "";
  const decoder = new TextDecoder();
  const reader = response.body.getReader();
  let text = "";
  let bytes = 0;
  for (let piece = await reader.read(); !piece.done; piece = await reader.read()) {
    bytes += piece.value.byteLength;
    if (bytes > bytesMax) {
      await reader.cancel();
      return null;
    }
    text += decoder.decode(piece.value, { stream: true });
  }
  return text + decoder.decode();
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

/** Twitch's clock as the answer tells it, in whole seconds; null when it does not. */
export function dateOf(headers: Headers): Date | null {
  const at = new Date(headers.get("date") ?? Number.NaN);
  return Number.isNaN(at.getTime()) ? null : at;
}

/** Longest text of Twitch's that is kept. */
const MESSAGE_CHARS_MAX = 200;

/** Twitch's text for the log: short, on one line, and without anything that could be a token or a code. */
export const forLog = (message: string): string =>
  message
    .slice(0, MESSAGE_CHARS_MAX)
    .replace(/[\p{Cc}\p{Cf}]+/gu, " ")
    .replace(/[A-Za-z0-9]{16,}/g, "…")
    .toWellFormed();
