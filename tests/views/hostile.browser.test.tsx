import { describe, expect, test } from "bun:test";
import type { EventBody } from "../../src/domain/events.ts";
import type { ChannelSummary, TwitchSignin } from "../../src/domain/snapshots.ts";
import { DashboardPage, type DashboardProps } from "../../views/dashboard.tsx";
import { ErrorPage } from "../../views/error.tsx";
import { render, type SafeHtml } from "../../views/html.ts";
import { HudPage, readHudOptions } from "../../views/hud.tsx";
import {
  AccountsPartial,
  ChannelsPartial,
  ChatPartial,
  DeletedMark,
  EventPartial,
  FiguresPartial,
  hudMessage,
  MoodPartial,
  StatusPartial,
} from "../../views/live.tsx";
import { SigninPage } from "../../views/signin.tsx";
import { wordsFor } from "../../views/words/index.ts";
import { HOSTILE } from "./hostile.ts";
import {
  aDashboard,
  aFigures,
  aGap,
  aLine,
  aMood,
  anAccount,
  anEvent,
  aPart,
  aSignin,
  aSummary,
  aSystem,
  aView,
  bodies,
  gaps,
  now,
} from "./samples.ts";
import { isWithoutBrowser, until, untilStreams, useBrowser, type Visit } from "./visit.ts";

const words = wordsFor("en");
const reader = { words, zone: "UTC", now };

/** Events of every type with `text` in every place. */
const eventsOf = (text: string, firstId: number) =>
  bodies.map((body, i) => anEvent(hostileBody(body, text), { id: firstId + i, traceId: text }));

/** Lines whose every text is `text`. */
const linesOf = (text: string, i: number) => [
  aLine({ text, displayName: text, login: text, chatterId: text, messageId: `${i}${text}` }),
  aLine({
    text,
    displayName: text,
    emotes: [
      { id: text, start: 0, end: 3 },
      { id: "x", start: 4, end: 9 },
    ],
    color: text,
    messageId: `reply-${i}`,
    traceId: text,
    kind: "reply",
  }),
];

/** A mood for which every text was judged, with each as its own reason. */
const moodOf = (texts: readonly string[]) =>
  aMood({
    examples: texts.map((text, i) => ({
      messageId: `${i}${text}`,
      sentAt: now,
      chatterId: text,
      login: text,
      displayName: text,
      text,
      score: 0.5,
      label: 1,
      evidence: [{ token: text, weight: 2, why: text }],
    })),
    emotes: texts.map((name) => ({ name, weight: 1, messages: 9, chatters: 3 })),
  });

const summaryOf = (text: string): ChannelSummary => aSummary({ login: text, reason: text, state: "failed" });

