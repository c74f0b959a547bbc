import { expect, test } from "bun:test";
import { ManualClock, startWorld, type World, type WorldOptions } from "../../src/world/index.ts";
import { DEFAULT_CLIENT } from "../../src/world/tokens.ts";
import { EventSubClient, helix, settled, subscribe } from "./support.ts";

/** A world with a live channel, a moderating bot, and the tokens of both. */
async function aStudio(options: WorldOptions = {}) {
  const world = await startWorld(options);
  const channel = world.addChannel("studio", { mods: ["bot"], title: "hello", game: "Glass Tower" });
  const bot = world.issueToken("bot");
  const owner = world.issueToken("studio");
  const chat = { broadcaster_user_id: channel.user.id, user_id: bot.userId };
  return { world, channel, bot, owner, chat, own: { broadcaster_user_id: channel.user.id } };
}

const open = (world: World, query = "") => EventSubClient.open(`${world.urls.eventsub}${query}`);

test("the welcome, a keepalive and a notification have Twitch's layout and nanosecond times", async () => {
  const clock = new ManualClock();
  const { world, bot, chat } = await aStudio({ clock });
  await using _ = world;
  const client = await open(world);
  const welcome = JSON.parse(client.wire.frames[0] ?? "");
  expect(welcome.payload.session).toEqual({
    id: client.sessionId,
    status: "connected",
    connected_at: expect.stringMatching(/^2026-11-22T15:00:00\.\d{9}Z$/),
    keepalive_timeout_seconds: 10,
    reconnect_url: null,
  });
  expect((await subscribe(world, client, bot.accessToken, "channel.chat.message", chat)).status).toBe(202);
  clock.advance(10_000);
  expect((await client.next("session_keepalive")).payload).toEqual({});
  const id = world.say("studio", "ned", "hi 😂 Kappa");
  const frame = await client.next("notification");
  expect(Object.keys(frame.metadata)).toEqual([
    "message_id",
    "message_type",
    "message_timestamp",
    "subscription_type",
    "subscription_version",
  ]);
  expect(frame.payload.event).toMatchObject({
    message_id: id,
    chatter_user_login: "ned",
    message: { text: "hi 😂 Kappa" },
    message_type: "text",
  });
});

test("a keepalive comes only when nothing else came for that long", async () => {
  const clock = new ManualClock();
  const { world, bot, chat } = await aStudio({ clock, limits: { esPingMs: 3_600_000 } });
  await using _ = world;
  const client = await open(world, "?keepalive_timeout_seconds=15");
  await subscribe(world, client, bot.accessToken, "channel.chat.message", chat);
  clock.advance(9_000);
  world.say("studio", "ned", "one");
  clock.advance(14_999);
  await client.next("notification");
  await settled(world);
  expect(client.wire.frames.some((text) => text.includes("session_keepalive"))).toBe(false);
  clock.advance(1);
  await client.next("session_keepalive");
});

test("the keepalive interval asked for is clamped to 10–600", async () => {
  await using world = await startWorld();
  const seconds: (number | null | undefined)[] = [];
  for (const asked of ["?keepalive_timeout_seconds=3", "?keepalive_timeout_seconds=9999", "?keepalive_timeout_seconds=60", ""]) {
    const client = new EventSubClient(`${world.urls.eventsub}${asked}`);
    seconds.push((await client.next("session_welcome")).payload.session?.keepalive_timeout_seconds);
    client.wire.close();
  }
  expect(seconds).toEqual([10, 600, 60, 10]);
});

test("a session without subscription is closed with 4003 at exactly 10 s, one that speaks with 4001", async () => {
  const clock = new ManualClock();
  await using world = await startWorld({ clock });
  const client = await open(world);
  clock.advance(9_999);
  await settled(world);
  expect(client.wire.isOpen).toBe(true);
  clock.advance(1);
  expect(await client.wire.closed).toEqual({ code: 4003, reason: "connection unused" });
  const talker = await open(world);
  talker.wire.send("hello");
  expect(await talker.wire.closed).toEqual({ code: 4001, reason: "sent inbound traffic" });
  expect(world.checks().map((each) => each.check)).toEqual(["eventsub_unused", "eventsub_inbound"]);
});

