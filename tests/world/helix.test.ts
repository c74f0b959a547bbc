import { expect, test } from "bun:test";
import { ManualClock, startWorld, type WorldOptions } from "../../src/world/index.ts";
import { DEFAULT_CLIENT } from "../../src/world/tokens.ts";
import { aIrc, helix } from "./support.ts";

interface Data {
  data: Record<string, unknown>[];
  pagination?: { cursor?: string };
  total?: number;
  message?: string;
  id?: string;
}

async function aStudio(options: WorldOptions = {}) {
  const world = await startWorld(options);
  const channel = world.addChannel("studio", { mods: ["bot"], title: "hello", game: "Glass Tower", language: "pt" });
  const bot = world.issueToken("bot");
  const owner = world.issueToken("studio");
  const asBot = async (method: string, path: string, body?: unknown) => {
    const answer = await helix(world, bot.accessToken, method, path, body);
    return { ...answer, json: answer.json as Data };
  };
  const asOwner = async (method: string, path: string, body?: unknown) => {
    const answer = await helix(world, owner.accessToken, method, path, body);
    return { ...answer, json: answer.json as Data };
  };
  const send = (message: string, more: object = {}) =>
    asBot("POST", "/chat/messages", { broadcaster_id: channel.user.id, sender_id: bot.userId, message, ...more });
  return { world, channel, bot, owner, asBot, asOwner, send, id: channel.user.id };
}

test("the door: no token, wrong token, no client id, wrong client id, missing scope, unknown endpoint", async () => {
  const { world, bot, id } = await aStudio();
  await using _ = world;
  const get = async (headers: Record<string, string>, path = "/users") => {
    const response = await fetch(`${world.urls.helix}${path}`, { headers });
    return [response.status, ((await response.json()) as { message: string }).message];
  };
  const good = { authorization: `Bearer ${bot.accessToken}`, "client-id": DEFAULT_CLIENT.clientId };
  expect(await get({})).toEqual([401, "OAuth token is missing"]);
  expect((await get({ ...good, authorization: "Bearer nope" }))[0]).toBe(401);
  expect((await get({ authorization: good.authorization }))[0]).toBe(401);
  expect(await get({ ...good, "client-id": "other" })).toEqual([401, "Client ID and OAuth token do not match"]);
  expect(await get(good, "/nothing")).toEqual([404, ""]);
  const poor = world.issueToken("bot", { scopes: ["chat:read"] }).accessToken;
  expect((await helix(world, poor, "POST", `/clips?broadcaster_id=${id}`)).json as Data).toMatchObject({
    status: 401,
    message: "Missing scope: clips:edit",
  });
});

test("every answer has the rate headers; an empty bucket is 429 and fills again", async () => {
  const clock = new ManualClock();
  const { world, asBot } = await aStudio({ clock, limits: { helixPoints: 3, helixWindowMs: 60_000 } });
  await using _ = world;
  const remaining: (string | null)[] = [];
  const statuses: number[] = [];
  for (let i = 0; i < 4; i++) {
    const answer = await asBot("GET", "/users");
    statuses.push(answer.status);
    remaining.push(answer.headers.get("ratelimit-remaining"));
  }
  expect([statuses, remaining]).toEqual([
    [200, 200, 200, 429],
    ["2", "1", "0", "0"],
  ]);
  clock.advance(20_000);
  const later = await asBot("GET", "/users");
  expect([later.status, later.headers.get("ratelimit-limit")]).toEqual([200, "3"]);
  expect(Number(later.headers.get("ratelimit-reset")) * 1000).toBe(clock.now().getTime() + 60_000);
});

