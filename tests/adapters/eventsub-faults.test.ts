import { afterEach, describe, expect, test } from "bun:test";
import fc from "fast-check";
import { readFrame } from "../../src/adapters/twitch/eventsub-frames.ts";
import { SeenIds } from "../../src/adapters/twitch/seen-ids.ts";
import type { Relay } from "../../src/world/relay.ts";
import type { World } from "../../src/world/world.ts";
import { aScene, endScenes, POST, type Scene } from "./eventsub-scene.ts";

afterEach(endScenes);

const connects = (scene: Scene) => scene.world.log.list("eventsub", "connect").map((entry) => Date.parse(entry.at));
const POSTS = { path: "/eventsub/subscriptions", method: "POST" };

describe("silence", () => {
  test("F14: keepalives stop: reconnected within one and a half times the interval, all subscribed again", async () => {
    const scene = await aScene();
    const bot = await scene.reading((id) => [scene.chat(id, "studio", "channel.chat.notification")]);
    scene.world.faults.add({ kind: "E1.keepalive_silence", match: { conn: "es-1" }, times: 1_000 });
    await scene.pass(11_999);
    expect(scene.changes).toEqual(["connected"]);
    await scene.pass(1);
    expect(await scene.comesBack(bot)).toBe("silent");
    const [first = 0, second = 0] = connects(scene);
    expect(second - first).toBeLessThanOrEqual(15_000);
    await scene.heard("back");
  });

  test("F14: a half-open socket, on which nothing comes any more, is noticed likewise", async () => {
    const scene = await aScene();
    const bot = await scene.reading();
    scene.world.freezeEventSub();
    await scene.pass(12_000);
    expect(await scene.comesBack(bot)).toBe("silent");
    await scene.heard("back");
  });

  test("a notification is a sign of life as good as a keepalive", async () => {
    const scene = await aScene();
    await scene.reading();
    scene.world.faults.add({ kind: "E1.keepalive_silence", times: 1_000 });
    for (let i = 0; i < 10; i++) {
      await scene.pass(8_000);
      await scene.heard(`line ${i}`);
    }
    expect(scene.changes).toEqual(["connected"]);
  });

  test("E1: a welcome that does not come, or comes late, is not waited for longer than ten seconds", async () => {
    const scene = await aScene();
    scene.world.faults.add({ kind: "E1.no_welcome" });
    scene.world.faults.add({ kind: "E1.late_welcome", with: { delayMs: 11_000 } });
    const bot = scene.account("bytebot");
    const once = scene.world.log.after((entry) => entry.what === "connect");
    scene.eventsub.setWanted(bot, [scene.chat(bot)]);
    await once;
    const twice = scene.world.log.after((entry) => entry.what === "connect");
    await scene.pass(10_375);
    await twice;
    const thrice = scene.world.log.after((entry) => entry.what === "connect");
    await scene.pass(10_750);
    await thrice;
    await scene.settled(bot);
    expect(connects(scene)).toHaveLength(3);
    // The one that was late is not there for nothing.
    await scene.pass(20_000);
    await scene.heard("hello");
    expect(scene.changes).toEqual(["connected"]);
  });
});

