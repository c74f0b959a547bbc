import { z } from "zod";
import type { Notification } from "../../ports-twitch.ts";

/** Longest frame that is read, in UTF-16 units. A chat message of 500 emotes with all its fragments has about 100,000. */
const FRAME_CHARS_MAX = 1_048_576;
/** Twitch's message and session ids have 36 to about 100 characters; they are kept, so they are bounded. */
const ID_CHARS_MAX = 256;
const TYPE_CHARS_MAX = 100;
/** What Twitch allows, in seconds; asked for is the least. */
const KEEPALIVE_S_MIN = 10;
const KEEPALIVE_S_MAX = 600;

export interface Session {
  id: string;
  keepaliveMs: number;
}

/** A subscription as a revocation names it. `status` is open-ended. */
export interface RevokedSubscription {
  id: string;
  type: string;
  condition: Readonly<Record<string, string>>;
  status: string;
}

export type Frame =
  | { kind: "welcome"; session: Session }
  | { kind: "keepalive" }
  /** `url` null: Twitch told none. */
  | { kind: "reconnect"; url: string | null }
  | { kind: "notification"; notification: Notification }
  | { kind: "revocation"; subscription: RevokedSubscription }
  /** Of a message type that we do not know. */
  | { kind: "unknown"; type: string }
  | { kind: "malformed"; why: "binary" | "too_long" | "not_json" | "metadata" | "payload"; text: string };

const id = z.string().min(1).max(ID_CHARS_MAX);
const type = z.string().min(1).max(TYPE_CHARS_MAX);

const Envelope = z.object({
  metadata: z.object({ message_id: id, message_type: type, message_timestamp: z.string().max(TYPE_CHARS_MAX).catch("") }),
  payload: z.unknown(),
});
const Welcome = z.object({ session: z.object({ id, keepalive_timeout_seconds: z.number().catch(KEEPALIVE_S_MIN) }) });
const Reconnect = z.object({ session: z.object({ reconnect_url: z.string().min(1).nullable().catch(null) }) });
const Subscription = z.object({
  id: z.string().max(ID_CHARS_MAX).catch(""),
  type,
  version: z.union([z.string(), z.number().transform(String)]).catch(""),
  status: z.string().max(TYPE_CHARS_MAX).catch(""),
  condition: z.record(z.string(), z.unknown()).catch({}).transform(textsOf),
});
const Told = z.object({ subscription: Subscription, event: z.unknown().optional() });

/** What came over an EventSub socket. Never throws. */
export function readFrame(data: unknown): Frame {
  if (typeof data !== "string") return { kind: "malformed", why: "binary", text: "" };
  if (data.length > FRAME_CHARS_MAX) return malformed("too_long", data);
  const json = readJson(data);
  if (json === undefined) return malformed("not_json", data);
  const envelope = Envelope.safeParse(json);
  if (!envelope.success) return malformed("metadata", data);
  const { metadata, payload } = envelope.data;
  return readPayload(metadata.message_type, metadata.message_id, new Date(metadata.message_timestamp), payload, data);
}

function readPayload(messageType: string, messageId: string, at: Date, payload: unknown, data: string): Frame {
  switch (messageType) {
    case "session_keepalive":
      return { kind: "keepalive" };
    case "session_welcome": {
      const read = Welcome.safeParse(payload);
      return read.success ? { kind: "welcome", session: sessionOf(read.data.session) } : malformed("payload", data);
    }
    case "session_reconnect": {
      const read = Reconnect.safeParse(payload);
      return { kind: "reconnect", url: read.success ? read.data.session.reconnect_url : null };
    }
    case "notification": {
      const read = Told.safeParse(payload);
      if (!read.success) return malformed("payload", data);
      if (Number.isNaN(at.getTime())) return malformed("metadata", data);
      const { subscription, event } = read.data;
      const { type, version, condition } = subscription;
      return { kind: "notification", notification: { messageId, at, type, version, condition, event } };
    }
    case "revocation": {
      const read = Told.safeParse(payload);
      return read.success ? { kind: "revocation", subscription: read.data.subscription } : malformed("payload", data);
    }
    default:
      return { kind: "unknown", type: messageType };
  }
}

const malformed = (why: Extract<Frame, { kind: "malformed" }>["why"], text: string): Frame => ({ kind: "malformed", why, text });

function sessionOf(told: z.infer<typeof Welcome>["session"]): Session {
  const seconds = Math.min(Math.max(told.keepalive_timeout_seconds, KEEPALIVE_S_MIN), KEEPALIVE_S_MAX);
  return { id: told.id, keepaliveMs: seconds * 1_000 };
}

/** The parts of a condition that name something; numbers as text. */
function textsOf(condition: Readonly<Record<string, unknown>>): Record<string, string> {
  const texts: Record<string, string> = {};
  for (const [key, value] of Object.entries(condition)) {
    if (typeof value === "string") texts[key] = value;
    else if (typeof value === "number") texts[key] = String(value);
  }
  return texts;
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
