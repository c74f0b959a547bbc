import type { TimelineEvent } from "../src/domain/events.ts";
import type { MoodView } from "../src/domain/mood-view.ts";
import type { ChannelSummary, ChannelView, FeatureGap, TwitchSignin } from "../src/domain/snapshots.ts";
import type { StreamSummary } from "../src/domain/streams.ts";
import { type DashboardPageName, Frame, type PageFrame } from "./frame.tsx";
import { type Child, Html, type SafeHtml } from "./html.ts";
import type { ConnectFault } from "./panels/accounts.tsx";
import { ChannelsPanels } from "./panels/channels.tsx";
import { ChatPanel } from "./panels/chat.tsx";
import { FirstSteps } from "./panels/first-steps.tsx";
import { type Fault, HudPanel } from "./panels/hud.tsx";
import { MoodPanel } from "./panels/mood.tsx";
import { type ApiTokenRow, type SessionRow, SettingsPanels } from "./panels/settings.tsx";
import { StatusPanel } from "./panels/status.tsx";
import { openStream, StreamsPanel } from "./panels/streams.tsx";
import { pace, StripPart, TapePart } from "./panels/strip.tsx";
import { TimelinePanel } from "./panels/timeline.tsx";
import { TwitchSigninPanels } from "./panels/twitch-signin.tsx";

export type { PageFrame } from "./frame.tsx";
export type { Fault } from "./panels/hud.tsx";
export type { ApiTokenRow, SessionRow, Theme } from "./panels/settings.tsx";

export interface DashboardProps extends PageFrame {
  page: DashboardPageName;
  channels: readonly ChannelSummary[];
  focused: ChannelView | null;
  /** Messages to the broadcaster, newest first. */
  hud: readonly TimelineEvent[];
  /** The focused channel's streams, newest first. */
  streams: readonly StreamSummary[];
  /** The focused channel's HUD address with its token; null when there is no channel. */
  hudUrl: string | null;
  /** How the focused channel's chat feels; null while it is not known. */
  mood: MoodView | null;
  /** Where the page's stream begins. */
  cursor: string;
  /** What is off for want of a Twitch account or a permission. */
  gaps: readonly FeatureGap[];
  /** Whether people can sign in with Twitch: a client id is set. */
  canConnect: boolean;
  /** The sign-in with Twitch that its page shows. */
  signin?: TwitchSignin | null;
  /** When the code that this page began with runs out. */
  firstUntil?: number | null;
  tokens?: readonly ApiTokenRow[];
  sessions?: readonly SessionRow[];
  /** A token just made: shown this once. */
  newToken?: string | null;
  /** Forms that were refused, when they were sent without htmx. */
  faults?: { join?: Fault; hud?: Fault; token?: Fault; connect?: ConnectFault };
}

/** Every page of the dashboard. */
export function DashboardPage(p: DashboardProps): SafeHtml {
  const { words, focused } = p;
  const content = { operate: Operate, channels: Channels, settings: Settings, signin: Signin }[p.page];
  const place = p.page === "signin" ? words.say("twitch.connect") : words.say(`nav.${p.page}`);
  const title = p.page === "operate" && focused ? `${focused.summary.login} · ${place}` : place;
  return (
    <Frame {...p} title={title} focused={focused?.summary ?? null}>
      {content(p)}
    </Frame>
  );
}

/** How long each reply took, by trace, as the timeline tells. */
export function replyLatencies(events: readonly TimelineEvent[]): ReadonlyMap<string, number> {
  const latencies = new Map<string, number>();
  for (const { body, traceId } of events)
    if (body.type === "reply.sent" && traceId !== null) latencies.set(traceId, body.latencyMs);
  return latencies;
}

function Console(p: DashboardProps & { children?: Child }): SafeHtml {
  const { words, focused } = p;
  return (
    <section class="console" aria-label={words.say("app.is_well")}>
      <div class={p.page === "operate" ? "strip" : "pulse"} id="strip">
        <StripPart
          words={words}
          system={p.system}
          summary={focused?.summary ?? null}
          figures={focused?.figures ?? null}
          channelCount={p.channels.length}
          stream={openStream(p.streams)}
          now={p.now}
        />
      </div>
      {p.children}
    </section>
  );
}

function Operate(p: DashboardProps): SafeHtml {
  const { words, zone, now, focused } = p;
  if (focused === null) {
    return (
      <>
        <h1 class="vh">{words.say("nav.operate")}</h1>
        <Console {...p} />
        <FirstSteps words={words} system={p.system} fault={p.faults?.join ?? null} />
      </>
    );
  }
  const { login } = focused.summary;
  return (
    <>
      <h1 class="vh">
        {words.say("nav.operate")} <bdi>{login}</bdi>
      </h1>
      <Console {...p}>
        <div class="tape" id="tape">
          <TapePart words={words} zone={zone} figures={focused.figures} />
        </div>
      </Console>
      <div class="operate">
        <ChatPanel
          words={words}
          zone={zone}
          now={now}
          lines={focused.lines}
          latencies={replyLatencies(focused.events)}
          pace={focused.figures ? pace(focused.figures) : null}
        />
        <div class="stack">
          <HudPanel words={words} zone={zone} login={login} events={p.hud} fault={p.faults?.hud ?? null} />
          <StatusPanel words={words} zone={zone} system={p.system} />
        </div>
        <div class="stack last">
          <MoodPanel words={words} zone={zone} mood={p.mood} />
          <TimelinePanel words={words} zone={zone} events={focused.events} />
        </div>
      </div>
    </>
  );
}

function Channels(p: DashboardProps): SafeHtml {
  const { words } = p;
  return (
    <>
      <Console {...p} />
      <div class="page-head">
        <h1>{words.say("channels.title")}</h1>
        <p>{words.say("channels.intro")}</p>
      </div>
      <ChannelsPanels
        words={words}
        now={p.now}
        channels={p.channels}
        focused={p.focused?.summary.login ?? null}
        gaps={p.gaps}
        fault={p.faults?.join ?? null}
      >
        {p.focused ? (
          <StreamsPanel words={words} zone={p.zone} now={p.now} streams={p.streams} login={p.focused.summary.login} />
        ) : null}
      </ChannelsPanels>
    </>
  );
}

function Signin(p: DashboardProps): SafeHtml {
  const { words } = p;
  return (
    <>
      <Console {...p} />
      <div class="page-head">
        <h1>{words.say("twitch.connect")}</h1>
        <p>{words.say("twitch.signin.intro")}</p>
      </div>
      {p.signin ? <TwitchSigninPanels {...p} signin={p.signin} /> : null}
    </>
  );
}

function Settings(p: DashboardProps): SafeHtml {
  const { words } = p;
  return (
    <>
      <Console {...p} />
      <div class="page-head">
        <h1>{words.say("settings.title")}</h1>
        <p>{words.say("settings.intro")}</p>
      </div>
      <SettingsPanels
        words={words}
        theme={p.theme}
        zone={p.zone}
        now={p.now}
        system={p.system}
        path={p.path}
        login={p.focused?.summary.login ?? null}
        hudUrl={p.hudUrl}
        accounts={p.accounts}
        gaps={p.gaps}
        canConnect={p.canConnect}
        tokens={p.tokens ?? []}
        sessions={p.sessions ?? []}
        newToken={p.newToken ?? null}
        fault={p.faults?.token ?? null}
        connectFault={p.faults?.connect ?? null}
      />
    </>
  );
}
