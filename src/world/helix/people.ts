import { plainTime } from "../eventsub/frames.ts";
import { isModerator, type WorldUser } from "../state.ts";
import { channelOf, type Endpoint, type HelixCall, isAnswer, ok, ownChannel, page, problem } from "./answer.ts";

const names = (user: WorldUser) => ({ user_id: user.id, user_login: user.login, user_name: user.displayName });

export const getUsers: Endpoint = {
  run(call) {
    const { state } = call.core;
    const ids = call.query.getAll("id");
    const logins = call.query.getAll("login");
    if (ids.length + logins.length > 100) return problem(400, "The request may not name more than 100 users");
    if (ids.length + logins.length === 0) {
      return call.user ? ok({ data: [userJson(call, call.user)] }) : problem(400, "The request must name a user");
    }
    const found = [...ids.map((id) => state.usersById.get(id)), ...logins.map((login) => state.findUser(login))];
    return ok({ data: [...new Set(found)].flatMap((user) => (user ? [userJson(call, user)] : [])) });
  },
};

function userJson(call: HelixCall, user: WorldUser): object {
  const isOwn = call.user === user && call.token.scopes.includes("user:read:email");
  return {
    id: user.id,
    login: user.login,
    display_name: user.displayName,
    type: user.type,
    broadcaster_type: user.broadcasterType,
    description: user.description,
    profile_image_url: "https://static-cdn.invalid/profile-300x300.png",
    offline_image_url: "",
    view_count: 0,
    ...(isOwn && user.email !== null ? { email: user.email } : {}),
    created_at: plainTime(user.createdAt),
  };
}

export const getFollowers: Endpoint = {
  run(call) {
    const { state } = call.core;
    const channel = channelOf(call);
    if (isAnswer(channel)) return channel;
    const total = channel.followers.size;
    const maySee =
      call.token.scopes.includes("moderator:read:followers") && call.user !== null && isModerator(channel, call.user.id);
    const one = call.query.get("user_id");
    if (!maySee)
      return one === null ? ok({ total, data: [], pagination: {} }) : problem(401, "Missing scope: moderator:read:followers");
    const all = [...channel.followers]
      .filter(([id]) => one === null || id === one)
      .sort((a, b) => b[1].getTime() - a[1].getTime())
      .flatMap(([id, at]) => {
        const user = state.usersById.get(id);
        return user ? [{ ...names(user), followed_at: plainTime(at) }] : [];
      });
    const paged = page(call, all, { first: 20, max: 100 });
    return isAnswer(paged) ? paged : ok({ total, ...paged });
  },
};

export const getChatters: Endpoint = {
  scopes: ["moderator:read:chatters"],
  needsUser: true,
  run(call) {
    const { world, core } = call;
    const channel = channelOf(call);
    if (isAnswer(channel)) return channel;
    const moderatorId = call.query.get("moderator_id");
    if (moderatorId !== call.user?.id)
      return problem(401, "The ID in moderator_id must match the user ID found in the request's OAuth token.");
    if (!isModerator(channel, moderatorId)) return problem(403, "The user is not one of the broadcaster's moderators");
    const sessions = [...world.irc.room(channel)].flatMap((session) => (session.user ? [session.user.id] : []));
    const here = new Set([...channel.present, ...sessions]);
    const all = [...here].flatMap((id) => {
      const user = core.state.usersById.get(id);
      return user ? [names(user)] : [];
    });
    const paged = page(call, all, { first: 100, max: 1_000 });
    return isAnswer(paged) ? paged : ok({ ...paged, total: all.length });
  },
};

export const getModerators: Endpoint = {
  scopes: ["moderation:read"],
  needsUser: true,
  run(call) {
    const channel = ownChannel(call);
    if (isAnswer(channel)) return channel;
    const asked = call.query.getAll("user_id");
    const all = [...channel.mods].flatMap((id) => {
      const user = call.core.state.usersById.get(id);
      return user && (asked.length === 0 || asked.includes(id)) ? [names(user)] : [];
    });
    const paged = page(call, all, { first: 20, max: 100 });
    return isAnswer(paged) ? paged : ok(paged);
  },
};

export const getSubscriptionsOfChannel: Endpoint = {
  scopes: ["channel:read:subscriptions"],
  needsUser: true,
  run(call) {
    const { state } = call.core;
    const channel = ownChannel(call);
    if (isAnswer(channel)) return channel;
    const all = [...channel.subs].flatMap(([id, sub]) => {
      const user = state.usersById.get(id);
      const gifter = sub.gifterId === null ? undefined : state.usersById.get(sub.gifterId);
      if (!user) return [];
      return [
        {
          broadcaster_id: channel.user.id,
          broadcaster_login: channel.user.login,
          broadcaster_name: channel.user.displayName,
          gifter_id: gifter?.id ?? "",
          gifter_login: gifter?.login ?? "",
          gifter_name: gifter?.displayName ?? "",
          is_gift: gifter !== undefined,
          plan_name: "Channel Subscription",
          tier: sub.tier,
          ...names(user),
        },
      ];
    });
    const paged = page(call, all, { first: 20, max: 100 });
    return isAnswer(paged) ? paged : ok({ ...paged, total: all.length, points: all.length });
  },
};
