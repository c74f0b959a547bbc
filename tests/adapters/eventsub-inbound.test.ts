import { afterEach, describe, expect, test } from "bun:test";
import { existsSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { type Translation, translate } from "../../src/adapters/twitch/eventsub-inbound.ts";
import { inboundOf } from "../../src/adapters/twitch/irc-inbound.ts";
import { parseIrcLine } from "../../src/domain/irc-line.ts";
import type { TwitchInbound } from "../../src/ports.ts";
import type { Notification } from "../../src/ports-twitch.ts";
import { aIrc } from "../world/support.ts";
import { aScene, endScenes, type Scene } from "./eventsub-scene.ts";

afterEach(endScenes);

/** What it tells; nothing when it cannot be read. */
function inboundOfNotification(notification: Notification): readonly TwitchInbound[] {
  const translation = translate(notification);
  return translation.kind === "told" ? translation.inbound : [];
}

const AT = new Date("2026-11-22T15:00:00.634Z");
const B = { broadcaster_user_id: "1001", broadcaster_user_login: "studio", broadcaster_user_name: "Studio" };
const U = { user_id: "2002", user_login: "ned", user_name: "Ned" };
const NED = { userId: "2002", login: "ned", name: "Ned" };
const NOBODY = { userId: "", login: "", name: "" };

function aNotification(type: string, event: unknown, condition: Record<string, string> = {}): Notification {
  return { messageId: "es-1", at: AT, type, version: "1", condition: { broadcaster_user_id: "1001", ...condition }, event };
}

const tell = (type: string, event: object, condition?: Record<string, string>): readonly TwitchInbound[] =>
  inboundOfNotification(aNotification(type, event, condition));

/** What a type tells as an occurrence in the studio. */
const occurrence = (type: string, event: object, condition?: Record<string, string>) => {
  const [first, ...more] = tell(type, event, condition);
  expect(more).toEqual([]);
  if (first?.kind !== "occurrence") throw new Error(`no occurrence: ${JSON.stringify(first)}`);
  expect(first.channelId).toBe("1001");
  return first.occurrence;
};

const SUPPORT = { kind: "support", by: NED, amount: 1, months: null, tier: null, text: "", giftId: null, recipient: null };

/** Every type that we subscribe, with the account that may: the broadcaster's own, or the bot's. */
const OWN: readonly [type: string, version: string][] = [
  ["channel.subscribe", "1"],
  ["channel.subscription.gift", "1"],
  ["channel.subscription.message", "1"],
  ["channel.cheer", "1"],
  ["channel.bits.use", "1"],
  ["stream.online", "1"],
  ["stream.offline", "1"],
  ["channel.update", "2"],
  ["channel.channel_points_custom_reward_redemption.add", "1"],
  ["channel.hype_train.begin", "2"],
  ["channel.hype_train.progress", "2"],
  ["channel.hype_train.end", "2"],
  ["channel.ad_break.begin", "1"],
  ["channel.ban", "1"],
  ["channel.unban", "1"],
];
const CHAT = ["message", "notification", "message_delete", "clear_user_messages", "clear"];

/** A scene that has subscribed everything of the studio. */
async function everything(): Promise<Scene> {
  const scene = await aScene();
  const bot = scene.account("bytebot");
  const owner = scene.account("studio");
  const raid = { type: "channel.raid", version: "1", condition: { to_broadcaster_user_id: scene.channelId() } };
  const follow = scene.of("channel.follow", "studio", "2");
  await scene.subscribed(owner, [...OWN.map(([type, version]) => scene.of(type, "studio", version)), raid]);
  await scene.subscribed(bot, [
    ...CHAT.map((type) => scene.chat(bot, "studio", `channel.chat.${type}`)),
    { ...follow, condition: { ...follow.condition, moderator_user_id: bot } },
  ]);
  return scene;
}

/** What an action tells, by EventSub type, after everything has come. */
async function told(scene: Scene, act: () => void): Promise<[type: string, Translation][]> {
  const before = scene.told.length;
  act();
  // One on each account's connection: what was sent before has come.
  const update = scene.after("notification", ({ notification }) => notification.type === "channel.update");
  scene.world.updateChannel("studio", { title: `end of ${before}` });
  await scene.heard(`end of ${before}`);
  await update;
  return scene.told
    .slice(before)
    .flatMap((each) => (each.kind === "notification" ? [each.notification] : []))
    .filter(({ event }) => !JSON.stringify(event).includes(`end of ${before}`))
    .map((notification) => [notification.type, translate(notification)]);
}

/** What a translation tells; it must tell something that we know. */
function inboundIn(translation: Translation): readonly TwitchInbound[] {
  expect(translation.kind).toBe("told");
  return translation.kind === "told" ? translation.inbound : [];
}

describe("what the world tells", () => {
  test("support, over every surface: subs, gifts, cheers", async () => {
    const scene = await everything();
    const { world } = scene;
    const person = (login: string) => {
      const user = world.state.user(login);
      return { userId: user.id, login: user.login, name: user.displayName };
    };
    const chatId = () => expect.stringMatching(/^[0-9a-f-]{36}$/);
    const supports = async (act: () => void) => {
      const all = await told(scene, act);
      return all.flatMap(([, translation]) =>
        inboundIn(translation).flatMap((one) => (one.kind === "occurrence" ? [one.occurrence] : [])),
      );
    };
    const at = expect.any(Date);
    const chat = { source: "chat", id: chatId(), at };
    const from = (source: string) => ({ source, id: chatId(), at });
    const support = (more: object) => ({ ...SUPPORT, by: person("pia"), tier: "1000", ...more });

    expect(await supports(() => world.sub("studio", "pia"))).toEqual([
      support({ support: "sub", origin: from("channel.subscribe") }),
      support({ support: "sub", months: 1, origin: chat }),
    ] as never);
    const resub = { support: "resub", months: 6, text: "six", tier: "2000" };
    expect(await supports(() => world.sub("studio", "pia", { months: 6, text: "six", tier: "2000" }))).toEqual([
      support({ ...resub, origin: from("channel.subscription.message") }),
      support({ ...resub, origin: chat }),
    ] as never);
    expect(await supports(() => world.sub("studio", "pia", { isPrime: true }))).toEqual([
      support({ support: "sub", origin: from("channel.subscribe") }),
      support({ support: "sub", months: 1, tier: "Prime", origin: chat }),
    ] as never);

    const received = (login: string) => ({
      kind: "gift_received",
      recipient: person(login),
      tier: "1000",
      origin: from("channel.subscribe"),
    });
    const gifts = await supports(() => world.gift("studio", "pia", 2, { recipients: ["ann", "ben"] }));
    const giftId = expect.stringMatching(/^\d{13}$/);
    const gift = (login: string) => support({ support: "gift", giftId, recipient: person(login), origin: chat });
    const bySource = (source: string) => gifts.filter(({ origin }) => origin.source === source);
    expect(bySource("channel.subscription.gift")).toEqual([
      support({ support: "gift_bomb", amount: 2, origin: from("channel.subscription.gift") }),
    ] as never);
    expect(bySource("channel.subscribe")).toEqual([received("ann"), received("ben")] as never);
    expect(bySource("chat")).toEqual([
      support({ support: "gift_bomb", amount: 2, giftId, origin: chat }),
      gift("ann"),
      gift("ben"),
    ] as never);
    expect(gifts).toHaveLength(6);

    const anonymous = await supports(() => world.gift("studio", "pia", 1, { isAnonymous: true, recipients: ["ann"] }));
    expect(anonymous.filter(({ kind }) => kind === "support").map((one) => "by" in one && one.by)).toEqual([NOBODY, NOBODY]);

    const cheer = { support: "cheer", amount: 150, text: "Cheer150 nice", tier: null };
    expect(await supports(() => world.cheer("studio", "pia", 150, "nice"))).toEqual([
      support({ ...cheer, origin: from("channel.cheer") }),
      support({ ...cheer, origin: from("channel.bits.use") }),
    ] as never);
  });

  test("the stream, and what happens around it", async () => {
    const scene = await everything();
    const { world } = scene;
    const inbound = async (act: () => void) => (await told(scene, act)).flatMap(([, translation]) => inboundIn(translation));
    const channelId = scene.channelId();
    const origin = (source: string) => ({ source, id: expect.any(String), at: expect.any(Date) });
    const of = (more: { origin: object }) => [{ kind: "occurrence", channelId, occurrence: more }] as never;
    const person = (login: string) => {
      const user = world.state.user(login);
      return { userId: user.id, login, name: user.displayName };
    };
    const now = new Date("2026-11-22T15:00:00.000Z");

    let streamId = "";
    expect(
      await inbound(() => {
        streamId = world.goLive("studio");
      }),
    ).toEqual(of({ kind: "online", streamId, startedAt: now, origin: origin("stream.online") } as never));
    expect(streamId).toMatch(/^\d+$/);
    expect(await inbound(() => world.updateChannel("studio", { title: "new", game: "Glass Tower", language: "pt" }))).toEqual(
      of({ kind: "update", title: "new", category: "Glass Tower", language: "pt", origin: origin("channel.update") } as never),
    );
    expect(await inbound(() => world.follow("studio", "pia"))).toEqual(
      of({ kind: "follow", by: person("pia"), followedAt: now, origin: origin("channel.follow") } as never),
    );
    const raids = await inbound(() => world.raid("sol", "studio", 7));
    expect(new Set(raids.map((one) => "occurrence" in one && one.occurrence.origin.source))).toEqual(
      new Set(["chat", "channel.raid"]),
    );
    for (const raid of raids)
      expect([raid] as never).toEqual(
        of({ kind: "raid", from: person("sol"), viewers: 7, origin: { ...origin("x"), source: expect.any(String) } } as never),
      );
    const ad = { kind: "ad_break", startedAt: now, seconds: 60, isAutomatic: false, origin: origin("channel.ad_break.begin") };
    expect(await inbound(() => world.adBreak("studio", 60, false))).toEqual(of(ad as never));
    const [redeemed] = await inbound(() => world.redeem("studio", "pia", "Hydrate", "now please"));
    expect([redeemed] as never).toEqual(
      of({
        kind: "redemption",
        redemptionId: expect.any(String),
        by: person("pia"),
        reward: "Hydrate",
        cost: 500,
        text: "now please",
        origin: origin("channel.channel_points_custom_reward_redemption.add"),
      } as never),
    );
    const trains = await inbound(() => world.hypeTrain("studio"));
    expect(trains.map((one) => "occurrence" in one && one.occurrence)).toMatchObject([
      { kind: "hype_train", phase: "began", level: 1, total: 300 },
      { kind: "hype_train", phase: "progressed", level: 1, total: 900 },
      { kind: "hype_train", phase: "progressed", level: 2, total: 2_000 },
      { kind: "hype_train", phase: "ended", level: 2, total: 2_000 },
    ]);
    expect(await inbound(() => world.goOffline("studio"))).toEqual(
      of({ kind: "offline", streamId, origin: origin("stream.offline") } as never),
    );
  });

  test("what moderation takes back, and whom it silences", async () => {
    const scene = await everything();
    const { world } = scene;
    const ned = world.addUser({ login: "ned", displayName: "Ned" });
    const inbound = async (act: () => void) => (await told(scene, act)).flatMap(([, translation]) => inboundIn(translation));
    const room = { channelLogin: "studio", channelId: scene.channelId() };
    const messageId = world.say("studio", "ned", "spam");
    expect(await inbound(() => world.delete("studio", messageId))).toContainEqual({
      kind: "message_deleted",
      ...room,
      messageId,
    });
    const cleared = { kind: "chatter_cleared", ...room, chatterId: ned.id, login: "ned", seconds: null };
    const who = { userId: ned.id, login: "ned", name: "Ned" };
    const owner = world.state.channel("studio").user;
    const by = { userId: owner.id, login: "studio", name: owner.displayName };
    const banned = (seconds: number | null) => ({
      kind: "occurrence",
      channelId: room.channelId,
      occurrence: {
        kind: "ban",
        who,
        by,
        reason: "spam",
        bannedAt: expect.any(Date),
        seconds,
        origin: { source: "channel.ban", id: expect.any(String), at: expect.any(Date) },
      },
    });
    const timeout = await inbound(() => world.timeout("studio", "ned", 600, "spam"));
    expect(timeout).toContainEqual(cleared as never);
    expect(timeout).toContainEqual(banned(600) as never);
    expect(await inbound(() => world.ban("studio", "ned", "spam"))).toContainEqual(banned(null) as never);
    const [unbanned] = await inbound(() => world.unban("studio", "ned"));
    expect(unbanned).toMatchObject({ kind: "occurrence", occurrence: { kind: "unban", who, by } });
    expect(await inbound(() => world.clear("studio"))).toEqual([
      { kind: "chatter_cleared", ...room, chatterId: null, login: null, seconds: null },
    ]);
  });

  test("a line of chat is the same over EventSub as over IRC: badges, colors, emotes, replies, cheers, copies of a shared chat", async () => {
    const scene = await aScene();
    const { world } = scene;
    world.addChannel("guest");
    world.addUser({ login: "pia", displayName: "Pia", color: "#00FF7F" });
    await scene.reading();
    const wire = await aIrc(world, "bytebot", ["studio"]);
    world.sub("studio", "pia");
    const parent = world.say("studio", "mira", "hello");
    world.say("studio", "pia", "😂 Kappa and Kappa 👋 again", { replyTo: parent });
    world.say("studio", "studio", "from the owner");
    world.setModerator("studio", "mira");
    world.say("studio", "mira", "as a moderator");
    world.cheer("studio", "pia", 150, "Kappa");
    world.shareChat(["studio", "guest"]);
    world.say("guest", "pia", "from the other room");
    world.say("studio", "pia", "at home, shared");
    await scene.heard("end");
    await wire.next((text) => text.includes(":end"));
    const overIrc = wire.lines.flatMap((line) => {
      const parsed = parseIrcLine(line);
      const inbound = parsed === null ? null : inboundOf(parsed, AT);
      return inbound?.kind === "message" ? [inbound.message] : [];
    });
    const overEventSub = scene.told.flatMap((each) =>
      each.kind === "notification"
        ? inboundOfNotification(each.notification).flatMap((one) => (one.kind === "message" ? [one.message] : []))
        : [],
    );
    expect(overIrc.length).toBe(8);
    // Only IRC tells of a chatter's first line.
    expect(overEventSub).toEqual(overIrc.map((message) => ({ ...message, isFirst: false })));
  });

  test("F15: fields that are missing, unknown or of another type change nothing", async () => {
    const scene = await everything();
    for (const kind of ["E4.unknown_field", "E4.missing_nullable", "E4.ints_as_strings"] as const) {
      const plain = await told(scene, () => act(scene));
      const fault = scene.world.faults.add({ kind, times: 1_000 });
      const bent = await told(scene, () => act(scene));
      fault.remove();
      const bare = (all: [string, Translation][]) =>
        all.map(([type, translation]) => [
          type,
          JSON.stringify(translation).replace(
            /"(?:id|streamId|giftId|redemptionId|trainId|messageId|userId|login|name|text|title)":"[^"]*"/g,
            "",
          ),
        ]);
      expect(bare(bent)).toEqual(bare(plain));
    }
    function act({ world }: Scene): void {
      world.say("studio", "mira", "Kappa");
      world.gift("studio", "mira", 2);
      world.cheer("studio", "mira", 5);
      world.goLive("studio");
      world.adBreak("studio", 90);
      world.hypeTrain("studio");
      world.redeem("studio", "mira", "Hydrate");
      world.ban("studio", "oz", "spam");
      world.unban("studio", "oz");
      world.goOffline("studio");
    }
  });
});