/** Every page, with `texts` wherever there is a list, and `all` of them in a row wherever there is one place. */
function hostilePages(texts: readonly string[]): Record<string, SafeHtml> {
  const all = texts.join(" ");
  const [first = ""] = texts;
  const events = texts.flatMap((text, i) => eventsOf(text, 1_000 * i));
  const summary = summaryOf(all);
  const fault = { value: all, error: all };
  const props: Partial<DashboardProps> = {
    words,
    system: aSystem({
      version: all,
      parts: [
        aPart({ level: "bad", name: "chat", reason: "waiting", params: { reason: all, seconds: all } }),
        aPart({ name: "model", reason: all, level: "warn", params: { model: all } }),
      ],
    }),
    hud: events,
    mood: moodOf(texts),
    channels: texts.map(summaryOf),
    focused: aView({ summary, lines: texts.flatMap(linesOf), events }),
    path: `/dashboard?channel=${all}`,
    cursor: first,
    accounts: texts.flatMap((text) => [
      anAccount({
        userId: text,
        login: text,
        displayName: `${text}!`,
        scopes: [text],
        state: "login_needed",
        reason: "wrong_account",
      }),
      anAccount({ userId: `${text} 2`, login: text, role: "broadcaster" }),
    ]),
    gaps: texts.flatMap((text) => gaps.map((gap) => ({ ...gap, channelLogin: text, accountLogin: text }))),
    hudUrl: `http://127.0.0.1/dashboard/hud?token=${encodeURIComponent(all)}`,
    newToken: all,
    tokens: texts.map((text) => ({ id: text, name: text, createdAt: now, lastUsedAt: null })),
    sessions: texts.map((text) => ({ id: text, label: text, createdAt: now, lastSeenAt: now, isCurrent: true })),
    faults: { join: fault, hud: fault, token: fault, connect: { role: "bot", tiers: [], error: all } },
  };
  const signin = (over: Partial<TwitchSignin>) =>
    DashboardPage(
      aDashboard({
        ...props,
        page: "signin",
        signin: aSignin({ id: all, userCode: all, verificationUrl: first, login: all, ...over }),
      }),
    );
  /** The stream's address carries the login, so here it is a short one. */
  const operate = { ...props, focused: aView({ summary: summaryOf(first), lines: texts.flatMap(linesOf), events }) };
  const hud = (query: string) =>
    HudPage({
      words,
      login: all,
      eventsUrl: `/hud-events?token=${encodeURIComponent(first)}`,
      initial: events.slice(-60),
      cursor: first,
      options: readHudOptions(new URLSearchParams(query)),
    });
  return {
    "/operate": DashboardPage(aDashboard(operate)),
    "/channels": DashboardPage(aDashboard({ ...operate, page: "channels" })),
    "/settings": DashboardPage(aDashboard({ ...operate, page: "settings" })),
    "/first-run": DashboardPage(aDashboard({ ...props, focused: null })),
    "/twitch-signin": signin(
      first === HOSTILE[0] ? {} : { state: "failed", reason: "wrong_account", params: { wanted: all, got: all } },
    ),
    "/signin": SigninPage({ words, theme: "dark", next: all, error: all, isDemo: false }),
    "/error": ErrorPage({ words, theme: "dark", status: 404, title: all, detail: all, traceId: all }),
    "/hud": hud("max=50&hide=0"),
    "/dock": hud("dock=1"),
  };
}

/** Of the events one in so many is streamed with each text: the pages have every text in every event already. */
const EVENTS_SHARE = 15;

/** What the stream sends about `text` to a dashboard. */
function dashboardMessage(text: string, i: number): string {
  const summary = summaryOf(text);
  const html = render([
    ChatPartial({ ...reader, lines: linesOf(text, 5_000 + i) }),
    eventsOf(text, 200_000 + 1_000 * i)
      .filter((_, j) => j % EVENTS_SHARE === i % EVENTS_SHARE)
      .map((event) => EventPartial({ ...reader, event })),
    DeletedMark({ words, messageIds: [text] }),
    FiguresPartial({
      ...reader,
      system: aSystem({ parts: [aPart({ reason: text, level: "bad" })] }),
      summary,
      figures: aFigures(),
      channelCount: 1,
    }),
    StatusPartial({ ...reader, system: aSystem({ parts: [aPart({ reason: text })] }) }),
    MoodPartial({ ...reader, mood: moodOf([text]) }),
    ChannelsPartial({ ...reader, channels: [summary] }),
    AccountsPartial({
      ...reader,
      accounts: [anAccount({ login: text, displayName: text, state: "login_needed", reason: "denied" })],
      gaps: [aGap({ channelLogin: text, accountLogin: text })],
      canConnect: true,
    }),
  ]);
  const lines = html.split(/\r\n|\r|\n/).map((line) => `data: ${line}\n`);
  return `${lines.join("")}\n`;
}

/** What the stream sends about `text` to a HUD. */
function hudMessages(text: string, i: number): string {
  const messages = eventsOf(text, 200_000 + 1_000 * i).flatMap((event) => hudMessage(words, event, "UTC") ?? []);
  return messages.map((message) => `event: hud\ndata: ${JSON.stringify({ ...message, icon: text })}\n\n`).join("");
}