test("users, streams, channels, followers, chatters, moderators and categories say what is so", async () => {
  const { world, channel, asBot, asOwner, id } = await aStudio();
  await using _ = world;
  expect((await asBot("GET", "/users?login=studio&login=nobody_here")).json.data.map((user) => user.login)).toEqual(["studio"]);
  expect((await asBot("GET", "/users")).json.data[0]?.login).toBe("bot");
  expect((await asBot("GET", "/streams?user_login=studio")).json.data).toEqual([]);
  const streamId = world.goLive("studio", { viewers: 42 });
  expect((await asBot("GET", `/streams?user_id=${id}`)).json.data[0]).toMatchObject({
    id: streamId,
    viewer_count: 42,
    game_name: "Glass Tower",
    type: "live",
  });
  expect((await asBot("GET", `/channels?broadcaster_id=${id}`)).json.data[0]).toMatchObject({
    title: "hello",
    broadcaster_language: "pt",
  });
  expect((await asOwner("PATCH", `/channels?broadcaster_id=${id}`, { title: "changed" })).status).toBe(204);
  expect(channel.title).toBe("changed");
  for (const login of ["a", "b", "c"]) world.follow("studio", login);
  const first = (await asBot("GET", `/channels/followers?broadcaster_id=${id}&first=2`)).json;
  const second = (await asBot("GET", `/channels/followers?broadcaster_id=${id}&first=2&after=${first.pagination?.cursor}`)).json;
  expect([first.total, first.data.length, second.data.length, second.pagination]).toEqual([3, 2, 1, {}]);
  world.say("studio", "ned", "hi");
  expect(
    (await asBot("GET", `/chat/chatters?broadcaster_id=${id}&moderator_id=${world.state.user("bot").id}`)).json.data.map(
      (each) => each.user_login,
    ),
  ).toEqual(["ned"]);
  expect((await asOwner("GET", `/moderation/moderators?broadcaster_id=${id}`)).json.data.map((each) => each.user_login)).toEqual([
    "bot",
  ]);
  expect((await asBot("GET", "/search/categories?query=glass")).json.data[0]?.name).toBe("Glass Tower");
});

test("a stranger sees only the number of followers", async () => {
  const { world, id } = await aStudio();
  await using _ = world;
  world.follow("studio", "a");
  const stranger = world.issueToken("stranger").accessToken;
  expect((await helix(world, stranger, "GET", `/channels/followers?broadcaster_id=${id}`)).json as Data).toEqual({
    total: 1,
    data: [],
    pagination: {},
  });
  expect((await helix(world, stranger, "GET", `/channels/followers?broadcaster_id=${id}&user_id=1`)).status).toBe(401);
});

test("a message sent through Helix reaches IRC under the same id, the sender's own sessions too, and can reply", async () => {
  const { world, send } = await aStudio();
  await using _ = world;
  const own = await aIrc(world, "bot", ["studio"]);
  const parent = world.say("studio", "mira", "question?");
  const answer = await send("answer", { reply_parent_message_id: parent });
  expect(answer.json.data[0]).toMatchObject({ is_sent: true });
  const line = await own.next((text) => text.includes("@mira answer"));
  expect(line).toContain(`id=${answer.json.data[0]?.message_id}`);
  expect((await send("again", { reply_parent_message_id: "nope" })).json.message).toBe("Message cannot be replied to.");
});

test("dropped messages are 200 with is_sent false and a code; too long is 422; a ban is 403", async () => {
  const clock = new ManualClock();
  const { world, channel, send } = await aStudio({ clock });
  await using _ = world;
  channel.mods.clear();
  channel.terms.set("badword", "held");
  const code = async (text: string) =>
    ((await send(text)).json.data[0]?.drop_reason as { code: string } | undefined)?.code ?? "sent";
  expect(await code("hello")).toBe("sent");
  expect(await code("hello")).toBe("msg_duplicate");
  expect(await code("too fast")).toBe("msg_ratelimit");
  clock.advance(2_000);
  expect(await code("a badword")).toBe("msg_rejected");
  expect(await code("/ban mira")).toBe("unrecognized_cmd");
  clock.advance(2_000);
  world.setChatSettings("studio", { subsOnly: true });
  expect(await code("subs?")).toBe("channel_settings");
  world.timeout("studio", "bot", 60);
  expect(await code("hello?")).toBe("user_timed_out");
  expect((await send("x".repeat(501))).status).toBe(422);
  world.ban("studio", "bot");
  expect((await send("hello")).status).toBe(403);
});

