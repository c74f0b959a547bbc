import { describe, expect, test } from "bun:test";
import { APP } from "../../src/ports-twitch.ts";
import { EventSubClient } from "../world/support.ts";
import { aStudio, clientId, failureOf, got, kindOf } from "./helix-studio.ts";
import { scriptedServer } from "./scripted-server.ts";

describe("what Twitch gives", () => {
  test("people, by id, by login and as oneself; who is not known is left out", async () => {
    const { world, helix, bot, id } = await aStudio();
    await using _ = world;
    const studio = { userId: id, login: "studio", displayName: "studio" };
    expect(got(await helix.users(bot, { logins: ["Studio", "nobody_here"] }))).toMatchObject([studio]);
    expect(got(await helix.users(bot, { ids: [id, id], logins: ["bot"] })).map((user) => user.login)).toEqual(["studio", "bot"]);
    const [self] = got(await helix.users(bot, {}));
    expect(self).toMatchObject({ userId: bot, login: "bot" });
    expect(self?.createdAt).toBeInstanceOf(Date);
    expect(world.checks()).toEqual([]);
  });

  test("streams and channels are as the world has them; who is offline is left out", async () => {
    const { world, helix, bot, channel, id } = await aStudio();
    await using _ = world;
    expect(got(await helix.streams(bot, [id]))).toEqual([]);
    const streamId = world.goLive("studio", { viewers: 42 });
    const about = { login: "studio", title: "hello", category: "Glass Tower", language: "pt" };
    expect(got(await helix.streams(bot, [id, bot]))).toEqual([
      { streamId, userId: id, ...about, viewers: 42, startedAt: wholeSecond(channel.stream?.startedAt) },
    ]);
    expect(got(await helix.channels(bot, [id]))).toEqual([{ broadcasterId: id, ...about }]);
    expect(world.checks()).toEqual([]);
  });

  test("followers: the total for everybody, the newest for moderators; chatters for moderators", async () => {
    const { world, helix, tokens, bot, id } = await aStudio();
    await using _ = world;
    for (let i = 0; i < 7; i++) world.follow("studio", `fan${i}`);
    const seen = got(await helix.followers(bot, id));
    expect([seen.total, seen.newest.length]).toEqual([7, 5]);
    expect(seen.newest[0]).toMatchObject({ userId: world.state.user(seen.newest[0]?.login ?? "").id, createdAt: null });
    const stranger = tokens.hold(world.issueToken("stranger"));
    expect(got(await helix.followers(stranger, id))).toEqual({ total: 7, newest: [] });
    world.say("studio", "ned", "hi");
    const ned = { userId: world.state.user("ned").id, login: "ned", displayName: "ned", createdAt: null };
    expect(got(await helix.chatters(bot, id, bot))).toEqual([ned]);
    expect(kindOf(await helix.chatters(stranger, id, stranger))).toBe("forbidden");
    expect(world.checks()).toEqual([]);
  });

  test("a message is sent, as a reply, and with the app's token; its id is the one in chat", async () => {
    const { world, channel, send } = await aStudio();
    await using _ = world;
    const parent = world.say("studio", "ned", "byte?");
    const sent = got(await send("hello", { replyToId: parent }));
    expect(sent).toMatchObject({ isSent: true, dropCode: null });
    expect(channel.chat.get(sent.messageId)).toMatchObject({ text: "@ned hello", reply: { parent: { id: parent } } });
    const fromApp = got(await send("again", { sourceOnly: true }, APP));
    expect(channel.chat.get(fromApp.messageId)?.text).toBe("again");
    expect(kindOf(await send("not for users", { sourceOnly: true }))).toBe("invalid");
    expect(world.checks()).toEqual([]);
  });

  test("clips: made at once, seen later, with their video minutes after; also from the video; and their downloads", async () => {
    const { world, time, helix, bot, owner, id } = await aStudio();
    await using _ = world;
    expect(failureOf(await helix.createClip(bot, { broadcasterId: id, title: null, durationS: null }))).toMatchObject({
      kind: "not_found",
      status: 404,
      message: "Clipping is not possible for an offline channel.",
    });
    const streamId = world.goLive("studio");
    time.advance(600_000);
    const made = got(await helix.createClip(bot, { broadcasterId: id, title: "A leap", durationS: 20 }));
    expect(made.editUrl).toBe(`https://www.twitch.tv/studio/clip/${made.clipId}`);
    expect(got(await helix.clips(bot, [made.clipId]))).toEqual([]);
    time.advance(60_000);
    const [clip] = got(await helix.clips(bot, [made.clipId]));
    expect(clip).toMatchObject({ clipId: made.clipId, title: "A leap", durationS: 20, broadcasterId: id, creatorId: bot });
    expect(clip).toMatchObject({ videoId: "", vodOffsetS: null });
    time.advance(240_000);
    const [video] = got(await helix.videos(bot, id));
    expect(video).toMatchObject({ streamId, userId: id, title: "hello" });
    expect(video?.durationS).toBeWithin(900, 905);
    expect(got(await helix.clips(bot, [made.clipId]))[0]).toMatchObject({
      videoId: video?.videoId,
      vodOffsetS: expect.any(Number),
    });
    const fromVod = {
      editorId: owner,
      broadcasterId: id,
      videoId: video?.videoId ?? "",
      vodOffsetS: 90,
      durationS: 30,
      title: "Earlier",
    };
    const earlier = got(await helix.createClipFromVod(owner, fromVod));
    time.advance(60_000);
    const of = { editorId: owner, broadcasterId: id, clipIds: [made.clipId, earlier.clipId] };
    const downloads = got(await helix.clipDownloads(owner, of));
    expect(downloads.map((each) => [each.clipId, each.portraitUrl])).toEqual([
      [made.clipId, null],
      [earlier.clipId, null],
    ]);
    expect((await fetch(downloads[0]?.landscapeUrl ?? "")).headers.get("content-type")).toBe("video/mp4");
    expect(world.checks()).toEqual([]);
  });

  test("F11: a subscription is made, listed with its cost, found to exist already, and ended, twice without failure", async () => {
    const { world, helix, bot, id } = await aStudio();
    await using _ = world;
    const { sessionId } = await EventSubClient.open(world.urls.eventsub);
    const wanted = {
      type: "channel.chat.message",
      version: "1",
      condition: { broadcaster_user_id: id, user_id: bot },
      sessionId,
    };
    const made = got(await helix.subscribe(bot, wanted));
    expect(made).toEqual({ id: made.id, ...wanted, status: "enabled", cost: 0 });
    expect(failureOf(await helix.subscribe(bot, wanted))).toMatchObject({ kind: "conflict", status: 409, existingId: made.id });
    expect(got(await helix.subscriptions(bot))).toEqual({ listed: [made], totalCost: 0, maxTotalCost: 10 });
    expect(got(await helix.unsubscribe(bot, made.id))).toBeNull();
    expect(got(await helix.unsubscribe(bot, made.id))).toBeNull();
    expect(got(await helix.subscriptions(bot)).listed).toEqual([]);
    expect(world.checks()).toEqual([]);
  });

  test("nobody named is nobody, without a request; more than a hundred are asked for in several, each full", async () => {
    const { world, helix, bot, requests } = await aStudio();
    await using _ = world;
    const none = [
      await helix.users(bot, { ids: [] }),
      await helix.streams(bot, []),
      await helix.channels(bot, []),
      await helix.clips(bot, []),
      await helix.clipDownloads(bot, { editorId: bot, broadcasterId: bot, clipIds: [] }),
    ];
    expect(none).toEqual(none.map(() => ({ ok: true, value: [] })));
    expect(requests()).toEqual([]);
    const many = Array.from({ length: 120 }, (_each, i) => world.addChannel(`live${i}`).user);
    for (const user of many) world.goLive(user.login);
    expect(
      got(
        await helix.streams(
          bot,
          many.map((user) => user.id),
        ),
      ),
    ).toHaveLength(120);
    expect(requests().map((entry) => String(entry.fields.query).split("&").length)).toEqual([101, 21]);
  });
});

