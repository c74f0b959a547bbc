import type { TimelineEvent } from "../../src/domain/events.ts";
import { Empty, Icon, LevelIcon, Pane, When } from "../components.tsx";
import { hudMessage } from "../event-line.tsx";
import { Html, raw, type SafeHtml } from "../html.ts";
import type { Words } from "../words/index.ts";

/** Rows kept in the page. */
export const HUD_ROWS_MAX = 50;
/** Longest note to the broadcaster, in characters. */
export const HUD_TEXT_CHARS_MAX = 300;

/** A form's field as it was typed, and why it was refused. */
export interface Fault {
  value: string;
  error: string;
}

/** One message to the broadcaster, as a row; nothing for an event that is none of the HUD's. */
export function HudRow({ words, zone, event }: { words: Words; zone: string; event: TimelineEvent }): SafeHtml {
  const message = hudMessage(words, event, zone);
  if (message === null) return raw("");
  return (
    <li class="alert" id={event.id === null ? undefined : `h-${event.id}`} data-level={message.level}>
      <LevelIcon level={message.level} words={words} icon={message.icon} />
      <b dir="auto">{message.text}</b>
      <When at={event.at} words={words} zone={zone} />
      {message.detail ? <small dir="auto">{message.detail}</small> : null}
    </li>
  );
}

/** Writes a note to the broadcaster. The row itself comes with the stream. */
export function HudForm(p: { words: Words; login: string; fault?: Fault | null; isSent?: boolean }): SafeHtml {
  const { words, fault = null } = p;
  return (
    <form
      class="note-form"
      id="hud-form"
      method="post"
      action="/dashboard/hud/messages"
      hx-post="/dashboard/hud/messages"
      hx-target="#hud-form"
      hx-swap="outerHTML"
    >
      <input type="hidden" name="channel" value={p.login} />
      <label class="vh" for="hud-text">
        {words.say("hud.message")}
      </label>
      <span class="with-btn">
        <input
          class="input"
          id="hud-text"
          name="text"
          required
          maxlength={HUD_TEXT_CHARS_MAX}
          autocomplete="off"
          placeholder={words.say("hud.placeholder")}
          value={fault?.value}
          aria-invalid={fault ? "true" : undefined}
          aria-describedby={fault ? "hud-text-e" : undefined}
        />
        <button class="btn" type="submit">
          {words.say("hud.send")}
        </button>
      </span>
      {fault ? (
        <p class="err" id="hud-text-e" role="alert">
          <Icon name="circle-alert" />
          <span>{fault.error}</span>
        </p>
      ) : null}
      {p.isSent ? (
        <p class="vh" role="status">
          {words.say("hud.sent")}
        </p>
      ) : null}
    </form>
  );
}

/** What the broadcaster is told. `events` newest first. */
export function HudPanel(p: {
  words: Words;
  zone: string;
  login: string;
  events: readonly TimelineEvent[];
  fault?: Fault | null;
}): SafeHtml {
  const { words } = p;
  return (
    <Pane
      id="hud"
      title={words.say("hud.title")}
      count={
        <span class="chip">
          <Icon name="lock" />
          {words.say("hud.private")}
        </span>
      }
      actions={
        <a
          class="btn bare sq"
          href={`/dashboard/settings?channel=${encodeURIComponent(p.login)}#obs`}
          aria-label={words.say("hud.add")}
          title={words.say("hud.add")}
        >
          <Icon name="monitor" />
        </a>
      }
    >
      <div class="scroll" tabindex="0" role="log" aria-live="off" aria-labelledby="hud-t">
        <ol class="alerts" id="hud-list" data-max={HUD_ROWS_MAX} data-trim="end">
          {p.events.map((event) => (
            <HudRow words={words} zone={p.zone} event={event} />
          ))}
        </ol>
        <Empty title={words.say("hud.empty_title")} text={words.say("hud.empty_text")} />
      </div>
      <footer>
        <HudForm words={words} login={p.login} fault={p.fault ?? null} />
      </footer>
    </Pane>
  );
}
