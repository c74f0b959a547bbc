import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { scopesOf, TIERS, tiersOf } from "../../src/domain/accounts.ts";
import { featureOf, type PlanAccount, type PlanChannel, planSubscriptions } from "../../src/domain/subscriptions.ts";

const aBot = (over: Partial<PlanAccount> = {}): PlanAccount => ({
  userId: "900",
  login: "bytebot",
  scopes: scopesOf("bot", TIERS),
  isUsable: true,
  ...over,
});
const anOwner = (userId: string, scopes: readonly string[] = scopesOf("broadcaster", TIERS)): PlanAccount => ({
  userId,
  login: `owner${userId}`,
  scopes,
  isUsable: true,
});
const channels = (count: number, isModerated = true): PlanChannel[] =>
  Array.from({ length: count }, (_, i) => ({ channelId: `${100 + i}`, login: `c${100 + i}`, isModerated }));
const none = new Map<string, PlanAccount>();
const owners = (...list: PlanAccount[]) => new Map(list.map((owner) => [owner.userId, owner]));
const types = (list: readonly { type: string }[] | undefined) => (list ?? []).map(({ type }) => type);

describe("the plan of subscriptions", () => {
  test("a broadcaster who allowed everything is subscribed on their own account, follows included", () => {
    const plan = planSubscriptions({
      channels: channels(1, false),
      bot: aBot(),
      broadcasters: owners(anOwner("100")),
      readsChat: false,
    });
    expect(plan.gaps).toEqual([]);
    expect(plan.wanted.get("900")).toBeUndefined();
    expect(types(plan.wanted.get("100")).toSorted()).toEqual([
      "channel.ad_break.begin",
      "channel.ban",
      "channel.bits.use",
      "channel.channel_points_custom_reward_redemption.add",
      "channel.cheer",
      "channel.follow",
      "channel.hype_train.begin",
      "channel.hype_train.end",
      "channel.hype_train.progress",
      "channel.raid",
      "channel.subscribe",
      "channel.subscription.gift",
      "channel.subscription.message",
      "channel.unban",
      "channel.update",
      "stream.offline",
      "stream.online",
    ]);
  });

  test("F2: a missing scope turns off that feature alone, and names it", () => {
    const scopes = scopesOf("broadcaster", TIERS).filter((scope) => scope !== "bits:read");
    const plan = planSubscriptions({
      channels: channels(1),
      bot: aBot(),
      broadcasters: owners(anOwner("100", scopes)),
      readsChat: false,
    });
    expect(plan.gaps).toEqual([
      {
        feature: "bits",
        channelLogin: "c100",
        accountLogin: "owner100",
        role: "broadcaster",
        tier: "events",
        reason: "scope_missing",
      },
    ]);
    expect(types(plan.wanted.get("100"))).not.toContain("channel.cheer");
    expect(types(plan.wanted.get("100"))).toContain("channel.subscribe");
  });

  test("without the broadcaster the bot follows where it moderates, and says what is missing elsewhere", () => {
    const [moderated, other] = [...channels(1), { channelId: "200", login: "c200", isModerated: false }] as const;
    if (!moderated || !other) throw new Error("two channels");
    const plan = planSubscriptions({ channels: [moderated, other], bot: aBot(), broadcasters: none, readsChat: false });
    expect(plan.wanted.get("900")?.filter(({ type }) => type === "channel.follow")).toEqual([
      { type: "channel.follow", version: "2", condition: { broadcaster_user_id: "100", moderator_user_id: "900" } },
    ]);
    expect(
      plan.gaps.filter(({ feature }) => feature === "follows").map(({ channelLogin, reason }) => [channelLogin, reason]),
    ).toEqual([["c200", "not_moderator"]]);
    expect(
      plan.gaps.filter(({ channelLogin }) => channelLogin === "c100").map(({ feature, reason }) => [feature, reason]),
    ).toEqual(
      (["subscriptions", "bits", "redemptions", "hype_train", "ads", "bans"] as const).map((feature) => [
        feature,
        "account_missing",
      ]),
    );
  });

  test("F20: of sixty channels without broadcasters only the first five are asked for their stream, within Twitch's total cost of ten", () => {
    const plan = planSubscriptions({ channels: channels(60), bot: aBot(), broadcasters: none, readsChat: true });
    const list = plan.wanted.get("900") ?? [];
    expect(list.filter(({ type }) => type.startsWith("stream."))).toHaveLength(10);
    expect(plan.gaps.filter(({ feature, reason }) => feature === "stream" && reason === "cost_limit")).toHaveLength(55);
    // Three connections of 300: lines of all channels, and all that goes with them, come first.
    expect(list.slice(0, 60).every(({ type }) => type === "channel.chat.message")).toBe(true);
    expect(list.slice(0, 300).every(({ type }) => type.startsWith("channel.chat."))).toBe(true);
  });

  test("chat over EventSub needs the bot's account, a token that works, and its scope: each is said", () => {
    const gap = (bot: PlanAccount | null) =>
      planSubscriptions({ channels: channels(1), bot, broadcasters: none, readsChat: true }).gaps.find(
        ({ feature }) => feature === "chat_read",
      )?.reason ?? null;
    expect(gap(null)).toBe("account_missing");
    expect(gap(aBot({ isUsable: false }))).toBe("login_needed");
    expect(gap(aBot({ scopes: ["chat:read"] }))).toBe("scope_missing");
    expect(gap(aBot())).toBeNull();
  });

  test("a bot that sits in its own channel is its broadcaster", () => {
    const own = aBot({ scopes: [...scopesOf("bot", TIERS), "bits:read"] });
    const plan = planSubscriptions({
      channels: [{ channelId: "900", login: "bytebot", isModerated: true }],
      bot: own,
      broadcasters: none,
      readsChat: false,
    });
    expect(types(plan.wanted.get("900"))).toContain("channel.cheer");
  });

  test("whatever is there, nothing is wanted twice, of an account that does not work, or above the cost", () => {
    const account = fc.record({
      scopes: fc.subarray(scopesOf("bot", TIERS).concat(scopesOf("broadcaster", TIERS))),
      isUsable: fc.boolean(),
    });
    fc.assert(
      fc.property(
        fc.array(fc.boolean(), { maxLength: 12 }),
        fc.option(account),
        fc.array(fc.option(account), { maxLength: 12 }),
        fc.boolean(),
        (moderated, bot, some, readsChat) => {
          const list = moderated.map((isModerated, i) => ({ channelId: `${100 + i}`, login: `c${i}`, isModerated }));
          const broadcasters = new Map(
            some.flatMap((one, i) => (one ? [[String(100 + i), { ...anOwner(String(100 + i)), ...one }] as const] : [])),
          );
          const { wanted } = planSubscriptions({ channels: list, bot: bot && aBot(bot), broadcasters, readsChat });
          for (const [userId, subscriptions] of wanted) {
            const keys = subscriptions.map(({ type, condition }) => `${type} ${JSON.stringify(condition)}`);
            expect(new Set(keys).size).toBe(keys.length);
            expect(userId === "900" ? bot?.isUsable : broadcasters.get(userId)?.isUsable).toBe(true);
            const costs = subscriptions.filter(
              ({ type, condition }) => type.startsWith("stream.") && condition.broadcaster_user_id !== userId,
            );
            expect(costs.length).toBeLessThanOrEqual(10);
          }
        },
      ),
    );
  });

  test("every planned type serves a feature", () => {
    const plan = planSubscriptions({ channels: channels(1), bot: aBot(), broadcasters: owners(anOwner("100")), readsChat: true });
    const served = new Set([...plan.wanted.values()].flat().map(({ type }) => featureOf(type)));
    expect([...served].toSorted()).toEqual([
      "ads",
      "bans",
      "bits",
      "chat_read",
      "follows",
      "hype_train",
      "redemptions",
      "stream",
      "subscriptions",
    ]);
  });
});

describe("tiers", () => {
  test("ask for the least: each scope once, and only those of the tiers", () => {
    expect(scopesOf("bot", ["read"])).toEqual(["chat:read", "user:read:chat"]);
    expect(scopesOf("broadcaster", ["clips"])).toEqual(["clips:edit", "channel:manage:clips"]);
    expect(scopesOf("bot", [])).toEqual([]);
  });

  test("are there when all their scopes are", () => {
    expect(tiersOf("bot", scopesOf("bot", ["read", "talk"]))).toEqual(["read", "talk"]);
    expect(tiersOf("bot", ["chat:read"])).toEqual([]);
    expect(tiersOf("broadcaster", [])).toEqual([]);
  });
});
