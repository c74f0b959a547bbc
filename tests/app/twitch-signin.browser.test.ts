import { describe, expect, test } from "bun:test";
import { PUBLIC_CLIENT } from "../../src/world/index.ts";
import { aWorld, BOT, joinedBy, nextBody, nextEvent, startApp } from "../support/app.ts";
import { chromiumPath, NO_BROWSER, openBrowser, openPage } from "../support/browser.ts";
import { MovableTime } from "../support/time.ts";

if (chromiumPath === null) console.log(NO_BROWSER);

describe.skipIf(chromiumPath === null)("signing in with Twitch by device code, in Chromium", () => {
  test("F4: the bot and a broadcaster sign in, what that unlocks works, and who takes it back is asked to sign in again", async () => {
    await using world = await aWorld();
    world.limits.dcfIntervalS = 1;
    const time = new MovableTime();
    await using app = await startApp(world, { clientId: PUBLIC_CLIENT.clientId, userToken: null, botLogin: null }, { time });
    await joinedBy(app, "studio");
    expect(app.status().isReadOnly).toBe(true);
    const browser = await openBrowser();
    try {
      await using own = await openPage(browser, { locale: "en-US" });
      const { page } = own;
      await page.goto(`${app.url}/signin`);
      await page.fill("input[name=code]", await app.issueSigninCode("test"));
      await page.keyboard.press("Enter");
      await page.waitForURL((url) => url.pathname === "/dashboard");

      /** Goes from the form through Twitch's page to the end, as a person does. */
      const signIn = async (role: "bot" | "broadcaster", tiers: readonly string[], login: string) => {
        await page.goto(`${app.url}/dashboard/settings#twitch`);
        const form = page.locator(`form.connect:has(input[name=role][value=${role}])`);
        for (const tier of tiers) await form.locator(`input[name=${tier}]`).check();
        await form.locator("button[type=submit]").click();
        await page.waitForURL(/\/dashboard\/twitch\/signins\//);
        const [code = ""] = world.oauth.devices.pending();
        expect(await page.locator("main").innerText()).toContain(code);
        const link = page.locator("main a.btn[href*='/activate']");
        expect(await link.getAttribute("rel")).toContain("noopener");
        await using twitch = await openPage(browser);
        await twitch.page.goto((await link.getAttribute("href")) ?? "");
        await twitch.page.fill("input[name=user]", login);
        await twitch.page.click("button[value=agree]");
        await twitch.page.waitForLoadState();
        await page.locator("#signin-state .callout.ok").getByText(login).waitFor();
      };

      const speaks = nextEvent(app, "chat.connected", ({ login }) => login === BOT);
      await signIn("bot", ["read", "talk"], BOT);
      await speaks;
      await joinedBy(app, "studio");
      const answered = nextBody(app, "reply.sent");
      world.say("studio", "mira", "byte help");
      expect(await answered).toMatchObject({ status: "confirmed" });

      await signIn("broadcaster", ["talk", "events"], "studio");
      const subscribed = () => [...world.eventsub.subscriptions.values()].some(({ type }) => type === "channel.follow");
      while (!subscribed()) await world.log.after(() => true);
      const followed = nextBody(app, "channel.followed");
      world.follow("studio", "noor");
      expect(await followed).toMatchObject({ login: "noor" });

      // A token that was validated just now is believed for some seconds.
      time.advance(6_000);
      const needed = nextBody(app, "account.login_needed");
      world.revokeConsent("studio");
      expect(await needed).toMatchObject({ login: "studio" });
      await page.goto(`${app.url}/dashboard`);
      await page
        .getByRole("link", { name: /sign in again/i })
        .first()
        .waitFor();
      expect(await page.locator("body").innerText()).toContain("studio");
      // The bot is untouched.
      expect(app.status().isReadOnly).toBe(false);
      expect(own.problems).toEqual([]);
    } finally {
      await browser.close();
    }
    expect(world.checks()).toEqual([]);
  });
});
