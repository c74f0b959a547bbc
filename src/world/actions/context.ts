import type { Chat } from "../chat.ts";
import type { WorldCore } from "../core.ts";
import type { IrcServer } from "../irc/server.ts";

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
}
