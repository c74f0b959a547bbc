import type { ChannelSettings, ChannelState, Effect, Inbound } from "../../src/domain/channel.ts";
import { emptyChannel, receive } from "../../src/domain/channel.ts";
import type { ChatMessage } from "../../src/domain/chat.ts";
import { builtinReply } from "../../src/domain/replies.ts";

/** The instant of tests that do not care which. */
export const noon = new Date("2026-11-22T12:00:00.000Z");

/** The instant `ms` after `noon`. */
export const after = (ms: number): Date => new Date(noon.getTime() + ms);

/** A line of Ned in the channel `studio`, less or more what the test says of it. */
export const aMessage = (over: Partial<ChatMessage> = {}): ChatMessage => ({
  id: "m1",
  sourceId: null,
  sourceChannelId: null,
  channelId: "1001",
  channelLogin: "studio",
  chatterId: "2002",
  login: "ned",
  displayName: "Ned",
  text: "hello there",
  isAction: false,
  isBroadcaster: false,
  isMod: false,
  isVip: false,
  isSubscriber: false,
  isFirst: false,
  bits: 0,
  color: "",
  emotes: [],
  replyToId: null,
  sentAt: noon,
  ...over,
});

export const aSettings = (over: Partial<ChannelSettings> = {}): ChannelSettings => ({
  trigger: "byte",
  ownerIds: ["9000"],
  isReadOnly: false,
  replyCooldownMs: 0,
  chatterCooldownMs: 0,
  knownBots: [],
  canSendSourceOnly: false,
  ...over,
});

export const ourBot = { login: "bytebot", userId: "9001", displayName: "ByteBot" };

/** The channel `studio` before its first line. */
export const aChannel = (over: Partial<ChannelSettings> = {}): ChannelState =>
  emptyChannel({ channelId: "1001", login: "studio" }, ourBot, aSettings(over), null);

/** A channel under test: keeps the state, tells the effects of each inbound. */
export class Room {
  state: ChannelState;
  now: Date = noon;
  #next = 0;

  constructor(state: ChannelState = aChannel()) {
    this.state = state;
  }

  tell(inbound: Inbound): Effect[] {
    const [next, effects] = receive(this.state, inbound, this.now);
    this.state = next;
    return effects;
  }

  /** Somebody writes; the ids are `m1`, `m2` … and the trace of `mN` is `tN`. */
  write(text: string, over: Partial<ChatMessage> = {}): Effect[] {
    this.#next++;
    const id = `m${this.#next}`;
    return this.tell({
      kind: "message",
      message: aMessage({ id, text, sentAt: this.now, ...over }),
      traceId: `t${this.#next}`,
    });
  }

  /** The model answers. */
  answer(traceId: string, text: string): Effect[] {
    return this.tell({ kind: "reply_ready", traceId, text: builtinReply(text), route: "model", latencyMs: 5 });
  }

  /** Twitch confirms what was said. */
  confirm(traceId: string, text: string, messageId = `our-${traceId}`): Effect[] {
    const outcome = { status: "confirmed", messageId } as const;
    return this.tell({ kind: "sent", traceId, outcome, text: builtinReply(text), route: "model", latencyMs: 5 });
  }

  /** Time passes. */
  wait(ms: number): void {
    this.now = new Date(this.now.getTime() + ms);
  }
}

export const kinds = (effects: readonly Effect[]): string[] =>
  effects.map((effect) => (effect.kind === "happened" ? effect.body.type : effect.kind));

/** The only effect of that kind. */
export function only<K extends Effect["kind"]>(effects: readonly Effect[], kind: K): Extract<Effect, { kind: K }> {
  const found = effects.filter((effect): effect is Extract<Effect, { kind: K }> => effect.kind === kind);
  const [first] = found;
  if (!first || found.length > 1) throw new Error(`expected one ${kind}, got ${JSON.stringify(kinds(effects))}`);
  return first;
}
