import { Callout, Empty, Field, Icon, Pane, Secret } from "../components.tsx";
import { Html, type SafeHtml } from "../html.ts";
import { HUD_POSITIONS, HUD_SCALES } from "../hud-options.ts";
import type { Words } from "../words/index.ts";

interface ObsProps {
  words: Words;
  login: string | null;
  /** The channel's HUD address with its token. */
  hudUrl: string | null;
}

/** The dots that stand for a secret. */
const MASK = "••••••••";

/** Addresses of the HUD, how to put them into OBS, and a new token. */
export function ObsPanel({ words, login, hudUrl }: ObsProps): SafeHtml {
  const of = login ? <span class="count">{words.parts("settings.hud_of", { channel: <bdi>{login}</bdi> })}</span> : null;
  if (hudUrl === null || login === null) {
    return (
      <Pane id="obs" title={words.say("settings.hud")} count={of}>
        <Empty icon="monitor" title={words.say("settings.hud")} text={words.say("settings.hud_none")} />
      </Pane>
    );
  }
  const masked = hudUrl.replace(/token=[^&#]+/, `token=${MASK}`);
  return (
    <Pane id="obs" title={words.say("settings.hud")} count={of}>
      <div class="body form">
        <Callout level="warn" icon="triangle-alert">
          <b>{words.say("settings.hud_warn_title")}</b> {words.say("settings.hud_warn")}
        </Callout>
        <div class="cols-2 even">
          <div class="field">
            <Secret
              id="hud-dock"
              words={words}
              label={words.say("settings.hud_dock")}
              masked={`${masked}&dock=1`}
              value={`${hudUrl}&dock=1`}
            />
            <p class="help">{words.say("settings.hud_dock_how")}</p>
          </div>
          <div class="field">
            <Secret id="hud-source" words={words} label={words.say("settings.hud_source")} masked={masked} value={hudUrl} />
            <p class="help">{words.say("settings.hud_source_how")}</p>
          </div>
        </div>
        <HudOptionsForm words={words} hudUrl={hudUrl} />
      </div>
      <footer>
        <form class="row" method="post" action={`/dashboard/hud-token?channel=${encodeURIComponent(login)}`}>
          <button class="btn" type="submit">
            <Icon name="rotate-cw" />
            {words.say("settings.hud_rotate")}
          </button>
          <span class="dim sm">{words.say("settings.hud_rotate_help")}</span>
        </form>
      </footer>
    </Pane>
  );
}

/** Choices that become part of the source's address. It opens a preview by itself; `app.js` writes them into the address above. */
function HudOptionsForm({ words, hudUrl }: { words: Words; hudUrl: string }): SafeHtml {
  const token = URL.parse(hudUrl)?.searchParams.get("token") ?? "";
  const pairs = <T extends string | number>(values: readonly T[], say: (value: T) => string): [string, string][] =>
    values.map((value) => [String(value), say(value)]);
  return (
    <form
      class="form"
      method="get"
      action="/dashboard/hud"
      target="_blank"
      data-hud-options="hud-source"
      data-hud-url={hudUrl}
      rel="noopener"
    >
      <input type="hidden" name="token" value={token} />
      <input type="hidden" name="demo" value="1" />
      <fieldset>
        <legend class="label">{words.say("settings.hud_options")}</legend>
        <div class="fields small">
          <Choice
            id="hud-scale"
            name="scale"
            label={words.say("settings.hud_scale")}
            usual="100"
            options={pairs(HUD_SCALES, (scale) => `${scale}\u00a0%`)}
          />
          <Choice
            id="hud-pos"
            name="pos"
            label={words.say("settings.hud_pos")}
            usual="bottom-left"
            options={pairs(HUD_POSITIONS, (pos) => words.say(`settings.pos.${pos}`))}
          />
          <Choice
            id="hud-hide"
            name="hide"
            label={words.say("settings.hud_hide")}
            usual="12"
            options={pairs([6, 12, 30, 0], (count) =>
              count === 0 ? words.say("settings.hud_never") : words.say("settings.hud_seconds", { count }),
            )}
          />
          <Choice
            id="hud-max"
            name="max"
            label={words.say("settings.hud_max")}
            usual="3"
            options={pairs([1, 2, 3, 5], (count) => words.say("settings.hud_max_value", { count }))}
          />
          <Choice
            id="hud-theme"
            name="theme"
            label={words.say("settings.hud_theme")}
            usual="dark"
            options={[
              ["dark", words.say("theme.dark")],
              ["light", words.say("theme.light")],
            ]}
          />
        </div>
      </fieldset>
      <div class="row">
        <button class="btn" type="submit">
          <Icon name="eye" />
          {words.say("settings.hud_preview")}
        </button>
      </div>
    </form>
  );
}

function Choice(p: {
  id: string;
  name: string;
  label: string;
  usual: string;
  options: readonly (readonly [string, string])[];
}): SafeHtml {
  return (
    <Field id={p.id} label={p.label}>
      <select class="input" id={p.id} name={p.name} data-usual={p.usual}>
        {p.options.map(([value, name]) => (
          <option value={value} selected={value === p.usual}>
            {name}
          </option>
        ))}
      </select>
    </Field>
  );
}
