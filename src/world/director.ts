import type { DirectorLanguage } from "./director/lines.ts";
import { ChannelShow } from "./director/show.ts";
import type { World } from "./world.ts";

export interface DirectedChannel {
  login: string;
  title: string;
  game: string;
  language: DirectorLanguage;
}

export interface DirectorOptions {
  channels: readonly DirectedChannel[];
  /** 1 is a lively small stream (about a line every two seconds); 2 is twice as fast. */
  pace?: number;
  /** Login of the bot, whose own lines the chat reacts to. */
  botLogin?: string;
}

export interface Director {
  /** No more lines from now on; the streams stay live. */
  stop(): void;
}

/** Fills channels with a chat that looks alive, for hours, on the world's clock and from its seed. */
export function startDirector(world: World, options: DirectorOptions): Director {
  const shows = options.channels.map(
    (channel) =>
      new ChannelShow(world, {
        channel,
        pace: options.pace ?? 1,
        botLogin: options.botLogin ?? null,
        chance: world.chance.fork(`director ${channel.login}`),
      }),
  );
  for (const show of shows) show.start();
  return {
    stop() {
      for (const show of shows) show.stop();
    },
  };
}