test("what a dropped session had is disabled, stays listed for a minute, and vanishes", async () => {
  const clock = new ManualClock();
  const { world, bot, chat } = await aStudio({ clock });
  await using _ = world;
  const client = await open(world);
  await subscribe(world, client, bot.accessToken, "channel.chat.message", chat);
  const closed = world.log.after((entry) => entry.surface === "eventsub" && entry.what === "closed");
  client.wire.close();
  await closed;
  const list = async () =>
    ((await helix(world, bot.accessToken, "GET", "/eventsub/subscriptions")).json as { data: { status: string }[] }).data;
  expect((await list()).map((each) => each.status)).toEqual(["websocket_disconnected"]);
  clock.advance(60_000);
  expect(await list()).toEqual([]);
});

test("a reconnect keeps the subscriptions: events to the old socket until the new welcome, then to the new", async () => {
  const { world, bot, chat } = await aStudio();
  await using _ = world;
  const old = await open(world);
  await subscribe(world, old, bot.accessToken, "channel.chat.message", chat);
  world.reconnectEventSub();
  const url = (await old.next("session_reconnect")).payload.session?.reconnect_url ?? "";
  world.say("studio", "ned", "to the old one");
  expect((await old.next("notification")).payload.event).toMatchObject({ message: { text: "to the old one" } });
  const fresh = await EventSubClient.open(url);
  expect(fresh.sessionId).toBe(old.sessionId);
  old.wire.close();
  world.say("studio", "ned", "to the new one");
  expect((await fresh.next("notification")).payload.event).toMatchObject({ message: { text: "to the new one" } });
  const again = new EventSubClient(url);
  expect((await again.wire.closed).code).toBe(4007);
});

test("a reconnect that nobody follows ends in 4004 after 30 s", async () => {
  const clock = new ManualClock();
  const { world, bot, chat } = await aStudio({ clock, limits: { esPingMs: 3_600_000 } });
  await using _ = world;
  const client = await open(world);
  await subscribe(world, client, bot.accessToken, "channel.chat.message", chat);
  world.reconnectEventSub();
  clock.advance(30_000);
  expect((await client.wire.closed).code).toBe(4004);
});

test("refusals of a subscription: wrong token, wrong version, unknown session, another user, no scope, twice", async () => {
  const { world, channel, bot, owner, chat, own } = await aStudio();
  await using _ = world;
  const client = await open(world);
  const outcome = async (token: string, type: string, condition: Record<string, string>, version = "1") => {
    const { status, json } = await subscribe(world, client, token, type, condition, version);
    return [status, (json as { message?: string }).message ?? "made"];
  };
  const app = world.tokens.grantApp(DEFAULT_CLIENT.clientId).value;
  expect(await outcome(app, "stream.online", own)).toEqual([400, "invalid transport and auth combination"]);
  expect(await outcome(bot.accessToken, "channel.follow", own)).toEqual([400, "invalid subscription type and version"]);
  expect(await outcome(bot.accessToken, "channel.chat.message", own)).toEqual([
    400,
    "missing required parameter in condition: user_id",
  ]);
  expect(await outcome(bot.accessToken, "channel.subscribe", own)).toEqual([403, "subscription missing proper authorization"]);
  const poor = world.issueToken("bot", { scopes: ["chat:read"] }).accessToken;
  expect(await outcome(poor, "channel.chat.message", chat)).toEqual([403, "subscription missing proper authorization"]);
  expect(await outcome(bot.accessToken, "channel.chat.message", chat)).toEqual([202, "made"]);
  expect(await outcome(bot.accessToken, "channel.chat.message", chat)).toEqual([409, "subscription already exists"]);
  expect(await outcome(owner.accessToken, "channel.subscribe", own)).toEqual([
    400,
    "websocket transport cannot have subscriptions created by different users",
  ]);
  world.ban("studio", "bot");
  expect(
    await outcome(bot.accessToken, "channel.chat.notification", { broadcaster_user_id: channel.user.id, user_id: bot.userId }),
  ).toEqual([403, "subscription missing proper authorization"]);
  client.sessionId = "nope";
  expect((await outcome(bot.accessToken, "stream.online", own))[0]).toBe(400);
});

