import { describe, expect, test } from "bun:test";
import { emptyChannel, type Inbound } from "../../src/domain/channel.ts";
import type { EventBody } from "../../src/domain/events.ts";
import type { Occurrence, Person } from "../../src/domain/occurrences.ts";
import { aChannel, after, aSettings, noon, ourBot, Room } from "./builders.ts";

const rae: Person = { userId: "2006", login: "rae", name: "Rae" };
const sol: Person = { userId: "2007", login: "sol", name: "Sol" };
const nobody: Person = { userId: "", login: "", name: "" };

let reports = 0;
/** A report of a fresh id over that surface, `afterMs` after noon by Twitch's clock. */
const from = (source: string, afterMs = 0, id = `r${++reports}`) => ({ origin: { source, id, at: after(afterMs) } });

type Support = Extract<Occurrence, { kind: "support" }>;
const aSupport = (support: Support["support"], over: Partial<Support> = {}): Support => ({
  ...from("chat"),
  kind: "support",
  support,
  by: rae,
  amount: 1,
  months: null,
  tier: "1000",
  text: "",
  giftId: null,
  recipient: null,
  ...over,
});
const aCheer = (over: Partial<Support> = {}): Support =>
  aSupport("cheer", { amount: 100, tier: null, text: "Cheer100", ...over });

/** What the room tells of the reports, one after another. */
function told(room: Room, ...occurrences: readonly Occurrence[]): EventBody[] {
  return occurrences.flatMap((occurrence) => bodies(room.tell({ kind: "occurrence", occurrence })));
}
const bodies = (effects: ReturnType<Room["tell"]>): EventBody[] =>
  effects.flatMap((effect) => (effect.kind === "happened" ? [effect.body] : []));

describe("what Twitch's occurrences are in the timeline", () => {
  const events: readonly (readonly [Occurrence, EventBody])[] = [
    [
      aSupport("resub", { months: 6, tier: "Prime", text: "six!\u202e" }),
      { type: "chat.support", kind: "resub", login: "rae", name: "Rae", amount: 1, months: 6, text: "six!", tier: "Prime" },
    ],
    [
      aSupport("gift_bomb", { by: nobody, amount: 50, giftId: "g1" }),
      { type: "chat.support", kind: "gift_bomb", login: "", name: "", amount: 50, months: null, text: "", tier: "1000" },
    ],
    [
      aSupport("sub", { ...from("channel.subscribe"), tier: `of ${"gold".repeat(20)}` }),
      {
        type: "chat.support",
        kind: "sub",
        login: "rae",
        name: "Rae",
        amount: 1,
        months: null,
        text: "",
        tier: `of ${"gold".repeat(20)}`.slice(0, 32),
      },
    ],
    [
      { ...from("channel.raid"), kind: "raid", from: sol, viewers: 38 },
      { type: "chat.raid", fromLogin: "sol", fromName: "Sol", viewers: 38 },
    ],
    [
      { ...from("channel.follow"), kind: "follow", by: rae, followedAt: noon },
      { type: "channel.followed", login: "rae", name: "Rae" },
    ],
    [
      { ...from("redemption"), kind: "redemption", redemptionId: "x", by: rae, reward: "Hydrate", cost: 500, text: "water\nnow" },
      { type: "channel.redeemed", login: "rae", name: "Rae", reward: "Hydrate", cost: 500, text: "water now" },
    ],
    [
      { ...from("channel.update"), kind: "update", title: "hi", category: "Chess", language: "pt" },
      { type: "channel.updated", title: "hi", category: "Chess", language: "pt" },
    ],
    [
      { ...from("stream.online"), kind: "online", streamId: "41", startedAt: noon },
      { type: "stream.online", streamId: "41", startedAt: noon.toISOString() },
    ],
    [
      { ...from("stream.offline"), kind: "offline", streamId: "41" },
      { type: "stream.offline", streamId: "41" },
    ],
    [
      { ...from("channel.ad_break.begin"), kind: "ad_break", startedAt: noon, seconds: 60, isAutomatic: true },
      { type: "stream.ad_break", seconds: 60, isAutomatic: true },
    ],
    [
      { ...from("channel.hype_train.end"), kind: "hype_train", phase: "ended", trainId: "t", level: 2, total: 900 },
      { type: "stream.hype_train", phase: "ended", trainId: "t", level: 2, total: 900 },
    ],
    [
      { ...from("channel.ban"), kind: "ban", who: rae, by: sol, reason: "spam", bannedAt: noon, seconds: null },
      { type: "chat.banned", login: "rae", name: "Rae", by: "Sol", reason: "spam", seconds: null },
    ],
    [
      { ...from("channel.unban"), kind: "unban", who: rae, by: sol },
      { type: "chat.unbanned", login: "rae", name: "Rae", by: "Sol" },
    ],
  ];
  for (const [occurrence, body] of events) {
    test(`${body.type}: told once, and not again when the same report comes again, at once or a quarter of an hour later`, () => {
      const room = new Room();
      expect(told(room, occurrence, occurrence)).toEqual([body]);
      const again = { ...occurrence, origin: { ...occurrence.origin, id: `again-${occurrence.origin.id}` } };
      if (occurrence.origin.source !== "chat") expect(told(room, again)).toEqual([]);
      room.wait(14 * 60_000);
      expect(told(room, occurrence)).toEqual([]);
    });
  }

  test("a row tells how it is known again: by its meaning, and by Twitch's id of the report when there is one", () => {
    const room = new Room();
    const occurrence = aCheer(from("channel.cheer", 0, "e1"));
    expect(room.tell({ kind: "occurrence", occurrence })).toMatchObject([
      {
        told: {
          meaning: JSON.stringify(["cheer:2006:100", "channel.cheer", "e1", noon.getTime(), null]),
          writeKey: "channel.cheer:e1",
        },
      },
    ]);
    const nameless = aCheer({ ...from("channel.cheer", 0, ""), amount: 5 });
    expect(room.tell({ kind: "occurrence", occurrence: nameless })).toMatchObject([{ told: { writeKey: null } }]);
  });
});

