import type { EventSubListener, EventSubStatus, SubscriptionState, WantedSubscription } from "../../ports-twitch.ts";
import { Asking, type AskingOptions, type Board } from "./eventsub-asking.ts";
import { Comparing } from "./eventsub-comparing.ts";
import { type ConnectionEvents, EventSubConnection } from "./eventsub-connection.ts";
import { anEntry, type Entry, hasWork, keyOf, meaningOf, STICKY, shardsOf } from "./eventsub-entries.ts";
import type { RevokedSubscription } from "./eventsub-frames.ts";

/** Sessions that are over are remembered, to tell their leftovers from what other programs have. */
const ENDED_MAX = 100;
/** Nothing is wanted on a connection any more: whoever asked for that need not be told that it is lost. */
const NOT_WANTED = "not_wanted";
/** Refusals that another token or other scopes may change; a limit they do not. */
const LIMITS: ReadonlySet<string | null> = new Set(["cost_limit", "connections_limit"]);

export interface AccountOptions extends AskingOptions {
  account: string;
  url: string;
  onFrame: ConnectionEvents["onFrame"];
  listener: Pick<EventSubListener, "onSubscription" | "onConnection">;
}

/** One account's wanted subscriptions, and the connections that they need. */
export class EventSubAccount implements Board {
  readonly account: string;
  readonly ended = new Set<string>();
  entries: ReadonlyMap<string, Entry> = new Map();
  isStopped = false;
  readonly #o: AccountOptions;
  readonly #connections: (EventSubConnection | undefined)[] = [];
  readonly #asking: Asking;
  readonly #comparing: Comparing;
  /** Something is subscribed on some connection. */
  #isUp = false;
  #state: EventSubStatus["state"] = "off";
  #since: Date;

  constructor(options: AccountOptions) {
    this.#o = options;
    this.account = options.account;
    this.#since = options.time.now();
    this.#asking = new Asking(options, this);
    this.#comparing = new Comparing(options, this, this.#asking);
  }

  setWanted(wanted: readonly WantedSubscription[]): void {
    const next = new Map<string, Entry>();
    for (const one of wanted) {
      const key = keyOf(one.type, one.condition);
      const known = this.entries.get(key);
      if (!next.has(key)) next.set(key, known?.wanted.version === one.version ? known : anEntry(one));
    }
    const gone = [...this.entries.values()].filter((entry) => next.get(entry.key) !== entry);
    this.entries = next;
    for (const entry of gone) this.#drop(entry);
    this.#place();
    if (next.size > 0) this.#comparing.start();
    else this.#comparing.stop();
    this.tend();
  }

