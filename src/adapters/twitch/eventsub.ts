import type { Chance, Clock, Log, Timers } from "../../ports.ts";
import type {
  EventSub,
  EventSubCounters,
  EventSubListener,
  EventSubStatus,
  Notification,
  SubscriptionState,
  WantedSubscription,
} from "../../ports-twitch.ts";
import { EventSubAccount } from "./eventsub-account.ts";
import type { SubscriptionApi } from "./eventsub-asking.ts";
import type { ConnectionEvents } from "./eventsub-connection.ts";
import { shapeOf } from "./redact.ts";
import { SeenIds } from "./seen-ids.ts";

/** Twitch asks that older messages be taken for replays. */
const STALE_MS = 10 * 60_000;
/** Kinds of oddities that are logged, each once. */
const LOGGED_MAX = 50;

export interface EventSubOptions {
  /** Without parameters, such as wss://eventsub.wss.twitch.tv/ws. */
  url: string;
  helix: SubscriptionApi;
  time: Clock & Timers;
  chance: Chance;
  log: Log;
  listener: EventSubListener;
}

/** EventSub over WebSocket for any number of accounts, each with connections of its own. */
export function createEventSub(options: EventSubOptions): EventSub {
  return new WebSocketEventSub(options);
}

class WebSocketEventSub implements EventSub {
  readonly #o: EventSubOptions;
  readonly #accounts = new Map<string, EventSubAccount>();
  readonly #seen = new SeenIds();
  readonly #counters: EventSubCounters = { notifications: 0, repeated: 0, stale: 0, malformed: 0, unknown: 0 };
  readonly #logged = new Set<string>();
  #isStopped = false;

  constructor(options: EventSubOptions) {
    this.#o = options;
  }

  setWanted(account: string, wanted: readonly WantedSubscription[]): void {
    if (this.#isStopped) return;
    const known = this.#accounts.get(account);
    if (known !== undefined) known.setWanted(wanted);
    else if (wanted.length > 0) this.#add(account).setWanted(wanted);
  }

  retry(account: string): void {
    if (!this.#isStopped) this.#accounts.get(account)?.retry();
  }

  states(account: string): readonly SubscriptionState[] {
    return this.#accounts.get(account)?.states() ?? [];
  }

  status(): readonly EventSubStatus[] {
    return [...this.#accounts.values()].map((account) => account.status());
  }

  counters(): EventSubCounters {
    return { ...this.#counters };
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    for (const account of this.#accounts.values()) account.stop();
  }

  #add(account: string): EventSubAccount {
    const added: EventSubAccount = new EventSubAccount({
      ...this.#o,
      account,
      onFrame: (frame) => this.#hear(added, frame),
    });
    this.#accounts.set(account, added);
    return added;
  }

  #hear(account: EventSubAccount, frame: Parameters<ConnectionEvents["onFrame"]>[0]): void {
    switch (frame.kind) {
      case "notification":
        return this.#notified(frame.notification);
      case "revocation":
        if (!account.revoked(frame.subscription)) this.#unknown(`status ${frame.subscription.status}`);
        return;
      case "unknown":
        return this.#unknown(`type ${frame.type}`);
      case "malformed":
        this.#counters.malformed++;
        return this.#logOnce(`malformed ${frame.why}`, { chars: frame.text.length, shape: shapeOf(frame.text) });
    }
  }

  /** Each message once: Twitch repeats them, and during a move they come on two sockets. */
  #notified(notification: Notification): void {
    const now = this.#o.time.now();
    if (now.getTime() - notification.at.getTime() > STALE_MS) {
      this.#counters.stale++;
      return this.#logOnce("stale", { type: notification.type });
    }
    if (!this.#seen.add(notification.messageId, now)) {
      this.#counters.repeated++;
      return;
    }
    this.#counters.notifications++;
    this.#o.listener.onNotification(notification);
  }

  #unknown(what: string): void {
    this.#counters.unknown++;
    this.#logOnce("unknown", { what: what.slice(0, 100) });
  }

  #logOnce(kind: string, fields: Readonly<Record<string, string | number>>): void {
    const key = `${kind} ${fields.what ?? ""}`;
    if (this.#logged.has(key) || this.#logged.size >= LOGGED_MAX) return;
    this.#logged.add(key);
    this.#o.log.warn("eventsub.odd", { kind, ...fields });
  }
}
