import { z } from "zod";

/**
 * What Twitch answers, under Twitch's own field names. Fields that we do not use are ignored. Ids are text also when they
 * come as numbers, and numbers are numbers also when they come as text. What only is shown falls back to "" when it is missing.
 */

/** No text of Twitch's that we keep is longer: titles have 140 characters, signed addresses about 2,000. */
const TEXT_CHARS_MAX = 1_000;
const URL_CHARS_MAX = 4_096;
const ID_CHARS_MAX = 200;
/** Longest life of a token that we believe, in seconds (ten years); beyond it dates overflow. */
const EXPIRES_S_MAX = 315_360_000;
/** When Twitch does not say how long a token lives: soon enough to be refreshed in time, not so soon as to loop. */
const EXPIRES_S_UNKNOWN = 3_600;

const id = z.union([z.string().min(1).max(ID_CHARS_MAX), z.int().transform(String)]);
const shown = z
  .union([z.string(), z.number().transform(String)])
  .transform((value) => value.slice(0, TEXT_CHARS_MAX).toWellFormed())
  .catch("");
const url = z
  .string()
  .max(URL_CHARS_MAX)
  .regex(/^https?:\/\//);
const number = z.union([
  z.number(),
  z
    .string()
    .regex(/^\d{1,15}(?:\.\d{1,9})?$/)
    .transform(Number),
]);
const count = number.pipe(z.int().nonnegative());
const date = z
  .string()
  .transform((value) => new Date(value))
  .refine((value) => !Number.isNaN(value.getTime()));
const flag = z.union([z.boolean(), z.stringbool()]);

// --- sign-in ------------------------------------------------------------------------------------

/** Fit for a header: a token with a line break in it would not be. */
const secret = z.string().regex(/^[\x21-\x7e]{1,2048}$/);
const words = z.union([z.array(z.string()), z.string().transform((value) => value.split(" ").filter((word) => word !== ""))]);
const expiresInS = count.pipe(z.number().max(EXPIRES_S_MAX));

/** Errors of the sign-in host: `status` and `message`, never RFC 6749's `error`, which is read all the same. */
export const AuthError = z.object({
  message: z.string().catch(""),
  error: z.string().catch(""),
  error_description: z.string().catch(""),
});

export const Validation = z.object({
  client_id: id,
  login: z.string().nullish(),
  user_id: id.or(z.literal("")).nullish(),
  /** Null for app tokens. */
  scopes: words.nullish(),
  expires_in: expiresInS,
});

/**
 * Read as kindly as can be: the answer to a refresh holds the only copy of a new one-time token, which is not to be thrown
 * away for an odd neighbour.
 */
export const TokenGrant = z.object({
  access_token: secret,
  refresh_token: secret.nullish().catch(null),
  scope: words.nullish().catch(null),
  expires_in: expiresInS.catch(EXPIRES_S_UNKNOWN),
});

export const DeviceGrant = z.object({
  device_code: secret,
  user_code: z.string().min(1).max(ID_CHARS_MAX),
  verification_uri: url,
  expires_in: expiresInS,
  /** Seconds between two polls; Twitch says 5. */
  interval: count.pipe(z.number().min(1).max(60)).catch(5),
});

// --- the HTTP API -------------------------------------------------------------------------------

export const HelixError = z.object({ message: z.string().catch(""), id: id.nullish().catch(null) });

/** What every answer is: a list, with more beside it. */
export const Envelope = z.object({
  data: z.array(z.unknown()),
  pagination: z.object({ cursor: z.string().nullish() }).nullish().catch(null),
  total: count.nullish().catch(null),
  total_cost: count.nullish().catch(null),
  max_total_cost: count.nullish().catch(null),
});
export type Envelope = z.infer<typeof Envelope>;

export const User = z
  .object({ id, login: z.string().min(1), display_name: shown, created_at: date.nullish().catch(null) })
  .transform((user) => ({
    userId: user.id,
    login: user.login.toLowerCase(),
    displayName: user.display_name || user.login,
    createdAt: user.created_at ?? null,
  }));

/** A person as followers and chatters are listed. */
export const Person = z.object({ user_id: id, user_login: z.string().min(1), user_name: shown }).transform((person) => ({
  userId: person.user_id,
  login: person.user_login.toLowerCase(),
  displayName: person.user_name || person.user_login,
  createdAt: null,
}));

export const Stream = z
  .object({
    id,
    user_id: id,
    user_login: shown,
    title: shown,
    game_name: shown,
    language: shown,
    viewer_count: count.catch(0),
    started_at: date,
  })
  .transform((stream) => ({
    streamId: stream.id,
    userId: stream.user_id,
    login: stream.user_login.toLowerCase(),
    title: stream.title,
    category: stream.game_name,
    language: stream.language,
    viewers: stream.viewer_count,
    startedAt: stream.started_at,
  }));

export const Channel = z
  .object({ broadcaster_id: id, broadcaster_login: shown, title: shown, game_name: shown, broadcaster_language: shown })
  .transform((channel) => ({
    broadcasterId: channel.broadcaster_id,
    login: channel.broadcaster_login.toLowerCase(),
    title: channel.title,
    category: channel.game_name,
    language: channel.broadcaster_language,
  }));

export const Clip = z
  .object({
    id,
    url: url.catch(""),
    broadcaster_id: id,
    creator_id: id.catch(""),
    title: shown,
    view_count: count.catch(0),
    created_at: date,
    thumbnail_url: url.catch(""),
    duration: number.catch(0),
    video_id: id.catch(""),
    vod_offset: number.nullish().catch(null),
  })
  .transform((clip) => ({
    clipId: clip.id,
    url: clip.url,
    broadcasterId: clip.broadcaster_id,
    creatorId: clip.creator_id,
    title: clip.title,
    viewCount: clip.view_count,
    createdAt: clip.created_at,
    thumbnailUrl: clip.thumbnail_url,
    durationS: clip.duration,
    videoId: clip.video_id,
    vodOffsetS: clip.vod_offset ?? null,
  }));

export const MadeClip = z
  .object({ id, edit_url: url.catch("") })
  .transform((clip) => ({ clipId: clip.id, editUrl: clip.edit_url }));

export const ClipDownload = z
  .object({
    clip_id: id,
    landscape_download_url: url.nullish().catch(null),
    portrait_download_url: url.nullish().catch(null),
  })
  .transform((clip) => ({
    clipId: clip.clip_id,
    landscapeUrl: clip.landscape_download_url ?? null,
    portraitUrl: clip.portrait_download_url ?? null,
  }));

/** Lengths of videos: "1h2m3s". */
const spoken = z
  .string()
  .regex(/^(?=.)(?:\d{1,6}h)?(?:\d{1,6}m)?(?:\d{1,6}s)?$/)
  .transform((value) => {
    const unit = (name: string) => Number(new RegExp(`(\\d+)${name}`).exec(value)?.[1] ?? 0);
    return unit("h") * 3_600 + unit("m") * 60 + unit("s");
  });

export const Video = z
  .object({
    id,
    stream_id: id.nullish().catch(null),
    user_id: id,
    title: shown,
    created_at: date,
    duration: z.union([number, spoken]).catch(0),
    url: url.catch(""),
  })
  .transform((video) => ({
    videoId: video.id,
    streamId: video.stream_id ?? null,
    userId: video.user_id,
    title: video.title,
    createdAt: video.created_at,
    durationS: video.duration,
    url: video.url,
  }));

/** Codes are open-ended; one that is not sent and gives no reason is `unknown`. */
export const Sent = z
  .object({
    message_id: z.string().nullish().catch(null),
    is_sent: flag,
    drop_reason: z.object({ code: shown }).nullish().catch(null),
  })
  .transform((sent) => ({
    messageId: sent.message_id ?? "",
    isSent: sent.is_sent,
    dropCode: sent.is_sent ? null : sent.drop_reason?.code || "unknown",
  }));

export const Subscription = z
  .object({
    id,
    type: z.string().min(1),
    version: id,
    status: shown,
    cost: count.catch(0),
    condition: z.record(z.string(), z.unknown()).catch({}),
    transport: z.object({ session_id: z.string().nullish() }).nullish().catch(null),
  })
  .transform((listed) => ({
    id: listed.id,
    type: listed.type,
    version: listed.version,
    status: listed.status,
    cost: listed.cost,
    condition: textsOf(listed.condition),
    sessionId: listed.transport?.session_id ?? null,
  }));

/** The parts of a condition that name something; numbers as text. */
function textsOf(condition: Readonly<Record<string, unknown>>): Readonly<Record<string, string>> {
  const texts = Object.entries(condition).flatMap(([key, value]) => {
    const text = id.safeParse(value);
    return text.success ? [[key, text.data] as const] : [];
  });
  return Object.fromEntries(texts);
}
