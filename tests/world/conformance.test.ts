import { expect, test } from "bun:test";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { startWorld, type World } from "../../src/world/index.ts";
import { readClientLine } from "../../src/world/irc/line.ts";
import { aIrc, EventSubClient, subscribe } from "./support.ts";

/** Lines of the protocol as this project wrote them down: the tags that each kind has. */
const KNOWN: readonly [kind: string, line: string][] = [
  [
    "PRIVMSG",
    "@badge-info=subscriber/14;badges=moderator/1,subscriber/12;color=#1E90FF;display-name=Mira;emotes=25:6-10;first-msg=0;flags=;id=1;mod=1;returning-chatter=0;room-id=1001;subscriber=1;tmi-sent-ts=1790000000000;turbo=0;user-id=2001;user-type=mod :mira!mira@mira.tmi.twitch.tv PRIVMSG #studio :hello Kappa",
  ],
  [
    "reply",
    "@badge-info=;badges=;color=;display-name=Ned;emotes=;first-msg=1;flags=;id=2;mod=0;reply-parent-display-name=Mira;reply-parent-msg-body=hello\\sKappa;reply-parent-msg-id=1;reply-parent-user-id=2001;reply-parent-user-login=mira;reply-thread-parent-display-name=Mira;reply-thread-parent-msg-id=1;reply-thread-parent-user-id=2001;reply-thread-parent-user-login=mira;returning-chatter=0;room-id=1001;subscriber=0;tmi-sent-ts=1790000001000;turbo=0;user-id=2002;user-type= :ned!ned@ned.tmi.twitch.tv PRIVMSG #studio :@Mira hi there",
  ],
  [
    "cheer",
    "@badge-info=;badges=bits/100;bits=150;color=#FF0000;display-name=Oz;emotes=;first-msg=0;flags=;id=3;mod=0;returning-chatter=0;room-id=1001;subscriber=0;tmi-sent-ts=1790000002000;turbo=0;user-id=2003;user-type= :oz!oz@oz.tmi.twitch.tv PRIVMSG #studio :Cheer100 nice Cheer50",
  ],
  [
    "resub",
    "@badge-info=subscriber/6;badges=subscriber/6;color=;display-name=Rae;emotes=;flags=;id=6;login=rae;mod=0;msg-id=resub;msg-param-cumulative-months=6;msg-param-months=0;msg-param-multimonth-duration=0;msg-param-multimonth-tenure=0;msg-param-should-share-streak=1;msg-param-streak-months=2;msg-param-sub-plan=Prime;msg-param-sub-plan-name=Studio\\sClub;msg-param-was-gifted=false;room-id=1001;subscriber=1;system-msg=Rae\\ssubscribed\\swith\\sPrime.;tmi-sent-ts=1790000005000;user-id=2006;user-type=;vip=0 :tmi.twitch.tv USERNOTICE #studio :six months!",
  ],
  [
    "raid",
    "@badge-info=;badges=;color=;display-name=Sol;emotes=;flags=;id=7;login=sol;mod=0;msg-id=raid;msg-param-displayName=Sol;msg-param-login=sol;msg-param-profileImageURL=https://static-cdn.invalid/p-%s.png;msg-param-viewerCount=1;room-id=1001;subscriber=0;system-msg=1\\sraiders\\sfrom\\sSol\\shave\\sjoined!;tmi-sent-ts=1790000006000;user-id=2007;user-type=;vip=0 :tmi.twitch.tv USERNOTICE #studio",
  ],
  [
    "timeout",
    "@ban-duration=600;room-id=1001;target-user-id=2002;tmi-sent-ts=1790000007000 :tmi.twitch.tv CLEARCHAT #studio :ned",
  ],
  ["deletion", "@login=ned;room-id=;target-msg-id=2;tmi-sent-ts=1790000008000 :tmi.twitch.tv CLEARMSG #studio :bye"],
];

