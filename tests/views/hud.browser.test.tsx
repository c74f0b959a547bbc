import { describe, expect, test } from "bun:test";
import { HudPage, readHudOptions } from "../../views/hud.tsx";
import { wordsFor } from "../../views/words/index.ts";
import { anEvent, type hudEvents } from "./samples.ts";
import { type Stream, stream } from "./stream.ts";
import { isWithoutBrowser, untilStreams, useBrowser } from "./visit.ts";

describe.skipIf(isWithoutBrowser)("the HUD", () => {
  const visit = useBrowser();
  const words = wordsFor("en");
  const page = (query: string, initial: typeof hudEvents = []) =>
    HudPage({
      words,
      login: "cabrasolar",
      eventsUrl: "/hud-events?token=t",
      initial,
      cursor: "7-0",
      options: readHudOptions(new URLSearchParams(query)),
    });
  const told = (id: number, over: object = {}) =>
    `id: ${id}-0\nevent: hud\ndata: ${JSON.stringify({ id, at: new Date().toISOString(), level: "info", icon: "users", text: `message ${id}`, detail: null, source: "x", ...over })}\n\n`;

  async function connected(query: string) {
    const at = await visit({ "/hud": page(query) }, "/hud", { viewport: { width: 480, height: 270 } });
    await untilStreams(at, 1);
    return at;
  }

  test("is transparent, and blank when there is nothing to say", async () => {
    await using at = await connected("");
    expect(
      await at.page.evaluate("[document.documentElement, document.body].map((e) => getComputedStyle(e).backgroundColor).join()"),
    ).toBe("rgba(0, 0, 0, 0),rgba(0, 0, 0, 0)");
    expect(await at.page.innerText("body")).toBe("");
    expect(at.streams[0]?.url.search).toBe("?token=t&cursor=7-0");
  });

  test("shows a message as it comes, at most as many as it may, the newest last, none twice", async () => {
    await using at = await connected("max=2");
    for (const id of [1, 2, 3, 3, 2]) at.streams[0]?.send(told(id));
    await at.page.waitForSelector("text=message 3");
    expect(await at.page.locator(".plate").allInnerTexts()).toEqual(["message 2", "message 3"]);
  });

  test("a message leaves after its time; an urgent one stays", async () => {
    await using at = await connected("hide=1&max=5");
    at.streams[0]?.send(told(1) + told(2, { level: "bad", text: "chat lost" }));
    await at.page.waitForSelector("text=message 1");
    await at.page.waitForSelector("text=message 1", { state: "detached" });
    expect(await at.page.locator(".plate").allInnerTexts()).toEqual(["chat lost"]);
  });

  test("text is text: markup in a message is shown as it was written", async () => {
    await using at = await connected("");
    at.streams[0]?.send(told(1, { text: "<img src=x onerror=alert(1)>", detail: "<b>x</b>", icon: 'x"/><script>' }));
    await at.page.waitForSelector(".plate");
    expect(await at.page.innerText(".plate")).toContain("<img src=x onerror=alert(1)>");
    expect(await at.page.locator(".plate img, .plate b").count()).toBe(0);
  });

  test("F64: when the server comes back it goes on from the last message, and none is lost or shown twice", async () => {
    await using at = await connected("max=50&hide=0");
    at.streams[0]?.send(told(1) + told(2));
    await at.page.waitForSelector("text=message 2");
    at.streams[0]?.end();
    await untilStreams(at, 2);
    expect(at.streams[1]?.lastEventId).toBe("2-0");
    at.streams[1]?.send(told(2) + told(3));
    await at.page.waitForSelector("text=message 3");
    expect(await at.page.locator(".plate").allInnerTexts()).toEqual(["message 1", "message 2", "message 3"]);
  });

  test("a dock says when it has no contact, and when its address is no longer valid", async () => {
    let status = 200;
    const streams: Stream[] = [];
    const events = (request: Request): Response => {
      if (status !== 200) return new Response("", { status });
      const fresh = stream(request);
      streams.push(fresh);
      return fresh.response;
    };
    await using at = await visit({ "/hud": page("dock=1"), "/hud-events": events }, "/hud", {
      viewport: { width: 360, height: 700 },
    });
    await at.page.waitForSelector("#contact[data-state=ok] >> text=Connected");
    status = 503;
    streams[0]?.end();
    await at.page.waitForSelector("#contact[data-state=bad] >> text=No contact");
    status = 403;
    await at.page.waitForSelector("#contact[data-state=warn] >> text=no longer valid");
    status = 200;
    await at.page.waitForSelector("#contact[data-state=ok] >> text=Connected");
  });

  test("10,000 messages leave at most 50 nodes", async () => {
    await using at = await connected("dock=1&max=50");
    for (let from = 0; from < 10_000; from += 500)
      at.streams[0]?.send(Array.from({ length: 500 }, (_, i) => told(from + i)).join(""));
    await at.page.waitForSelector("text=message 9999");
    expect(await at.page.locator("#plates > *").count()).toBe(50);
  });

  test("a dock writes times in the zone of whoever looks", async () => {
    const initial = [
      anEvent({ type: "chat.raid", fromLogin: "a", fromName: "A", viewers: 3 }, { at: new Date("2026-11-22T21:00:00Z") }),
    ];
    await using at = await visit({ "/hud": page("dock=1", initial) }, "/hud", { timezoneId: "America/Sao_Paulo" });
    expect(await at.page.innerText("#plates time")).toBe("18:00");
  });

  test("samples show how it will look", async () => {
    await using at = await connected("demo=1");
    expect(await at.page.locator(".plate").count()).toBe(3);
  });
});
