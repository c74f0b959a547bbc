import type { Stream, StreamSummary } from "../../src/domain/streams.ts";
import { Dot, Empty, Pane, When } from "../components.tsx";
import { type Child, Html, type SafeHtml } from "../html.ts";
import type { Words } from "../words/index.ts";

interface StreamsProps {
  words: Words;
  zone: string;
  now: Date;
  /** Newest first. */
  streams: readonly StreamSummary[];
}

const MINUTE_MS = 60_000;

/** The stream that has not ended, be it in a drop. */
export function openStream<One extends Stream>(streams: readonly One[]): One | null {
  const [newest] = streams;
  return newest?.endedAt === null ? newest : null;
}

/** How long it has been live, in words, by whole minutes; null in a drop. */
export function liveTime(words: Words, stream: Stream | null, now: Date): string | null {
  if (stream === null || stream.offlineAt !== null) return null;
  return lengthOf(words, stream.startedAt, now);
}

function lengthOf(words: Words, from: Date, to: Date): string {
  const ms = Math.max(0, to.getTime() - from.getTime());
  return words.format.duration(Math.max(MINUTE_MS, ms - (ms % MINUTE_MS)));
}

/** Whether it is live now, then the last streams. */
export function StreamsPart(p: StreamsProps): SafeHtml {
  const { words, streams } = p;
  const open = openStream(streams);
  return (
    <>
      {open ? <Now {...p} stream={open} /> : null}
      <table class="table">
        <thead>
          <tr>
            <th scope="col">{words.say("streams.when")}</th>
            <th scope="col" class="n">
              {words.say("streams.length")}
            </th>
            <th scope="col" class="n">
              {words.say("streams.messages")}
            </th>
            <th scope="col" class="n opt2">
              {words.say("streams.chatters")}
            </th>
            <th scope="col" class="n opt2">
              {words.say("streams.replies")}
            </th>
          </tr>
        </thead>
        <tbody>
          {streams.map((stream) => (
            <StreamRow {...p} stream={stream} />
          ))}
        </tbody>
      </table>
      <Empty icon="radio-tower" title={words.say("streams.empty_title")} text={words.say("streams.empty_text")} />
    </>
  );
}

function Now({ words, zone, now, stream }: StreamsProps & { stream: StreamSummary }): SafeHtml {
  const time = liveTime(words, stream, now);
  const since = <When at={stream.offlineAt ?? stream.startedAt} words={words} zone={zone} />;
  return (
    <p class="live-now" data-level={time === null ? "warn" : "ok"}>
      <Dot level={time === null ? "warn" : "ok"} />
      <span>
        {time === null
          ? words.parts<Child>("streams.dropped", { time: since })
          : words.parts<Child>("streams.live", { since, time: <b>{time}</b> })}
        {noteOf(words, stream)}
      </span>
    </p>
  );
}

/** Viewers, or that nobody but chat told of it. */
function noteOf(words: Words, { source, viewersLast, offlineAt }: Stream): string {
  if (source === "chat") return ` · ${words.say("streams.estimated")}`;
  return viewersLast === null || offlineAt !== null ? "" : ` · ${words.say("streams.viewers", { count: viewersLast })}`;
}

function StreamRow({ words, zone, now, stream }: StreamsProps & { stream: StreamSummary }): SafeHtml {
  const { startedAt, endedAt, offlineAt, source, counts } = stream;
  const number = (value: number | undefined) => (value === undefined ? "–" : words.format.number(value));
  return (
    <tr id={`s-${stream.id}`}>
      <th scope="row">
        <time datetime={startedAt.toISOString()}>
          {endedAt ? words.format.span(startedAt, endedAt, zone) : words.format.moment(startedAt, zone)}
        </time>
        {source === "chat" ? <small class="dim"> {words.say("streams.estimated")}</small> : null}
      </th>
      <td class="n">{lengthOf(words, startedAt, offlineAt ?? now)}</td>
      <td class="n">{number(counts?.messages)}</td>
      <td class="n opt2">{number(counts?.chatters)}</td>
      <td class="n opt2">{number(counts?.replies)}</td>
    </tr>
  );
}

/** The streams of the focused channel. */
export function StreamsPanel(p: StreamsProps & { login: string }): SafeHtml {
  return (
    <Pane
      id="streams"
      title={p.words.say("streams.title")}
      count={
        <span class="count">
          <bdi>{p.login}</bdi>
        </span>
      }
    >
      <div id="streams-part">
        <StreamsPart {...p} />
      </div>
    </Pane>
  );
}
