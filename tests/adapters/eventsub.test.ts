import { afterEach, expect, test } from "bun:test";
import { aScene, DELETE, endScenes, GET, POST, type Scene } from "./eventsub-scene.ts";

afterEach(endScenes);

test("it connects, subscribes what is wanted in order of importance, and hears what happens", async () => {
  const scene = await aScene();
  const bot = scene.account("bytebot");
  const wanted = [
    scene.chat(bot),
    scene.chat(bot, "studio", "channel.chat.notification"),
    scene.of("channel.update", "studio", "2"),
  ];
  await scene.subscribed(bot, wanted);
  const id = scene.world.say("studio", "mira", "olá 👋");
  const { notification } = await scene.next("notification");
  expect(notification).toEqual({
    messageId: expect.stringMatching(/^[0-9a-f-]{36}$/),
    at: scene.clock.now(),
    type: "channel.chat.message",
    version: "1",
    condition: { broadcaster_user_id: scene.channelId(), user_id: bot },
    event: expect.objectContaining({ message_id: id, chatter_user_login: "mira" }),
  });
  expect(scene.eventsub.states(bot)).toEqual(wanted.map((each) => ({ ...each, account: bot, state: "enabled", reason: null })));
  expect(scene.status(bot)).toEqual({
    account: bot,
    state: "connected",
    reason: null,
    since: scene.clock.now(),
    retryAt: null,
    connections: 1,
    wanted: 3,
    enabled: 3,
    failed: 0,
  });
  expect(scene.changes).toEqual(["connected"]);
  expect(scene.eventsub.counters()).toEqual({ notifications: 1, repeated: 0, stale: 0, malformed: 0, unknown: 0 });
});

test("twenty minutes of silence in chat: pings are answered, keepalives keep the connection, nothing is said, one is listed every five minutes", async () => {
  const scene = await aScene({ limits: { esPingMs: 60_000 } });
  const bot = await scene.reading();
  const asked = scene.count(POST);
  await scene.pass(1_200_000);
  await scene.heard("still there");
  expect(scene.changes).toEqual(["connected"]);
  expect(scene.count("connect")).toBe(1);
  expect(scene.count(POST)).toBe(asked);
  // Once 15 s after the connection was made, then every five minutes.
  expect(scene.count(GET)).toBe(5);
  expect(scene.status(bot)).toMatchObject({ state: "connected", enabled: 1 });
});

test("what is wanted may change: what is new is added, what is gone is deleted, the rest is left alone", async () => {
  const scene = await aScene();
  scene.world.addChannel("attic");
  const bot = await scene.reading((id) => [scene.chat(id, "attic")]);
  const wanted = [scene.of("channel.update", "studio", "2"), scene.chat(bot)];
  const deleted = scene.world.log.after((entry) => entry.what === DELETE && entry.way === "out");
  await scene.subscribed(bot, wanted);
  expect((await deleted).fields.status).toBe(204);
  const there = [...scene.world.eventsub.subscriptions.values()].map(({ type, condition }) => [
    type,
    condition.broadcaster_user_id,
  ]);
  expect(there).toEqual([
    ["channel.chat.message", scene.channelId()],
    ["channel.update", scene.channelId()],
  ]);
  expect(scene.count(POST)).toBe(3);
  expect(scene.count("connect")).toBe(1);
  expect(scene.eventsub.states(bot).map(({ type }) => type)).toEqual(wanted.map(({ type }) => type));
});

test("a subscription that is wanted twice is one, and one that is wanted no more while it is made is deleted", async () => {
  const scene = await aScene();
  const bot = scene.account("bytebot");
  scene.eventsub.setWanted(bot, [
    scene.chat(bot),
    { ...scene.chat(bot), condition: { ...scene.chat(bot).condition, empty: "" } },
  ]);
  await scene.settled(bot);
  expect(scene.eventsub.states(bot)).toHaveLength(1);
  const asked = scene.world.log.after((entry) => entry.what === POST && entry.way === "in");
  scene.eventsub.setWanted(bot, [scene.chat(bot), scene.of("channel.update", "studio", "2")]);
  await asked;
  const deleted = scene.world.log.after((entry) => entry.what === DELETE && entry.way === "out");
  scene.eventsub.setWanted(bot, [scene.chat(bot)]);
  await deleted;
  expect([...scene.world.eventsub.subscriptions.values()].map(({ type }) => type)).toEqual(["channel.chat.message"]);
});