test("limits: three sockets per user, cost 10 without consent, three of the same condition", async () => {
  const { world, bot } = await aStudio();
  await using _ = world;
  const about = (login: string) => ({ broadcaster_user_id: world.addChannel(login).user.id });
  const statuses: number[] = [];
  for (let i = 0; i < 4; i++)
    statuses.push((await subscribe(world, await open(world), bot.accessToken, "stream.online", about(`room${i}`))).status);
  expect(statuses).toEqual([202, 202, 202, 429]);
  const [session] = world.eventsub.live();
  const client = { sessionId: session?.session.id ?? "" } as EventSubClient;
  const costs: number[] = [];
  for (let i = 10; i < 18; i++)
    costs.push((await subscribe(world, client, bot.accessToken, "stream.online", about(`room${i}`))).status);
  expect(costs).toEqual([202, 202, 202, 202, 202, 202, 202, 429]);
  const listed = (await helix(world, bot.accessToken, "GET", "/eventsub/subscriptions")).json as {
    total: number;
    total_cost: number;
    max_total_cost: number;
  };
  expect([listed.total, listed.total_cost, listed.max_total_cost]).toEqual([10, 10, 10]);
});

test("listing: one filter at a time, deletion is 204 and then 404", async () => {
  const { world, bot, chat, own } = await aStudio();
  await using _ = world;
  const client = await open(world);
  const made = (await subscribe(world, client, bot.accessToken, "channel.chat.message", chat)).json as { data: { id: string }[] };
  await subscribe(world, client, bot.accessToken, "stream.online", own);
  const get = (query: string) => helix(world, bot.accessToken, "GET", `/eventsub/subscriptions${query}`);
  expect(((await get("?type=stream.online")).json as { data: unknown[] }).data).toHaveLength(1);
  expect((await get("?type=stream.online&status=enabled")).status).toBe(400);
  const id = made.data[0]?.id ?? "";
  expect((await helix(world, bot.accessToken, "DELETE", `/eventsub/subscriptions?id=${id}`)).status).toBe(204);
  expect((await helix(world, bot.accessToken, "DELETE", `/eventsub/subscriptions?id=${id}`)).status).toBe(404);
});

test("one action reaches every surface with the same ids: a cheer, a gift of five, a ban", async () => {
  const { world, bot, owner, chat, own } = await aStudio();
  await using _ = world;
  const reader = await open(world);
  for (const type of ["channel.chat.message", "channel.chat.notification", "channel.chat.clear_user_messages"])
    await subscribe(world, reader, bot.accessToken, type, chat);
  const owned = await open(world);
  for (const type of ["channel.cheer", "channel.bits.use", "channel.subscribe", "channel.subscription.gift", "channel.ban"])
    await subscribe(world, owned, owner.accessToken, type, own);

  const id = world.cheer("studio", "oz", 150, "nice");
  world.gift("studio", "mira", 5, { isAnonymous: true });
  world.ban("studio", "oz", "spam");
  await owned.next("notification");
  await settled(world);
  const types = (client: EventSubClient) =>
    client.notifications.map((frame) => frame.metadata.subscription_type?.replace("channel.", ""));
  expect(types(owned)).toEqual([
    "cheer",
    "bits.use",
    "subscription.gift",
    "subscribe",
    "subscribe",
    "subscribe",
    "subscribe",
    "subscribe",
    "ban",
  ]);
  expect(types(reader)).toEqual(["chat.message", ...Array(6).fill("chat.notification"), "chat.clear_user_messages"]);
  const events = reader.notifications.map((frame) => frame.payload.event);
  expect(events[0]).toMatchObject({ message_id: id, cheer: { bits: 150 } });
  expect(events.slice(1, 7).map((event) => event?.notice_type)).toEqual(["community_sub_gift", ...Array(5).fill("sub_gift")]);
  expect(owned.notifications[2]?.payload.event).toMatchObject({
    user_id: null,
    is_anonymous: true,
    total: 5,
    cumulative_total: null,
  });
  expect(owned.notifications.at(-1)?.payload.event).toMatchObject({
    user_login: "oz",
    is_permanent: true,
    ends_at: null,
    reason: "spam",
  });
});

