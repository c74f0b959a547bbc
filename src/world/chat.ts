import type { WorldCore } from "./core.ts";
import { findEmotes } from "./emotes.ts";
import { isNoticeId, type NoticeId, noticeText } from "./irc/notices.ts";
import { findBan, isElevated, keepMessage, type WorldChannel, type WorldMessage, type WorldUser } from "./state.ts";
import { SlidingWindow } from "./windows.ts";

/** What somebody wants to say. */
export interface Draft {
  channel: WorldChannel;
  user: WorldUser;
  text: string;
  replyToId: string | null;
  nonce: string | null;
  /** The IRC session it came by, which gets no echo; null for Helix and the world's own people. */
  session: object | null;
  bits?: number;
  rewardId?: string | null;
  isHighlighted?: boolean;
  isAction?: boolean;
  /** Shared chat: stays in this room. */
  isSourceOnly?: boolean;
  /** Sent with an app token. */
  isChatBot?: boolean;
  /** The world chooses the id when none is given. */
  id?: string;
}

export type Verdict =
  | { ok: true; message: WorldMessage }
  | { ok: false; code: NoticeId | "muted"; text: string; isSilent: boolean };

/** A message on its way to one room. `home` is the room it was written in. */
export interface Delivery {
  channel: WorldChannel;
  home: WorldChannel;
  message: WorldMessage;
  nonce: string | null;
  /** Gets no echo. */
  exceptSession: object | null;
  viaHelix: boolean;
}

/** What is remembered of who sends, for the limits. */
export interface SenderRecord {
  userId: string;
  normal: readonly number[];
  elevated: readonly number[];
  mutedUntilMs: number;
  last: ReadonlyMap<string, { text: string; atMs: number }>;
}

interface Sender {
  normal: SlidingWindow;
  elevated: SlidingWindow;
  mutedUntilMs: number;
  /** By channel id. */
  last: Map<string, { text: string; atMs: number }>;
}

/** Twitch's limit of a chat line, in characters. */
const CHARS_MAX = 500;

/** One pipeline for all that is said, whether by IRC, by Helix or by the world's own people. */
export class Chat {
  #core: WorldCore;
  #senders = new Map<string, Sender>();
  #listeners: ((delivery: Delivery) => void)[] = [];

  constructor(core: WorldCore) {
    this.#core = core;
  }

  /** Tells `listener` of every line in every room; the returned function ends it. */
  onMessage(listener: (delivery: Delivery) => void): () => void {
    this.#listeners.push(listener);
    return () => {
      this.#listeners = this.#listeners.filter((other) => other !== listener);
    };
  }

