export { ManualClock, realClock, type WorldClock } from "./clock.ts";
export { type DirectedChannel, type Director, type DirectorOptions, startDirector } from "./director.ts";
export { type PrivmsgParts, renderPrivmsg } from "./irc/render.ts";
export type { ModelRule, ModelStep } from "./model/script.ts";
export { PUBLIC_CLIENT } from "./tokens.ts";
export { startWorld, type World, type WorldOptions, type WorldUrls } from "./world.ts";
