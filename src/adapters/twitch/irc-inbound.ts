import type { SubTier, SupportKind } from "../../domain/events.ts";
import { type IrcLine, toChatMessage } from "../../domain/irc-line.ts";
import type { Occurrence, Origin, Person } from "../../domain/occurrences.ts";
import type { TwitchInbound } from "../../ports.ts";

/** Longest text of a notice that is kept, in UTF-16 units. */
const NOTICE_CHARS_MAX = 500;
/** Names, ids and tiers; Twitch's own are shorter. */
const WORD_CHARS_MAX = 64;

/** What a line of IRC means to us, or null when it means nothing (yet). */
export function inboundOf(line: IrcLine, receivedAt: Date): TwitchInbound | null {
  switch (line.command) {
    case "PRIVMSG": {
      const message = toChatMessage(line, receivedAt);
      return message === null ? null : { kind: "message", message };
    }
    case "USERNOTICE":
      return noticeOf(line, receivedAt);
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

/**
 * The notices that tell of money for the channel. Who goes on paying for a sub that was given or came with Prime has
 * subscribed (`…paidupgrade`); who extends one has subscribed again. Not among them, though money may be near: paying a
 * gift forward (`standardpayforward`, `communitypayforward`: the gift has a notice of its own), what Twitch or a sponsor gives
 * (`rewardgift`, `primecommunitygiftreceived`), charity (it does not go to the channel), badges and rituals.
 */
const SUPPORT: ReadonlyMap<string, SupportKind> = new Map([
  ["sub", "sub"],
  ["resub", "resub"],
  ["subgift", "gift"],
  ["anonsubgift", "gift"],
  ["submysterygift", "gift_bomb"],
  ["anonsubmysterygift", "gift_bomb"],
  ["primepaidupgrade", "sub"],
  ["giftpaidupgrade", "sub"],
  ["anongiftpaidupgrade", "sub"],
  ["extendsub", "resub"],
]);

/** The account by which Twitch shows anonymous gifts. */
const ANONYMOUS_GIFTER_ID = "274598607";
const NOBODY: Person = { userId: "", login: "", name: "" };

function noticeOf(line: IrcLine, receivedAt: Date): TwitchInbound | null {
  const { tags } = line;
  const channelId = tags.get("room-id");
  if (!channelId) return null;
  // A copy of another room's notice in a shared chat is that room's event, not ours.
  if (tags.get("source-room-id") && tags.get("source-room-id") !== channelId) return null;
  const kind = tags.get("msg-id") ?? "";
  const origin = originOf(line, receivedAt);
  const occurrence = kind === "raid" ? raidOf(line, origin) : supportOf(line, SUPPORT.get(kind), origin);
  return occurrence === null ? null : { kind: "occurrence", channelId, occurrence };
}

function raidOf({ tags }: IrcLine, origin: Origin): Occurrence {
  const login = tags.get("msg-param-login") || tags.get("login") || "";
  const name = tags.get("msg-param-displayName") || tags.get("display-name");
  const viewers = countOf(tags.get("msg-param-viewerCount"));
  return { kind: "raid", origin, from: personOf(tags.get("user-id"), login, name), viewers };
}

function supportOf(line: IrcLine, support: SupportKind | undefined, origin: Origin): Occurrence | null {
  if (support === undefined) return null;
  const { tags } = line;
  const isGift = support === "gift" || support === "gift_bomb";
  return {
    kind: "support",
    origin,
    support,
    by: isGift ? gifterOf(line) : personOf(tags.get("user-id"), tags.get("login"), tags.get("display-name")),
    amount: support === "gift_bomb" ? Math.max(1, countOf(tags.get("msg-param-mass-gift-count"))) : 1,
    months: isGift ? null : countOf(tags.get("msg-param-cumulative-months")) || null,
    tier: tierOf(tags.get("msg-param-sub-plan")),
    text: (line.params[1] ?? "").slice(0, NOTICE_CHARS_MAX),
    giftId: isGift ? wordOf(tags.get("msg-param-community-gift-id")) || null : null,
    recipient: support === "gift" ? recipientOf(line) : null,
  };
}

function gifterOf({ tags }: IrcLine): Person {
  const isAnonymous = tags.get("user-id") === ANONYMOUS_GIFTER_ID || (tags.get("msg-id") ?? "").startsWith("anon");
  return isAnonymous ? NOBODY : personOf(tags.get("user-id"), tags.get("login"), tags.get("display-name"));
}

function recipientOf({ tags }: IrcLine): Person {
  const login = tags.get("msg-param-recipient-user-name") || tags.get("msg-param-recipient-name");
  return personOf(tags.get("msg-param-recipient-id"), login, tags.get("msg-param-recipient-display-name"));
}

/** Plans are 1000, 2000, 3000 and Prime; others pass as they are (F15). */
const tierOf = (plan: string | undefined): SubTier => wordOf(plan) || null;

function personOf(userId: string | undefined, login: string | undefined, name: string | undefined): Person {
  const known = wordOf(login).toLowerCase();
  return { userId: wordOf(userId), login: known, name: wordOf(name) || known };
}

/** The ids of chat are the same on IRC and in `channel.chat.*`. */
function originOf({ tags }: IrcLine, receivedAt: Date): Origin {
  const sentMs = countOf(tags.get("tmi-sent-ts"));
  const at = new Date(sentMs);
  return { source: "chat", id: wordOf(tags.get("id")), at: sentMs > 0 && !Number.isNaN(at.getTime()) ? at : receivedAt };
}

function clearOf(line: IrcLine): TwitchInbound | null {
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

const wordOf = (text: string | undefined): string => (text ?? "").trim().slice(0, WORD_CHARS_MAX);

function countOf(text: string | undefined): number {
  const n = Number.parseInt(text ?? "", 10);
  return Number.isSafeInteger(n) && n > 0 ? n : 0;
}
