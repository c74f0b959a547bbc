import { type ChannelState, type Effect, type Inbound, receive } from "../domain/channel.ts";
import type { Clock } from "../ports.ts";
import { BoundedQueue } from "./queue.ts";

/** What waits for one channel's actor. More pushes out the oldest, which is counted. */
export const MAILBOX_MAX = 20_000;
/** Minutes whose lines are counted in memory, for the list of channels. */
const MINUTES = 10;
const MINUTE_MS = 60_000;

/**
 * One channel: a mailbox with one reader. The reducer decides, `perform` does; nothing here waits.
 * Until `begin` gives it a state (what was known before a restart), it only collects.
 */
export class ChannelActor {
  readonly channelId: string;
  readonly mailbox = new BoundedQueue<Inbound>(MAILBOX_MAX);
  readonly #clock: Clock;
  readonly #perform: (actor: ChannelActor, effect: Effect) => void;
  #state: ChannelState | null = null;
  readonly #minutes = new Array<number>(MINUTES).fill(0);
  #minute = 0;

  constructor(channelId: string, clock: Clock, perform: (actor: ChannelActor, effect: Effect) => void) {
    this.channelId = channelId;
    this.#clock = clock;
    this.#perform = perform;
  }

  get state(): ChannelState | null {
    return this.#state;
  }

  begin(state: ChannelState): void {
    this.#state ??= state;
  }

  /** Takes up to `max` of what waits. Returns how many it took. */
  work(max: number): number {
    if (this.#state === null) return 0;
    const now = this.#clock.now();
    let taken = 0;
    while (taken < max) {
      const inbound = this.mailbox.shift();
      if (inbound === undefined) break;
      taken++;
      if (inbound.kind === "message") this.#count(now);
      const [next, effects] = receive(this.#state, inbound, now);
      this.#state = next;
      for (const effect of effects) this.#perform(this, effect);
    }
    return taken;
  }

  /** Lines of the last ten minutes, the running one included. */
  messages10m(): number {
    this.#turn(this.#clock.now());
    return this.#minutes.reduce((sum, count) => sum + count, 0);
  }

  #count(now: Date): void {
    this.#turn(now);
    const slot = this.#minute % MINUTES;
    this.#minutes[slot] = (this.#minutes[slot] ?? 0) + 1;
  }

  /** Forgets the minutes that have passed out of the window. A clock that steps back changes nothing. */
  #turn(now: Date): void {
    const minute = Math.floor(now.getTime() / MINUTE_MS);
    if (minute <= this.#minute) return;
    const passed = Math.min(MINUTES, minute - this.#minute);
    for (let step = 1; step <= passed; step++) this.#minutes[(this.#minute + step) % MINUTES] = 0;
    if (passed === MINUTES) this.#minutes.fill(0);
    this.#minute = minute;
  }
}

/** Inbounds that one actor takes before the next has its turn. */
const TURN_MAX = 64;
/** Inbounds taken before the event loop may do something else. */
const RUN_MAX = 1_024;

/** Lets the actors that have something waiting work in turn, so that a busy one cannot hold up the others. */
export class Turns {
  readonly #ready = new Set<ChannelActor>();
  #isPlanned = false;

  wake(actor: ChannelActor): void {
    this.#ready.add(actor);
    if (this.#isPlanned) return;
    this.#isPlanned = true;
    queueMicrotask(() => this.#run());
  }

  #run(): void {
    let taken = 0;
    while (taken < RUN_MAX) {
      const actor = this.#ready.values().next().value;
      if (actor === undefined) break;
      this.#ready.delete(actor);
      const took = actor.work(TURN_MAX);
      taken += took;
      if (took > 0 && actor.mailbox.length > 0) this.#ready.add(actor);
    }
    this.#isPlanned = this.#ready.size > 0;
    if (this.#isPlanned) setImmediate(() => this.#run());
  }
}