/** Twitch tells whole seconds. */
const wholeSecond = (at: Date | undefined): Date => new Date(Math.floor((at?.getTime() ?? 0) / 1_000) * 1_000);

describe("F2: a token that may not is not refreshed", () => {
  test("a missing scope is told as one, after one request and no refresh", async () => {
    const { world, helix, tokens, id, requests, statuses } = await aStudio();
    await using _ = world;
    world.goLive("studio");
    const poor = tokens.hold(world.issueToken("bot", { scopes: ["chat:read"] }));
    expect(failureOf(await helix.chatters(poor, id, poor))).toMatchObject({
      kind: "scope_missing",
      status: 401,
      message: "Missing scope: moderator:read:chatters",
    });
    expect(kindOf(await helix.createClip(poor, { broadcasterId: id, title: null, durationS: null }))).toBe("scope_missing");
    expect([tokens.renewals, requests().length, statuses()]).toEqual([0, 2, [401, 401]]);
    expect(world.checks()).toEqual([]);
  });

  test("also when Twitch says it in words that nobody knows: the token's scopes tell", async () => {
    const { world, make, tokens, id } = await aStudio();
    await using _ = world;
    using server = scriptedServer(() =>
      Response.json({ error: "Unauthorized", status: 401, message: "New words." }, { status: 401 }),
    );
    const poor = tokens.hold(world.issueToken("bot", { scopes: ["chat:read"] }));
    expect(kindOf(await make({ url: server.url }).chatters(poor, id, poor))).toBe("scope_missing");
    expect([tokens.renewals, server.requests.length]).toEqual([0, 1]);
  });

  test("a good token of the wrong person, or of nobody, is forbidden; an app that was not let in lacks a scope", async () => {
    const { world, helix, tokens, bot, owner, id, send, requests } = await aStudio();
    await using _ = world;
    expect(kindOf(await helix.chatters(bot, id, owner))).toBe("forbidden");
    expect(kindOf(await send("hi", { senderId: owner }))).toBe("forbidden");
    expect(kindOf(await helix.chatters(APP, id, bot))).toBe("forbidden");
    world.revokeConsent("bot");
    expect(kindOf(await send("hi", {}, APP))).toBe("scope_missing");
    expect([tokens.renewals, requests().length]).toEqual([0, 4]);
  });

  test("403 of a subscription is forbidden, with Twitch's words", async () => {
    const { world, helix, tokens, bot, id, fail } = await aStudio();
    await using _ = world;
    fail({ kind: "E5.forbidden" });
    const wanted = { type: "channel.follow", version: "2", condition: { broadcaster_user_id: id }, sessionId: "s" };
    expect(failureOf(await helix.subscribe(bot, wanted))).toEqual({
      kind: "forbidden",
      status: 403,
      message: "subscription missing proper authorization",
      retryAfterMs: null,
      existingId: null,
    });
    expect(tokens.renewals).toBe(0);
  });
});

