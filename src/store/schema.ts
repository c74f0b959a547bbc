import { sql } from "drizzle-orm";
import {
  bigint,
  boolean,
  check,
  customType,
  index,
  integer,
  jsonb,
  pgTable,
  primaryKey,
  text,
  timestamp,
  uniqueIndex,
} from "drizzle-orm/pg-core";
import type { Actor, EventBody, EventType, Level } from "../domain/events.ts";

/*
 * Every table. Ids are text, instants are timestamptz, money is whole millionths of a dollar.
 * Row-level security is on and has no policy: the owner, as whom Byte connects, passes it; Supabase's
 * public API, which serves whatever stands in `public`, sees nothing.
 */

/** An id that is only ever compared for equality or by bytes: the C collation makes its indexes twice as cheap. */
const key = customType<{ data: string }>({ dataType: () => 'text collate "C"' });
const instant = () => timestamp({ withTimezone: true, mode: "date" });
const bigNumber = () => bigint({ mode: "number" });

/** The channels that Byte is told to sit in. A removed one stays, inactive, so that its settings are found again. */
export const channelsConfig = pgTable("channels_config", {
  login: key().primaryKey(),
  /** Null until Twitch told it. */
  broadcasterId: key().unique("channels_config_broadcaster_id"),
  isActive: boolean().notNull().default(true),
  /** Grows when the HUD's token is rotated: older tokens stop working. */
  hudVersion: integer().notNull().default(1),
  /** The order in which channels are joined. */
  position: integer().notNull().default(0),
  addedBy: jsonb().$type<Actor>().notNull(),
  createdAt: instant().notNull(),
  updatedAt: instant().notNull(),
}).enableRLS();

/** What a channel's actor needs to go on where it stopped: one row each, overwritten. */
export const channelState = pgTable("channel_state", {
  channelId: key().primaryKey(),
  login: key().notNull(),
  lastEvent: text(),
  lastReply: text(),
  lastReplyAt: instant(),
  lastMessageAt: instant(),
  /** At most `STATE_BYTES_MAX` as JSON (state.ts). */
  state: jsonb().$type<unknown>().notNull(),
  updatedAt: instant().notNull(),
}).enableRLS();

/**
 * What was said in a channel. The primary key is also the index of every reader; the unique index lets
 * retention find the oldest lines.
 */
export const channelHistory = pgTable(
  "channel_history",
  {
    seq: bigNumber().notNull().generatedAlwaysAsIdentity({ cache: 1 }),
    channelId: key().notNull(),
    /** Twitch's id: with `sentAt` what makes "exactly once" true. */
    messageId: key().notNull(),
    chatterId: key().notNull(),
    login: key().notNull(),
    displayName: text().notNull(),
    message: text().notNull(),
    kind: text({ enum: ["chat", "reply"] }).notNull(),
    color: text().notNull(),
    /** Names joined by a comma. */
    badges: text().notNull(),
    /** `id:start-end` joined by `/`, in code points. */
    emotes: text().notNull(),
    replyToId: key(),
    traceId: key(),
    /** Twitch's clock. */
    sentAt: instant().notNull(),
    /** The database's clock. */
    storedAt: instant().notNull().defaultNow(),
    deletedAt: instant(),
  },
  (t) => [
    primaryKey({ columns: [t.channelId, t.seq] }),
    // Twitch's id with Twitch's time, which a message keeps however often it is delivered: so new entries go to the
    // end of the index. Ids alone are random: at a million rows each insert costs half as much again.
    uniqueIndex("channel_history_message_id").on(t.sentAt, t.messageId),
    check("channel_history_message_length", sql`length(${t.message}) <= 2000`),
    check("channel_history_kind", sql`${t.kind} in ('chat', 'reply')`),
  ],
).enableRLS();

