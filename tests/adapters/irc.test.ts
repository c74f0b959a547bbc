import { afterEach, describe, expect, test } from "bun:test";
import { createIrcChat } from "../../src/adapters/twitch/irc.ts";
import { emptyJoinLimiter, takeJoins } from "../../src/domain/limits.ts";
import type { Chat, ChatIdentity, Clock, TakeJoins, TwitchInbound } from "../../src/ports.ts";
import { ManualClock, startWorld, type World, type WorldOptions } from "../../src/world/index.ts";
import { quiet } from "../support/db.ts";
import { MovableTime } from "../support/time.ts";

const BOT = "bytebot";
const running: { stop(): Promise<void> }[] = [];
afterEach(async () => {
  for (const one of running.splice(0)) await one.stop();
});

/** The limit of joins of one process. */
function joinsOf(clock: Clock): TakeJoins {
  let limiter = emptyJoinLimiter();
  return async (wanted) => {
    const { next, count, waitMs } = takeJoins(limiter, wanted, clock.now());
    limiter = next;
    return { count, waitMs };
  };
}

interface Scene {
  world: World;
  chat: Chat;
  time: MovableTime;
  heard: TwitchInbound[];
  /** The first inbound of that kind, heard already or still to come. */
  next<K extends TwitchInbound["kind"]>(
    kind: K,
    matches?: (inbound: Extract<TwitchInbound, { kind: K }>) => boolean,
  ): Promise<Extract<TwitchInbound, { kind: K }>>;
  /** As `next`, but only what is still to come. */
  after<K extends TwitchInbound["kind"]>(
    kind: K,
    matches?: (inbound: Extract<TwitchInbound, { kind: K }>) => boolean,
  ): Promise<Extract<TwitchInbound, { kind: K }>>;
}

/** A connection of the adapter to a world of its own. */
async function aScene(
  options: WorldOptions & {
    channels?: readonly string[];
    isAnonymous?: boolean;
    token?: string;
    identity?: ChatIdentity;
    wanted?: readonly string[];
    /** The clock's step as the adapter sees it. */
    clockStepMs?: number;
  } = {},
): Promise<Scene> {
  const { channels = ["studio"], isAnonymous = false, token, identity, wanted = channels, clockStepMs = 1, ...rest } = options;
  const world = await startWorld(rest);
  world.addUser({ login: BOT });
  for (const login of channels) world.addChannel(login, { mods: [BOT] });
  const time = new MovableTime();
  const heard: TwitchInbound[] = [];
  const waiting = new Set<(inbound: TwitchInbound) => void>();
  const given = token ?? world.issueToken(BOT).accessToken;
  const chat = createIrcChat({
    url: world.urls.irc,
    identity: () =>
      isAnonymous ? null : (identity ?? { login: BOT, userId: null, token: async () => given, renew: async () => null }),
    takeJoins: joinsOf(time),
    onInbound: (inbound) => {
      heard.push(inbound);
      for (const look of [...waiting]) look(inbound);
    },
    time: {
      after: (ms, run) => time.after(ms, run),
      now: () => new Date(Math.floor(time.now().getTime() / clockStepMs) * clockStepMs),
    },
    chance: { next: () => 0.5, uuid: () => crypto.randomUUID() },
    log: quiet,
  });
  running.push(chat, world);
  const after: Scene["after"] = (kind, matches = () => true) =>
    new Promise((resolve) => {
      const look = (inbound: TwitchInbound) => {
        if (inbound.kind !== kind || !matches(inbound as never)) return;
        waiting.delete(look);
        resolve(inbound as never);
      };
      waiting.add(look);
    });
  const next: Scene["next"] = (kind, matches = () => true) => {
    const there = heard.find((inbound) => inbound.kind === kind && matches(inbound as never));
    return there ? Promise.resolve(there as never) : after(kind, matches);
  };
  chat.setChannels(wanted);
  chat.start();
  return { world, chat, time, heard, next, after };
}

const joins = (world: World) => world.log.list("irc", "JOIN").filter((entry) => entry.way === "in");
const line = (text: string) => ({ channelLogin: "studio", text, replyToId: null });
const texts = (world: World) =>
  world.log
    .list("irc", "PRIVMSG")
    .filter((entry) => entry.way === "in")
    .map((entry) => entry.fields.text);

