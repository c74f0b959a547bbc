import type { AccountSummary, ChannelSummary, SystemStatus } from "../src/domain/snapshots.ts";
import { Dot, Face, Icon, Mark } from "./components.tsx";
import { type Child, Html, type SafeHtml } from "./html.ts";
import type { IconName } from "./icons.ts";
import { Document } from "./layout.tsx";
import { AccountBanner } from "./panels/account-banner.tsx";
import { channelLevel } from "./panels/channels.tsx";
import type { Theme } from "./panels/settings.tsx";
import { LookButtons } from "./plain.tsx";
import { channelSentence } from "./verdict.ts";
import type { Words } from "./words/index.ts";

/** What every page of the dashboard is drawn with. */
export interface PageFrame {
  words: Words;
  theme: Theme;
  /** IANA time zone in which times are written. */
  zone: string;
  now: Date;
  system: SystemStatus;
  /** Twitch accounts: one that must sign in again is named on every page. */
  accounts: readonly AccountSummary[];
  /** The page's own path and query: where forms that change the appearance come back to. */
  path: string;
}

export type DashboardPageName = "operate" | "channels" | "settings" | "signin";

interface FrameProps extends PageFrame {
  page: DashboardPageName;
  title: string;
  channels: readonly ChannelSummary[];
  focused: ChannelSummary | null;
  /** Where the page's one stream begins (`Last-Event-ID`). */
  cursor: string;
  children: Child;
}

const PLACES: readonly { page: Exclude<DashboardPageName, "signin">; icon: IconName; path: string }[] = [
  { page: "operate", icon: "gauge", path: "/dashboard" },
  { page: "channels", icon: "radio-tower", path: "/dashboard/channels" },
  { page: "settings", icon: "settings-2", path: "/dashboard/settings" },
];

/** Settings of the stream: it goes on in a hidden tab, and comes back within two seconds. */
const STREAM_CONFIG = JSON.stringify({
  sse: { pauseOnBackground: false, reconnectDelay: 500, reconnectMaxDelay: 2_000, connectTimeout: 10_000 },
});

/** The shell: top bar, rail, main, the stream, what floats. */
export function Frame(p: FrameProps): SafeHtml {
  const { words } = p;
  const here = p.page === "signin" ? "settings" : p.page;
  const query = p.focused ? `?channel=${encodeURIComponent(p.focused.login)}` : "";
  return (
    <Document words={words} title={p.title} theme={p.theme} class="app" scripts="live" zone={p.zone}>
      <a class="skip" href="#main">
        {words.say("app.skip")}
      </a>
      <Top {...p} />
      <nav class="rail" aria-label={words.say("app.sections")}>
        <ul>
          {PLACES.map(({ page, icon, path }) => (
            <li class={page === "settings" ? "last" : undefined}>
              <a href={path + query} aria-current={page === here ? "page" : undefined}>
                <Icon name={icon} />
                {words.say(`nav.${page}`)}
              </a>
            </li>
          ))}
        </ul>
      </nav>
      <main id="main">
        <Banners {...p} />
        {p.children}
      </main>
      <div
        id="stream"
        hidden
        hx-sse:connect={`/dashboard/events?channel=${encodeURIComponent(p.focused?.login ?? "")}&cursor=${encodeURIComponent(p.cursor)}`}
        hx-swap="none"
        hx-config={STREAM_CONFIG}
      />
      <Menus {...p} />
    </Document>
  );
}

function Top(p: FrameProps): SafeHtml {
  const { words, focused } = p;
  return (
    <header class="top">
      <a class="brand" href="/dashboard" aria-label={words.say("app.home")}>
        <Mark />
      </a>
      <button class="focus" type="button" popovertarget="channels-menu">
        {focused ? (
          <Face login={focused.login} />
        ) : (
          <span class="face" aria-hidden="true">
            <Icon name="radio-tower" />
          </span>
        )}
        <span>
          <span class="vh">{words.say("top.focused")}</span>
          <b>
            <bdi class="cut">{focused ? focused.login : words.say("top.no_channel")}</bdi>
            <Icon name="chevrons-up-down" class="dim" />
          </b>
          <small class="hide-phone">{focused ? channelSentence(words, focused) : words.say("verdict.no_channel_detail")}</small>
        </span>
      </button>
      <span class="grow" />
      <LookButtons words={words} theme={p.theme} path={p.path} />
      <button class="btn bare sq" type="button" popovertarget="account-menu" aria-label={words.say("top.account")}>
        <Icon name="user-check" />
      </button>
    </header>
  );
}

function Banners(p: FrameProps): SafeHtml {
  const { words, system } = p;
  return (
    <>
      {system.isDemo ? (
        <div class="banner demo">
          <Icon name="flask-conical" />
          <p>
            <b>{words.say("demo.title")}</b> {words.say("demo.text")}
          </p>
        </div>
      ) : null}
      <div class="banner bad" id="lost" role="alert" hidden data-text={words.say("lost.text", { time: "{time}" })}>
        <Icon name="unplug" />
        <p>
          <b>{words.say("lost.title")}</b> <span />
        </p>
        <a class="btn" href={p.path}>
          {words.say("lost.reload")}
        </a>
      </div>
      <div id="account-banner" role="status">
        <AccountBanner words={words} accounts={p.accounts} />
      </div>
    </>
  );
}

function Menus(p: FrameProps): SafeHtml {
  const { words } = p;
  return (
    <>
      <div class="menu" id="channels-menu" role="dialog" popover="auto" aria-label={words.say("top.channels")}>
        {p.channels.slice(0, CHANNELS_IN_MENU).map((channel) => (
          <a
            class="pick"
            href={`/dashboard?channel=${encodeURIComponent(channel.login)}`}
            aria-current={channel.login === p.focused?.login ? "true" : undefined}
          >
            <Face login={channel.login} />
            <span>
              <b>
                <bdi>{channel.login}</bdi>
              </b>
              <small>{channelSentence(words, channel)}</small>
            </span>
            <Dot level={channelLevel(channel)} />
          </a>
        ))}
        <a class="pick" href="/dashboard/channels">
          <span class="face" aria-hidden="true">
            <Icon name="radio-tower" />
          </span>
          <b>{words.say("top.all_channels")}</b>
        </a>
      </div>
      <div class="menu account" id="account-menu" role="dialog" popover="auto" aria-label={words.say("top.account")}>
        <div class="only-phone row">
          <LookButtons words={words} theme={p.theme} path={p.path} phone />
        </div>
        <a class="btn bare wide" href="/dashboard/settings#twitch">
          <Icon name="radio-tower" />
          {words.say("twitch.title")}
        </a>
        <form method="post" action="/signout">
          <button class="btn wide" type="submit">
            <Icon name="log-out" />
            {words.say("top.signout")}
          </button>
        </form>
        <p class="dim sm">{words.say("top.version", { version: p.system.version })}</p>
      </div>
    </>
  );
}

/** The menu is for the few one works with; the page of channels has them all. */
const CHANNELS_IN_MENU = 12;
