import { expect, test } from "bun:test";
import tmi from "tmi.js";
import { startWorld, type World } from "../../src/world/index.ts";

const quiet = { info: () => {}, warn: () => {}, error: () => {}, setLevel: () => {} };

/** A tmi.js client of `world` that is in `channels`. */
async function aTmi(world: World, login: string, channels: string[], password?: () => Promise<string>): Promise<tmi.Client> {
  const token = world.issueToken(login).accessToken;
  const client = new tmi.Client({
    options: { skipUpdatingEmotesets: true, debug: false, joinInterval: 300 },
    logger: quiet,
    connection: { server: "127.0.0.1", port: world.port, secure: false, reconnect: true, reconnectInterval: 100 },
    identity: { username: login, password: password ?? (async () => token) },
    channels,
  });
  await client.connect();
  for (const channel of channels) await world.joined(channel, login);
  return client;
}

const once = <T extends unknown[]>(client: tmi.Client, event: string): Promise<T> =>
  new Promise((resolve) =>
    (client as unknown as { once(e: string, f: (...args: T) => void): void }).once(event, (...args) => resolve(args)),
  );

test("tmi.js logs in, joins, hears a line and speaks; its line is confirmed by USERSTATE with the message's id", async () => {
  await using world = await startWorld();
  world.addChannel("studio");
  const client = await aTmi(world, "bytebot", ["studio"]);
  const heard = once<[string, tmi.ChatUserstate, string, boolean]>(client, "message");
  const id = world.say("studio", "mira", "hello Kappa");
  const [channel, tags, text] = await heard;
  expect([channel, text, tags.id, tags.username]).toEqual(["#studio", "hello Kappa", id, "mira"]);
  expect(tags.emotes).toEqual({ "25": ["6-10"] });

  const confirmed = new Promise<string>((resolve) => {
    client.on("raw_message", (_clone: unknown, message: { command: string; tags: Record<string, string> }) => {
      if (message.command === "USERSTATE" && message.tags.id) resolve(message.tags.id);
    });
  });
  const said = world.said("studio", "bytebot");
  await client.say("studio", "hi there");
  expect(await said).toBe("hi there");
  expect(world.state.channel("studio").chat.get(await confirmed)?.text).toBe("hi there");
  await client.disconnect();
});
