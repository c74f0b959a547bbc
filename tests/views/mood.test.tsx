import { describe, expect, test } from "bun:test";
import { Html, render } from "../../views/html.ts";
import { MoodPartial, TARGETS } from "../../views/live.tsx";
import { MoodPanel, MoodVibe } from "../../views/panels/mood.tsx";
import { LANGUAGES, wordsFor } from "../../views/words/index.ts";
import { aMood, now } from "./samples.ts";

const en = { words: wordsFor("en"), zone: "UTC" };
const none = { count: 0, average: 0, positive: 0, neutral: 0, negative: 0 };

describe("the mood's panel", () => {
  test("says averages and shares with their signs, for eyes and for ears", () => {
    const html = render(<MoodPanel {...en} mood={aMood()} />);
    expect(html).toContain("<b>+0.24</b>");
    expect(html).toContain("<b>−0.04</b>");
    expect(html).toContain('aria-label="10 min: 22% positive, 52% neutral, 26% negative"');
    expect(html).toContain("lowest −0.4, highest +0.4, last +0.36.");
    expect(html).toContain(">Having fun</span>");
    expect(html.match(/<tr>/g)).toHaveLength(1 + 19);
  });

  test("shows the newest lines that decided it, newest first, with what spoke for them", () => {
    const html = render(<MoodPanel {...en} mood={aMood()} />);
    const [newest, next] = aMood().examples.toReversed();
    expect(html.indexOf(newest?.text ?? "?")).toBeLessThan(html.indexOf(next?.text ?? "?"));
    expect(html).toContain('<span class="chip down"><bdi>senti</bdi> −1.25</span>');
    const calm = aMood({ examples: aMood().examples.map((line) => ({ ...line, score: 0 })) });
    expect(render(<MoodPanel {...en} mood={calm} />)).toContain("Nothing in the newest lines");
  });

  test("without chat there is a sentence and no figure, and the vibe is not claimed", () => {
    const quiet = aMood({ windows: { "1m": none, "5m": none, "10m": none } });
    for (const mood of [null, quiet]) {
      const html = render(<MoodPanel {...en} mood={mood} />);
      expect(html).toContain("No chat yet");
      expect(html).not.toContain('<svg class="plot');
      expect(render(<MoodVibe {...en} mood={mood} />)).toBe("");
    }
  });

  test("a minute without messages says so beside others that have some", () => {
    const mood = aMood({ windows: { ...aMood().windows, "1m": none } });
    expect(render(<MoodPanel {...en} mood={mood} />)).toContain("no messages");
  });

  test("every vibe has its word in every language", () => {
    for (const language of LANGUAGES) {
      const said = (["hyped", "fun", "chill", "confused", "sad"] as const).map((vibe) =>
        render(<MoodVibe words={wordsFor(language)} zone="UTC" mood={aMood({ vibe })} />),
      );
      expect(new Set(said).size, language).toBe(5);
    }
  });

  test("the stream morphs it in place", () => {
    const html = render(<MoodPartial {...en} mood={aMood()} />);
    expect(html).toContain(`hx-target="${TARGETS.mood}" hx-swap="innerMorph"`);
    expect(html).toContain(`hx-target="${TARGETS.moodVibe}" hx-swap="innerMorph"`);
    expect(now.getTime()).toBeGreaterThan(0);
  });
});
