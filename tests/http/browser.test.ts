import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import type { AxeResults } from "axe-core";
import axe from "axe-core";
import type { Browser, Page } from "playwright-core";
import { issueSigninCode } from "../../src/http/signin-code.ts";
import { chromiumPath, NO_BROWSER, openBrowser, openPage } from "../support/browser.ts";
import { anAccount } from "./account-control.ts";
import { anEvent } from "./builders.ts";
import { startServer, type TestServer } from "./server.ts";

if (chromiumPath === null) console.log(`tests/http/browser.test.ts ${NO_BROWSER}`);

/** Signs `page` in as a person does: through the form. */
async function signIn(server: TestServer, page: Page): Promise<void> {
  const cookie = await server.signIn();
  const [name = "", value = ""] = cookie.split("=");
  await page.context().addCookies([
    { name, value, url: server.url },
    { name: "byte_zone", value: "UTC", url: server.url },
  ]);
}

/** Makes the page believe that it is in the background. */
async function hide(page: Page): Promise<void> {
  await page.evaluate(() => {
    Object.defineProperty(document, "hidden", { get: () => true });
    Object.defineProperty(document, "visibilityState", { get: () => "hidden" });
    document.dispatchEvent(new Event("visibilitychange"));
  });
}

/** Moves the page's clock until it asks how its sign-in is, and waits for the answer. */
async function poll(page: Page): Promise<void> {
  const answer = page.waitForResponse((one) => one.url().startsWith(`${page.url().split("#")[0]}?`));
  await page.clock.runFor(2_000);
  await answer;
}

