import type { Level } from "../src/domain/events.ts";
import { hueClass, initials } from "./format.ts";
import { type Child, Html, raw, type SafeHtml } from "./html.ts";
import { ICONS, type IconName } from "./icons.ts";
import type { Words } from "./words/index.ts";

/** All icons as symbols; once per page, before what refers to them. */
export function IconSheet({ only }: { only?: readonly IconName[] }): SafeHtml {
  const names = only ?? (Object.keys(ICONS) as IconName[]);
  return (
    <div hidden>
      <svg aria-hidden="true">
        {names.map((name) => (
          <symbol id={`i-${name}`} viewBox="0 0 24 24">
            {raw(ICONS[name])}
          </symbol>
        ))}
      </svg>
    </div>
  );
}

/** An icon. Without `label` it is decoration and says nothing. */
export function Icon({ name, label, class: extra }: { name: IconName; label?: string; class?: string }): SafeHtml {
  const classes = extra ? `i ${extra}` : "i";
  if (label !== undefined) {
    return (
      <svg class={classes} role="img" aria-label={label}>
        <use href={`#i-${name}`} />
      </svg>
    );
  }
  return (
    <svg class={classes} aria-hidden="true">
      <use href={`#i-${name}`} />
    </svg>
  );
}

/** The mark of Byte: eight cells, six lit. */
export function Mark({ class: extra }: { class?: string }): SafeHtml {
  return (
    <svg class={extra} viewBox="0 0 18 38" aria-hidden="true">
      <g fill="currentColor">
        <rect width="8" height="8" rx="2" />
        <rect y="10" width="8" height="8" rx="2" />
        <rect y="20" width="8" height="8" rx="2" />
        <rect y="30" width="8" height="8" rx="2" />
        <rect x="10" y="20" width="8" height="8" rx="2" />
        <rect x="10" y="30" width="8" height="8" rx="2" />
      </g>
      <g fill="currentColor" opacity=".26">
        <rect x="10" width="8" height="8" rx="2" />
        <rect x="10" y="10" width="8" height="8" rx="2" />
      </g>
    </svg>
  );
}

/** The square that stands for a channel. */
export function Face({ login, small }: { login: string; small?: boolean }): SafeHtml {
  return (
    <span class={`face ${hueClass(login)}${small ? " sm" : ""}`} aria-hidden="true">
      {initials(login)}
    </span>
  );
}

/** A name that others chose: isolated from the direction of the text around it, in its own hue. */
export function Who({ name, id }: { name: string; id: string }): SafeHtml {
  return <bdi class={`who ${hueClass(id)}`}>{name}</bdi>;
}

const DOT: Readonly<Record<Level | "off", string>> = {
  info: "dot off",
  ok: "dot",
  warn: "dot warn",
  bad: "dot bad",
  off: "dot off",
};

/** A state as a shape: round fine, diamond attention, square broken, hollow off. A word stands beside it. */
export function Dot({ level }: { level: Level | "off" }): SafeHtml {
  return <span class={DOT[level]} aria-hidden="true" />;
}

/** A pane: a plane with a name. `id` is the panel's deep link. */
export function Pane(p: {
  id: string;
  title: Child;
  count?: Child;
  actions?: Child;
  class?: string;
  children?: Child;
}): SafeHtml {
  return (
    <section class={p.class ? `pane ${p.class}` : "pane"} id={p.id} aria-labelledby={`${p.id}-t`}>
      <header>
        <h2 id={`${p.id}-t`}>{p.title}</h2>
        {p.count}
        {p.actions ? <div class="row">{p.actions}</div> : null}
      </header>
      {p.children}
    </section>
  );
}

/** What stands where nothing is yet: what will appear, why it is not there, the next step. */
export function Empty(p: { icon?: IconName; title: string; text: string; id?: string; children?: Child }): SafeHtml {
  return (
    <div class="empty" id={p.id}>
      {p.icon ? <Icon name={p.icon} /> : <Mark />}
      <b>{p.title}</b>
      <p>{p.text}</p>
      {p.children}
    </div>
  );
}

/** An instant as hours and minutes; the day is in its title. */
export function When({ at, words, zone }: { at: Date; words: Words; zone: string }): SafeHtml {
  return (
    <time datetime={at.toISOString()} title={words.format.moment(at, zone)}>
      {words.format.clock(at, zone)}
    </time>
  );
}

/** How long ago an instant was; `app.js` lets it tick. */
export function Ago({ at, now, words }: { at: Date; now: Date; words: Words }): SafeHtml {
  return (
    <time datetime={at.toISOString()} data-ago>
      {words.format.ago(at, now)}
    </time>
  );
}

/** A form's field: label above, help below, error between. */
export function Field(p: { id: string; label: string; help?: Child; error?: string | null; children: Child }): SafeHtml {
  return (
    <div class="field">
      <label for={p.id}>{p.label}</label>
      {p.children}
      {p.error ? (
        <p class="err" id={`${p.id}-e`} role="alert">
          <Icon name="circle-alert" />
          <span>{p.error}</span>
        </p>
      ) : null}
      {p.help ? (
        <p class="help" id={`${p.id}-h`}>
          {p.help}
        </p>
      ) : null}
    </div>
  );
}

/** A text that must be copied and not be read over a shoulder: masked, shown on demand, copied with one click. */
export function Secret(p: { id: string; words: Words; masked: string; value: string; label: string }): SafeHtml {
  return (
    <div class="field">
      <span class="label" id={`${p.id}-l`}>
        {p.label}
      </span>
      <fieldset class="secret" aria-labelledby={`${p.id}-l`}>
        <details class="reveal">
          <summary>
            <Icon name="eye" label={p.words.say("show.show")} />
            <code>{p.masked}</code>
          </summary>
          <code class="full" id={p.id}>
            {p.value}
          </code>
        </details>
        <CopyButton words={p.words} from={p.id} />
      </fieldset>
    </div>
  );
}

/** Copies the text of the element `from`. It is of use with scripts only, so it is hidden without. */
export function CopyButton({ words, from }: { words: Words; from: string }): SafeHtml {
  return (
    <button class="btn needs-js" type="button" data-copy={from} data-copied={words.say("copy.copied")}>
      <Icon name="copy" />
      <span>{words.say("copy.copy")}</span>
    </button>
  );
}

const LEVEL_ICON: Readonly<Record<Level, { icon: IconName; class: string }>> = {
  info: { icon: "info", class: "dim" },
  ok: { icon: "circle-check", class: "is-ok" },
  warn: { icon: "triangle-alert", class: "is-warn" },
  bad: { icon: "circle-x", class: "is-bad" },
};

/** A level as colour, shape and word. */
export function LevelIcon({ level, words, icon }: { level: Level; words: Words; icon?: IconName }): SafeHtml {
  const look = LEVEL_ICON[level];
  return <Icon name={icon ?? look.icon} class={look.class} label={words.say(`level.${level}`)} />;
}

/** A block that says one thing: what holds, and what to do. */
export function Callout(p: { level: Level; icon: IconName; children: Child }): SafeHtml {
  return (
    <div class={p.level === "info" ? "callout" : `callout ${p.level}`}>
      <Icon name={p.icon} />
      <div>{p.children}</div>
    </div>
  );
}
