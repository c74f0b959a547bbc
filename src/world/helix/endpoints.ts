import type { Endpoint } from "./answer.ts";
import {
  banUser,
  deleteMessages,
  deletePin,
  getPins,
  patchPin,
  putPin,
  sendAnnouncement,
  sendMessage,
  unbanUser,
} from "./chat.ts";
import { createClip, createClipFromVideo, getClipDownloads, getClips, getVideos } from "./clips.ts";
import { createSubscription, deleteSubscription, getSubscriptions } from "./eventsub.ts";
import { getChatters, getFollowers, getModerators, getSubscriptionsOfChannel, getUsers } from "./people.ts";
import { createReward, deleteReward, getRedemptions, getRewards, patchRedemptions } from "./points.ts";
import { getAds, getChannels, getHypeTrainStatus, getStreams, patchChannel, searchCategories, startRaid } from "./streams.ts";

/** Every endpoint of the pretend Helix: the map of it. */
export const ENDPOINTS: Readonly<Record<string, Endpoint>> = {
  "GET /users": getUsers,
  "GET /streams": getStreams,
  "GET /channels": getChannels,
  "PATCH /channels": patchChannel,
  "GET /channels/followers": getFollowers,
  "GET /channels/ads": getAds,
  "GET /chat/chatters": getChatters,
  "POST /chat/messages": sendMessage,
  "GET /chat/pins": getPins,
  "PUT /chat/pins": putPin,
  "PATCH /chat/pins": patchPin,
  "DELETE /chat/pins": deletePin,
  "POST /chat/announcements": sendAnnouncement,
  "GET /clips": getClips,
  "POST /clips": createClip,
  "GET /clips/downloads": getClipDownloads,
  "GET /videos": getVideos,
  "POST /videos/clips": createClipFromVideo,
  "GET /eventsub/subscriptions": getSubscriptions,
  "POST /eventsub/subscriptions": createSubscription,
  "DELETE /eventsub/subscriptions": deleteSubscription,
  "POST /moderation/bans": banUser,
  "DELETE /moderation/bans": unbanUser,
  "DELETE /moderation/chat": deleteMessages,
  "GET /moderation/moderators": getModerators,
  "GET /subscriptions": getSubscriptionsOfChannel,
  "POST /raids": startRaid,
  "GET /search/categories": searchCategories,
  "GET /channel_points/custom_rewards": getRewards,
  "POST /channel_points/custom_rewards": createReward,
  "DELETE /channel_points/custom_rewards": deleteReward,
  "GET /channel_points/custom_rewards/redemptions": getRedemptions,
  "PATCH /channel_points/custom_rewards/redemptions": patchRedemptions,
  "GET /hypetrain/status": getHypeTrainStatus,
};