test("nothing wanted closes the connection, and is not told as a loss; wanted again opens another", async () => {
  const scene = await aScene();
  const bot = await scene.reading();
  const closed = scene.world.log.after((entry) => entry.what === "closed");
  scene.eventsub.setWanted(bot, []);
  await closed;
  expect(scene.status(bot)).toMatchObject({ state: "off", connections: 0, wanted: 0, reason: null, retryAt: null });
  await scene.pass(600_000);
  expect(scene.count("connect")).toBe(1);
  await scene.subscribed(bot, [scene.chat(bot)]);
  await scene.heard("again");
  expect(scene.changes).toEqual(["connected", "connected"]);
});

test("each account has connections of its own: Twitch never sees two users on one", async () => {
  const scene = await aScene();
  const bot = await scene.reading();
  scene.world.addChannel("attic");
  const owner = scene.account("attic");
  await scene.subscribed(owner, [scene.of("channel.subscribe", "attic"), scene.of("channel.cheer", "attic")]);
  const users = [...scene.world.eventsub.sessions.values()].map((session) => session.userId);
  expect(users).toEqual([bot, owner]);
  const statuses = scene.world.log.list("helix", POST).map((entry) => entry.fields.status);
  expect(statuses.filter((status) => status === 400)).toEqual([]);
  // One of them is revoked; the other goes on.
  scene.world.revokeConsent("attic");
  await scene.next("connection", ({ account, change }) => account === owner && change.kind === "lost");
  await scene.heard("untouched");
  expect(scene.status(owner)).toMatchObject({ state: "waiting", reason: "authorization_revoked", failed: 2 });
  expect(scene.status(bot)).toMatchObject({ state: "connected", enabled: 1 });
});

test("F10: a reconnect keeps the old socket until the new welcome, goes to the URL as it was told, and subscribes nothing", async () => {
  const scene = await aScene();
  const bot = await scene.reading();
  const urls: string[] = [];
  const accept = scene.world.eventsub.accept.bind(scene.world.eventsub);
  scene.world.eventsub.accept = (url) => {
    urls.push(url.search);
    return accept(url);
  };
  scene.world.faults.add({ kind: "E1.late_welcome", with: { delayMs: 5_000 } });
  const connected = scene.world.log.after((entry) => entry.what === "connect");
  scene.world.reconnectEventSub();
  await connected;
  await scene.heard("on the old one");
  const moved = scene.world.log.after((entry) => entry.what === "session_welcome" && entry.fields.moved === true);
  await scene.pass(5_000);
  await moved;
  await scene.heard("on the new one");
  expect(scene.texts).toEqual(["on the old one", "on the new one"]);
  expect(urls).toEqual([expect.stringMatching(/^\?challenge=[0-9a-f-]{36}&id=AgoQ\w+$/)]);
  expect(scene.count(POST)).toBe(1);
  expect(scene.changes).toEqual(["connected"]);
  const closed = scene.world.log.after((entry) => entry.what === "closed");
  await scene.pass(2_000);
  expect((await closed).conn).toBe("es-1");
  expect(scene.status(bot)).toMatchObject({ state: "connected", connections: 1 });
});

test("F10: a hundred reconnects lose nothing and tell nothing twice", async () => {
  const scene = await aScene();
  await scene.reading();
  const said: string[] = [];
  for (let i = 0; i < 100; i++) {
    // Six a minute: more Twitch would call a storm.
    await scene.pass(10_000);
    const moved = scene.world.log.after((entry) => entry.what === "session_welcome");
    scene.world.reconnectEventSub({ keepsOld: i % 2 === 0 });
    said.push(`${i} asked`, `${i} moved`);
    scene.world.say("studio", "mira", `${i} asked`);
    await moved;
    await scene.heard(`${i} moved`);
  }
  await scene.heard("end");
  expect(scene.texts).toEqual([...said, "end"]);
  expect(scene.count(POST)).toBe(1);
  expect(scene.changes).toEqual(["connected"]);
});

