import type { HelixFailure, ListedSubscription, SubscriptionState, WantedSubscription } from "../../ports-twitch.ts";

/** Enabled subscriptions that Twitch allows per connection, and connections per account. */
export const SUBSCRIPTIONS_PER_CONNECTION = 300;
export const CONNECTIONS_MAX = 3;

/** A wanted subscription and how it is. */
export interface Entry {
  readonly key: string;
  readonly wanted: WantedSubscription;
  state: SubscriptionState["state"];
  reason: string | null;
  /**
   * When it is asked for: `now` as soon as there is a session · `soon` after the pause that its failure caused ·
   * `reconcile` when the whole set is next compared · `told` when somebody says that the account has changed · null: it is there.
   */
  next: "now" | "soon" | "reconcile" | "told" | null;
  /** Which of the account's connections is its own; null when there is no room on any. */
  shard: number | null;
  /** Twitch's id of it, while it is there. */
  id: string | null;
  isAsking: boolean;
  askedAt: Date | null;
  /** In a row. */
  failures: number;
  /** What stood in its way at a limit was deleted once; if that did not help, nothing will. */
  wasRelieved: boolean;
}

/** Two with the same key are one at Twitch. Empty parts of a condition say nothing. */
export function keyOf(type: string, condition: Readonly<Record<string, string>>): string {
  const parts = Object.entries(condition).filter(([, value]) => value !== "");
  return `${type} ${JSON.stringify(parts.toSorted(([a], [b]) => (a < b ? -1 : 1)))}`;
}

export function anEntry(wanted: WantedSubscription): Entry {
  return {
    key: keyOf(wanted.type, wanted.condition),
    wanted,
    state: "pending",
    reason: null,
    next: "now",
    shard: null,
    id: null,
    isAsking: false,
    askedAt: null,
    failures: 0,
    wasRelieved: false,
  };
}

/**
 * Which connection each has, in order of importance: who has one keeps it, the others go to the first with room. Null for what
 * is beyond the limits.
 */
export function shardsOf(entries: readonly Entry[]): ReadonlyMap<Entry, number | null> {
  const fitting = entries.slice(0, SUBSCRIPTIONS_PER_CONNECTION * CONNECTIONS_MAX);
  const used = Array.from({ length: CONNECTIONS_MAX }, (_, shard) => fitting.filter((entry) => entry.shard === shard).length);
  const shards = new Map<Entry, number | null>();
  for (const entry of fitting) {
    const shard = entry.shard ?? used.findIndex((count) => count < SUBSCRIPTIONS_PER_CONNECTION);
    if (entry.shard === null) used[shard] = (used[shard] ?? 0) + 1;
    shards.set(entry, shard);
  }
  for (const entry of entries.slice(fitting.length)) shards.set(entry, null);
  return shards;
}

/**
 * The one to ask for next among those whose connection has a session: first one for each connection that has none yet (Twitch
 * closes it otherwise), then those that have failed least, then the most important.
 */
export function nextToAsk(entries: Iterable<Entry>, isOpen: (shard: number) => boolean): Entry | null {
  const all = [...entries];
  const used = new Set(all.filter((entry) => entry.isAsking || entry.state === "enabled").map((entry) => entry.shard));
  let best: Entry | null = null;
  let bestRank = Number.POSITIVE_INFINITY;
  for (const entry of all) {
    if (entry.next !== "now" || entry.isAsking || entry.shard === null || !isOpen(entry.shard)) continue;
    const rank = entry.failures * 2 + (used.has(entry.shard) ? 1 : 0);
    if (rank < bestRank) [best, bestRank] = [entry, rank];
  }
  return best;
}

/** Whether anything on this connection is there, on its way, or to be tried without anybody's doing. */
export function hasWork(entries: Iterable<Entry>, shard: number): boolean {
  for (const entry of entries) {
    if (entry.shard === shard && (entry.isAsking || entry.next === "now" || entry.next === "soon" || entry.next === null))
      return true;
  }
  return false;
}

