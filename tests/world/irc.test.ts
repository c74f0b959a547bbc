import { expect, test } from "bun:test";
import type { ChatUserstate } from "tmi.js";
import { startWorld } from "../../src/world/index.ts";
import { aIrc, aTmi, nextOf, settled, tagOf, Wire } from "./support.ts";

test("tmi.js logs in, joins, hears a line and speaks; USERSTATE confirms its line with the message's id", async () => {
  await using world = await startWorld();
  world.addChannel("studio");
  const client = await aTmi(world, "bytebot", ["studio"]);
  const heard = nextOf<[string, ChatUserstate, string, boolean]>(client, "message");
  const id = world.say("studio", "mira", "hello Kappa");
  const [channel, tags, text] = await heard;
  expect([channel, text, tags.id, tags.username]).toEqual(["#studio", "hello Kappa", id, "mira"]);
  expect(tags.emotes).toEqual({ "25": ["6-10"] });

  const confirmed = new Promise<string>((resolve) => {
    client.on("raw_message", ((_clone: unknown, message: { command: string; tags: Record<string, string> }) => {
      if (message.command === "USERSTATE" && message.tags.id) resolve(message.tags.id);
    }) as never);
  });
  const said = world.said("studio", "bytebot");
  await client.say("studio", "hi there");
  expect(await said).toBe("hi there");
  expect(world.state.channel("studio").chat.get(await confirmed)?.text).toBe("hi there");
  await client.disconnect();
});

test("tmi.js comes back after RECONNECT and after a cut socket, with a fresh token, and rejoins", async () => {
  await using world = await startWorld();
  world.addChannel("studio");
  world.addChannel("second");
  const passwords: string[] = [];
  const client = await aTmi(world, "bytebot", ["studio", "second"], async () => {
    const { accessToken } = world.issueToken("bytebot");
    passwords.push(accessToken);
    return accessToken;
  });
  for (const leave of [() => world.reconnectIrc("bytebot"), () => world.dropIrc("bytebot")]) {
    const rejoined = Promise.all(
      ["studio", "second"].map((channel) =>
        world.log.after(
          (entry) => entry.what === "JOIN" && entry.fields.channel === channel && entry.fields.outcome === "joined",
        ),
      ),
    );
    leave();
    await rejoined;
    const heard = nextOf<[string, ChatUserstate, string]>(client, "message");
    world.say("second", "mira", "still here?");
    expect((await heard)[2]).toBe("still here?");
  }
  expect(new Set(passwords).size).toBe(3);
  await client.disconnect();
});

test("tmi.js sees subs, gifts, raids, cheers, timeouts and deletions as its events", async () => {
  await using world = await startWorld();
  world.addChannel("studio");
  const client = await aTmi(world, "bytebot", ["studio"]);
  const events = ["subscription", "resub", "submysterygift", "subgift", "raided", "cheer", "timeout", "ban", "messagedeleted"];
  const all = Promise.all(events.map((event) => nextOf(client, event)));
  world.sub("studio", "mira");
  world.sub("studio", "rae", { months: 6, isPrime: true, streakMonths: 2, text: "six months!" });
  world.gift("studio", "oz", 2, { recipients: ["ned", "pia"] });
  world.raid("sol", "studio", 1);
  world.cheer("studio", "quin", 150, "nice");
  world.timeout("studio", "ned", 600);
  const id = world.say("studio", "pia", "bye");
  world.delete("studio", id);
  world.ban("studio", "pia");
  const [, resub, mystery, gift, raid, cheer, timeout, , deleted] = await all;
  expect(resub?.slice(0, 4)).toEqual(["#studio", "rae", 2 as never, "six months!"]);
  expect(mystery?.slice(1, 3)).toEqual(["oz", 2 as never]);
  expect(gift?.[3]).toBe("ned" as never);
  expect(raid?.slice(0, 2)).toEqual(["#studio", "sol"]);
  expect((cheer?.[1] as ChatUserstate | undefined)?.bits).toBe("150");
  expect(timeout?.slice(1, 4)).toEqual(["ned", null as never, 600 as never]);
  expect(deleted?.slice(1, 3)).toEqual(["pia", "bye"]);
  await client.disconnect();
});