test("F16: the same message on two sockets, and the same message again, are told once", async () => {
  const scene = await aScene();
  await scene.reading();
  const moved = scene.world.log.after((entry) => entry.what === "session_welcome");
  scene.world.reconnectEventSub({ keepsOld: true });
  await moved;
  await scene.heard("on both");
  scene.world.faults.add({ kind: "E4.same_id" });
  await scene.heard("twice");
  // The old socket is cut after two seconds, and its last words are counted until then.
  await scene.heard("end");
  expect(scene.texts).toEqual(["on both", "twice", "end"]);
  expect(scene.eventsub.counters()).toMatchObject({ notifications: 3, stale: 0 });
  expect(scene.eventsub.counters().repeated).toBeGreaterThanOrEqual(2);
});

test("F17: what is older than ten minutes is dropped and counted; a clock that differs by minutes is not", async () => {
  const scene = await aScene();
  await scene.reading();
  scene.world.faults.add({ kind: "E4.old_timestamp", with: { ageMs: 10 * 60_000 + 1 } });
  scene.world.say("studio", "mira", "too old");
  scene.world.faults.add({ kind: "E4.old_timestamp", with: { ageMs: 10 * 60_000 - 1_000 } });
  await scene.heard("old");
  scene.world.faults.add({ kind: "E4.clock_skew", with: { skewMs: 300_000 } });
  await scene.heard("ahead");
  expect(scene.texts).toEqual(["old", "ahead"]);
  expect(scene.eventsub.counters()).toMatchObject({ notifications: 2, stale: 1 });
});

test("F11: an answer that was lost: the subscription exists (409), and that is success", async () => {
  const scene = await aScene();
  scene.world.faults.add({
    kind: "H3.server_error",
    match: { path: "/eventsub/subscriptions", method: "POST" },
    with: { applied: true },
  });
  const bot = scene.account("bytebot");
  scene.eventsub.setWanted(bot, [scene.chat(bot)]);
  const { state } = await scene.next("subscription");
  expect(state).toMatchObject({ state: "failed", reason: "down" });
  await scene.pass(500);
  await scene.settled(bot);
  await scene.heard("hello");
  expect(scene.count(POST)).toBe(2);
  expect(scene.count(GET)).toBe(1);
  expect(scene.world.eventsub.subscriptions.size).toBe(1);
});

test("F11: a conflict with something that is not there is asked again with growing waits, and told after the third", async () => {
  const scene = await aScene();
  const bot = await scene.reading();
  const fault = scene.world.faults.add({
    kind: "E5.conflict",
    match: { type: "channel.update" },
    times: 1_000,
    with: { withId: false },
  });
  scene.eventsub.setWanted(bot, [scene.chat(bot), scene.of("channel.update", "studio", "2")]);
  await scene.pass(120_000);
  // 0.4, 0.8, 1.5, 3, 6, 12 and then 22.5 s apart, and one when all was compared.
  expect(fault.struck).toBeGreaterThan(6);
  expect(fault.struck).toBeLessThan(15);
  expect(scene.eventsub.states(bot)[1]).toMatchObject({ state: "failed", reason: "conflict" });
  fault.remove();
  await scene.pass(30_000);
  await scene.settled(bot);
  await scene.heard("chat was never in question");
  expect(scene.changes).toEqual(["connected"]);
});

test("F12: a subscription that Twitch no longer lists is noticed within five minutes, told, and made again", async () => {
  const scene = await aScene();
  const bot = await scene.reading();
  await scene.pass(60_000);
  const [lost] = scene.world.eventsub.subscriptions.keys();
  scene.world.eventsub.subscriptions.delete(lost ?? "");
  const failed = scene.after("subscription", ({ state }) => state.state === "failed");
  const enabled = scene.after("subscription", ({ state }) => state.state === "enabled");
  await scene.pass(240_000);
  expect((await failed).state).toMatchObject({ type: "channel.chat.message", state: "failed", reason: "not_listed" });
  await enabled;
  expect(scene.logged.filter(({ event }) => event === "eventsub.none_enabled")).toEqual([
    { level: "warn", event: "eventsub.none_enabled", fields: { account: bot, wanted: 1 } },
  ]);
  await scene.heard("back");
  expect(scene.count("connect")).toBe(1);
});

