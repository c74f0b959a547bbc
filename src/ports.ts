import type { ChatMessage } from "./domain/chat.ts";
import type { SayOutcome } from "./domain/events.ts";
import type { Occurrence } from "./domain/occurrences.ts";

/** The instant, from outside. Tests move it. */
export interface Clock {
  now(): Date;
}

/** Waiting, from outside. Tests move it together with the clock. */
export interface Timers {
  /** Runs `run` once, `ms` from now, unless cancelled by what is returned. */
  after(ms: number, run: () => void): () => void;
}

/** Chance and fresh ids, from outside. Tests seed them. */
export interface Chance {
  /** Uniform in [0, 1). */
  next(): number;
  /** A fresh UUID as text. */
  uuid(): string;
}

/** What Twitch tells us, over whichever transport. `channelLogin` is lower case; `channelId` is the broadcaster id as text. */
export type TwitchInbound =
  | { kind: "message"; message: ChatMessage }
  | { kind: "message_deleted"; channelLogin: string; channelId: string | null; messageId: string }
  | {
      kind: "chatter_cleared";
      channelLogin: string;
      channelId: string | null;
      chatterId: string | null;
      login: string | null;
      seconds: number | null;
    }
  /** Something that the channel's timeline keeps; it may be told more than once, and over more than one surface. */
  | { kind: "occurrence"; channelId: string; occurrence: Occurrence }
  | { kind: "joined"; channelLogin: string; channelId: string }
  | { kind: "left"; channelLogin: string; reason: string }
  | { kind: "join_failed"; channelLogin: string; reason: string }
  | { kind: "connected"; login: string | null; anonymous: boolean }
  | { kind: "disconnected"; reason: string }
  | { kind: "login_failed"; reason: string };

/** Who speaks in chat. */
export interface ChatIdentity {
  login: string;
  /** Null while it is not known. */
  userId: string | null;
  /** A token that should work. Null: there is none now, and chat is read anonymously meanwhile. */
  token(): Promise<string | null>;
  /** Twitch refused this token at the login: another one, or null. */
  renew(refused: string): Promise<string | null>;
}

/** How many channels of so many may be joined now, by the account's limit, and when the next one may (0: all). */
export type TakeJoins = (wanted: number) => Promise<{ count: number; waitMs: number }>;

/** How the connection to chat is, with the reason when it is not well. */
export interface ChatStatus {
  state: "connecting" | "connected" | "waiting" | "login_failed" | "stopped";
  anonymous: boolean;
  /** Our login and id there; null while anonymous or not yet known. */
  login: string | null;
  userId: string | null;
  reason: string | null;
  since: Date;
  /** When we try again, if we wait. */
  retryAt: Date | null;
  joined: readonly string[];
  /** Lines that could not be read, by kind. */
  malformed: number;
}

/** Chat at Twitch: one account, many channels. */
export interface Chat {
  /** Connects, and keeps connected until stopped. Inbound goes to the listener given at construction. */
  start(): void;
  /** The wanted set; joined within Twitch's limits, in this order, and again after each reconnect. */
  setChannels(logins: readonly string[]): void;
  /** Who we are from now on has changed (signed in, removed, another account): connects anew. */
  renew(): void;
  /** Sends one line, already fit for chat. Never throws for what Twitch answers. `isModerator` widens the limiter's bucket. */
  say(line: { channelLogin: string; text: string; replyToId: string | null }): Promise<SayOutcome>;
  /** Whether our account is moderator or broadcaster there (USERSTATE); false when not known. */
  isModerator(channelLogin: string): boolean;
  status(): ChatStatus;
  stop(): Promise<void>;
}

/** A turn of the prompt. Viewer text is only ever in `user`. */
export interface PromptMessage {
  role: "system" | "user" | "assistant";
  content: string;
}

export interface ModelRequest {
  messages: readonly PromptMessage[];
  model: string;
  temperature: number;
  outputTokensMax: number;
  /** Of the whole call, answer read to its end, in milliseconds. */
  deadlineMs: number;
  signal: AbortSignal;
}

/** What a call used, as the provider counts it. */
export interface ModelUsage {
  inputTokens: number;
  cachedTokens: number;
  outputTokens: number;
}

export type ModelAnswer =
  | { ok: true; text: string; finish: "stop" | "length" | "other"; usage: ModelUsage | null; model: string }
  | { ok: false; failure: ModelFailure; usage: ModelUsage | null };

/**
 * Why a call gave nothing. `busy` 429 or 503 (with the provider's wait, if it told one), `refused`
 * any other 4xx (a key or request that will not get better by itself), `down` 5xx or no connection,
 * `deadline` ours, `aborted` by us, `garbled` an answer that is not the protocol's.
 */
export interface ModelFailure {
  kind: "busy" | "refused" | "down" | "deadline" | "aborted" | "garbled";
  status: number | null;
  retryAfterMs: number | null;
}

/** The language model, any OpenAI-compatible provider. Never throws for what the provider does. */
export interface Model {
  complete(request: ModelRequest): Promise<ModelAnswer>;
}

/** Structured log: one JSON line each. Texts of people and secrets do not go in. */
export interface Log {
  info(event: string, fields?: LogFields): void;
  warn(event: string, fields?: LogFields): void;
  error(event: string, fields?: LogFields): void;
}

export type LogFields = Readonly<Record<string, string | number | boolean | null | undefined>>;
