import { assetUrl } from "./assets/index.ts";
import { IconSheet } from "./components.tsx";
import { type Child, Html, type SafeHtml } from "./html.ts";
import type { IconName } from "./icons.ts";
import type { Theme } from "./panels/settings.tsx";
import type { Words } from "./words/index.ts";

/** What htmx is told: no inline style (nor copying styles while settling), no history of its own, only the extension we use; what people opened stays open. */
const HTMX_CONFIG = JSON.stringify({
  includeIndicatorCSS: false,
  history: false,
  extensions: "sse",
  defaultTimeout: 15_000,
  defaultSettleDelay: 0,
  morphIgnore: ["data-htmx-powered", "open"],
});

/** A whole document. Scripts are files of ours and deferred: the page reads without them. */
export function Document(p: {
  words: Words;
  title: string;
  theme: Theme;
  class: string;
  /** Icons that the page and what is swapped into it refer to; all of them when left out. */
  icons?: readonly IconName[];
  /** `live`: htmx, the stream and the page's own script; `still`: the page's own script. */
  scripts: "live" | "still";
  zone?: string;
  children: Child;
}): SafeHtml {
  const { words } = p;
  return (
    <html lang={words.locale} data-theme={p.theme} data-zone={p.zone}>
      <head>
        <meta charset="utf-8" />
        <title>{`${p.title} · ${words.say("app.name")}`}</title>
        <meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover" />
        <meta name="color-scheme" content="dark light" />
        <meta name="htmx-config" content={HTMX_CONFIG} />
        <link rel="icon" href={assetUrl("byte.svg")} type="image/svg+xml" />
        <link rel="preload" href={assetUrl("instrument-sans-var.woff2")} as="font" type="font/woff2" crossorigin="anonymous" />
        <link rel="stylesheet" href={assetUrl("byte.css")} />
        {p.scripts === "live" ? (
          <>
            <script src={assetUrl("htmx.js")} defer />
            <script src={assetUrl("sse.js")} defer />
          </>
        ) : null}
        <script src={assetUrl("app.js")} defer />
      </head>
      <body class={p.class}>
        <IconSheet {...(p.icons ? { only: p.icons } : {})} />
        {p.children}
      </body>
    </html>
  );
}