describe("a line of chat", () => {
  const message = {
    ...B,
    chatter_user_id: "2002",
    chatter_user_login: "ned",
    chatter_user_name: "Ned",
    message_id: "11111111-0000-4000-8000-000000000002",
    message: { text: "hi", fragments: [{ type: "text", text: "hi", cheermote: null, emote: null, mention: null }] },
    color: "",
    badges: [],
    message_type: "text",
    cheer: null,
    reply: null,
    source_broadcaster_user_id: null,
    source_message_id: null,
  };
  const line = (more: object) => {
    const [first] = tell("channel.chat.message", { ...message, ...more });
    if (first?.kind !== "message") throw new Error("no message");
    return first.message;
  };
  const said = (...fragments: [type: string, text: string][]) => ({
    message: {
      text: fragments.map(([, text]) => text).join(""),
      fragments: fragments.map(([type, text]) => ({ type, text, emote: type === "emote" ? { id: "25" } : null })),
    },
  });

  test("is what Twitch's example says", () => {
    expect(
      line({
        message: {
          text: "@Mira hi 😂",
          fragments: [
            { type: "mention", text: "@Mira", mention: { user_id: "2001", user_name: "Mira", user_login: "mira" } },
            { type: "text", text: " hi 😂" },
          ],
        },
        reply: { parent_message_id: "11111111-0000-4000-8000-000000000001", parent_message_body: "hello Kappa" },
      }),
    ).toEqual({
      id: "11111111-0000-4000-8000-000000000002",
      sourceId: null,
      sourceChannelId: null,
      channelId: "1001",
      channelLogin: "studio",
      chatterId: "2002",
      login: "ned",
      displayName: "Ned",
      text: "@Mira hi 😂",
      isAction: false,
      isBroadcaster: false,
      isMod: false,
      isVip: false,
      isSubscriber: false,
      isFirst: false,
      bits: 0,
      color: "",
      emotes: [],
      replyToId: "11111111-0000-4000-8000-000000000001",
      sentAt: AT,
    });
  });

  test("has its emotes by code point, without NUL, and none that lie beyond the text", () => {
    expect(line(said(["text", "😂\0 "], ["emote", "Kappa"]))).toMatchObject({
      text: "😂 Kappa",
      emotes: [{ id: "25", start: 2, end: 6 }],
    });
    const long = line(said(["text", "x".repeat(497)], ["emote", "Kappa"], ["text", " end"]));
    expect([long.text.length, long.emotes]).toEqual([500, []]);
    expect(
      line({ message: { text: "other", fragments: [{ type: "emote", text: "Kappa", emote: { id: "25" } }] } }).emotes,
    ).toEqual([]);
    expect(line(said(["emote", ""], ["text", "x"])).emotes).toEqual([]);
  });

  test("is cut at 500 code points, between them, and keeps no lone surrogates", () => {
    expect(Array.from(line(said(["text", "😂".repeat(600)])).text)).toHaveLength(500);
    expect(line(said(["text", "a\ud83d b"])).text).toBe("a\ufffd b");
  });

  test("of /me is told without its wrapping, the emotes where they are then", () => {
    const action = line(said(["text", "\u0001ACTION waves "], ["emote", "Kappa"], ["text", " \u0001"]));
    expect(action).toMatchObject({ isAction: true, text: "waves Kappa ", emotes: [{ id: "25", start: 6, end: 10 }] });
    expect(line(said(["text", "\u0001ACTION"]))).toMatchObject({ isAction: true, text: "" });
  });

  test("with nothing but a GIF has the caption of its fragments", () => {
    const gif = { type: "gif", text: "[Yay GIF]", gif: { gif_id: "abc", url: "https://media.invalid/abc.gif" } };
    expect(line({ message: { text: "", fragments: [gif] } })).toMatchObject({ text: "[Yay GIF]", emotes: [] });
    expect(line({ message: { text: "", fragments: [] } }).text).toBe("");
  });

  test("has badges, colors and bits only as they should be", () => {
    const badges = ["broadcaster", "lead_moderator", "vip", "founder"].map((set_id) => ({ set_id, id: "1", info: "" }));
    expect(line({ badges, cheer: { bits: "100" }, color: "#00ff7f" })).toMatchObject({
      isBroadcaster: true,
      isMod: true,
      isVip: true,
      isSubscriber: true,
      bits: 100,
      color: "#00ff7f",
    });
    expect(line({ badges: "odd", cheer: { bits: -1 }, color: "red" })).toMatchObject({ isMod: false, bits: 0, color: "" });
    expect(line({ message_type: "user_intro" }).isFirst).toBe(true);
  });

  test("in a shared chat names the original and its room, also at home", () => {
    const source = { source_broadcaster_user_id: "1002", source_message_id: "there" };
    expect(line(source)).toMatchObject({ sourceId: "there", sourceChannelId: "1002" });
    expect(line({ ...source, source_broadcaster_user_id: "1001" })).toMatchObject({ sourceId: "there", sourceChannelId: "1001" });
  });

  test("without the ids that everything is keyed by is garbled", () => {
    for (const missing of ["broadcaster_user_id", "chatter_user_id", "message_id", "message"]) {
      const event = Object.fromEntries(Object.entries(message).filter(([key]) => key !== missing));
      expect(translate(aNotification("channel.chat.message", event))).toEqual({ kind: "garbled", what: "channel.chat.message" });
    }
  });
});