test("an app token may speak for a bot that allowed it, where it is moderator; for_source_only is not for users", async () => {
  const { world, channel, bot, send } = await aStudio();
  await using _ = world;
  const app = world.tokens.grantApp(DEFAULT_CLIENT.clientId).value;
  const body = { broadcaster_id: channel.user.id, sender_id: bot.userId, message: "from the app" };
  expect((await helix(world, app, "POST", "/chat/messages", body)).json as Data).toMatchObject({ data: [{ is_sent: true }] });
  expect((await send("hi", { for_source_only: true })).status).toBe(400);
  world.revokeConsent("bot");
  expect((await helix(world, app, "POST", "/chat/messages", body)).status).toBe(401);
});

test("a clip is 202 at once, seen after its delay, and has its video minutes later; offline is 404", async () => {
  const clock = new ManualClock();
  const { world, owner, asBot, asOwner, id } = await aStudio({ clock, limits: { clipDelayMs: [10_000, 10_000] } });
  await using _ = world;
  expect((await asBot("POST", `/clips?broadcaster_id=${id}`)).status).toBe(404);
  world.goLive("studio");
  clock.advance(600_000);
  const made = await asBot("POST", `/clips?broadcaster_id=${id}&title=wow&duration=45`);
  const clipId = made.json.data[0]?.id;
  expect([made.status, made.json.data[0]?.edit_url]).toEqual([202, `https://www.twitch.tv/studio/clip/${clipId}`]);
  expect((await asBot("GET", `/clips?id=${clipId}`)).json.data).toEqual([]);
  clock.advance(10_000);
  expect((await asBot("GET", `/clips?id=${clipId}`)).json.data[0]).toMatchObject({
    id: clipId,
    title: "wow",
    duration: 45,
    video_id: "",
    vod_offset: null,
  });
  clock.advance(300_000);
  const done = (await asBot("GET", `/clips?id=${clipId}`)).json.data[0];
  expect(done).toMatchObject({ vod_offset: 600 });
  const videos = (await asBot("GET", `/videos?user_id=${id}`)).json.data;
  expect(videos[0]?.id).toBe(done?.video_id);
  const fromVideo = await asOwner(
    "POST",
    `/videos/clips?editor_id=${id}&broadcaster_id=${id}&vod_id=${done?.video_id}&vod_offset=300&title=earlier`,
  );
  expect(fromVideo.status).toBe(202);
  const links = await asOwner("GET", `/clips/downloads?editor_id=${owner.userId}&broadcaster_id=${id}&clip_id=${clipId}`);
  const url = String(links.json.data[0]?.landscape_download_url);
  expect((await fetch(url)).status).toBe(200);
  clock.advance(3_600_001);
  expect((await fetch(url)).status).toBe(403);
});

test("rewards and redemptions: only the client that made a reward may settle it", async () => {
  const { world, asOwner, id } = await aStudio();
  await using _ = world;
  const reward = (await asOwner("POST", `/channel_points/custom_rewards?broadcaster_id=${id}`, { title: "Hydrate", cost: 100 }))
    .json.data[0]?.id;
  const redemption = world.redeem("studio", "ned", "Hydrate");
  const path = `/channel_points/custom_rewards/redemptions?broadcaster_id=${id}&reward_id=${reward}`;
  expect((await asOwner("GET", `${path}&status=UNFULFILLED`)).json.data.map((each) => each.id)).toEqual([redemption]);
  expect((await asOwner("PATCH", `${path}&id=${redemption}`, { status: "FULFILLED" })).json.data[0]?.status).toBe("FULFILLED");
  expect((await asOwner("PATCH", `${path}&id=${redemption}`, { status: "CANCELED" })).status).toBe(404);
  world.redeem("studio", "ned", "Not ours");
  const foreign = [...world.state.channel("studio").rewards.values()].find((each) => each.title === "Not ours")?.id;
  expect(
    (
      await asOwner("PATCH", `/channel_points/custom_rewards/redemptions?broadcaster_id=${id}&reward_id=${foreign}&id=x`, {
        status: "FULFILLED",
      })
    ).status,
  ).toBe(403);
});

