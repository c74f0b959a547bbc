import type { JudgedLine, MoodFigures, MoodView } from "../../src/domain/mood-view.ts";
import { Empty, Pane, When, Who } from "../components.tsx";
import { Html, type SafeHtml } from "../html.ts";
import { MoodChart } from "../mood-chart.tsx";
import type { WordKey, Words } from "../words/index.ts";

interface MoodProps {
  words: Words;
  zone: string;
  /** Null while it cannot be read. */
  mood: MoodView | null;
}

const VIBE: Readonly<Record<MoodView["vibe"], WordKey>> = {
  hyped: "mood.vibe.hyped",
  fun: "mood.vibe.fun",
  chill: "mood.vibe.chill",
  confused: "mood.vibe.confused",
  sad: "mood.vibe.sad",
};

/** Lines that are shown as reasons, and tokens of each: the strongest. */
const REASONS_MAX = 4;
const TOKENS_MAX = 4;

const hasChat = (mood: MoodView | null): mood is MoodView => mood !== null && mood.windows["10m"].count > 0;

/** The vibe in a word; nothing without chat. */
export function MoodVibe({ words, mood }: MoodProps): SafeHtml {
  return <>{hasChat(mood) ? words.say(VIBE[mood.vibe]) : null}</>;
}

/** How chat feels: averages and shares over three lengths of time, the last ten minutes, and the lines that decided it. */
export function MoodPart({ words, zone, mood }: MoodProps): SafeHtml {
  if (!hasChat(mood)) return <Empty icon="gauge" title={words.say("mood.empty_title")} text={words.say("mood.empty_text")} />;
  const { windows } = mood;
  return (
    <>
      <p class="vh">{words.say("mood.average")}</p>
      <ul class="mood-windows">
        <Figures words={words} minutes={1} figures={windows["1m"]} />
        <Figures words={words} minutes={5} figures={windows["5m"]} />
        <Figures words={words} minutes={10} figures={windows["10m"]} />
      </ul>
      <p class="mood-legend" aria-hidden="true">
        <span class="positive">{words.say("mood.positive")}</span>
        <span class="neutral">{words.say("mood.neutral")}</span>
        <span class="negative">{words.say("mood.negative")}</span>
      </p>
      <MoodChart words={words} zone={zone} steps={mood.steps} />
      <h3 class="mood-why">{words.say("mood.why")}</h3>
      <Reasons words={words} zone={zone} examples={mood.examples} />
    </>
  );
}

function Figures({ words, minutes, figures }: { words: Words; minutes: number; figures: MoodFigures }): SafeHtml {
  const { count, average, positive, neutral, negative } = figures;
  const { score, share } = words.format;
  const window = words.say("mood.window", { count: minutes });
  if (count === 0) {
    return (
      <li>
        <span>{window}</span>
        <span class="dim none-said">{words.say("mood.none")}</span>
      </li>
    );
  }
  const told = { window, positive: share(positive), neutral: share(neutral), negative: share(negative) };
  return (
    <li>
      <span>{window}</span>
      <b>{score(average)}</b>
      <svg
        class="mood-shares"
        role="img"
        aria-label={words.say("mood.shares", told)}
        viewBox="0 0 100 8"
        preserveAspectRatio="none"
      >
        <rect class="positive" width={width(positive)} height="8" />
        <rect class="neutral" x={width(positive)} width={width(neutral)} height="8" />
        <rect class="negative" x={width(positive + neutral)} width={width(negative)} height="8" />
      </svg>
      <small>{words.say("mood.messages", { count })}</small>
    </li>
  );
}

/** In hundredths of the bar. */
const width = (share: number): string => (share * 100).toFixed(1);

/** The newest lines in which something speaks for a mood, newest first, each with what does. */
function Reasons({ words, zone, examples }: { words: Words; zone: string; examples: readonly JudgedLine[] }): SafeHtml {
  const telling = examples.filter(({ score }) => score !== 0).slice(-REASONS_MAX);
  if (telling.length === 0) return <p class="mood-none dim">{words.say("mood.why_none")}</p>;
  return (
    <ol class="mood-reasons">
      {telling.toReversed().map((line) => (
        <li>
          <When at={line.sentAt} words={words} zone={zone} />
          <p>
            <Who name={line.displayName || line.login} id={line.chatterId} /> <span dir="auto">{line.text}</span>
          </p>
          <p class="tokens">
            {strongest(line).map(({ token, weight }) => (
              <span class={weight < 0 ? "chip down" : "chip"}>
                <bdi>{token}</bdi> {words.format.score(weight)}
              </span>
            ))}
          </p>
        </li>
      ))}
    </ol>
  );
}

const strongest = ({ evidence }: JudgedLine) =>
  [...evidence].sort((a, b) => Math.abs(b.weight) - Math.abs(a.weight)).slice(0, TOKENS_MAX);

/** The mood of the focused channel's chat. */
export function MoodPanel(p: MoodProps): SafeHtml {
  const { words } = p;
  return (
    <Pane
      id="mood"
      title={words.say("mood.title")}
      count={
        <span class="count" id="mood-vibe">
          <MoodVibe {...p} />
        </span>
      }
    >
      <section class="scroll mood" id="mood-part" tabindex="0" aria-label={words.say("mood.minutes")}>
        <MoodPart {...p} />
      </section>
    </Pane>
  );
}
