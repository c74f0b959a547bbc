import { Icon } from "./components.tsx";
import { Html, type SafeHtml } from "./html.ts";
import type { IconName } from "./icons.ts";
import type { Theme } from "./panels/settings.tsx";
import { PlainPage } from "./plain.tsx";
import type { Words } from "./words/index.ts";

const ICON: Readonly<Record<number, IconName>> = { 401: "lock", 403: "lock", 404: "search-x", 503: "unplug" };

/** A refusal as a page. `traceId` finds a bug in the log. */
export function ErrorPage(p: {
  words: Words;
  theme: Theme;
  status: number;
  title: string;
  detail: string;
  traceId: string | null;
}): SafeHtml {
  const { words } = p;
  return (
    <PlainPage words={words} theme={p.theme} title={p.title} path="/dashboard" class="refusal">
      <Icon name={ICON[p.status] ?? "triangle-alert"} class={p.status >= 500 ? "is-bad" : "dim"} />
      <p class="dim">{p.status}</p>
      <h1>{p.title}</h1>
      <p class="soft xl">{p.detail}</p>
      {p.traceId ? (
        <p class="dim sm">
          {words.say("error.trace")} <code>{p.traceId}</code>
        </p>
      ) : null}
      <p>
        <a class="btn big" href="/dashboard">
          {words.say("error.back_home")}
        </a>
      </p>
    </PlainPage>
  );
}