test("with a token it logs in, knows its own id, joins, and is told to be moderator", async () => {
  const { world, chat, next } = await aScene();
  expect(await next("connected")).toEqual({ kind: "connected", login: BOT, anonymous: false });
  expect(await next("joined")).toEqual({
    kind: "joined",
    channelLogin: "studio",
    channelId: world.state.channel("studio").user.id,
  });
  world.say("studio", "mira", "olá 👋");
  expect((await next("message")).message).toMatchObject({ login: "mira", text: "olá 👋", channelLogin: "studio" });
  expect(chat.status()).toMatchObject({
    state: "connected",
    anonymous: false,
    login: BOT,
    userId: world.state.user(BOT).id,
    joined: ["studio"],
    malformed: 0,
  });
  expect(chat.isModerator("studio")).toBe(true);
  expect(chat.isModerator("attic")).toBe(false);
});

test("without a token it reads, and refuses to send", async () => {
  const { world, chat, next } = await aScene({ isAnonymous: true });
  expect(await next("connected")).toEqual({ kind: "connected", login: null, anonymous: true });
  await next("joined");
  world.say("studio", "mira", "hello");
  expect((await next("message")).message.text).toBe("hello");
  expect(await chat.say(line("hi"))).toEqual({ status: "rejected", reason: "anonymous" });
  expect(texts(world)).toEqual([]);
});

test("all that happens in a channel is told in our words: raid, support, deletion, time-out, ban, clearing", async () => {
  const { world, next } = await aScene();
  await next("joined");
  const channelId = world.state.channel("studio").user.id;
  const messageId = world.say("studio", "mira", "something rude");
  world.raid("attic", "studio", 42);
  world.sub("studio", "noor", { tier: 1, months: 3, text: "three months!" } as never);
  world.gift("studio", "olga", 5);
  world.delete("studio", messageId);
  world.timeout("studio", "mira", 60);
  world.clear("studio");
  const told = (login: string) =>
    next(
      "occurrence",
      ({ occurrence }) =>
        (occurrence.kind === "raid" ? occurrence.from : "by" in occurrence ? occurrence.by : null)?.login === login,
    );
  expect(await told("attic")).toMatchObject({ channelId, occurrence: { kind: "raid", viewers: 42 } });
  expect(await told("noor")).toMatchObject({ channelId, occurrence: { kind: "support", amount: 1, text: "three months!" } });
  expect(await told("olga")).toMatchObject({ occurrence: { kind: "support", support: "gift_bomb", amount: 5 } });
  expect(await next("message_deleted")).toMatchObject({ channelLogin: "studio", messageId });
  expect(await next("chatter_cleared", (one) => one.login === "mira")).toMatchObject({
    seconds: 60,
    chatterId: world.state.user("mira").id,
  });
  expect(await next("chatter_cleared", (one) => one.login === null)).toMatchObject({ chatterId: null, seconds: null });
});

test("F22: fifty channels are joined within 20 joins per 10 s, each once, and again after a drop", async () => {
  const channels = Array.from({ length: 50 }, (_, index) => `chan_${index}`);
  const { world, chat, time, next, after } = await aScene({ channels });
  // The world's own clock is not moved: what counts here is the adapter's time.
  world.limits.joinMax = 1_000;
  await next("connected");
  const start = time.now().getTime();
  const moments: number[] = [];
  world.log
    .after((entry) => {
      if (entry.what === "JOIN" && entry.way === "in") moments.push(time.now().getTime() - start);
      return false;
    }, 60_000)
    .catch(() => undefined);
  moments.push(...joins(world).map(() => 0));
  const all = async () => {
    while (chat.status().joined.length < channels.length) {
      time.advance(250);
      await new Promise(setImmediate);
    }
  };
  await all();
  expect(time.now().getTime() - start).toBeLessThanOrEqual(30_000);
  expect(new Set(joins(world).map((entry) => entry.fields.channel)).size).toBe(50);
  const lost = after("disconnected");
  for (const session of world.ircSessions(BOT)) session.terminate();
  await lost;
  await all();
  expect(moments).toHaveLength(100);
  for (const at of moments) expect(moments.filter((other) => other > at - 10_000 && other <= at).length).toBeLessThanOrEqual(20);
  expect(new Set(chat.status().joined)).toEqual(new Set(channels));
});