describe("closed", () => {
  for (const [code, reason] of [
    [4000, "internal_error"],
    [4001, "sent_inbound"],
    [4002, "pong_missing"],
    [4003, "unused"],
    [4004, "reconnect_expired"],
    [4005, "network_timeout"],
    [4006, "network_error"],
    [4007, "reconnect_invalid"],
    [4999, "closed"],
    [null, "closed"],
  ] as const) {
    test(`E2: closed with ${code ?? "no code"}: told as ${reason}, connected again after a short wait, all subscribed again`, async () => {
      const scene = await aScene();
      if (code === 4003) scene.allowed = ["eventsub_unused"];
      const bot = await scene.reading((id) => [scene.chat(id, "studio", "channel.chat.clear")]);
      scene.world.closeEventSub(code);
      await scene.next("connection", ({ change }) => change.kind === "lost");
      expect(scene.status(bot)).toMatchObject({
        state: "waiting",
        reason,
        retryAt: new Date(scene.clock.now().getTime() + 375),
        connections: 0,
        enabled: 0,
        failed: 0,
      });
      expect(scene.eventsub.states(bot).map(({ state }) => state)).toEqual(["pending", "pending"]);
      expect(await scene.comesBack(bot)).toBe(reason);
      await scene.heard("back");
      expect(scene.status(bot)).toMatchObject({ state: "connected", reason: null, enabled: 2 });
      expect(scene.count(POST)).toBe(4);
    });
  }

  test("a connection that is lost over and over is asked for with growing waits, up to half a minute", async () => {
    const scene = await aScene();
    const bot = await scene.reading();
    const waits: number[] = [];
    for (let i = 0; i < 10; i++) {
      const lost = scene.after("connection", ({ change }) => change.kind === "lost");
      scene.world.closeEventSub(4000);
      await lost;
      const retryMs = (scene.status(bot)?.retryAt?.getTime() ?? 0) - scene.clock.now().getTime();
      waits.push(retryMs);
      await scene.pass(retryMs);
      await scene.settled(bot);
    }
    expect(waits).toEqual([375, 750, 1_500, 3_000, 6_000, 12_000, 22_500, 22_500, 22_500, 22_500]);
    // One that lasted makes it short again.
    await scene.pass(15_000);
    const lost = scene.after("connection", ({ change }) => change.kind === "lost");
    scene.world.closeEventSub(4000);
    await lost;
    expect(scene.status(bot)?.retryAt).toEqual(new Date(scene.clock.now().getTime() + 375));
  });

  test("a connection that carries something for a while and is lost, again and again, is back in a moment each time", async () => {
    const scene = await aScene();
    const bot = await scene.reading();
    for (let i = 0; i < 12; i++) {
      await scene.pass(7_000);
      const lost = scene.after("connection", ({ change }) => change.kind === "lost");
      scene.world.closeEventSub(null);
      await lost;
      await scene.pass(500);
      await scene.settled(bot);
      await scene.heard(`back ${i}`);
    }
    expect(scene.changes.filter((change) => change === "connected")).toHaveLength(13);
  });

  test("nobody is there: attempts come further and further apart, and it is back when Twitch is", async () => {
    const scene = await aScene();
    const bot = await scene.reading();
    scene.world.host.shut();
    const lost = scene.after("connection", ({ change }) => change.kind === "lost");
    scene.world.closeEventSub(null);
    await lost;
    await scene.pass(120_000);
    const waits = scene.logged.filter(({ event }) => event === "eventsub.lost");
    expect(waits.length).toBeGreaterThan(5);
    expect(waits.length).toBeLessThan(13);
    expect(scene.status(bot)).toMatchObject({ reason: "unreachable", connections: 0 });
    scene.world.host.open();
    await scene.pass(23_000);
    await scene.settled(bot);
    await scene.heard("back");
    expect(scene.changes).toEqual(["connected", "lost closed", "connected"]);
  });

  test("a network that takes connections and answers nothing is given up after ten seconds each time", async () => {
    let relay: Relay | undefined;
    const behind = (world: World) => {
      relay = world.relay();
      relay.weather.isBlackHole = true;
      return `ws://127.0.0.1:${relay.port}/ws`;
    };
    const scene = await aScene({ url: behind });
    const bot = scene.account("bytebot");
    scene.eventsub.setWanted(bot, [scene.chat(bot)]);
    expect(scene.status(bot)).toMatchObject({ state: "connecting", connections: 0 });
    await scene.pass(10_000);
    expect(scene.status(bot)).toMatchObject({ state: "waiting", reason: "no_welcome" });
    if (relay) relay.weather.isBlackHole = false;
    await scene.pass(500);
    await scene.settled(bot);
    await scene.heard("hello");
  });
});