/** What makes the world write each kind, and how its line is told from the others. */
const MADE: Readonly<Record<string, [make: (world: World) => void, matches: (line: string) => boolean]>> = {
  PRIVMSG: [(world) => world.say("studio", "mira", "hello Kappa"), (line) => line.endsWith(":hello Kappa")],
  reply: [
    (world) => world.say("studio", "ned", "hi there", { replyTo: world.say("studio", "mira", "root") }),
    (line) => line.endsWith("hi there"),
  ],
  cheer: [(world) => world.cheer("studio", "oz", 150, "nice"), (line) => line.includes(";bits=150;")],
  resub: [
    (world) => world.sub("studio", "rae", { months: 6, isPrime: true, streakMonths: 2, text: "six months!" }),
    (line) => line.includes("msg-id=resub"),
  ],
  raid: [(world) => world.raid("sol", "studio", 1), (line) => line.includes("msg-id=raid")],
  timeout: [(world) => world.timeout("studio", "ned", 600), (line) => line.includes("CLEARCHAT")],
  deletion: [(world) => world.delete("studio", world.say("studio", "ned", "bye")), (line) => line.includes("CLEARMSG")],
};

for (const [kind, known] of KNOWN) {
  test(`a ${kind} has the tags of the protocol, and only the world's optional ones beside them`, async () => {
    await using world = await startWorld();
    world.addChannel("studio", { id: "1001" });
    const wire = await aIrc(world, "justinfan1", ["studio"]);
    const [make, matches] = MADE[kind] ?? [() => {}, () => false];
    make(world);
    const line = (await wire.next((frame) => matches(frame.trimEnd()))).trimEnd();
    const [given, wanted] = [readClientLine(line), readClientLine(known)];
    const optional = ["emote-only", "turbo", "vip"];
    const keys = (tags: ReadonlyMap<string, string> | undefined) =>
      [...(tags?.keys() ?? [])].filter((key) => !optional.includes(key)).sort();
    expect(keys(given?.tags)).toEqual(keys(wanted?.tags));
    expect([given?.command, given?.params[0], given?.params.length]).toEqual([wanted?.command, "#studio", wanted?.params.length]);
  });
}

test("what the world writes with spaces, semicolons and backslashes reads back as it was", async () => {
  await using world = await startWorld();
  world.addChannel("studio");
  world.addUser({ login: "odd", displayName: "Odd; Name\\ here" });
  const wire = await aIrc(world, "justinfan1", ["studio"]);
  world.say("studio", "odd", "a:b ; c");
  const line = readClientLine((await wire.next((frame) => frame.includes("PRIVMSG"))).trimEnd());
  expect([line?.tags.get("display-name"), line?.params[1]]).toEqual(["Odd; Name\\ here", "a:b ; c"]);
});

const corpus = join(import.meta.dir, "../../../shared/data/irc/lines.ndjson");

test.skipIf(!existsSync(corpus))("the reader of lines takes every recorded line apart as its reference does", async () => {
  const rows = (await Bun.file(corpus).text()).trim().split("\n");
  const differing = rows.filter((row) => {
    const { raw, parsed } = JSON.parse(row) as {
      raw: string;
      parsed: { tags: Record<string, string>; command: string; params: string[] };
    };
    const line = readClientLine(raw);
    const given = line && { tags: Object.fromEntries(line.tags), command: line.command, params: line.params };
    return !Bun.deepEquals(given, { tags: parsed.tags ?? {}, command: parsed.command, params: parsed.params });
  });
  expect(rows.length).toBeGreaterThan(600);
  expect(differing).toEqual([]);
});

const recorded = join(import.meta.dir, "../../../shared/data/eventsub");
const isThere = existsSync(recorded);

interface RecordedEvent {
  topic: string;
  version: string;
  transport: string;
  json: { payload?: { event: object }; event?: object };
}

/** Fields that came after the recording, by topic. */
const NEWER: Readonly<Record<string, readonly string[]>> = { "stream.offline": ["id"] };