describe("a notice in chat", () => {
  const notice = (type: string, about: unknown, more: object = {}) => ({
    ...B,
    chatter_user_id: "2002",
    chatter_user_login: "ned",
    chatter_user_name: "Ned",
    chatter_is_anonymous: false,
    message_id: "n-1",
    message: { text: "words", fragments: [] },
    notice_type: type,
    [type]: about,
    ...more,
  });
  const origin = { source: "chat", id: "n-1", at: AT };
  const support = (type: string, about: object, more: object = {}) =>
    occurrence("channel.chat.notification", notice(type, about, more));

  test("of a sub that goes on being paid for is a sub, as on IRC", () => {
    const sub = { ...SUPPORT, support: "sub", origin, text: "words" } as const;
    expect(support("prime_paid_upgrade", { sub_tier: "1000" })).toEqual({ ...sub, tier: "1000" } as never);
    expect(support("gift_paid_upgrade", { gifter_is_anonymous: true, gifter_user_id: null })).toEqual(sub as never);
    expect(support("sub", { sub_plan: "3000", is_prime: false })).toEqual({ ...sub, tier: "3000", months: 1 } as never);
  });

  test("of an anonymous gift names nobody, whichever way Twitch puts it", () => {
    const bomb = {
      ...SUPPORT,
      support: "gift_bomb",
      by: NOBODY,
      amount: 3,
      tier: "1000",
      giftId: "77",
      text: "words",
      origin,
    } as const;
    const about = { id: "77", total: 3, sub_tier: "1000", cumulative_total: null };
    expect(support("community_sub_gift", about, { chatter_is_anonymous: true })).toEqual(bomb as never);
    const nulls = { chatter_user_id: null, chatter_user_login: null, chatter_user_name: null };
    expect(support("community_sub_gift", about, nulls)).toEqual(bomb as never);
    expect(support("community_sub_gift", about, { chatter_user_id: "274598607" })).toEqual(bomb as never);
  });

  test("that is known and of no interest tells nothing; one that nobody announced is unknown", () => {
    const known = [
      "pay_it_forward",
      "unraid",
      "announcement",
      "bits_badge_tier",
      "charity_donation",
      "watch_streak",
      "modiversary",
    ];
    for (const type of [...known, "gifted_drops_summary", "unknown", "shared_chat_resub", "shared_chat_never_seen"])
      expect([type, translate(aNotification("channel.chat.notification", notice(type, {})))]).toEqual([
        type,
        { kind: "told", inbound: [] },
      ]);
    expect(translate(aNotification("channel.chat.notification", notice("never_seen", {})))).toEqual({
      kind: "unknown",
      what: "notice never_seen",
    });
    expect(translate(aNotification("channel.chat.notification", notice("constructor", {})))).toMatchObject({ kind: "unknown" });
  });

  test("that was copied from another room is that room's", () => {
    const resub = notice("resub", { cumulative_months: 3, sub_tier: "1000" }, { source_broadcaster_user_id: "1002" });
    expect(translate(aNotification("channel.chat.notification", resub))).toEqual({ kind: "told", inbound: [] });
    expect(support("resub", { cumulative_months: 3, sub_tier: "1000" }, { source_broadcaster_user_id: "1001" })).toMatchObject({
      support: "resub",
      months: 3,
    });
  });
});