/** What axe finds; the page must have been opened without its policy. */
async function violations(page: Page): Promise<string[]> {
  await page.addScriptTag({ content: axe.source });
  const results = (await page.evaluate("axe.run(document, { resultTypes: ['violations'] })")) as AxeResults;
  return results.violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 160)).join(" | ")}`);
}

const note = (text: string) => anEvent(null, {}, { type: "hud.message", text, source: "t", by: { kind: "system" } });

describe.skipIf(chromiumPath === null)("in Chromium", () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await openBrowser();
  }, 30_000);
  afterAll(() => browser?.close());

  test("somebody signs in with the code, sees chat as it comes, and nothing breaks the content security policy", async () => {
    await using server = await startServer();
    await using opened = await openPage(browser);
    const { page, problems } = opened;
    await page.goto(`${server.url}/dashboard?channel=ana`);
    await page.fill("#code", await issueSigninCode(server.database.db, { now: server.deps.clock.now(), label: "owner" }));
    await page.press("#code", "Enter");
    await page.waitForURL("**/dashboard?channel=ana");
    await server.say(["hello from chat"]);
    await page.waitForSelector("#feed >> text=hello from chat");
    expect(problems).toEqual([]);
  }, 30_000);

  test("the bot is connected from its panel: the code, done by itself while the page is in the background, disconnected; at 360 px, axe finds nothing", async () => {
    await using server = await startServer();
    await using opened = await openPage(browser, {
      bypassCSP: true,
      viewport: { width: 360, height: 740 },
      reducedMotion: "reduce",
    });
    const { page, problems } = opened;
    await signIn(server, page);
    await page.clock.install();
    await page.goto(`${server.url}/dashboard/settings#twitch`);
    await page.locator("form", { hasText: "Connect the bot" }).getByRole("checkbox", { name: "Talk" }).check();
    await page.locator("form", { hasText: "Connect the bot" }).getByRole("button").click();
    await page.waitForURL("**/dashboard/twitch/signins/*");
    expect(await page.innerText("#user-code")).toBe("KQDV7MHP");
    expect(await violations(page)).toEqual([]);
    await hide(page);
    await page.getByRole("link", { name: "Open Twitch" }).focus();
    // When the second answer comes, the first has been put in its place.
    for (let polls = 0; polls < 2; polls++) await poll(page);
    expect(await page.evaluate("document.activeElement.textContent")).toBe("Open Twitch");
    server.accounts.finish(page.url().split("/").at(-1)?.split("#")[0] ?? "", "bytebot");
    await poll(page);
    await page.waitForSelector("#signin-state >> text=bytebot is signed in.");
    expect(await page.locator("#signin-poll").count()).toBe(0);

    await page.click("text=All accounts");
    await page.waitForSelector("#accounts >> text=bytebot");
    server.accounts.setAccounts([anAccount({ state: "login_needed", reason: "token_refused" })]);
    await page.waitForSelector("#account-banner >> text=bytebot must sign in to Twitch again.");
    expect(await violations(page)).toEqual([]);
    await page.getByRole("button", { name: "Disconnect bytebot" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Disconnect" }).click();
    await page.waitForSelector("#twitch >> text=Nobody is signed in");
    expect(server.accounts.done).toEqual(["connect bot read talk by member", "disconnect bytebot by member"]);
    expect(problems).toEqual([]);
  }, 30_000);

  test("without scripts the bot is connected by the same forms", async () => {
    await using server = await startServer();
    await using opened = await openPage(browser, { javaScriptEnabled: false });
    const { page } = opened;
    await signIn(server, page);
    await page.goto(`${server.url}/dashboard/settings`);
    await page.click("form[aria-labelledby=connect-bot] button");
    await page.waitForSelector("#user-code");
    expect(await page.isVisible("text=Copy")).toBe(false);
    server.accounts.fail(page.url().split("/").at(-1)?.split("#")[0] ?? "", "denied");
    await page.click("text=Look again");
    await page.waitForSelector("text=Somebody pressed Cancel at Twitch.");
    await page.click("text=Try again");
    await page.waitForSelector("#user-code");
  }, 30_000);

  test("F61: a page in the background goes on being told", async () => {
    await using server = await startServer();
    await using opened = await openPage(browser);
    const { page } = opened;
    await signIn(server, page);
    await page.goto(`${server.url}/dashboard?channel=ana`);
    await server.say(["before"]);
    await page.waitForSelector("#feed >> text=before");
    await hide(page);
    await server.say(["while away"]);
    await page.waitForSelector("#feed >> text=while away", { state: "attached", timeout: 3_000 });
    expect(server.http.streams()).toMatchObject({ clients: 1, opened: 1 });
  }, 30_000);

  test("F62: 500 swaps leave one connection, and a bounded page", async () => {
    await using server = await startServer();
    await using opened = await openPage(browser);
    const { page, problems } = opened;
    await signIn(server, page);
    await page.goto(`${server.url}/dashboard?channel=ana`);
    for (let burst = 0; burst < 25; burst++) {
      for (let i = 0; i < 20; i++) await server.happen(note(`swap ${burst * 20 + i}`));
      await page.waitForSelector(`#events #e-${burst * 20 + 20}`, { state: "attached" });
    }
    for (let i = 0; i < 10; i++) {
      await page.fill("#hud-text", `form ${i}`);
      await page.press("#hud-text", "Enter");
      await page.waitForSelector(`#hud-list >> text=form ${i}`, { state: "attached" });
    }
    expect(server.http.streams()).toMatchObject({ clients: 1, opened: 1, cut: 0 });
    expect(await page.locator("#events > li").count()).toBeLessThanOrEqual(100);
    expect(await page.locator("#hud-list > li").count()).toBeLessThanOrEqual(50);
    expect(problems).toEqual([]);
  }, 60_000);

  test("F64: the dashboard and the HUD catch up after the server was started again, without a reload", async () => {
    let server = await startServer();
    await using dashboard = await openPage(browser);
    await using hud = await openPage(browser);
    await signIn(server, dashboard.page);
    await dashboard.page.goto(`${server.url}/dashboard/settings?channel=ana`);
    const address = await dashboard.page.locator("#hud-source").evaluate((node) => node.textContent ?? "");
    const token = /token=([\w-]{43})/.exec((await dashboard.page.content()) + address)?.[1];
    await dashboard.page.goto(`${server.url}/dashboard?channel=ana`);
    await hud.page.goto(`${server.url}/dashboard/hud?token=${token}&hide=0&max=20`);
    await server.say(["one"]);
    await server.happen(note("note one"));
    await dashboard.page.waitForSelector("#feed >> text=one");
    await hud.page.waitForSelector("#plates >> text=note one");

    const { database, url } = server;
    await server.http.stop(200);
    await server.say(["two, nobody listens"]);
    await server.happen(note("note two"));
    server = await startServer({ database, listen: Number(new URL(url).port) });
    await dashboard.page.waitForSelector("#feed >> text=two, nobody listens", { timeout: 10_000 });
    await hud.page.waitForSelector("#plates >> text=note two", { timeout: 20_000 });
    for (const text of ["one", "two, nobody listens"]) {
      expect(await dashboard.page.locator("#feed > li", { hasText: text }).count()).toBe(1);
    }
    for (const text of ["note one", "note two"]) expect(await hud.page.locator("#plates > *", { hasText: text }).count()).toBe(1);
    await server.http.stop(200);
  }, 60_000);
});
