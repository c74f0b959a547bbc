/**
 * A first-in-first-out queue of at most `max` items. When it is full the oldest item makes room and
 * is counted in `dropped`.
 */
export class BoundedQueue<T> {
  readonly max: number;
  /** Items thrown away since the start because the queue was full. */
  dropped = 0;
  #items: T[] = [];
  #head = 0;

  constructor(max: number) {
    this.max = max;
  }

  get length(): number {
    return this.#items.length - this.#head;
  }

  /** False when the oldest item had to go. */
  push(item: T): boolean {
    const fits = this.length < this.max;
    if (!fits) {
      this.#head++;
      this.dropped++;
      this.#compact();
    }
    this.#items.push(item);
    return fits;
  }

  shift(): T | undefined {
    if (this.length === 0) return undefined;
    const item = this.#items[this.#head];
    this.#head++;
    this.#compact();
    return item;
  }

  /** The oldest `count` items, still in the queue; those after the first `skip` of them. */
  peek(count: number, skip = 0): T[] {
    return this.#items.slice(this.#head + skip, this.#head + count);
  }

  /** Removes the oldest `count` items. */
  drop(count: number): void {
    this.#head += Math.min(count, this.length);
    this.#compact();
  }

  #compact(): void {
    if (this.#head === this.#items.length) {
      this.#items = [];
      this.#head = 0;
    } else if (this.#head > 1024 && this.#head * 2 > this.#items.length) {
      this.#items = this.#items.slice(this.#head);
      this.#head = 0;
    }
  }
}