test("the welcome is Twitch's, word for word, and the offered subprotocol is echoed", async () => {
  await using world = await startWorld();
  const user = world.addUser({ login: "bot", displayName: "Bot", color: "#0D4200", id: "9001" });
  const wire = await new Wire(`ws://127.0.0.1:${world.port}/`, "irc").opened();
  expect(wire.protocol).toBe("irc");
  wire.send(
    "CAP REQ :twitch.tv/membership twitch.tv/tags twitch.tv/commands",
    `PASS oauth:${world.issueToken("bot").accessToken}`,
    "NICK bot",
  );
  await wire.next((text) => text.includes("GLOBALUSERSTATE"));
  expect(wire.lines).toEqual([
    ":tmi.twitch.tv CAP * ACK :twitch.tv/membership twitch.tv/tags twitch.tv/commands",
    ":tmi.twitch.tv 001 bot :Welcome, GLHF!",
    ":tmi.twitch.tv 002 bot :Your host is tmi.twitch.tv",
    ":tmi.twitch.tv 003 bot :This server is rather new",
    ":tmi.twitch.tv 004 bot :-",
    ":tmi.twitch.tv 375 bot :-",
    ":tmi.twitch.tv 372 bot :You are in a maze of twisty passages, all alike.",
    ":tmi.twitch.tv 376 bot :>",
    `@badge-info=;badges=;color=#0D4200;display-name=Bot;emote-sets=0;turbo=0;user-id=${user.id};user-type= :tmi.twitch.tv GLOBALUSERSTATE`,
  ]);
});

test("a join is answered by JOIN, 353, 366, USERSTATE and ROOMSTATE; an unknown room by silence, a suspended one by its NOTICE", async () => {
  await using world = await startWorld();
  world.addChannel("room", { id: "1001" });
  world.addChannel("gone", { isSuspended: true });
  const wire = await aIrc(world, "bot", ["room"]);
  expect(wire.lines.slice(-5)).toEqual([
    ":bot!bot@bot.tmi.twitch.tv JOIN #room",
    ":bot.tmi.twitch.tv 353 bot = #room :bot",
    ":bot.tmi.twitch.tv 366 bot #room :End of /NAMES list",
    `@badge-info=;badges=;color=${world.state.user("bot").color};display-name=bot;emote-sets=0;mod=0;subscriber=0;turbo=0;user-type= :tmi.twitch.tv USERSTATE #room`,
    "@emote-only=0;followers-only=-1;r9k=0;room-id=1001;slow=0;subs-only=0 :tmi.twitch.tv ROOMSTATE #room",
  ]);
  const before = wire.lines.length;
  wire.send("JOIN #nobody", "JOIN #gone", "PING :x");
  await wire.next((text) => text.includes("PONG"));
  expect(wire.lines.slice(before)).toEqual([
    "@msg-id=msg_channel_suspended :tmi.twitch.tv NOTICE #gone :This channel does not exist or has been suspended.",
    ":tmi.twitch.tv PONG tmi.twitch.tv :x",
  ]);
});

test("an anonymous reader joins without USERSTATE and cannot speak", async () => {
  await using world = await startWorld();
  world.addChannel("studio");
  const wire = await aIrc(world, "justinfan123", ["studio"]);
  expect(wire.lines.some((line) => line.includes("USERSTATE"))).toBe(false);
  wire.send("PRIVMSG #studio :hello", "PING");
  await wire.next((text) => text.startsWith("PONG"));
  expect(world.state.channel("studio").chat.size).toBe(0);
});

test("tags come only to those who asked for them; an unknown capability is refused", async () => {
  await using world = await startWorld();
  world.addChannel("studio");
  const wire = await new Wire(world.urls.irc).opened();
  wire.send("CAP REQ :twitch.tv/magic", "NICK justinfan7", "JOIN #studio");
  await world.joined("studio", "justinfan7");
  world.say("studio", "mira", "plain");
  expect(await wire.next((text) => text.includes("PRIVMSG"))).toBe(":mira!mira@mira.tmi.twitch.tv PRIVMSG #studio :plain\r\n");
  expect(wire.lines[0]).toBe(":tmi.twitch.tv CAP * NAK :twitch.tv/magic");
});

test("both forms of PING are answered as Twitch answers them", async () => {
  await using world = await startWorld();
  const wire = await aIrc(world, "justinfan1");
  wire.send("PING", "PING :abc");
  expect([await wire.next(), await wire.next()]).toEqual(["PONG\r\n", ":tmi.twitch.tv PONG tmi.twitch.tv :abc\r\n"]);
});

