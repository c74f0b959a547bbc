import type { TimelineEvent } from "../src/domain/events.ts";
import { assetUrl } from "./assets/index.ts";
import { Icon, IconSheet } from "./components.tsx";
import { type HudMessage, hudMessage } from "./event-line.tsx";
import { Html, type SafeHtml } from "./html.ts";
import type { HudOptions } from "./hud-options.ts";
import { ICONS, type IconName } from "./icons.ts";
import type { Words } from "./words/index.ts";

export { hudMessage } from "./event-line.tsx";
export { type HudOptions, readHudOptions } from "./hud-options.ts";

/** Every icon that a message may have: `hud.js` refers to them by name. */
const ICON_NAMES = Object.keys(ICONS) as IconName[];

interface HudProps {
  words: Words;
  login: string;
  /** The stream of `event: hud` messages, token included, without a cursor. */
  eventsUrl: string;
  /** What is still worth showing, oldest first. */
  initial: readonly TimelineEvent[];
  /** Where the stream begins. */
  cursor: string;
  options: HudOptions;
  /** IANA time zone of the times in a dock. */
  zone?: string;
}

/**
 * What OBS shows: transparent, and blank when there is nothing to say. A dock is for the broadcaster
 * alone, has a ground, and keeps its messages. `hud.js` reads all it needs from `data-`.
 */
export function HudPage(p: HudProps): SafeHtml {
  const { words, options } = p;
  const messages = [
    ...p.initial.map((event) => hudMessage(words, event, p.zone ?? "UTC")),
    ...(options.demo ? samples(words) : []),
  ];
  const shown = messages.filter((message) => message !== null).slice(-options.max);
  return (
    <html lang={words.locale} data-theme={options.theme} class="hud-page">
      <head>
        <meta charset="utf-8" />
        <title>{words.say("hud.page_title", { channel: p.login })}</title>
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="dark light" />
        <link rel="icon" href={assetUrl("byte.svg")} type="image/svg+xml" />
        <link rel="stylesheet" href={assetUrl("byte.css")} />
        <script src={assetUrl("hud.js")} defer />
      </head>
      <body
        data-events={p.eventsUrl}
        data-cursor={p.cursor}
        data-hide-ms={options.hideMs ?? undefined}
        data-max={options.max}
        data-dock={options.dock}
        data-connected={words.say("hud.connected")}
        data-lost={words.say("hud.lost")}
        data-lost-detail={words.say("hud.lost_detail")}
        data-refused={words.say("hud.refused")}
        data-refused-detail={words.say("hud.refused_detail")}
      >
        <IconSheet only={ICON_NAMES} />
        {options.dock ? <Dock {...p} shown={shown} /> : <Source {...p} shown={shown} />}
      </body>
    </html>
  );
}

function Source({ words, options, shown }: HudProps & { shown: readonly HudMessage[] }): SafeHtml {
  return (
    <main
      class="hud"
      id="plates"
      data-scale={options.scale}
      data-pos={options.pos}
      aria-live="polite"
      aria-label={words.say("hud.list")}
    >
      {shown.map((message) => (
        <HudPlate message={message} />
      ))}
    </main>
  );
}

/** A message over the scene. `hud.js` builds the same from a message of the stream. */
export function HudPlate({ message }: { message: HudMessage }): SafeHtml {
  return (
    <div class={`plate ${message.level}`} data-at={message.at}>
      <Icon name={message.icon} />
      <span dir="auto">{message.text}</span>
      {message.detail ? <small dir="auto">{message.detail}</small> : null}
    </div>
  );
}

function Dock({ words, login, options, shown, zone = "UTC" }: HudProps & { shown: readonly HudMessage[] }): SafeHtml {
  return (
    <div class="dock" data-scale={options.scale}>
      <div class="verdict" id="contact" data-state="off" role="status">
        <Icon name="loader" />
        <b>{words.say("hud.connecting")}</b>
        <span>
          <bdi>{login}</bdi>
        </span>
      </div>
      <main class="mid" tabindex="0" aria-label={words.say("hud.list")}>
        <h1 class="vh">{words.say("hud.page_title", { channel: login })}</h1>
        <div class="newest-first" id="plates">
          {shown.map((message) => (
            <div class="alert" data-level={message.level} data-at={message.at}>
              <Icon name={message.icon} />
              <b dir="auto">{message.text}</b>
              <time datetime={message.at}>{words.format.clock(new Date(message.at), zone)}</time>
              {message.detail ? <small dir="auto">{message.detail}</small> : null}
            </div>
          ))}
        </div>
        <div class="empty">
          <b>{words.say("hud.empty_title")}</b>
          <p>{words.say("hud.empty_text")}</p>
        </div>
      </main>
    </div>
  );
}

/** The instant of samples: they are of no time. */
const SAMPLE_AT = new Date(0).toISOString();

/** Messages that show how it will look, so that it can be placed. */
function samples(words: Words): HudMessage[] {
  const sample = (level: HudMessage["level"], icon: IconName, text: string): HudMessage => ({
    id: null,
    at: SAMPLE_AT,
    level,
    icon,
    text,
    detail: null,
    source: words.say("hud.source.operator"),
  });
  return [
    sample("ok", "plug-zap", words.say("hud.demo_three")),
    sample("info", "users", words.say("hud.demo_two")),
    sample("info", "message-square", words.say("hud.demo_one")),
  ];
}
