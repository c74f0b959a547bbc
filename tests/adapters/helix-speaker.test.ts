import { expect, test } from "bun:test";
import { createHelix } from "../../src/adapters/twitch/helix.ts";
import { HelixSpeaker } from "../../src/adapters/twitch/helix-speaker.ts";
import { inboundOf } from "../../src/adapters/twitch/irc-inbound.ts";
import { scopesOf } from "../../src/domain/accounts.ts";
import { parseIrcLine } from "../../src/domain/irc-line.ts";
import { APP, type Tokens } from "../../src/ports-twitch.ts";
import { startWorld, type World } from "../../src/world/index.ts";
import { quiet } from "../support/db.ts";
import { MovableTime } from "../support/time.ts";

const BOT = "bytebot";

/** The speaker before a world of its own; `hasApp`: the client has a secret, and so an app token. */
async function aScene(options: { hasApp?: boolean; isModerator?: boolean; scopes?: readonly string[] } = {}) {
  const { hasApp = true, isModerator = true, scopes = scopesOf("bot", ["read", "talk"]) } = options;
  const world = await startWorld();
  world.addUser({ login: BOT });
  const channelId = world.addChannel("studio", { mods: isModerator ? [BOT] : [] }).user.id;
  const botId = world.state.user(BOT).id;
  const grant = world.issueToken(BOT, { scopes });
  const app = world.tokens.grantApp(grant.clientId).value;
  const time = new MovableTime();
  const tokens: Tokens = {
    get: async (account) => ({ token: account === APP ? app : grant.accessToken, clientId: grant.clientId }),
    renew: async () => null,
    scopes: () => scopes,
  };
  const chance = { next: () => 0.5, uuid: () => crypto.randomUUID() };
  const helix = createHelix({ url: world.urls.helix, tokens, time, chance, log: quiet });
  const speaker = new HelixSpeaker({ helix, tokens, botId: () => botId, hasApp, time, log: quiet });
  const say = (text: string, replyToId: string | null = null) => speaker.say({ channelId, text, replyToId });
  return { world, time, speaker, channelId, botId, say };
}

const posts = (world: World) => world.log.list("helix", "POST /chat/messages").filter((entry) => entry.way === "in");

test("a line goes out with the app's token where the bot moderates, in the thread of what it answers, and carries the badge", async () => {
  const { world, speaker, channelId, say } = await aScene();
  await using _ = world;
  const asked = world.say("studio", "mira", "well?");
  expect(speaker.via(channelId)).toBe("app");
  const outcome = await say("Well.", asked);
  expect(outcome).toMatchObject({ status: "confirmed" });
  const sent = world.state.channel("studio").chat.get(outcome.status === "confirmed" ? outcome.messageId : "");
  expect(sent?.text).toBe("@mira Well.");
  expect(posts(world)).toHaveLength(1);
});

test("F28: in a shared chat a line with the app's token stays in its room; with the bot's own it reaches the guests", async () => {
  for (const [hasApp, expected] of [
    [true, 0],
    [false, 1],
  ] as const) {
    const { world, say } = await aScene({ hasApp });
    await using _ = world;
    world.addChannel("attic");
    world.shareChat(["studio", "attic"]);
    expect(await say("hello there")).toMatchObject({ status: "confirmed" });
    const copies = [...world.state.channel("attic").chat.values()].filter((message) => message.text === "hello there");
    expect(copies).toHaveLength(expected);
  }
});

test("where the app may not speak the bot's own token does, at once and for an hour", async () => {
  const { world, time, speaker, channelId, say } = await aScene({ isModerator: false });
  await using _ = world;
  expect(speaker.via(channelId)).toBe("app");
  expect(await say("hello")).toMatchObject({ status: "confirmed" });
  expect(posts(world)).toHaveLength(2);
  expect(speaker.via(channelId)).toBe("user");
  time.advance(3_600_001);
  expect(speaker.via(channelId)).toBe("app");
});

test("F24: a drop code that nobody has documented is a refusal with that code, and the line is not repeated", async () => {
  const { world, say } = await aScene();
  await using _ = world;
  world.faults.add({ kind: "H4.not_sent", with: { code: "brand_new_code" } });
  expect(await say("hello")).toEqual({ status: "rejected", reason: "brand_new_code" });
  expect(posts(world)).toHaveLength(1);
});

test("F29: a line whose answer was lost is confirmed when it is seen in chat, and never sent again", async () => {
  const { world, speaker, channelId, botId, say } = await aScene();
  await using _ = world;
  world.faults.add({ kind: "H3.server_error", with: { status: 503, applied: true } });
  const posted = world.log.after((entry) => entry.what === "POST /chat/messages" && entry.way === "out");
  const outcome = say("did it arrive?");
  await posted;
  const id = [...world.state.channel("studio").chat.keys()].at(-1) ?? "";
  const line = `@id=${id};room-id=${channelId};user-id=${botId};display-name=Bytebot :${BOT}!${BOT}@${BOT} PRIVMSG #studio :did it arrive?`;
  const seen = inboundOf(parseIrcLine(line) as never, new Date());
  if (seen?.kind !== "message") throw new Error("no message");
  while (!speaker.recognise(seen.message)) await new Promise(setImmediate);
  expect(await outcome).toEqual({ status: "confirmed", messageId: id });
  expect(posts(world)).toHaveLength(1);
});

test("F29: without evidence within five seconds it is unconfirmed, and not sent again", async () => {
  const { world, time, say } = await aScene();
  await using _ = world;
  world.faults.add({ kind: "H3.server_error", with: { status: 503 } });
  const posted = world.log.after((entry) => entry.what === "POST /chat/messages" && entry.way === "out");
  const outcome = say("into the void");
  await posted;
  let isOver = false;
  void outcome.then(() => {
    isOver = true;
  });
  while (!isOver) {
    time.advance(500);
    await new Promise(setImmediate);
  }
  expect(await outcome).toEqual({ status: "unconfirmed", reason: "no_answer" });
  expect(posts(world)).toHaveLength(1);
});

test("F2: without the scope to write nothing is asked of Twitch", async () => {
  const { world, speaker, channelId, say } = await aScene({ scopes: ["user:read:chat"] });
  await using _ = world;
  expect(speaker.via(channelId)).toBeNull();
  expect(await say("hello")).toEqual({ status: "rejected", reason: "anonymous" });
  expect(posts(world)).toEqual([]);
});
