import { describe, expect, test } from "bun:test";
import type { AxeResults } from "axe-core";
import axe from "axe-core";
import type { Page } from "playwright-core";
import { ComponentsPage } from "../../views/components-page.tsx";
import { DashboardPage, type DashboardProps } from "../../views/dashboard.tsx";
import { ErrorPage } from "../../views/error.tsx";
import type { SafeHtml } from "../../views/html.ts";
import { HudPage, readHudOptions } from "../../views/hud.tsx";
import { SigninPage } from "../../views/signin.tsx";
import { LANGUAGES, type Language, wordsFor } from "../../views/words/index.ts";
import { accounts, aDashboard, aFrame, aPart, aSignin, aSystem, aView, gaps, hudEvents, now } from "./samples.ts";
import { isWithoutBrowser, useBrowser } from "./visit.ts";

type Theme = "dark" | "light";

const readOnly = aSystem({
  isReadOnly: true,
  isDemo: true,
  parts: [
    aPart({ name: "chat", level: "info", reason: "anonymous" }),
    aPart({ level: "bad", reason: "lost", params: { kept: 12 }, since: now }),
    aPart({ name: "model", level: "info", reason: "missing" }),
  ],
});
const signedOut = aSystem({
  parts: [
    aPart({ name: "accounts", level: "bad", reason: "login_needed", params: { logins: "cabrasolar" } }),
    aPart({ name: "events", level: "warn", reason: "partial", params: { enabled: 12, failed: 2 } }),
  ],
});
const fault = { value: "x!", error: "x! …" };

/** Every page there is, in states that show most of it. */
function pagesOf(language: Language, theme: Theme): Record<string, SafeHtml> {
  const words = wordsFor(language);
  const dashboard = (over: Partial<DashboardProps>) => DashboardPage(aDashboard({ words, theme, ...over }));
  const hud = (query: string) =>
    HudPage({
      words,
      login: "cabrasolar",
      eventsUrl: "/hud-events",
      initial: hudEvents,
      cursor: "1",
      options: readHudOptions(new URLSearchParams(`${query}&theme=${theme}`)),
    });
  return {
    "/signin": SigninPage({ words, theme, next: "/dashboard", error: words.say("error.signin_code_wrong"), isDemo: true }),
    "/operate": dashboard({ faults: { hud: fault } }),
    "/first-run": dashboard({ channels: [], focused: null, hud: [], hudUrl: null, system: readOnly, faults: { join: fault } }),
    "/quiet": dashboard({ system: readOnly, hud: [], mood: null, focused: aView({ lines: [], events: [], figures: null }) }),
    "/channels": dashboard({ page: "channels", gaps, faults: { join: fault } }),
    "/no-channels": dashboard({ page: "channels", channels: [], focused: null }),
    "/settings": dashboard({
      page: "settings",
      newToken: "byt_0123456789",
      faults: { token: fault, connect: { role: "bot", tiers: ["clips"], error: words.say("error.auth_client_unknown") } },
    }),
    "/accounts": dashboard({ page: "settings", accounts, gaps, system: signedOut }),
    "/twitch-signin": dashboard({ page: "signin", signin: aSignin(), accounts }),
    "/error": ErrorPage({
      words,
      theme,
      status: 500,
      title: words.say("error.status.500"),
      detail: words.say("error.internal"),
      traceId: "7f3c2a",
    }),
    "/hud": hud("max=5"),
    "/dock": hud("dock=1"),
    "/components": ComponentsPage(aFrame({ words, theme })),
  };
}

describe.skipIf(isWithoutBrowser)("every page", () => {
  const visit = useBrowser();

  async function violations(page: Page): Promise<string[]> {
    await page.addScriptTag({ content: axe.source });
    const results = (await page.evaluate("axe.run(document, { resultTypes: ['violations'] })")) as AxeResults;
    return results.violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 160)).join(" | ")}`);
  }

  for (const [theme, language] of [
    ["dark", "pt"],
    ["light", "en"],
  ] as const) {
    for (const path of Object.keys(pagesOf(language, theme))) {
      test(`axe finds nothing on ${path}, ${theme}, ${language}`, async () => {
        await using at = await visit(pagesOf(language, theme), path, {
          bypassCSP: true,
          viewport: { width: 1280, height: 800 },
          reducedMotion: "reduce",
        });
        expect(await violations(at.page)).toEqual([]);
        expect(at.problems).toEqual([]);
      });
    }
  }

  for (const language of LANGUAGES) {
    test(`no page scrolls sideways at 360 px in ${language}, and none at 1280`, async () => {
      const pages = pagesOf(language, "dark");
      const wide: string[] = [];
      await using at = await visit(pages, "/signin", { viewport: { width: 360, height: 640 }, hasTouch: true });
      for (const width of [360, 1280]) {
        await at.page.setViewportSize({ width, height: 640 });
        for (const path of Object.keys(pages)) {
          await at.page.goto(at.url + path);
          const over = await at.page.evaluate("document.documentElement.scrollWidth - innerWidth");
          if (Number(over) > 0) wide.push(`${path} at ${width}: ${over} px`);
        }
      }
      expect(wide).toEqual([]);
    });
  }

  test("what is pressed is 44 px high where a finger is used", async () => {
    await using at = await visit(pagesOf("pt", "dark"), "/operate", {
      viewport: { width: 360, height: 640 },
      hasTouch: true,
      isMobile: true,
    });
    for (const path of ["/operate", "/channels", "/settings", "/signin", "/accounts", "/twitch-signin"]) {
      await at.page.goto(at.url + path);
      const small = await at.page.evaluate(`[...document.querySelectorAll("button, .btn, .input, .rail a")]
        .filter((e) => e.checkVisibility() && e.getBoundingClientRect().height < 43.5).map((e) => e.outerHTML.slice(0, 120))`);
      expect(small).toEqual([]);
    }
  });
});
