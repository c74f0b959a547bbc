import { describe, expect, test } from "bun:test";
import type { ChatMessage } from "../../src/domain/chat.ts";
import type { Occurrence } from "../../src/domain/occurrences.ts";
import type { Chat, ChatStatus } from "../../src/ports.ts";
import { Channels } from "../../src/runtime/channels.ts";
import { Leases } from "../../src/runtime/leases.ts";
import { Outbox } from "../../src/runtime/outbox.ts";
import { Recorder } from "../../src/runtime/recorder.ts";
import type { Database } from "../../src/store/db.ts";
import { listEvents, listMeanings } from "../../src/store/timeline.ts";
import { aMessage, aSettings } from "../domain/builders.ts";
import { emptyDb, engines, quiet } from "../support/db.ts";
import { MovableTime } from "../support/time.ts";
import { aListenedBus, CHANNEL_ID, evenChance } from "./builders.ts";

const status: ChatStatus = {
  state: "connected",
  anonymous: false,
  login: "bytebot",
  userId: "9001",
  reason: null,
  since: new Date(0),
  retryAt: null,
  joined: [],
  malformed: 0,
};
/** Chat that says nothing by itself: the test is what is heard. */
const chat: Chat = {
  start: () => undefined,
  setChannels: () => undefined,
  renew: () => undefined,
  say: () => Promise.resolve({ status: "rejected", reason: "test" }),
  isModerator: () => false,
  status: () => status,
  stop: () => Promise.resolve(),
};

/** The channels of one process on that database, with what it told. */
function aProcess({ db, sql }: Database) {
  const time = new MovableTime();
  const outside = { time, chance: evenChance, log: quiet };
  const listened = aListenedBus();
  const recorder = new Recorder({ db, sql }, listened.bus, outside, { linesBatchMax: 500 });
  const leases = new Leases({ ...outside, holder: "test", sql, list: async () => [], onChange: () => undefined });
  const channels = new Channels({
    ...outside,
    db,
    bus: listened.bus,
    chat,
    recorder,
    replies: null,
    outbox: new Outbox(chat, time),
    leases: () => leases,
    settingsOf: () => aSettings(),
    trigger: "byte",
    persona: { name: "Byte", tone: "", emotes: [], lore: "" },
    language: "en",
    startedAt: time.now(),
    onRooms: () => undefined,
    onlyChannel: null,
    say: (key) => key,
  });
  const hear = (occurrence: Occurrence) => channels.hear({ kind: "occurrence", channelId: CHANNEL_ID, occurrence });
  let marks = 0;
  /** Waits until all that was heard is decided and written; gives what was told of it. */
  const settled = async () => {
    const redemptionId = `mark-${crypto.randomUUID()}`;
    const reward = `mark ${++marks}`;
    hear({ kind: "redemption", ...from("redemption"), redemptionId, by: rae, reward, cost: 1, text: "" });
    const isMark = (body: { type: string; reward?: string }) => body.type === "channel.redeemed" && body.reward === reward;
    await listened.until(() => listened.events.some(({ body }) => isMark(body)));
    await recorder.flush();
    return listened.events.map(({ body }) => body.type).filter((type) => type !== "channel.redeemed");
  };
  const cheer = (message: Partial<ChatMessage>) =>
    channels.hear({
      kind: "message",
      message: aMessage({ bits: 100, chatterId: rae.userId, login: rae.login, sentAt: at, ...message }),
    });
  return { ...listened, channels, hear, cheer, settled };
}

const at = new Date();
const rae = { userId: "2006", login: "rae", name: "Rae" };
const from = (source: string, afterMs = 0) => ({
  origin: { source, id: crypto.randomUUID(), at: new Date(at.getTime() + afterMs) },
});
const support = { kind: "support", by: rae, months: null, tier: "1000", text: "", giftId: null, recipient: null } as const;

describe.each(engines)("over a restart, on %s", (engine) => {
  test("F16: what was told is not told again: by the same id, another id or another surface", async () => {
    const database = await emptyDb(engine);
    const before = aProcess(database);
    const raid: Occurrence = { kind: "raid", ...from("chat"), from: rae, viewers: 3 };
    const bomb: Occurrence = { ...support, ...from("channel.subscription.gift"), support: "gift_bomb", amount: 5 };
    const online: Occurrence = { kind: "online", ...from("stream.online"), streamId: "41", startedAt: at };
    const follow: Occurrence = { kind: "follow", ...from("channel.follow"), by: rae, followedAt: at };
    for (const occurrence of [raid, bomb, online, follow]) before.hear(occurrence);
    before.cheer({ id: "cheer-1" });
    const types = ["chat.raid", "chat.support", "stream.online", "channel.followed", "chat.support"];
    expect(await before.settled()).toEqual(types as never);

    const { hear, cheer, settled } = aProcess(database);
    hear(raid);
    hear({ ...raid, ...from("channel.raid", 900) });
    hear({ ...bomb, ...from("channel.subscription.gift", 2_000) });
    hear({ ...bomb, ...from("chat", -500), giftId: "g-1" });
    hear({ ...online, ...from("stream.online", 60_000) });
    hear({ ...follow, ...from("channel.follow", 60_000) });
    hear({ ...support, ...from("channel.cheer"), support: "cheer", amount: 100 });
    cheer({ id: "cheer-1" });
    expect(await settled()).toEqual([]);
    cheer({ id: "cheer-2", sentAt: new Date(at.getTime() + 30_000) });
    expect(await settled()).toEqual(["chat.support"]);
    const told = await listEvents(database.db, {
      limit: 50,
      types: ["chat.raid", "chat.support", "stream.online", "channel.followed"],
    });
    expect(told.map(({ body }) => body.type).toReversed()).toEqual([...types, "chat.support"] as never);
  });

  test("F16: Twitch's id alone keeps a report from being told twice, when all else was forgotten", async () => {
    const database = await emptyDb(engine);
    const cheer: Occurrence = { ...support, ...from("channel.cheer"), support: "cheer", amount: 100 };
    const before = aProcess(database);
    before.hear(cheer);
    expect(await before.settled()).toEqual(["chat.support"]);
    await database.sql.unsafe("update timeline set meaning = null");
    const { hear, settled } = aProcess(database);
    hear(cheer);
    expect(await settled()).toEqual([]);
  });
});

test("F16: a process that comes back to a channel knows what another one told there meanwhile", async () => {
  const database = await emptyDb("embedded");
  const one = aProcess(database);
  const other = aProcess(database);
  expect(await one.settled()).toEqual([]);
  other.cheer({ id: "cheer-1" });
  expect(await other.settled()).toEqual(["chat.support"]);
  one.channels.hear({ kind: "joined", channelLogin: "studio", channelId: CHANNEL_ID });
  // The engine's one connection answers in order: the look of the one that came back is behind us then.
  await listMeanings(database.db, CHANNEL_ID, new Date(0), 1);
  one.hear({ ...support, ...from("channel.cheer"), support: "cheer", amount: 100 });
  expect(await one.settled()).toEqual(["channel.joined"]);
});
