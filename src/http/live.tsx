import { Html, render } from "../../views/html.ts";
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
  StreamsPartial,
  WholePartial,
} from "../../views/live.tsx";
import { wordsFor } from "../../views/words/index.ts";
import { HUD_LEVEL } from "../domain/events.ts";
import type { ChannelFigures } from "../domain/snapshots.ts";
import type { StreamSummary } from "../domain/streams.ts";
import type { HttpDeps } from "./deps.ts";
import type { LogItem } from "./live-log.ts";
import type { FreshRows, LiveRenderer, ViewSpec } from "./live-view.ts";
import { createMoodReader } from "./moods.ts";
import { STREAMS_SHOWN, type StreamsReader } from "./streams-reader.ts";

/** Figures that were read for one view serve all views of their channel for this long: less than a tick. */
const FIGURES_MS = 900;
/** Channels whose figures are remembered. */
const CHANNELS_MAX = 500;
/** Rows of the HUD's panel when it is drawn as a whole. */
const HUD_ROWS = 50;
/** Rows of the timeline when it is drawn as a whole. */
const TIMELINE_ROWS = 100;

const valuesOf = <T,>(items: readonly LogItem<T>[]): T[] => items.map((item) => item.value);

/** Draws what the streams show, with the components of the pages themselves. */
export function createLiveRenderer(deps: HttpDeps, readStreams: StreamsReader): LiveRenderer {
  const { accounts, channels, clock } = deps;
  const figuresOf = createFiguresReader(deps);
  const moodOf = createMoodReader(deps);
  const streamsOf = rememberStreams(readStreams);

  return {
    rows({ language, zone }, { lines, skipped, events, deleted }) {
      const words = wordsFor(language);
      const hasChat = lines.length + skipped > 0;
      return render(
        <>
          {hasChat ? <ChatPartial words={words} zone={zone} now={clock.now()} lines={valuesOf(lines)} skipped={skipped} /> : null}
          {valuesOf(events).map((event) => (
            <EventPartial words={words} zone={zone} event={event} />
          ))}
          {deleted.length > 0 ? <DeletedMark words={words} messageIds={valuesOf(deleted)} /> : null}
        </>,
      );
    },

    whole({ language, zone }, { lines, events, deleted }: FreshRows) {
      const words = wordsFor(language);
      const newestFirst = valuesOf(events).toReversed();
      const hud = newestFirst.filter(({ body }) => HUD_LEVEL[body.type] !== undefined).slice(0, HUD_ROWS);
      return render(
        <>
          <WholePartial
            words={words}
            zone={zone}
            lines={valuesOf(lines)}
            events={newestFirst.slice(0, TIMELINE_ROWS)}
            hud={hud}
          />
          <DeletedMark words={words} messageIds={valuesOf(deleted)} />
        </>,
      );
    },

    hudEvent({ language, zone }, event) {
      return JSON.stringify({ ...hudMessage(wordsFor(language), event, zone), type: event.body.type });
    },

    async parts({ login, language, zone }: ViewSpec, what) {
      const words = wordsFor(language);
      const system = deps.status();
      const list = channels.list();
      const summary = channels.find(login);
      const figures = summary?.channelId ? await figuresOf(summary.channelId) : null;
      const streams = summary?.channelId ? await streamsOf(summary.channelId) : [];
      const reader = { words, zone, now: clock.now(), system, streams };
      const parts = new Map([
        ["figures", render(<FiguresPartial {...reader} summary={summary} figures={figures} channelCount={list.length} />)],
      ]);
      const mood = summary?.channelId ? await moodOf(summary.channelId) : null;
      parts.set("mood", render(<MoodPartial {...reader} mood={mood} />));
      if (what === "figures") return parts;
      const gaps = accounts.gaps();
      const { canConnect } = accounts;
      parts.set("streams", render(<StreamsPartial {...reader} />));
      parts.set("status", render(<StatusPartial {...reader} />));
      parts.set("channels", render(<ChannelsPartial {...reader} channels={list} gaps={gaps} focused={summary?.login ?? null} />));
      parts.set(
        "accounts",
        render(<AccountsPartial {...reader} accounts={accounts.list()} gaps={gaps} canConnect={canConnect} />),
      );
      return parts;
    },
  };
}

/** The newest streams; as they last were while they cannot be read. */
function rememberStreams(read: StreamsReader) {
  const known = new Map<string, readonly StreamSummary[]>();
  return async (channelId: string): Promise<readonly StreamSummary[]> => {
    const streams = await read(channelId, STREAMS_SHOWN).catch(() => known.get(channelId) ?? []);
    known.delete(channelId);
    known.set(channelId, streams);
    for (const oldest of known.keys()) if (known.size > CHANNELS_MAX) known.delete(oldest);
    return streams;
  };
}

/** Reads a channel's figures once for all who ask in the same moment; as they last were while they cannot be read. */
function createFiguresReader({ channels, clock }: Pick<HttpDeps, "channels" | "clock">) {
  const known = new Map<string, { at: number; figures: Promise<ChannelFigures | null> }>();
  return (channelId: string): Promise<ChannelFigures | null> => {
    const at = clock.now().getTime();
    const before = known.get(channelId);
    if (before && at - before.at < FIGURES_MS) return before.figures;
    const figures = channels.figures(channelId).catch(() => before?.figures ?? null);
    known.delete(channelId);
    known.set(channelId, { at, figures });
    for (const oldest of known.keys()) if (known.size > CHANNELS_MAX) known.delete(oldest);
    return figures;
  };
}
