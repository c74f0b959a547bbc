import type { HistoryLine } from "../src/domain/chat.ts";
import type { TimelineEvent } from "../src/domain/events.ts";
import type { MoodView } from "../src/domain/mood-view.ts";
import type { AccountSummary, ChannelFigures, ChannelSummary, FeatureGap, SystemStatus } from "../src/domain/snapshots.ts";
import type { StreamSummary } from "../src/domain/streams.ts";
import { Ago } from "./components.tsx";
import { type Child, Html, type SafeHtml } from "./html.ts";
import { AccountBanner } from "./panels/account-banner.tsx";
import { AccountGaps } from "./panels/account-gaps.tsx";
import { AccountCount, AccountRows } from "./panels/accounts.tsx";
import { ChannelCount, ChannelRows } from "./panels/channels.tsx";
import { ChatRows, lineId, Removed, tookId } from "./panels/chat.tsx";
import { HudRow } from "./panels/hud.tsx";
import { MoodPart, MoodVibe } from "./panels/mood.tsx";
import { StatusCount, StatusPart } from "./panels/status.tsx";
import { openStream, StreamsPart } from "./panels/streams.tsx";
import { pace, StripPart, TapePart } from "./panels/strip.tsx";
import { TimelineRow } from "./panels/timeline.tsx";
import type { Words } from "./words/index.ts";

export { hudMessage } from "./event-line.tsx";
export { ChannelRows, JoinedNotice, JoinForm, PartedNotice } from "./panels/channels.tsx";
export { ChatRows } from "./panels/chat.tsx";
export { HudForm, HudRow } from "./panels/hud.tsx";
export { StatusPart } from "./panels/status.tsx";
export { StripPart, TapePart } from "./panels/strip.tsx";
export { TimelineRow } from "./panels/timeline.tsx";
export { SIGNIN_TARGET, SigninGone, SigninState } from "./panels/twitch-signin.tsx";

/** The elements of a dashboard page that the stream writes to. A page that has not got one of them ignores what is for it. */
export const TARGETS = {
  strip: "#strip",
  tape: "#tape",
  feed: "#feed",
  pace: "#pace",
  lastLine: "#last-line",
  timeline: "#events",
  hud: "#hud-list",
  parts: "#parts",
  partsCount: "#status-count",
  mood: "#mood-part",
  moodVibe: "#mood-vibe",
  channels: "#channel-rows",
  channelsCount: "#channels-count",
  streams: "#streams-part",
  accountBanner: "#account-banner",
  accounts: "#accounts",
  accountsCount: "#accounts-count",
  accountGaps: "#account-gaps",
} as const;

/** How a partial is put into its target; `innerMorph` keeps focus, selection and open disclosures. */
export type Swap = "innerHTML" | "innerMorph" | "outerHTML" | "beforeend" | "afterbegin" | "delete";

/** One change of the page: `child` goes to `target`. A message of the stream has one or more. */
export function partial(target: string, swap: Swap, child: Child): SafeHtml {
  return (
    <hx-partial hx-target={target} hx-swap={swap}>
      {child}
    </hx-partial>
  );
}

interface Reader {
  words: Words;
  zone: string;
}

/** New chat lines, oldest first, at the end of the feed. */
export function ChatPartial(p: Reader & { now: Date; lines: readonly HistoryLine[]; skipped?: number }): SafeHtml {
  const last = p.lines.at(-1);
  return (
    <>
      {partial(TARGETS.feed, "beforeend", <ChatRows {...p} />)}
      {last
        ? partial(
            TARGETS.lastLine,
            "innerHTML",
            <>
              {p.words.say("chat.last")} <Ago at={last.sentAt} now={p.now} words={p.words} />
            </>,
          )
        : null}
    </>
  );
}

/** One event: a row at the top of the timeline, one in the HUD's panel when it is for the broadcaster, and the time a reply took. */
export function EventPartial(p: Reader & { event: TimelineEvent }): SafeHtml {
  const { body, traceId } = p.event;
  const hudRow = <HudRow {...p} />;
  return (
    <>
      {partial(TARGETS.timeline, "afterbegin", <TimelineRow {...p} />)}
      {hudRow.html === "" ? null : partial(TARGETS.hud, "afterbegin", hudRow)}
      {body.type === "reply.sent" && traceId !== null
        ? partial(`#${tookId(traceId)}`, "innerHTML", p.words.format.duration(body.latencyMs))
        : null}
    </>
  );
}