test("stream, update, raid, redemption, hype train, advertisement, follow and shared chat are told", async () => {
  const { world, channel, bot, owner, own } = await aStudio();
  await using _ = world;
  const owned = await open(world);
  const types: [string, string][] = [
    ["stream.online", "1"],
    ["stream.offline", "1"],
    ["channel.update", "2"],
    ["channel.channel_points_custom_reward_redemption.add", "1"],
    ["channel.hype_train.begin", "2"],
    ["channel.hype_train.progress", "2"],
    ["channel.hype_train.end", "2"],
    ["channel.ad_break.begin", "1"],
    ["channel.shared_chat.begin", "1"],
    ["channel.shared_chat.end", "1"],
    ["channel.subscription.message", "1"],
    ["channel.subscription.end", "1"],
    ["channel.unban", "1"],
  ];
  for (const [type, version] of types)
    expect([type, (await subscribe(world, owned, owner.accessToken, type, own, version)).status]).toEqual([type, 202]);
  await subscribe(world, owned, owner.accessToken, "channel.raid", { to_broadcaster_user_id: channel.user.id });
  const watcher = await open(world);
  await subscribe(world, watcher, bot.accessToken, "channel.follow", { ...own, moderator_user_id: bot.userId }, "2");

  const streamId = world.goLive("studio", { title: "live now" });
  world.updateChannel("studio", { title: "new title" });
  world.raid("sol", "studio", 7);
  world.redeem("studio", "ned", "Hydrate", "now please");
  world.hypeTrain("studio");
  world.adBreak("studio", 60);
  world.shareChat(["studio", "guest"]);
  world.endSharedChat("studio");
  world.sub("studio", "rae", { months: 6, text: "six Kappa" });
  world.endSub("studio", "rae");
  world.timeout("studio", "ned", 60);
  world.unban("studio", "ned");
  world.follow("studio", "pia");
  world.goOffline("studio");
  await watcher.next("notification");
  await owned.wire.next((text) => text.includes("stream.offline"));
  const told = new Map(owned.notifications.map((frame) => [frame.metadata.subscription_type, frame.payload.event]));
  expect([...told.keys()].sort()).toEqual([...types.map(([type]) => type), "channel.raid"].sort());
  expect(told.get("stream.online")).toMatchObject({ id: streamId, type: "live", broadcaster_user_login: "studio" });
  expect(told.get("stream.offline")).toMatchObject({ id: streamId });
  expect(told.get("channel.raid")).toMatchObject({ from_broadcaster_user_login: "sol", viewers: 7 });
  expect(told.get("channel.channel_points_custom_reward_redemption.add")).toMatchObject({
    user_input: "now please",
    reward: { title: "Hydrate" },
  });
  expect(told.get("channel.subscription.message")).toMatchObject({
    cumulative_months: 6,
    message: { text: "six Kappa", emotes: [{ begin: 4, end: 8, id: "25" }] },
  });
  expect(watcher.notifications[0]?.payload.event).toMatchObject({ user_login: "pia", followed_at: expect.any(String) });
});

