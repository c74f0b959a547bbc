import { expect, test } from "bun:test";
import { startWorld } from "../../src/world/index.ts";
import { DEFAULT_CLIENT } from "../../src/world/tokens.ts";
import { aIrc, EventSubClient, helix, subscribe, tagOf } from "./support.ts";

test("a message sent with an app token wears the Chat Bot badge on IRC and EventSub; with a user token, or by the broadcaster, it does not", async () => {
  await using world = await startWorld();
  const channel = world.addChannel("studio", { mods: ["bot"] });
  const bot = world.issueToken("bot");
  const owner = world.issueToken("studio");
  const app = world.tokens.grantApp(DEFAULT_CLIENT.clientId).value;
  const wire = await aIrc(world, "justinfan1", ["studio"]);
  const events = await EventSubClient.open(world.urls.eventsub);
  const condition = { broadcaster_user_id: channel.user.id, user_id: bot.userId };
  await subscribe(world, events, bot.accessToken, "channel.chat.message", condition);

  const send = async (token: string, senderId: string, message: string) => {
    const line = wire.next((text) => text.includes(message));
    const event = events.next("notification");
    await helix(world, token, "POST", "/chat/messages", { broadcaster_id: channel.user.id, sender_id: senderId, message });
    const badges = (await event).payload.event?.badges as { set_id: string; id: string }[];
    return { irc: tagOf(await line, "badges"), eventsub: badges.map((badge) => `${badge.set_id}/${badge.id}`).join(",") };
  };
  const withBadge = { irc: "moderator/1,bot-badge/1", eventsub: "moderator/1,bot-badge/1" };
  const without = { irc: "moderator/1", eventsub: "moderator/1" };
  expect(await send(app, bot.userId, "from the app")).toEqual(withBadge);
  expect(await send(bot.accessToken, bot.userId, "from the user")).toEqual(without);
  expect(await send(app, owner.userId, "from the owner")).toEqual({ irc: "broadcaster/1", eventsub: "broadcaster/1" });
});