/** Moves to the moment when the connection is tried again. */
function untilRetry(chat: Chat, time: MovableTime): void {
  time.advance(Math.max(0, (chat.status().retryAt?.getTime() ?? 0) - time.now().getTime()) + 1);
}

test("F18: RECONNECT in its exact wire form leads to a new connection and the same channels", async () => {
  const { world, chat, next, after } = await aScene();
  await next("joined");
  const [old] = world.ircSessions(BOT);
  const back = after("joined");
  old?.write(":tmi.twitch.tv RECONNECT");
  await back;
  expect(world.ircSessions(BOT)).not.toContain(old as never);
  expect(world.ircSessions(BOT)).toHaveLength(1);
  expect(chat.status().joined).toEqual(["studio"]);
});

test("F9: after a hundred drops, clean and not, it is in every channel again", async () => {
  const channels = ["studio", "attic", "cellar"];
  const { world, chat, time, next, after } = await aScene({ channels });
  world.limits.authMax = 1_000;
  world.limits.joinMax = 1_000;
  await next("joined", (one) => one.channelLogin === "cellar");
  for (let drop = 0; drop < 100; drop++) {
    const lost = after("disconnected");
    const back = after("joined", (one) => one.channelLogin === "cellar");
    for (const session of world.ircSessions(BOT)) drop % 2 === 0 ? session.terminate() : session.close(4_000 + (drop % 8));
    await lost;
    expect(chat.status().joined).toEqual([]);
    untilRetry(chat, time);
    await back;
    expect(chat.status().joined).toEqual(channels);
  }
});

test("F19: a link that is half open is noticed within fifteen seconds; a quiet one that answers PING is not dropped", async () => {
  const { world, chat, time, next, after } = await aScene();
  await next("joined");
  for (let round = 0; round < 5; round++) {
    const asked = world.log.after((entry) => entry.what === "PING");
    time.advance(7_000);
    await asked;
    await roundTrip(world, chat, after);
  }
  expect(chat.status().state).toBe("connected");

  for (const session of world.ircSessions(BOT)) session.isFrozen = true;
  const lost = after("disconnected");
  const frozenAt = time.now().getTime();
  let noticedAt = 0;
  void lost.then(() => {
    noticedAt = time.now().getTime();
  });
  while (noticedAt === 0) {
    time.advance(500);
    await new Promise(setImmediate);
  }
  expect(await lost).toMatchObject({ reason: "silent" });
  expect(noticedAt - frozenAt).toBeLessThanOrEqual(15_000);
  const back = after("joined");
  time.advance(1_000);
  await back;
});

test("an answer to PING within the same tick of the clock counts as heard: the next quiet time is asked about again", async () => {
  const { world, chat, time, heard, next, after } = await aScene({ clockStepMs: 1_000 });
  await next("joined");
  for (let round = 0; round < 4; round++) {
    let isAsked = false;
    void world.log
      .after((entry) => entry.what === "PING")
      .then(() => {
        isAsked = true;
      });
    while (!isAsked) {
      time.advance(50);
      await new Promise(setImmediate);
    }
    await roundTrip(world, chat, after);
  }
  expect(heard.filter((inbound) => inbound.kind === "disconnected")).toEqual([]);
});

/** Resolves when a line from the world has been heard: all before it has been, too. */
async function roundTrip(world: World, _chat: Chat, after: Scene["after"]): Promise<void> {
  const mark = crypto.randomUUID();
  const heard = after("message", (one) => one.message.text === mark);
  world.say("studio", "mira", mark);
  await heard;
}

