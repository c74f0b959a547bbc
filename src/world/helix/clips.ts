import { videoIdOf, type WorldClip } from "../clips.ts";
import { plainTime } from "../eventsub/frames.ts";
import { findBan, type WorldChannel } from "../state.ts";
import { channelOf, type Endpoint, type HelixAnswer, type HelixCall, isAnswer, ok, page, problem } from "./answer.ts";

const DURATION_S = { min: 5, max: 60, usual: 30 } as const;
const WEEK_MS = 7 * 86_400_000;

export const createClip: Endpoint = {
  scopes: ["clips:edit"],
  needsUser: true,
  run(call) {
    const { core, world, user } = call;
    const channel = channelOf(call);
    if (isAnswer(channel)) return channel;
    if (!user) return problem(401, "Missing User OAUTH Token");
    const durationS = durationOf(call);
    if (durationS === null) return problem(400, "The duration must be between 5 and 60");
    if (!channel.stream) return problem(404, "Clipping is not possible for an offline channel.");
    if (!channel.canClip || findBan(channel, user.id, core.clock.now()))
      return problem(403, "User does not have permissions to Clip on this channel.");
    const title = call.query.get("title");
    if (title !== null && isRejected(channel, title)) return problem(400, "The title did not pass AutoMod");
    const clip = world.clips.add(channel, user, { durationS, ...(title === null ? {} : { title }) });
    return accepted(channel, clip);
  },
};

export const createClipFromVideo: Endpoint = {
  scopes: ["editor:manage:clips", "channel:manage:clips"],
  run(call) {
    const { world, core } = call;
    const channel = channelOf(call);
    if (isAnswer(channel)) return channel;
    const editor = core.state.usersById.get(call.query.get("editor_id") ?? "");
    if (!editor || (call.user && call.user !== editor))
      return problem(401, "The ID in editor_id must match the user ID found in the request's OAuth token.");
    if (editor !== channel.user && !channel.editors.has(editor.id))
      return problem(403, "The user is not an editor of the channel");
    const title = call.query.get("title") ?? "";
    const offsetS = Number(call.query.get("vod_offset") ?? Number.NaN);
    const durationS = durationOf(call);
    if (title === "" || durationS === null || !Number.isInteger(offsetS))
      return problem(400, "title, vod_offset and duration must be valid");
    if (offsetS < durationS) return problem(400, "vod_offset must be at least the duration");
    if (call.query.get("vod_id") !== videoIdOf(channel) || videoIdOf(channel) === "")
      return problem(404, "The video was not found");
    return accepted(channel, world.clips.add(channel, editor, { title, durationS, vodOffsetS: offsetS }));
  },
};

const accepted = (channel: WorldChannel, clip: WorldClip): HelixAnswer => ({
  status: 202,
  body: { data: [{ id: clip.id, edit_url: `https://www.twitch.tv/${channel.user.login}/clip/${clip.id}` }] },
});

function durationOf(call: HelixCall): number | null {
  const given = Number(call.query.get("duration") ?? DURATION_S.usual);
  return given >= DURATION_S.min && given <= DURATION_S.max ? given : null;
}

const isRejected = (channel: WorldChannel, title: string): boolean =>
  [...channel.terms.keys()].some((term) => title.toLowerCase().includes(term));

export const getClips: Endpoint = {
  run(call) {
    const { world, query } = call;
    const ids = query.getAll("id");
    const broadcasterId = query.get("broadcaster_id");
    const gameId = query.get("game_id");
    if ([ids.length > 0, broadcasterId !== null, gameId !== null].filter(Boolean).length !== 1)
      return problem(400, "Exactly one of id, game_id, broadcaster_id is needed");
    if (ids.length > 100) return problem(400, "The request may not name more than 100 clips");
    const from = query.get("started_at");
    const startMs = from === null ? Number.NEGATIVE_INFINITY : Date.parse(from);
    const end = query.get("ended_at");
    const endMs = from === null ? Number.POSITIVE_INFINITY : end === null ? startMs + WEEK_MS : Date.parse(end);
    const found = world.clips.visible().filter((clip) => {
      if (ids.length > 0) return ids.includes(clip.id);
      const isThere = clip.channelId === broadcasterId || clip.categoryId === gameId;
      return isThere && clip.createdAt.getTime() >= startMs && clip.createdAt.getTime() <= endMs;
    });
    const paged = page(call, found, { first: 20, max: 100 });
    return isAnswer(paged) ? paged : ok({ ...paged, data: paged.data.map((clip) => clipJson(call, clip)) });
  },
};

