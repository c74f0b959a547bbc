import type { TimelineEvent } from "../../src/domain/events.ts";
import { Empty, LevelIcon, Pane, When } from "../components.tsx";
import { eventLine } from "../event-line.tsx";
import { Html, type SafeHtml } from "../html.ts";
import type { Words } from "../words/index.ts";
import { tookId } from "./chat.tsx";

/** Rows kept in the page; older ones leave at the bottom. */
export const TIMELINE_ROWS_MAX = 100;

/** One event as a row. */
export function TimelineRow({ words, zone, event }: { words: Words; zone: string; event: TimelineEvent }): SafeHtml {
  const line = eventLine(words, event, zone);
  const { body, traceId } = event;
  const isSent = body.type === "reply.sent" && traceId !== null;
  return (
    <li
      class="event"
      id={event.id === null ? undefined : `e-${event.id}`}
      data-level={line.level}
      data-took-id={isSent ? tookId(traceId) : undefined}
      data-took={isSent ? words.format.duration(body.latencyMs) : undefined}
    >
      <When at={event.at} words={words} zone={zone} />
      <LevelIcon level={line.level} words={words} icon={line.icon} />
      <div>
        <p>{line.text}</p>
        {line.detail ? (
          <p class="said" dir="auto">
            {line.detail}
          </p>
        ) : null}
      </div>
    </li>
  );
}

/** What happened in the focused channel and to the installation. `events` newest first. */
export function TimelinePanel({
  words,
  zone,
  events,
}: {
  words: Words;
  zone: string;
  events: readonly TimelineEvent[];
}): SafeHtml {
  return (
    <Pane id="timeline" title={words.say("timeline.title")} count={<span class="count">{words.say("timeline.count")}</span>}>
      <div class="scroll" tabindex="0" role="log" aria-live="off" aria-labelledby="timeline-t">
        <ol class="feed" id="events" data-max={TIMELINE_ROWS_MAX} data-trim="end">
          {events.map((event) => (
            <TimelineRow words={words} zone={zone} event={event} />
          ))}
        </ol>
        <Empty icon="history" title={words.say("timeline.empty_title")} text={words.say("timeline.empty_text")} />
      </div>
    </Pane>
  );
}
