import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { Rates, type Ticket, type Turn } from "../../src/adapters/twitch/helix-rates.ts";
import { ManualClock } from "../../src/world/index.ts";

const quiet = { info: () => {}, warn: () => {}, error: () => {} };

/** Twitch's bucket: refilled steadily, full again a window after it was empty. */
class TwitchBucket {
  points: number;
  #atMs: number;
  /** Requests that found it empty. */
  refused = 0;

  constructor(
    readonly clock: ManualClock,
    readonly max: number,
    readonly windowMs: number,
  ) {
    this.points = max;
    this.#atMs = clock.now().getTime();
  }

  /** Takes a point and says what is left, as the headers of the answer will. */
  take(): Headers {
    const nowMs = this.clock.now().getTime();
    this.points = Math.min(this.max, this.points + ((nowMs - this.#atMs) * this.max) / this.windowMs);
    this.#atMs = nowMs;
    if (this.points < 1) this.refused++;
    else this.points--;
    return headersOf({
      limit: this.max,
      remaining: Math.floor(this.points),
      resetAtMs: nowMs + ((this.max - this.points) * this.windowMs) / this.max,
      nowMs,
    });
  }
}

const headersOf = (state: { limit: number; remaining: number; resetAtMs: number; nowMs: number }): Headers =>
  new Headers({
    "ratelimit-limit": String(state.limit),
    "ratelimit-remaining": String(state.remaining),
    "ratelimit-reset": String(Math.ceil(state.resetAtMs / 1_000)),
    date: new Date(state.nowMs).toUTCString(),
  });

function aRates() {
  const clock = new ManualClock();
  const rates = new Rates({ time: clock, log: quiet });
  const nowMs = () => clock.now().getTime();
  /** One request whose answer says this. */
  const told = async (account: string, remaining: number, resetInMs: number) => {
    const turn = await rates.enter(account, "all");
    if (!turn.ok) throw new Error("turned away");
    return rates.answered(turn.ticket, headersOf({ limit: 800, remaining, resetAtMs: nowMs() + resetInMs, nowMs: nowMs() }));
  };
  /** What becomes of a request: still waiting, let in, or turned away. */
  const asks = (account: string, kind = "all") => {
    const asked = { state: "waiting", turn: null as Turn | null };
    const settled = rates.enter(account, kind).then((turn) => {
      asked.turn = turn;
      asked.state = turn.ok ? "in" : "away";
    });
    return { asked, settled };
  };
  return { clock, rates, told, asks };
}

/** Lets promises that are settled be heard. */
const heard = async () => {
  for (let i = 0; i < 5; i++) await Promise.resolve();
};

const steps = fc.array(
  fc.oneof(
    { weight: 4, arbitrary: fc.record({ what: fc.constant("ask" as const), count: fc.integer({ min: 1, max: 40 }) }) },
    { weight: 4, arbitrary: fc.record({ what: fc.constant("serve" as const), count: fc.nat(40) }) },
    { weight: 5, arbitrary: fc.record({ what: fc.constant("answer" as const), count: fc.nat(40) }) },
    { weight: 1, arbitrary: fc.record({ what: fc.constant("wait" as const), count: fc.integer({ min: 1, max: 20_000 }) }) },
  ),
  { minLength: 40, maxLength: 80 },
);

/** A client, its requests on their way, and Twitch's answers on theirs. */
class Course {
  readonly clock = new ManualClock();
  readonly rates = new Rates({ time: this.clock, log: quiet });
  readonly twitch: TwitchBucket;
  asked = 0;
  ended = 0;
  #sent: Ticket[] = [];
  #served: { ticket: Ticket; headers: Headers }[] = [];

  constructor(max: number) {
    this.twitch = new TwitchBucket(this.clock, max, 60_000);
  }

  ask(count: number): void {
    this.asked += count;
    for (let i = 0; i < count; i++) {
      void this.rates.enter("1", "all").then((turn) => {
        this.ended++;
        if (turn.ok) this.#sent.push(turn.ticket);
      });
    }
  }

  /** So many requests reach Twitch, in no order. */
  serve(count: number): void {
    for (const ticket of taken(this.#sent, count)) this.#served.push({ ticket, headers: this.twitch.take() });
  }

  /** So many answers reach us, in no order. */
  answer(count: number): void {
    for (const { ticket, headers } of taken(this.#served, count)) this.rates.answered(ticket, headers);
  }

  wait(ms: number): void {
    this.clock.advance(ms);
  }

  /** Serves and answers all that is left, while time goes on. */
  async end(): Promise<void> {
    for (let s = 0; s < 400 && this.ended < this.asked; s++) {
      this.serve(this.asked);
      this.answer(this.asked);
      this.wait(1_000);
      await heard();
    }
  }
}

/** At most `count`, from all over the list. */
const taken = <T>(list: T[], count: number): T[] =>
  Array.from({ length: Math.min(count, list.length) }, (_, i) => list.splice((i * 7 + count) % list.length, 1)).flat();

test("over any course of requests, slow and overtaking answers, an empty bucket is never asked, and everybody gets an end", async () => {
  await fc.assert(
    fc.asyncProperty(steps, fc.integer({ min: 100, max: 130 }), async (course, max) => {
      const run = new Course(max);
      for (const { what, count } of course) {
        run[what](count);
        await heard();
      }
      await run.end();
      expect([run.twitch.refused, run.ended, run.rates.waiting]).toEqual([0, run.asked, 0]);
    }),
    { numRuns: 200 },
  );
});

describe("H2: an empty bucket", () => {
  test("holds its own account's requests until Reset, first come first served; other accounts and chat go on", async () => {
    const { clock, told, asks } = aRates();
    await told("1", 0, 30_000);
    const [first, second, chat, other] = [asks("1"), asks("1"), asks("1", "chat"), asks("2")];
    clock.advance(29_000);
    await heard();
    expect([first, second, chat, other].map(({ asked }) => asked.state)).toEqual(["waiting", "waiting", "in", "in"]);
    clock.advance(1_000);
    await heard();
    expect([first, second].map(({ asked }) => asked.state)).toEqual(["in", "in"]);
  });

  test.each([
    ["in the past: a second", -300_000, 1_000],
    ["absurdly far: a minute", 86_400_000, 60_000],
  ])("Reset %s", async (_, resetInMs, waitMs) => {
    const { clock, told, asks } = aRates();
    expect(await told("1", 0, resetInMs)).toBe(waitMs);
    const { asked } = asks("1");
    clock.advance(waitMs - 1);
    await heard();
    expect(asked.state).toBe("waiting");
    clock.advance(1);
    await heard();
    expect(asked.state).toBe("in");
  });

  test("Reset is measured by the date of the same answer, so our clock may be wrong", async () => {
    const { clock, rates } = aRates();
    const turn = await rates.enter("1", "all");
    const twitchMs = clock.now().getTime() + 7_200_000;
    const state = { limit: 800, remaining: 0, resetAtMs: twitchMs + 20_000, nowMs: twitchMs };
    expect(turn.ok && rates.answered(turn.ticket, headersOf(state))).toBe(20_000);
  });

  test("fifty wait; the next ones are turned away at once, told when to come again, and counted", async () => {
    const { rates, told, asks } = aRates();
    await told("1", 0, 45_000);
    const waiting = Array.from({ length: 50 }, () => asks("1"));
    const late = [asks("1"), asks("1")];
    await heard();
    expect(waiting.every(({ asked }) => asked.state === "waiting")).toBe(true);
    expect(late.map(({ asked }) => asked.turn)).toEqual([
      { ok: false, retryAfterMs: 45_000 },
      { ok: false, retryAfterMs: 45_000 },
    ]);
    expect([rates.waiting, rates.turnedAway]).toEqual([50, 2]);
  });

  test("nobody waits longer than 65 seconds: a full minute of Reset, but not somebody else's answer that does not come", async () => {
    const { clock, rates, asks } = aRates();
    const turn = await rates.enter("1", "all");
    const nowMs = clock.now().getTime();
    if (turn.ok) rates.answered(turn.ticket, headersOf({ limit: 1, remaining: 0, resetAtMs: nowMs + 60_000, nowMs }));
    const [first, second] = [asks("1"), asks("1")];
    clock.advance(64_999);
    await heard();
    expect([first.asked.state, second.asked.state]).toEqual(["in", "waiting"]);
    clock.advance(1);
    await heard();
    expect([second.asked.state, rates.turnedAway]).toEqual(["away", 1]);
  });

  test("what is turned away is told once in the log until the bucket is free again", async () => {
    const lines: string[] = [];
    const clock = new ManualClock();
    const rates = new Rates({ time: clock, log: { ...quiet, warn: (event) => void lines.push(event) } });
    const turn = await rates.enter("1", "all");
    const nowMs = clock.now().getTime();
    if (turn.ok) rates.answered(turn.ticket, headersOf({ limit: 800, remaining: 0, resetAtMs: nowMs + 30_000, nowMs }));
    for (let i = 0; i < 60; i++) void rates.enter("1", "all");
    await heard();
    expect([lines, rates.turnedAway]).toEqual([["helix_turned_away"], 10]);
  });
});
