import { afterAll, beforeAll, setDefaultTimeout } from "bun:test";
import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { chromiumPath, NO_BROWSER, type OpenPage, openBrowser, openPage } from "../support/browser.ts";
import { type Answer, startSite } from "./site.ts";
import { type Stream, stream } from "./stream.ts";

/** Whether the suites that need a browser are left out; it is said once per file. */
export const isWithoutBrowser = chromiumPath === null;
if (isWithoutBrowser) console.log(NO_BROWSER);

export interface Visit extends OpenPage {
  url: string;
  /** The event streams that the page opened, oldest first. */
  streams: Stream[];
}

export type Visitor = (pages: Readonly<Record<string, Answer>>, path: string, options?: BrowserContextOptions) => Promise<Visit>;

/** A browser under load is slow; a test that hangs still ends. */
const TEST_MS = 60_000;

/** One Chromium for the file that calls it, and what opens a page of a site in it. The site's streams are the test's. */
export function useBrowser(): Visitor {
  setDefaultTimeout(TEST_MS);
  let browser: Browser;
  beforeAll(async () => {
    if (!isWithoutBrowser) browser = await openBrowser();
  });
  afterAll(async () => {
    if (!isWithoutBrowser) await browser.close();
  });

  return async (pages, path, options = {}) => {
    const streams: Stream[] = [];
    const live = (request: Request): Response => {
      const fresh = stream(request);
      streams.push(fresh);
      return fresh.response;
    };
    const site = startSite({ "/dashboard/events": live, "/hud-events": live, ...pages });
    const opened = await openPage(browser, options);
    await opened.page.goto(site.url + path);
    return {
      ...opened,
      streams,
      url: site.url,
      async [Symbol.asyncDispose]() {
        await opened[Symbol.asyncDispose]();
        site[Symbol.dispose]();
      },
    };
  };
}

/** Waits until `condition`, an expression, holds in the page. Unlike Playwright's own it needs no `eval` in the page, which the policy forbids. */
export async function until(page: Page, condition: string): Promise<void> {
  while (!(await page.evaluate(condition))) await page.evaluate("new Promise(requestAnimationFrame)");
}

/** Waits until the page has opened `count` streams. */
export async function untilStreams({ page, streams }: Visit, count: number): Promise<void> {
  while (streams.length < count) await page.evaluate("new Promise(requestAnimationFrame)");
}