/** Lines per channel and minute of `sent_at`: written with the lines, equal to a recount of them. */
export const channelMinutes = pgTable(
  "channel_minutes",
  {
    channelId: key().notNull(),
    minute: instant().notNull(),
    messages: integer().notNull(),
    replies: integer().notNull(),
    /** No line of this minute has a smaller `seq`: where a reader of recent lines may begin. */
    firstSeq: bigNumber().notNull(),
  },
  (t) => [primaryKey({ columns: [t.channelId, t.minute] })],
).enableRLS();

/** Who wrote in a channel (our own replies do not count): written with the lines, equal to a recount of them. */
export const channelChatters = pgTable(
  "channel_chatters",
  {
    channelId: key().notNull(),
    chatterId: key().notNull(),
    login: key().notNull(),
    displayName: text().notNull(),
    messages: integer().notNull(),
    firstSeenAt: instant().notNull(),
    lastSeenAt: instant().notNull(),
  },
  (t) => [primaryKey({ columns: [t.channelId, t.chatterId] })],
).enableRLS();

/** Streams, from online to offline. Drops of up to ten minutes are part of one (domain/streams.ts). */
export const streams = pgTable(
  "streams",
  {
    /** Ours: Twitch gives a stream another id after a drop. */
    id: key().primaryKey(),
    channelId: key().notNull(),
    /** Twitch's ids, oldest first. */
    twitchIds: jsonb().$type<readonly string[]>().notNull(),
    /** The best word there is for it; the times of `chat` are estimates. */
    source: text({ enum: ["eventsub", "helix", "chat"] }).notNull(),
    title: text().notNull(),
    category: text().notNull(),
    startedAt: instant().notNull(),
    /** Since when it is in a drop; once it ended, when it ended. */
    offlineAt: instant(),
    /** Null while it may still come back. */
    endedAt: instant(),
    viewersPeak: integer(),
    viewersLast: integer(),
    updatedAt: instant().notNull(),
  },
  (t) => [
    uniqueIndex("streams_open").on(t.channelId).where(sql`${t.endedAt} is null`),
    index("streams_channel_id").on(t.channelId, t.startedAt),
    check("streams_source", sql`${t.source} in ('eventsub', 'helix', 'chat')`),
    check("streams_times", sql`${t.offlineAt} >= ${t.startedAt} and ${t.endedAt} >= ${t.startedAt}`),
  ],
).enableRLS();

/** What happened, in order. A row is written before anybody is told. */
export const timeline = pgTable(
  "timeline",
  {
    id: bigNumber().primaryKey().generatedAlwaysAsIdentity({ cache: 1 }),
    at: instant().notNull(),
    /** Null: the whole installation. */
    channelId: key(),
    type: text().$type<EventType>().notNull(),
    level: text().$type<Level>(),
    traceId: key(),
    body: jsonb().$type<EventBody>().notNull(),
    /** What makes two reports the same occurrence (occurrences); null for what Twitch did not tell. */
    meaning: text(),
    /** The writer's name for the row: tried again after a lost answer, it is not written twice. */
    writeKey: key().unique("timeline_write_key"),
  },
  (t) => [
    index("timeline_channel_id").on(t.channelId, t.id),
    index("timeline_type").on(t.type, t.id),
    index("timeline_meaning").on(t.channelId, t.at).where(sql`${t.meaning} is not null`),
  ],
).enableRLS();

/** The ledger: every call of a model, with what it used and what it cost. */
export const modelCalls = pgTable(
  "model_calls",
  {
    id: bigNumber().primaryKey().generatedAlwaysAsIdentity({ cache: 1 }),
    at: instant().notNull(),
    channelId: key(),
    traceId: key().notNull(),
    purpose: text().notNull(),
    model: text().notNull(),
    outcome: text().notNull(),
    inputTokens: integer().notNull(),
    cachedTokens: integer().notNull(),
    outputTokens: integer().notNull(),
    /** Null: the model's price is not known. */
    costMicros: bigNumber(),
    latencyMs: integer().notNull(),
    error: text(),
    /** As in the timeline: no call is counted twice. */
    writeKey: key().unique("model_calls_write_key"),
  },
  (t) => [index("model_calls_channel_id").on(t.channelId, t.id)],
).enableRLS();

