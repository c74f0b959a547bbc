import { type Browser, type BrowserContextOptions, chromium, type Page } from "playwright-core";

/** Where Chromium is, or null: a suite that needs it then skips with `NO_BROWSER`. */
export const chromiumPath: string | null = Bun.which("chromium") ?? Bun.which("chromium-browser") ?? Bun.which("google-chrome");

/** What a skipped browser suite prints. */
export const NO_BROWSER = "skipped: no Chromium on this machine (apt-get install chromium)";

const FLAGS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/** Starts Chromium without a window. The caller closes it. */
export async function openBrowser(): Promise<Browser> {
  if (chromiumPath === null) throw new Error(NO_BROWSER);
  return await chromium.launch({ executablePath: chromiumPath, args: FLAGS });
}

/** A page in a context of its own, disposed with it; `problems` are the console's errors and the page's exceptions. */
export async function openPage(browser: Browser, options: BrowserContextOptions = {}): Promise<OpenPage> {
  const context = await browser.newContext({ timezoneId: "UTC", ...options });
  const page = await context.newPage();
  const problems: string[] = [];
  page.on("console", (message) => message.type() === "error" && problems.push(message.text()));
  page.on("pageerror", (error) => problems.push(String(error)));
  return { page, problems, [Symbol.asyncDispose]: () => context.close() };
}

export interface OpenPage extends AsyncDisposable {
  page: Page;
  problems: string[];
}
