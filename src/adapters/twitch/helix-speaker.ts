import type { ChatMessage } from "../../domain/chat.ts";
import type { SayOutcome } from "../../domain/events.ts";
import type { Clock, Log, Timers } from "../../ports.ts";
import { APP, type Helix, type HelixFailure, type Tokens } from "../../ports-twitch.ts";

/** After a request whose answer was lost, our own line may still come back over chat within this. */
const EVIDENCE_MS = 5_000;
/** A line of ours is recognised in chat for this long after it was sent. */
const OURS_MS = 30_000;
/** Lines remembered for that. More than the limiter lets through in that time. */
const OURS_MAX = 200;
/** Where Twitch did not let the app speak, it is asked again after this: a broadcaster may have allowed it meanwhile. */
const APP_RETRY_MS = 3_600_000;

interface OurLine {
  channelId: string;
  text: string;
  at: Date;
  /** Twitch's id, once told. */
  messageId: string | null;
  /** Told when the line is seen in chat. */
  onSeen: ((messageId: string) => void) | null;
}

interface SpeakerOptions {
  helix: Pick<Helix, "sendMessage">;
  tokens: Pick<Tokens, "scopes">;
  /** The bot's user id; null while there is no usable bot account. */
  botId(): string | null;
  /** Whether an app token is to be had. */
  hasApp: boolean;
  time: Clock & Timers;
  log: Log;
}

/**
 * Sends chat lines over the HTTP API. With the app's own token where that is allowed (the Chat Bot badge, and lines that
 * stay in the home room of a shared chat), else with the bot's. `is_sent` is the evidence; where the answer was lost, our
 * line seen in chat is, and without it the line stays unconfirmed and is not sent again.
 */
export class HelixSpeaker {
  readonly #o: SpeakerOptions;
  readonly #noAppUntil = new Map<string, Date>();
  #ours: OurLine[] = [];

  constructor(options: SpeakerOptions) {
    this.#o = options;
  }

  /** With which token a line can be sent to the channel; null: not at all. */
  via(channelId: string): "app" | "user" | null {
    const botId = this.#o.botId();
    if (botId === null) return null;
    const scopes = this.#o.tokens.scopes(botId);
    if (!scopes.includes("user:write:chat")) return null;
    const until = this.#noAppUntil.get(channelId);
    const isAppBarred = until !== undefined && until > this.#o.time.now();
    return this.#o.hasApp && scopes.includes("user:bot") && !isAppBarred ? "app" : "user";
  }

  async say(line: { channelId: string; text: string; replyToId: string | null }): Promise<SayOutcome> {
    const via = this.via(line.channelId);
    const botId = this.#o.botId();
    if (via === null || botId === null) return { status: "rejected", reason: "anonymous" };
    const outcome = await this.#send(line, botId, via);
    if (outcome !== "not_allowed") return outcome;
    // Twitch let nothing through: the bot's own token may still.
    this.#noAppUntil.set(line.channelId, new Date(this.#o.time.now().getTime() + APP_RETRY_MS));
    this.#o.log.info("chat.app_not_allowed", { channelId: line.channelId });
    const again = await this.#send(line, botId, "user");
    return again === "not_allowed" ? { status: "rejected", reason: "not_allowed" } : again;
  }

  /** Whether this message of chat is a line that we sent: it is recorded by whoever sent it. */
  recognise(message: ChatMessage): boolean {
    if (message.chatterId !== this.#o.botId()) return false;
    this.#forgetOld();
    const text = message.text.trim();
    const line = this.#ours.find(
      (one) =>
        one.channelId === message.channelId &&
        (one.messageId === message.id || (one.messageId === null && matches(one.text, text))),
    );
    if (!line) return false;
    line.messageId = message.id;
    line.onSeen?.(message.id);
    return true;
  }

  async #send(
    line: { channelId: string; text: string; replyToId: string | null },
    botId: string,
    via: "app" | "user",
  ): Promise<SayOutcome | "not_allowed"> {
    const ours = this.#remember(line.channelId, line.text);
    const answer = await this.#o.helix.sendMessage(via === "app" ? APP : botId, {
      broadcasterId: line.channelId,
      senderId: botId,
      text: line.text,
      replyToId: line.replyToId,
      sourceOnly: via === "app" ? true : null,
    });
    if (answer.ok && answer.value.isSent) {
      ours.messageId = answer.value.messageId;
      return { status: "confirmed", messageId: answer.value.messageId };
    }
    if (answer.ok) return this.#dropped(ours, answer.value.dropCode ?? "unknown");
    if (answer.failure.kind === "unknown" || answer.failure.kind === "garbled") return await this.#evidence(ours, answer.failure);
    const isBarred = via === "app" && ["scope_missing", "forbidden", "login_needed"].includes(answer.failure.kind);
    const outcome = this.#dropped(ours, answer.failure.kind);
    return isBarred ? "not_allowed" : outcome;
  }

  #dropped(ours: OurLine, reason: string): SayOutcome {
    this.#ours = this.#ours.filter((one) => one !== ours);
    return { status: "rejected", reason };
  }

  /** The answer was lost. The line may be in chat: then it comes back to us there. */
  #evidence(ours: OurLine, failure: HelixFailure): Promise<SayOutcome> {
    if (ours.messageId !== null) return Promise.resolve({ status: "confirmed", messageId: ours.messageId });
    return new Promise((resolve) => {
      const cancel = this.#o.time.after(EVIDENCE_MS, () => {
        ours.onSeen = null;
        resolve({ status: "unconfirmed", reason: failure.kind === "garbled" ? "garbled" : "no_answer" });
      });
      ours.onSeen = (messageId) => {
        cancel();
        ours.onSeen = null;
        resolve({ status: "confirmed", messageId });
      };
    });
  }

  #remember(channelId: string, text: string): OurLine {
    this.#forgetOld();
    const line: OurLine = { channelId, text: text.trim(), at: this.#o.time.now(), messageId: null, onSeen: null };
    this.#ours.push(line);
    if (this.#ours.length > OURS_MAX) this.#ours.shift();
    return line;
  }

  #forgetOld(): void {
    const after = this.#o.time.now().getTime() - OURS_MS;
    if (this.#ours[0] && this.#ours[0].at.getTime() <= after) this.#ours = this.#ours.filter((one) => one.at.getTime() > after);
  }
}

/** A reply comes back with the name of whom it answers before it. */
function matches(sent: string, seen: string): boolean {
  return seen === sent || (seen.startsWith("@") && seen.slice(seen.indexOf(" ") + 1) === sent);
}