test("F3: a refused login is told once and tried again every thirty seconds, not more often", async () => {
  const { world, chat, time, heard, next } = await aScene({ token: "revoked-token-value" });
  expect(await next("login_failed")).toMatchObject({ kind: "login_failed" });
  expect(chat.status()).toMatchObject({ state: "login_failed", joined: [] });
  const logins = () => world.log.list("irc", "login").length;
  expect(logins()).toBe(1);
  time.advance(29_000);
  await new Promise(setImmediate);
  expect(world.log.list("irc", "connect")).toHaveLength(1);
  for (let attempt = 2; attempt <= 4; attempt++) {
    const tried = world.log.after((entry) => entry.what === "login");
    expect((chat.status().retryAt?.getTime() ?? 0) - time.now().getTime()).toBeGreaterThan(attempt === 2 ? 0 : 29_000);
    untilRetry(chat, time);
    await tried;
    while (chat.status().retryAt === null) await new Promise(setImmediate);
    expect(logins()).toBe(attempt);
  }
  expect(heard.filter((inbound) => inbound.kind === "login_failed")).toHaveLength(1);
});

/** An identity with a token that may be renewed: `renew` gives what `fresh` does. */
function anIdentity(first: string | null, fresh: () => string | null): ChatIdentity & { renewed: string[] } {
  const renewed: string[] = [];
  return {
    login: BOT,
    userId: null,
    token: async () => first,
    renew: async (refused) => {
      renewed.push(refused);
      return fresh();
    },
    renewed,
  };
}

test("F3: a token that ran out is renewed at the login, and chat is back at once with the new one", async () => {
  let fresh = "";
  const identity = anIdentity("stale-token-value", () => fresh);
  const { world, chat, heard, next } = await aScene({
    identity: { ...identity, token: async () => (identity.renewed.length === 0 ? "stale-token-value" : fresh) },
    wanted: [],
  });
  fresh = world.issueToken(BOT).accessToken;
  expect(await next("connected")).toMatchObject({ login: BOT, anonymous: false });
  expect(identity.renewed).toEqual(["stale-token-value"]);
  expect(heard.filter((inbound) => inbound.kind === "login_failed")).toEqual([]);
  expect(chat.status()).toMatchObject({ state: "connected", anonymous: false });
});

test("F3: a renewed token that is refused as well is not renewed again within thirty seconds", async () => {
  const identity = anIdentity("stale-token-value", () => `refused-too-${crypto.randomUUID()}`);
  const { world, next } = await aScene({ identity });
  await next("login_failed");
  expect(identity.renewed).toHaveLength(1);
  expect(world.log.list("irc", "login")).toHaveLength(2);
});

test("F4: without a usable token chat is read anonymously, and read as ourselves again once there is one", async () => {
  let token: string | null = null;
  const identity = { login: BOT, userId: null, token: async () => token, renew: async () => null };
  const { world, chat, next, after } = await aScene({ identity });
  expect(await next("connected")).toEqual({ kind: "connected", login: null, anonymous: true });
  await next("joined");
  expect(await chat.say(line("hi"))).toEqual({ status: "rejected", reason: "anonymous" });
  token = world.issueToken(BOT).accessToken;
  const [lost, back, joined] = [after("disconnected"), after("connected"), after("joined")];
  chat.renew();
  expect(await lost).toMatchObject({ reason: "identity_changed" });
  expect(await back).toEqual({ kind: "connected", login: BOT, anonymous: false });
  await joined;
  expect(await chat.say(line("hi"))).toMatchObject({ status: "confirmed" });
});

