import type { Clock, TakeJoins, TwitchInbound } from "../../ports.ts";

/** A JOIN without ROOMSTATE after this long has failed; it is tried again after the wait below. */
const JOIN_ANSWER_MS = 10_000;
const JOIN_RETRY_MS = 60_000;
/** The socket is not open: it is about to be told so. */
const NOT_OPEN_MS = 1_000;

interface JoinsOptions {
  clock: Clock;
  takeJoins: TakeJoins;
  /** False when the socket is not open. */
  send(line: string): boolean;
  tell(inbound: TwitchInbound): void;
}

/** The rooms of one account: wanted, asked for, joined, and those to be tried again later. Order is importance. */
export class Joins {
  readonly #o: JoinsOptions;
  #wanted: readonly string[] = [];
  readonly #joined = new Map<string, string>();
  readonly #joining = new Map<string, Date>();
  readonly #retryAt = new Map<string, Date>();
  /** Grows when the connection is lost: what was taken of the limit for the old one is not used on the new one. */
  #connection = 0;
  #isTaking = false;

  constructor(options: JoinsOptions) {
    this.#o = options;
  }

  get joined(): readonly string[] {
    return [...this.#joined.keys()];
  }

  has(login: string): boolean {
    return this.#joined.has(login);
  }

  isJoining(login: string): boolean {
    return this.#joining.has(login);
  }

  /** Returns the rooms that are left by this. */
  want(logins: readonly string[]): readonly string[] {
    const wanted = new Set(logins);
    const left = this.#wanted.filter((login) => !wanted.has(login));
    this.#wanted = [...wanted];
    for (const login of left) this.#leave(login);
    return left;
  }

  /** Asks for what is wanted and not there, in order, as fast as Twitch allows. Resolves with how long to wait for the next; null: nothing waits. */
  async pump(): Promise<number | null> {
    const connection = this.#connection;
    const missing = this.#missing().length;
    if (missing === 0 || this.#isTaking) return null;
    this.#isTaking = true;
    const { count, waitMs } = await this.#o.takeJoins(missing).finally(() => {
      this.#isTaking = false;
    });
    if (connection !== this.#connection) return 0;
    for (const login of this.#missing().slice(0, count)) {
      if (!this.#o.send(`JOIN #${login}`)) return NOT_OPEN_MS;
      this.#joining.set(login, this.#o.clock.now());
    }
    return this.#missing().length > 0 ? waitMs : null;
  }

  #missing(): string[] {
    const nowMs = this.#o.clock.now().getTime();
    return this.#wanted.filter(
      (login) => !this.#joined.has(login) && !this.#joining.has(login) && (this.#retryAt.get(login)?.getTime() ?? 0) <= nowMs,
    );
  }

  /** Gives up what was asked for too long ago. */
  expire(): void {
    const now = this.#o.clock.now();
    for (const [login, since] of this.#joining) {
      if (now.getTime() - since.getTime() >= JOIN_ANSWER_MS) this.fail(login, "no_answer");
    }
    for (const [login, at] of this.#retryAt) if (at <= now) this.#retryAt.delete(login);
  }

  fail(login: string, reason: string): void {
    this.#joining.delete(login);
    if (!this.#wanted.includes(login)) return;
    this.#tryLater(login);
    this.#o.tell({ kind: "join_failed", channelLogin: login, reason });
  }

  /** ROOMSTATE with the room's id: we are in. */
  enter(login: string, roomId: string): void {
    if (!this.#wanted.includes(login)) return;
    this.#joining.delete(login);
    if (this.#joined.has(login)) return;
    this.#joined.set(login, roomId);
    this.#o.tell({ kind: "joined", channelLogin: login, channelId: roomId });
  }

  /** Twitch parts an account that was banned. False when we were not there. */
  thrownOut(login: string): boolean {
    if (!this.#joined.delete(login)) return false;
    if (this.#wanted.includes(login)) {
      this.#tryLater(login);
      this.#o.tell({ kind: "left", channelLogin: login, reason: "removed" });
    }
    return true;
  }

  /** The connection is gone: nothing is joined any more. */
  forget(): void {
    this.#connection++;
    this.#joined.clear();
    this.#joining.clear();
  }

  #leave(login: string): void {
    const wasJoined = this.#joined.delete(login);
    const wasJoining = this.#joining.delete(login);
    this.#retryAt.delete(login);
    if (wasJoined || wasJoining) this.#o.send(`PART #${login}`);
    if (wasJoined) this.#o.tell({ kind: "left", channelLogin: login, reason: "asked" });
  }

  #tryLater(login: string): void {
    this.#retryAt.set(login, new Date(this.#o.clock.now().getTime() + JOIN_RETRY_MS));
  }
}
