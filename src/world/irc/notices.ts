/** Twitch's NOTICE texts by msg-id (IRC guide, 2026). `{}` takes the value given. */
const NOTICE_TEXTS = {
  emote_only_on: "This room is now in emote-only mode.",
  emote_only_off: "This room is no longer in emote-only mode.",
  followers_on: "This room is now in {} followers-only mode.",
  followers_on_zero: "This room is now in followers-only mode.",
  followers_off: "This room is no longer in followers-only mode.",
  slow_on: "This room is now in slow mode. You may send messages every {} seconds.",
  slow_off: "This room is no longer in slow mode.",
  subs_on: "This room is now in subscribers-only mode.",
  subs_off: "This room is no longer in subscribers-only mode.",
  r9k_on: "This room is now in unique-chat mode.",
  r9k_off: "This room is no longer in unique-chat mode.",
  msg_banned: "You are permanently banned from talking in {}.",
  msg_timedout: "You are timed out for {} more seconds.",
  msg_bad_characters:
    "Your message was not sent because it contained too many unprocessable characters. If you believe this is an error, please rephrase and try again.",
  msg_channel_blocked: "Your message was not sent because your account is not in good standing in this channel.",
  msg_channel_suspended: "This channel does not exist or has been suspended.",
  msg_duplicate: "Your message was not sent because it is identical to the previous one you sent, less than 30 seconds ago.",
  msg_ratelimit: "Your message was not sent because you are sending messages too quickly.",
  msg_slowmode:
    "This room is in slow mode and you are sending messages too quickly. You will be able to talk again in {} seconds.",
  msg_emoteonly: "This room is in emote-only mode.",
  msg_subsonly: "This room is in subscribers only mode.",
  msg_r9k: "This room is in unique-chat mode and the message you attempted to send is not unique.",
  msg_followersonly: "This room is in followers-only mode. Follow to join the community!",
  msg_followersonly_followed: "This room is in followers-only mode. You have not been following long enough.",
  msg_followersonly_zero: "This room is in followers-only mode. Follow to join the community!",
  msg_rejected: "Hey! Your message is being checked by mods and has not been sent.",
  msg_rejected_mandatory: "Your message wasn’t posted due to conflicts with the channel’s moderation settings.",
  msg_requires_verified_phone_number: "A verified phone number is required to chat in this channel.",
  msg_verified_email: "This room requires a verified account to chat.",
  msg_suspended: "You don’t have permission to perform that action.",
  tos_ban: "The community has closed channel {} due to Terms of Service violations.",
  unrecognized_cmd: "Unrecognized command: {}",
} as const;

export type NoticeId = keyof typeof NOTICE_TEXTS;

export const NOTICE_IDS = Object.keys(NOTICE_TEXTS) as readonly NoticeId[];

export function noticeText(id: NoticeId, value: string | number = ""): string {
  return NOTICE_TEXTS[id].replace("{}", String(value));
}

export const isNoticeId = (id: string): id is NoticeId => Object.hasOwn(NOTICE_TEXTS, id);
