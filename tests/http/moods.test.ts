import { expect, test } from "bun:test";
import { markDeleted } from "../../src/store/chat.ts";
import { CHANNEL } from "./builders.ts";
import { admin, startServer } from "./server.ts";

interface Scores {
  ok: boolean;
  channel: string;
  vibe: string;
  windows: Record<string, { count: number; average: number; positive: number; neutral: number; negative: number }>;
  emotes: unknown[];
  examples: { text: string; score: number; label: number; evidence: { token: string; weight: number }[] }[];
}

test("a channel's scores are those of what was said, with the newest lines and what spoke for each", async () => {
  await using server = await startServer();
  const read = async () => (await (await server.fetch("/api/sentiment/scores?channel=Ana", admin)).json()) as Scores;
  const none = { count: 0, average: 0, positive: 0, neutral: 0, negative: 0 };
  expect(await read()).toEqual({
    ok: true,
    channel: "ana",
    vibe: "chill",
    windows: { "1m": none, "5m": none, "10m": none },
    emotes: [],
    examples: [],
  });

  await server.say([...Array.from({ length: 10 }, (_, i) => `line ${i}`), "I love this!", "I hate this"]);
  const scores = await read();
  expect(scores.windows["1m"]).toMatchObject({ count: 12, positive: 1 / 12, neutral: 10 / 12, negative: 1 / 12 });
  expect(scores.windows["10m"]).toEqual(scores.windows["1m"] ?? none);
  expect(scores.examples.map(({ text, label }) => [text, label]).slice(-3)).toEqual([
    ["line 9", 0],
    ["I love this!", 1],
    ["I hate this", -1],
  ]);
  expect(scores.examples).toHaveLength(10);
  expect(scores.examples.at(-1)?.evidence).toMatchObject([{ token: "hate", why: "word" }]);

  await markDeleted(server.database.db, CHANNEL, { chatterId: null, since: new Date(0) }, new Date("2026-11-22T12:00:01Z"));
  expect((await read()).examples).toEqual([]);
});

test("an unknown channel is refused as everywhere, and so is one that Twitch has not told the id of", async () => {
  await using server = await startServer();
  const refused = async (path: string) => {
    const answer = await server.fetch(path, admin);
    return [answer.status, ((await answer.json()) as { error: string }).error];
  };
  expect(await refused("/api/sentiment/scores?channel=nobody")).toEqual([404, "channel_unknown"]);
  expect(await refused("/api/sentiment/scores?channel=bia")).toEqual([409, "channel_not_ready"]);
  expect(await refused("/api/sentiment/scores")).toEqual([422, "field_missing"]);
});

test("the dashboard shows the mood when it is opened, and its stream tells a new one", async () => {
  await using server = await startServer();
  const cookie = await server.signIn();
  const page = async () => await (await server.fetch("/dashboard?channel=ana", { cookie })).text();
  expect(await page()).toContain("No chat yet");
  const stream = await server.stream("/dashboard/events?channel=ana&cursor=0-0", { cookie });
  await server.say(["I love this!"]);
  let told = "";
  while (!told.includes('hx-target="#mood-part"')) told = (await stream.next())?.data ?? "";
  expect(told).toContain("<bdi>love this</bdi>");
  await stream.leave();
  const html = await page();
  expect(html).toContain("<bdi>love this</bdi>");
  expect(html).not.toContain("No chat yet");
});
