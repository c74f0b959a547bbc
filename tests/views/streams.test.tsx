import { describe, expect, test } from "bun:test";
import { Html, render } from "../../views/html.ts";
import { StreamsPart } from "../../views/panels/streams.tsx";
import { StripPart } from "../../views/panels/strip.tsx";
import { wordsFor } from "../../views/words/index.ts";
import { aFigures, aStream, aSummary, aSystem, now } from "./samples.ts";

const reader = { words: wordsFor("en"), zone: "UTC", now };
/** Text as it is read: no tags, plain spaces. */
const textOf = (html: string) =>
  html
    .replace(/<[^>]+>/g, " ")
    .replace(/[\s\u2009\u202f\u00a0]+/g, " ")
    .trim();
const strip = (stream: ReturnType<typeof aStream> | null) =>
  textOf(
    render(
      <StripPart {...reader} system={aSystem()} summary={aSummary()} figures={aFigures()} channelCount={1} stream={stream} />,
    ),
  );

describe("the streams of a channel", () => {
  test("F73: one over midnight in São Paulo has both days there, whatever the day in UTC, and the same length", () => {
    const [startedAt, endedAt] = [new Date("2026-11-22T01:30:00Z"), new Date("2026-11-22T04:10:00Z")];
    const stream = aStream({ startedAt, offlineAt: endedAt, endedAt });
    const inZone = (zone: string) => textOf(render(<StreamsPart {...reader} zone={zone} streams={[stream]} />));
    expect(inZone("America/Sao_Paulo")).toContain("Nov 21, 22:30 – Nov 22, 01:10 2 h 40 min");
    expect(inZone("UTC")).toContain("Nov 22, 01:30 – 04:10 2 h 40 min");
  });

  test("say since when it is live with its viewers, that it was guessed from chat, or that it dropped", () => {
    const said = (over: Parameters<typeof aStream>[0]) => textOf(render(<StreamsPart {...reader} streams={[aStream(over)]} />));
    expect(said({})).toStartWith("Live since 19:56 , 1 h 20 min · 48 viewers");
    expect(said({ source: "chat", viewersLast: null })).toStartWith("Live since 19:56 , 1 h 20 min · estimated from chat");
    expect(said({ offlineAt: now })).toStartWith("Dropped at 21:16 .");
    expect(textOf(render(<StreamsPart {...reader} streams={[]} />))).toContain("No stream yet");
  });

  test("the strip tells for how long it is live, and nothing while it is not", () => {
    expect(strip(aStream())).toContain("live 1 h 20 min");
    expect(strip(aStream({ offlineAt: now }))).not.toContain("live 1 h");
    expect(strip(null)).not.toContain("live 1 h");
  });

  test("a start that lies ahead of the clock makes no negative length", () => {
    const stream = aStream({ startedAt: new Date(now.getTime() + 3_600_000) });
    expect(textOf(render(<StreamsPart {...reader} streams={[stream]} />))).toContain("1 min");
  });
});