/** Which limit of Twitch's a refusal names; null when its words say nothing to us. Words may change: the figures are looked at too. */
export function limitNamed(message: string): "cost_limit" | "connections_limit" | null {
  if (/cost/i.test(message)) return "cost_limit";
  return /transport|connection|condition|subscriptions? limit/i.test(message) ? "connections_limit" : null;
}

/** After which failures asking again helps by itself. The others wait for the next comparison, or for a person. */
export function nextAfter(kind: HelixFailure["kind"]): NonNullable<Entry["next"]> {
  switch (kind) {
    case "down":
    case "unknown":
    case "busy":
    case "garbled":
    case "conflict":
    case "login_needed":
      return "soon";
    case "scope_missing":
      return "told";
    default:
      return "reconcile";
  }
}

/** Refusals that a new session does not change. */
export const STICKY: ReadonlySet<string | null> = new Set(["forbidden", "scope_missing", "cost_limit", "connections_limit"]);

/** Statuses with which Twitch takes a subscription back. The list is open. */
const REVOKED = new Set(["authorization_revoked", "user_removed", "version_removed", "moderator_removed", "chat_user_banned"]);
/** Of a subscription whose connection is gone. */
const DISCONNECTED = /^websocket_/;

/** What a status of a subscription of ours means. */
export function meaningOf(status: string): "enabled" | "revoked" | "disconnected" | "unknown" {
  if (status === "enabled") return "enabled";
  if (REVOKED.has(status)) return "revoked";
  return DISCONNECTED.test(status) ? "disconnected" : "unknown";
}

/** Listed subscriptions that are in the way: disabled ones, and those of sessions that we know to be over. */
export function leftoversOf(listed: readonly ListedSubscription[], ended: ReadonlySet<string>): readonly ListedSubscription[] {
  return listed.filter(({ status, sessionId }) => status !== "enabled" || (sessionId !== null && ended.has(sessionId)));
}

export interface Comparison {
  /** There, on the right connection. */
  found: readonly { entry: Entry; id: string }[];
  /** Thought to be there, and not: with Twitch's status where it has one. */
  missing: readonly { entry: Entry; status: string | null }[];
  /** Ids that nobody wants there: to be deleted. */
  surplus: readonly string[];
}

/**
 * Wanted against listed. `sessionOf` gives a connection's session. What was asked for after `askedBefore` is not missed yet:
 * Twitch may list it late. What other programs have on sessions of their own is left alone.
 */
export function compare(
  entries: ReadonlyMap<string, Entry>,
  listed: readonly ListedSubscription[],
  at: { sessionOf(shard: number): string | null; ended: ReadonlySet<string>; askedBefore: Date },
): Comparison {
  const sessions = new Set(Array.from({ length: CONNECTIONS_MAX }, (_, shard) => at.sessionOf(shard)));
  const found: { entry: Entry; id: string }[] = [];
  const surplus: string[] = [];
  const statuses = new Map<Entry, string>();
  for (const one of listed) {
    if (one.sessionId === null) continue;
    const entry = entries.get(keyOf(one.type, one.condition));
    const isPlaced = entry !== undefined && entry.shard !== null && at.sessionOf(entry.shard) === one.sessionId;
    if (isPlaced && one.status !== "enabled") statuses.set(entry, one.status);
    if (one.status !== "enabled") continue;
    if (at.ended.has(one.sessionId)) surplus.push(one.id);
    else if (isPlaced) found.push({ entry, id: one.id });
    else if (sessions.has(one.sessionId)) surplus.push(one.id);
  }
  const there = new Set(found.map(({ entry }) => entry));
  const missing = [...entries.values()]
    .filter((entry) => entry.state === "enabled" && !there.has(entry) && (entry.askedAt ?? at.askedBefore) <= at.askedBefore)
    .map((entry) => ({ entry, status: statuses.get(entry) ?? null }));
  return { found, missing, surplus };
}
