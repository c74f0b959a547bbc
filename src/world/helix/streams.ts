import { raid as raidAction } from "../actions/support.ts";
import { plainTime } from "../eventsub/frames.ts";
import type { WorldChannel, WorldStream } from "../state.ts";
import { bodyField, bodyText, channelOf, type Endpoint, isAnswer, noContent, ok, ownChannel, page, problem } from "./answer.ts";

/** The stream as Get Streams sees it: late by `streamsLagMs`. */
export function shownStream(channel: WorldChannel, now: Date): WorldStream | null {
  const isLate = channel.streamShownAt !== null && now < channel.streamShownAt;
  if (!isLate) return channel.stream;
  return channel.stream ? null : channel.lastStream;
}

export const getStreams: Endpoint = {
  run(call) {
    const { state, clock } = call.core;
    const ids = call.query.getAll("user_id");
    const logins = call.query.getAll("user_login").map((login) => login.toLowerCase());
    const games = call.query.getAll("game_id");
    if (ids.length > 100 || logins.length > 100) return problem(400, "The request may not name more than 100 users");
    const isAsked = (channel: WorldChannel) =>
      ids.length + logins.length + games.length === 0 ||
      ids.includes(channel.user.id) ||
      logins.includes(channel.user.login) ||
      games.includes(channel.categoryId);
    const live = [...state.channels.values()].flatMap((channel) => {
      const stream = shownStream(channel, clock.now());
      return stream && isAsked(channel) ? [streamJson(channel, stream)] : [];
    });
    const paged = page(call, live, { first: 20, max: 100 });
    return isAnswer(paged) ? paged : ok(paged);
  },
};

const streamJson = (channel: WorldChannel, stream: WorldStream): object => ({
  id: stream.id,
  user_id: channel.user.id,
  user_login: channel.user.login,
  user_name: channel.user.displayName,
  game_id: channel.categoryId,
  game_name: channel.categoryName,
  type: "live",
  title: channel.title,
  tags: channel.tags,
  viewer_count: stream.viewerCount,
  started_at: plainTime(stream.startedAt),
  language: channel.language,
  thumbnail_url: `https://static-cdn.invalid/live_user_${channel.user.login}-{width}x{height}.jpg`,
  tag_ids: [],
  is_mature: false,
});

export const getChannels: Endpoint = {
  run(call) {
    const ids = call.query.getAll("broadcaster_id");
    if (ids.length === 0 || ids.length > 100) return problem(400, 'Missing required parameter "broadcaster_id"');
    const data = ids.flatMap((id) => {
      const channel = call.core.state.findChannelById(id);
      if (!channel) return [];
      return [
        {
          broadcaster_id: channel.user.id,
          broadcaster_login: channel.user.login,
          broadcaster_name: channel.user.displayName,
          broadcaster_language: channel.language,
          game_id: channel.categoryId,
          game_name: channel.categoryName,
          title: channel.title,
          delay: 0,
          tags: channel.tags,
          content_classification_labels: channel.labels,
          is_branded_content: false,
        },
      ];
    });
    return ok({ data });
  },
};

export const patchChannel: Endpoint = {
  scopes: ["channel:manage:broadcast"],
  needsUser: true,
  run(call) {
    const channel = ownChannel(call);
    if (isAnswer(channel)) return channel;
    const title = bodyField(call, "title");
    if (title === "") return problem(400, "The title may not be empty");
    const categoryId = bodyField(call, "game_id");
    const game = typeof categoryId === "string" ? call.core.state.categories.get(categoryId) : undefined;
    if (typeof categoryId === "string" && categoryId !== "" && categoryId !== "0" && game === undefined)
      return problem(400, "The ID in game_id is not valid");
    const language = bodyText(call, "broadcaster_language");
    call.world.updateChannel(channel.user.login, {
      ...(typeof title === "string" ? { title } : {}),
      ...(game === undefined ? {} : { game }),
      ...(language === "" ? {} : { language }),
    });
    return noContent();
  },
};

export const searchCategories: Endpoint = {
  run(call) {
    const query = (call.query.get("query") ?? "").toLowerCase();
    if (query === "") return problem(400, 'Missing required parameter "query"');
    const all = [...call.core.state.categories]
      .filter(([, name]) => name.toLowerCase().includes(query))
      .map(([id, name]) => ({ id, name, box_art_url: `https://static-cdn.invalid/${id}-52x72.jpg` }));
    const paged = page(call, all, { first: 20, max: 100 });
    return isAnswer(paged) ? paged : ok(paged);
  },
};

export const startRaid: Endpoint = {
  scopes: ["channel:manage:raids"],
  needsUser: true,
  run(call) {
    const from = channelOf(call, call.query.get("from_broadcaster_id"));
    if (isAnswer(from)) return from;
    const to = channelOf(call, call.query.get("to_broadcaster_id"));
    if (isAnswer(to)) return problem(404, "The target channel was not found");
    if (from.user !== call.user)
      return problem(401, "The ID in from_broadcaster_id must match the user ID found in the request's OAuth token.");
    if (from === to) return problem(400, "A channel cannot raid itself");
    const now = call.core.clock.now();
    raidAction(call.world.stage, from.user.login, to.user.login, from.stream?.viewerCount ?? 0);
    return ok({ data: [{ created_at: plainTime(now), is_mature: false }] });
  },
};

export const getHypeTrainStatus: Endpoint = {
  scopes: ["channel:read:hype_train"],
  needsUser: true,
  run(call) {
    const channel = ownChannel(call);
    if (isAnswer(channel)) return channel;
    const train = channel.hypeTrain;
    const current = train ? { id: train.id, level: train.level, started_at: plainTime(train.startedAt) } : null;
    return ok({ data: [{ current, all_time_high: null, shared_all_time_high: null }] });
  },
};

export const getAds: Endpoint = {
  scopes: ["channel:read:ads"],
  needsUser: true,
  run(call) {
    const channel = ownChannel(call);
    if (isAnswer(channel)) return channel;
    return ok({
      data: [{ next_ad_at: "", last_ad_at: "", duration: 60, preroll_free_time: 0, snooze_count: 3, snooze_refresh_at: "" }],
    });
  },
};