describe("one thing over several surfaces is told once", () => {
  const cheer = (at: number) => [
    aCheer(from("chat", at)),
    aCheer(from("channel.cheer", at + 100)),
    aCheer(from("channel.bits.use", at + 200)),
  ];

  test("F67: two equal cheers of one person, each on three surfaces, are two, in whatever order", () => {
    const [a1, a2, a3] = cheer(0) as [Support, Support, Support];
    const [b1, b2, b3] = cheer(1_000) as [Support, Support, Support];
    expect(told(new Room(), a1, a2, a3, b1, b2, b3)).toHaveLength(2);
    expect(told(new Room(), b3, a3, a2, b1, b2, a1)).toHaveLength(2);
    expect(told(new Room(), a1, b1, b2, a2, a3, b3)).toHaveLength(2);
  });

  test("a cheer that comes as a chat message is the one that EventSub tells of", () => {
    const room = new Room();
    const message = bodies(room.write("Cheer100", { bits: 100, chatterId: "2006", login: "rae" }));
    expect(message).toMatchObject([{ type: "chat.support", kind: "cheer", amount: 100 }]);
    expect(told(room, aCheer(from("channel.cheer")), aCheer(from("channel.bits.use")))).toEqual([]);
    expect(told(room, aCheer({ ...from("channel.cheer"), by: sol }))).toHaveLength(1);
  });

  test("an anonymous cheer is nobody's on every surface", () => {
    const room = new Room();
    const cheerer = { chatterId: "407665396", login: "ananonymouscheerer", displayName: "AnAnonymousCheerer", bits: 100 };
    expect(bodies(room.write("Cheer100", cheerer))).toMatchObject([{ kind: "cheer", login: "", name: "" }]);
    expect(told(room, aCheer({ ...from("channel.cheer"), by: nobody }))).toEqual([]);
  });

  test("F67: a sub with Prime is one, though one surface calls its tier 1000; a resub is one, with the months of the first", () => {
    const room = new Room();
    const sub = [aSupport("sub", { tier: "Prime" }), aSupport("sub", from("channel.subscribe"))];
    expect(told(room, ...sub)).toMatchObject([{ kind: "sub", tier: "Prime" }]);
    const resub = [aSupport("resub", { ...from("channel.subscription.message"), months: 3 }), aSupport("resub", { months: 3 })];
    expect(told(room, ...resub)).toMatchObject([{ kind: "resub", months: 3 }]);
  });

  for (const by of [rae, nobody]) {
    const who = by === nobody ? "nobody" : "somebody";
    const bomb = (count: number): Occurrence[] => [
      aSupport("gift_bomb", { by, amount: count, giftId: "g-1" }),
      aSupport("gift_bomb", { ...from("channel.subscription.gift"), by, amount: count }),
      ...Array.from({ length: count }, (_, nth): Occurrence[] => {
        const recipient = { userId: `n${nth}`, login: `n${nth}`, name: `N${nth}` };
        return [
          aSupport("gift", { by, giftId: "g-1", recipient }),
          { ...from("channel.subscribe"), kind: "gift_received", recipient, tier: "1000" },
        ];
      }).flat(),
    ];

    test(`F67: a bomb of a hundred gifts of ${who} is one of a hundred, forwards, backwards and from the middle`, () => {
      const expected = [{ type: "chat.support", kind: "gift_bomb", amount: 100, login: by.login }];
      const parts = bomb(100);
      expect(told(new Room(), ...parts)).toMatchObject(expected);
      expect(told(new Room(), ...parts.toReversed())).toMatchObject(expected);
      expect(told(new Room(), ...parts.slice(60), ...parts.slice(0, 60))).toMatchObject(expected);
    });

    test(`a single gift of ${who} is one, also when Twitch tells it as a bomb of one`, () => {
      const gift = [aSupport("gift", { by }), aSupport("gift", { ...from("channel.subscription.gift"), by })];
      expect(told(new Room(), ...gift)).toMatchObject([{ kind: "gift", amount: 1 }]);
      expect(told(new Room(), ...bomb(1))).toMatchObject([{ kind: "gift", amount: 1 }]);
      const asGift = aSupport("gift", { ...from("channel.subscription.gift"), by });
      expect(told(new Room(), asGift, aSupport("gift_bomb", { by, giftId: "g-1" }))).toMatchObject([{ kind: "gift", amount: 1 }]);
    });
  }

  test("a bomb that chat tells twice under two ids is one by its gift's id; the next one of that size is another", () => {
    const room = new Room();
    const bomb = (giftId: string) => aSupport("gift_bomb", { amount: 5, giftId });
    expect(told(room, bomb("g-1"), bomb("g-1"), bomb("g-2"))).toHaveLength(2);
  });

  test("a raid is one", () => {
    const raid = (source: string): Occurrence => ({ ...from(source), kind: "raid", from: sol, viewers: 5 });
    expect(told(new Room(), raid("channel.raid"), raid("chat"))).toHaveLength(1);
  });

  test("who got a gift, and one gift of a bomb, are told of nowhere", () => {
    const room = new Room();
    expect(told(room, { ...from("channel.subscribe"), kind: "gift_received", recipient: rae, tier: "1000" })).toEqual([]);
    expect(told(room, aSupport("gift", { giftId: "g-9" }))).toEqual([]);
    expect(room.state.known).toEqual([]);
  });
});

