import { expect, test } from "bun:test";
import { ManualClock, startWorld } from "../../src/world/index.ts";
import { aIrc, aTmi, settled, tagOf, Wire } from "./support.ts";

test("I1: a dropped session sees its socket close without a closing frame", async () => {
  await using world = await startWorld();
  const wire = await aIrc(world, "justinfan1");
  world.dropIrc();
  expect((await wire.closed).code).toBe(1006);
});

test("I1: RECONNECT comes in its exact wire form, and the socket closes when it was told to, or never", async () => {
  const clock = new ManualClock();
  await using world = await startWorld({ clock });
  const wire = await aIrc(world, "justinfan1");
  world.reconnectIrc(undefined, null);
  expect(await wire.next()).toBe(":tmi.twitch.tv RECONNECT\r\n");
  clock.advance(60_000);
  await settled(world);
  expect(wire.isOpen).toBe(true);
  world.reconnectIrc(undefined, 30_000);
  await clock.run(30_000);
  await wire.closed;
});

test("I1: a login can be made to fail, as often as the rule says", async () => {
  await using world = await startWorld();
  world.faults.add({ kind: "I1.login_failed", match: { login: "bot" }, times: 2 });
  for (let i = 0; i < 2; i++) {
    const wire = await new Wire(world.urls.irc).opened();
    wire.send(`PASS oauth:${world.issueToken("bot").accessToken}`, "NICK bot");
    await wire.closed;
    expect(wire.lines).toEqual([":tmi.twitch.tv NOTICE * :Login authentication failed"]);
  }
  const wire = await aIrc(world, "bot");
  expect(wire.isOpen).toBe(true);
});

test("I1: the server's PING can be left out, and a PONG withheld", async () => {
  const clock = new ManualClock();
  await using world = await startWorld({ clock });
  const wire = await aIrc(world, "justinfan1");
  world.faults.add({ kind: "I1.ping_silence" });
  clock.advance(300_000);
  world.faults.add({ kind: "I1.pong_withheld" });
  wire.send("PING :one", "PING :two");
  expect(await wire.next((text) => text.includes("PONG"))).toContain(":two");
  expect(wire.lines.some((line) => line === "PING :tmi.twitch.tv")).toBe(false);
});

test("I1: a frozen session neither hears nor answers, and its socket stays open", async () => {
  await using world = await startWorld();
  world.addChannel("studio");
  const wire = await aIrc(world, "justinfan1", ["studio"]);
  const before = wire.lines.length;
  world.freezeIrc();
  world.say("studio", "mira", "hello?");
  wire.send("PING");
  await settled(world);
  expect([wire.lines.length, wire.isOpen]).toEqual([before, true]);
});

test("I2: any NOTICE can answer a message, which is then not sent", async () => {
  await using world = await startWorld();
  world.addChannel("studio");
  const wire = await aIrc(world, "bot", ["studio"]);
  world.faults.add({ kind: "I2.notice", match: { channel: "studio" }, with: { msgId: "msg_requires_verified_phone_number" } });
  wire.send("PRIVMSG #studio :hello");
  expect(await wire.next((text) => text.includes("NOTICE"))).toStartWith("@msg-id=msg_requires_verified_phone_number ");
  expect(world.state.channel("studio").chat.size).toBe(0);
});

test("I2: a message can vanish without a word, and an account can be muted", async () => {
  await using world = await startWorld();
  world.addChannel("studio");
  const wire = await aIrc(world, "bot", ["studio"]);
  world.faults.add({ kind: "I2.silent" });
  wire.send("PRIVMSG #studio :one", "PING :a");
  await wire.next((text) => text.includes("PONG"));
  world.muteAccount("bot");
  wire.send("PRIVMSG #studio :two", "PING :b");
  await wire.next((text) => text.includes("PONG"));
  expect(wire.lines.filter((line) => line.includes("NOTICE"))).toEqual([]);
  expect(world.state.channel("studio").chat.size).toBe(0);
});

test("I2: a join can be ignored, or answered as suspended; a ban is a forced PART", async () => {
  await using world = await startWorld();
  for (const channel of ["one", "two", "three"]) world.addChannel(channel);
  world.faults.add({ kind: "I2.join_ignored", match: { channel: "one" } });
  world.faults.add({ kind: "I2.suspended", match: { channel: "two" } });
  const wire = await aIrc(world, "bot", ["three"]);
  wire.send("JOIN #one,#two");
  expect(await wire.next((text) => text.includes("NOTICE"))).toContain("msg_channel_suspended");
  expect(world.irc.room(world.state.channel("one")).size).toBe(0);
  world.ban("three", "bot");
  await wire.next((text) => text.endsWith("PART #three\r\n"));
});