/** Sends every text through the page's stream and waits until the last has arrived. */
async function stream(at: Visit, path: string, texts: readonly string[]): Promise<void> {
  await untilStreams(at, at.streams.length + (at.streams.length === 0 ? 1 : 0));
  const out = at.streams.at(-1);
  const isHud = path !== "/operate";
  texts.forEach((text, i) => {
    out?.send(isHud ? hudMessages(text, i) : dashboardMessage(text, i));
  });
  if (isHud) {
    out?.send(
      `event: hud\ndata: ${JSON.stringify({ id: 1, at: now, level: "bad", icon: "x", text: "the last one", detail: null, source: "" })}\n\n`,
    );
    await until(at.page, "document.body.textContent.includes('the last one')");
  } else {
    out?.send(`data: ${render(ChatPartial({ ...reader, lines: [aLine({ messageId: "last" })] }))}\n\n`);
    await until(at.page, "document.getElementById('m-last') !== null");
  }
}

const OUTCOME = `({ pwned: window.pwned ?? 0, refused: window.refused, strange: [...document.querySelectorAll(
  "img, iframe, object, embed, base, video, audio, math, marquee, template, xmp, style, body script, [onerror], [onload], [onfocus], [srcdoc]")].map((e) => e.outerHTML.slice(0, 80)) })`;
const WATCH =
  "window.refused = []; document.addEventListener('securitypolicyviolation', (e) => window.refused.push(e.violatedDirective + ' ' + e.blockedURI));";

describe.skipIf(isWithoutBrowser)("F63: what chatters write never runs", () => {
  const visit = useBrowser();

  test("the corpus is large enough", () => {
    expect(new Set(HOSTILE).size).toBeGreaterThanOrEqual(60);
  });

  for (const [how, bypassCSP, texts, isStreamed] of [
    ["by escaping alone", true, HOSTILE, true],
    // The order matters where texts stand in a row; what is streamed comes one by one.
    ["by escaping alone, in the other order", true, HOSTILE.toReversed(), false],
    ["and the strict policy has nothing to refuse", false, HOSTILE, true],
  ] as const) {
    const pages = hostilePages(texts);
    for (const path of Object.keys(pages)) {
      test(`${path}: ${HOSTILE.length} texts in every place: 0 run ${how}`, async () => {
        await using at = await visit(pages, "/signin", { bypassCSP, viewport: { width: 1000, height: 700 } });
        const dialogs: string[] = [];
        at.page.on("dialog", (dialog) => {
          dialogs.push(dialog.message());
          void dialog.dismiss();
        });
        await at.page.addInitScript(WATCH);
        await at.page.goto(at.url + path);
        if (isStreamed && ["/operate", "/hud", "/dock"].includes(path)) await stream(at, path, texts);
        expect(await at.page.evaluate(OUTCOME)).toEqual({ pwned: 0, refused: [], strange: [] });
        expect(dialogs).toEqual([]);
      });
    }
  }

  test("the corpus does run where nothing escapes it: the tests above can fail", async () => {
    const html = `<!doctype html><body>${HOSTILE[3]}${HOSTILE[8]}</body>`;
    const answer = () => new Response(html, { headers: { "content-type": "text/html" } });
    await using at = await visit({ "/raw": answer }, "/raw", { bypassCSP: true });
    await until(at.page, "window.pwned >= 2");
  });
});

/** `body` with every text replaced that somebody outside could choose. */
function hostileBody(body: EventBody, text: string): EventBody {
  const replaced = Object.entries(body).map(([key, value]) => {
    if (["type", "kind", "status", "route", "retryAt", "startedAt", "role", "phase", "feature", "trigger", "vibe"].includes(key))
      return [key, value];
    if (key === "reason" && (body.type === "reply.dropped" || body.type === "model.failed")) return [key, value];
    if (key === "by" && typeof value === "object") return [key, { kind: "member", name: text }];
    return [key, typeof value === "string" ? text : value];
  });
  return Object.fromEntries(replaced) as EventBody;
}