test("F12: a session that Twitch lists as gone, though nothing was said of it, is replaced", async () => {
  const scene = await aScene();
  const bot = await scene.reading();
  await scene.pass(60_000);
  for (const each of scene.world.eventsub.subscriptions.values()) each.status = "websocket_internal_error";
  await scene.pass(240_000);
  expect(await scene.comesBack(bot)).toBe("session_gone");
  await scene.heard("back");
});

test("F12: what Twitch lists on our session and nobody wants is deleted; what others have is left alone", async () => {
  const scene = await aScene();
  const bot = await scene.reading();
  const [ours] = [...scene.world.eventsub.subscriptions.values()];
  if (ours?.transport.method !== "websocket") throw new Error("no subscription");
  scene.world.eventsub.subscriptions.set("surplus", { ...ours, id: "surplus", type: "channel.update" });
  const elsewhere = { ...ours, id: "elsewhere", transport: { ...ours.transport, sessionId: "another-program" } };
  scene.world.eventsub.subscriptions.set("elsewhere", elsewhere);
  const deleted = scene.world.log.after((entry) => entry.what === DELETE && entry.way === "out");
  await scene.pass(300_000);
  await deleted;
  expect([...scene.world.eventsub.subscriptions.keys()]).toEqual([ours.id, "elsewhere"]);
  expect(scene.status(bot)).toMatchObject({ enabled: 1, failed: 0 });
});

/** Sixty channels, and all of chat in each of them: 300 subscriptions. */
function sixtyChats(scene: Scene, bot: string) {
  const logins = Array.from({ length: 60 }, (_, i) => scene.world.addChannel(`room${i}`).user.login);
  const types = ["message", "notification", "message_delete", "clear_user_messages", "clear"];
  return { logins, chats: types.flatMap((type) => logins.map((login) => scene.chat(bot, login, `channel.chat.${type}`))) };
}

test("F20: sixty channels are spread over two connections; what costs too much is told, without a loop", async () => {
  const scene = await aScene();
  const bot = scene.account("bytebot");
  const { logins, chats } = sixtyChats(scene, bot);
  const streams = logins.map((login) => scene.of("stream.online", login));
  scene.eventsub.setWanted(bot, [...chats, ...streams]);
  await scene.until(() => scene.eventsub.states(bot).every(({ state }) => state !== "pending"));
  const perSession = [...scene.world.eventsub.sessions.keys()].map(
    (id) =>
      [...scene.world.eventsub.subscriptions.values()].filter(
        ({ transport }) => transport.method === "websocket" && transport.sessionId === id,
      ).length,
  );
  expect(perSession).toEqual([300, 10]);
  expect(scene.status(bot)).toMatchObject({ state: "connected", connections: 2, wanted: 360, enabled: 310, failed: 50 });
  const reasons = scene.eventsub
    .states(bot)
    .slice(300)
    .map(({ reason }) => reason);
  expect(reasons.filter((reason) => reason === "cost_limit")).toHaveLength(50);
  expect(scene.count(POST)).toBe(360);

  // Nothing is asked for again before the comparison, and then only one to see whether it still costs.
  scene.eventsub.retry(bot);
  await scene.pass(299_000);
  expect(scene.count(POST)).toBe(360);
  const refused = scene.world.log.after((entry) => entry.what === POST && entry.way === "out");
  await scene.pass(1_000);
  expect((await refused).fields.status).toBe(429);
  await scene.pass(200_000);
  expect(scene.count(POST)).toBe(361);
  expect(scene.count("connect")).toBe(2);
  expect(scene.changes).toEqual(["connected"]);

  // Three less that cost: at the next comparison as many others take their place.
  const enabled = scene.eventsub.states(bot).filter(({ type, state }) => type === "stream.online" && state === "enabled");
  const kept = streams.filter(({ condition }) => !enabled.slice(0, 3).some((one) => Bun.deepEquals(one.condition, condition)));
  scene.eventsub.setWanted(bot, [...chats, ...kept]);
  const three = scene.until(() => scene.status(bot)?.enabled === 310);
  await scene.pass(300_000);
  await three;
  expect(scene.count(POST)).toBe(364);
});