/** Who may act for a name (a channel) until when. Rows stay, so that the fencing token only ever grows. */
export const leases = pgTable("leases", {
  name: key().primaryKey(),
  holder: key().notNull(),
  fence: bigNumber().notNull(),
  expiresAt: instant().notNull(),
}).enableRLS();

/** One row: which secret this database belongs to. */
export const installation = pgTable(
  "installation",
  {
    id: integer().primaryKey(),
    keyCheck: text().notNull(),
    createdAt: instant().notNull(),
  },
  (t) => [check("installation_one_row", sql`${t.id} = 1`)],
).enableRLS();

/** One-time codes for signing in, as hashes. */
export const signinCodes = pgTable("signin_codes", {
  codeHash: key().primaryKey(),
  createdAt: instant().notNull(),
  expiresAt: instant().notNull(),
  usedAt: instant(),
  label: text().notNull(),
}).enableRLS();

/** Who is signed in: the cookie's token as a hash. */
export const sessions = pgTable("sessions", {
  tokenHash: key().primaryKey(),
  role: text().notNull(),
  label: text().notNull(),
  createdAt: instant().notNull(),
  lastSeenAt: instant().notNull(),
  expiresAt: instant().notNull(),
  revokedAt: instant(),
}).enableRLS();

/** Programs that may call the API: their bearer token as a hash. */
export const apiTokens = pgTable("api_tokens", {
  id: key().primaryKey(),
  tokenHash: key().notNull().unique("api_tokens_token_hash"),
  name: text().notNull(),
  role: text().notNull(),
  createdAt: instant().notNull(),
  lastUsedAt: instant(),
  revokedAt: instant(),
}).enableRLS();

/** Twitch accounts that people signed in with. Tokens are sealed with the installation's key (sealed.ts). */
export const twitchAccounts = pgTable(
  "twitch_accounts",
  {
    userId: key().primaryKey(),
    login: key().notNull(),
    displayName: text().notNull(),
    role: text({ enum: ["bot", "broadcaster"] }).notNull(),
    clientId: key().notNull(),
    /** Separated by spaces. */
    scopes: text().notNull(),
    accessToken: text().notNull(),
    refreshToken: text(),
    expiresAt: instant().notNull(),
    validatedAt: instant(),
    refreshedAt: instant().notNull(),
    /** An `AuthFailureKind`: a person must sign in again. */
    loginNeeded: text(),
    /** Grows with each new token: who read an older one knows that it is older. */
    revision: integer().notNull().default(1),
    createdAt: instant().notNull(),
    updatedAt: instant().notNull(),
  },
  (t) => [
    // One account speaks.
    uniqueIndex("twitch_accounts_bot").on(t.role).where(sql`${t.role} = 'bot'`),
    check("twitch_accounts_role", sql`${t.role} in ('bot', 'broadcaster')`),
  ],
).enableRLS();

/** What an account sent of late, for the limit that Twitch sets per account: one row each, whoever sends. */
export const sendWindows = pgTable("send_windows", {
  account: key().primaryKey(),
  /** A `SendLimiter` as JSON. */
  sent: jsonb().$type<unknown>().notNull(),
  /** Grows with each line: who writes on top of another one's is refused. */
  revision: bigNumber().notNull(),
  updatedAt: instant().notNull(),
}).enableRLS();

/** How each channel feels, and what its emotes mean: written every few seconds, read at its first line after a start. */
export const channelMoods = pgTable("channel_moods", {
  channelId: key().primaryKey(),
  /** A `Mood` and an `EmoteMoods` as JSON. */
  mood: jsonb().$type<unknown>().notNull(),
  emotes: jsonb().$type<unknown>().notNull(),
  updatedAt: instant().notNull(),
}).enableRLS();
