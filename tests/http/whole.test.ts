import { expect, test } from "bun:test";
import { listChannels } from "../../src/store/channels.ts";
import { aWorld, BOT, type RunningApp, startApp } from "../support/app.ts";
import { StreamReader } from "./streams.ts";

const ADMIN = "operator-token-of-this-test";

/** The app's address with the operator's token in the header. */
const asProgram =
  (app: RunningApp) =>
  (path: string, body?: object): Promise<Response> =>
    fetch(`http://127.0.0.1:${app.port}${path}`, {
      headers: { "x-byte-admin-token": ADMIN },
      ...(body === undefined ? {} : { method: "POST", body: JSON.stringify(body) }),
    });

/** A browser that signed in with a code from the terminal; gives its cookie. */
async function signIn(app: RunningApp): Promise<string> {
  const answer = await fetch(`http://127.0.0.1:${app.port}/signin`, {
    method: "POST",
    redirect: "manual",
    body: new URLSearchParams({ code: await app.issueSigninCode("owner"), next: "" }),
    headers: { "sec-fetch-site": "same-origin" },
  });
  return answer.headers.getSetCookie()[0]?.split(";")[0] ?? "";
}

test("channel control joins and parts on the live connection and in channels_config", async () => {
  await using world = await aWorld({ channels: ["studio", "attic"] });
  await using app = await startApp(world, { adminToken: ADMIN });
  const ask = asProgram(app);
  await world.joined("studio", BOT);

  const joined = world.joined("attic", BOT);
  expect(await (await ask("/api/channel-control", { command: "join attic" })).json()).toMatchObject({
    ok: true,
    channels: ["studio", "attic"],
  });
  await joined;
  const left = world.log.after((entry) => entry.what === "PART" && entry.fields.channel === "studio");
  expect(await (await ask("/api/channel-control", { action: "part", channel: "studio" })).json()).toMatchObject({
    ok: true,
    channels: ["attic"],
  });
  await left;
  expect((await listChannels(app.database.db)).map(({ login }) => login)).toEqual(["attic"]);
});

test("what is said in chat is on the dashboard's stream, in the history and in the figures", async () => {
  await using world = await aWorld();
  await using app = await startApp(world, { adminToken: ADMIN });
  const ask = asProgram(app);
  await world.joined("studio", BOT);
  const stream = new StreamReader(
    await fetch(`http://127.0.0.1:${app.port}/dashboard/events?channel=studio&cursor=0-0`, {
      headers: { cookie: await signIn(app) },
    }),
  );
  world.say("studio", "mira", "is this <b>live</b>?");
  const row = /hx-target="#feed".*is this &lt;b&gt;live&lt;\/b&gt;\?/s;
  while (!row.test((await stream.next(5_000))?.data ?? "")) {}

  const history = (await (await ask("/api/chat/history?channel=studio")).json()) as { lines: { text: string; login: string }[] };
  expect(history.lines.map(({ login, text }) => [login, text])).toEqual([["mira", "is this <b>live</b>?"]]);
  const figures = (await (await ask("/api/channels/figures?channel=studio")).json()) as { figures: { messagesTotal: number } };
  expect(figures.figures.messagesTotal).toBe(1);
  await stream.leave();
});

test("a program tells the broadcaster something: it is in the timeline with an id, and on the HUD's stream once", async () => {
  await using world = await aWorld();
  await using app = await startApp(world, { adminToken: ADMIN });
  const ask = asProgram(app);
  await world.joined("studio", BOT);
  const cookie = await signIn(app);
  const html = await (
    await fetch(`http://127.0.0.1:${app.port}/dashboard/settings?channel=studio`, { headers: { cookie } })
  ).text();
  const token = /hud\?token=([\w-]{43})/.exec(html)?.[1];
  const hud = new StreamReader(await fetch(`http://127.0.0.1:${app.port}/dashboard/hud/events?token=${token}&cursor=0-0`));
  const told = (await (await ask("/api/hud/messages", { channel: "studio", text: "raid in 5", source: "deck" })).json()) as {
    message: { id: number };
  };
  expect(told.message.id).toBeGreaterThan(0);
  let message = await hud.next(5_000);
  while (message && !message.data.includes("raid in 5")) message = await hud.next(5_000);
  expect(JSON.parse(message?.data ?? "")).toMatchObject({ id: told.message.id, text: "raid in 5" });
  const since = (await (await ask(`/api/hud/messages?channel=studio&since=${told.message.id}`)).json()) as { messages: object[] };
  expect(since.messages.filter((one) => JSON.stringify(one).includes("raid in 5"))).toEqual([]);
  await hud.leave();
});