function clipJson(call: HelixCall, clip: WorldClip): object {
  const { state, clock } = call.core;
  const hasVideo = clip.videoAt <= clock.now();
  return {
    id: clip.id,
    url: `https://clips.twitch.tv/${clip.id}`,
    embed_url: `https://clips.twitch.tv/embed?clip=${clip.id}`,
    broadcaster_id: clip.channelId,
    broadcaster_name: state.usersById.get(clip.channelId)?.displayName ?? "",
    creator_id: clip.creatorId,
    creator_name: state.usersById.get(clip.creatorId)?.displayName ?? "",
    video_id: hasVideo ? clip.videoId : "",
    game_id: clip.categoryId,
    language: clip.language,
    title: clip.title,
    view_count: 0,
    created_at: plainTime(clip.createdAt),
    thumbnail_url: `https://static-cdn.invalid/${clip.id}-preview-480x272.jpg`,
    duration: clip.durationS,
    vod_offset: hasVideo ? clip.vodOffsetS : null,
    is_featured: false,
  };
}

export const getClipDownloads: Endpoint = {
  scopes: ["editor:manage:clips", "channel:manage:clips"],
  run(call) {
    const { core, world } = call;
    const channel = channelOf(call);
    if (isAnswer(channel)) return channel;
    const editorId = call.query.get("editor_id") ?? "";
    if (call.user && call.user.id !== editorId)
      return problem(401, "The ID in editor_id must match the user ID found in the request's OAuth token.");
    if (editorId !== channel.user.id && !channel.editors.has(editorId))
      return problem(403, "The user is not an editor of the channel");
    const ids = call.query.getAll("clip_id");
    if (ids.length === 0 || ids.length > 10) return problem(400, "clip_id must be given one to ten times");
    const isNull = core.faults.take("H5.downloads_null", { channel: channel.user.login }) !== null;
    const expires = core.clock.now().getTime() + core.limits.clipDownloadMs;
    const data = ids.flatMap((id) => {
      const clip = world.clips.all.get(id);
      if (!clip || clip.channelId !== channel.user.id) return [];
      const url = isNull || clip.readyAt === null ? null : `http://127.0.0.1:${world.port}/cdn/${id}.mp4?expires=${expires}`;
      return [{ clip_id: id, landscape_download_url: url, portrait_download_url: null }];
    });
    return ok({ data });
  },
};

export const getVideos: Endpoint = {
  run(call) {
    const { state, clock } = call.core;
    const ids = call.query.getAll("id");
    const userId = call.query.get("user_id");
    if (ids.length === 0 && userId === null) return problem(400, "One of id, user_id, game_id is needed");
    const all = [...state.channels.values()].flatMap((channel) => {
      const stream = channel.stream ?? channel.lastStream;
      const id = videoIdOf(channel);
      if (!stream || !(ids.includes(id) || channel.user.id === userId)) return [];
      const seconds = Math.floor((clock.now().getTime() - stream.startedAt.getTime()) / 1000);
      return [
        {
          id,
          stream_id: stream.id,
          user_id: channel.user.id,
          user_login: channel.user.login,
          user_name: channel.user.displayName,
          title: channel.title,
          description: "",
          created_at: plainTime(stream.startedAt),
          published_at: plainTime(stream.startedAt),
          url: `https://www.twitch.tv/videos/${id}`,
          thumbnail_url: "https://static-cdn.invalid/video-%{width}x%{height}.jpg",
          viewable: "public",
          view_count: 0,
          language: channel.language,
          type: "archive",
          duration: `${Math.floor(seconds / 3_600)}h${Math.floor(seconds / 60) % 60}m${seconds % 60}s`,
          muted_segments: null,
        },
      ];
    });
    if (ids.length > 0 && all.length === 0) return problem(404, "The videos were not found");
    const paged = page(call, all, { first: 20, max: 100 });
    return isAnswer(paged) ? paged : ok(paged);
  },
};

/** `/cdn/<clip>.mp4`: bytes while the link is good, 403 after. */
export function downloadClip(url: URL, now: Date): Response {
  if (Number(url.searchParams.get("expires")) < now.getTime()) return new Response("expired", { status: 403 });
  const bytes = new Uint8Array(4_096);
  bytes.set(new TextEncoder().encode("\u0000\u0000\u0000\u0018ftypmp42"));
  return new Response(bytes, { headers: { "content-type": "video/mp4" } });
}
