import type { World } from "./world.ts";

/** What another process, or a scenario, may have the world do, by name: the arguments come in order, as the world's own methods take them. */
const ACTIONS = [
  "addChannel",
  "addUser",
  "issueToken",
  "revokeConsent",
  "approveDevice",
  "denyDevice",
  "say",
  "delete",
  "clear",
  "setChatSettings",
  "follow",
  "sub",
  "endSub",
  "gift",
  "cheer",
  "redeem",
  "raid",
  "announce",
  "watchStreak",
  "goLive",
  "goOffline",
  "setViewers",
  "updateChannel",
  "hypeTrain",
  "adBreak",
  "ban",
  "timeout",
  "unban",
  "setModerator",
  "shareChat",
  "endSharedChat",
  "notice",
  "reconnectIrc",
  "dropIrc",
  "freezeIrc",
  "reconnectEventSub",
  "closeEventSub",
  "freezeEventSub",
  "revokeSubscriptions",
  "muteAccount",
] as const satisfies readonly (keyof World)[];

export type ActionName = (typeof ACTIONS)[number];

export const isActionName = (name: string): name is ActionName => (ACTIONS as readonly string[]).includes(name);

/** Calls one of the named actions and gives what JSON can hold of its result. Throws for any other name. */
export function act(world: World, name: string, args: readonly unknown[]): unknown {
  if (!isActionName(name)) throw new Error(`no action ${name}`);
  const method = world[name] as (...args: readonly unknown[]) => unknown;
  const result = method.apply(world, [...args]);
  return name === "addChannel" || name === "addUser" ? { done: true } : (result ?? null);
}