describe("the same surface twice", () => {
  test("F16: an event under two ids within three seconds is one; later it is another", () => {
    const room = new Room();
    const power = (at: number) => aSupport("power_up", { ...from("channel.bits.use", at), amount: 50 });
    expect(told(room, power(0), power(3_000))).toHaveLength(1);
    expect(told(room, power(3_001))).toHaveLength(1);
  });

  test("two chat messages are two cheers, however close; a message delivered again is not", () => {
    const room = new Room();
    const first = aCheer(from("chat", 0));
    expect(told(room, first, aCheer(from("chat", 1)), first)).toHaveLength(2);
  });

  test("F16: `stream.offline` under two ids is one, with the stream's id or without; a stream that comes back ends again", () => {
    const room = new Room();
    const online = (streamId: string): Occurrence => ({ ...from("stream.online"), kind: "online", streamId, startedAt: noon });
    const offline = (streamId: string | null): Occurrence => ({ ...from("stream.offline"), kind: "offline", streamId });
    const types = (...occurrences: Occurrence[]) => told(room, ...occurrences).map(({ type }) => type);
    expect(types(offline(null), offline(null))).toEqual(["stream.offline"]);
    expect(types(online("1"), online("1"), offline(null), offline("1"), offline(null))).toEqual([
      "stream.online",
      "stream.offline",
    ]);
    expect(types(online("2"), offline("2"), offline(null))).toEqual(["stream.online", "stream.offline"]);
  });

  test("a hype train tells its beginning and end once, and its progress once per level", () => {
    const step = (phase: "began" | "progressed" | "ended", level: number, total: number): Occurrence => ({
      ...from(`channel.hype_train.${phase}`),
      kind: "hype_train",
      phase,
      trainId: "t",
      level,
      total,
    });
    const steps = [
      step("progressed", 1, 5),
      step("began", 1, 1),
      step("progressed", 1, 9),
      step("progressed", 2, 20),
      step("ended", 2, 30),
    ];
    expect(told(new Room(), ...steps, ...steps.map((one) => ({ ...one, ...from(one.origin.source) })))).toMatchObject([
      { phase: "progressed", level: 1 },
      { phase: "began" },
      { phase: "progressed", level: 2 },
      { phase: "ended" },
    ]);
  });

  test("an update is told when it changes something: not what is known, nor one that was overtaken", () => {
    const room = new Room();
    const update = (title: string, at: number): Occurrence => ({
      ...from("channel.update", at),
      kind: "update",
      title,
      category: "Chess",
      language: "en",
    });
    const titles = told(room, update("a", 0), update("a", 60_000), update("b", 90_000), update("c", 80_000), update("a", 99_000));
    expect(titles).toMatchObject([{ title: "a" }, { title: "b" }, { title: "a" }]);
    room.wait(3 * 24 * 3_600_000);
    expect(told(room, update("a", 3 * 24 * 3_600_000))).toEqual([]);
  });

  test("a follow after an unfollow is another", () => {
    const follow = (at: number): Occurrence => ({
      ...from("channel.follow", at),
      kind: "follow",
      by: rae,
      followedAt: after(at),
    });
    expect(told(new Room(), follow(0), follow(0), follow(60_000))).toHaveLength(2);
  });
});

