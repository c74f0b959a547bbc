import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import type { Browser, Page } from "playwright-core";
import { issueSigninCode } from "../../src/http/signin-code.ts";
import { chromiumPath, NO_BROWSER, openBrowser, openPage } from "../support/browser.ts";
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

  test("F61: a page in the background goes on being told", async () => {
    await using server = await startServer();
    await using opened = await openPage(browser);
    const { page } = opened;
    await signIn(server, page);
    await page.addInitScript(() => {
      Object.defineProperty(document, "hidden", { get: () => document.documentElement?.dataset.away === "1" });
      Object.defineProperty(document, "visibilityState", { get: () => (document.hidden ? "hidden" : "visible") });
    });
    await page.goto(`${server.url}/dashboard?channel=ana`);
    await server.say(["before"]);
    await page.waitForSelector("#feed >> text=before");
    await page.evaluate(() => {
      document.documentElement.dataset.away = "1";
      document.dispatchEvent(new Event("visibilitychange"));
    });
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