const refusals: [string, (token: string) => string[], string][] = [
  ["a wrong token", () => ["PASS oauth:nope", "NICK bot"], "Login authentication failed"],
  ["another account's token", (token) => [`PASS oauth:${token}`, "NICK somebody"], "Login authentication failed"],
  ["NICK before PASS", () => ["NICK bot"], "Improperly formatted auth"],
  ["a password without oauth:", (token) => [`PASS ${token}`, "NICK bot"], "Improperly formatted auth"],
];
for (const [what, lines, notice] of refusals) {
  test(`${what} is refused with "${notice}" and the socket closes`, async () => {
    await using world = await startWorld();
    const wire = await new Wire(world.urls.irc).opened();
    wire.send(...lines(world.issueToken("bot").accessToken));
    await wire.closed;
    expect(wire.lines).toEqual([`:tmi.twitch.tv NOTICE * :${notice}`]);
  });
}

test("a token without chat:read cannot log in, one without chat:edit cannot speak, a revoked one not again", async () => {
  await using world = await startWorld();
  world.addChannel("studio");
  const blind = await new Wire(world.urls.irc).opened();
  blind.send(`PASS oauth:${world.issueToken("bot", { scopes: ["chat:edit"] }).accessToken}`, "NICK bot");
  await blind.closed;
  const mute = await aIrc(world, "bot", ["studio"], ["chat:read"]);
  mute.send("PRIVMSG #studio :hello", "PING");
  await mute.next((text) => text.startsWith("PONG"));
  expect(world.state.channel("studio").chat.size).toBe(0);
  const grant = world.issueToken("bot");
  world.revokeConsent("bot");
  const late = await new Wire(world.urls.irc).opened();
  late.send(`PASS oauth:${grant.accessToken}`, "NICK bot");
  await late.closed;
  expect(mute.isOpen).toBe(true);
});

test("a reply carries its parent and thread, its text begins with the parent's name, and the emotes count from there", async () => {
  await using world = await startWorld();
  world.addChannel("studio");
  world.addUser({ login: "mira", displayName: "Mira" });
  const reader = await aIrc(world, "justinfan2", ["studio"]);
  const writer = await aIrc(world, "bot", ["studio"]);
  const root = world.say("studio", "mira", "hello; you\\all");
  const said = world.said("studio", "bot");
  writer.send(`@reply-parent-msg-id=${root};client-nonce=n1 PRIVMSG #studio :hi Kappa`);
  await said;
  const line = await reader.next((text) => text.includes(":bot!"));
  expect(line).toContain("PRIVMSG #studio :@Mira hi Kappa");
  expect(tagOf(line, "emotes")).toBe("25:9-13");
  expect(tagOf(line, "reply-parent-msg-id")).toBe(root);
  expect(tagOf(line, "reply-thread-parent-msg-id")).toBe(root);
  expect(tagOf(line, "reply-parent-msg-body")).toBe("hello\\:\\syou\\\\all");
  const confirmation = await writer.next((text) => text.includes("USERSTATE") && tagOf(text, "id") !== undefined);
  expect(tagOf(confirmation, "id")).toBe(tagOf(line, "id"));
  expect(tagOf(confirmation, "client-nonce")).toBe("n1");
  expect(writer.lines.some((each) => each.includes(":bot!bot@bot.tmi.twitch.tv PRIVMSG"))).toBe(false);
});

test("emote ranges count code points, not UTF-16 units", async () => {
  await using world = await startWorld();
  world.addChannel("studio");
  const reader = await aIrc(world, "justinfan3", ["studio"]);
  world.say("studio", "mira", "Kappa 😂 Kappa");
  expect(tagOf(await reader.next((text) => text.includes("PRIVMSG")), "emotes")).toBe("25:0-4,8-12");
});

test("the first message ever is marked, /me becomes an ACTION, other slash commands are unknown", async () => {
  await using world = await startWorld();
  world.addChannel("studio");
  const reader = await aIrc(world, "justinfan4", ["studio"]);
  const writer = await aIrc(world, "bot", ["studio"]);
  const action = reader.next((text) => text.includes(":bot!"));
  writer.send("PRIVMSG #studio :/me waves");
  expect(await action).toContain("PRIVMSG #studio :\u0001ACTION waves\u0001");
  expect(tagOf(await Promise.resolve(reader.lines.findLast((line) => line.includes(":bot!")) ?? ""), "first-msg")).toBe("1");
  writer.send("PRIVMSG #studio :/ban mira");
  expect(await writer.next((text) => text.includes("NOTICE"))).toBe(
    "@msg-id=unrecognized_cmd :tmi.twitch.tv NOTICE #studio :Unrecognized command: /ban\r\n",
  );
});

