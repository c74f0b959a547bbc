import type { Page } from "playwright-core";
import { chromiumPath, NO_BROWSER, openBrowser, openPage } from "../../tests/support/browser.ts";
import { aHome, type Byte, startByte } from "../byte.ts";
import { figure, ms, percentile } from "../figures.ts";
import { Peer } from "../peer.ts";
import { BOT, startPretend } from "../pretend.ts";
import type { Row } from "../report.ts";
import type { Rig } from "../rig.ts";
import { type ClientsQuestion, type Heard, MARK, MARK_END, signIn, tellHud } from "../streams.ts";

const LEVEL_MS = 150;
const CHANNEL = "studio";
/** One of them is Chromium. */
const CLIENTS = 50;
const EVENTS = 75;
/** Not a multiple of a frame's length, so that events fall anywhere in it. */
const EVERY_MS = 157;

/** From a program's message to what the broadcaster sees in a real browser. */
export async function benchHud(rig: Rig): Promise<Row[]> {
  if (chromiumPath === null) throw new Error(NO_BROWSER);
  const home = await aHome(rig, "postgres");
  await using world = await startPretend(rig);
  await world.ask({ op: "channels", logins: [CHANNEL] });
  await using byte = await startByte(rig, home, { ...world.settings, ...world.account, TWITCH_CHANNEL_LOGINS: CHANNEL });
  await world.ask({ op: "joined", logins: [CHANNEL], login: BOT });
  const cookie = await signIn(byte);
  await using clients = new Peer(rig, "stream-clients.ts");
  const path = `/dashboard/hud/events?channel=${CHANNEL}`;
  await clients.ask({ op: "open", url: byte.url, path, cookie, count: CLIENTS - 1 } satisfies ClientsQuestion);

  await using browser = await openBrowser();
  await using open = await openPage(browser, { extraHTTPHeaders: { cookie } });
  await watchHud(open.page, byte);
  const sentAt = await sendEvents(byte);
  await open.page.waitForFunction((count) => window.benchSeen.length >= count, EVENTS, { timeout: 10_000 });
  const paintedAt = new Map(await open.page.evaluate(() => window.benchSeen));
  const heard = await clients.ask<Heard>({ op: "heard", sentAt, waitMs: 2_000 } satisfies ClientsQuestion);
  await byte.stop();

  const tookMs = sentAt.map((at, number) => (paintedAt.get(number) ?? Number.POSITIVE_INFINITY) - at);
  const p95 = percentile(tookMs, 0.95);
  return [
    {
      what: `hud: message to pixel in Chromium, ${CLIENTS} clients, p95`,
      level: `≤ ${LEVEL_MS} ms`,
      measured: ms(p95),
      isMet: p95 <= LEVEL_MS && heard.missed === 0 && heard.closed === 0,
      beside: `p50 ${ms(percentile(tookMs, 0.5))}, max ${ms(Math.max(...tookMs))} of ${EVENTS}; to the other ${CLIENTS - 1} streams p95 ${ms(percentile(heard.tookMs, 0.95))}, ${figure(heard.missed)} lost`,
    },
  ];
}

declare global {
  interface Window {
    /** Number of each message seen, and when the frame that shows it was drawn, in ms since 1970. */
    benchSeen: [number: number, at: number][];
  }
}

/** Opens the HUD; from then on the page notes when a message of ours is drawn. */
async function watchHud(page: Page, byte: Byte): Promise<void> {
  await page.setViewportSize({ width: 480, height: 270 });
  const streaming = page.waitForResponse((response) => response.url().includes("/dashboard/hud/events"));
  await page.goto(`${byte.url}/dashboard/hud?channel=${CHANNEL}`);
  await streaming;
  await page.evaluate(
    ([mark, end]) => {
      window.benchSeen = [];
      const note = (node: Node) => {
        const number = new RegExp(`${mark}(\\d+)${end}`).exec(node.textContent ?? "")?.[1];
        if (number === undefined) return;
        // The task after the next frame's callbacks: that frame has been handed over for drawing.
        requestAnimationFrame(() => {
          const { port1, port2 } = new MessageChannel();
          port1.onmessage = () => window.benchSeen.push([Number(number), Date.now()]);
          port2.postMessage(null);
        });
      };
      const observer = new MutationObserver((records) => {
        for (const record of records) record.addedNodes.forEach(note);
      });
      observer.observe(document.getElementById("plates") ?? document.body, { childList: true });
    },
    [MARK, MARK_END] as const,
  );
}

async function sendEvents(byte: Byte): Promise<number[]> {
  const sentAt: number[] = [];
  while (sentAt.length < EVENTS) {
    const number = sentAt.length;
    sentAt.push(Date.now());
    await Promise.all([tellHud(byte, CHANNEL, number), Bun.sleep(EVERY_MS)]);
  }
  return sentAt;
}
