import { scaleBand, scaleLinear } from "d3-scale";
import type { ChatMinute } from "../src/domain/snapshots.ts";
import { Icon } from "./components.tsx";
import { Html, type SafeHtml } from "./html.ts";
import type { Words } from "./words/index.ts";

/** Units of the inner drawing; it is stretched to the width of its pane. */
const WIDTH = 1_000;
const HEIGHT = 100;
/** Room above the bars for the labels. */
const HEADROOM = 28;
/** A minute with this many messages or fewer does not stretch a lone bar over the whole height. */
const PEAK_MIN = 5;
/** How many minutes a row of the table sums. */
const TABLE_MINUTES = 5;

/** The last hour of chat: bars are messages a minute, the running minute is lit. `minutes` oldest first. */
export function Tape(p: { words: Words; zone: string; minutes: readonly ChatMinute[] }): SafeHtml {
  const { words, zone, minutes } = p;
  const { clock, number } = words.format;
  const newest = minutes.at(-1);
  const peak = minutes.reduce<ChatMinute | null>(
    (best, minute) => (best === null || minute.messages > best.messages ? minute : best),
    null,
  );
  const total = minutes.reduce((sum, minute) => sum + minute.messages, 0);
  if (!newest || !peak || total === 0) {
    return <p class="dim sm tape-none">{words.say("tape.none")}</p>;
  }

  const summary = words.say("tape.summary", {
    total,
    peak: peak.messages,
    time: clock(peak.startedAt, zone),
    now: newest.messages,
  });
  const x = scaleBand<number>([0, WIDTH])
    .domain(minutes.map((_, i) => i))
    .paddingInner(0.26)
    .paddingOuter(0);
  const y = scaleLinear([0, Math.max(peak.messages, PEAK_MIN)], [HEIGHT, HEADROOM]);
  const bar = (i: number, messages: number): string =>
    messages === 0 ? "" : `M${round(x(i) ?? 0)} ${HEIGHT}V${round(y(messages))}h${round(x.bandwidth())}V${HEIGHT}z`;
  const last = minutes.length - 1;
  const peakAt = minutes.indexOf(peak);
  /** Beside the running minute, or under the title, its label would be in the way. */
  const isPeakApart = peakAt > 12 && peakAt < last - 2;

  return (
    <>
      <svg class="plot h-64" role="img" aria-labelledby="tape-title">
        <title id="tape-title">{summary}</title>
        <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} preserveAspectRatio="none" width="100%" height="100%" aria-hidden="true">
          <path
            class="bar"
            d={minutes
              .slice(0, last)
              .map((minute, i) => bar(i, minute.messages))
              .join("")}
          />
          <path class="bar on" d={bar(last, newest.messages)} />
          <path class="zero" d={`M0 ${HEIGHT}H${WIDTH}`} />
        </svg>
        <text x="0" y="11">
          {words.say("tape.title")}
        </text>
        {isPeakApart ? (
          <text class="mid opt" x={`${round(((x(peakAt) ?? 0) + x.bandwidth() / 2) / (WIDTH / 100))}%`} y="11">
            {words.say("tape.peak", { count: peak.messages })}
          </text>
        ) : null}
      </svg>
      <div class="axis" aria-hidden="true">
        {[0, 15, 30, 45].map((i) => (
          <span>{minutes[i] ? clock(minutes[i].startedAt, zone) : ""}</span>
        ))}
        <span>{words.say("tape.now", { time: clock(newest.startedAt, zone) })}</span>
      </div>
      <div class="vh">
        <details>
          <summary>
            <Icon name="chevron-right" />
            {words.say("tape.table")}
          </summary>
          <table class="table">
            <caption class="vh">{words.say("tape.title")}</caption>
            <thead>
              <tr>
                <th scope="col">{words.say("tape.minute")}</th>
                <th scope="col" class="n">
                  {words.say("tape.messages")}
                </th>
              </tr>
            </thead>
            <tbody>
              {sums(minutes).map((row) => (
                <tr>
                  <th scope="row">{clock(row.startedAt, zone)}</th>
                  <td class="n">{number(row.messages)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </details>
      </div>
    </>
  );
}

/** Sums of `TABLE_MINUTES` minutes each, newest first. */
function sums(minutes: readonly ChatMinute[]): ChatMinute[] {
  const rows: ChatMinute[] = [];
  for (let end = minutes.length; end > 0; end -= TABLE_MINUTES) {
    const part = minutes.slice(Math.max(0, end - TABLE_MINUTES), end);
    const first = part[0];
    if (first) rows.push({ startedAt: first.startedAt, messages: part.reduce((sum, minute) => sum + minute.messages, 0) });
  }
  return rows;
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
