import { addReward, redemptionEvent } from "../actions/support.ts";
import { plainTime } from "../eventsub/frames.ts";
import type { WorldChannel, WorldRedemption, WorldReward } from "../state.ts";
import {
  bodyField,
  bodyText,
  type Endpoint,
  type HelixAnswer,
  type HelixCall,
  isAnswer,
  noContent,
  ok,
  ownChannel,
  page,
  problem,
} from "./answer.ts";

const READ = ["channel:read:redemptions", "channel:manage:redemptions"];
const MANAGE = ["channel:manage:redemptions"];

const who = (channel: WorldChannel) => ({
  broadcaster_id: channel.user.id,
  broadcaster_login: channel.user.login,
  broadcaster_name: channel.user.displayName,
});

const rewardJson = (channel: WorldChannel, reward: WorldReward): object => ({
  ...who(channel),
  id: reward.id,
  title: reward.title,
  prompt: reward.prompt,
  cost: reward.cost,
  image: null,
  default_image: {
    url_1x: "https://static-cdn.invalid/1.png",
    url_2x: "https://static-cdn.invalid/2.png",
    url_4x: "https://static-cdn.invalid/4.png",
  },
  background_color: "#00E5CB",
  is_enabled: true,
  is_user_input_required: reward.prompt !== "",
  max_per_stream_setting: { is_enabled: false, max_per_stream: 0 },
  max_per_user_per_stream_setting: { is_enabled: false, max_per_user_per_stream: 0 },
  global_cooldown_setting: { is_enabled: false, global_cooldown_seconds: 0 },
  is_paused: false,
  is_in_stock: true,
  should_redemptions_skip_request_queue: false,
  redemptions_redeemed_current_stream: null,
  cooldown_expires_at: null,
});

export const getRewards: Endpoint = {
  scopes: READ,
  needsUser: true,
  run(call) {
    const channel = ownChannel(call);
    if (isAnswer(channel)) return channel;
    const ids = call.query.getAll("id");
    const isOwnOnly = call.query.get("only_manageable_rewards") === "true";
    const found = [...channel.rewards.values()].filter(
      (reward) => (ids.length === 0 || ids.includes(reward.id)) && (!isOwnOnly || reward.clientId === call.token.clientId),
    );
    return ok({ data: found.map((reward) => rewardJson(channel, reward)) });
  },
};

export const createReward: Endpoint = {
  scopes: MANAGE,
  needsUser: true,
  run(call) {
    const channel = ownChannel(call);
    if (isAnswer(channel)) return channel;
    const title = bodyText(call, "title");
    const cost = bodyField(call, "cost");
    if (title === "" || typeof cost !== "number" || cost < 1) return problem(400, "title and cost are needed");
    if ([...channel.rewards.values()].some((reward) => reward.title === title))
      return problem(400, "CREATE_CUSTOM_REWARD_DUPLICATE_REWARD");
    const reward = addReward(channel, {
      id: call.core.chance.uuid(),
      title,
      cost,
      prompt: bodyText(call, "prompt"),
      clientId: call.token.clientId,
    });
    return ok({ data: [rewardJson(channel, reward)] });
  },
};

export const deleteReward: Endpoint = {
  scopes: MANAGE,
  needsUser: true,
  run(call) {
    const channel = ownChannel(call);
    if (isAnswer(channel)) return channel;
    const reward = channel.rewards.get(call.query.get("id") ?? "");
    if (!reward) return problem(404, "The custom reward was not found");
    if (reward.clientId !== call.token.clientId) return problem(403, "The custom reward belongs to another client");
    channel.rewards.delete(reward.id);
    return noContent();
  },
};

export const getRedemptions: Endpoint = {
  scopes: READ,
  needsUser: true,
  run(call) {
    const channel = ownChannel(call);
    if (isAnswer(channel)) return channel;
    const reward = ownReward(call, channel);
    if (isAnswer(reward)) return reward;
    const status = call.query.get("status")?.toLowerCase() ?? null;
    const ids = call.query.getAll("id");
    if (status === null && ids.length === 0) return problem(400, "status or id is needed");
    const found = [...channel.redemptions.values()].filter(
      (each) => each.rewardId === reward.id && (ids.length === 0 ? each.status === status : ids.includes(each.id)),
    );
    const paged = page(call, found, { first: 20, max: 50 });
    return isAnswer(paged)
      ? paged
      : ok({ ...paged, data: paged.data.map((each) => redemptionJson(call, channel, reward, each)) });
  },
};

export const patchRedemptions: Endpoint = {
  scopes: MANAGE,
  needsUser: true,
  run(call) {
    const channel = ownChannel(call);
    if (isAnswer(channel)) return channel;
    const reward = ownReward(call, channel);
    if (isAnswer(reward)) return reward;
    const status = bodyText(call, "status").toLowerCase();
    if (status !== "fulfilled" && status !== "canceled") return problem(400, "status must be FULFILLED or CANCELED");
    const changed = call.query.getAll("id").flatMap((id) => channel.redemptions.get(id) ?? []);
    if (changed.length === 0 || changed.some((each) => each.status !== "unfulfilled"))
      return problem(404, "The redemptions were not found or are settled");
    for (const redemption of changed) {
      redemption.status = status;
      const user = call.core.state.usersById.get(redemption.userId);
      if (!user) continue;
      const about = { broadcaster_user_id: channel.user.id, reward_id: reward.id };
      call.world.eventsub.publish(
        "channel.channel_points_custom_reward_redemption.update",
        about,
        redemptionEvent(channel, user, reward, redemption),
      );
    }
    return ok({ data: changed.map((each) => redemptionJson(call, channel, reward, each)) });
  },
};

/** The reward, if the client that asks made it. */
function ownReward(call: HelixCall, channel: WorldChannel): WorldReward | HelixAnswer {
  const reward = channel.rewards.get(call.query.get("reward_id") ?? "");
  if (!reward) return problem(404, "The custom reward was not found");
  return reward.clientId === call.token.clientId ? reward : problem(403, "The custom reward belongs to another client");
}

function redemptionJson(call: HelixCall, channel: WorldChannel, reward: WorldReward, redemption: WorldRedemption): object {
  const user = call.core.state.usersById.get(redemption.userId);
  return {
    ...who(channel),
    id: redemption.id,
    user_id: user?.id ?? "",
    user_login: user?.login ?? "",
    user_name: user?.displayName ?? "",
    user_input: redemption.input,
    status: redemption.status.toUpperCase(),
    redeemed_at: plainTime(redemption.at),
    reward: { id: reward.id, title: reward.title, prompt: reward.prompt, cost: reward.cost },
  };
}
