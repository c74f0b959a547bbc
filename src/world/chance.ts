/** Where a source of chance stands, and all that were forked from it: put back, they go on as they did from there. */
export interface ChanceState {
  at: number;
  forks: Readonly<Record<string, ChanceState>>;
}

/** Seeded chance: the same seed gives the same world. Not for secrets. */
export class WorldChance {
  #state: number;
  /** The newest of each name. */
  #forks = new Map<string, WorldChance>();

  constructor(seed: number) {
    this.#state = seed >>> 0;
  }

  /** Begins anew from `seed`, together with all that were forked from it. */
  reset(seed: number): void {
    this.#state = seed >>> 0;
    for (const [name, fork] of this.#forks) fork.reset(hash(name, this.#state));
  }

  get state(): ChanceState {
    return { at: this.#state, forks: Object.fromEntries([...this.#forks].map(([name, fork]) => [name, fork.state])) };
  }

  /** Goes on from `state`. Forks that it does not name stay as they are. */
  restore(state: ChanceState): void {
    this.#state = state.at >>> 0;
    for (const [name, forked] of Object.entries(state.forks)) this.#forks.get(name)?.restore(forked);
  }

  /** Uniform in [0, 1): mulberry32, 32 bits of state. */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let t = this.#state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  }

  /** A whole number from `min` to `max`, both included. */
  int(min: number, max: number): number {
    return min + Math.floor(this.next() * (max - min + 1));
  }

  /** One of `items`, which must not be empty. */
  pick<T>(items: readonly T[]): T {
    const item = items[Math.floor(this.next() * items.length)];
    if (item === undefined) throw new Error("pick() of an empty list");
    return item;
  }

  /** True in `share` (0–1) of the cases. */
  is(share: number): boolean {
    return this.next() < share;
  }

  /** A UUID of version 4 as text. */
  uuid(): string {
    const hex = this.hex(32);
    const variant = "89ab"[this.int(0, 3)];
    return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20)}`;
  }

  /** `length` characters of 0–9a–f. */
  hex(length: number): string {
    let text = "";
    while (text.length < length) {
      text += Math.floor(this.next() * 4_294_967_296)
        .toString(16)
        .padStart(8, "0");
    }
    return text.slice(0, length);
  }

  /** `length` characters of a–z and 0–9, as Twitch's tokens look. */
  token(length: number): string {
    let text = "";
    while (text.length < length) text += TOKEN_CHARS[Math.floor(this.next() * TOKEN_CHARS.length)];
    return text;
  }

  /** Another source that shares nothing with this one but the seed. */
  fork(name: string): WorldChance {
    const fork = new WorldChance(hash(name, this.#state));
    this.#forks.set(name, fork);
    return fork;
  }
}

const TOKEN_CHARS = "abcdefghijklmnopqrstuvwxyz0123456789";

/** FNV-1a, 32 bits, of the UTF-16 units of `text`. */
export function hash(text: string, seed = 0): number {
  let value = (0x811c9dc5 ^ seed) >>> 0;
  for (let i = 0; i < text.length; i++) {
    value = Math.imul(value ^ text.charCodeAt(i), 0x01000193) >>> 0;
  }
  return value;
}