test("a first sub is channel.subscribe, told months are channel.subscription.message: never both", async () => {
  const { world, owner, own } = await aStudio();
  await using _ = world;
  const client = await open(world);
  for (const type of ["channel.subscribe", "channel.subscription.message"])
    await subscribe(world, client, owner.accessToken, type, own);
  world.sub("studio", "pia");
  world.sub("studio", "rae", { months: 6 });
  await client.wire.next((text) => text.includes("channel.subscription.message"));
  await settled(world);
  expect(client.notifications.map((frame) => [frame.metadata.subscription_type, frame.payload.event?.user_login])).toEqual([
    ["channel.subscribe", "pia"],
    ["channel.subscription.message", "rae"],
  ]);
});

test("E1: keepalives can stop, the welcome can be late or never come", async () => {
  const clock = new ManualClock();
  const { world, bot, chat } = await aStudio({ clock, limits: { esPingMs: 3_600_000 } });
  await using _ = world;
  world.faults.add({ kind: "E1.keepalive_silence", times: 2 });
  const client = await open(world);
  await subscribe(world, client, bot.accessToken, "channel.chat.message", chat);
  clock.advance(29_999);
  await settled(world);
  expect(client.wire.frames).toHaveLength(1);
  clock.advance(1);
  await client.next("session_keepalive");

  world.faults.add({ kind: "E1.late_welcome", with: { delayMs: 11_000 } });
  const late = new EventSubClient(world.urls.eventsub);
  await late.wire.opened();
  await settled(world);
  clock.advance(10_999);
  expect(late.wire.frames).toEqual([]);
  clock.advance(1);
  await late.next("session_welcome");
  world.faults.add({ kind: "E1.no_welcome" });
  const never = await new EventSubClient(world.urls.eventsub).wire.opened();
  clock.advance(60_000);
  await settled(world);
  expect(never.frames).toEqual([]);
});

test("E2: every close code, with its words, and the status it leaves behind", async () => {
  for (const [code, status] of [
    [4000, "websocket_internal_error"],
    [4001, "websocket_received_inbound_traffic"],
    [4002, "websocket_failed_ping_pong"],
    [4003, "websocket_connection_unused"],
    [4004, "websocket_failed_to_reconnect"],
    [4005, "websocket_network_timeout"],
    [4006, "websocket_network_error"],
    [4007, "websocket_disconnected"],
  ] as const) {
    const { world, bot, chat } = await aStudio();
    await using _ = world;
    const client = await open(world);
    await subscribe(world, client, bot.accessToken, "channel.chat.message", chat);
    world.closeEventSub(code);
    expect((await client.wire.closed).code).toBe(code);
    expect([...world.eventsub.subscriptions.values()].map((each) => each.status)).toEqual([status]);
  }
});

test("E2: the socket closes while a subscription is asked for, or right before it is answered", async () => {
  const { world, bot, chat } = await aStudio();
  await using _ = world;
  const one = await open(world);
  world.faults.add({ kind: "E2.close_during_subscribe" });
  expect((await subscribe(world, one, bot.accessToken, "channel.chat.message", chat)).status).toBe(400);
  expect((await one.wire.closed).code).toBe(4003);
  const two = await open(world);
  world.faults.add({ kind: "E2.close_before_answer" });
  expect((await subscribe(world, two, bot.accessToken, "channel.chat.message", chat)).status).toBe(202);
  expect((await two.wire.closed).code).toBe(4003);
});

test("E2: a frozen socket is silent; one whose client does not pong is closed with 4002", async () => {
  const clock = new ManualClock();
  const { world, bot, chat } = await aStudio({ clock });
  await using _ = world;
  const client = await open(world);
  await subscribe(world, client, bot.accessToken, "channel.chat.message", chat);
  await clock.run(60_000);
  expect(client.wire.isOpen).toBe(true);
  clock.advance(15_000);
  expect((await client.wire.closed).code).toBe(4002);
});