describe("over a restart", () => {
  /** The room of another process, that begins with the rows that were told by `room`. */
  const restarted = (meanings: readonly string[], at = noon): Room => {
    const restored = { lines: [], saved: null, told: meanings.map((meaning) => ({ meaning, at })) };
    return new Room(emptyChannel({ channelId: "1001", login: "studio" }, ourBot, aSettings(), restored));
  };
  const meaningsOf = (room: Room, ...occurrences: readonly Occurrence[]): string[] =>
    occurrences.flatMap((occurrence) =>
      room
        .tell({ kind: "occurrence", occurrence })
        .flatMap((effect) => (effect.kind === "happened" && effect.told ? [effect.told.meaning] : [])),
    );

  test("F16: what was told is not told again, by another surface, another id or the same", () => {
    const first = aCheer(from("channel.cheer", 0));
    const bomb = aSupport("gift_bomb", { amount: 5, giftId: "g-1" });
    const online: Occurrence = { ...from("stream.online"), kind: "online", streamId: "7", startedAt: noon };
    const room = restarted(meaningsOf(new Room(), first, bomb, online));
    const more = [
      aCheer(from("chat", 0)),
      aCheer(from("channel.cheer", 2_000)),
      first,
      aSupport("gift_bomb", { amount: 5, giftId: "g-1" }),
      aSupport("gift_bomb", { ...from("channel.subscription.gift"), amount: 5 }),
      { ...online, ...from("stream.online") },
      { ...from("stream.offline"), kind: "offline", streamId: null } as const,
    ];
    expect(told(room, ...more)).toEqual([{ type: "stream.offline", streamId: null }]);
    expect(told(room, aCheer(from("chat", 5_000)))).toHaveLength(1);
  });

  test("the last update is known; what the column holds from elsewhere is passed over", () => {
    const update = (title: string): Occurrence => ({
      ...from("channel.update"),
      kind: "update",
      title,
      category: "",
      language: "",
    });
    const meanings = meaningsOf(new Room(), update("a"), update("b"));
    const room = restarted(["", "{}", "[1]", '["unknown:1","chat","i",0,null]', '["sub:1",2,"i",0,null]', ...meanings]);
    expect(room.state.known).toHaveLength(1);
    expect(told(room, update("b"))).toEqual([]);
  });

  test("a late look into the database adds what is missing, and what was told twice is one again", () => {
    const meanings = meaningsOf(new Room(), aCheer(from("chat", 0)), aSupport("sub", from("chat")));
    const room = new Room();
    expect(told(room, aCheer(from("channel.cheer", 50)))).toHaveLength(1);
    room.tell({
      kind: "restored",
      restored: { lines: [], saved: null, told: meanings.map((meaning) => ({ meaning, at: noon })) },
    });
    expect(room.state.known).toHaveLength(2);
    expect(told(room, aCheer(from("channel.bits.use", 60)), aSupport("sub", from("channel.subscribe")))).toEqual([]);
    expect(told(room, aCheer(from("chat", 9_000)), aCheer(from("channel.cheer", 9_000)))).toHaveLength(1);
    room.tell({
      kind: "restored",
      restored: { lines: [], saved: null, told: meanings.map((meaning) => ({ meaning, at: noon })) },
    });
    expect(room.state.known).toHaveLength(3);
  });
});

test("what is known is bounded by count and by time, and a flood of follows does not push out a cheer", () => {
  const room = new Room();
  told(room, aCheer(from("chat")));
  const follow = (nth: number): Occurrence => ({
    ...from("channel.follow"),
    kind: "follow",
    by: { userId: `f${nth}`, login: `f${nth}`, name: "" },
    followedAt: noon,
  });
  for (let nth = 0; nth < 2_000; nth++) told(room, follow(nth));
  expect(room.state.known.length).toBeLessThanOrEqual(257);
  expect(told(room, aCheer(from("channel.cheer")))).toEqual([]);
  room.wait(24 * 3_600_000);
  told(room, follow(9_999));
  expect(room.state.known).toHaveLength(1);
});

test("a report without a time of its own counts as of now", () => {
  const room = new Room(aChannel());
  const timeless: Inbound = {
    kind: "occurrence",
    occurrence: aCheer({ origin: { source: "chat", id: "x", at: new Date(Number.NaN) } }),
  };
  expect(bodies(room.tell(timeless))).toHaveLength(1);
  expect(bodies(room.tell(timeless))).toEqual([]);
});
