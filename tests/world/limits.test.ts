import { expect, test } from "bun:test";
import { ManualClock, startWorld } from "../../src/world/index.ts";
import { aIrc, settled, tagOf, type Wire } from "./support.ts";

/** Sends a line and gives what came of it: "sent" or the NOTICE's msg-id. */
async function say(wire: Wire, channel: string, text: string): Promise<string> {
  wire.send(`PRIVMSG #${channel} :${text}`, "PING :done");
  const before = wire.lines.length;
  await wire.next((frame) => frame.includes("PONG"));
  const line = wire.lines
    .slice(Math.max(0, before - 1))
    .findLast((each) => each.includes("NOTICE") || each.includes("USERSTATE"));
  return line?.includes("NOTICE") ? (tagOf(line, "msg-id") ?? "") : line ? "sent" : "silence";
}

test("the 21st message within 30 s is dropped with a NOTICE, and then the account is not heard for an hour", async () => {
  const clock = new ManualClock();
  await using world = await startWorld({ clock, limits: { ircPingMs: 86_400_000 } });
  const channels = Array.from({ length: 21 }, (_, i) => `room${i}`);
  for (const channel of [...channels, "home"]) world.addChannel(channel);
  world.addChannel("home", { mods: ["bot"] });
  const wire = await aIrc(world, "bot", []);
  for (const channel of channels.slice(0, 19)) wire.send(`JOIN #${channel}`);
  await world.joined("room18", "bot");
  clock.advance(10_001);
  wire.send("JOIN #room19", "JOIN #room20", "JOIN #home");
  await world.joined("home", "bot");

  const outcomes: string[] = [];
  for (const channel of channels) outcomes.push(await say(wire, channel, "hello"));
  expect(outcomes).toEqual([...Array(20).fill("sent"), "msg_ratelimit"]);
  clock.advance(31_000);
  expect(await say(wire, "room0", "can you hear me?")).not.toBe("sent");
  expect(world.chat.isMuted(world.state.user("bot").id)).toBe(true);
  expect(await say(wire, "home", "my own room")).toBe("sent");
  clock.advance(3_600_000);
  expect(await say(wire, "room0", "and now?")).toBe("sent");
  expect(world.checks().map((each) => each.check)).toContain("message_rate");
  expect(world.checks().map((each) => each.check)).toContain("sent_while_muted");
});

test("a moderator may send 100 in 30 s, and those fill the other bucket too", async () => {
  const clock = new ManualClock();
  await using world = await startWorld({ clock });
  world.addChannel("home", { mods: ["bot"] });
  world.addChannel("abroad");
  const wire = await aIrc(world, "bot", ["home", "abroad"]);
  for (let i = 0; i < 100; i++) wire.send(`PRIVMSG #home :line ${i}`);
  await world.log.next((entry) => entry.what === "PRIVMSG" && entry.fields.text === "line 99");
  expect(world.state.channel("home").chat.size).toBe(100);
  expect(await say(wire, "abroad", "one more")).toBe("msg_ratelimit");
});

test("a second message in one channel within a second is dropped", async () => {
  const clock = new ManualClock();
  await using world = await startWorld({ clock });
  world.addChannel("studio");
  const wire = await aIrc(world, "bot", ["studio"]);
  expect(await say(wire, "studio", "one")).toBe("sent");
  clock.advance(999);
  expect(await say(wire, "studio", "two")).toBe("msg_ratelimit");
  clock.advance(1);
  expect(await say(wire, "studio", "three")).toBe("sent");
});

test("the same text within 30 s is refused, after 30 s it is not", async () => {
  const clock = new ManualClock();
  await using world = await startWorld({ clock });
  world.addChannel("studio");
  const wire = await aIrc(world, "bot", ["studio"]);
  expect(await say(wire, "studio", "same")).toBe("sent");
  clock.advance(29_999);
  expect(await say(wire, "studio", "same")).toBe("msg_duplicate");
  clock.advance(1);
  expect(await say(wire, "studio", "same")).toBe("sent");
});