test("E3: a bad URL is answered with 4007, a refusing one by nothing; the old socket may close early, or go on", async () => {
  const { world, bot, chat } = await aStudio();
  await using _ = world;
  const client = await open(world);
  await subscribe(world, client, bot.accessToken, "channel.chat.message", chat);
  world.faults.add({ kind: "E3.bad_url" });
  world.reconnectEventSub();
  const bad = (await client.next("session_reconnect")).payload.session?.reconnect_url ?? "";
  expect((await new EventSubClient(bad).wire.closed).code).toBe(4007);
  world.faults.add({ kind: "E3.refusing_url" });
  world.reconnectEventSub();
  const refusing = (await client.next("session_reconnect")).payload.session?.reconnect_url ?? "";
  expect((await new EventSubClient(refusing).wire.closed).code).toBe(1006);

  world.reconnectEventSub({ keepsOld: true });
  const good = (await client.next("session_reconnect")).payload.session?.reconnect_url ?? "";
  const fresh = await EventSubClient.open(good);
  world.say("studio", "ned", "on both");
  const [a, b] = await Promise.all([client.next("notification"), fresh.next("notification")]);
  expect(a.metadata.message_id).toBe(b.metadata.message_id);

  world.reconnectEventSub({ closesOldEarly: true });
  const next = (await fresh.next("session_reconnect")).payload.session?.reconnect_url ?? "";
  expect((await fresh.wire.closed).code).toBe(4000);
  const last = await EventSubClient.open(next);
  world.say("studio", "ned", "after the gap");
  expect((await last.next("notification")).payload.event).toMatchObject({ message: { text: "after the gap" } });
});

test("E3: a second reconnect during the first makes the first URL worthless", async () => {
  const { world, bot, chat } = await aStudio();
  await using _ = world;
  const client = await open(world);
  await subscribe(world, client, bot.accessToken, "channel.chat.message", chat);
  world.reconnectEventSub();
  const first = (await client.next("session_reconnect")).payload.session?.reconnect_url ?? "";
  world.reconnectEventSub();
  const second = (await client.next("session_reconnect")).payload.session?.reconnect_url ?? "";
  expect((await new EventSubClient(first).wire.closed).code).toBe(4007);
  expect((await EventSubClient.open(second)).sessionId).toBe(client.sessionId);
});

test("E4: the same id twice, the same event under two ids, out of order, old, skewed, of unknown type, field and enum", async () => {
  const { world, bot, chat } = await aStudio();
  await using _ = world;
  const client = await open(world);
  await subscribe(world, client, bot.accessToken, "channel.chat.message", chat);
  const say = async (text: string) => {
    const before = client.wire.frames.length;
    world.say("studio", "ned", text);
    await settled(world);
    return client.wire.frames
      .slice(before)
      .map((frame) => JSON.parse(frame) as { metadata: Record<string, string>; payload: { event: Record<string, unknown> } });
  };
  world.faults.add({ kind: "E4.same_id" });
  const same = await say("same");
  expect([same.length, new Set(same.map((frame) => frame.metadata.message_id)).size]).toEqual([2, 1]);
  world.faults.add({ kind: "E4.new_id_same_event" });
  const doubled = await say("doubled");
  expect([
    doubled.length,
    new Set(doubled.map((frame) => frame.metadata.message_id)).size,
    new Set(doubled.map((frame) => frame.payload.event.message_id)).size,
  ]).toEqual([2, 2, 1]);
  world.faults.add({ kind: "E4.reorder" });
  expect(await say("first")).toEqual([]);
  expect((await say("second")).map((frame) => (frame.payload.event.message as { text: string }).text)).toEqual([
    "second",
    "first",
  ]);
  world.faults.add({ kind: "E4.old_timestamp" });
  expect(Date.now() - Date.parse((await say("old"))[0]?.metadata.message_timestamp ?? "")).toBeGreaterThan(10 * 60_000);
  world.faults.add({ kind: "E4.clock_skew", with: { skewMs: 3_600_000 } });
  expect(Date.parse((await say("future"))[0]?.metadata.message_timestamp ?? "") - Date.now()).toBeGreaterThan(3_500_000);
  world.faults.add({ kind: "E4.unknown_type" });
  expect((await say("odd"))[0]?.metadata.message_type).toBe("session_wink");
  world.faults.add({ kind: "E4.unknown_field" });
  expect((await say("field"))[0]?.payload.event.never_seen_before).toBeDefined();
  world.faults.add({ kind: "E4.unknown_enum" });
  expect((await say("enum"))[0]?.payload.event.message_type).toBe("never_seen_before");
  world.faults.add({ kind: "E4.missing_nullable" });
  expect("cheer" in ((await say("nullable"))[0]?.payload.event ?? { cheer: 1 })).toBe(false);
});