test("a ban is CLEARCHAT for the room and a PART for the banned account's sessions", async () => {
  await using world = await startWorld();
  world.addChannel("studio");
  const wire = await aIrc(world, "bot", ["studio"]);
  world.ban("studio", "bot");
  expect(await wire.next((text) => text.includes("CLEARCHAT"))).toContain("CLEARCHAT #studio :bot");
  expect(await wire.next((text) => text.includes("PART"))).toBe(":bot!bot@bot.tmi.twitch.tv PART #studio\r\n");
  expect(world.irc.room(world.state.channel("studio")).size).toBe(0);
});

test("room rules come as ROOMSTATE with the changed tag only, and refuse with their NOTICE", async () => {
  await using world = await startWorld();
  world.addChannel("studio", { id: "1001" });
  const wire = await aIrc(world, "bot", ["studio"]);
  world.setChatSettings("studio", { slowS: 10, subsOnly: true });
  expect(await wire.next((text) => text.includes("ROOMSTATE"))).toBe(
    "@room-id=1001;slow=10 :tmi.twitch.tv ROOMSTATE #studio\r\n",
  );
  wire.send("PRIVMSG #studio :hello");
  expect(await wire.next((text) => text.includes("msg_subsonly"))).toContain("NOTICE #studio");
});

test("others' JOIN and PART come with membership, and not at all in a big room", async () => {
  await using world = await startWorld({ limits: { membershipMax: 3 } });
  world.addChannel("studio");
  const wire = await new Wire(world.urls.irc).opened();
  wire.send("CAP REQ :twitch.tv/membership", "NICK justinfan5", "JOIN #studio");
  await world.joined("studio", "justinfan5");
  const other = await aIrc(world, "justinfan6", ["studio"]);
  expect(await wire.next((text) => text.includes("justinfan6"))).toBe(
    ":justinfan6!justinfan6@justinfan6.tmi.twitch.tv JOIN #studio\r\n",
  );
  other.close();
  expect(await wire.next((text) => text.includes(" PART "))).toContain("justinfan6");
  for (const login of ["a1", "a2", "a3"]) world.say("studio", login, "hi");
  await aIrc(world, "justinfan8", ["studio"]);
  await settled(world);
  expect(wire.lines.some((line) => line.includes("justinfan8"))).toBe(false);
});

test("shared chat: copies have their own ids and name the original; the home room's tags are equal to its own", async () => {
  await using world = await startWorld();
  const home = world.addChannel("studio");
  world.addChannel("guest");
  world.shareChat(["studio", "guest"]);
  const atHome = await aIrc(world, "justinfan9", ["studio"]);
  const atGuest = await aIrc(world, "justinfan10", ["guest"]);
  const id = world.say("studio", "pia", "hi from the other room");
  const own = await atHome.next((text) => text.includes("PRIVMSG"));
  const copy = await atGuest.next((text) => text.includes("PRIVMSG"));
  expect([tagOf(own, "id"), tagOf(own, "source-id"), tagOf(own, "source-room-id")]).toEqual([id, id, home.user.id]);
  expect([tagOf(copy, "source-id"), tagOf(copy, "source-room-id"), tagOf(copy, "room-id")]).toEqual([
    id,
    home.user.id,
    world.state.channel("guest").user.id,
  ]);
  expect(tagOf(copy, "id")).not.toBe(id);
  world.sub("studio", "pia");
  expect(tagOf(await atGuest.next((text) => text.includes("USERNOTICE")), "msg-id")).toBe("sharedchatnotice");
  expect(tagOf(await atHome.next((text) => text.includes("USERNOTICE")), "source-msg-id")).toBe("sub");
});

test("a channel that does not exist can be made to exist by openChannels", async () => {
  await using world = await startWorld({ purpose: "demo" });
  const wire = await aIrc(world, "justinfan11", ["anything_goes"]);
  expect(wire.lines.some((line) => line.includes("ROOMSTATE #anything_goes"))).toBe(true);
});

test("the world refuses production, but for demo and replay", async () => {
  await expect(startWorld({ environment: "production" })).rejects.toThrow("production");
  await using demo = await startWorld({ environment: "production", purpose: "demo" });
  expect(demo.urls.irc).toStartWith("ws://127.0.0.1:");
});
