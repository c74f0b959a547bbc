import { type IrcLine, toChatMessage } from "../../domain/irc-line.ts";
import type { SupportKind } from "../../domain/events.ts";
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
      const messageId = line.tags["target-msg-id"];
      const channelLogin = loginOf(line);
      return messageId && channelLogin ? { kind: "message_deleted", channelLogin, channelId: line.tags["room-id"] || null, messageId } : null;
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
  const channelId = tags["room-id"];
  const kind = tags["msg-id"] ?? "";
  if (!channelId) return null;
  // A copy of another room's notice in a shared chat is that room's event, not ours.
  if (tags["source-room-id"] && tags["source-room-id"] !== channelId) return null;
  if (kind === "raid") {
    return {
      kind: "raid",
      channelId,
      fromLogin: tags["msg-param-login"] || tags["login"] || "",
      fromName: tags["msg-param-displayName"] || tags["display-name"] || tags["login"] || "",
      viewers: countOf(tags["msg-param-viewerCount"]),
    };
  }
  const support = SUPPORT[kind];
  if (!support) return null;
  // The gifts of a bomb follow it one by one: the bomb alone is the decision.
  if (support === "gift" && tags["msg-param-community-gift-id"]) return null;
  return {
    kind: "support",
    channelId,
    chatterId: tags["user-id"] || "",
    login: tags["login"] || "",
    name: tags["display-name"] || tags["login"] || "",
    support,
    amount: support === "gift_bomb" ? countOf(tags["msg-param-mass-gift-count"]) : 1,
    months: countOf(tags["msg-param-cumulative-months"]) || null,
    text: (line.params[1] ?? "").slice(0, NOTICE_CHARS_MAX),
  };
}

function clearOf(line: IrcLine): ChatInbound | null {
  const channelLogin = loginOf(line);
  if (!channelLogin) return null;
  const seconds = line.tags["ban-duration"];
  return {
    kind: "chatter_cleared",
    channelLogin,
    channelId: line.tags["room-id"] || null,
    chatterId: line.tags["target-user-id"] || null,
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
