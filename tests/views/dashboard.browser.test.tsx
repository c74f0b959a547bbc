import { describe, expect, test } from "bun:test";
import { DashboardPage } from "../../views/dashboard.tsx";
import { Html, type SafeHtml } from "../../views/html.ts";
import { ChannelsPartial, ChatPartial, DeletedMark, EventPartial, FiguresPartial } from "../../views/live.tsx";
import { wordsFor } from "../../views/words/index.ts";
import { aDashboard, aFigures, aLine, anEvent, aSummary, aSystem, now } from "./samples.ts";
import { isWithoutBrowser, until, untilStreams, useBrowser } from "./visit.ts";

describe.skipIf(isWithoutBrowser)("the dashboard, live", () => {
  const visit = useBrowser();
  const words = wordsFor("en");
  const reader = { words, zone: "UTC", now };
  const operate = {
    "/operate": DashboardPage(aDashboard({ words })),
    "/channels": DashboardPage(aDashboard({ words, page: "channels" })),
  };
  const message = (html: SafeHtml): string => `data: ${html.html.replaceAll("\n", "&#10;")}\n\n`;

  async function connected(path = "/operate", options = {}) {
    const at = await visit(operate, path, { viewport: { width: 1280, height: 800 }, ...options });
    await untilStreams(at, 1);
    return at;
  }

  test("a new line is appended, with its channel and cursor asked for; an event is put on top", async () => {
    await using at = await connected();
    expect(at.streams[0]?.url.search).toBe("?channel=cabrasolar&cursor=1000-17");
    at.streams[0]?.send(message(<ChatPartial {...reader} lines={[aLine({ messageId: "new-1", text: "fresh line" })]} />));
    await at.page.waitForSelector("#feed > li:last-child#m-new-1");
    at.streams[0]?.send(
      message(
        <EventPartial
          {...reader}
          event={anEvent({ type: "chat.raid", fromLogin: "z", fromName: "Zed", viewers: 9 }, { id: 5_000 })}
        />,
      ),
    );
    await at.page.waitForSelector("#events > li:first-child#e-5000");
    expect(await at.page.textContent("#hud-list > li:first-child b")).toBe("Zed arrived with 9 people");
    expect(at.problems).toEqual([]);
  });

  test("our reply says how long it took, whether its row or the event comes first", async () => {
    await using at = await connected();
    const sent = (traceId: string) =>
      anEvent(
        { type: "reply.sent", text: "x", route: "model", status: "confirmed", reason: null, latencyMs: 432 },
        { id: 6_000, traceId },
      );
    const row = (traceId: string) => aLine({ messageId: traceId, traceId, kind: "reply" });
    at.streams[0]?.send(message(<EventPartial {...reader} event={sent("first")} />));
    at.streams[0]?.send(message(<ChatPartial {...reader} lines={[row("first"), row("second")]} />));
    at.streams[0]?.send(message(<EventPartial {...reader} event={sent("second")} />));
    await until(
      at.page,
      "[...document.querySelectorAll('#m-first .took, #m-second .took')].map((e) => e.textContent).join() === '432\u00a0ms,432\u00a0ms'",
    );
  });

  test("a page without a target ignores what is for it", async () => {
    await using at = await connected("/channels");
    at.streams[0]?.send(message(<ChatPartial {...reader} lines={[aLine({ messageId: "new-1" })]} />));
    at.streams[0]?.send(message(<ChannelsPartial {...reader} channels={[aSummary({ login: "just_joined" })]} />));
    await at.page.waitForSelector("#c-just_joined");
    expect(at.problems).toEqual([]);
  });

  test("lists are bounded: 200 lines, 100 events, 50 messages", async () => {
    await using at = await connected();
    const lines = Array.from({ length: 300 }, (_, i) => aLine({ messageId: `n-${i}`, text: `line ${i}` }));
    at.streams[0]?.send(message(<ChatPartial {...reader} lines={lines} />));
    const events = Array.from({ length: 150 }, (_, i) =>
      anEvent({ type: "chat.raid", fromLogin: "a", fromName: `r${i}`, viewers: i }, { id: 9_000 + i }),
    );
    at.streams[0]?.send(events.map((event) => message(<EventPartial {...reader} event={event} />)).join(""));
    await at.page.waitForSelector("#e-9149");
    await until(
      at.page,
      `["feed", "events", "hud-list"].map((id) => document.getElementById(id).childElementCount).join() === "200,100,50"`,
    );
    expect(await at.page.textContent("#feed > li:last-child .txt")).toBe("line 299");
    expect(await at.page.getAttribute("#events > li:first-child", "id")).toBe("e-9149");
  });

  test("somebody who scrolled up stays there, and sees how many are new", async () => {
    await using at = await connected();
    const lines = (from: number, count: number) =>
      Array.from({ length: count }, (_, i) => aLine({ messageId: `s-${from + i}`, text: `line ${from + i}` }));
    at.streams[0]?.send(message(<ChatPartial {...reader} lines={lines(0, 60)} />));
    await at.page.waitForSelector("#m-s-59");
    await at.page.evaluate("document.querySelector('[data-feed]').scrollTop = -600");
    const top = () => at.page.evaluate("document.elementFromPoint(200, 500).closest('li')?.id");
    const before = await top();
    at.streams[0]?.send(message(<ChatPartial {...reader} lines={lines(60, 12)} />));
    await at.page.waitForSelector("[data-newer]:not([hidden])");
    expect(await at.page.textContent("[data-newer] span")).toBe("12 new");
    expect(await top()).toBe(before);
    await at.page.click("[data-newer]");
    await at.page.waitForSelector("[data-newer]", { state: "hidden" });
    expect(await at.page.evaluate("document.querySelector('[data-feed]').scrollTop")).toBe(0);
  });

  test("a removed line is struck, and loses nothing else", async () => {
    await using at = await connected();
    at.streams[0]?.send(message(<ChatPartial {...reader} lines={[aLine({ messageId: "bad-1", text: "spam" })]} />));
    at.streams[0]?.send(message(<DeletedMark words={words} messageIds={["bad-1", "not-here"]} />));
    await at.page.waitForSelector("#m-bad-1 .gone");
    expect(await at.page.evaluate("getComputedStyle(document.querySelector('#m-bad-1 .txt')).textDecorationLine")).toBe(
      "line-through",
    );
  });

  test("focus and what is open survive an update of the strip and the tape", async () => {
    await using at = await connected();
    await at.page.focus("#strip > a:nth-of-type(2)");
    await at.page.evaluate("document.querySelector('#tape details').open = true");
    at.streams[0]?.send(
      message(
        <FiguresPartial
          {...reader}
          system={aSystem()}
          summary={aSummary()}
          figures={aFigures({ chatters10m: 777 })}
          channelCount={3}
        />,
      ),
    );
    await until(at.page, "document.querySelector('#strip').textContent.includes('777')");
    expect(await at.page.evaluate("document.activeElement.matches('#strip > a:nth-of-type(2)')")).toBe(true);
    expect(await at.page.evaluate("document.querySelector('#tape details').open")).toBe(true);
  });

  test("500 updates leave one stream open", async () => {
    await using at = await connected();
    for (let i = 0; i < 500; i++)
      at.streams[0]?.send(
        message(
          <FiguresPartial
            {...reader}
            system={aSystem()}
            summary={aSummary()}
            figures={aFigures({ chatters10m: 1_000 + i })}
            channelCount={3}
          />,
        ),
      );
    await until(at.page, "document.querySelector('#strip').textContent.includes('1,499')");
    expect(at.streams.length).toBe(1);
  });

  test("a stream that ends is opened again from its last place", async () => {
    await using at = await connected();
    at.streams[0]?.send(`id: 1001-18\n${message(<ChatPartial {...reader} lines={[aLine({ messageId: "k" })]} />)}`);
    await at.page.waitForSelector("#m-k");
    at.streams[0]?.end();
    await untilStreams(at, 2);
    expect(at.streams[1]?.lastEventId).toBe("1001-18");
  });

  test("lost contact is told within 10 s and taken back when it heals", async () => {
    await using at = await connected("/operate", {});
    await at.page.clock.install();
    await at.page.reload();
    while (at.streams.length < 2) await at.page.evaluate("Promise.resolve()");
    // The page counts from the last thing that it heard.
    at.streams.at(-1)?.send(message(<ChatPartial {...reader} lines={[aLine({ messageId: "heard" })]} />));
    await at.page.waitForSelector("#m-heard");
    await at.page.clock.runFor(8_000);
    expect(await at.page.isVisible("#lost")).toBe(false);
    await at.page.clock.runFor(2_000);
    expect(await at.page.isVisible("#lost")).toBe(true);
    expect(await at.page.textContent("#lost")).toContain("nothing is lost");
    at.streams.at(-1)?.send("event: beat\ndata:\n\n");
    await at.page.waitForSelector("#lost", { state: "hidden" });
  });

  test("the theme changes at once and is sent; the language is a plain form", async () => {
    const sent: string[] = [];
    const theme = async (request: Request): Promise<Response> => {
      sent.push(await request.text());
      return new Response(null, { status: 204 });
    };
    await using at = await visit({ ...operate, "/dashboard/theme": theme as never }, "/operate", {
      viewport: { width: 1280, height: 800 },
    });
    await at.page.click(".top [data-theme-form] button");
    expect(await at.page.getAttribute("html", "data-theme")).toBe("light");
    await until(at.page, "true");
    while (sent.length === 0) await at.page.evaluate("new Promise(requestAnimationFrame)");
    expect(sent[0]).toBe("next=%2Fdashboard&theme=light");
  });

  test("without scripts the page reads and its forms are there", async () => {
    await using at = await visit(operate, "/operate", { javaScriptEnabled: false });
    expect(await at.page.locator("#feed > li").count()).toBeGreaterThan(10);
    expect(await at.page.locator("form[action='/dashboard/hud/messages'] button").isVisible()).toBe(true);
    expect(await at.page.locator(".needs-js").count()).toBe(0);
  });

  test("the HUD's address is copied with its token, and follows the choices under it", async () => {
    await using at = await visit({ "/settings": DashboardPage(aDashboard({ words, page: "settings" })) }, "/settings", {
      viewport: { width: 1280, height: 900 },
      permissions: ["clipboard-read", "clipboard-write"],
    });
    expect(await at.page.locator("#hud-source").isVisible()).toBe(false);
    await at.page.selectOption("#hud-scale", "150");
    await at.page.selectOption("#hud-pos", "top-right");
    await at.page.click("button[data-copy=hud-source]");
    await at.page.waitForSelector("button[data-copy=hud-source] >> text=Copied");
    expect(await at.page.evaluate("navigator.clipboard.readText()")).toBe(
      "http://127.0.0.1:7860/dashboard/hud?token=c2FtcGxlLXRva2VuLWZvci10aGUtaHVk&scale=150&pos=top-right",
    );
  });
});
