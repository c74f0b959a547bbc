import { findBan, isModerator, type WorldChannel, type WorldUser } from "../state.ts";
import {
  bodyField,
  bodyText,
  channelOf,
  type Endpoint,
  type HelixAnswer,
  type HelixCall,
  isAnswer,
  noContent,
  ok,
  problem,
} from "./answer.ts";

const CHARS_MAX = 500;
/** A pin made while sending always lasts this long. */
const SEND_PIN_MS = 20 * 60_000;

export const sendMessage: Endpoint = {
  scopes: ["user:write:chat"],
  run(call) {
    const { core } = call;
    const channel = channelOf(call, given(call, "broadcaster_id"));
    if (isAnswer(channel)) return channel;
    const sender = core.state.usersById.get(given(call, "sender_id"));
    if (!sender) return problem(400, "The sender was not found");
    const refusal = maySpeak(call, channel, sender);
    if (refusal) return refusal;
    const text = bodyText(call, "message");
    if (text === "") return problem(400, "The message may not be empty");
    const context = { channel: channel.user.login, login: sender.login };
    if (Array.from(text).length > CHARS_MAX || core.faults.take("H4.unprocessable", context))
      return problem(422, "The message is too large");
    return deliver(call, channel, sender, text);
  },
};

/** The ids may stand in the body or in the query. */
const given = (call: HelixCall, key: string): string => bodyText(call, key) || (call.query.get(key) ?? "");

/** Whether the token may speak as this sender here. */
function maySpeak(call: HelixCall, channel: WorldChannel, sender: WorldUser): HelixAnswer | null {
  const { tokens, clock } = call.core;
  if (call.token.kind === "user") {
    if (call.user !== sender)
      return problem(401, "The ID in sender_id must match the user ID found in the request's OAuth token.");
    if (bodyField(call, "for_source_only") !== undefined) return problem(400, "for_source_only needs an app access token");
  } else {
    const isBot =
      tokens.isGranted(sender.id, call.token.clientId, "user:bot") &&
      tokens.isGranted(sender.id, call.token.clientId, "user:write:chat");
    const isWelcome =
      isModerator(channel, sender.id) ||
      channel.user === sender ||
      tokens.isGranted(channel.user.id, call.token.clientId, "channel:bot");
    if (!isBot || !isWelcome) return problem(401, "The sender or the broadcaster has not authorized the app");
  }
  const ban = findBan(channel, sender.id, clock.now());
  return ban && ban.until === null
    ? problem(403, "The sender is not permitted to send chat messages to the broadcaster's chat room.")
    : null;
}

function deliver(call: HelixCall, channel: WorldChannel, sender: WorldUser, text: string): HelixAnswer {
  const { core, world } = call;
  const context = { channel: channel.user.login, login: sender.login };
  const notSent = core.faults.take("H4.not_sent", context);
  if (notSent) return dropped(notSent.text("code", "msg_rejected"), "Your message was not sent.");
  const parentId = bodyText(call, "reply_parent_message_id");
  const refused = core.faults.take("H4.reply_refused", context);
  if (parentId !== "" && (refused || !channel.chat.has(parentId))) {
    return refused?.is("silently")
      ? dropped("msg_rejected", "Your message was not sent.")
      : problem(400, "Message cannot be replied to.");
  }
  if (text.startsWith("/") && !text.startsWith("/me ")) return dropped("unrecognized_cmd", "Your message was not sent.");
  const wantsPin = bodyField(call, "pin") === true;
  if (wantsPin && !mayPin(call, channel, sender))
    return dropped("pin_failed", "Your message could not be pinned and was not sent.");
  const isSourceOnly = call.token.kind === "app" && bodyField(call, "for_source_only") !== false;
  const verdict = world.chat.submit(
    {
      channel,
      user: sender,
      text: text.replace(/^\.+(?=\S)/, ""),
      replyToId: parentId === "" ? null : parentId,
      nonce: null,
      session: null,
      isSourceOnly,
      isChatBot: call.token.kind === "app",
    },
    "helix",
  );
  if (!verdict.ok) return dropped(DROP_CODES[verdict.code] ?? verdict.code, verdict.text);
  if (wantsPin) channel.pin = { messageId: verdict.message.id, until: new Date(core.clock.now().getTime() + SEND_PIN_MS) };
  return ok({ data: [{ message_id: verdict.message.id, is_sent: true }] });
}

const dropped = (code: string, message: string): HelixAnswer =>
  ok({ data: [{ message_id: "", is_sent: false, drop_reason: { code, message } }] });

/** What Helix calls a refusal that IRC tells by NOTICE. */
const DROP_CODES: Readonly<Record<string, string>> = {
  msg_timedout: "user_timed_out",
  muted: "msg_ratelimit",
  msg_slowmode: "channel_settings",
  msg_subsonly: "channel_settings",
  msg_emoteonly: "channel_settings",
  msg_followersonly: "channel_settings",
  msg_followersonly_zero: "channel_settings",
  msg_followersonly_followed: "channel_settings",
  msg_r9k: "channel_settings",
};

