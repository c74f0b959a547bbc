import { afterEach, expect, test } from "bun:test";
import { createIrcChat } from "../../src/adapters/twitch/irc.ts";
import { emptyJoinLimiter, takeJoins } from "../../src/domain/limits.ts";
import type { Chat, TwitchInbound } from "../../src/ports.ts";
import { ManualClock, startWorld, type World } from "../../src/world/index.ts";
import { quiet } from "../support/db.ts";

const BOT = "bytebot";
/** A room that could not be joined is tried again after a minute; a JOIN without answer is given up after ten seconds. */
const RETRY_MS = 60_000;
const running: { stop(): Promise<void> }[] = [];
afterEach(async () => {
  for (const one of running.splice(0)) await one.stop();
});

interface Scene {
  world: World;
  chat: Chat;
  heard: TwitchInbound[];
  /** Cuts the connection; resolves when the adapter has noticed. */
  drop(): Promise<void>;
  /** Moves the one clock of both sides by seconds; between two of them everything on its way arrives. */
  pass(ms: number): Promise<void>;
}

/** The adapter and a world on one clock. */
async function aScene(channels: readonly string[]): Promise<Scene> {
  const clock = new ManualClock();
  const world = await startWorld({ clock });
  world.addUser({ login: BOT });
  for (const login of channels) world.addChannel(login);
  const { accessToken } = world.issueToken(BOT);
  const heard: TwitchInbound[] = [];
  let limiter = emptyJoinLimiter();
  const chat = createIrcChat({
    url: world.urls.irc,
    identity: () => ({ login: BOT, userId: null, token: async () => accessToken, renew: async () => null }),
    takeJoins: async (wanted) => {
      const { next, count, waitMs } = takeJoins(limiter, wanted, clock.now());
      limiter = next;
      return { count, waitMs };
    },
    onInbound: (inbound) => void heard.push(inbound),
    time: clock,
    chance: { next: () => 0.5, uuid: () => crypto.randomUUID() },
    log: quiet,
  });
  running.push(chat, world);
  chat.setChannels(channels);
  chat.start();
  const pass = async (ms: number) => {
    for (let left = ms; left > 0; left -= 1_000) {
      clock.advance(Math.min(left, 1_000));
      while (chat.status().state === "connecting") await new Promise(setImmediate);
      await arrived(world);
    }
  };
  const drop = async () => {
    world.dropIrc(BOT);
    while (chat.status().state === "connected") await new Promise(setImmediate);
  };
  await world.joined(channels[0] ?? "", BOT);
  await pass(1_000);
  return { world, chat, heard, drop, pass };
}

/** What is on its way over the bot's connection has arrived, and what it led to as well. */
async function arrived(world: World): Promise<void> {
  for (let round = 0; round < 2; round++) {
    await new Promise(setImmediate);
    await Promise.all(world.ircSessions(BOT).map((session) => session.probe()));
  }
}

const failures = (heard: readonly TwitchInbound[]) => heard.filter((inbound) => inbound.kind === "join_failed");

test("F21: a suspended channel is told as failed in Twitch's word, holds up no other, and is joined a minute after it is back", async () => {
  const { world, chat, heard, drop, pass } = await aScene(["attic", "studio"]);
  world.state.channel("studio").isSuspended = true;
  await drop();
  await pass(2_000);
  expect(chat.status().joined).toEqual(["attic"]);
  expect(failures(heard)).toEqual([{ kind: "join_failed", channelLogin: "studio", reason: "msg_channel_suspended" }]);
  world.state.channel("studio").isSuspended = false;
  await pass(RETRY_MS);
  expect(chat.status().joined).toEqual(["attic", "studio"]);
  expect(world.checks()).toEqual([]);
});

test("F21: a channel that bans us is left and told; let in again, we are back within two minutes, and never ask more than once a minute", async () => {
  const { world, chat, heard, pass } = await aScene(["studio", "attic"]);
  world.ban("studio", BOT);
  await arrived(world);
  expect(chat.status().joined).toEqual(["attic"]);
  expect(heard).toContainEqual({ kind: "left", channelLogin: "studio", reason: "removed" });
  await pass(RETRY_MS + 1_000);
  expect(failures(heard)).toEqual([{ kind: "join_failed", channelLogin: "studio", reason: "msg_banned" }]);
  world.unban("studio", BOT);
  await pass(RETRY_MS + 1_000);
  expect(chat.status().joined).toEqual(["attic", "studio"]);
  const asked = world.log.list("irc", "JOIN").filter((entry) => entry.fields.channel === "studio");
  const times = asked.map((entry) => Date.parse(entry.at));
  expect(times).toHaveLength(3);
  for (const [index, at] of times.entries()) expect(at - (times[index - 1] ?? 0)).toBeGreaterThanOrEqual(RETRY_MS - 1_000);
});

test("F9: a JOIN that Twitch does not answer after a drop is asked again: the set of channels is whole again", async () => {
  const { world, chat, heard, drop, pass } = await aScene(["studio", "attic"]);
  world.faults.add({ kind: "I2.join_ignored", match: { channel: "studio" } });
  await drop();
  await pass(12_000);
  expect(chat.status().joined).toEqual(["attic"]);
  expect(failures(heard)).toEqual([{ kind: "join_failed", channelLogin: "studio", reason: "no_answer" }]);
  await pass(RETRY_MS);
  expect(chat.status().joined).toEqual(["attic", "studio"]);
});

test("F18: RECONNECT that is never followed by a close leads to one new connection, and the old one is let go", async () => {
  const { world, chat, heard, pass } = await aScene(["studio"]);
  const [old] = world.ircSessions(BOT);
  world.reconnectIrc(BOT, null);
  await world.log.next((entry) => entry.conn === old?.id && entry.what === "closed");
  await pass(3_000);
  expect(world.ircSessions(BOT)).toHaveLength(1);
  expect(chat.status().joined).toEqual(["studio"]);
  world.say("studio", "mira", "still here?");
  await arrived(world);
  const texts = heard.flatMap((inbound) => (inbound.kind === "message" ? [inbound.message.text] : []));
  expect(texts).toEqual(["still here?"]);
  expect(world.checks()).toEqual([]);
});

test("F19: a PONG withheld in a quiet minute cuts the link only when nothing else comes", async () => {
  const { world, chat, heard, pass } = await aScene(["studio"]);
  world.faults.add({ kind: "I1.pong_withheld", match: { conn: world.ircSessions(BOT)[0]?.id ?? "" } });
  await pass(9_000);
  world.say("studio", "mira", "not that quiet");
  await pass(3_000);
  expect(chat.status().state).toBe("connected");
  expect(heard.filter((inbound) => inbound.kind === "disconnected")).toEqual([]);
  world.faults.add({ kind: "I1.pong_withheld", times: 3 });
  await pass(13_000);
  expect(heard).toContainEqual({ kind: "disconnected", reason: "silent" });
});