describe("other events, as Twitch documents them", () => {
  const origin = (source: string) => ({ source, id: "es-1", at: AT });

  test("bits that are spent on an effect, whatever it is called, are a power-up", () => {
    for (const type of ["power_up", "combo", "custom_power_up", "never_seen"])
      expect(occurrence("channel.bits.use", { ...B, ...U, bits: 30, type, message: null })).toEqual({
        ...SUPPORT,
        support: "power_up",
        amount: 30,
        origin: origin("channel.bits.use"),
      } as never);
  });

  test("an anonymous cheer and an anonymous gift name nobody", () => {
    const nulls = { user_id: null, user_login: null, user_name: null };
    expect(occurrence("channel.cheer", { ...B, ...nulls, is_anonymous: true, message: "x", bits: 1 })).toMatchObject({
      by: NOBODY,
    });
    expect(
      occurrence("channel.subscription.gift", {
        ...B,
        ...nulls,
        is_anonymous: true,
        total: 5,
        tier: "1000",
        cumulative_total: null,
      }),
    ).toMatchObject({ by: NOBODY, amount: 5, support: "gift_bomb" });
  });

  test("advertisements as the example prints them: numbers and flags as text", () => {
    const event = { ...B, duration_seconds: "60", started_at: "2026-11-22T15:00:00Z", is_automatic: "false" };
    const ad = { kind: "ad_break", startedAt: new Date("2026-11-22T15:00:00Z"), seconds: 60, isAutomatic: false };
    expect(occurrence("channel.ad_break.begin", event)).toEqual({ ...ad, origin: origin("channel.ad_break.begin") } as never);
    expect(occurrence("channel.ad_break.begin", { ...event, is_automatic: "true" })).toMatchObject({ isAutomatic: true });
  });

  test("a raid that leaves the channel is none", () => {
    const event = {
      from_broadcaster_user_id: "1001",
      from_broadcaster_user_login: "studio",
      from_broadcaster_user_name: "Studio",
      to_broadcaster_user_id: "1002",
      to_broadcaster_user_login: "sol",
      to_broadcaster_user_name: "Sol",
      viewers: 7,
    };
    const leaving = aNotification("channel.raid", event, { from_broadcaster_user_id: "1001", to_broadcaster_user_id: "" });
    expect(translate(leaving)).toEqual({ kind: "told", inbound: [] });
    expect(translate(aNotification("channel.raid", event, { to_broadcaster_user_id: "1002" }))).toEqual({
      kind: "told",
      inbound: [
        {
          kind: "occurrence",
          channelId: "1002",
          occurrence: {
            kind: "raid",
            origin: origin("channel.raid"),
            from: { userId: "1001", login: "studio", name: "Studio" },
            viewers: 7,
          },
        },
      ],
    });
  });

  test("a stream's end has its id since June 2026, and had none before", () => {
    expect(occurrence("stream.offline", { ...B, id: "42" })).toMatchObject({ kind: "offline", streamId: "42" });
    expect(occurrence("stream.offline", B)).toMatchObject({ kind: "offline", streamId: null });
  });

  test("a ban is for as long as its end says, or for good", () => {
    const event = {
      ...B,
      ...U,
      moderator_user_id: "1001",
      moderator_user_login: "studio",
      moderator_user_name: "Studio",
      reason: "x",
    };
    const banned_at = "2026-11-22T15:00:00.123456789Z";
    const seconds = (more: object) =>
      (occurrence("channel.ban", { ...event, banned_at, ...more }) as { seconds: number | null }).seconds;
    expect(seconds({ ends_at: "2026-11-22T15:10:00.123456789Z", is_permanent: false })).toBe(600);
    expect(seconds({ ends_at: null, is_permanent: true })).toBeNull();
    expect(seconds({})).toBeNull();
  });

  test("the channel is the subscription's when the event does not name it; without either it is garbled", () => {
    expect(occurrence("stream.online", { id: "42", type: "live", started_at: "x" })).toMatchObject({
      streamId: "42",
      startedAt: AT,
    });
    const nowhere = { ...aNotification("stream.online", { id: "42" }), condition: {} };
    expect(translate(nowhere)).toEqual({ kind: "garbled", what: "stream.online" });
  });

  test("a chatter without an id does not clear the whole chat", () => {
    expect(translate(aNotification("channel.chat.clear_user_messages", B))).toEqual({
      kind: "garbled",
      what: "channel.chat.clear_user_messages",
    });
  });

  test("types that are of no interest tell nothing, and others are unknown", () => {
    expect(translate(aNotification("channel.subscription.end", {}))).toEqual({ kind: "told", inbound: [] });
    expect(translate(aNotification("channel.shared_chat.begin", {}))).toEqual({ kind: "told", inbound: [] });
    expect(translate(aNotification("channel.poll.begin", {}))).toEqual({ kind: "unknown", what: "channel.poll.begin" });
    expect(translate(aNotification("constructor", {}))).toEqual({ kind: "unknown", what: "constructor" });
  });

  test("texts of people are kept to 500 characters, names to 64", () => {
    const event = {
      ...B,
      user_id: "2",
      user_login: "x".repeat(99),
      user_name: "y".repeat(99),
      bits: 1,
      message: "z".repeat(999),
    };
    const cheer = occurrence("channel.cheer", event) as { text: string; by: { login: string; name: string } };
    expect([cheer.text.length, cheer.by.login.length, cheer.by.name.length]).toEqual([500, 64, 64]);
  });
});

