import type { ChannelOptions } from "../state.ts";
import type { Stage } from "./context.ts";

/** The channel goes live. Gives the stream's id. Going live twice changes nothing. */
export function goLive(stage: Stage, channelLogin: string, options: ChannelOptions & { viewers?: number } = {}): string {
  const { state, clock, chance, log } = stage.core;
  const channel = state.addChannel(channelLogin, options);
  if (channel.stream) return channel.stream.id;
  channel.stream = {
    id: String(chance.int(40_000_000_000, 49_999_999_999)),
    startedAt: clock.now(),
    viewerCount: options.viewers ?? 0,
  };
  log.add("world", "note", null, "online", { channel: channel.user.login, id: channel.stream.id });
  return channel.stream.id;
}

export function goOffline(stage: Stage, channelLogin: string): void {
  const channel = stage.core.state.channel(channelLogin);
  if (!channel.stream) return;
  stage.core.log.add("world", "note", null, "offline", { channel: channel.user.login, id: channel.stream.id });
  channel.stream = null;
}

export function setViewers(stage: Stage, channelLogin: string, viewers: number): void {
  const channel = stage.core.state.channel(channelLogin);
  if (channel.stream) channel.stream.viewerCount = viewers;
}

/** Title, category, language. */
export function updateChannel(
  stage: Stage,
  channelLogin: string,
  options: Pick<ChannelOptions, "title" | "game" | "language">,
): void {
  stage.core.state.addChannel(channelLogin, options);
}
