import { Icon, Mark } from "./components.tsx";
import { type Child, Html, type SafeHtml } from "./html.ts";
import type { IconName } from "./icons.ts";
import { Document } from "./layout.tsx";
import type { Theme } from "./panels/settings.tsx";
import type { Words } from "./words/index.ts";

/** The icons of pages that stand outside the dashboard. */
const ICONS: readonly IconName[] = [
  "languages",
  "sun-moon",
  "circle-alert",
  "triangle-alert",
  "search-x",
  "lock",
  "unplug",
  "flask-conical",
];

/** The theme that comes after `theme` when its button is pressed. */
export function nextTheme(theme: Theme): Theme {
  return theme === "dark" ? "light" : theme === "light" ? "auto" : "dark";
}

/** Buttons for language and theme: plain forms, so that they work without scripts and before signing in. */
export function LookButtons({
  words,
  theme,
  path,
  phone = false,
}: {
  words: Words;
  theme: Theme;
  path: string;
  phone?: boolean;
}): SafeHtml {
  const other = words.language === "pt" ? "en" : "pt";
  const hide = phone ? undefined : "hide-phone";
  return (
    <>
      <form class={hide} method="post" action="/dashboard/language">
        <input type="hidden" name="next" value={path} />
        <input type="hidden" name="language" value={other} />
        <button class="btn bare sq" type="submit" aria-label={words.say("top.language")} title={words.say("top.language")}>
          <Icon name="languages" />
        </button>
      </form>
      <form class={hide} method="post" action="/dashboard/theme" data-theme-form>
        <input type="hidden" name="next" value={path} />
        <input type="hidden" name="theme" value={nextTheme(theme)} />
        <button class="btn bare sq" type="submit" aria-label={words.say("top.theme")} title={words.say("top.theme")}>
          <Icon name="sun-moon" />
        </button>
      </form>
    </>
  );
}

/** A page with nothing but its subject: signing in, an error. */
export function PlainPage(p: {
  words: Words;
  theme: Theme;
  title: string;
  path: string;
  class: string;
  children: Child;
}): SafeHtml {
  return (
    <Document words={p.words} title={p.title} theme={p.theme} class="plain" icons={ICONS} scripts="still">
      <header>
        <span class="wordmark">
          <Mark />
          <b>{p.words.say("app.name")}</b>
        </span>
        <span class="row">
          <LookButtons words={p.words} theme={p.theme} path={p.path} phone />
        </span>
      </header>
      <main id="main" class={p.class}>
        {p.children}
      </main>
    </Document>
  );
}
