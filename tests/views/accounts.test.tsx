import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { TIERS } from "../../src/domain/accounts.ts";
import { tiersFor, verificationLink } from "../../views/accounts.ts";
import { Html, render, type SafeHtml } from "../../views/html.ts";
import { AccountBanner } from "../../views/panels/account-banner.tsx";
import { AccountGaps, groupGaps } from "../../views/panels/account-gaps.tsx";
import { AccountRows, AccountsPanel } from "../../views/panels/accounts.tsx";
import { ChannelRows } from "../../views/panels/channels.tsx";
import { SigninState } from "../../views/panels/twitch-signin.tsx";
import { LANGUAGES, wordsFor } from "../../views/words/index.ts";
import { accounts, aGap, anAccount, aSignin, aSummary, gaps, now } from "./samples.ts";

const words = wordsFor("en");
const reader = { words, zone: "UTC", now, canConnect: true, accounts: [], gaps: [] };

/** What a person reads, without the tags. */
const textOf = (html: SafeHtml): string =>
  render(html)
    .replace(/<[^>]+>/g, " ")
    .replace(/\s+/g, " ");
/** The forms: where each sends to, and what. */
const formsOf = (html: SafeHtml): string[] =>
  [...render(html).matchAll(/<form[^>]*action="([^"]+)"[^>]*>(.*?)<\/form>/gs)].map(([, action = "", body = ""]) => {
    const fields = [...body.matchAll(/<input type="hidden" name="(\w+)" value="([^"]*)"/g)].map(
      ([, name, value]) => `${name}=${value}`,
    );
    return `${action.replace("/dashboard/twitch/", "")} ${fields.join("&")}`.trim();
  });

describe("the panel of accounts", () => {
  test("an account says who it is, that it is ready, what it may and what not, and until when", () => {
    const text = textOf(<AccountRows {...reader} accounts={[anAccount()]} />);
    expect(text).toContain("byte_agent the bot");
    expect(text).toContain("ready");
    expect(text).toContain("valid until 00:50 , renewed before");
    expect(text).toContain("2 of 4 permissions");
    expect(text).toContain("Clips live moments");
    expect(formsOf(<AccountRows {...reader} accounts={[anAccount()]} />)).toEqual([
      "signins#twitch role=bot&read=on&talk=on&clips=on",
      "signins#twitch role=bot&read=on&talk=on&events=on",
      "signins#twitch role=bot&read=on&talk=on",
      "accounts/9001/disconnect",
    ]);
  });

  test("an account that must sign in again says why, with the values that are known, and asks for what it had", () => {
    const out = anAccount({
      state: "login_needed",
      reason: "wrong_account",
      params: { wanted: "byte_agent", got: "cabrasolar" },
    });
    const text = textOf(<AccountRows {...reader} accounts={[out]} />);
    expect(text).toContain("sign in again");
    expect(text).toContain("The sign-in was made as cabrasolar, but byte_agent is wanted here.");
    expect(text).not.toContain("valid until");
    expect(textOf(<AccountRows {...reader} accounts={[anAccount({ state: "unchecked" })]} />)).toContain("not checked yet");
  });

  test("an account of the environment says where it comes from, and cannot be disconnected here", () => {
    const html = <AccountRows {...reader} accounts={[anAccount({ source: "environment" })]} />;
    expect(textOf(html)).toContain("set by TWITCH_USER_TOKEN");
    expect(formsOf(html).filter((form) => form.includes("disconnect"))).toEqual([]);
  });

  test("the least permission is ticked beforehand; a form that was refused keeps what was ticked and says why", () => {
    const ticked = (html: SafeHtml) =>
      [...render(html).matchAll(/<input type="checkbox" name="(\w+)"[^>]*( checked)?>/g)].flatMap(([all, name]) =>
        all.includes(" checked") ? [name] : [],
      );
    expect(ticked(<AccountsPanel {...reader} />)).toEqual(["read", "talk"]);
    const fault = { role: "bot", tiers: ["clips"], error: "refused because" } as const;
    const refused = <AccountsPanel {...reader} fault={fault} />;
    expect(ticked(refused)).toEqual(["clips", "talk"]);
    expect(textOf(refused)).toContain("refused because");
  });

  test("without a client id nothing can be begun, and it says which setting to set and where to get it", () => {
    const html = <AccountsPanel {...reader} accounts={accounts} gaps={gaps} canConnect={false} />;
    expect(textOf(html)).toContain("TWITCH_CLIENT_ID");
    expect(render(html)).toContain('href="https://dev.twitch.tv/console" target="_blank" rel="noopener noreferrer"');
    expect(formsOf(html).filter((form) => form.startsWith("signins"))).toEqual([]);
  });
});