test("I3: the same line twice, and two lines in the wrong order", async () => {
  await using world = await startWorld();
  world.addChannel("studio");
  const wire = await aIrc(world, "justinfan1", ["studio"]);
  world.faults.add({ kind: "I3.duplicate" });
  const id = world.say("studio", "mira", "twice");
  world.faults.add({ kind: "I3.reorder" });
  world.say("studio", "mira", "first");
  world.say("studio", "mira", "second");
  await wire.next((text) => text.endsWith(":first\r\n"));
  const texts = wire.lines.filter((line) => line.includes("PRIVMSG")).map((line) => line.slice(line.lastIndexOf(":") + 1));
  expect(texts).toEqual(["twice", "twice", "second", "first"]);
  expect(wire.lines.filter((line) => tagOf(line, "id") === id)).toHaveLength(2);
});

test("I3: several lines in one frame, one line over two frames", async () => {
  await using world = await startWorld();
  world.addChannel("studio");
  const wire = await aIrc(world, "justinfan1", ["studio"]);
  world.faults.add({ kind: "I3.joined_frames" });
  world.say("studio", "mira", "joined");
  expect((await wire.next((text) => text.includes(":joined"))).split("\r\n")).toHaveLength(3);
  world.faults.add({ kind: "I3.split_frame" });
  const before = wire.frames.length;
  world.say("studio", "mira", "split in two");
  await wire.next((text) => text.endsWith("split in two\r\n"));
  expect(wire.frames.length - before).toBe(2);
  expect(wire.frames.slice(before).join("")).toContain("PRIVMSG #studio :split in two\r\n");
});

test("I3: unknown tags and commands, bad emote ranges, 8 KB of tags, bytes that are not UTF-8", async () => {
  await using world = await startWorld();
  world.addChannel("studio");
  const wire = await aIrc(world, "justinfan1", ["studio"]);
  const kinds = ["I3.unknown_tags", "I3.bad_emotes", "I3.huge_tags", "I3.unknown_command", "I3.invalid_utf8"] as const;
  for (const kind of kinds) world.faults.add({ kind });
  world.say("studio", "mira", "odd");
  await wire.next((text) => text.endsWith(":odd\r\n"));
  await settled(world);
  const line = wire.lines.findLast((each) => each.includes("PRIVMSG")) ?? "";
  expect(tagOf(line, "never-seen-before")).toBe("1");
  expect(tagOf(line, "emotes")).toBe("25:04/1902:9-2,900-904/:/86:x-y");
  expect(line.length).toBeGreaterThan(8_000);
  expect(wire.lines.some((each) => each.includes(" NEVERSEEN "))).toBe(true);
  expect(() => new TextDecoder("utf-8", { fatal: true }).decode(wire.binary[0])).toThrow();
});

test("a rule strikes after so many occasions, so many times, and with the seed's chance", async () => {
  await using world = await startWorld();
  world.addChannel("studio");
  const wire = await aIrc(world, "justinfan1", ["studio"]);
  world.faults.add({ kind: "I3.unknown_command", after: 2, times: 2 });
  const fault = world.faults.add({ kind: "I3.duplicate", p: 0.5, times: 1_000 });
  for (let i = 0; i < 40; i++) world.say("studio", "mira", `line ${i}`);
  await wire.next((text) => text.endsWith(":line 39\r\n"));
  const strange = wire.lines
    .filter((line) => line.includes("NEVERSEEN") || line.includes("PRIVMSG"))
    .findIndex((line) => line.includes("NEVERSEEN"));
  expect(wire.lines.filter((line) => line.includes("NEVERSEEN"))).toHaveLength(2);
  expect(strange).toBeGreaterThanOrEqual(2);
  expect(fault.struck).toBeGreaterThan(8);
  expect(fault.struck).toBeLessThan(32);
});

test("I1: tmi.js gives up for ever when a login fails on its way back", async () => {
  await using world = await startWorld();
  world.addChannel("studio");
  const client = await aTmi(world, "bot", ["studio"]);
  world.revokeConsent("bot");
  const refused = world.log.after((entry) => entry.what === "login" && entry.fields.ok === false);
  world.dropIrc("bot");
  await refused;
  await new Promise<void>((resolve) => client.on("disconnected", (() => resolve()) as never));
  expect(["CLOSED", "CLOSING"]).toContain(client.readyState());
});
