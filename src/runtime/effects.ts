import { type ChannelState, type Effect, type Inbound, type SavedChannel, savedChannel } from "../domain/channel.ts";
import { AppError } from "../domain/errors.ts";
import type { Actor, ReplyRoute, SilenceReason } from "../domain/events.ts";
import { buildPrompt, type Persona } from "../domain/prompts.ts";
import { builtinReply } from "../domain/replies.ts";
import type { Chance, Chat, Clock, Log, Timers } from "../ports.ts";
import type { ChannelActor } from "./actor.ts";
import type { Leases } from "./leases.ts";
import type { Outbox } from "./outbox.ts";
import { codeOf, type Recorder } from "./recorder.ts";
import type { Replies } from "./replies.ts";

/** Says something in the agent's language, by key of the word tables. */
export type Say = (key: AgentWord, params?: Readonly<Record<string, string | number>>) => string;

export type AgentWord =
  | "agent.help"
  | "agent.status"
  | "agent.channels"
  | "agent.channels_none"
  | "agent.join_ok"
  | "agent.join_already"
  | "agent.part_ok"
  | "agent.part_unknown"
  | "agent.not_owner"
  | "agent.failed"
  | "agent.word.ok"
  | "agent.word.bad"
  | "agent.word.missing"
  | "agent.word.channels";

/** A channel is left after this long even when the farewell was not confirmed. */
const FAREWELL_MS = 6_000;
const MINUTE_MS = 60_000;
/** Channels that are named in chat; the others are counted. */
const NAMED_MAX = 20;

export interface EffectsOptions {
  chat: Chat;
  recorder: Recorder;
  /** Null: no model is configured. */
  replies: Replies | null;
  outbox: Outbox;
  leases: () => Leases;
  /** The word that calls the agent. */
  trigger: string;
  persona: Persona;
  language: "pt" | "en";
  startedAt: Date;
  say: Say;
  time: Clock & Timers;
  chance: Chance;
  log: Log;
}

/** What effects need of the channels. */
export interface ChannelDesk {
  /** Gives the actor something to decide. */
  wake(actor: ChannelActor, inbound: Inbound): void;
  join(login: string, by: Actor): Promise<unknown>;
  part(login: string, by: Actor): Promise<void>;
  /** The configured channels, in their order. */
  logins(): readonly string[];
}

/** Does what the channel's reducer wants done. Nothing here decides, and nothing makes the actor wait. */
export class Effects {
  readonly #o: EffectsOptions;
  readonly #desk: ChannelDesk;
  /** What follows once a line was said (or was not), by trace: the leaving of a channel. */
  readonly #afterSaying = new Map<string, () => void>();

  constructor(options: EffectsOptions, desk: ChannelDesk) {
    this.#o = options;
    this.#desk = desk;
  }

  perform(actor: ChannelActor, effect: Effect): void {
    switch (effect.kind) {
      case "record":
        return this.#o.recorder.addLine(effect.line);
      case "happened":
        return this.#o.recorder.addEvent(actor.channelId, effect.body, effect.traceId, effect.told);
      case "deleted":
        return this.#delete(actor, effect.what);
      case "ask_model":
        return this.#ask(actor, effect);
      case "abort_model":
        this.#o.replies?.abort(effect.traceId, effect.reason);
        return this.#o.outbox.cancelTrace(effect.traceId, effect.reason);
      case "answer_builtin":
        return this.#answer(actor, effect.traceId, effect.route, this.#builtin(effect.command), effect.askedAt);
      case "manage":
        void this.#manage(actor, effect);
        return;
      case "say":
        return this.#say(actor, effect);
      case "save_state":
        return this.save(actor, effect.saved);
    }
  }