  /** Says it as a client would have it said: every rule of Twitch applies, in Twitch's order. */
  submit(draft: Draft, via: "irc" | "helix"): Verdict {
    const nowMs = this.#core.clock.now().getTime();
    const text = this.#fit(draft.text);
    const refusal =
      this.#injected(draft) ?? this.#refusal(draft, text, nowMs) ?? this.#rate(draft, text, nowMs) ?? this.#autoMod(draft, text);
    this.#core.log.add("irc", "note", null, refusal ? "refused" : "accepted", {
      channel: draft.channel.user.login,
      login: draft.user.login,
      via,
      elevated: isElevated(draft.channel, draft.user.id),
      code: refusal ? refusal.code : null,
    });
    if (refusal) return refusal;
    return { ok: true, message: this.publish({ ...draft, text }, via === "helix") };
  }

  /** Puts a line into its room (and, in shared chat, copies into the others) without asking any rule. */
  publish(draft: Draft, viaHelix = false): WorldMessage {
    const { channel, user } = draft;
    const parent = draft.replyToId === null ? undefined : channel.chat.get(draft.replyToId);
    const prefix = parent ? `@${parent.user.displayName} ` : "";
    const message: WorldMessage = {
      id: draft.id ?? this.#core.chance.uuid(),
      channelId: channel.user.id,
      user,
      text: draft.text.startsWith(prefix) ? draft.text : prefix + draft.text,
      isAction: draft.isAction ?? false,
      at: this.#core.clock.now(),
      bits: draft.bits ?? 0,
      isFirst: !channel.knownChatters.has(user.id),
      isHighlighted: draft.isHighlighted ?? false,
      isChatBot: draft.isChatBot ?? false,
      rewardId: draft.rewardId ?? null,
      reply: parent ? { parent, root: parent.reply?.root ?? parent } : null,
      source: null,
      isDeleted: false,
    };
    keepMessage(channel, message);
    this.#deliver({ channel, home: channel, message, nonce: draft.nonce, exceptSession: draft.session, viaHelix });
    if (channel.shared && !draft.isSourceOnly) this.#copy(channel, message, channel.shared.channelIds);
    return message;
  }

  /** Nobody hears this account for `ms`, but where it is broadcaster, moderator or VIP. */
  mute(userId: string, ms: number): void {
    this.#sender(userId).mutedUntilMs = this.#core.clock.now().getTime() + ms;
  }

  isMuted(userId: string): boolean {
    return this.#sender(userId).mutedUntilMs > this.#core.clock.now().getTime();
  }

  get senders(): SenderRecord[] {
    return [...this.#senders].map(([userId, sender]) => ({
      userId,
      normal: sender.normal.times,
      elevated: sender.elevated.times,
      mutedUntilMs: sender.mutedUntilMs,
      last: new Map(sender.last),
    }));
  }

  /** Remembers these in place of all that was. */
  restoreSenders(records: readonly SenderRecord[]): void {
    this.#senders.clear();
    for (const { userId, normal, elevated, mutedUntilMs, last } of records) {
      this.#senders.set(userId, {
        normal: new SlidingWindow(normal),
        elevated: new SlidingWindow(elevated),
        mutedUntilMs,
        last: new Map(last),
      });
    }
  }

  #copy(home: WorldChannel, original: WorldMessage, channelIds: readonly string[]): void {
    for (const id of channelIds) {
      const channel = id === home.user.id ? null : this.#core.state.findChannelById(id);
      if (!channel) continue;
      const copy: WorldMessage = {
        ...original,
        id: this.#core.chance.uuid(),
        channelId: channel.user.id,
        isFirst: !channel.knownChatters.has(original.user.id),
        source: { channelId: home.user.id, messageId: original.id },
      };
      keepMessage(channel, copy);
      this.#deliver({ channel, home, message: copy, nonce: null, exceptSession: null, viaHelix: false });
    }
  }

  #deliver(delivery: Delivery): void {
    for (const listener of this.#listeners) listener(delivery);
  }

  #fit(text: string): string {
    const chars = Array.from(text);
    return chars.length > CHARS_MAX && this.#core.limits.ircLongText === "truncate" ? chars.slice(0, CHARS_MAX).join("") : text;
  }

  #injected(draft: Draft): Refusal | null {
    const context = { channel: draft.channel.user.login, login: draft.user.login };
    if (this.#core.faults.take("I2.silent", context)) return { ok: false, code: "msg_ratelimit", text: "", isSilent: true };
    const fault = this.#core.faults.take("I2.notice", context);
    if (!fault) return null;
    const id = fault.text("msgId", "msg_rejected");
    return refuse(isNoticeId(id) ? id : "msg_rejected");
  }

  #refusal(draft: Draft, text: string, nowMs: number): Refusal | null {
    const { channel, user } = draft;
    const ban = findBan(channel, user.id, new Date(nowMs));
    if (ban?.until) return refuse("msg_timedout", Math.ceil((ban.until.getTime() - nowMs) / 1000));
    if (ban) return refuse("msg_banned", channel.user.login);
    if (channel.isSuspended) return refuse("msg_channel_suspended");
    if (!isElevated(channel, user.id)) {
      const refusal = this.#modes(channel, user, text, nowMs);
      if (refusal) return refusal;
    }
    if (Array.from(text).length > CHARS_MAX) return { ok: false, code: "msg_rejected", text: "", isSilent: true };
    const last = this.#sender(user.id).last.get(channel.user.id);
    if (last && last.text === text && nowMs - last.atMs < this.#core.limits.dupMs) return refuse("msg_duplicate");
    return null;
  }

  /** Followers-only, subscribers-only, emote-only, slow and unique-chat mode, for who is not exempt. */
  #modes(channel: WorldChannel, user: WorldUser, text: string, nowMs: number): Refusal | null {
    const { settings } = channel;
    if (settings.followersOnlyMin >= 0) {
      const since = channel.followers.get(user.id);
      if (!since) return refuse(settings.followersOnlyMin === 0 ? "msg_followersonly_zero" : "msg_followersonly");
      if (nowMs - since.getTime() < settings.followersOnlyMin * 60_000) return refuse("msg_followersonly_followed");
    }
    if (settings.subsOnly && !channel.subs.has(user.id)) return refuse("msg_subsonly");
    if (settings.emoteOnly && findEmotes(text).length !== text.split(" ").length) return refuse("msg_emoteonly");
    const last = this.#sender(user.id).last.get(channel.user.id);
    const waitMs = last && settings.slowS > 0 ? last.atMs + settings.slowS * 1000 - nowMs : 0;
    if (waitMs > 0) return refuse("msg_slowmode", Math.ceil(waitMs / 1000));
    if (settings.uniqueChat && [...channel.chat.values()].some((said) => said.user.id === user.id && said.text === text))
      return refuse("msg_r9k");
    return null;
  }

  /** The message limits. Going over mutes the account for `ircMuteMs`; only the first drop is told. */
  #rate(draft: Draft, text: string, nowMs: number): Refusal | null {
    const { limits } = this.#core;
    const sender = this.#sender(draft.user.id);
    const elevated = isElevated(draft.channel, draft.user.id);
    if (!elevated && sender.mutedUntilMs > nowMs) return { ok: false, code: "muted", text: "", isSilent: true };

    const last = sender.last.get(draft.channel.user.id);
    const isOver = elevated
      ? sender.elevated.count(nowMs, limits.ircWindowMs) >= limits.ircMaxElevated
      : sender.normal.count(nowMs, limits.ircWindowMs) >= limits.ircMax;
    const isFast = !elevated && last !== undefined && nowMs - last.atMs < limits.ircPerChannelMs;
    if (isOver || (isFast && limits.ircPerChannelMutes)) sender.mutedUntilMs = nowMs + limits.ircMuteMs;
    if (isOver || isFast) {
      this.#core.log.add("irc", "note", null, "rate exceeded", {
        login: draft.user.login,
        channel: draft.channel.user.login,
        rule: isOver ? "window" : "per channel",
      });
      return { ...refuse("msg_ratelimit"), isSilent: !limits.ircRateNotice };
    }
    sender.normal.add(nowMs);
    if (elevated) sender.elevated.add(nowMs);
    sender.last.set(draft.channel.user.id, { text, atMs: nowMs });
    return null;
  }

  #autoMod(draft: Draft, text: string): Refusal | null {
    if (isElevated(draft.channel, draft.user.id)) return null;
    const lower = text.toLowerCase();
    for (const [term, way] of draft.channel.terms) {
      if (lower.includes(term)) return refuse(way === "held" ? "msg_rejected" : "msg_rejected_mandatory");
    }
    return null;
  }

  #sender(userId: string): Sender {
    const known = this.#senders.get(userId);
    if (known) return known;
    const sender: Sender = { normal: new SlidingWindow(), elevated: new SlidingWindow(), mutedUntilMs: 0, last: new Map() };
    this.#senders.set(userId, sender);
    return sender;
  }
}

type Refusal = Extract<Verdict, { ok: false }>;

const refuse = (code: NoticeId, value: string | number = ""): Refusal => ({
  ok: false,
  code,
  text: noticeText(code, value),
  isSilent: false,
});
