import type { WorldChance } from "../src/world/chance.ts";

/** Something that goes wrong. */
export interface FaultCard {
  name: string;
  /** How many of two hundred. */
  share: number;
  /** `none`: it strikes at any time. `link`: it waits for a connection. `breaks`: it ends or moves that; there are not too many of these in a minute. */
  needs: "none" | "link" | "breaks";
}

export interface Planned<C extends FaultCard> {
  atMs: number;
  card: C;
}

const MIN_MS = 60_000;
/** A minute is tried so often to be filled otherwise. */
const TRIES_MAX = 10_000;

export interface Deal<C extends FaultCard> {
  cards: readonly C[];
  count: number;
  fromMs: number;
  toMs: number;
  breaksPerMinMax: number;
}

/** Deals faults over `[fromMs, toMs)`, each kind by its share, in an order and at times drawn from `chance`. */
export function deal<C extends FaultCard>(plan: Deal<C>, chance: WorldChance): Planned<C>[] {
  const { cards, count, fromMs, toMs } = plan;
  const total = cards.reduce((sum, card) => sum + card.share, 0);
  const hand: C[] = [];
  for (const [index, card] of cards.entries()) {
    const before = cards.slice(0, index).reduce((sum, each) => sum + each.share, 0);
    const until = Math.round(((before + card.share) * count) / total);
    while (hand.length < until) hand.push(card);
  }
  const breaks: number[] = [];
  return hand
    .map((card) => ({ card, atMs: card.needs === "breaks" ? breakAt(breaks, plan, chance) : chance.int(fromMs, toMs - 1) }))
    .sort((a, b) => a.atMs - b.atMs);
}

function breakAt(breaks: number[], plan: Deal<FaultCard>, chance: WorldChance): number {
  let atMs = plan.fromMs;
  for (let tries = 0; tries < TRIES_MAX; tries++) {
    atMs = chance.int(plan.fromMs, plan.toMs - 1);
    if (breaks.filter((other) => Math.abs(other - atMs) < MIN_MS).length < plan.breaksPerMinMax) break;
  }
  breaks.push(atMs);
  return atMs;
}
