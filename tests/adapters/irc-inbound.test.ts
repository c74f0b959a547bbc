import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { inboundOf } from "../../src/adapters/twitch/irc-inbound.ts";
import { parseIrcLine } from "../../src/domain/irc-line.ts";

const received = new Date("2026-11-22T12:00:00Z");
const sentAt = new Date(1_790_000_000_000);

/** A USERNOTICE of Rae in the channel 1001, with tags more or other than usual. */
function notice(msgId: string, tags: Readonly<Record<string, string>> = {}, text = "") {
  const all = {
    "msg-id": msgId,
    id: "n1",
    "room-id": "1001",
    "user-id": "2006",
    login: "rae",
    "display-name": "Rae",
    "tmi-sent-ts": "1790000000000",
    ...tags,
  };
  const tagged = Object.entries(all).map(([name, value]) => `${name}=${value}`);
  const line = parseIrcLine(`@${tagged.join(";")} :tmi.twitch.tv USERNOTICE #studio${text === "" ? "" : ` :${text}`}`);
  if (line === null) throw new Error("no line");
  return inboundOf(line, received);
}

const rae = { userId: "2006", login: "rae", name: "Rae" };
const support = {
  kind: "support",
  origin: { source: "chat", id: "n1", at: sentAt },
  by: rae,
  amount: 1,
  months: null,
  tier: null,
  text: "",
  giftId: null,
  recipient: null,
};
const ours = (occurrence: object) => ({ kind: "occurrence", channelId: "1001", occurrence });

describe("what chat's notices tell", () => {
  test("subs and resubs, with plan, months and words", () => {
    expect(notice("sub", { "msg-param-sub-plan": "Prime", "msg-param-cumulative-months": "1" })).toEqual(
      ours({ ...support, support: "sub", tier: "Prime", months: 1 }) as never,
    );
    expect(notice("resub", { "msg-param-sub-plan": "3000", "msg-param-cumulative-months": "6" }, "six!")).toEqual(
      ours({ ...support, support: "resub", tier: "3000", months: 6, text: "six!" }) as never,
    );
  });

  test("F15: a plan that Twitch invents passes as it is, bounded", () => {
    expect(notice("sub", { "msg-param-sub-plan": `4000${"x".repeat(100)}` })).toMatchObject({
      occurrence: { tier: `4000${"x".repeat(60)}` },
    });
  });

  test("a gift with who got it, and with the gift it is a part of", () => {
    const to = {
      "msg-param-recipient-id": "7",
      "msg-param-recipient-user-name": "noor",
      "msg-param-recipient-display-name": "Noor",
    };
    const recipient = { userId: "7", login: "noor", name: "Noor" };
    const plan = { "msg-param-sub-plan": "1000" };
    expect(notice("subgift", { ...to, ...plan, "msg-param-months": "4" })).toEqual(
      ours({ ...support, support: "gift", tier: "1000", recipient }) as never,
    );
    expect(notice("subgift", { ...to, ...plan, "msg-param-community-gift-id": "g-1" })).toMatchObject({
      occurrence: { support: "gift", giftId: "g-1" },
    });
  });

  test("F67: a bomb with its number, somebody's or nobody's", () => {
    const bomb = { "msg-param-mass-gift-count": "100", "msg-param-community-gift-id": "g-1", "msg-param-sub-plan": "1000" };
    expect(notice("submysterygift", bomb)).toEqual(
      ours({ ...support, support: "gift_bomb", amount: 100, tier: "1000", giftId: "g-1" }) as never,
    );
    const nobody = { userId: "", login: "", name: "" };
    const gifter = { "user-id": "274598607", login: "ananonymousgifter", "display-name": "AnAnonymousGifter" };
    expect(notice("submysterygift", { ...bomb, ...gifter })).toMatchObject({ occurrence: { by: nobody, amount: 100 } });
    expect(notice("anonsubmysterygift", bomb)).toMatchObject({ occurrence: { by: nobody, support: "gift_bomb" } });
    expect(notice("anonsubgift")).toMatchObject({ occurrence: { by: nobody, support: "gift" } });
  });

  test("who goes on paying for a sub that was given has subscribed", () => {
    for (const msgId of ["primepaidupgrade", "giftpaidupgrade", "anongiftpaidupgrade"])
      expect(notice(msgId)).toMatchObject({ occurrence: { support: "sub", by: rae } });
    expect(notice("extendsub")).toMatchObject({ occurrence: { support: "resub", by: rae } });
  });

  test("a raid with who comes", () => {
    const params = { "msg-param-login": "rae", "msg-param-displayName": "Rae", "msg-param-viewerCount": "38" };
    expect(notice("raid", params)).toEqual(ours({ kind: "raid", origin: support.origin, from: rae, viewers: 38 }) as never);
  });

  test("what tells of no money for the channel, and what is not known, is nothing", () => {
    const others = ["standardpayforward", "communitypayforward", "rewardgift", "primecommunitygiftreceived", "charitydonation"];
    for (const msgId of [...others, "ritual", "bitsbadgetier", "unraid", "announcement", "viewermilestone", "toString", ""])
      expect(notice(msgId)).toBeNull();
  });

  test("F28: a copy of another room's notice is that room's; in its own room a notice names itself, too", () => {
    const plan = { "msg-param-sub-plan": "1000" };
    const elsewhere = { "source-room-id": "1002", "source-id": "s1", "source-msg-id": "sub" };
    expect(notice("sharedchatnotice", { ...plan, ...elsewhere })).toBeNull();
    expect(notice("sub", { ...plan, ...elsewhere })).toBeNull();
    expect(notice("sub", { ...plan, ...elsewhere, "source-room-id": "1001" })).toMatchObject({ occurrence: { support: "sub" } });
  });

  test("without a time, an id or a room: now, none, nothing", () => {
    expect(notice("sub", { "tmi-sent-ts": "soon", id: "" })).toMatchObject({ occurrence: { origin: { id: "", at: received } } });
    expect(notice("sub", { "tmi-sent-ts": "9e99" })).toMatchObject({ occurrence: { origin: { at: new Date(9) } } });
    expect(notice("sub", { "tmi-sent-ts": "9007199254740991" })).toMatchObject({ occurrence: { origin: { at: received } } });
    expect(notice("sub", { "room-id": "" })).toBeNull();
  });

  test("whatever its tags hold, nothing is thrown and texts are bounded", () => {
    const names = [
      "msg-param-mass-gift-count",
      "msg-param-cumulative-months",
      "msg-param-viewerCount",
      "login",
      "user-id",
      "tmi-sent-ts",
    ];
    const tags = fc.dictionary(fc.constantFrom(...names), fc.stringMatching(/^[\w\\:.-]{0,80}$/));
    const kinds = fc.constantFrom("sub", "resub", "subgift", "submysterygift", "raid", "other");
    fc.assert(
      fc.property(kinds, tags, fc.string({ maxLength: 900 }), (kind, given, text) => {
        const told = notice(kind, given, text.replace(/[\r\n]/g, ""));
        if (told?.kind !== "occurrence") return;
        expect(JSON.stringify(told.occurrence).length).toBeLessThan(8_000);
        if (told.occurrence.kind === "support") expect(told.occurrence.amount).toBeGreaterThanOrEqual(1);
      }),
      { numRuns: 300 },
    );
  });
});
