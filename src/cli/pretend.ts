import type { Config } from "../config.ts";
import type { World } from "../world/index.ts";

/** All of Twitch's addresses, of the pretend world. */
export function pretendUrls({ urls }: World): Pick<Config, "ircUrl" | "eventsubUrl" | "helixUrl" | "idUrl" | "allowPretend"> {
  return { ircUrl: urls.irc, eventsubUrl: urls.eventsub, helixUrl: urls.helix, idUrl: urls.id, allowPretend: true };
}
