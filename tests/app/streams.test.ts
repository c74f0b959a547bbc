import { expect, test } from "bun:test";
import { scopesOf, TIERS } from "../../src/domain/accounts.ts";
import type { Stream } from "../../src/domain/streams.ts";
import type { Clock, Timers } from "../../src/ports.ts";
import { countStreams, listStreams } from "../../src/store/streams.ts";
import { systemTime } from "../../src/system.ts";
import type { World, WorldOptions } from "../../src/world/index.ts";
import { aWorld, BOT, databaseSettings, joinedBy, nextLine, type RunningApp, startApp } from "../support/app.ts";
import { aFolder, engines } from "../support/db.ts";

const MIN = 60_000;

/** Time that goes on at once while what waits for it does not run: connections stay, which a moved clock would find silent. */
class SkippingTime implements Clock, Timers {
  #skippedMs = 0;
  now(): Date {
    return new Date(Date.now() + this.#skippedMs);
  }
  after(ms: number, run: () => void): () => void {
    return systemTime.after(ms, run);
  }
  skip(ms: number): void {
    this.#skippedMs += ms;
  }
}

/** An app in one channel of a world, under one clock; both ended with it. */
async function aStage(
  over: Parameters<typeof startApp>[1] & { limits?: WorldOptions["limits"] } = {},
): Promise<{ world: World; app: RunningApp; time: SkippingTime; restart(): Promise<RunningApp> } & AsyncDisposable> {
  const { limits = {}, ...config } = over;
  const time = new SkippingTime();
  const world = await aWorld({ clock: time, limits });
  const where = { ...(await databaseSettings(engines.includes("postgres") ? "postgres" : "embedded")), dataDir: aFolder() };
  const { accessToken } = world.issueToken(BOT, { scopes: scopesOf("bot", TIERS) });
  const start = async () => {
    const app = await startApp(world, { ...where, userToken: accessToken, ...config }, { time });
    await joinedBy(app, "studio");
    return app;
  };
  const stage = {
    world,
    time,
    app: await start(),
    async restart() {
      stage.app = await start();
      return stage.app;
    },
    async [Symbol.asyncDispose]() {
      await stage.app.stop();
      await world.stop();
    },
  };
  return stage;
}

/** The rows once they are as `isSo` has it, looked at whenever streams changed. */
async function rowsWhen({ app }: { app: RunningApp }, isSo: (rows: readonly Stream[]) => boolean): Promise<readonly Stream[]> {
  const channelId = app.channels.find("studio")?.channelId ?? "";
  for (;;) {
    const changed = Promise.withResolvers<void>();
    const unsubscribe = app.bus.subscribe((message) => void (message.kind === "streams_changed" && changed.resolve()));
    const rows = await listStreams(app.database.db, channelId, 10);
    if (isSo(rows)) {
      unsubscribe();
      return rows;
    }
    await changed.promise;
    unsubscribe();
  }
}

/** Lets `ms` pass, with a look each minute. */
async function pass({ time, app }: { time: SkippingTime; app: RunningApp }, ms: number): Promise<void> {
  for (let past = 0; past < ms; past += MIN) {
    time.skip(MIN);
    await app.streams.look();
  }
}

/** Twitch would tell of streams over EventSub now. */
async function isTold(world: World): Promise<void> {
  const isEnabled = (type: string) =>
    [...world.eventsub.subscriptions.values()].some(
      (one) => one.type === type && one.status === "enabled" && one.disabledAt === null,
    );
  while (!["stream.online", "stream.offline"].every(isEnabled)) await world.log.after(() => true);
}

test("F71: over EventSub a drop of two minutes with another id is one stream, ended at its last offline, counted as its lines", async () => {
  await using stage = await aStage();
  const { world, time, app } = stage;
  await isTold(world);
  world.goLive("studio", { viewers: 12 });
  const [begun] = await rowsWhen(stage, ([row]) => row?.source === "eventsub");
  const stored = nextLine(app, "two");
  world.say("studio", "mira", "one");
  world.say("studio", "noor", "two");
  await stored;
  await pass(stage, MIN);
  world.goOffline("studio");
  await rowsWhen(stage, ([row]) => row?.offlineAt !== null);
  await pass(stage, 2 * MIN);
  world.goLive("studio", { viewers: 30 });
  await rowsWhen(stage, ([row]) => row?.offlineAt === null && row.twitchIds.length === 2);
  await pass(stage, MIN);
  const end = time.now().getTime();
  world.goOffline("studio");
  await rowsWhen(stage, ([row]) => row?.offlineAt !== null);
  await pass(stage, 12 * MIN);
  const rows = await rowsWhen(stage, ([row]) => row?.endedAt !== null);
  expect(rows).toHaveLength(1);
  expect(rows[0]).toMatchObject({ id: begun?.id ?? "", source: "eventsub", viewersPeak: 30 });
  expect(Math.abs((rows[0]?.endedAt?.getTime() ?? 0) - end)).toBeLessThan(5_000);
  expect([...(await countStreams(app.database.db, rows)).values()]).toEqual([{ messages: 2, chatters: 2, replies: 0 }]);
});

test("F71: killed in a drop, the next start ends the stream at the time of the offline", async () => {
  await using stage = await aStage();
  const { world, time } = stage;
  await isTold(world);
  world.goLive("studio");
  await rowsWhen(stage, ([row]) => row?.source === "eventsub");
  world.goOffline("studio");
  const [dropped] = await rowsWhen(stage, ([row]) => row?.offlineAt !== null);
  await stage.app.stop();
  time.skip(60 * MIN);
  await stage.restart();
  const rows = await rowsWhen(stage, ([row]) => row?.endedAt !== null);
  expect(rows.map(({ id, endedAt }) => [id, endedAt])).toEqual([[dropped?.id ?? "", dropped?.offlineAt ?? null]]);
});

test("without EventSub Twitch's list begins the stream, and ends it by two checks at least three minutes apart", async () => {
  await using stage = await aStage({ eventsubUrl: "ws://127.0.0.1:9" });
  const { world, app, time } = stage;
  world.goLive("studio", { viewers: 5, title: "Building a barn", game: "Chess" });
  await pass(stage, MIN);
  world.setViewers("studio", 50);
  await pass(stage, MIN);
  const [live] = await rowsWhen(stage, ([row]) => row?.viewersPeak === 50);
  expect(live).toMatchObject({ source: "helix", title: "Building a barn", category: "Chess" });
  expect(app.streams.find(live?.channelId ?? "")?.id).toBe(live?.id);
  world.goOffline("studio");
  const missedAt = time.now().getTime() + MIN;
  await pass(stage, 3 * MIN);
  expect(app.streams.find(live?.channelId ?? "")?.offlineAt).toBeNull();
  await pass(stage, MIN);
  const [over] = await rowsWhen(stage, ([row]) => row?.offlineAt !== null);
  expect(Math.abs((over?.offlineAt?.getTime() ?? 0) - missedAt)).toBeLessThan(5_000);
});

test("with no account three chatters begin a stream that is an estimate, and it ends with the last line", async () => {
  await using stage = await aStage({ userToken: null });
  const { world } = stage;
  const heard = nextLine(stage.app, "c");
  for (const [login, text] of [
    ["mira", "a"],
    ["noor", "b"],
    ["olga", "c"],
  ] as const)
    world.say("studio", login, text);
  await heard;
  const [begun] = await rowsWhen(stage, ([row]) => row !== undefined);
  expect(begun).toMatchObject({ source: "chat", endedAt: null, viewersPeak: null, twitchIds: [] });
  await pass(stage, 21 * MIN);
  const [over] = await rowsWhen(stage, ([row]) => row?.endedAt !== null);
  expect((over?.endedAt?.getTime() ?? 0) - (begun?.startedAt.getTime() ?? 0)).toBeLessThan(5_000);
});