describe("what is sent", () => {
  test("is confirmed by the id on USERSTATE, and answers its question in a thread", async () => {
    const { world, chat, next } = await aScene();
    await next("joined");
    const asked = world.say("studio", "mira", "well?");
    const outcome = await chat.say({ channelLogin: "studio", text: "Well.", replyToId: asked });
    expect(outcome.status).toBe("confirmed");
    const id = outcome.status === "confirmed" ? outcome.messageId : "";
    expect(world.state.channel("studio").chat.get(id)?.text).toBe("@mira Well.");
  });

  test.each(["msg_banned", "msg_slowmode", "msg_rejected", "msg_duplicate"])(
    "F24: is rejected by NOTICE %s, with its code",
    async (msgId) => {
      const { world, chat, next } = await aScene();
      await next("joined");
      world.faults.add({ kind: "I2.notice", with: { msgId } });
      expect(await chat.say(line("hello"))).toEqual({ status: "rejected", reason: msgId });
      expect(texts(world)).toEqual(["hello"]);
    },
  );

  test("F29: is unconfirmed when nothing comes of it within five seconds, and is never repeated", async () => {
    const { world, chat, time, next } = await aScene();
    await next("joined");
    world.faults.add({ kind: "I2.silent" });
    const heard = world.log.after((entry) => entry.what === "PRIVMSG" && entry.way === "in");
    const outcome = chat.say(line("into the void"));
    await heard;
    time.advance(5_000);
    expect(await outcome).toEqual({ status: "unconfirmed", reason: "no_answer" });
    expect(await chat.say(line("after it"))).toMatchObject({ status: "confirmed" });
    expect(texts(world)).toEqual(["into the void", "after it"]);
  });

  test("F29: is unconfirmed when the connection goes down before an answer, and is not sent again on the next one", async () => {
    const { world, chat, next, after } = await aScene();
    await next("joined");
    world.faults.add({ kind: "I2.silent" });
    const heard = world.log.after((entry) => entry.what === "PRIVMSG" && entry.way === "in");
    const outcome = chat.say(line("lost on the way"));
    await heard;
    const back = after("joined");
    for (const session of world.ircSessions(BOT)) session.terminate();
    expect(await outcome).toEqual({ status: "unconfirmed", reason: "connection_lost" });
    await back;
    expect(texts(world)).toEqual(["lost on the way"]);
  });

  test("several at once are each told their own outcome, in order", async () => {
    const { world, chat, next } = await aScene();
    await next("joined");
    world.faults.add({ kind: "I2.notice", after: 1, times: 1, with: { msgId: "msg_rejected" } });
    const outcomes = await Promise.all(["one", "two", "three"].map((text) => chat.say(line(text))));
    expect(outcomes.map((outcome) => outcome.status)).toEqual(["confirmed", "rejected", "confirmed"]);
  });

  test("a room's mode that changes meanwhile is not taken for a refusal", async () => {
    const { world, chat, next, after } = await aScene();
    await next("joined");
    world.faults.add({ kind: "I2.silent" });
    const heard = world.log.after((entry) => entry.what === "PRIVMSG" && entry.way === "in");
    const outcome = chat.say(line("hello"));
    await heard;
    const [session] = world.ircSessions(BOT);
    session?.write("@msg-id=slow_on :tmi.twitch.tv NOTICE #studio :This room is now in slow mode.");
    await roundTrip(world, chat, after);
    session?.write("@msg-id=msg_from_the_future :tmi.twitch.tv NOTICE #studio :New.");
    expect(await outcome).toEqual({ status: "rejected", reason: "msg_from_the_future" });
  });

  test("F25: a line end in a text cannot begin a second command", async () => {
    const { world, chat, next } = await aScene({ channels: ["studio", "attic"] });
    await next("joined", (one) => one.channelLogin === "attic");
    await chat.say(line("hello\r\nPART #attic\nPRIVMSG #attic :pwned\0"));
    expect(await chat.say({ channelLogin: "studio", text: "fine", replyToId: "x\r\nPART #studio" })).toMatchObject({
      status: "confirmed",
    });
    expect(texts(world)[0]).toBe("hello PART #attic PRIVMSG #attic :pwned ");
    expect(world.log.list("irc", "PART")).toEqual([]);
    expect(chat.status().joined).toEqual(["studio", "attic"]);
  });

  test("F30: to a channel that was left is not sent at all", async () => {
    const { world, chat, next, after } = await aScene();
    await next("joined");
    const left = after("left");
    chat.setChannels([]);
    expect(await left).toEqual({ kind: "left", channelLogin: "studio", reason: "asked" });
    expect(await chat.say(line("anyone?"))).toEqual({ status: "rejected", reason: "not_joined" });
    expect(texts(world)).toEqual([]);
  });
});

test("F21: a PART that we did not ask for means that we are out: it is told, and tried again a minute later", async () => {
  const { world, chat, time, next, after } = await aScene();
  await next("joined");
  const left = after("left");
  const [session] = world.ircSessions(BOT);
  session?.write(`:${BOT}!${BOT}@${BOT}.tmi.twitch.tv PART #studio`);
  expect(await left).toEqual({ kind: "left", channelLogin: "studio", reason: "removed" });
  expect(chat.status().joined).toEqual([]);
  expect(await chat.say(line("still here?"))).toEqual({ status: "rejected", reason: "not_joined" });
  const again = world.log.after((entry) => entry.what === "JOIN");
  while (joins(world).length < 2) {
    time.advance(5_000);
    await roundTripOrDrop();
  }
  await again;
  async function roundTripOrDrop() {
    session?.write("PING :keepalive");
    await new Promise(setImmediate);
  }
});

