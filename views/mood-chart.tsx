import { scaleBand, scaleLinear } from "d3-scale";
import type { MoodStep } from "../src/domain/mood-view.ts";
import { Icon } from "./components.tsx";
import { Html, type SafeHtml } from "./html.ts";
import type { Words } from "./words/index.ts";

/** Units of the inner drawing; it is stretched to the width of its pane. */
const WIDTH = 400;
const HEIGHT = 40;
/** Averages of half a minute are seldom further from 0 than this; a livelier minute stretches the scale. */
const REACH_MIN = 0.5;
/** A neutral half minute is a line, not a hole. */
const BAR_MIN = 1;

/** The last ten minutes by halves of a minute: up is glad, down is not. `steps` oldest first, at least one with messages. */
export function MoodChart(p: { words: Words; zone: string; steps: readonly MoodStep[] }): SafeHtml {
  const { words, zone, steps } = p;
  const { clock, score } = words.format;
  const told = steps.filter(({ count }) => count > 0);
  const averages = told.map(({ average }) => average);
  const summary = words.say("mood.summary", {
    lowest: score(Math.min(...averages)),
    highest: score(Math.max(...averages)),
    last: score(averages.at(-1) ?? 0),
  });
  const reach = Math.max(REACH_MIN, ...averages.map(Math.abs));
  const x = scaleBand<number>([0, WIDTH])
    .domain(steps.map((_, i) => i))
    .paddingInner(0.26);
  const y = scaleLinear([-reach, reach], [HEIGHT, 0]);
  const zero = HEIGHT / 2;
  const bar = ({ average }: MoodStep, i: number): string => {
    const end = Math.abs(y(average) - zero) < BAR_MIN ? zero - BAR_MIN : y(average);
    return `M${round(x(i) ?? 0)} ${zero}V${round(end)}h${round(x.bandwidth())}V${zero}z`;
  };
  const bars = (isSo: (step: MoodStep) => boolean) =>
    steps.map((step, i) => (step.count > 0 && isSo(step) ? bar(step, i) : "")).join("");
  const first = steps.at(0);
  const last = steps.at(-1);

  return (
    <div class="mood-chart">
      <svg class="plot h-40" role="img" aria-labelledby="mood-chart-title">
        <title id="mood-chart-title">{summary}</title>
        <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} preserveAspectRatio="none" width="100%" height="100%" aria-hidden="true">
          <path class="bar up" d={bars(({ average }) => average >= 0)} />
          <path class="bar down" d={bars(({ average }) => average < 0)} />
          <path class="zero" d={`M0 ${zero}H${WIDTH}`} />
        </svg>
      </svg>
      <div class="axis" aria-hidden="true">
        <span>{first ? clock(first.startedAt, zone) : ""}</span>
        <span>{words.say("mood.minutes")}</span>
        <span>{last ? clock(last.startedAt, zone) : ""}</span>
      </div>
      <div class="vh">
        <details>
          <summary>
            <Icon name="chevron-right" />
            {words.say("mood.table")}
          </summary>
          <table class="table">
            <caption class="vh">{words.say("mood.minutes")}</caption>
            <thead>
              <tr>
                <th scope="col">{words.say("mood.time")}</th>
                <th scope="col">{words.say("mood.average")}</th>
                <th scope="col">{words.say("tape.messages")}</th>
              </tr>
            </thead>
            <tbody>
              {told.toReversed().map(({ startedAt, average, count }) => (
                <tr>
                  <th scope="row">{clock(startedAt, zone)}</th>
                  <td>{score(average)}</td>
                  <td>{words.format.number(count)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </details>
      </div>
    </div>
  );
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