test("E4: numbers can come as text", async () => {
  const { world, owner, own } = await aStudio();
  await using _ = world;
  const client = await open(world);
  await subscribe(world, client, owner.accessToken, "channel.ad_break.begin", own);
  world.faults.add({ kind: "E4.ints_as_strings" });
  world.adBreak("studio", 60);
  expect((await client.next("notification")).payload.event?.duration_seconds).toBe("60");
});

test("E5: revocation with each status, a subscription that stays silent, and each refusal", async () => {
  const { world, bot, owner, chat, own } = await aStudio();
  await using _ = world;
  const client = await open(world);
  for (const status of [
    "authorization_revoked",
    "user_removed",
    "version_removed",
    "moderator_removed",
    "chat_user_banned",
  ] as const) {
    await subscribe(world, client, bot.accessToken, "channel.chat.message", chat);
    expect(world.revokeSubscriptions("channel.chat.message", status)).toBe(1);
    expect((await client.next("revocation")).payload.subscription).toMatchObject({ status, type: "channel.chat.message" });
  }
  await subscribe(world, client, bot.accessToken, "channel.chat.message", chat);
  world.faults.add({ kind: "E5.silent_subscription", times: 1 });
  world.say("studio", "ned", "unheard");
  world.say("studio", "ned", "heard");
  expect((await client.next("notification")).payload.event).toMatchObject({ message: { text: "heard" } });

  const refusals = [
    "E5.conflict",
    "E5.too_many_transports",
    "E5.too_many_conditions",
    "E5.forbidden",
    "E5.invalid_transport",
  ] as const;
  for (const kind of refusals) world.faults.add({ kind });
  const statuses: number[] = [];
  for (let i = 0; i < refusals.length; i++)
    statuses.push((await subscribe(world, await open(world), owner.accessToken, "channel.cheer", own)).status);
  expect(statuses).toEqual([403, 400, 429, 429, 409]);
});

test("being timed out ends the chat subscriptions of the reader, taking back the consent all of the person's", async () => {
  const { world, bot, owner, chat, own } = await aStudio();
  await using _ = world;
  const client = await open(world);
  await subscribe(world, client, bot.accessToken, "channel.chat.message", chat);
  await subscribe(world, client, bot.accessToken, "stream.online", own);
  world.timeout("studio", "bot", 60);
  expect((await client.next("revocation")).payload.subscription).toMatchObject({ status: "chat_user_banned" });
  const owned = await open(world);
  await subscribe(world, owned, owner.accessToken, "channel.cheer", own);
  world.revokeConsent("studio");
  expect((await owned.next("revocation")).payload.subscription).toMatchObject({
    type: "channel.cheer",
    status: "authorization_revoked",
  });
  expect((await helix(world, owner.accessToken, "GET", "/users")).status).toBe(401);
});