const recorded = join(import.meta.dir, "../../../shared/data/eventsub");

test.skipIf(!existsSync(recorded))(
  "recorded events of every type that we subscribe are told; none of the others is garbled",
  async () => {
    const generated = (await Bun.file(join(recorded, "twitch_cli_generated.json")).json()) as {
      topic: string;
      json: {
        event?: unknown;
        payload?: { event: unknown; subscription: { condition: Record<string, string> } };
        subscription?: { condition: Record<string, string> };
      };
    }[];
    const frames = (await Bun.file(join(recorded, "chatterino_ws/messages.ndjson")).text())
      .trim()
      .split("\n")
      .map(
        (row) =>
          JSON.parse(row) as {
            metadata: { subscription_type?: string };
            payload: { subscription: { condition: Record<string, string> }; event: unknown };
          },
      )
      .filter(({ metadata }) => metadata.subscription_type !== undefined);
    const all = [
      ...generated.map(({ topic, json }) => ({
        type: topic,
        event: json.event ?? json.payload?.event,
        condition: json.subscription?.condition ?? json.payload?.subscription.condition ?? {},
      })),
      ...frames.map(({ metadata, payload }) => ({
        type: metadata.subscription_type ?? "",
        event: payload.event,
        condition: payload.subscription.condition,
      })),
    ].filter(({ event }) => event !== undefined);
    const kinds = all.map(({ type, event, condition }) => {
      const translation = translate({ ...aNotification(type, event), condition });
      return [type, translation.kind === "told" ? translation.inbound.length : translation.kind] as const;
    });
    expect(kinds.length).toBeGreaterThan(180);
    expect(kinds.filter(([, kind]) => kind === "garbled")).toEqual([]);
    const ours = [...OWN.map(([type]) => type), "channel.follow", "channel.raid"];
    const silent = kinds.filter(([type, kind]) => ours.includes(type) && kind !== 1);
    expect(silent).toEqual([]);
    const chat = kinds.filter(([type]) => type.startsWith("channel.chat."));
    expect(chat.filter(([, kind]) => kind === 1).length).toBeGreaterThanOrEqual(5);
  },
);

