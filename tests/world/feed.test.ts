import { expect, test } from "bun:test";
import { renderPrivmsg, startWorld } from "../../src/world/index.ts";
import { aIrc } from "./support.ts";

const aLine = (i: number): string =>
  renderPrivmsg({
    channelLogin: "studio",
    channelId: "1001",
    login: `u${i % 500}`,
    userId: String(2_000 + (i % 500)),
    id: `id-${i}`,
    text: `line ${i}`,
    sentAtMs: 1_790_000_000_000 + i,
  });

/** A reader that only counts, and can be told to stop reading for a while by being busy. */
async function aCounter(
  url: string,
  world: { joined(channel: string, login: string): Promise<void> },
  nick: string,
  total: number,
) {
  const socket = new WebSocket(url, "irc");
  await new Promise((resolve) => socket.addEventListener("open", resolve, { once: true }));
  let count = 0;
  let last = "";
  let isOrdered = true;
  const all = new Promise<void>((resolve) => {
    socket.onmessage = (event) => {
      for (const line of String(event.data).split("\r\n")) {
        if (!line.includes(" PRIVMSG ")) continue;
        const text = line.slice(line.lastIndexOf(":line ") + 6);
        if (text !== String(count)) isOrdered = false;
        last = text;
        if (++count === total) resolve();
      }
    };
  });
  socket.send("CAP REQ :twitch.tv/tags twitch.tv/commands");
  socket.send(`NICK ${nick}`);
  socket.send("JOIN #studio");
  await world.joined("studio", nick);
  return { all, socket, seen: () => ({ count, last, isOrdered }) };
}

test("feed brings 200,000 lines (more than a socket may hold at once) through in order, none lost", async () => {
  await using world = await startWorld();
  world.addChannel("studio");
  const total = 200_000;
  const reader = await aCounter(world.urls.irc, world, "justinfan1", total);
  const pad = "x".repeat(120);
  function* lines(): Generator<string> {
    for (let i = 0; i < total; i++) yield aLine(i).replace(`:line ${i}`, `:${pad} :line ${i}`);
  }
  const startedMs = performance.now();
  const delivered = await world.feed("studio", lines());
  await reader.all;
  const perSecond = total / ((performance.now() - startedMs) / 1000);
  expect(delivered).toBe(total);
  expect(reader.seen()).toEqual({ count: total, last: String(total - 1), isOrdered: true });
  expect(perSecond).toBeGreaterThan(50_000);
  reader.socket.close();
});

test("feed waits for a reader that is slow, and serves two readers alike", async () => {
  await using world = await startWorld();
  world.addChannel("studio");
  const total = 30_000;
  const one = await aCounter(world.urls.irc, world, "justinfan1", total);
  const two = await aCounter(world.urls.irc, world, "justinfan2", total);
  const pad = "x".repeat(400);
  async function* lines(): AsyncGenerator<string> {
    for (let i = 0; i < total; i++) yield aLine(i).replace(`:line ${i}`, `:${pad} :line ${i}`);
  }
  expect(await world.feed("studio", lines(), { linesPerFrame: 50 })).toBe(total);
  await Promise.all([one.all, two.all]);
  expect(two.seen().count).toBe(total);
});

test("feed into an empty room delivers nothing, and ends when the reader leaves", async () => {
  await using world = await startWorld();
  world.addChannel("studio");
  expect(await world.feed("studio", [aLine(0)])).toBe(0);
  const wire = await aIrc(world, "justinfan1", ["studio"]);
  async function* endless(): AsyncGenerator<string> {
    for (let i = 0; ; i++) {
      if (i === 20_000) world.dropIrc();
      if (i > 20_000 && world.ircSessions().length === 0) return;
      yield aLine(i);
      if (i % 1_000 === 0) await new Promise((resolve) => setImmediate(resolve));
    }
  }
  expect(await world.feed("studio", endless())).toBe(0);
  await wire.closed;
});