test("F20: more than three connections hold is refused here, and gets its place when there is one", async () => {
  const scene = await aScene({ limits: { helixPoints: 5_000 } });
  const bot = scene.account("bytebot");
  const types = ["message", "notification", "message_delete", "clear_user_messages", "clear"];
  const logins = Array.from({ length: 181 }, (_, i) => scene.world.addChannel(`room${i}`).user.login);
  const chats = logins.flatMap((login) => types.map((type) => scene.chat(bot, login, `channel.chat.${type}`)));
  scene.eventsub.setWanted(bot, chats);
  await scene.until(() => scene.status(bot)?.enabled === 900);
  const states = scene.eventsub.states(bot);
  expect(states.slice(900).map(({ state, reason }) => [state, reason])).toEqual(Array(5).fill(["failed", "connections_limit"]));
  expect(scene.status(bot)).toMatchObject({ connections: 3, wanted: 905, enabled: 900, failed: 5 });
  expect(scene.count(POST)).toBe(900);
  scene.eventsub.setWanted(bot, chats.slice(5));
  await scene.settled(bot);
  expect(scene.status(bot)).toMatchObject({ connections: 3, wanted: 900, enabled: 900, failed: 0 });
  expect(scene.count(POST)).toBe(905);
});

test("F20: connections that Twitch refuses are told, not asked for in a loop, and tried again after five minutes", async () => {
  const scene = await aScene({ limits: { esMaxConn: 1 } });
  const bot = scene.account("bytebot");
  const { logins, chats } = sixtyChats(scene, bot);
  const more = logins.slice(0, 12).map((login) => scene.chat(bot, login, "channel.chat_settings.update"));
  scene.eventsub.setWanted(bot, [...chats, ...more]);
  await scene.until(() => scene.eventsub.states(bot).every(({ state }) => state !== "pending"));
  expect(scene.status(bot)).toMatchObject({ state: "connected", connections: 1, enabled: 300, failed: 12 });
  expect(
    new Set(
      scene.eventsub
        .states(bot)
        .slice(300)
        .map(({ reason }) => reason),
    ),
  ).toEqual(new Set(["connections_limit"]));
  await scene.pass(299_000);
  expect(scene.count(POST)).toBe(312);
  scene.world.limits.esMaxConn = 3;
  await scene.pass(1_000);
  await scene.settled(bot);
  expect(scene.status(bot)).toMatchObject({ connections: 2, enabled: 312 });
});

test("leftovers of a session that Twitch takes for alive are deleted when they stand in the way", async () => {
  const scene = await aScene({ limits: { esMaxCost: 2 } });
  for (const login of ["attic", "barn"]) scene.world.addChannel(login);
  const bot = scene.account("bytebot");
  await scene.subscribed(bot, [scene.of("stream.online", "attic"), scene.of("stream.online", "barn")]);
  // Asked to go elsewhere, in vain: Twitch waits half a minute for us to come. And again.
  for (const [round, waitMs] of [
    [1, 1_000],
    [2, 6_000],
  ] as const) {
    const lost = scene.after("connection", ({ change }) => change.kind === "lost");
    scene.world.reconnectEventSub({ isBad: true });
    await scene.pass(waitMs);
    await lost;
    await scene.settled(bot);
    const there = [...scene.world.eventsub.subscriptions.values()].filter((each) => each.disabledAt === null);
    expect(there).toHaveLength(2);
    expect(scene.count(DELETE)).toBe(2 * round);
    expect(scene.count(POST)).toBe(2 + 4 * round);
  }
  expect(scene.told.filter((told) => told.kind === "subscription" && told.state.state === "failed")).toEqual([]);
  expect(scene.status(bot)).toMatchObject({ state: "connected", enabled: 2, failed: 0 });
});

