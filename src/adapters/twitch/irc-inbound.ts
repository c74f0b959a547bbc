import type { SupportKind } from "../../domain/events.ts";
import { type IrcLine, toChatMessage } from "../../domain/irc-line.ts";
import type { ChatInbound } from "../../ports.ts";

/** Longest text of a notice that is kept, in UTF-16 units. */
const NOTICE_CHARS_MAX = 500;

/** What a line of IRC means to us, or null when it means nothing (yet). */
export function inboundOf(line: IrcLine, receivedAt: Date): ChatInbound | null {
  switch (line.command) {
    case "PRIVMSG": {
      const message = toChatMessage(line, receivedAt);
      return message === null ? null : { kind: "message", message };
    }
    case "USERNOTICE":
      return noticeOf(line);
    case "CLEARCHAT":
      return clearOf(line);
    case "CLEARMSG": {
      const messageId = line.tags.get("target-msg-id");
      const channelLogin = loginOf(line);
      return messageId && channelLogin
        ? { kind: "message_deleted", channelLogin, channelId: line.tags.get("room-id") || null, messageId }
        : null;
    }
    default:
      return null;
  }
}

const SUPPORT: Readonly<Record<string, SupportKind>> = {
  sub: "sub",
  resub: "resub",
  subgift: "gift",
  submysterygift: "gift_bomb",
};

function noticeOf(line: IrcLine): ChatInbound | null {
  const { tags } = line;
  const channelId = tags.get("room-id");
  const kind = tags.get("msg-id") ?? "";
  if (!channelId) return null;
  // A copy of another room's notice in a shared chat is that room's event, not ours.
  if (tags.get("source-room-id") && tags.get("source-room-id") !== channelId) return null;
  if (kind === "raid") {
    return {
      kind: "raid",
      channelId,
      fromLogin: tags.get("msg-param-login") || tags.get("login") || "",
      fromName: tags.get("msg-param-displayName") || tags.get("display-name") || tags.get("login") || "",
      viewers: countOf(tags.get("msg-param-viewerCount")),
    };
  }
  const support = SUPPORT[kind];
  if (!support) return null;
  // The gifts of a bomb follow it one by one: the bomb alone is the decision.
  if (support === "gift" && tags.get("msg-param-community-gift-id")) return null;
  return {
    kind: "support",
    channelId,
    chatterId: tags.get("user-id") || "",
    login: tags.get("login") || "",
    name: tags.get("display-name") || tags.get("login") || "",
    support,
    amount: support === "gift_bomb" ? countOf(tags.get("msg-param-mass-gift-count")) : 1,
    months: countOf(tags.get("msg-param-cumulative-months")) || null,
    text: (line.params[1] ?? "").slice(0, NOTICE_CHARS_MAX),
  };
}

function clearOf(line: IrcLine): ChatInbound | null {
  const channelLogin = loginOf(line);
  if (!channelLogin) return null;
  const seconds = line.tags.get("ban-duration");
  return {
    kind: "chatter_cleared",
    channelLogin,
    channelId: line.tags.get("room-id") || null,
    chatterId: line.tags.get("target-user-id") || null,
    login: line.params[1]?.toLowerCase() ?? null,
    seconds: seconds ? countOf(seconds) : null,
  };
}

function loginOf(line: IrcLine): string | null {
  return line.params[0]?.startsWith("#") ? line.params[0].slice(1).toLowerCase() : null;
}

function countOf(text: string | undefined): number {
  const n = Number.parseInt(text ?? "", 10);
  return Number.isSafeInteger(n) && n > 0 ? n : 0;
}
