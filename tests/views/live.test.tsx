import { describe, expect, test } from "bun:test";
import { DashboardPage } from "../../views/dashboard.tsx";
import { Html, render } from "../../views/html.ts";
import { ChatPartial, DeletedMark, EventPartial, partial, TARGETS, WholePartial } from "../../views/live.tsx";
import { wordsFor } from "../../views/words/index.ts";
import { aDashboard, aLine, anEvent, now } from "./samples.ts";

const reader = { words: wordsFor("en"), zone: "UTC", now };

describe("the stream's fragments", () => {
  test("every target stands in a page of the dashboard, once", () => {
    const pages = (["operate", "channels", "settings"] as const).map((page) => DashboardPage(aDashboard({ page })).html);
    for (const target of Object.values(TARGETS)) {
      const id = `id="${target.slice(1)}"`;
      expect(
        pages.some((html) => html.includes(id)),
        target,
      ).toBe(true);
      for (const html of pages) expect(html.split(id).length, target).toBeLessThanOrEqual(2);
    }
  });

  test("a partial names its target and how it is put there", () => {
    expect(render(partial("#x", "beforeend", "<b>"))).toBe(
      '<hx-partial hx-target="#x" hx-swap="beforeend">&lt;b&gt;</hx-partial>',
    );
  });

  test("chat lines go to the end of the feed, after how many were skipped", () => {
    const html = render(<ChatPartial {...reader} lines={[aLine({ text: "hi" })]} skipped={1_200} />);
    expect(html).toContain('hx-target="#feed" hx-swap="beforeend"><li class="daymark">1,200 messages passed too fast');
    expect(html.indexOf("hi")).toBeGreaterThan(html.indexOf("1,200"));
  });

  test("an event for the broadcaster is a row of the timeline and of the HUD's panel; another is of the timeline only", () => {
    const raid = render(
      <EventPartial {...reader} event={anEvent({ type: "chat.raid", fromLogin: "a", fromName: "A", viewers: 3 })} />,
    );
    const asked = render(
      <EventPartial {...reader} event={anEvent({ type: "reply.asked", login: "a", name: "A", question: "?", messageId: "m" })} />,
    );
    expect([raid.includes(TARGETS.hud), asked.includes(TARGETS.hud)]).toEqual([true, false]);
    expect([raid.includes(TARGETS.timeline), asked.includes(TARGETS.timeline)]).toEqual([true, true]);
  });

  test("a confirmed reply tells its line how long it took", () => {
    const sent = anEvent(
      { type: "reply.sent", text: "x", route: "model", status: "confirmed", reason: null, latencyMs: 912 },
      { traceId: "t-1" },
    );
    expect(render(<EventPartial {...reader} event={sent} />)).toContain('hx-target="#took-t-1" hx-swap="innerHTML">912');
  });

  test("a deleted line is marked under the same id that its row has", () => {
    const row = render(<ChatPartial {...reader} lines={[aLine({ messageId: "a.b:c" })]} />);
    expect(row).toContain('id="m-a_b_c"');
    expect(render(<DeletedMark words={reader.words} messageIds={["a.b:c"]} />)).toContain('hx-target="#m-a_b_c .mark"');
  });

  test("after a gap the three lists are written anew", () => {
    const html = render(<WholePartial {...reader} lines={[]} events={[]} hud={[]} />);
    expect([...html.matchAll(/hx-target="([^"]+)" hx-swap="(\w+)"/g)].map(([, target, swap]) => `${target} ${swap}`)).toEqual([
      "#feed innerHTML",
      "#events innerHTML",
      "#hud-list innerHTML",
    ]);
  });

  test("emotes are marked where their ranges are code points of the text, and ignored where not", () => {
    const emotes = [
      { id: "1", start: 2, end: 6 },
      { id: "1", start: 4, end: 9 },
      { id: "1", start: 90, end: 95 },
      { id: "1", start: -2, end: 0 },
    ];
    expect(render(<ChatPartial {...reader} lines={[aLine({ text: "😀 Kappa <b>", emotes })]} />)).toContain(
      '😀 <span class="emo">Kappa</span> &lt;b&gt;',
    );
  });
});
