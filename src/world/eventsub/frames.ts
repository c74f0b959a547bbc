import type { WorldCore } from "../core.ts";
import type { Subscription } from "./types.ts";

/** RFC 3339 with nine digits of seconds, as Twitch writes instants in frames. The last six are made up from `salt`. */
export function nanoTime(at: Date, salt: number): string {
  const digits = String(Math.imul(salt + 1, 0x9e3779b1) >>> 0)
    .padStart(6, "0")
    .slice(-6);
  return at.toISOString().replace("Z", `${digits}Z`);
}

/** RFC 3339 to the second, as Helix writes instants. */
export const plainTime = (at: Date): string => at.toISOString().replace(/\.\d+Z$/, "Z");

export interface Metadata {
  message_id: string;
  message_type: string;
  message_timestamp: string;
  subscription_type?: string;
  subscription_version?: string;
}

export interface Frame {
  metadata: Metadata;
  payload: object;
}

/** Builds frames; each has its own id and its time. */
export class Frames {
  #core: WorldCore;
  #count = 0;

  constructor(core: WorldCore) {
    this.#core = core;
  }

  metadata(type: string, subscription?: Subscription): Metadata {
    return {
      message_id: this.#core.chance.uuid(),
      message_type: type,
      message_timestamp: this.time(this.#core.clock.now()),
      ...(subscription ? { subscription_type: subscription.type, subscription_version: subscription.version } : {}),
    };
  }

  time(at: Date): string {
    return nanoTime(at, this.#count++);
  }

  /** The subscription as frames and Helix show it. */
  subscription(subscription: Subscription): object {
    const { transport } = subscription;
    return {
      id: subscription.id,
      status: subscription.status,
      type: subscription.type,
      version: subscription.version,
      cost: subscription.cost,
      condition: subscription.condition,
      transport:
        transport.method === "websocket"
          ? { method: "websocket", session_id: transport.sessionId }
          : { method: "webhook", callback: transport.callback },
      created_at: nanoTime(subscription.createdAt, subscription.createdAt.getTime() % 1_000_003),
    };
  }

  notification(subscription: Subscription, event: object): Frame {
    return {
      metadata: this.metadata("notification", subscription),
      payload: { subscription: this.subscription(subscription), event },
    };
  }

  revocation(subscription: Subscription): Frame {
    return { metadata: this.metadata("revocation", subscription), payload: { subscription: this.subscription(subscription) } };
  }
}