test("the 21st JOIN within 10 s is ignored, and so is the 101st channel", async () => {
  const clock = new ManualClock();
  await using world = await startWorld({ clock, openChannels: true });
  const wire = await aIrc(world, "bot");
  wire.send(`JOIN ${Array.from({ length: 21 }, (_, i) => `#many${i}`).join(",")}`);
  await world.joined("many19", "bot");
  expect(world.log.list("irc", "JOIN").at(-1)?.fields.outcome).toBe("over rate");
  for (let batch = 1; batch < 5; batch++) {
    clock.advance(10_001);
    wire.send(`JOIN ${Array.from({ length: 20 }, (_, i) => `#batch${batch}x${i}`).join(",")}`);
    await world.joined(`batch${batch}x19`, "bot");
  }
  clock.advance(10_001);
  wire.send("JOIN #onetoomany", "PING :z");
  await wire.next((frame) => frame.includes("PONG"));
  expect(world.log.list("irc", "JOIN").at(-1)?.fields.outcome).toBe("over concurrent");
  expect(world.checks().filter((each) => each.check === "join_budget")).toHaveLength(2);
});

test("more than 500 characters are not sent; with the switch they are cut", async () => {
  const clock = new ManualClock();
  await using world = await startWorld({ clock });
  world.addChannel("studio");
  const wire = await aIrc(world, "bot", ["studio"]);
  wire.send(`PRIVMSG #studio :${"x".repeat(501)}`);
  await settled(world);
  expect(world.state.channel("studio").chat.size).toBe(0);
  world.limits.ircLongText = "truncate";
  expect(await say(wire, "studio", "y".repeat(501))).toBe("sent");
  expect([...world.state.channel("studio").chat.values()][0]?.text).toHaveLength(500);
});

test("timeouts, bans and AutoMod refuse with their NOTICE", async () => {
  const clock = new ManualClock();
  await using world = await startWorld({ clock });
  const channel = world.addChannel("studio");
  channel.terms.set("badword", "held").set("worseword", "blocked");
  const wire = await aIrc(world, "bot", ["studio"]);
  expect(await say(wire, "studio", "a badword here")).toBe("msg_rejected");
  clock.advance(2_000);
  expect(await say(wire, "studio", "a worseword here")).toBe("msg_rejected_mandatory");
  world.timeout("studio", "bot", 60);
  expect(await say(wire, "studio", "hello")).toBe("msg_timedout");
  clock.advance(60_000);
  expect(await say(wire, "studio", "hello")).toBe("sent");
});

test("the server asks with PING every five minutes and ends a session that does not answer", async () => {
  const clock = new ManualClock();
  await using world = await startWorld({ clock });
  const good = await aIrc(world, "justinfan1");
  const bad = await aIrc(world, "justinfan2");
  clock.advance(300_000);
  await good.next((frame) => frame === "PING :tmi.twitch.tv\r\n");
  good.send("PONG :tmi.twitch.tv");
  await world.log.next((entry) => entry.what === "PONG");
  clock.advance(10_000);
  await bad.closed;
  expect(good.isOpen).toBe(true);
  expect(world.checks().map((each) => each.check)).toEqual(["pong_missing"]);
});

test("a long run can leave the world's own lines out of the log; what clients send stays in it", async () => {
  await using world = await startWorld({ clock: new ManualClock(), limits: { logLines: false } });
  world.addChannel("studio");
  const wire = await aIrc(world, "bot", ["studio"]);
  world.say("studio", "mira", "hello");
  expect(await say(wire, "studio", "hi")).toBe("sent");
  const lines = world.log.list("irc", "PRIVMSG").map((entry) => [entry.way, entry.fields.login]);
  expect(lines).toEqual([
    ["in", "bot"],
    ["out", "bot"],
  ]);
});