describe("what is off", () => {
  test("each kind of gap says why, and has the button that mends it", () => {
    const html = <AccountGaps {...reader} accounts={accounts} gaps={gaps} />;
    expect(formsOf(html)).toEqual([
      "signins#twitch role=broadcaster&talk=on",
      "signins#twitch role=bot&read=on&talk=on&clips=on",
      "signins#twitch role=broadcaster&events=on",
      "signins#twitch role=broadcaster&events=on",
      "signins#twitch role=broadcaster&talk=on&events=on",
    ]);
    const text = textOf(html);
    expect(text).toContain("live clips, clips from the VOD in all channels");
    expect(text).toContain("new followers, subs, bits in ferrugemlab For this, the owner of ferrugemlab has to sign in");
    expect(text).toContain("/mod byte_agent");
  });

  test("the bot signs in once for all channels, each broadcaster for their own; more than fit are counted", () => {
    const channels = Array.from({ length: 20 }, (_, i) => `canal_${i}`);
    const ofBot = channels.map((channelLogin) => aGap({ channelLogin, role: "bot" }));
    expect(groupGaps(ofBot).map((group) => group.channels.length)).toEqual([20]);
    expect(textOf(<AccountGaps {...reader} gaps={ofBot} />)).toContain("canal_3 and 16 more");
    const ofOwners = channels.map((channelLogin) => aGap({ channelLogin }));
    expect(groupGaps(ofOwners)).toHaveLength(20);
    expect(textOf(<AccountGaps {...reader} gaps={ofOwners} />)).toContain("and 8 more like these");
    expect(render(<AccountGaps {...reader} />)).toBe("");
  });

  test("grouping loses and invents no feature of a channel", () => {
    const gap = fc.record({
      feature: fc.constantFrom("follows", "bits", "ads"),
      channelLogin: fc.constantFrom("ana", "bia"),
      accountLogin: fc.constantFrom(null, "byte"),
      role: fc.constantFrom("bot", "broadcaster"),
      tier: fc.constantFrom("events", "clips"),
      reason: fc.constantFrom("scope_missing", "cost_limit", "not_moderator"),
    });
    fc.assert(
      fc.property(fc.array(gap), (list) => {
        const all = list.map(aGap);
        const grouped = groupGaps(all);
        const owners = grouped.filter(({ role, reason }) => role === "broadcaster" || reason === "cost_limit");
        expect(owners.every(({ channels }) => channels.length === 1)).toBe(true);
        const told = grouped.flatMap(({ features, channels, ...rest }) =>
          features.flatMap((feature) => channels.map((channelLogin) => JSON.stringify(aGap({ ...rest, feature, channelLogin })))),
        );
        expect(told.toSorted()).toEqual([...new Set(all.map((one) => JSON.stringify(one)))].toSorted());
      }),
    );
  });

  test("a channel's row counts its features that are off, and leads to them", () => {
    const html = render(
      <ChannelRows words={words} now={now} channels={[aSummary({ login: "ferrugemlab" }), aSummary()]} gaps={gaps} />,
    );
    expect([...html.matchAll(/href="\/dashboard\/settings#twitch-off">([^<]+)/g)].map(([, text]) => text)).toEqual([
      "4 features off",
      "2 features off",
    ]);
  });
});