describe("session_reconnect", () => {
  test("F10: a URL that Twitch does not know (4007): back to where we began, subscribed anew; the old one is heard until then", async () => {
    const scene = await aScene();
    const bot = await scene.reading();
    const refused = scene.world.log.after((entry) => entry.what === "closed" && entry.conn === "es-2");
    scene.world.reconnectEventSub({ isBad: true });
    await refused;
    await scene.heard("on the old one");
    await scene.until(() => scene.logged.some(({ event }) => event === "eventsub.lost"));
    expect(scene.status(bot)).toMatchObject({ state: "connected", enabled: 1 });
    expect(scene.changes).toEqual(["connected"]);
    await scene.pass(1_000);
    await scene.next("connection", ({ change }) => change.kind === "lost");
    await scene.settled(bot);
    await scene.heard("on a fresh one");
    expect(scene.changes).toEqual(["connected", "lost reconnect_invalid", "connected"]);
    expect(scene.count(POST)).toBe(2);
    // Twitch still takes the old session for alive, and it counts against the limits: it is cleared away.
    await scene.pass(20_000);
    await scene.heard("end");
    expect([...scene.world.eventsub.subscriptions.values()].filter((each) => each.disabledAt === null)).toHaveLength(1);
    expect(scene.texts).toEqual(["on the old one", "on a fresh one", "end"]);
  });

  test("F10: a URL where nobody is: the same", async () => {
    const scene = await aScene();
    const bot = await scene.reading();
    scene.world.reconnectEventSub({ refuses: true });
    await scene.heard("on the old one");
    await scene.until(() => scene.logged.some(({ event }) => event === "eventsub.lost"));
    await scene.pass(1_000);
    await scene.next("connection", ({ change }) => change.kind === "lost");
    await scene.settled(bot);
    await scene.heard("on a fresh one");
    expect(scene.changes).toEqual(["connected", "lost unreachable", "connected"]);
  });

  test("F10: a URL that is none, or less protected than ours, is not followed", async () => {
    for (const url of ["", "nonsense", "http://127.0.0.1:1/", "wss://example.invalid/ws", null, 42]) {
      const scene = await aScene();
      const bot = await scene.reading();
      const metadata = { message_id: "m", message_type: "session_reconnect", message_timestamp: "" };
      scene.world.eventsub.live()[0]?.send({ metadata, payload: { session: { id: "s", reconnect_url: url } } });
      await scene.heard("on the old one");
      await scene.pass(1_000);
      await scene.next("connection", ({ change }) => change.kind === "lost");
      await scene.settled(bot);
      expect(scene.changes).toEqual(["connected", "lost reconnect_invalid", "connected"]);
    }
  });

  test("F10: a welcome that does not come there: given up after ten seconds, while the old one is still heard", async () => {
    const scene = await aScene();
    const bot = await scene.reading();
    scene.world.faults.add({ kind: "E1.no_welcome" });
    const connected = scene.world.log.after((entry) => entry.what === "connect");
    scene.world.reconnectEventSub();
    await connected;
    await scene.pass(9_999);
    await scene.heard("on the old one");
    expect(scene.changes).toEqual(["connected"]);
    await scene.pass(1_000);
    await scene.next("connection", ({ change }) => change.kind === "lost");
    await scene.settled(bot);
    await scene.heard("on a fresh one");
    expect(scene.changes).toEqual(["connected", "lost no_welcome", "connected"]);
  });

  test("F10: thirty seconds are over (4004) before the new welcome: the session is lost, and another begun", async () => {
    const scene = await aScene({ limits: { esReconnectGraceMs: 5_000 } });
    const bot = await scene.reading();
    scene.world.faults.add({ kind: "E1.no_welcome" });
    const connected = scene.world.log.after((entry) => entry.what === "connect");
    scene.world.reconnectEventSub();
    await connected;
    await scene.pass(5_000);
    expect((await scene.next("connection", ({ change }) => change.kind === "lost")).change).toEqual({
      kind: "lost",
      reason: "reconnect_expired",
    });
    await scene.pass(1_000);
    await scene.settled(bot);
    await scene.heard("on a fresh one");
  });

  test("F10: the old socket is closed early: the session goes on at the new URL, and nothing is subscribed again", async () => {
    const scene = await aScene();
    await scene.reading();
    const closed = scene.world.log.after((entry) => entry.what === "closed");
    const moved = scene.world.log.after((entry) => entry.what === "session_welcome");
    scene.world.reconnectEventSub({ closesOldEarly: true });
    await Promise.all([closed, moved]);
    await scene.heard("on the new one");
    expect(scene.count(POST)).toBe(1);
    expect(scene.changes).toEqual(["connected"]);
  });

  test("F10: asked again during the first: the newest URL counts", async () => {
    const scene = await aScene();
    await scene.reading();
    scene.world.faults.add({ kind: "E1.no_welcome" });
    const connected = scene.world.log.after((entry) => entry.what === "connect");
    scene.world.reconnectEventSub();
    await connected;
    scene.world.reconnectEventSub();
    await scene.heard("on the old one");
    const moved = scene.world.log.after((entry) => entry.what === "session_welcome");
    await scene.pass(500);
    await moved;
    await scene.heard("on the new one");
    expect(scene.count(POST)).toBe(1);
    expect(scene.changes).toEqual(["connected"]);
  });

  test("T4: asked to go where nobody is, whatever we do: never a busy loop", async () => {
    const scene = await aScene();
    await scene.reading();
    for (let second = 0; second < 180; second++) {
      scene.world.reconnectEventSub({ isBad: true });
      await scene.pass(1_000);
    }
    expect(connects(scene).length).toBeLessThan(10);
    // Twitch gives up on the session in the end; then there is another.
    await scene.pass(60_000);
    await scene.heard("there again");
  });
});