test("F21: a channel that does not exist is told as failed after ten seconds, and does not hold up the others", async () => {
  const { chat, time, next } = await aScene({ wanted: ["nobody_here", "studio"] });
  await next("joined");
  const failed = next("join_failed");
  time.advance(5_000);
  await new Promise(setImmediate);
  time.advance(6_000);
  expect(await failed).toEqual({ kind: "join_failed", channelLogin: "nobody_here", reason: "no_answer" });
  expect(chat.status().joined).toEqual(["studio"]);
});

describe("F15: what comes on the wire in odd pieces", () => {
  test.each([
    ["many lines in one frame", { ircFrameJoin: true }],
    ["lines cut over two frames", { ircFrameSplit: true }],
    ["both", { ircFrameJoin: true, ircFrameSplit: true }],
  ])("%s: every line is heard once, in order", async (_, limits) => {
    const { world, heard, next, after } = await aScene({ limits });
    await next("joined");
    for (let index = 0; index < 200; index++) world.say("studio", "mira", `line ${index} with ünïcode 🙂`);
    const last = after("message", (one) => one.message.text === "the end");
    world.say("studio", "mira", "the end");
    await last;
    const told = heard.flatMap((inbound) => (inbound.kind === "message" ? [inbound.message.text] : []));
    expect(told).toEqual([...Array.from({ length: 200 }, (__, index) => `line ${index} with ünïcode 🙂`), "the end"]);
  });

  test("malformed, huge and unknown lines are counted or ignored, and chat goes on", async () => {
    const { world, chat, next, after } = await aScene();
    await next("joined");
    const [session] = world.ircSessions(BOT);
    for (const raw of [
      "@",
      ":",
      "   ",
      "@only-tags",
      ":prefix-only",
      "PRIVMSG",
      ":x!x@x PRIVMSG",
      ":x!x@x PRIVMSG #studio",
      "@room-id=1;id=a :x!x@x PRIVMSG #studio :no user id",
      ":tmi.twitch.tv ROOMSTATE",
      ":tmi.twitch.tv USERSTATE #",
      ":tmi.twitch.tv NOTICE",
      "@msg-id=raid :tmi.twitch.tv USERNOTICE",
      ":tmi.twitch.tv CLEARMSG #studio",
      ":tmi.twitch.tv 999 nobody :what",
      ":tmi.twitch.tv WHOKNOWS #studio :new",
      `@emotes=${"25:0-4/".repeat(3_000)} :x!x@x PRIVMSG #studio :huge tags`,
      `:x!x@x PRIVMSG #studio :${"y".repeat(40_000)}`,
      "\u0000\u0001\u0002",
    ]) {
      session?.write(raw);
    }
    const heard = after("message", (one) => one.message.text === "still here");
    world.say("studio", "mira", "still here");
    await heard;
    expect(chat.status()).toMatchObject({ state: "connected", joined: ["studio"] });
    expect(chat.status().malformed).toBeGreaterThan(0);
    expect(await chat.say(line("me too"))).toMatchObject({ status: "confirmed" });
  });
});

test("stopping ends the connection and every timer", async () => {
  const world = await startWorld({ clock: new ManualClock() });
  world.addUser({ login: BOT });
  world.addChannel("studio");
  const time = new ManualClock();
  const token = world.issueToken(BOT).accessToken;
  const chat = createIrcChat({
    url: world.urls.irc,
    identity: () => ({ login: BOT, userId: null, token: async () => token, renew: async () => null }),
    takeJoins: joinsOf(time),
    onInbound: () => undefined,
    time,
    chance: { next: () => 0.5, uuid: () => "" },
    log: quiet,
  });
  chat.setChannels(["studio"]);
  chat.start();
  await world.joined("studio", BOT);
  const closed = world.log.after((entry) => entry.what === "closed");
  await chat.stop();
  await closed;
  expect(time.pending).toBe(0);
  expect(chat.status()).toMatchObject({ state: "stopped", joined: [] });
  await world.stop();
});
