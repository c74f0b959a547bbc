import { createHmac } from "node:crypto";
import type { WorldCore } from "../core.ts";
import type { Frame, Frames } from "./frames.ts";
import type { Subscription, Transport } from "./types.ts";

type WebhookTransport = Extract<Transport, { method: "webhook" }>;

/** How long a callback may take. "Within a few seconds" is all that is documented. */
const ANSWER_MS = 5_000;

/** Sends EventSub notifications to callbacks, signed, and again when they fail. Callbacks of the world are on loopback. */
export class Webhooks {
  #core: WorldCore;
  #onFailures: (subscription: Subscription) => void = () => {};
  #open = new Set<Promise<void>>();
  #lastId = "";

  constructor(core: WorldCore) {
    this.#core = core;
  }

  /** What to do when too many notifications in a row have failed. */
  onFailuresExceeded(act: (subscription: Subscription) => void): void {
    this.#onFailures = act;
  }

  /** Asks the callback to prove itself. True when it answered the bare challenge with 200. */
  async verify(frames: Frames, subscription: Subscription, transport: WebhookTransport): Promise<boolean> {
    const challenge = this.#core.chance.uuid();
    const { metadata } = frames.notification(subscription, {});
    const body = JSON.stringify({ challenge, subscription: frames.subscription(subscription) });
    const answer = await this.#post(
      subscription,
      transport,
      metadata.message_id,
      metadata.message_timestamp,
      "webhook_callback_verification",
      body,
      0,
    );
    return answer?.status === 200 && answer.text === challenge;
  }

  notification(subscription: Subscription, transport: WebhookTransport, frame: Frame): void {
    this.#start(subscription, transport, frame, "notification");
  }

  revocation(frames: Frames, subscription: Subscription, transport: WebhookTransport): void {
    this.#start(subscription, transport, frames.revocation(subscription), "revocation");
  }

  /** Resolves when nothing is on its way (attempts that wait for their time are not counted). */
  async settled(): Promise<void> {
    await Promise.all(this.#open);
  }

  #start(subscription: Subscription, transport: WebhookTransport, frame: Frame, type: string): void {
    const { faults } = this.#core;
    const context = { type: subscription.type };
    let { message_id: id, message_timestamp: time } = frame.metadata;
    if (faults.take("W1.replayed_id", context) && this.#lastId !== "") id = this.#lastId;
    if (faults.take("W1.old_timestamp", context)) time = new Date(this.#core.clock.now().getTime() - 11 * 60_000).toISOString();
    const retry = faults.take("W1.retry_header", context)?.number("retry", 1) ?? 0;
    this.#lastId = id;
    this.#attempt(subscription, transport, { id, time, type, body: JSON.stringify(frame.payload) }, retry, 0);
  }

  #attempt(subscription: Subscription, transport: WebhookTransport, message: Message, retry: number, number: number): void {
    const waitMs = this.#core.limits.webhookRetryMs[number];
    if (waitMs === undefined) {
      subscription.failures++;
      if (subscription.failures >= this.#core.limits.webhookFailuresMax) this.#onFailures(subscription);
      return;
    }
    const run = () => {
      const open = this.#post(subscription, transport, message.id, message.time, message.type, message.body, retry + number).then(
        (answer) => {
          this.#open.delete(open);
          if (answer && answer.status >= 200 && answer.status < 300) subscription.failures = 0;
          else this.#attempt(subscription, transport, message, retry, number + 1);
        },
      );
      this.#open.add(open);
    };
    if (waitMs === 0) return run();
    this.#core.clock.after(waitMs, run);
    this.#core.log.add("webhook", "note", null, "retry waits", { ms: waitMs });
  }

  async #post(
    subscription: Subscription,
    transport: WebhookTransport,
    id: string,
    time: string,
    type: string,
    body: string,
    retry: number,
  ): Promise<{ status: number; text: string } | null> {
    const isBad = this.#core.faults.take("W1.bad_signature", { type: subscription.type }) !== null;
    const signature = createHmac("sha256", isBad ? `${transport.secret}x` : transport.secret)
      .update(id + time + body)
      .digest("hex");
    try {
      const response = await fetch(transport.callback, {
        method: "POST",
        redirect: "manual",
        signal: AbortSignal.timeout(ANSWER_MS),
        headers: {
          "content-type": "application/json",
          "Twitch-Eventsub-Message-Id": id,
          "Twitch-Eventsub-Message-Retry": String(retry),
          "Twitch-Eventsub-Message-Type": type,
          "Twitch-Eventsub-Message-Signature": `sha256=${signature}`,
          "Twitch-Eventsub-Message-Timestamp": time,
          "Twitch-Eventsub-Subscription-Type": subscription.type,
          "Twitch-Eventsub-Subscription-Version": subscription.version,
        },
        body,
      });
      this.#core.log.add("webhook", "out", null, type, { type: subscription.type, retry, status: response.status });
      return { status: response.status, text: await response.text() };
    } catch {
      this.#core.log.add("webhook", "out", null, type, { type: subscription.type, retry, status: null });
      return null;
    }
  }
}

interface Message {
  id: string;
  time: string;
  type: string;
  body: string;
}