test("F20: a limit that Twitch names in other words is known by its figures", async () => {
  const scene = await aScene({ limits: { esMaxCost: 1 } });
  for (const login of ["attic", "barn"]) scene.world.addChannel(login);
  scene.refusing = { message: "not today" };
  const bot = scene.account("bytebot");
  scene.eventsub.setWanted(bot, [scene.of("stream.online", "attic"), scene.of("stream.online", "barn")]);
  await scene.until(() => scene.eventsub.states(bot).every(({ state }) => state !== "pending"));
  expect(scene.eventsub.states(bot).map(({ state, reason }) => [state, reason])).toEqual([
    ["enabled", null],
    ["failed", "cost_limit"],
  ]);
  await scene.pass(250_000);
  expect(scene.count(POST)).toBe(2);
});

test("a revocation is told with its status, and the subscription is not made again until the account is retried", async () => {
  for (const status of [
    "authorization_revoked",
    "user_removed",
    "version_removed",
    "moderator_removed",
    "chat_user_banned",
  ] as const) {
    const scene = await aScene();
    const bot = await scene.reading((id) => [scene.chat(id, "studio", "channel.chat.notification")]);
    scene.world.revokeSubscriptions("channel.chat.notification", status);
    const { state } = await scene.next("subscription", (told) => told.state.state === "revoked");
    expect(state).toMatchObject({ type: "channel.chat.notification", state: "revoked", reason: status });
    await scene.pass(310_000);
    await scene.heard("the other goes on");
    expect(scene.count(POST)).toBe(2);
    expect(scene.status(bot)).toMatchObject({ state: "connected", enabled: 1, failed: 1 });
    scene.eventsub.retry(bot);
    await scene.settled(bot);
    expect(scene.count(POST)).toBe(3);
    expect(scene.eventsub.counters().unknown).toBe(0);
  }
});

test("when everything is revoked the connection is given up, and comes back with the account", async () => {
  const scene = await aScene();
  const bot = await scene.reading();
  scene.world.revokeConsent("bytebot");
  await scene.next("connection", ({ change }) => change.kind === "lost");
  expect(scene.status(bot)).toMatchObject({ state: "waiting", reason: "authorization_revoked", connections: 0, failed: 1 });
  // The lists that are asked for with a token that is dead find nothing to do.
  scene.tokens.set(bot, null);
  await scene.pass(900_000);
  expect(scene.count("connect")).toBe(1);
  scene.account("bytebot");
  scene.eventsub.retry(bot);
  await scene.settled(bot);
  await scene.heard("back");
  expect(scene.changes).toEqual(["connected", "lost authorization_revoked", "connected"]);
});

test("F2: what a scope is missing for is off, the rest goes on; with the scope it is made at once", async () => {
  const scene = await aScene();
  const owner = scene.account("studio", ["bits:read"]);
  const wanted = [scene.of("channel.subscribe"), scene.of("channel.cheer"), scene.of("stream.online")];
  scene.eventsub.setWanted(owner, wanted);
  await scene.until(() => scene.eventsub.states(owner).every(({ state }) => state !== "pending"));
  expect(scene.eventsub.states(owner).map(({ state, reason }) => [state, reason])).toEqual([
    ["failed", "forbidden"],
    ["enabled", null],
    ["enabled", null],
  ]);
  await scene.pass(200_000);
  expect(scene.count(POST)).toBe(3);
  scene.account("studio", ["bits:read", "channel:read:subscriptions"]);
  scene.eventsub.retry(owner);
  await scene.settled(owner);
  expect(scene.count(POST)).toBe(4);
  expect(scene.count("connect")).toBe(1);
});

test("an account without a usable token waits with the reason, and is there as soon as it has one", async () => {
  const scene = await aScene();
  const bot = scene.world.issueToken("bytebot").userId;
  scene.eventsub.setWanted(bot, [scene.chat(bot)]);
  const { state } = await scene.next("subscription");
  expect(state).toMatchObject({ state: "failed", reason: "login_needed" });
  // Twitch would close a session without subscriptions after ten seconds.
  await scene.pass(9_000);
  expect(scene.status(bot)).toMatchObject({ state: "waiting", reason: "login_needed", connections: 0 });
  scene.account("bytebot");
  scene.eventsub.retry(bot);
  await scene.settled(bot);
  await scene.heard("hello");
  expect(scene.changes).toEqual(["connected"]);
});