  /** What was refused for want of a token, a scope or a consent, and what was taken back, is asked for again now. */
  retry(): void {
    for (const entry of [...this.entries.values()]) {
      if (entry.shard === null || entry.next === null || LIMITS.has(entry.reason)) continue;
      entry.failures = 0;
      if (entry.state === "revoked") this.#set(entry, "pending", null, "now");
      else entry.next = "now";
    }
    this.#asking.succeeded();
    this.#asking.resume();
    for (const connection of this.#connections) connection?.hurry();
    this.tend();
  }

  states(): SubscriptionState[] {
    return [...this.entries.values()].map((entry) => this.#stateOf(entry));
  }

  status(): EventSubStatus {
    const all = [...this.entries.values()];
    const waits = this.#connections.flatMap((one) => (one?.retryAt ? [one.retryAt.getTime()] : []));
    const isWaiting = this.#state === "waiting";
    const retryAt = waits.length > 0 ? new Date(Math.min(...waits)) : this.#comparing.nextAt;
    return {
      account: this.account,
      state: this.#state,
      reason: this.#isUp || this.#state === "off" ? null : this.#reason(all),
      since: this.#since,
      retryAt: isWaiting ? retryAt : null,
      connections: this.#connections.filter((one) => one?.sessionId != null).length,
      wanted: all.length,
      enabled: all.filter((entry) => entry.state === "enabled").length,
      failed: all.filter((entry) => entry.state === "failed" || entry.state === "revoked").length,
    };
  }

  /** Twitch took a subscription back. False when its status is none that we know. */
  revoked(subscription: RevokedSubscription): boolean {
    const byKey = this.entries.get(keyOf(subscription.type, subscription.condition));
    const entry =
      [...this.entries.values()].find(({ id }) => id !== null && id === subscription.id) ?? (byKey?.isAsking ? byKey : undefined);
    if (entry !== undefined) this.#set(entry, "revoked", subscription.status || "revoked", "told");
    this.tend();
    return meaningOf(subscription.status) === "revoked";
  }

  stop(): void {
    this.isStopped = true;
    this.#asking.stop();
    this.#comparing.stop();
    for (const connection of this.#connections) connection?.stop("stopped");
    this.#look();
  }

  // --- for those who work on the subscriptions ------------------------------------------------------

  connection(shard: number): EventSubConnection | null {
    return this.#connections[shard] ?? null;
  }

  enable(entry: Entry, id: string): void {
    if (this.entries.get(entry.key) !== entry) return;
    entry.id = id;
    entry.failures = 0;
    entry.wasRelieved = false;
    this.#asking.succeeded();
    if (entry.shard !== null) this.connection(entry.shard)?.markUseful();
    if (!this.#isUp) {
      this.#isUp = true;
      this.#look();
      this.#o.listener.onConnection(this.account, { kind: "connected" });
    }
    this.#set(entry, "enabled", null, null);
  }

  disable(entry: Entry, status: string): void {
    if (meaningOf(status) === "revoked") this.#set(entry, "revoked", status, "told");
    else this.#set(entry, "failed", status || "unknown", "reconcile");
  }

  fail(entry: Entry, reason: string, next: NonNullable<Entry["next"]>): void {
    this.#set(entry, "failed", reason, next);
  }

  /** Opens the connections that are needed, closes those that are not, and asks for what is to be asked for. */
  tend(): void {
    if (this.isStopped) return;
    for (const shard of new Set([...this.entries.values()].map((entry) => entry.shard)))
      if (shard !== null && hasWork(this.entries.values(), shard)) this.#open(shard).start();
    for (const [shard, connection] of this.#connections.entries()) {
      if (connection !== undefined && !hasWork(this.entries.values(), shard)) connection.stop(this.#idleReason(shard));
    }
    this.#asking.pump();
    this.#look();
  }

  // --- connections --------------------------------------------------------------------------------

  #open(shard: number): EventSubConnection {
    const known = this.#connections[shard];
    if (known !== undefined) return known;
    const connection = new EventSubConnection(this.#o, {
      onFresh: () => {
        this.#comparing.soon();
        this.#asking.pump();
      },
      onEnded: (reason, sessionId) => this.#ended(shard, reason, sessionId),
      onFrame: this.#o.onFrame,
      onChange: () => this.#look(),
    });
    this.#connections[shard] = connection;
    return connection;
  }

  #ended(shard: number, reason: string, sessionId: string): void {
    this.ended.add(sessionId);
    const [oldest = ""] = this.ended;
    if (this.ended.size > ENDED_MAX) this.ended.delete(oldest);
    if (this.isStopped) return;
    this.#asking.expectLeftovers();
    if (this.#isUp && !this.#connections.some((one) => one?.isUseful)) {
      this.#isUp = false;
      this.#look();
      if (reason !== NOT_WANTED) this.#o.listener.onConnection(this.account, { kind: "lost", reason });
    }
    for (const entry of [...this.entries.values()]) {
      if (entry.shard !== shard || entry.state === "revoked" || STICKY.has(entry.reason)) continue;
      entry.wasRelieved = false;
      if (entry.state === "enabled") this.#set(entry, "pending", null, "now");
      else entry.next = "now";
    }
  }

  #idleReason(shard: number): string {
    const refused = [...this.entries.values()].find((entry) => entry.shard === shard && entry.reason !== null);
    return refused?.reason ?? NOT_WANTED;
  }

  // --- subscriptions ------------------------------------------------------------------------------

  /** Gives each wanted subscription its connection, as far as there is room. */
  #place(): void {
    for (const [entry, shard] of shardsOf([...this.entries.values()])) {
      if (shard === entry.shard && shard !== null) continue;
      if (shard === null) this.#drop(entry);
      entry.shard = shard;
      if (shard === null) this.fail(entry, "connections_limit", "reconcile");
      else this.#set(entry, "pending", null, "now");
    }
  }

  #drop(entry: Entry): void {
    if (entry.id !== null && entry.shard !== null) this.#asking.remove(entry.id, this.connection(entry.shard));
    entry.id = null;
  }

  #set(entry: Entry, state: Entry["state"], reason: string | null, next: Entry["next"]): void {
    const isOther = entry.state !== state || entry.reason !== reason;
    entry.state = state;
    entry.reason = reason;
    entry.next = next;
    if (state !== "enabled") entry.id = null;
    if (!isOther || this.entries.get(entry.key) !== entry) return;
    if (state === "failed" || state === "revoked")
      this.#o.log.warn("eventsub.subscription", { account: this.account, type: entry.wanted.type, state, reason });
    this.#o.listener.onSubscription(this.#stateOf(entry));
  }

  #stateOf({ wanted, state, reason }: Entry): SubscriptionState {
    return { ...wanted, account: this.account, state, reason };
  }

  // --- how it is ------------------------------------------------------------------------------------

  /** Notes since when it is as it is. */
  #look(): void {
    const state = this.#stateNow();
    if (state === this.#state) return;
    this.#state = state;
    this.#since = this.#o.time.now();
  }

  #stateNow(): EventSubStatus["state"] {
    if (this.isStopped || this.entries.size === 0) return "off";
    if (this.#isUp) return "connected";
    return this.#connections.some((one) => one?.isTrying) ? "connecting" : "waiting";
  }

  /** Why there is no connection: what Twitch said of the subscriptions, where they are why. */
  #reason(all: readonly Entry[]): string | null {
    const connection = this.#connections.find((one) => one !== undefined && one.reason !== null);
    if (connection?.reason != null && connection.reason !== "unused") return connection.reason;
    return all.find((entry) => entry.reason !== null)?.reason ?? connection?.reason ?? null;
  }
}
