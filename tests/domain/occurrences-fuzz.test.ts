import { expect, test } from "bun:test";
import fc from "fast-check";
import { emptyChannel, type Inbound } from "../../src/domain/channel.ts";
import type { EventBody } from "../../src/domain/events.ts";
import type { Occurrence, Person } from "../../src/domain/occurrences.ts";
import { after, aMessage, aSettings, ourBot, Room } from "./builders.ts";

/*
 * Things happen; each is reported over its surfaces, late, shuffled, some of it twice. However it arrives, and though the
 * process is started anew in the middle, each thing is told once.
 */

interface Happening {
  /** What the timeline must hold of it. */
  name: string;
  reports: readonly Report[];
}

interface Report {
  source: string;
  /** By Twitch's clock, in milliseconds after noon. */
  atMs: number;
  inbound(id: string, atMs: number): Inbound;
}

const people: readonly Person[] = ["1", "2", "3"].map((userId) => ({ userId, login: `p${userId}`, name: `P${userId}` }));
const nobody: Person = { userId: "", login: "", name: "" };
const person = fc.constantFrom(...people);
const giver = fc.constantFrom(...people, nobody);

const told = (source: string, atMs: number, make: (origin: Occurrence["origin"]) => Occurrence): Report => ({
  source,
  atMs,
  inbound: (id, at) => ({ kind: "occurrence", occurrence: make({ source, id, at: after(at) }) }),
});

type Support = Extract<Occurrence, { kind: "support" }>;
const support =
  (kind: Support["support"], by: Person, over: Partial<Support>) =>
  (origin: Occurrence["origin"]): Support => ({
    kind: "support",
    support: kind,
    origin,
    by,
    amount: 1,
    months: null,
    tier: "1000",
    text: "",
    giftId: null,
    recipient: null,
    ...over,
  });

const cheer = (by: Person, amount: number, atMs: number): Happening => ({
  name: `cheer ${by.login} ${amount}`,
  reports: [
    {
      source: "chat",
      atMs,
      inbound: (id, at) => {
        const message = aMessage({
          id,
          bits: amount,
          chatterId: by.userId,
          login: by.login,
          displayName: by.name,
          sentAt: after(at),
        });
        return { kind: "message", message, traceId: id };
      },
    },
    told("channel.cheer", atMs, support("cheer", by, { amount, tier: null })),
    told("channel.bits.use", atMs, support("cheer", by, { amount, tier: null })),
  ],
});

const subscribed = (kind: "sub" | "resub", by: Person, atMs: number): Happening => ({
  name: `${kind} ${by.login} 1`,
  reports: [
    told("chat", atMs, support(kind, by, { tier: "Prime", months: 3 })),
    told(kind === "sub" ? "channel.subscribe" : "channel.subscription.message", atMs, support(kind, by, {})),
  ],
});

const gifted = (by: Person, amount: number, isBomb: boolean, giftId: string, atMs: number): Happening => ({
  name: `${amount > 1 ? "gift_bomb" : "gift"} ${by.login} ${amount}`,
  reports: [
    told("chat", atMs, isBomb ? support("gift_bomb", by, { amount, giftId }) : support("gift", by, { recipient: nobody })),
    told("channel.subscription.gift", atMs, support(amount > 1 ? "gift_bomb" : "gift", by, { amount })),
    ...Array.from({ length: amount }, () =>
      told("channel.subscribe", atMs, (origin) => ({ kind: "gift_received", origin, recipient: nobody, tier: "1000" })),
    ),
    ...Array.from({ length: isBomb ? amount : 0 }, () => told("chat", atMs, support("gift", by, { giftId, recipient: nobody }))),
  ],
});

const raid = (from: Person, atMs: number): Happening => ({
  name: `raid ${from.login}`,
  reports: ["chat", "channel.raid"].map((source) => told(source, atMs, (origin) => ({ kind: "raid", origin, from, viewers: 7 }))),
});

/** Things with a name of their own come over one surface. */
const named = (nth: number, by: Person, which: number, atMs: number): Happening => {
  const id = `${nth}-${atMs}`;
  const instant = after(atMs + nth);
  const kinds: readonly (readonly [string, string, (origin: Occurrence["origin"]) => Occurrence])[] = [
    ["channel.follow", `follow ${by.login}`, (origin) => ({ kind: "follow", origin, by, followedAt: instant })],
    [
      "redemption",
      `redemption ${id}`,
      (origin) => ({ kind: "redemption", origin, redemptionId: id, by, reward: id, cost: 1, text: "" }),
    ],
    ["stream.online", `online ${id}`, (origin) => ({ kind: "online", origin, streamId: id, startedAt: instant })],
    ["stream.offline", `offline ${id}`, (origin) => ({ kind: "offline", origin, streamId: id })],
    [
      "channel.ad_break.begin",
      "ad",
      (origin) => ({ kind: "ad_break", origin, startedAt: instant, seconds: 60, isAutomatic: true }),
    ],
    [
      "channel.hype_train.progress",
      `train ${id} 2`,
      (origin) => ({ kind: "hype_train", origin, phase: "progressed", trainId: id, level: 2, total: 5 }),
    ],
    [
      "channel.ban",
      `ban ${by.login}`,
      (origin) => ({ kind: "ban", origin, who: by, by: nobody, reason: "", bannedAt: instant, seconds: 9 }),
    ],
  ];
  const [source, name, make] = kinds[which % kinds.length] ?? ["", "", (origin) => ({ kind: "offline", origin, streamId: id })];
  return { name, reports: [told(source, atMs, make)] };
};

