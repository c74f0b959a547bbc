import type { Clock, Log, Timers } from "../../ports.ts";
import type { HelixAnswer } from "../../ports-twitch.ts";
import type { Asking, Board, SubscriptionApi } from "./eventsub-asking.ts";
import { type Comparison, compare, type Entry, meaningOf } from "./eventsub-entries.ts";

/** How often wanted is held against listed, come what may. What a limit refused is tried again then, and not before. */
const EVERY_MS = 300_000;
/** After a session was made: by then all is asked for, and Twitch's list knows it. */
const AFTER_CONNECT_MS = 15_000;
/** What was asked for this short a time before the list may be missing in it. */
const LISTED_AFTER_MS = 5_000;

export interface ComparingOptions {
  helix: Pick<SubscriptionApi, "subscriptions">;
  time: Clock & Timers;
  log: Log;
}

/** Holds an account's wanted subscriptions against those that Twitch lists, and mends what differs. */
export class Comparing {
  readonly #o: ComparingOptions;
  readonly #board: Board;
  readonly #asking: Pick<Asking, "remove">;
  #cancelEvery: (() => void) | null = null;
  #cancelSoon: (() => void) | null = null;
  #isUnderWay = false;

  /** When all is compared next; null while nothing is wanted. */
  nextAt: Date | null = null;

  constructor(options: ComparingOptions, board: Board, asking: Pick<Asking, "remove">) {
    this.#o = options;
    this.#board = board;
    this.#asking = asking;
  }

  start(): void {
    if (this.#cancelEvery !== null) return;
    this.nextAt = new Date(this.#o.time.now().getTime() + EVERY_MS);
    this.#cancelEvery = this.#o.time.after(EVERY_MS, () => {
      this.#cancelEvery = null;
      this.start();
      void this.#run(true);
    });
  }

  /** There is a new session. */
  soon(): void {
    this.#cancelSoon?.();
    this.#cancelSoon = this.#o.time.after(AFTER_CONNECT_MS, () => {
      this.#cancelSoon = null;
      if (this.#hasSession()) void this.#run(false);
    });
  }

  stop(): void {
    this.#cancelEvery?.();
    this.#cancelSoon?.();
    this.#cancelEvery = this.#cancelSoon = this.nextAt = null;
  }

  /** `isFull`: what was refused until the next comparison is asked for again. */
  async #run(isFull: boolean): Promise<void> {
    if (this.#isUnderWay) return;
    this.#isUnderWay = true;
    const askedBefore = new Date(this.#o.time.now().getTime() - LISTED_AFTER_MS);
    let answer: Listing;
    try {
      answer = await this.#o.helix.subscriptions(this.#board.account);
    } finally {
      this.#isUnderWay = false;
    }
    if (this.#board.isStopped) return;
    this.#mend(answer, askedBefore);
    if (isFull) this.#release(answer);
    this.#board.tend();
  }

  #mend(answer: Listing, askedBefore: Date): void {
    const { account, entries, ended } = this.#board;
    if (!answer.ok) return this.#o.log.warn("eventsub.list_failed", { account, kind: answer.failure.kind });
    const sessionOf = (shard: number) => this.#board.connection(shard)?.sessionId ?? null;
    const { found, missing, surplus } = compare(entries, answer.value.listed, { sessionOf, ended, askedBefore });
    if (found.length === 0 && this.#hasSession()) this.#o.log.warn("eventsub.none_enabled", { account, wanted: entries.size });
    for (const id of surplus) this.#asking.remove(id, null);
    for (const { entry, id } of found) this.#keep(entry, id);
    for (const one of missing) this.#miss(one);
    if (missing.length + surplus.length > 0)
      this.#o.log.warn("eventsub.mended", { account, missing: missing.length, surplus: surplus.length });
  }

  #hasSession(): boolean {
    return [...this.#board.entries.values()].some(
      ({ shard }) => shard !== null && this.#board.connection(shard)?.sessionId != null,
    );
  }

  #keep(entry: Entry, id: string): void {
    // One that is being asked for will be answered; one that was taken back may be in an older list.
    if (entry.isAsking || entry.state === "revoked" || (entry.state === "enabled" && entry.id === id)) return;
    this.#board.enable(entry, id);
  }

  #miss({ entry, status }: Comparison["missing"][number]): void {
    if (entry.state !== "enabled") return;
    if (status === null) this.#board.fail(entry, "not_listed", "now");
    // Twitch takes the session for ended; all that was on it comes with the next.
    else if (meaningOf(status) === "disconnected") this.#board.connection(entry.shard ?? 0)?.abandon("session_gone");
    else this.#board.disable(entry, status);
  }

  /** What was refused is asked for again: of what costs, as much as there is room for, or one to see whether it still does. */
  #release(answer: Listing): void {
    const refused = [...this.#board.entries.values()].filter((entry) => entry.next === "reconcile" && entry.shard !== null);
    const costly = refused.filter((entry) => entry.reason === "cost_limit");
    const free = refused.filter((entry) => entry.reason !== "cost_limit");
    const room = answer.ok ? answer.value.maxTotalCost - answer.value.totalCost : 0;
    const tried = room > 0 ? costly.slice(0, room) : costly.toSorted((a, b) => askedMs(a) - askedMs(b)).slice(0, 1);
    for (const entry of [...free, ...tried]) {
      entry.next = "now";
      entry.wasRelieved = false;
    }
  }
}

type Listing = HelixAnswer<{ listed: Parameters<typeof compare>[1]; totalCost: number; maxTotalCost: number }>;

const askedMs = (entry: Entry): number => entry.askedAt?.getTime() ?? 0;
