import type { Chat, TwitchInbound } from "../../ports.ts";
import type { HelixSpeaker } from "./helix-speaker.ts";
import { createIrcChat, type IrcOptions } from "./irc.ts";

/**
 * Chat over IRC whose lines go out with the app's own token where Twitch allows it: they carry the Chat Bot badge and stay
 * in the home room of a shared chat. Elsewhere they go over IRC.
 */
export function createIrcChatWithApp(options: IrcOptions, speaker: HelixSpeaker): Chat {
  const ids = new Map<string, string>();
  const hear = (inbound: TwitchInbound) => {
    if (inbound.kind === "joined") ids.set(inbound.channelLogin, inbound.channelId);
    // A line that went over the HTTP API may come back here: whoever sent it records it.
    if (inbound.kind === "message" && speaker.recognise(inbound.message)) return;
    options.onInbound(inbound);
  };
  const chat = createIrcChat({ ...options, onInbound: hear });
  return {
    start: () => chat.start(),
    setChannels: (logins) => chat.setChannels(logins),
    renew: () => chat.renew(),
    isModerator: (login) => chat.isModerator(login),
    status: () => chat.status(),
    stop: () => chat.stop(),
    say(line) {
      const channelId = ids.get(line.channelLogin);
      if (channelId === undefined || speaker.via(channelId) !== "app") return chat.say(line);
      if (!chat.status().joined.includes(line.channelLogin)) return Promise.resolve({ status: "rejected", reason: "not_joined" });
      return speaker.say({ channelId, text: line.text, replyToId: line.replyToId });
    },
  };
}
