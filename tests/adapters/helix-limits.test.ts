import { describe, expect, test } from "bun:test";
import type { FaultRule } from "../../src/world/faults.ts";
import { EventSubClient } from "../world/support.ts";
import { aStudio, failureOf, got, kindOf } from "./helix-studio.ts";
import { scriptedServer } from "./scripted-server.ts";

describe("H2: too many requests", () => {
  const NAME = { ids: ["1"] };

  test("the rate headers are obeyed: who finds the bucket empty waits until it is full, and nobody is refused", async () => {
    const { world, time, helix, bot, owner, requests, statuses } = await aStudio({ limits: { helixPoints: 5 } });
    await using _ = world;
    got(await helix.users(bot, NAME));
    for (let minute = 0; minute < 3; minute++) {
      const many = Array.from({ length: minute === 0 ? 9 : 5 }, () => helix.users(bot, NAME));
      // Those that found a point are answered first; the others wait.
      for (const answer of await Promise.all(many.slice(0, -5))) got(answer);
      expect(helix.counters().waiting).toBe(5);
      // Another account has a bucket of its own.
      if (minute === 0) got(await helix.users(owner, NAME));
      time.advance(60_000);
      for (const answer of await Promise.all(many)) got(answer);
    }
    expect(requests()).toHaveLength(1 + 9 + 1 + 5 + 5);
    expect(statuses()).not.toContain(429);
    expect(world.checks()).toEqual([]);
  });

  test("chat has a bucket of its own", async () => {
    const { world, helix, bot, send, statuses } = await aStudio({ limits: { helixPoints: 2 } });
    await using _ = world;
    got(await helix.users(bot, NAME));
    got(await helix.users(bot, NAME));
    expect(got(await send("still heard")).isSent).toBe(true);
    expect(statuses()).toEqual([200, 200, 200]);
  });

  test("more than fifty that wait: the next is busy at once, and counted", async () => {
    const { world, time, helix, bot, requests } = await aStudio({ limits: { helixPoints: 1 } });
    await using _ = world;
    got(await helix.users(bot, NAME));
    const waiting = Array.from({ length: 50 }, () => helix.users(bot, NAME));
    const late = failureOf(await helix.users(bot, NAME));
    expect(late).toMatchObject({ kind: "busy", status: null });
    expect(late === "none" ? 0 : late.retryAfterMs).toBeWithin(50_000, 60_001);
    expect(helix.counters()).toEqual({ waiting: 50, turnedAway: 1, retried: 0, unreadable: 0 });
    expect(requests()).toHaveLength(1);
    time.advance(65_000);
    expect((await Promise.all(waiting)).map(kindOf).toSorted()).toEqual([...Array.from({ length: 49 }, () => "busy"), "none"]);
  });

  test.each<[string, Record<string, number>, number]>([
    ["Reset as it should be", {}, 60_000],
    ["Reset in the past", { resetInS: -600 }, 1_000],
    ["Reset tomorrow", { resetInS: 86_400 }, 60_000],
  ])("429 with an empty bucket (%s): what changes nothing waits and is asked once more", async (_, bent, waitMs) => {
    const { world, time, helix, bot, requests, retrying, fail } = await aStudio();
    await using _world = world;
    fail({ kind: "H2.rate_limited", with: bent });
    const answer = helix.users(bot, NAME);
    await retrying("busy");
    expect(helix.counters().waiting).toBe(1);
    time.advance(waitMs);
    expect(kindOf(await answer)).toBe("none");
    expect(requests()).toHaveLength(2);
  });

  test("429 with an empty bucket again after the wait: busy; what changes something does not wait at all", async () => {
    const { world, time, helix, bot, send, requests, retrying, fail } = await aStudio();
    await using _ = world;
    fail({ kind: "H2.rate_limited", times: 2 });
    const answer = helix.users(bot, NAME);
    await retrying("busy");
    time.advance(60_000);
    expect(failureOf(await answer)).toMatchObject({ kind: "busy", status: 429 });
    expect(requests()).toHaveLength(2);
    fail({ kind: "H2.rate_limited", match: { path: "/chat/messages" } });
    const refused = failureOf(await send("hi"));
    expect(refused).toMatchObject({ kind: "busy", status: 429 });
    expect(refused === "none" ? 0 : refused.retryAfterMs).toBeWithin(50_000, 60_001);
    expect(requests("POST /chat/messages")).toHaveLength(1);
  });

  test.each<[string, Record<string, number | boolean>]>([
    ["with points left", { keepsBucket: true }],
    ["without headers", { withoutHeaders: true, keepsBucket: true }],
  ])("429 %s is the limit of that one thing: busy at once, and others go on", async (_, bent) => {
    const { world, helix, bot, requests, fail } = await aStudio();
    await using _world = world;
    fail({ kind: "H2.rate_limited", with: bent });
    expect(failureOf(await helix.users(bot, NAME))).toMatchObject({ kind: "busy", status: 429, retryAfterMs: null });
    expect(kindOf(await helix.users(bot, NAME))).toBe("none");
    expect(requests()).toHaveLength(2);
  });

  test.each<[FaultRule["kind"], string]>([
    ["E5.too_many_transports", "number of websocket transports limit exceeded"],
    ["E5.too_many_conditions", "maximum subscriptions with type and condition exceeded"],
  ])("F20: %s is told in Twitch's words after one request, and nothing else waits", async (kind, message) => {
    const { world, helix, bot, id, requests, fail } = await aStudio();
    await using _ = world;
    fail({ kind });
    const { sessionId } = await EventSubClient.open(world.urls.eventsub);
    const wanted = { type: "stream.online", version: "1", condition: { broadcaster_user_id: id }, sessionId };
    expect(failureOf(await helix.subscribe(bot, wanted))).toMatchObject({ kind: "busy", status: 429, message });
    expect(requests()).toHaveLength(1);
    expect(kindOf(await helix.subscribe(bot, wanted))).toBe("none");
    expect(world.checks()).toEqual([]);
  });

  test("a 401 says nothing of the account's bucket", async () => {
    const { world, tokens, make, bot } = await aStudio();
    await using _ = world;
    const empty = { "ratelimit-limit": "800", "ratelimit-remaining": "0", "ratelimit-reset": "99999999999" };
    const answers = [
      Response.json({ message: "Invalid OAuth token" }, { status: 401, headers: empty }),
      Response.json({ data: [] }),
    ];
    using server = scriptedServer(() => answers.shift() ?? new Response());
    expect(kindOf(await make({ url: server.url }).users(bot, NAME))).toBe("none");
    expect(tokens.renewals).toBe(1);
  });
});
