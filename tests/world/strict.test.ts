import { expect, test } from "bun:test";
import { ManualClock, startWorld } from "../../src/world/index.ts";
import { PUBLIC_CLIENT } from "../../src/world/tokens.ts";
import { aIrc, EventSubClient, settled, signIn } from "./support.ts";

const QUIET = { ircPingMs: 86_400_000, esPingMs: 86_400_000, esUnusedMs: 86_400_000 };
const aWorld = (isStrict: boolean) => startWorld({ clock: new ManualClock(), isStrict, limits: QUIET });

/** Uses a one-time refresh token twice; gives whether the family lived on. */
async function reuse(isStrict: boolean): Promise<boolean> {
  await using world = await aWorld(isStrict);
  const { refreshToken } = world.issueToken("mira", { clientId: PUBLIC_CLIENT.clientId });
  const form = { grant_type: "refresh_token", client_id: PUBLIC_CLIENT.clientId, refresh_token: refreshToken };
  const first = (await signIn(world, "/token", form)).json as { access_token: string };
  await signIn(world, "/token", form);
  return world.tokens.findValid(first.access_token) !== null;
}

/** What a session of the bot sees when its token ends; gives whether it was closed. */
async function ends(isStrict: boolean, how: "revoked" | "expired"): Promise<boolean> {
  await using world = await aWorld(isStrict);
  const wire = await aIrc(world, "bot");
  if (how === "revoked") world.revokeConsent("bot");
  else world.advance(world.limits.accessTtlS * 1_000 + 1);
  await settled(world);
  await settled(world);
  return wire.lines.at(-1) === ":tmi.twitch.tv NOTICE * :Login authentication failed";
}

test("strict: a one-time refresh token that comes again takes its family along; else it is only refused", async () => {
  expect([await reuse(true), await reuse(false)]).toEqual([false, true]);
});

test.each(["revoked", "expired"] as const)(
  "strict: a token that is %s ends its live IRC session; else the session goes on",
  async (how) => {
    expect([await ends(true, how), await ends(false, how)]).toEqual([true, false]);
  },
);

test("strict: a second message within a second mutes the account; else it is only dropped", async () => {
  const muted = async (isStrict: boolean) => {
    await using world = await aWorld(isStrict);
    world.addChannel("studio");
    const wire = await aIrc(world, "bot", ["studio"]);
    wire.send("PRIVMSG #studio :one", "PRIVMSG #studio :two");
    await world.log.next((entry) => entry.what === "refused");
    return {
      muted: world.chat.isMuted(world.state.user("bot").id),
      told: wire.lines.some((line) => line.includes("msg_ratelimit")),
    };
  };
  expect((await muted(true)).muted).toBe(true);
  expect((await muted(false)).muted).toBe(false);
});

test("strict: a keepalive may come a little late, and still comes", async () => {
  await using world = await aWorld(true);
  const client = await EventSubClient.open(`${world.urls.eventsub}?keepalive_timeout_seconds=10`);
  const isKept = () => client.wire.frames.some((frame) => frame.includes("session_keepalive"));
  world.advance(10_000);
  await settled(world);
  expect(isKept()).toBe(false);
  world.advance(world.limits.esKeepaliveJitterMs);
  await settled(world);
  expect(isKept()).toBe(true);
});

test("given limits go before the strict ones", async () => {
  await using world = await startWorld({ isStrict: true, limits: { chatPoints: 3 } });
  expect([world.limits.chatPoints, world.limits.refreshReuseRevokes]).toEqual([3, true]);
});