/** Lists as a whole, for a page that missed more than can be replayed. `lines` oldest first, `events` and `hud` newest first. */
export function WholePartial(
  p: Reader & {
    lines: readonly HistoryLine[];
    skipped?: number;
    events: readonly TimelineEvent[];
    hud: readonly TimelineEvent[];
  },
): SafeHtml {
  const { words, zone } = p;
  return (
    <>
      {partial(TARGETS.feed, "innerHTML", <ChatRows {...p} />)}
      {partial(
        TARGETS.timeline,
        "innerHTML",
        p.events.map((event) => <TimelineRow words={words} zone={zone} event={event} />),
      )}
      {partial(
        TARGETS.hud,
        "innerHTML",
        p.hud.map((event) => <HudRow words={words} zone={zone} event={event} />),
      )}
    </>
  );
}

/** Lines that Twitch took back: each is marked, and struck by the style sheet. */
export function DeletedMark({ words, messageIds }: { words: Words; messageIds: readonly string[] }): SafeHtml {
  return <>{messageIds.map((id) => partial(`#${lineId(id)} .mark`, "innerHTML", <Removed words={words} />))}</>;
}

/** The strip and the tape of the focused channel. */
export function FiguresPartial(
  p: Reader & {
    system: SystemStatus;
    summary: ChannelSummary | null;
    figures: ChannelFigures | null;
    channelCount: number;
    streams?: readonly StreamSummary[];
    now: Date;
  },
): SafeHtml {
  return (
    <>
      {partial(TARGETS.strip, "innerMorph", <StripPart {...p} stream={openStream(p.streams ?? [])} />)}
      {partial(TARGETS.tape, "innerMorph", <TapePart {...p} />)}
      {p.figures ? partial(TARGETS.pace, "innerHTML", p.words.say("chat.pace", { count: pace(p.figures) })) : null}
    </>
  );
}

/** The parts of the installation. */
export function StatusPartial(p: Reader & { system: SystemStatus }): SafeHtml {
  return (
    <>
      {partial(TARGETS.parts, "innerMorph", <StatusPart {...p} />)}
      {partial(TARGETS.partsCount, "innerHTML", <StatusCount {...p} />)}
    </>
  );
}

/** The streams of the focused channel. */
export function StreamsPartial(p: Reader & { now: Date; streams: readonly StreamSummary[] }): SafeHtml {
  return partial(TARGETS.streams, "innerMorph", <StreamsPart {...p} />);
}

/** How the focused channel's chat feels. */
export function MoodPartial(p: Reader & { mood: MoodView | null }): SafeHtml {
  return (
    <>
      {partial(TARGETS.mood, "innerMorph", <MoodPart {...p} />)}
      {partial(TARGETS.moodVibe, "innerMorph", <MoodVibe {...p} />)}
    </>
  );
}

/** The list of channels. */
export function ChannelsPartial(p: {
  words: Words;
  now: Date;
  channels: readonly ChannelSummary[];
  gaps?: readonly FeatureGap[];
  focused?: string | null;
}): SafeHtml {
  return (
    <>
      {partial(TARGETS.channels, "innerMorph", <ChannelRows {...p} />)}
      {partial(TARGETS.channelsCount, "innerHTML", <ChannelCount {...p} />)}
    </>
  );
}

/** The Twitch accounts, what is off for want of one, and the banner that names those that must sign in again. */
export function AccountsPartial(
  p: Reader & { now: Date; accounts: readonly AccountSummary[]; gaps: readonly FeatureGap[]; canConnect: boolean },
): SafeHtml {
  return (
    <>
      {partial(TARGETS.accountBanner, "innerMorph", <AccountBanner {...p} />)}
      {partial(TARGETS.accounts, "innerMorph", <AccountRows {...p} />)}
      {partial(TARGETS.accountsCount, "innerHTML", <AccountCount {...p} />)}
      {partial(TARGETS.accountGaps, "innerMorph", <AccountGaps {...p} />)}
    </>
  );
}