describe("F13: unused", () => {
  test("the socket is closed while the first subscription is asked for, or right before it is answered", async () => {
    for (const kind of ["E2.close_during_subscribe", "E2.close_before_answer"] as const) {
      const scene = await aScene();
      scene.allowed = ["eventsub_unused"];
      scene.world.faults.add({ kind });
      const bot = scene.account("bytebot");
      scene.eventsub.setWanted(bot, [scene.chat(bot), scene.chat(bot, "studio", "channel.chat.clear")]);
      await scene.until(() => scene.logged.some(({ event }) => event === "eventsub.lost"));
      expect(scene.logged.find(({ event }) => event === "eventsub.lost")?.fields).toMatchObject({ reason: "unused" });
      await scene.pass(500);
      await scene.settled(bot);
      await scene.heard("hello");
      expect(connects(scene)).toHaveLength(2);
    }
  });

  test("nothing can be subscribed: the connection is given up before Twitch does it, with the reason, and tried ever more rarely", async () => {
    const scene = await aScene();
    const fault = scene.world.faults.add({ kind: "H3.server_error", match: POSTS, times: 10_000 });
    const bot = scene.account("bytebot");
    scene.eventsub.setWanted(bot, [scene.chat(bot), scene.chat(bot, "studio", "channel.chat.clear")]);
    await scene.pass(180_000);
    expect(scene.status(bot)).toMatchObject({ reason: "down", enabled: 0, failed: 2 });
    expect(connects(scene).length).toBeLessThan(14);
    expect(scene.count(POST)).toBeLessThan(60);
    expect(scene.changes).toEqual([]);
    fault.remove();
    await scene.pass(40_000);
    await scene.settled(bot);
    await scene.heard("hello");
  });

  test("an answer that comes when its session is over is of no interest", async () => {
    const scene = await aScene();
    scene.isHelixSlow = true;
    scene.world.faults.add({ kind: "N2.latency", match: POSTS, with: { delayMs: 9_200 } });
    const bot = scene.account("bytebot");
    scene.eventsub.setWanted(bot, [scene.chat(bot)]);
    await scene.world.log.next((entry) => entry.what === POST);
    await scene.pass(9_500);
    await scene.settled(bot);
    await scene.heard("hello");
    expect(scene.told.filter(({ kind }) => kind === "subscription")).toHaveLength(1);
  });

  test("every connection has its first subscription before the others have their last", async () => {
    const scene = await aScene();
    const bot = scene.account("bytebot");
    const types = ["message", "notification", "message_delete", "clear_user_messages", "clear"];
    const logins = Array.from({ length: 64 }, (_, i) => scene.world.addChannel(`room${i}`).user.login);
    scene.eventsub.setWanted(
      bot,
      logins.flatMap((login) => types.map((type) => scene.chat(bot, login, `channel.chat.${type}`))),
    );
    await scene.settled(bot);
    const made = [...scene.world.eventsub.subscriptions.values()].map(({ transport }) =>
      transport.method === "websocket" ? transport.sessionId : "",
    );
    expect(new Set(made).size).toBe(2);
    expect(made.findIndex((id) => id !== made[0])).toBeLessThan(30);
  });
});