  #delete(actor: ChannelActor, what: Extract<Effect, { kind: "deleted" }>["what"]): void {
    const { channelId } = actor;
    const { recorder } = this.#o;
    if (what.kind === "message") recorder.addDeletion({ channelId, messageId: what.messageId });
    else if (what.kind === "all") recorder.addDeletion({ channelId, all: true });
    else if (what.chatterId !== null) recorder.addDeletion({ channelId, chatterId: what.chatterId });
  }

  #ask(actor: ChannelActor, effect: Extract<Effect, { kind: "ask_model" }>): void {
    const { traceId } = effect;
    const { replies, recorder, persona, language, time } = this.#o;
    const state = actor.state as ChannelState;
    if (replies === null) return this.#fail(actor, traceId, "model_missing");
    if (!this.#o.leases().holds(state.login)) return this.#fail(actor, traceId, "database_lost");
    const messages = buildPrompt({
      persona,
      language,
      channelLogin: state.login,
      context: effect.context,
      question: effect.question,
      asker: effect.asker,
      facts: [],
      now: time.now(),
    });
    void replies.ask({ traceId, channelId: actor.channelId, messages, asker: effect.asker.login }).then((result) => {
      if (result.ok) {
        this.#desk.wake(actor, {
          kind: "reply_ready",
          traceId,
          text: result.text,
          route: result.route,
          latencyMs: result.latencyMs,
        });
        return;
      }
      if (result.reason.startsWith("model_")) {
        recorder.addEvent(actor.channelId, { type: "model.failed", reason: result.reason, model: replies.model }, traceId);
      }
      this.#fail(actor, traceId, result.reason);
    });
  }

  #fail(actor: ChannelActor, traceId: string, reason: SilenceReason): void {
    this.#desk.wake(actor, { kind: "reply_failed", traceId, reason });
  }

  #answer(actor: ChannelActor, traceId: string, route: ReplyRoute, text: string, askedAt: Date): void {
    const latencyMs = Math.max(0, this.#o.time.now().getTime() - askedAt.getTime());
    this.#desk.wake(actor, { kind: "reply_ready", traceId, text: builtinReply(text), route, latencyMs });
  }

  #builtin(command: "help" | "status" | "not_owner"): string {
    const { say, trigger, persona, startedAt, time } = this.#o;
    if (command === "not_owner") return say("agent.not_owner");
    if (command === "help") return say("agent.help", { name: persona.name, trigger });
    const { joined, state } = this.#o.chat.status();
    const word = (isWell: boolean) => say(isWell ? "agent.word.ok" : "agent.word.bad");
    const model = this.#o.replies?.status();
    return say("agent.status", {
      uptime: uptimeOf(time.now().getTime() - startedAt.getTime()),
      channels: say("agent.word.channels", { count: joined.length }),
      chat: word(state === "connected"),
      model: model ? word(!model.isOpen && model.lastFailure === null) : say("agent.word.missing"),
      database: word(this.#o.recorder.stats().awaySince === null),
    });
  }

  /** Joins, parts and lists from chat, with the same effect as the dashboard's. */
  async #manage(actor: ChannelActor, effect: Extract<Effect, { kind: "manage" }>): Promise<void> {
    const { say } = this.#o;
    const login = effect.login ?? "";
    if (effect.action === "part" && login === actor.state?.login) return this.#partHere(actor, effect.traceId, login, effect);
    const text = await this.#managed(effect.action, login, effect.by).catch((error: unknown) => {
      if (error instanceof AppError && error.reason === "channel_already_joined")
        return say("agent.join_already", { channel: login });
      if (error instanceof AppError && error.reason === "channel_unknown") return say("agent.part_unknown", { channel: login });
      this.#o.log.warn("channels.manage_failed", { traceId: effect.traceId, code: codeOf(error) });
      return say("agent.failed");
    });
    this.#answer(actor, effect.traceId, effect.action, text, effect.askedAt);
  }

  /** Leaving the very channel: the answer is said first, because nothing can be said there afterwards. */
  #partHere(actor: ChannelActor, traceId: string, login: string, effect: { by: Actor; askedAt: Date }): void {
    const leave = () => {
      this.#afterSaying.delete(traceId);
      cancel();
      this.#desk.part(login, effect.by).catch((error: unknown) => {
        this.#o.log.warn("channels.manage_failed", { traceId, code: codeOf(error) });
      });
    };
    const cancel = this.#o.time.after(FAREWELL_MS, leave);
    this.#afterSaying.set(traceId, leave);
    this.#answer(actor, traceId, "part", this.#o.say("agent.part_ok", { channel: login }), effect.askedAt);
  }

  async #managed(action: "join" | "part" | "channels", login: string, by: Actor): Promise<string> {
    const { say } = this.#o;
    if (action === "join") {
      await this.#desk.join(login, by);
      return say("agent.join_ok", { channel: login });
    }
    if (action === "part") {
      await this.#desk.part(login, by);
      return say("agent.part_ok", { channel: login });
    }
    const logins = this.#desk.logins();
    if (logins.length === 0) return say("agent.channels_none");
    const more = logins.length > NAMED_MAX ? ` +${logins.length - NAMED_MAX}` : "";
    return say("agent.channels", { count: logins.length, list: logins.slice(0, NAMED_MAX).join(", ") + more });
  }

  #say(actor: ChannelActor, effect: Extract<Effect, { kind: "say" }>): void {
    const { traceId, text, route, latencyMs, replyToId } = effect;
    const login = actor.state?.login ?? "";
    const outcome = this.#o.leases().holds(login)
      ? this.#o.outbox.say({ traceId, channelLogin: login, text, replyToId })
      : Promise.resolve({ status: "rejected", reason: "database_lost" } as const);
    void outcome.then((told) => {
      this.#desk.wake(actor, { kind: "sent", traceId, outcome: told, text, route, latencyMs });
      this.#afterSaying.get(traceId)?.();
    });
  }

  /** Keeps what the channel would need after a restart: `saved`, or what it is now. */
  save({ state }: ChannelActor, saved?: SavedChannel): void {
    if (state === null) return;
    const { channelId, login } = state;
    const kept = saved ?? savedChannel(state);
    this.#o.recorder.saveState({ channelId, login, lastEvent: null, ...kept, state: {}, updatedAt: this.#o.time.now() });
  }
}

/** Hours and minutes, in a form that both languages read. */
function uptimeOf(ms: number): string {
  const minutes = Math.floor(ms / MINUTE_MS);
  return minutes < 60 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}
