import { expect, test } from "bun:test";
import type { Stream } from "../../src/domain/streams.ts";
import { saveStreams } from "../../src/store/streams.ts";
import { CHANNEL, noon } from "./builders.ts";
import { admin, startServer, type TestServer } from "./server.ts";

const HOUR_MS = 3_600_000;
const later = (ms: number) => new Date(noon.getTime() + ms);

const aStream = (over: Partial<Stream> = {}): Stream => ({
  id: "live",
  channelId: CHANNEL,
  twitchIds: ["41"],
  source: "eventsub",
  title: "Title",
  category: "Chess",
  startedAt: noon,
  offlineAt: null,
  endedAt: null,
  viewersPeak: 40,
  viewersLast: 12,
  ...over,
});
const before = (hours: number) => {
  const endedAt = later(-(hours - 1) * HOUR_MS);
  return aStream({ id: `old-${hours}`, startedAt: later(-hours * HOUR_MS), offlineAt: endedAt, endedAt });
};
const save = (server: TestServer, saved: readonly Stream[]) => saveStreams(server.database.sql, { saved, removed: [] }, noon);

test("/api/streams gives a channel's streams, newest first, each with what was said in it", async () => {
  await using server = await startServer();
  await save(server, [before(3), aStream(), before(6)]);
  await server.say(["one", "two"]);
  const answer = await server.fetch("/api/streams?channel=ana&limit=2", admin);
  const body = (await answer.json()) as { streams: { id: string }[] };
  expect([answer.status, body.streams.map(({ id }) => id)]).toEqual([200, ["live", "old-3"]]);
  expect(body).toMatchObject({ ok: true, channel: "ana", limit: 2 });
  expect(body.streams[0]).toMatchObject({
    twitchIds: ["41"],
    source: "eventsub",
    startedAt: noon.toISOString(),
    endedAt: null,
    viewersPeak: 40,
    counts: { messages: 2, chatters: 1, replies: 0 },
  });
  expect(body).not.toHaveProperty("note");
});

test("a limit out of bounds is brought into them, with a note in the reader's language; a channel we do not know is 404", async () => {
  await using server = await startServer();
  const asked = async (query: string, language = "en") => {
    const answer = await server.fetch(`/api/streams?${query}`, { ...admin, headers: { "accept-language": language } });
    return { status: answer.status, ...((await answer.json()) as { limit?: number; note?: string; error?: string }) };
  };
  expect(await asked("channel=ana&limit=5000")).toMatchObject({ limit: 100, note: expect.stringContaining("100") });
  expect(await asked("channel=ana&limit=-3", "pt")).toMatchObject({ limit: 1, note: expect.stringContaining("limite") });
  expect(await asked("channel=ana")).toMatchObject({ status: 200, limit: 20 });
  expect(await asked("channel=nobody")).toMatchObject({ status: 404, error: "channel_unknown" });
  expect(await asked("channel=ana&limit=many")).toMatchObject({ status: 422 });
  expect(await asked("channel=bia")).toMatchObject({ status: 409 });
});

test("a page that is open sees a stream begin and end, in the strip and in the list", async () => {
  await using server = await startServer();
  const cookie = await server.signIn();
  const stream = await server.stream("/dashboard/events?channel=ana&cursor=0-0", { cookie });
  const until = async (isSo: (data: string) => boolean) => {
    let data = "";
    while (!isSo(data)) data = (await stream.next(2_500))?.data ?? "";
    return data;
  };
  await until((data) => data.includes("#streams-part"));
  await save(server, [aStream({ startedAt: later(-80 * 60_000) })]);
  server.bus.publish({ kind: "streams_changed" });
  const begun = await until((data) => data.includes("Live since"));
  expect(begun).toMatch(/live 1\sh 20\smin/);
  await save(server, [aStream({ startedAt: later(-80 * 60_000), offlineAt: noon, endedAt: noon })]);
  server.bus.publish({ kind: "streams_changed" });
  expect(await until((data) => data.includes("#streams-part"))).not.toContain("Live since");
});