describe("H1: a token that is refused", () => {
  test("another one is asked for once and the request made once more, also one that changes something", async () => {
    const { world, tokens, bot, channel, helix, send, requests } = await aStudio();
    await using _ = world;
    world.revokeConsent("bot");
    const sent = got(await send("once"));
    expect([...channel.chat.keys()]).toEqual([sent.messageId]);
    expect([tokens.renewals, requests("POST /chat/messages").length]).toEqual([1, 2]);
    expect(got(await helix.users(bot, {}))).toHaveLength(1);
    expect(tokens.renewals).toBe(1);
    expect(world.checks()).toEqual([]);
  });

  test("refused again, or no other to be had, or none at all: a person must sign in", async () => {
    const { world, tokens, bot, helix, requests, fail } = await aStudio();
    await using _ = world;
    fail({ kind: "H1.unauthorized", times: 2 });
    expect(failureOf(await helix.users(bot, {}))).toMatchObject({
      kind: "login_needed",
      status: 401,
      message: "Invalid OAuth token",
    });
    expect([tokens.renewals, requests().length]).toEqual([1, 2]);
    fail({ kind: "H1.unauthorized" });
    expect(kindOf(await helix.users(APP, { ids: [bot] }))).toBe("login_needed");
    expect([tokens.renewals, requests().length]).toEqual([2, 3]);
    expect(kindOf(await helix.users("404", {}))).toBe("login_needed");
    expect([tokens.renewals, requests().length]).toEqual([2, 3]);
  });

  test("401 from something that is not Twitch refreshes nothing", async () => {
    const { world, tokens, bot, make } = await aStudio();
    await using _ = world;
    using server = scriptedServer(() => new Response("<html>Sign in to the hotel's network</html>", { status: 401 }));
    expect(kindOf(await make({ url: server.url }).users(bot, {}))).toBe("garbled");
    expect(tokens.renewals).toBe(0);
  });
});