describe("refusals", () => {
  test("E5: 400 and 403 fail one subscription, the others go on, and it is tried again after five minutes", async () => {
    for (const [kind, reason, times] of [
      ["E5.forbidden", "forbidden", 1],
      // The first may be of a session that has just ended: it is asked again after a moment.
      ["E5.invalid_transport", "invalid", 2],
    ] as const) {
      const scene = await aScene();
      scene.world.faults.add({ kind, match: { type: "channel.chat.clear" }, times });
      const bot = scene.account("bytebot");
      scene.eventsub.setWanted(bot, [scene.chat(bot, "studio", "channel.chat.clear"), scene.chat(bot)]);
      await scene.until(() => scene.status(bot)?.enabled === 1);
      await scene.pass(299_000);
      expect(scene.eventsub.states(bot).map((each) => [each.state, each.reason])).toEqual([
        ["failed", reason],
        ["enabled", null],
      ]);
      expect(scene.count(POST)).toBe(times + 1);
      await scene.pass(1_000);
      await scene.settled(bot);
    }
  });

  test("E5: what was refused is not asked for again with every new connection", async () => {
    const scene = await aScene();
    const bot = await scene.reading();
    scene.world.faults.add({ kind: "E5.forbidden", match: { type: "channel.chat.clear" } });
    scene.eventsub.setWanted(bot, [scene.chat(bot), scene.chat(bot, "studio", "channel.chat.clear")]);
    await scene.next("subscription", ({ state }) => state.reason === "forbidden");
    scene.world.closeEventSub(4000);
    await scene.next("connection", ({ change }) => change.kind === "lost");
    await scene.pass(500);
    await scene.heard("back");
    expect(scene.count(POST)).toBe(3);
    expect(scene.status(bot)).toMatchObject({ enabled: 1, failed: 1 });
  });

  test("E5: both limits that answer 429 are told apart, and neither is asked again before five minutes", async () => {
    for (const kind of ["E5.too_many_transports", "E5.too_many_conditions"] as const) {
      const scene = await aScene();
      scene.world.faults.add({ kind, match: { type: "channel.chat.clear" } });
      const bot = await scene.reading();
      scene.eventsub.setWanted(bot, [scene.chat(bot), scene.chat(bot, "studio", "channel.chat.clear")]);
      const { state } = await scene.next("subscription", (told) => told.state.state === "failed");
      expect(state).toMatchObject({ type: "channel.chat.clear", reason: "connections_limit" });
      await scene.pass(250_000);
      expect(scene.count(POST)).toBe(2);
    }
  });

  test("H2: too many requests are a pause for all, as long as Twitch says, and nothing is lost", async () => {
    const scene = await aScene();
    const bot = await scene.reading();
    scene.world.faults.add({ kind: "H2.rate_limited", match: POSTS, with: { keepsBucket: true } });
    scene.refusing = { retryAfterMs: 45_000 };
    scene.eventsub.setWanted(bot, [scene.chat(bot), scene.chat(bot, "studio", "channel.chat.clear")]);
    const { state } = await scene.next("subscription", (told) => told.state.state === "failed");
    expect(state).toMatchObject({ type: "channel.chat.clear", reason: "busy" });
    await scene.pass(44_000);
    scene.eventsub.setWanted(bot, [
      ...["", "_user_messages"].map((end) => scene.chat(bot, "studio", `channel.chat.clear${end}`)),
      scene.chat(bot),
    ]);
    expect(scene.count(POST)).toBe(2);
    await scene.pass(1_000);
    await scene.settled(bot);
    await scene.heard("chat went on");
  });

  test("H2: a 429 that is neither the rate nor a limit of subscriptions passes", async () => {
    const scene = await aScene();
    scene.world.faults.add({ kind: "H2.rate_limited", match: POSTS, with: { keepsBucket: true } });
    const bot = scene.account("bytebot");
    scene.eventsub.setWanted(bot, [scene.chat(bot)]);
    const { state } = await scene.next("subscription", (told) => told.state.state === "failed");
    expect(state.reason).toBe("busy");
    await scene.pass(1_000);
    await scene.settled(bot);
  });

  test("one that keeps failing does not keep the others from being made", async () => {
    const scene = await aScene();
    for (let i = 0; i < 30; i++) scene.world.addChannel(`room${i}`);
    const bot = scene.account("bytebot");
    const isFirst = (context: { path?: unknown; method?: unknown }) => context.path === POSTS.path && context.method === "POST";
    const fault = scene.world.faults.add({ kind: "H3.server_error", match: isFirst, times: 1_000, p: 0.3 });
    const chats = Array.from({ length: 30 }, (_, i) => scene.chat(bot, `room${i}`));
    scene.eventsub.setWanted(bot, chats);
    for (let i = 0; i < 100 && scene.status(bot)?.enabled !== 30; i++) await scene.pass(1_000);
    fault.remove();
    expect(scene.status(bot)).toMatchObject({ enabled: 30, failed: 0 });
  });
});

