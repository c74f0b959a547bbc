import { describe, expect, test } from "bun:test";
import { type AddressInfo, createServer, type Socket } from "node:net";
import fc from "fast-check";
import { HELIX_DEADLINE_MS } from "../../src/adapters/twitch/helix-request.ts";
import type { HelixAnswer } from "../../src/ports-twitch.ts";
import type { FaultRule } from "../../src/world/faults.ts";
import { aStudio, failureOf, got, kindOf } from "./helix-studio.ts";
import { nobodysUrl, scriptedServer } from "./scripted-server.ts";

describe("H3, N1, N2: an answer that is none", () => {
  test.each<[string, FaultRule, number, string]>([
    ["503 once", { kind: "H3.server_error" }, 2, "none"],
    ["503 for ever: once more and no oftener", { kind: "H3.server_error", times: 9 }, 2, "down"],
    ["500 twice", { kind: "H3.server_error", times: 2, with: { status: 500 } }, 3, "none"],
    ["504 for ever: three tries", { kind: "H3.server_error", times: 9, with: { status: 504 } }, 3, "down"],
    ["a page of a proxy, 502, once", { kind: "N2.html" }, 2, "none"],
    ["a page of a proxy, 502, for ever", { kind: "N2.html", times: 9 }, 3, "down"],
    ["nothing at all, 200, once", { kind: "N2.empty" }, 2, "none"],
    ["nothing at all, 200, for ever", { kind: "N2.empty", times: 9 }, 3, "garbled"],
    ["half of the JSON", { kind: "N2.truncated" }, 2, "none"],
    ["half of the JSON for ever", { kind: "N2.truncated", times: 9 }, 3, "garbled"],
    ["the answer breaks off", { kind: "N2.reset" }, 2, "none"],
    ["the answer breaks off for ever", { kind: "N2.reset", times: 9 }, 3, "down"],
  ])("a request that changes nothing: %s", async (_, rule, times, kind) => {
    const { world, helix, bot, requests, fail } = await aStudio();
    await using _world = world;
    fail(rule);
    expect(kindOf(await helix.users(bot, {}))).toBe(kind);
    expect(requests()).toHaveLength(times);
    expect(helix.counters().retried).toBe(times - 1);
    expect(world.checks()).toEqual([]);
  });

  test.each<[string, FaultRule, string, number]>([
    ["503, and it was done", { kind: "H3.server_error", with: { applied: true } }, "unknown", 1],
    ["500, and it was not", { kind: "H3.server_error", with: { status: 500 } }, "unknown", 0],
    ["a page of a proxy, 502", { kind: "N2.html" }, "unknown", 0],
    ["the answer breaks off", { kind: "N2.reset" }, "unknown", 1],
    ["half of the JSON", { kind: "N2.truncated" }, "garbled", 1],
    ["nothing at all, 200", { kind: "N2.empty" }, "garbled", 0],
  ])("a message is sent exactly once: %s", async (_, rule, kind, said) => {
    const { world, channel, send, requests, fail } = await aStudio();
    await using _world = world;
    fail(rule);
    expect(kindOf(await send("once"))).toBe(kind);
    expect(requests("POST /chat/messages")).toHaveLength(1);
    expect(channel.chat.size).toBe(said);
    expect(world.checks()).toEqual([]);
  });

  test("503 to a clip that was made, and to a subscription: one request each, unknown", async () => {
    const { world, helix, bot, id, requests, fail } = await aStudio();
    await using _ = world;
    world.goLive("studio");
    fail({ kind: "H3.server_error", times: 9, with: { applied: true } });
    expect(kindOf(await helix.createClip(bot, { broadcasterId: id, title: null, durationS: null }))).toBe("unknown");
    expect(kindOf(await helix.unsubscribe(bot, "none"))).toBe("unknown");
    expect([requests().length, world.clips.all.size]).toEqual([2, 1]);
  });

  test("no answer at all: three deadlines for what changes nothing, one for a message", async () => {
    const { world, time, helix, bot, send, requests, fail } = await aStudio();
    await using _ = world;
    fail({ kind: "N1.blackhole", times: 4 });
    const swallowed = () => world.log.after((entry) => entry.what === "fault N1.blackhole");
    let next = swallowed();
    const answer = helix.users(bot, {});
    for (let tries = 1; tries <= 3; tries++) {
      await next;
      next = swallowed();
      time.advance(HELIX_DEADLINE_MS);
    }
    expect(failureOf(await answer)).toMatchObject({ kind: "down", status: null });
    const sent = send("once");
    await next;
    time.advance(HELIX_DEADLINE_MS);
    expect(failureOf(await sent)).toMatchObject({ kind: "unknown", status: null });
    expect(requests()).toHaveLength(4);
  });

  test("nobody is there: down, also for a message, which cannot have left", async () => {
    const { world, make, bot, id } = await aStudio();
    await using _ = world;
    const helix = make({ url: await nobodysUrl() });
    expect(kindOf(await helix.users(bot, {}))).toBe("down");
    const message = { broadcasterId: id, senderId: bot, text: "hi", replyToId: null, sourceOnly: null };
    expect(kindOf(await helix.sendMessage(bot, message))).toBe("down");
    expect(helix.counters().retried).toBe(2);
  });

  test("an answer of more than two megabytes is not read, and a redirect is not followed", async () => {
    const { world, make, bot } = await aStudio();
    await using _ = world;
    using huge = scriptedServer(() => Response.json({ data: [], padding: "x".repeat(2_200_000) }));
    expect(kindOf(await make({ url: huge.url }).users(bot, {}))).toBe("garbled");
    using elsewhere = scriptedServer(() => Response.redirect(`${huge.url}/users`, 302));
    expect(failureOf(await make({ url: elsewhere.url }).users(bot, {}))).toMatchObject({ kind: "garbled", status: 302 });
    expect([huge.requests.length, elsewhere.requests.length]).toEqual([3, 1]);
  });

  test("the content type does not matter", async () => {
    const { world, make, bot } = await aStudio();
    await using _ = world;
    using server = scriptedServer(() => new Response('{"data":[]}', { headers: { "content-type": "text/html" } }));
    expect(got(await make({ url: server.url }).users(bot, {}))).toEqual([]);
  });

  test("a message does not go over a kept connection, which may be dead", async () => {
    const { world, make, bot, id } = await aStudio();
    await using _ = world;
    // Answers one request per connection, and lets the connection die when a second comes.
    const answered = new WeakSet<Socket>();
    const server = createServer((socket) => {
      socket.on("error", () => {});
      socket.on("data", () => {
        if (answered.has(socket)) return socket.destroy();
        answered.add(socket);
        const body = '{"data":[{"message_id":"m","is_sent":true}]}';
        socket.write(`HTTP/1.1 200 OK\r\nContent-Length: ${body.length}\r\n\r\n${body}`);
      });
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const helix = make({ url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` });
    expect(kindOf(await helix.users(bot, { logins: ["a"] }))).toBe("garbled");
    const message = { broadcasterId: id, senderId: bot, text: "hi", replyToId: null, sourceOnly: null };
    for (let i = 0; i < 3; i++) expect(got(await helix.sendMessage(bot, message)).isSent).toBe(true);
    server.close();
  });
});

describe("H6: lists of many pages", () => {
  /** A room with this many people. */
  async function aFullRoom(people: number) {
    const studio = await aStudio();
    for (let i = 0; i < people; i++) studio.channel.present.add(studio.world.addUser({ login: `viewer${i}` }).id);
    return { ...studio, chatters: () => studio.helix.chatters(studio.bot, studio.id, studio.bot) };
  }

  test("all pages are one list, up to its bound", async () => {
    const { world, chatters, requests } = await aFullRoom(2_500);
    await using _ = world;
    expect(new Set(got(await chatters()).map((person) => person.userId)).size).toBe(2_500);
    expect(requests()).toHaveLength(3);
    expect(world.checks()).toEqual([]);
  });

  test("a list that is longer than its bound is cut, and that is said", async () => {
    const { world, lines, chatters, requests } = await aFullRoom(5_300);
    await using _ = world;
    expect(got(await chatters())).toHaveLength(5_000);
    expect(requests()).toHaveLength(5);
    expect(lines.join("")).toContain('"helix_list_cut"');
  });

  test("a person on two pages is there once", async () => {
    const { world, chatters, fail } = await aFullRoom(2_500);
    await using _ = world;
    fail({ kind: "H6.page_overlap", times: 2 });
    const people = got(await chatters()).map((person) => person.userId);
    expect([people.length, new Set(people).size]).toEqual([2_500, 2_500]);
  });

  test("a cursor that comes again ends the list", async () => {
    const { world, chatters, requests, fail } = await aFullRoom(2_500);
    await using _ = world;
    fail({ kind: "H6.cursor_loop", times: 99 });
    expect(got(await chatters())).toHaveLength(2_000);
    expect(requests()).toHaveLength(2);
  });

  test("a cursor that is refused starts the list anew, once; refused again, there is no list rather than a part of it", async () => {
    const { world, chatters, requests, fail } = await aFullRoom(2_500);
    await using _ = world;
    fail({ kind: "H6.cursor_refused", after: 1 });
    expect(got(await chatters())).toHaveLength(2_500);
    expect(requests()).toHaveLength(6);
    fail({ kind: "H6.cursor_refused", times: 2 });
    expect(failureOf(await chatters())).toMatchObject({ kind: "invalid", status: 400, message: "The cursor is not valid" });
    expect(requests()).toHaveLength(10);
  });

  test("a page that cannot be had fails the list", async () => {
    const { world, chatters, fail } = await aFullRoom(1_500);
    await using _ = world;
    fail({ kind: "H3.server_error", after: 1, times: 9 });
    expect(kindOf(await chatters())).toBe("down");
  });

  test("cursors without end are not followed without end", async () => {
    const { world, make, bot, lines } = await aStudio();
    await using _ = world;
    const page = { count: 0 };
    using server = scriptedServer(() => Response.json({ data: [], pagination: { cursor: String(++page.count) } }));
    expect(got(await make({ url: server.url }).subscriptions(bot)).listed).toEqual([]);
    expect(server.requests).toHaveLength(25);
    expect(lines.join("")).toContain('"helix_list_cut"');
  });
});

describe("F15: what is not as documented", () => {
  test("ids as numbers, numbers as text, fields and statuses that are new, nulls and things missing: read all the same", async () => {
    const { world, make, bot } = await aStudio();
    await using _ = world;
    const at = "2026-11-22T15:00:00.634234626Z";
    const bodies: Record<string, object> = {
      "/users": { data: [{ id: 1001, login: "Mira", display_name: null, created_at: "never", new_field: [1] }] },
      "/streams": { data: [{ id: 7, user_id: 1001, user_login: "Mira", type: "hologram", viewer_count: "42", started_at: at }] },
      "/eventsub/subscriptions": {
        data: [
          {
            id: "s",
            type: "new.type",
            version: 3,
            status: "new_status",
            cost: "1",
            condition: { a: 1001, b: "", c: null },
            transport: 5,
          },
        ],
        total_cost: "3",
      },
      "/videos": { data: [{ id: 9, user_id: "1", created_at: at, duration: "3h8m33s" }] },
      "/clips": {
        data: [{ id: "c", broadcaster_id: 1, created_at: at, duration: "12.5", vod_offset: "90", url: "javascript:1" }],
      },
      "/channels/followers": { total: "12", data: [{ user_id: 5, user_login: "ned" }] },
      "/chat/messages": { data: [{ message_id: null, is_sent: "false", drop_reason: null }] },
    };
    using server = scriptedServer((request) => Response.json(bodies[new URL(request.url).pathname]));
    const helix = make({ url: server.url });
    expect(got(await helix.users(bot, {}))).toEqual([{ userId: "1001", login: "mira", displayName: "Mira", createdAt: null }]);
    expect(got(await helix.streams(bot, ["1"]))).toEqual([
      {
        streamId: "7",
        userId: "1001",
        login: "mira",
        title: "",
        category: "",
        language: "",
        viewers: 42,
        startedAt: new Date(at),
      },
    ]);
    expect(got(await helix.subscriptions(bot))).toEqual({
      listed: [
        { id: "s", type: "new.type", version: "3", status: "new_status", cost: 1, condition: { a: "1001" }, sessionId: null },
      ],
      totalCost: 3,
      maxTotalCost: 0,
    });
    expect(got(await helix.videos(bot, "1"))).toMatchObject([{ videoId: "9", durationS: 11_313, streamId: null }]);
    expect(got(await helix.clips(bot, ["c"]))).toMatchObject([
      { clipId: "c", url: "", durationS: 12.5, vodOffsetS: 90, viewCount: 0 },
    ]);
    expect(got(await helix.followers(bot, "1"))).toMatchObject({ total: 12, newest: [{ userId: "5", displayName: "ned" }] });
    const message = { broadcasterId: "1", senderId: bot, text: "hi", replyToId: null, sourceOnly: null };
    expect(got(await helix.sendMessage(bot, message))).toEqual({ messageId: "", isSent: false, dropCode: "unknown" });
  });

  test("an item that cannot be read is left out and counted; a list of nothing else is garbled", async () => {
    const { world, make, bot } = await aStudio();
    await using _ = world;
    const good = { id: "1", login: "mira", display_name: "Mira" };
    const bodies = [{ data: [{ id: 1.5, login: "x" }, null, good] }, { data: [{ nothing: 1 }] }];
    using server = scriptedServer(() => Response.json(bodies.shift()));
    const helix = make({ url: server.url });
    expect(got(await helix.users(bot, {})).map((user) => user.login)).toEqual(["mira"]);
    expect(kindOf(await helix.users(bot, {}))).toBe("garbled");
    expect(helix.counters().unreadable).toBe(3);
  });

  test("whatever comes, with whatever status, is an answer and never thrown", async () => {
    const { world, make, bot, id } = await aStudio();
    await using _ = world;
    const next = { body: "", status: 200 };
    using server = scriptedServer(() => new Response(next.body, { status: next.status }));
    const helix = make({ url: server.url });
    const body = fc.oneof(
      fc.json(),
      fc.string(),
      fc.array(fc.jsonValue()).map((data) => JSON.stringify({ data, pagination: { cursor: "c" } })),
      fc.constantFrom("null", "[]", '{"data":{}}', '{"data":[{"id":"1"}],"pagination":[]}', '{"message":7,"id":{}}'),
    );
    await fc.assert(
      fc.asyncProperty(
        body,
        fc.constantFrom(200, 202, 204, 301, 400, 401, 403, 404, 409, 422, 429, 500, 503),
        async (text, status) => {
          Object.assign(next, { body: status === 204 ? null : text, status });
          const message = { broadcasterId: id, senderId: bot, text: "hi", replyToId: null, sourceOnly: null };
          const answers: HelixAnswer<unknown>[] = [
            await helix.users(bot, {}),
            await helix.subscriptions(bot),
            await helix.followers(bot, id),
            await helix.sendMessage(bot, message),
            await helix.subscribe(bot, { type: "t", version: "1", condition: {}, sessionId: "s" }),
            await helix.unsubscribe(bot, "s"),
          ];
          for (const answer of answers) if (!answer.ok) expect(answer.failure.message.length).toBeLessThanOrEqual(200);
        },
      ),
      { numRuns: 50 },
    );
  });
});