describe("H4, H5: what Twitch refuses", () => {
  test.each(["msg_rejected", "automod_held", "channel_settings", "a_code_of_next_year"])(
    "F24: a message dropped as %s is told with its code and not sent again",
    async (code) => {
      const { world, send, requests, fail } = await aStudio();
      await using _ = world;
      fail({ kind: "H4.not_sent", with: { code } });
      expect(got(await send("hi"))).toEqual({ messageId: "", isSent: false, dropCode: code });
      expect(requests()).toHaveLength(1);
      expect(world.checks()).toEqual([]);
    },
  );

  test("a message that is too large, or replies to what may not be replied to, is invalid or dropped", async () => {
    const { world, send, requests, fail } = await aStudio();
    await using _ = world;
    fail({ kind: "H4.unprocessable" });
    expect(failureOf(await send("hi"))).toMatchObject({ kind: "invalid", status: 422, message: "The message is too large" });
    fail({ kind: "H4.reply_refused" });
    expect(failureOf(await send("hi", { replyToId: "x" }))).toMatchObject({ kind: "invalid", status: 400 });
    fail({ kind: "H4.reply_refused", with: { silently: true } });
    expect(got(await send("hi", { replyToId: "x" }))).toMatchObject({ isSent: false, dropCode: "msg_rejected" });
    expect(requests()).toHaveLength(3);
  });

  test("a banned bot is forbidden to speak", async () => {
    const { world, send } = await aStudio();
    await using _ = world;
    world.setModerator("studio", "bot", false);
    world.ban("studio", "bot");
    expect(kindOf(await send("hi"))).toBe("forbidden");
  });

  test("a clip that never comes is not listed; downloads that are not there are null", async () => {
    const { world, time, helix, owner, id, fail } = await aStudio();
    await using _ = world;
    world.goLive("studio");
    fail({ kind: "H5.clip_never" });
    const lost = got(await helix.createClip(owner, { broadcasterId: id, title: null, durationS: null }));
    const made = got(await helix.createClip(owner, { broadcasterId: id, title: null, durationS: null }));
    time.advance(600_000);
    expect(got(await helix.clips(owner, [lost.clipId, made.clipId])).map((clip) => clip.clipId)).toEqual([made.clipId]);
    fail({ kind: "H5.downloads_null" });
    const of = { editorId: owner, broadcasterId: id, clipIds: [made.clipId] };
    expect(got(await helix.clipDownloads(owner, of))).toEqual([{ clipId: made.clipId, landscapeUrl: null, portraitUrl: null }]);
    expect(kindOf(await helix.clipDownloads(owner, { ...of, clipIds: Array.from({ length: 11 }, String) }))).toBe("invalid");
  });
});

test("F8: no token stands in an address, in our log or in a failure, not even when Twitch repeats it", async () => {
  const { world, tokens, bot, make, id, lines } = await aStudio();
  await using _ = world;
  const first = (await tokens.get(bot))?.token ?? "";
  using server = scriptedServer((request) => {
    const token = request.headers.get("authorization")?.replace("Bearer ", "") ?? "";
    return Response.json({ message: `Invalid OAuth token ${token}\n${"x".repeat(500)}` }, { status: 401 });
  });
  const helix = make({ url: server.url });
  const message = { broadcasterId: id, senderId: bot, text: "hi", replyToId: null, sourceOnly: null };
  const answers = [await helix.users(bot, {}), await helix.sendMessage(bot, message), await helix.unsubscribe(bot, "s")];
  const second = (await tokens.get(bot))?.token ?? "";
  const told = lines.join("") + JSON.stringify(answers) + server.requests.map(({ url }) => url.href).join("");
  expect(told).toContain("helix_retry");
  expect(server.requests.map(({ headers }) => headers.get("client-id"))).toEqual(Array.from({ length: 6 }, () => clientId));
  for (const token of [first, second]) expect([token.length > 20, told.includes(token)]).toEqual([true, false]);
  expect(world.log.entries().filter((entry) => entry.fields.secretInUrl === true)).toEqual([]);
});
