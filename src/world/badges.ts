import type { WorldChannel, WorldMessage, WorldSub } from "./state.ts";

export interface WorldBadge {
  set_id: string;
  id: string;
  info: string;
}

/** The badges this person wears there, in Twitch's order. */
export function badgesOf(channel: WorldChannel, userId: string): WorldBadge[] {
  const badges: WorldBadge[] = [];
  if (channel.user.id === userId) badges.push({ set_id: "broadcaster", id: "1", info: "" });
  else if (channel.mods.has(userId)) badges.push({ set_id: "moderator", id: "1", info: "" });
  else if (channel.vips.has(userId)) badges.push({ set_id: "vip", id: "1", info: "" });
  const sub = channel.subs.get(userId);
  if (sub) badges.push({ set_id: "subscriber", id: String(tenureBadge(sub)), info: String(sub.months) });
  return badges;
}

/** The badges that a message shows in `channel`: its writer's, and Chat Bot's when it was sent with an app token (not by the broadcaster). */
export function messageBadges(channel: WorldChannel, message: WorldMessage): WorldBadge[] {
  const badges = badgesOf(channel, message.user.id);
  if (message.isChatBot && channel.user !== message.user) badges.push({ set_id: "bot-badge", id: "1", info: "" });
  return badges;
}

/** The id of the subscriber badge: 0, 2, 3, 6, 9, 12, 18, 24 … months, plus 2000 or 3000 for the tier. */
function tenureBadge(sub: WorldSub): number {
  const steps = [0, 2, 3, 6, 9, 12, 18, 24, 30, 36, 42, 48, 54, 60];
  const step = steps.findLast((months) => months <= sub.months) ?? 0;
  return (sub.tier === "1000" ? 0 : Number(sub.tier)) + step;
}
