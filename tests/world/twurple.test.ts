import { afterEach, expect, test } from "bun:test";
import { ApiClient } from "@twurple/api";
import { RefreshingAuthProvider } from "@twurple/auth";
import { ChatClient } from "@twurple/chat";
import { EventSubWsListener } from "@twurple/eventsub-ws";
import { startWorld, type World } from "../../src/world/index.ts";
import { DEFAULT_CLIENT } from "../../src/world/tokens.ts";

const MOCK_PORT = "TWURPLE_MOCK_API_PORT";

// twurple finds a local API only by this variable.
afterEach(() => {
  delete process.env[MOCK_PORT];
});

/** A world with a channel, and twurple's clients with the tokens of its bot and its broadcaster. */
async function aTwurple(world: World) {
  process.env[MOCK_PORT] = String(world.port);
  const channel = world.addChannel("studio", { mods: ["bot"], title: "hello", game: "Glass Tower" });
  const auth = new RefreshingAuthProvider({ clientId: DEFAULT_CLIENT.clientId, clientSecret: DEFAULT_CLIENT.secret ?? "" });
  for (const login of ["bot", "studio"]) {
    const grant = world.issueToken(login);
    await auth.addUserForToken(
      {
        accessToken: grant.accessToken,
        refreshToken: grant.refreshToken,
        expiresIn: grant.expiresInS,
        obtainmentTimestamp: Date.now(),
        scope: [...grant.scopes],
      },
      login === "bot" ? ["chat"] : [],
    );
  }
  const api = new ApiClient({ authProvider: auth, logger: { minLevel: "critical" } });
  return { api, auth, channel, studioId: channel.user.id, botId: world.state.user("bot").id };
}

test("@twurple/api reads users, streams, followers and clips, sends chat and makes a clip", async () => {
  await using world = await startWorld({ limits: { clipDelayMs: [0, 0] } });
  const { api, studioId, botId } = await aTwurple(world);
  world.goLive("studio", { viewers: 12 });
  world.follow("studio", "ned");
  expect((await api.users.getUserByName("studio"))?.id).toBe(studioId);
  expect((await api.streams.getStreamByUserName("studio"))?.viewers).toBe(12);
  await api.asUser(botId, async (bot) => {
    expect((await bot.channels.getChannelFollowers(studioId)).data.map((each) => each.userName)).toEqual(["ned"]);
    expect((await bot.chat.sendChatMessage(studioId, "from twurple")).isSent).toBe(true);
    const clip = await bot.clips.createClip({ channel: studioId });
    expect((await bot.clips.getClipById(clip))?.broadcasterId).toBe(studioId);
  });
  expect([...world.state.channel("studio").chat.values()].map((message) => message.text)).toEqual(["from twurple"]);
});

test("@twurple/auth refreshes after a 401 and goes on with the new token", async () => {
  await using world = await startWorld();
  const { api, botId } = await aTwurple(world);
  world.faults.add({ kind: "H1.unauthorized", match: { path: "/users" } });
  expect((await api.asUser(botId, (bot) => bot.users.getAuthenticatedUser(botId))).name).toBe("bot");
  expect(world.log.list("id", "refresh").map((entry) => entry.fields.ok)).toEqual([true]);
});

test("@twurple/eventsub-ws subscribes, hears every kind, follows a reconnect without resubscribing, and comes back after silence", async () => {
  await using world = await startWorld({ limits: { esKeepaliveS: 1 } });
  const { api, studioId, botId } = await aTwurple(world);
  const listener = new EventSubWsListener({ apiClient: api, url: world.urls.eventsub, logger: { minLevel: "critical" } });
  const heard: string[] = [];
  const waiting: (() => void)[] = [];
  const hear = (what: string) => {
    heard.push(what);
    for (const wait of waiting) wait();
  };
  const heardCount = (count: number) =>
    new Promise<void>((resolve) => {
      const check = () => heard.length >= count && resolve();
      waiting.push(check);
      check();
    });
  const subscribed = (count: number) =>
    new Promise<void>((resolve) => {
      let done = 0;
      listener.onSubscriptionCreateSuccess(() => {
        if (++done === count) resolve();
      });
    });
  listener.onChannelChatMessage(studioId, botId, (event) => hear(`chat ${event.messageText}`));
  listener.onChannelChatNotification(studioId, botId, (event) => hear(`notice ${event.type}`));
  listener.onChannelFollow(studioId, botId, (event) => hear(`follow ${event.userName}`));
  listener.onChannelCheer(studioId, (event) => hear(`cheer ${event.bits}`));
  listener.onChannelSubscriptionMessage(studioId, (event) => hear(`resub ${event.cumulativeMonths}`));
  listener.onChannelRaidTo(studioId, (event) => hear(`raid ${event.viewers}`));
  listener.onChannelRedemptionAdd(studioId, (event) => hear(`redeem ${event.rewardTitle}`));
  listener.onStreamOnline(studioId, (event) => hear(`online ${event.id}`));
  const ready = subscribed(8);
  listener.start();
  await ready;
  world.say("studio", "ned", "hi @studio Kappa");
  world.follow("studio", "pia");
  world.cheer("studio", "oz", 100);
  world.sub("studio", "rae", { months: 3, text: "three" });
  world.raid("sol", "studio", 5);
  world.redeem("studio", "ned", "Hydrate");
  const streamId = world.goLive("studio");
  await heardCount(10);
  expect(heard.sort()).toEqual(
    [
      "chat Cheer100",
      "chat hi @studio Kappa",
      "cheer 100",
      "follow pia",
      "notice raid",
      "notice resub",
      `online ${streamId}`,
      "raid 5",
      "redeem Hydrate",
      "resub 3",
    ].sort(),
  );

  const before = world.log.list("helix", "POST /eventsub/subscriptions").length;
  const moved = world.log.after((entry) => entry.what === "session_welcome");
  world.reconnectEventSub();
  await moved;
  world.say("studio", "ned", "after the move");
  await heardCount(11);
  expect([heard.at(-1), world.log.list("helix", "POST /eventsub/subscriptions").length]).toEqual(["chat after the move", before]);

  const back = subscribed(8);
  world.freezeEventSub();
  await back;
  world.say("studio", "ned", "after the silence");
  await heardCount(12);
  expect(heard.at(-1)).toBe("chat after the silence");
  listener.stop();
});

test("@twurple/chat logs in, joins, hears and speaks, and comes back after a cut", async () => {
  await using world = await startWorld();
  const { auth } = await aTwurple(world);
  const chat = new ChatClient({
    authProvider: auth,
    channels: ["studio"],
    hostName: `127.0.0.1:${world.port}/?x=`,
    ssl: false,
    logger: { minLevel: "critical" },
  });
  const next = () => new Promise<string>((resolve) => chat.onMessage((_channel, user, text) => resolve(`${user}: ${text}`)));
  chat.connect();
  await world.joined("studio", "bot");
  const heard = next();
  world.say("studio", "mira", "hello twurple");
  expect(await heard).toBe("mira: hello twurple");
  const said = world.said("studio", "bot");
  await chat.say("studio", "hello world");
  expect(await said).toBe("hello world");
  const rejoined = world.log.after((entry) => entry.what === "JOIN" && entry.fields.outcome === "joined");
  world.dropIrc("bot");
  await rejoined;
  chat.quit();
});
