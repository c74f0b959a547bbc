import type { Chance, Clock, Log, Timers } from "../../ports.ts";
import type { Helix, HelixAnswer, HelixFailure, ListedSubscription } from "../../ports-twitch.ts";
import { backoffMs } from "./backoff.ts";
import type { EventSubConnection } from "./eventsub-connection.ts";
import { type Entry, keyOf, leftoversOf, limitNamed, meaningOf, nextAfter, nextToAsk } from "./eventsub-entries.ts";

/** Requests of one account under way at once: the first subscription is there long before Twitch's 10 s, and its 800 points a minute last. */
const ASKING_MAX = 8;
/** Longest wait that Twitch may ask of us: the time between two comparisons. */
const BUSY_MS_MAX = 300_000;
/** What is in the way at a limit is looked for at most this often, for all who stand there together. */
const RELIEF_EVERY_MS = 10_000;
/** Leftovers deleted at a time; those that count most go first. */
const LEFTOVERS_MAX = 100;
/** Refusals that may come of an answer that was lost, or of a session that has just ended: the last of so many in a row is believed. */
const BELIEVED_AFTER: Partial<Readonly<Record<string, number>>> = { conflict: 3, invalid: 2 };

export type SubscriptionApi = Pick<Helix, "subscribe" | "subscriptions" | "unsubscribe">;

/** An account's subscriptions, for those who work on them. */
export interface Board {
  readonly account: string;
  readonly entries: ReadonlyMap<string, Entry>;
  /** Sessions that are over, as far as they are remembered. */
  readonly ended: ReadonlySet<string>;
  readonly isStopped: boolean;
  connection(shard: number): EventSubConnection | null;
  enable(entry: Entry, id: string): void;
  /** Twitch tells a status other than `enabled`. */
  disable(entry: Entry, status: string): void;
  fail(entry: Entry, reason: string, next: NonNullable<Entry["next"]>): void;
  /** Looks again at what is to be done. */
  tend(): void;
}

export interface AskingOptions {
  helix: SubscriptionApi;
  time: Clock & Timers;
  chance: Chance;
  log: Log;
}

interface Relief {
  freed: number;
  /** All that Twitch lets the account spend is spent. */
  isSpent: boolean;
}

/** Makes and deletes an account's subscriptions: several at a time, and after a failure that passes not before a pause. */
export class Asking {
  readonly #o: AskingOptions;
  readonly #board: Board;
  #flying = 0;
  /** To be deleted, with whether that still is of use. */
  #removals: { id: string; isOfUse(): boolean }[] = [];
  /** Pauses in a row. */
  #failures = 0;
  #cancelPause: (() => void) | null = null;
  #relief: Promise<Relief | null> = Promise.resolve(null);
  #relievedAt: Date | null = null;

  constructor(options: AskingOptions, board: Board) {
    this.#o = options;
    this.#board = board;
  }

  /** Asks for what is to be asked for, as far as there is room. */
  pump(): void {
    const isOpen = (shard: number) => this.#board.connection(shard)?.sessionId != null;
    while (!this.#board.isStopped && this.#flying < ASKING_MAX) {
      const removal = this.#removals.shift();
      if (removal?.isOfUse()) void this.#fly(() => this.#remove(removal.id));
      if (removal !== undefined) continue;
      const entry = this.#cancelPause === null ? nextToAsk(this.#board.entries.values(), isOpen) : null;
      if (entry === null) return;
      void this.#fly(() => this.#ask(entry));
    }
  }

