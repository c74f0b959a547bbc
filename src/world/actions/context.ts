import type { Chat } from "../chat.ts";
import type { WorldCore } from "../core.ts";
import type { IrcServer } from "../irc/server.ts";
import type { WorldChannel, WorldUser } from "../state.ts";

/** Sends an EventSub event to every subscription of `type` whose condition fits `about`. */
export interface Publisher {
  publish(type: string, about: Readonly<Record<string, string>>, event: object): void;
}

/** What an action of the world needs to reach every surface. */
export interface Stage {
  core: WorldCore;
  irc: IrcServer;
  chat: Chat;
  eventsub: Publisher;
  /** Somebody was banned or timed out: chat subscriptions that read as them end (`chat_user_banned`). */
  loseReader(channel: WorldChannel, user: WorldUser): void;
}

/** What an event of this channel is compared with a condition by. */
export const about = (channel: WorldChannel): Record<string, string> => ({ broadcaster_user_id: channel.user.id });
