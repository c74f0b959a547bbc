import type { WorldChance } from "../src/world/chance.ts";

/** Something that goes wrong. */
export interface FaultCard {
  name: string;
  /** How many of two hundred. */
  share: number;
  /** It ends the connection, or needs one: it waits until there is one, and there are not too many of them in a minute. */
  needsLink: boolean;
}

export interface Planned<C extends FaultCard> {
  atMs: number;
  card: C;
}

/** The world calls more than ten connects in a minute a storm of the client's: the breaking itself must not cause one. */
const KILLS_PER_MIN_MAX = 7;
const MIN_MS = 60_000;
/** A minute is tried so often to be filled otherwise. */
const TRIES_MAX = 10_000;

/** Deals `count` faults over `[fromMs, toMs)`, each kind by its share, in an order and at times drawn from `chance`. */
export function deal<C extends FaultCard>(
  cards: readonly C[],
  count: number,
  [fromMs, toMs]: readonly [number, number],
  chance: WorldChance,
): Planned<C>[] {
  const total = cards.reduce((sum, card) => sum + card.share, 0);
  const hand: C[] = [];
  for (const [index, card] of cards.entries()) {
    const before = cards.slice(0, index).reduce((sum, each) => sum + each.share, 0);
    const until = Math.round(((before + card.share) * count) / total);
    while (hand.length < until) hand.push(card);
  }
  const kills: number[] = [];
  return hand
    .map((card) => ({ card, atMs: card.needsLink ? killAt(kills, fromMs, toMs, chance) : chance.int(fromMs, toMs - 1) }))
    .sort((a, b) => a.atMs - b.atMs);
}

function killAt(kills: number[], fromMs: number, toMs: number, chance: WorldChance): number {
  let atMs = fromMs;
  for (let tries = 0; tries < TRIES_MAX; tries++) {
    atMs = chance.int(fromMs, toMs - 1);
    if (kills.filter((other) => Math.abs(other - atMs) < MIN_MS).length < KILLS_PER_MIN_MAX) break;
  }
  kills.push(atMs);
  return atMs;
}