const nameOf = (body: EventBody): string => {
  switch (body.type) {
    case "chat.support":
      return `${body.kind} ${body.login} ${body.amount}`;
    case "chat.raid":
      return `raid ${body.fromLogin}`;
    case "channel.followed":
      return `follow ${body.login}`;
    case "channel.redeemed":
      return `redemption ${body.reward}`;
    case "stream.online":
      return `online ${body.streamId}`;
    case "stream.offline":
      return `offline ${body.streamId}`;
    case "stream.ad_break":
      return "ad";
    case "stream.hype_train":
      return `train ${body.trainId} ${body.level}`;
    case "chat.banned":
      return `ban ${body.login}`;
    default:
      return body.type;
  }
};

/** Ten minutes, in which the same people do the same things again and again. */
const atMs = fc.integer({ min: 0, max: 600_000 });
const happening = fc.oneof(
  { weight: 4, arbitrary: fc.tuple(person, fc.constantFrom(1, 100), atMs).map(([by, bits, at]) => cheer(by, bits, at)) },
  fc.tuple(fc.constantFrom("sub" as const, "resub" as const), person, atMs).map(([kind, by, at]) => subscribed(kind, by, at)),
  {
    weight: 3,
    arbitrary: fc
      .tuple(giver, fc.constantFrom(1, 1, 2, 5), fc.boolean(), fc.uuid(), atMs)
      .map(([by, amount, isBomb, giftId, at]) => gifted(by, amount, isBomb || amount > 1, giftId, at)),
  },
  fc.tuple(person, atMs).map(([from, at]) => raid(from, at)),
  fc.tuple(fc.nat(), person, fc.nat(6), atMs).map(([nth, by, which, at]) => named(nth, by, which, at)),
);

/** How a report comes: how late, lost (never in chat, which tells of everything), the same again, and under a second id. */
const way = fc.record({
  lateMs: fc.integer({ min: 0, max: 5_000 }),
  isLost: fc.integer({ min: 0, max: 9 }).map((dice) => dice === 0),
  againAfterMs: fc.option(fc.integer({ min: 0, max: 60_000 }), { freq: 4 }),
  secondId: fc.option(fc.record({ afterMs: fc.integer({ min: 0, max: 3_000 }), lateMs: fc.integer({ min: 0, max: 5_000 }) }), {
    freq: 4,
  }),
});

interface Arrival {
  ms: number;
  inbound: Inbound;
}

function arrivalsOf(
  happenings: readonly Happening[],
  ways: readonly (typeof way extends fc.Arbitrary<infer W> ? W : never)[],
): Arrival[] {
  const arrivals: Arrival[] = [];
  let nth = 0;
  for (const { reports } of happenings) {
    for (const { source, atMs: at, inbound } of reports) {
      const { lateMs, isLost, againAfterMs, secondId } = ways[nth++ % ways.length] ?? {
        lateMs: 0,
        isLost: false,
        againAfterMs: null,
        secondId: null,
      };
      const id = `id-${nth}`;
      if (isLost && source !== "chat" && reports.some((other) => other.source === "chat")) continue;
      arrivals.push({ ms: at + lateMs, inbound: inbound(id, at) });
      if (againAfterMs !== null) arrivals.push({ ms: at + lateMs + againAfterMs, inbound: inbound(id, at) });
      if (secondId !== null && source !== "chat")
        arrivals.push({ ms: at + secondId.afterMs + secondId.lateMs, inbound: inbound(`${id}-b`, at + secondId.afterMs) });
    }
  }
  return arrivals.sort((a, b) => a.ms - b.ms);
}

/** What is told of the arrivals, by a process that is started anew before those that `restartsAt` names. */
function tellAll(arrivals: readonly Arrival[], restartsAt: readonly number[]): string[] {
  const names: string[] = [];
  const meanings: { meaning: string; at: Date }[] = [];
  const keys = new Set<string>();
  let room = new Room();
  for (const [nth, { ms, inbound }] of arrivals.entries()) {
    room.now = after(ms);
    if (restartsAt.includes(nth)) {
      const now = room.now;
      room = new Room(
        emptyChannel({ channelId: "1001", login: "studio" }, ourBot, aSettings(), { lines: [], saved: null, told: meanings }),
      );
      room.now = now;
    }
    for (const effect of room.tell(inbound)) {
      if (effect.kind !== "happened" || !effect.told) continue;
      // The database writes a report of one id once.
      const { meaning, writeKey } = effect.told;
      if (writeKey !== null && keys.has(writeKey)) continue;
      if (writeKey !== null) keys.add(writeKey);
      meanings.push({ meaning, at: room.now });
      names.push(nameOf(effect.body));
    }
  }
  return names;
}

test("F16, F67: whatever happens, however it is reported, each is told exactly once", () => {
  const plans = fc.record({
    happenings: fc.array(happening, { minLength: 1, maxLength: 40 }),
    ways: fc.array(way, { minLength: 20, maxLength: 60 }),
  });
  fc.assert(
    fc.property(plans, ({ happenings, ways }) => {
      const names = tellAll(arrivalsOf(happenings, ways), []);
      expect(names.toSorted()).toEqual(happenings.map(({ name }) => name).toSorted());
    }),
    { numRuns: 400 },
  );
});

test("F16: so it is when the process is started anew in between, and nobody does the same twice", () => {
  const plans = fc.record({
    happenings: fc.uniqueArray(happening, { minLength: 1, maxLength: 40, selector: ({ name }) => name }),
    ways: fc.array(way, { minLength: 20, maxLength: 60 }),
    restartsAt: fc.array(fc.nat(200), { maxLength: 4 }),
  });
  fc.assert(
    fc.property(plans, ({ happenings, ways, restartsAt }) => {
      const names = tellAll(arrivalsOf(happenings, ways), restartsAt);
      expect(names.toSorted()).toEqual(happenings.map(({ name }) => name).toSorted());
    }),
    { numRuns: 400 },
  );
});
