import type { SayOutcome } from "../../domain/events.ts";
import type { Timers } from "../../ports.ts";

/** Evidence of a line that was sent must come within this, or it stays unconfirmed. */
const CONFIRM_MS = 5_000;

interface Sending {
  resolve(outcome: SayOutcome): void;
  cancel(): void;
}

/** Lines that were sent to a room and wait for evidence, in the order of sending: Twitch tells it in that order. */
export class Confirmations {
  readonly #timers: Timers;
  readonly #waiting = new Map<string, Sending[]>();

  constructor(timers: Timers) {
    this.#timers = timers;
  }

  /** Resolves with the evidence, or as unconfirmed. */
  wait(login: string): Promise<SayOutcome> {
    return new Promise((resolve) => {
      const queue = this.#waiting.get(login) ?? [];
      const sending: Sending = { resolve, cancel: () => {} };
      sending.cancel = this.#timers.after(CONFIRM_MS, () => {
        const index = queue.indexOf(sending);
        if (index >= 0) queue.splice(index, 1);
        resolve({ status: "unconfirmed", reason: "no_answer" });
      });
      queue.push(sending);
      this.#waiting.set(login, queue);
    });
  }

  /** What became of the oldest line of the room. False when none waits. */
  settle(login: string, outcome: SayOutcome): boolean {
    const sending = this.#waiting.get(login)?.shift();
    if (!sending) return false;
    sending.cancel();
    sending.resolve(outcome);
    return true;
  }

  /** There will be no evidence any more. */
  drop(login: string, reason: string): void {
    while (this.settle(login, { status: "unconfirmed", reason })) {}
    this.#waiting.delete(login);
  }

  dropAll(reason: string): void {
    for (const login of [...this.#waiting.keys()]) this.drop(login, reason);
  }
}