describe("F15: what nobody announced", () => {
  test("unknown message types, fields, kinds and statuses are counted, logged once each, and stop nothing", async () => {
    const scene = await aScene();
    const bot = await scene.reading((id) => [
      scene.chat(id, "studio", "channel.chat.clear"),
      scene.of("channel.update", "studio", "2"),
    ]);
    scene.world.faults.add({ kind: "E4.unknown_type", times: 3 });
    for (let i = 0; i < 3; i++) scene.world.say("studio", "mira", "of a type that is not known");
    for (const kind of ["E4.unknown_field", "E4.unknown_enum", "E4.missing_nullable", "E4.ints_as_strings"] as const) {
      scene.world.faults.add({ kind });
      await scene.heard(kind);
    }
    scene.world.revokeSubscriptions("channel.chat.clear", "gone_fishing" as never);
    const { state } = await scene.next("subscription", (told) => told.state.state === "revoked");
    expect(state).toMatchObject({ type: "channel.chat.clear", reason: "gone_fishing" });
    // A list may tell of such a status, too.
    for (const each of scene.world.eventsub.subscriptions.values())
      if (each.type === "channel.update") Object.assign(each, { status: "under_review" });
    const failed = scene.after("subscription", (told) => told.state.state === "failed");
    await scene.pass(300_000);
    expect((await failed).state).toMatchObject({ type: "channel.update", reason: "under_review" });
    await scene.heard("still there");
    expect(scene.eventsub.counters()).toMatchObject({ unknown: 4, malformed: 0 });
    expect(scene.logged.filter(({ event }) => event === "eventsub.odd").map(({ fields }) => fields.what)).toEqual([
      "type session_wink",
      "status gone_fishing",
    ]);
    expect(scene.status(bot)).toMatchObject({ state: "connected", enabled: 1, failed: 2 });
  });
});