test("moderation, announcements, pins, raids, hype trains, subscriptions and advertisements answer", async () => {
  const { world, channel, bot, asBot, asOwner, id } = await aStudio();
  await using _ = world;
  const mod = `broadcaster_id=${id}&moderator_id=${bot.userId}`;
  const ned = world.state.user("ned").id;
  expect((await asBot("POST", `/moderation/bans?${mod}`, { data: { user_id: ned, duration: 60, reason: "spam" } })).status).toBe(
    200,
  );
  expect((await asBot("DELETE", `/moderation/bans?${mod}&user_id=${ned}`)).status).toBe(204);
  const message = world.say("studio", "ned", "pin me");
  expect((await asBot("PUT", `/chat/pins?${mod}&message_id=${message}&duration_seconds=60`)).status).toBe(204);
  expect((await asBot("GET", `/chat/pins?${mod}`)).json.data).toEqual([{ message_id: message }]);
  expect((await asBot("DELETE", `/chat/pins?${mod}`)).status).toBe(204);
  expect((await asBot("DELETE", `/moderation/chat?${mod}&message_id=${message}`)).status).toBe(204);
  expect((await asBot("POST", `/chat/announcements?${mod}`, { message: "hear ye" })).status).toBe(204);
  world.addChannel("friend");
  expect(
    (await asOwner("POST", `/raids?from_broadcaster_id=${id}&to_broadcaster_id=${world.state.user("friend").id}`)).status,
  ).toBe(200);
  expect((await asOwner("GET", `/hypetrain/status?broadcaster_id=${id}`)).json.data).toHaveLength(1);
  world.sub("studio", "ned");
  expect((await asOwner("GET", `/subscriptions?broadcaster_id=${id}`)).json.data[0]).toMatchObject({
    user_login: "ned",
    tier: "1000",
  });
  expect((await asOwner("GET", `/channels/ads?broadcaster_id=${id}`)).status).toBe(200);
  expect(channel.chat.get(message)?.isDeleted).toBe(true);
});

test("H1: 401 as often as asked, on a token that is good", async () => {
  const { world, asBot } = await aStudio();
  await using _ = world;
  world.faults.add({ kind: "H1.unauthorized", match: { path: "/users" }, times: 2 });
  const statuses: number[] = [];
  for (let i = 0; i < 3; i++) statuses.push((await asBot("GET", "/users")).status);
  expect(statuses).toEqual([401, 401, 200]);
});

test("H2: 429 with an empty bucket, with points left, without headers, with a reset in the past", async () => {
  const clock = new ManualClock();
  const { world, asBot } = await aStudio({ clock });
  await using _ = world;
  const nowS = clock.now().getTime() / 1000;
  const get = async (given: Record<string, boolean | number>) => {
    world.faults.add({ kind: "H2.rate_limited", with: given });
    const { status, headers } = await asBot("GET", "/users");
    return [status, headers.get("ratelimit-remaining"), headers.get("ratelimit-reset")];
  };
  expect(await get({ keepsBucket: true, resetInS: -100 })).toEqual([429, "800", String(nowS - 100)]);
  expect(await get({ withoutHeaders: true, keepsBucket: true })).toEqual([429, null, null]);
  expect(await get({ resetInS: 86_400 })).toEqual([429, "0", String(nowS + 86_400)]);
});

test("H3: a 5xx with and without the side effect", async () => {
  const { world, channel, send } = await aStudio();
  await using _ = world;
  world.faults.add({ kind: "H3.server_error", match: { path: "/chat/messages" }, with: { status: 503 } });
  expect((await send("lost")).status).toBe(503);
  expect(channel.chat.size).toBe(0);
  world.faults.add({ kind: "H3.server_error", match: { path: "/chat/messages" }, with: { status: 500, applied: true } });
  expect((await send("said all the same")).status).toBe(500);
  expect([...channel.chat.values()].map((message) => message.text)).toEqual(["said all the same"]);
});