test.skipIf(!isThere)("events have exactly the fields of the recorded ones", async () => {
  const all = (await Bun.file(join(recorded, "twitch_cli_generated.json")).json()) as RecordedEvent[];
  await using world = await startWorld();
  const channel = world.addChannel("studio", { mods: ["bot"] });
  const [bot, owner] = [world.issueToken("bot"), world.issueToken("studio")];
  const own = { broadcaster_user_id: channel.user.id };
  const owned = await EventSubClient.open(world.urls.eventsub);
  const topics: [string, string, Record<string, string>][] = [
    ["channel.ad_break.begin", "1", own],
    ["channel.ban", "1", own],
    ["channel.unban", "1", own],
    ["channel.cheer", "1", own],
    ["channel.raid", "1", { to_broadcaster_user_id: channel.user.id }],
    ["channel.channel_points_custom_reward_redemption.add", "1", own],
    ["channel.subscribe", "1", own],
    ["channel.subscription.gift", "1", own],
    ["channel.subscription.message", "1", own],
    ["channel.subscription.end", "1", own],
    ["channel.update", "2", own],
    ["stream.online", "1", own],
    ["stream.offline", "1", own],
    ["channel.moderator.add", "1", own],
  ];
  for (const [topic, version, condition] of topics) await subscribe(world, owned, owner.accessToken, topic, condition, version);
  const watcher = await EventSubClient.open(world.urls.eventsub);
  await subscribe(world, watcher, bot.accessToken, "channel.follow", { ...own, moderator_user_id: bot.userId }, "2");

  world.adBreak("studio", 60);
  world.ban("studio", "ned");
  world.unban("studio", "ned");
  world.cheer("studio", "oz", 100);
  world.raid("sol", "studio", 5);
  world.redeem("studio", "oz", "Hydrate");
  world.sub("studio", "pia");
  world.gift("studio", "oz", 1);
  world.sub("studio", "rae", { months: 4, text: "Kappa" });
  world.endSub("studio", "rae");
  world.updateChannel("studio", { title: "x" });
  world.setModerator("studio", "oz");
  world.follow("studio", "quin");
  world.goLive("studio");
  world.goOffline("studio");
  await owned.wire.next((text) => text.includes("stream.offline"));
  await watcher.next("notification");

  const differing: object[] = [];
  const seen = new Set<string>();
  for (const frame of [...owned.notifications, ...watcher.notifications]) {
    const topic = frame.metadata.subscription_type ?? "";
    const version = topics.find(([name]) => name === topic)?.[1] ?? "2";
    const example = all.find((each) => each.topic === topic && each.version === version);
    const event = example?.json.event ?? example?.json.payload?.event;
    if (!event) continue;
    seen.add(topic);
    const wanted = [...new Set([...Object.keys(event), ...(NEWER[topic] ?? [])])].sort();
    const given = Object.keys(frame.payload.event ?? {}).sort();
    if (wanted.join() !== given.join()) differing.push({ topic, wanted, given });
  }
  expect(differing).toEqual([]);
  expect(seen.size).toBe(15);
});

test.skipIf(!isThere)("a chat message and a notification have the fields of the recorded ones", async () => {
  await using world = await startWorld();
  const channel = world.addChannel("studio");
  const bot = world.issueToken("bot");
  const client = await EventSubClient.open(world.urls.eventsub);
  const condition = { broadcaster_user_id: channel.user.id, user_id: bot.userId };
  for (const type of ["channel.chat.message", "channel.chat.notification"])
    await subscribe(world, client, bot.accessToken, type, condition);
  world.say("studio", "ned", "hi");
  world.sub("studio", "rae", { months: 4, text: "hello" });
  await client.wire.next((text) => text.includes("channel.chat.notification"));
  for (const [i, file] of ["channel.chat.message.json", "channel.chat.notification-resub-msg.json"].entries()) {
    const example = (await Bun.file(join(recorded, "chatterino_ws", file)).json()) as {
      payload: { event: Record<string, unknown> };
    };
    const given = client.notifications[i]?.payload.event ?? {};
    expect(Object.keys(example.payload.event).filter((key) => !(key in given))).toEqual([]);
    const [wantedKind, givenKind] = [example.payload.event.resub, given.resub];
    if (wantedKind) expect(Object.keys(givenKind as object).sort()).toEqual(Object.keys(wantedKind).sort());
  }
});
