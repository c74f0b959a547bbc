import { describe, expect, test } from "bun:test";
import { HUD_LEVEL } from "../../src/domain/events.ts";
import { eventLine, hudMessage } from "../../views/event-line.tsx";
import { render } from "../../views/html.ts";
import { ICONS } from "../../views/icons.ts";
import { LANGUAGES, wordsFor } from "../../views/words/index.ts";
import { anEvent, bodies } from "./samples.ts";

const en = wordsFor("en");

describe("a line of the timeline", () => {
  test("the samples have every type of event", async () => {
    const source = await Bun.file(new URL("../../src/domain/events.ts", import.meta.url)).text();
    const types = [...source.matchAll(/type: "([\w.]+)"[;} ]/g)].map((match) => match[1] ?? "");
    expect([...new Set(bodies.map(({ type }) => type))].sort()).toEqual(types.sort() as (typeof bodies)[number]["type"][]);
  });

  for (const language of LANGUAGES) {
    test(`each event has its line in ${language}, with all its values`, () => {
      for (const body of bodies) {
        const line = eventLine(wordsFor(language), anEvent(body), "UTC");
        const html = render(line.text);
        expect(html, body.type).not.toBe("");
        expect(html, body.type).not.toContain("…");
        expect(Object.keys(ICONS)).toContain(line.icon);
      }
    });
  }

  test("names that others chose are isolated and escaped", () => {
    const line = eventLine(en, anEvent({ type: "chat.raid", fromLogin: "a", fromName: "<b>\u202e", viewers: 1 }), "UTC");
    expect(render(line.text)).toBe("<bdi>&lt;b&gt;\u202e</bdi> arrived with 1 person");
  });
});

describe("a message of the HUD", () => {
  test("only what the broadcaster is told of is one", () => {
    for (const body of bodies) expect(hudMessage(en, anEvent(body), "UTC") !== null, body.type).toBe(body.type in HUD_LEVEL);
  });

  test("is plain text: nothing is escaped in it, because it is never HTML", () => {
    const by = { kind: "program", name: "deck" } as const;
    expect(hudMessage(en, anEvent({ type: "hud.message", text: "<i>&", source: "x", by }, { id: 7 }), "UTC")).toEqual({
      id: 7,
      at: "2026-11-22T21:15:30.000Z",
      level: "info",
      icon: "message-square",
      text: "<i>&",
      detail: null,
      source: "from deck",
    });
    expect(hudMessage(en, anEvent({ type: "chat.raid", fromLogin: "a", fromName: "A&B", viewers: 2 }), "UTC")?.text).toBe(
      "A&B arrived with 2 people",
    );
  });
});