test("whatever the event is, reading it never throws, and what is told is bounded", () => {
  const types = [
    ...OWN.map(([type]) => type),
    ...CHAT.map((type) => `channel.chat.${type}`),
    "channel.follow",
    "channel.raid",
    "x",
  ];
  /** Enough for every type. */
  const whole = {
    ...B,
    ...U,
    chatter_user_id: "2",
    message_id: "m",
    id: "i",
    message: { text: "hi", fragments: [{ type: "text", text: "hi" }] },
    badges: [],
    notice_type: "sub_gift",
    sub_gift: { sub_tier: "1000" },
    raid: { user_id: "7" },
    to_broadcaster_user_id: "1001",
    target_user_id: "2",
    reward: { title: "Hydrate", cost: 1 },
  };
  const names = [
    ...Object.keys(whole),
    "tier",
    "bits",
    "total",
    "level",
    "cheer",
    "reply",
    "color",
    "started_at",
    "type",
    "fragments",
  ];
  const long = fc.constantFrom(...["x", "😂", "\0", "\ud83d", "\u0001ACTION "].map((part) => part.repeat(700)));
  const value = fc.oneof(fc.jsonValue({ maxDepth: 2 }), long, fc.double(), fc.constantFrom("1001", "sub", "raid", "text"));
  const fields = (of: fc.Arbitrary<unknown>) => fc.dictionary(fc.constantFrom(...names), of, { maxKeys: 5 });
  const event = fc.oneof(
    { arbitrary: fc.jsonValue(), weight: 1 },
    { arbitrary: fields(fc.oneof(value, fields(value), fc.array(value, { maxLength: 3 }))), weight: 9 },
  );
  fc.assert(
    fc.property(fc.constantFrom(...types), event, fc.boolean(), (type, given, isWhole) => {
      const bent = isWhole && typeof given === "object" && given !== null ? { ...whole, ...given } : given;
      const translation = translate(aNotification(type, bent, { to_broadcaster_user_id: "1001" }));
      expect(["told", "unknown", "garbled"]).toContain(translation.kind);
      if (translation.kind === "told") expect(JSON.stringify(translation.inbound).length).toBeLessThan(10_000);
    }),
    { numRuns: 300 },
  );
});
