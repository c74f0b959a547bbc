import { expect, test } from "bun:test";
import { scopesOf, TIERS } from "../../src/domain/accounts.ts";
import { PUBLIC_CLIENT } from "../../src/world/index.ts";
import { aWorld, BOT, joinedBy, nextEvent, startApp } from "../support/app.ts";

test("a pair of tokens that is taken over from the environment does not cut a healthy connection", async () => {
  await using world = await aWorld();
  const { accessToken, refreshToken } = world.issueToken(BOT, { clientId: PUBLIC_CLIENT.clientId });
  await using app = await startApp(world, { clientId: PUBLIC_CLIENT.clientId, userToken: accessToken, refreshToken });
  await nextEvent(app, "account.connected", ({ login }) => login === BOT);
  await joinedBy(app, "studio");
  const said = world.said("studio", BOT);
  world.say("studio", "mira", "byte help");
  expect(await said).toContain("byte");
  expect(world.log.list("irc", "connect")).toHaveLength(1);
});

test("over EventSub a line that comes before the answer to its subscription is stored", async () => {
  await using world = await aWorld();
  const { accessToken } = world.issueToken(BOT, { scopes: scopesOf("bot", TIERS) });
  // What was asked for is done at once; its answer trickles.
  world.faults.add({ kind: "N2.throttle", match: { path: "/eventsub/subscriptions" }, times: 20 });
  await using app = await startApp(world, { chatMode: "eventsub", userToken: accessToken });
  const subscribed = () => [...world.eventsub.subscriptions.values()].some(({ type }) => type === "channel.chat.message");
  while (!subscribed()) await world.log.after(() => true);
  for (let line = 0; line < 10; line++) world.say("studio", "mira", `early ${line}`);
  await joinedBy(app, "studio");
  const channelId = world.state.channel("studio").user.id;
  const told = new Promise<void>((resolve) => {
    const unsubscribe = app.bus.subscribe((message) => {
      if (message.kind !== "lines" || !message.lines.some(({ text }) => text === "early 9")) return;
      unsubscribe();
      resolve();
    });
  });
  if ((await app.channels.figures(channelId)).messagesTotal < 10) await told;
  await app.recorder.flush();
  expect((await app.channels.figures(channelId)).messagesTotal).toBe(10);
});