describe("the banner", () => {
  test("names the account that must sign in again, why, and leads to where; nothing when all hold", () => {
    const html = <AccountBanner words={words} accounts={accounts} />;
    expect(textOf(html)).toContain("cabrasolar must sign in to Twitch again. Twitch no longer takes this sign-in");
    expect(render(html)).toContain('href="/dashboard/settings#twitch"');
    expect(render(<AccountBanner words={words} accounts={[anAccount()]} />)).toBe("");
  });

  test("of many it names three and counts the rest, in both languages", () => {
    const out = ["a", "b", "c", "d", "e"].map((login) => anAccount({ login, state: "login_needed" }));
    const told = LANGUAGES.map((language) => textOf(<AccountBanner words={wordsFor(language)} accounts={out} />));
    expect(told[LANGUAGES.indexOf("pt")]).toContain("a , b , c e mais 2 precisam entrar de novo na Twitch.");
    expect(told[LANGUAGES.indexOf("en")]).toContain("a , b , c and 2 more must sign in to Twitch again.");
  });
});

describe("the page that waits for Twitch", () => {
  test("shows the code, where to type it, how long it holds, and asks again by itself; a code is spelled for who cannot see it", () => {
    const html = render(<SigninState words={words} now={now} signin={aSignin()} accounts={[]} />);
    expect(html).toContain('aria-label="Code: K, Q, D, V, 7, M, H, P">KQDV7MHP</output>');
    expect(html).toContain('rel="noopener noreferrer">twitch.tv/activate</a>');
    expect(html).toContain("29 more minutes");
    expect(html).toContain(`hx-get="/dashboard/twitch/signins/s-1?until=${aSignin().expiresAt.getTime()}"`);
  });

  test("done says who and what was given, not what was asked; failed says why and tries the same again; neither asks again", () => {
    const done = aSignin({ state: "done", login: "byte_agent", tiers: [...TIERS] });
    const doneHtml = <SigninState words={words} now={now} signin={done} accounts={accounts} />;
    expect(textOf(doneHtml)).toContain("byte_agent is signed in.");
    expect(textOf(doneHtml)).not.toContain("Clips live moments");
    const failed = aSignin({ state: "failed", reason: "wrong_account", params: { wanted: "byte_agent", got: "ana" } });
    const failedHtml = <SigninState words={words} now={now} signin={failed} accounts={[]} />;
    expect(textOf(failedHtml)).toContain("The sign-in was made as ana, but byte_agent is wanted here.");
    expect(formsOf(failedHtml)).toEqual(["signins#twitch role=bot&read=on&talk=on"]);
    for (const html of [doneHtml, failedHtml]) expect(render(html)).not.toContain("hx-get");
  });

  test("an address that a browser would run, or that hides whose it is, is never a link: Twitch's own is", () => {
    for (const url of [
      "javascript:alert(1)",
      "data:text/html,x",
      "",
      "//evil",
      "vbscript:x",
      "https://twitch.tv@evil.example/",
      "x y",
    ]) {
      const html = render(<SigninState words={words} now={now} signin={aSignin({ verificationUrl: url })} accounts={[]} />);
      expect([...html.matchAll(/href="(http[^"]+)"/g)].map(([, href]) => href)).toEqual([
        "https://www.twitch.tv/activate",
        "https://www.twitch.tv/activate",
      ]);
    }
    expect(verificationLink("http://127.0.0.1:4000/activate?device-code=X")).toEqual({
      href: "http://127.0.0.1:4000/activate?device-code=X",
      shown: "127.0.0.1:4000/activate",
    });
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.webUrl()), (url) => expect(verificationLink(url).href).toMatch(/^https?:\/\//)),
    );
  });
});

test("a role is offered only the permissions that Twitch has for it", () => {
  expect([tiersFor("bot"), tiersFor("broadcaster")]).toEqual([
    ["read", "talk", "clips", "events"],
    ["talk", "clips", "events"],
  ]);
});