test("H4: any drop code, 422, a reply refused aloud or silently", async () => {
  const { world, send } = await aStudio();
  await using _ = world;
  world.faults.add({ kind: "H4.not_sent", with: { code: "automod_held" } });
  expect((await send("one")).json.data[0]).toMatchObject({
    is_sent: false,
    message_id: "",
    drop_reason: { code: "automod_held" },
  });
  world.faults.add({ kind: "H4.unprocessable" });
  expect((await send("two")).status).toBe(422);
  const parent = world.say("studio", "mira", "hm");
  world.faults.add({ kind: "H4.reply_refused" });
  expect((await send("three", { reply_parent_message_id: parent })).status).toBe(400);
  world.faults.add({ kind: "H4.reply_refused", with: { silently: true } });
  expect((await send("four", { reply_parent_message_id: parent })).json.data[0]?.is_sent).toBe(false);
});

test("H5: a clip never comes, comes late, fails; downloads are null", async () => {
  const clock = new ManualClock();
  const { world, asBot, asOwner, id } = await aStudio({ clock });
  await using _ = world;
  world.goLive("studio");
  const make = async () => String((await asBot("POST", `/clips?broadcaster_id=${id}`)).json.data[0]?.id);
  const isThere = async (clip: string) => (await asBot("GET", `/clips?id=${clip}`)).json.data.length === 1;
  world.faults.add({ kind: "H5.clip_never" });
  const never = await make();
  world.faults.add({ kind: "H5.clip_fails" });
  const failed = await make();
  world.faults.add({ kind: "H5.clip_late", with: { delayMs: 90_000 } });
  const late = await make();
  clock.advance(89_999);
  expect(await isThere(late)).toBe(false);
  clock.advance(1);
  expect([await isThere(late), await isThere(never), await isThere(failed)]).toEqual([true, false, false]);
  world.faults.add({ kind: "H5.downloads_null" });
  const links = await asOwner("GET", `/clips/downloads?editor_id=${id}&broadcaster_id=${id}&clip_id=${late}`);
  expect(links.json.data[0]).toMatchObject({ landscape_download_url: null });
});

test("H6: a cursor that loops, a page that overlaps, a cursor refused; streams seen late", async () => {
  const clock = new ManualClock();
  const { world, asBot, id } = await aStudio({ clock, limits: { streamsLagMs: 120_000 } });
  await using _ = world;
  for (const login of ["a", "b", "c", "d"]) world.follow("studio", login);
  const path = `/channels/followers?broadcaster_id=${id}&first=2`;
  const cursor = (await asBot("GET", path)).json.pagination?.cursor;
  world.faults.add({ kind: "H6.cursor_loop" });
  expect((await asBot("GET", `${path}&after=${cursor}`)).json.pagination?.cursor).toBe(cursor ?? "");
  world.faults.add({ kind: "H6.page_overlap" });
  const logins = async (from: string) => (await asBot("GET", `${path}${from}`)).json.data.map((each) => each.user_login);
  expect((await logins(`&after=${cursor}`))[0]).toBe((await logins(""))[1]);
  world.faults.add({ kind: "H6.cursor_refused" });
  expect((await asBot("GET", `${path}&after=${cursor}`)).status).toBe(400);
  world.goLive("studio");
  expect((await asBot("GET", "/streams?user_login=studio")).json.data).toEqual([]);
  clock.advance(120_000);
  expect((await asBot("GET", "/streams?user_login=studio")).json.data).toHaveLength(1);
  world.goOffline("studio");
  expect((await asBot("GET", "/streams?user_login=studio")).json.data).toHaveLength(1);
  clock.advance(120_000);
  expect((await asBot("GET", "/streams?user_login=studio")).json.data).toEqual([]);
});