describe("bad input", () => {
  const metadata = { message_id: "m-1", message_type: "notification", message_timestamp: "2026-11-22T15:00:00.000000000Z" };
  const frames: readonly string[] = [
    "",
    "PING",
    "null",
    "[]",
    "42",
    '"text"',
    "{}",
    '{"metadata":null}',
    '{"metadata":{"message_id":7,"message_type":"notification"}}',
    JSON.stringify({ metadata: { ...metadata, message_id: "x".repeat(10_000) }, payload: {} }),
    JSON.stringify({ metadata, payload: null }),
    JSON.stringify({ metadata, payload: { subscription: {}, event: {} } }),
    JSON.stringify({ metadata: { ...metadata, message_timestamp: "yesterday" }, payload: { subscription: { type: "x" } } }),
    JSON.stringify({ metadata: { ...metadata, message_type: "revocation" }, payload: { subscription: [] } }),
    JSON.stringify({ metadata: { ...metadata, message_type: "session_welcome" }, payload: { session: null } }),
    `${"[".repeat(50_000)}`,
    `{"metadata":{"message_id":"secret-of-mira`,
    `{"metadata":${"x".repeat(2_097_152)}}`,
  ];

  test("frames that are empty, cut, huge, deep or of another shape are counted, logged once per kind without their text, and stop nothing", async () => {
    const scene = await aScene();
    const bot = await scene.reading();
    const [socket] = scene.world.eventsub.live();
    for (const frame of frames) socket?.sendText(frame);
    for (const frame of frames) socket?.sendText(frame);
    await scene.heard("still there");
    expect(scene.eventsub.counters()).toEqual({
      notifications: 1,
      repeated: 0,
      stale: 0,
      malformed: 2 * frames.length,
      unknown: 0,
    });
    const logged = scene.logged.filter(({ event }) => event === "eventsub.odd");
    expect(logged.map(({ fields }) => fields.kind)).toEqual([
      "malformed not_json",
      "malformed metadata",
      "malformed payload",
      "malformed too_long",
    ]);
    expect(JSON.stringify(logged)).not.toContain("mira");
    expect(scene.status(bot)).toMatchObject({ state: "connected", enabled: 1 });
  });

  test("a second welcome and a reconnect from a socket that was left are of no interest", async () => {
    const scene = await aScene();
    await scene.reading();
    const [old] = scene.world.eventsub.live();
    const moved = scene.world.log.after((entry) => entry.what === "session_welcome");
    scene.world.reconnectEventSub();
    await moved;
    await scene.heard("moved");
    const say = (message_type: string, session: object) =>
      old?.send({ metadata: { ...metadata, message_type }, payload: { session } });
    say("session_welcome", { id: "other", keepalive_timeout_seconds: 10 });
    say("session_reconnect", { id: "other", reconnect_url: "ws://127.0.0.1:9/ws" });
    await scene.pass(5_000);
    await scene.heard("still there");
    expect(connects(scene)).toHaveLength(2);
    expect(scene.changes).toEqual(["connected"]);
  });

  test("an interval of keepalives that is missing or absurd is taken for Twitch's least or most", () => {
    const told = [10, 30, 0, -5, 1e9, null, "soon", undefined].map((keepalive_timeout_seconds) => {
      const payload = { session: { id: "s", keepalive_timeout_seconds } };
      const frame = readFrame(JSON.stringify({ metadata: { ...metadata, message_type: "session_welcome" }, payload }));
      return frame.kind === "welcome" ? frame.session.keepaliveMs : null;
    });
    expect(told).toEqual([10_000, 30_000, 10_000, 10_000, 600_000, 10_000, 10_000, 10_000]);
  });

  test("whatever comes as a frame, reading it never throws", () => {
    const anything = fc.oneof(
      fc.string(),
      fc.json(),
      fc.uint8Array(),
      fc
        .record({
          message_type: fc.constantFrom(
            "notification",
            "revocation",
            "session_welcome",
            "session_reconnect",
            "session_keepalive",
            "x",
          ),
          payload: fc.oneof(fc.jsonValue(), fc.record({ subscription: fc.jsonValue(), session: fc.jsonValue() })),
        })
        .map(({ message_type, payload }) => JSON.stringify({ metadata: { ...metadata, message_type }, payload })),
    );
    fc.assert(fc.property(anything, (data) => expect(readFrame(data).kind).toBeString()));
  });
});

test("seen ids are forgotten after a quarter of an hour, and never more than 50,000 are kept", () => {
  const seen = new SeenIds();
  const at = (ms: number) => new Date(1_790_000_000_000 + ms);
  expect([seen.add("a", at(0)), seen.add("a", at(10 * 60_000)), seen.add("a", at(15 * 60_000))]).toEqual([true, false, true]);
  for (let i = 0; i < 60_000; i++) seen.add(`id ${i}`, at(16 * 60_000));
  expect(seen.size).toBe(50_000);
  expect([seen.add("id 59999", at(16 * 60_000)), seen.add("a", at(16 * 60_000))]).toEqual([false, true]);
});