const mayPin = (call: HelixCall, channel: WorldChannel, sender: WorldUser): boolean =>
  isModerator(channel, sender.id) && call.token.scopes.includes("moderator:manage:chat_messages");

/** The moderator that the query names must be the token's user, and moderate there. */
export function moderatedChannel(call: HelixCall): WorldChannel | HelixAnswer {
  const channel = channelOf(call);
  if (isAnswer(channel)) return channel;
  const id = call.query.get("moderator_id") ?? "";
  if (id !== call.user?.id)
    return problem(401, "The ID in moderator_id must match the user ID found in the request's OAuth token.");
  return isModerator(channel, id) ? channel : problem(403, "The user is not one of the broadcaster's moderators");
}

export const getPins: Endpoint = {
  scopes: ["moderator:read:chat_messages", "moderator:manage:chat_messages"],
  needsUser: true,
  run(call) {
    const channel = moderatedChannel(call);
    if (isAnswer(channel)) return channel;
    const { pin } = channel;
    const isOver = pin?.until != null && pin.until <= call.core.clock.now();
    return ok({ data: pin && !isOver ? [{ message_id: pin.messageId }] : [] });
  },
};

const setPin: Endpoint["run"] = (call) => {
  const channel = moderatedChannel(call);
  if (isAnswer(channel)) return channel;
  const messageId = call.query.get("message_id") ?? "";
  if (!channel.chat.has(messageId)) return problem(404, "The message was not found");
  const seconds = call.query.get("duration_seconds");
  if (seconds !== null && !(Number(seconds) >= 30 && Number(seconds) <= 1_800))
    return problem(400, "duration_seconds must be 30 to 1800");
  channel.pin = {
    messageId,
    until: seconds === null ? null : new Date(call.core.clock.now().getTime() + Number(seconds) * 1000),
  };
  return noContent();
};

export const putPin: Endpoint = { scopes: ["moderator:manage:chat_messages"], needsUser: true, run: setPin };
export const patchPin: Endpoint = putPin;

export const deletePin: Endpoint = {
  scopes: ["moderator:manage:chat_messages"],
  needsUser: true,
  run(call) {
    const channel = moderatedChannel(call);
    if (isAnswer(channel)) return channel;
    channel.pin = null;
    return noContent();
  },
};

export const sendAnnouncement: Endpoint = {
  scopes: ["moderator:manage:announcements"],
  needsUser: true,
  run(call) {
    const channel = moderatedChannel(call);
    if (isAnswer(channel)) return channel;
    const text = bodyText(call, "message");
    if (text === "") return problem(400, "The message may not be empty");
    call.world.announce(channel.user.login, call.user?.login ?? "", text, (bodyText(call, "color") || "primary").toUpperCase());
    return noContent();
  },
};

export const deleteMessages: Endpoint = {
  scopes: ["moderator:manage:chat_messages"],
  needsUser: true,
  run(call) {
    const channel = moderatedChannel(call);
    if (isAnswer(channel)) return channel;
    const id = call.query.get("message_id");
    if (id === null) call.world.clear(channel.user.login);
    else if (!call.world.delete(channel.user.login, id)) return problem(404, "The message was not found");
    return noContent();
  },
};

export const banUser: Endpoint = {
  scopes: ["moderator:manage:banned_users"],
  needsUser: true,
  run(call) {
    const channel = moderatedChannel(call);
    if (isAnswer(channel)) return channel;
    const data = bodyField(call, "data");
    const given = typeof data === "object" && data !== null ? (data as Record<string, unknown>) : {};
    const user = call.core.state.usersById.get(String(given.user_id ?? ""));
    if (!user) return problem(400, "The user to ban was not found");
    if (isModerator(channel, user.id)) return problem(400, "The user specified in the user_id field may not be banned.");
    const seconds = typeof given.duration === "number" ? given.duration : null;
    const reason = typeof given.reason === "string" ? given.reason : "";
    if (seconds === null) call.world.ban(channel.user.login, user.login, reason);
    else call.world.timeout(channel.user.login, user.login, seconds, reason);
    const now = call.core.clock.now();
    return ok({
      data: [
        {
          broadcaster_id: channel.user.id,
          moderator_id: call.user?.id,
          user_id: user.id,
          created_at: now.toISOString(),
          end_time: seconds === null ? null : new Date(now.getTime() + seconds * 1000).toISOString(),
        },
      ],
    });
  },
};

export const unbanUser: Endpoint = {
  scopes: ["moderator:manage:banned_users"],
  needsUser: true,
  run(call) {
    const channel = moderatedChannel(call);
    if (isAnswer(channel)) return channel;
    const user = call.core.state.usersById.get(call.query.get("user_id") ?? "");
    if (!user || !channel.bans.has(user.id))
      return problem(400, "The user specified in the user_id query parameter is not banned.");
    call.world.unban(channel.user.login, user.login);
    return noContent();
  },
};