  /** Deletes a subscription. One that hangs on a session dies with it, so it need not be deleted later. */
  remove(id: string, connection: EventSubConnection | null): void {
    const generation = connection?.generation;
    this.#removals.push({
      id,
      isOfUse: () => connection === null || (connection.sessionId !== null && connection.generation === generation),
    });
  }

  /** Asking works again. */
  succeeded(): void {
    this.#failures = 0;
  }

  /** A session is over: what it leaves behind may be in the way of the next. */
  expectLeftovers(): void {
    this.#relievedAt = null;
  }

  /** No pause is needed any more. */
  resume(): void {
    this.#cancelPause?.();
    this.#cancelPause = null;
    for (const entry of this.#board.entries.values()) if (entry.next === "soon") entry.next = "now";
  }

  stop(): void {
    this.#cancelPause?.();
    this.#cancelPause = null;
    this.#removals = [];
  }

  async #fly(run: () => Promise<void>): Promise<void> {
    this.#flying++;
    try {
      await run();
    } finally {
      this.#flying--;
    }
    this.#board.tend();
  }

  async #remove(id: string): Promise<void> {
    const answer = await this.#o.helix.unsubscribe(this.#board.account, id);
    // What stays is found by the next comparison.
    if (!answer.ok) this.#o.log.warn("eventsub.remove_failed", { account: this.#board.account, kind: answer.failure.kind });
  }

  async #ask(entry: Entry): Promise<void> {
    const { account } = this.#board;
    const { shard } = entry;
    const connection = shard === null ? null : this.#board.connection(shard);
    const sessionId = connection?.sessionId ?? null;
    if (connection === null || sessionId === null) return;
    const { generation } = connection;
    const isSameSession = () => connection.sessionId !== null && connection.generation === generation;
    const isWanted = () => this.#board.entries.get(entry.key) === entry && entry.shard === shard;
    entry.isAsking = true;
    entry.askedAt = this.#o.time.now();
    try {
      const answer = await this.#o.helix.subscribe(account, { ...entry.wanted, sessionId });
      if (answer.ok && !isWanted()) return this.remove(answer.value.id, connection);
      // It may have been made and taken back before this answer was read.
      const isCurrent = () => !this.#board.isStopped && isWanted() && isSameSession() && entry.state !== "revoked";
      await this.#answered(entry, answer, isCurrent);
    } finally {
      entry.isAsking = false;
    }
  }

  /** `isCurrent`: the entry is still wanted, on the session that was asked for. Else the answer is of no interest. */
  async #answered(entry: Entry, answer: HelixAnswer<ListedSubscription>, isCurrent: () => boolean): Promise<void> {
    if (!isCurrent()) return;
    if (answer.ok) return this.#made(entry, answer.value);
    const { failure } = answer;
    const { kind, status, message, retryAfterMs } = failure;
    if (entry.reason !== kind)
      this.#o.log.info("eventsub.refused", { account: this.#board.account, type: entry.wanted.type, kind, status, message });
    if (kind === "conflict") return await this.#exists(entry, isCurrent);
    // With a wait it is the rate of requests; without one it is a limit of subscriptions.
    if (kind === "busy" && retryAfterMs === null) return await this.#limited(entry, failure, isCurrent);
    // The answer to a request was lost: asking again is harmless, because Twitch tells what exists.
    if (nextAfter(kind) === "soon" || isDoubtful(kind, entry.failures + 1))
      this.#later(entry, kind === "unknown" ? "down" : kind, retryAfterMs ?? 0);
    else this.#board.fail(entry, kind, nextAfter(kind));
  }

  #made(entry: Entry, made: Pick<ListedSubscription, "id" | "status">): void {
    if (meaningOf(made.status) === "enabled") this.#board.enable(entry, made.id);
    else this.#board.disable(entry, made.status);
  }

  /** Twitch says that it exists: success, if it does on our session. */
  async #exists(entry: Entry, isCurrent: () => boolean): Promise<void> {
    const { account, ended } = this.#board;
    const answer = await this.#o.helix.subscriptions(account);
    if (!isCurrent() || entry.shard === null) return;
    const sessionId = this.#board.connection(entry.shard)?.sessionId;
    const twins = answer.ok ? answer.value.listed.filter((one) => keyOf(one.type, one.condition) === entry.key) : [];
    const own = twins.find((one) => one.sessionId === sessionId);
    if (own !== undefined) return this.#made(entry, own);
    for (const { id } of leftoversOf(twins, ended)) this.remove(id, null);
    this.#later(entry, "conflict", 0);
  }

  /** A limit of subscriptions: leftovers of sessions that are over may be in the way. */
  async #limited(entry: Entry, failure: HelixFailure, isCurrent: () => boolean): Promise<void> {
    const relief = await this.#relieve();
    if (!isCurrent()) return;
    if (relief !== null && relief.freed > 0 && !entry.wasRelieved) {
      entry.wasRelieved = true;
      return;
    }
    const limit = limitNamed(failure.message) ?? (relief?.isSpent ? "cost_limit" : null);
    if (limit === null) this.#later(entry, "busy", 0);
    else this.#board.fail(entry, limit, "reconcile");
  }

  #relieve(): Promise<Relief | null> {
    const now = this.#o.time.now();
    if (this.#relievedAt === null || now.getTime() - this.#relievedAt.getTime() >= RELIEF_EVERY_MS) {
      this.#relievedAt = now;
      this.#relief = this.#deleteLeftovers();
    }
    return this.#relief;
  }

  async #deleteLeftovers(): Promise<Relief | null> {
    const { account, ended } = this.#board;
    const answer = await this.#o.helix.subscriptions(account);
    if (!answer.ok) return null;
    const { listed, totalCost, maxTotalCost } = answer.value;
    const weight = (one: ListedSubscription) => (one.status === "enabled" ? 2 : 0) + (one.cost > 0 ? 1 : 0);
    const leftovers = leftoversOf(listed, ended).toSorted((a, b) => weight(b) - weight(a));
    let freed = 0;
    for (let from = 0; from < Math.min(leftovers.length, LEFTOVERS_MAX); from += ASKING_MAX) {
      const some = leftovers.slice(from, from + ASKING_MAX);
      const answers = await Promise.all(some.map(({ id }) => this.#o.helix.unsubscribe(account, id)));
      freed += answers.filter((each) => each.ok).length;
    }
    this.#o.log.info("eventsub.limit", { account, listed: listed.length, totalCost, maxTotalCost, freed });
    return { freed, isSpent: maxTotalCost > 0 && totalCost >= maxTotalCost };
  }

  /** It failed in a way that passes: everybody pauses, each time longer, and then goes on. */
  #later(entry: Entry, reason: string, waitMs: number): void {
    entry.failures++;
    if (isDoubtful(reason, entry.failures)) entry.next = "soon";
    else this.#board.fail(entry, reason, "soon");
    if (this.#cancelPause !== null) return;
    const pauseMs = Math.max(backoffMs(this.#failures, this.#o.chance), Math.min(waitMs, BUSY_MS_MAX));
    this.#failures++;
    this.#cancelPause = this.#o.time.after(pauseMs, () => {
      this.resume();
      this.#board.tend();
    });
  }
}

const isDoubtful = (reason: string, failures: number): boolean => failures < (BELIEVED_AFTER[reason] ?? 0);
