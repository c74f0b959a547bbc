import type { SystemStatus } from "../../src/domain/snapshots.ts";
import { Ago, Callout, CopyButton, Empty, Field, Icon, Pane, Secret } from "../components.tsx";
import { type Child, Html, type SafeHtml } from "../html.ts";
import { HUD_POSITIONS, HUD_SCALES } from "../hud-options.ts";
import type { IconName } from "../icons.ts";
import { LANGUAGES, type Words } from "../words/index.ts";
import type { Fault } from "./hud.tsx";
import { StatusPanel } from "./status.tsx";

export type Theme = "dark" | "light" | "auto";
const THEMES: readonly Theme[] = ["dark", "light", "auto"];

/** A bearer token for a program, as far as it may be told. */
export interface ApiTokenRow {
  id: string;
  name: string;
  createdAt: Date;
  lastUsedAt: Date | null;
}

/** Somebody's signed-in browser. */
export interface SessionRow {
  id: string;
  label: string;
  createdAt: Date;
  lastSeenAt: Date;
  /** Whether it is the one that asks. */
  isCurrent: boolean;
}

export interface SettingsProps {
  words: Words;
  theme: Theme;
  zone: string;
  now: Date;
  system: SystemStatus;
  /** Where forms that change the appearance come back to. */
  path: string;
  login: string | null;
  hudUrl: string | null;
  tokens: readonly ApiTokenRow[];
  sessions: readonly SessionRow[];
  /** A token just made: shown this once. */
  newToken: string | null;
  fault?: Fault | null;
}

/** The panels of the settings page, with the contents beside them. */
export function SettingsPanels(p: SettingsProps): SafeHtml {
  const { words } = p;
  const contents: readonly [string, IconName, string][] = [
    ["status", "activity", words.say("settings.connection")],
    ["obs", "monitor", words.say("settings.hud")],
    ["tokens", "key-round", words.say("settings.tokens")],
    ["sessions", "user-check", words.say("settings.sessions")],
    ["look", "sun-moon", words.say("settings.look")],
  ];
  return (
    <div class="side">
      <nav class="pane toc hide-phone" aria-label={words.say("settings.on_page")}>
        <div class="body tight">
          {contents.map(([id, icon, name]) => (
            <a href={`#${id}`}>
              <Icon name={icon} />
              {name}
            </a>
          ))}
        </div>
      </nav>
      <div class="stack">
        <StatusPanel {...p} />
        <ObsPanel {...p} />
        <TokensPanel {...p} />
        <SessionsPanel {...p} />
        <LookPanel {...p} />
      </div>
    </div>
  );
}

/** The dots that stand for a secret. */
const MASK = "••••••••";

/** Addresses of the HUD, how to put them into OBS, and a new token. */
function ObsPanel({ words, login, hudUrl }: SettingsProps): SafeHtml {
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

/** Tokens for programs. */
function TokensPanel({ words, now, tokens, newToken, fault = null }: SettingsProps): SafeHtml {
  return (
    <Pane id="tokens" title={words.say("settings.tokens")}>
      <div class="body form">
        <p class="soft sm">{words.say("settings.tokens_text")}</p>
        {newToken ? (
          <div class="callout ok" role="status">
            <Icon name="key-round" />
            <div>
              <b>{words.say("settings.token_new")}</b>
              <div class="secret">
                <code id="new-token">{newToken}</code>
                <CopyButton words={words} from="new-token" />
              </div>
            </div>
          </div>
        ) : null}
        <form class="form" method="post" action="/dashboard/tokens">
          <Field id="token-name" label={words.say("settings.token_name")} error={fault?.error ?? null}>
            <span class="with-btn">
              <input
                class="input"
                id="token-name"
                name="name"
                required
                maxlength="60"
                autocomplete="off"
                placeholder={words.say("settings.token_placeholder")}
                value={fault?.value}
                aria-invalid={fault ? "true" : undefined}
                aria-describedby={fault ? "token-name-e" : undefined}
              />
              <button class="btn" type="submit">
                <Icon name="plus" />
                {words.say("settings.token_add")}
              </button>
            </span>
          </Field>
        </form>
      </div>
      {tokens.length === 0 ? <p class="none dim sm">{words.say("settings.tokens_empty")}</p> : null}
      <ul class="rows">
        {tokens.map((token) => (
          <Revocable
            name={token.name}
            action={`/dashboard/tokens/${encodeURIComponent(token.id)}/revoke`}
            button={words.say("settings.token_revoke")}
            label={words.say("settings.token_revoke_of", { name: token.name })}
          >
            {words.say("settings.token_created")} <Ago at={token.createdAt} now={now} words={words} />
            {" · "}
            {token.lastUsedAt ? (
              <>
                {words.say("settings.token_used")} <Ago at={token.lastUsedAt} now={now} words={words} />
              </>
            ) : (
              words.say("settings.token_unused")
            )}
          </Revocable>
        ))}
      </ul>
    </Pane>
  );
}

/** Signed-in browsers. */
function SessionsPanel({ words, now, sessions }: SettingsProps): SafeHtml {
  return (
    <Pane id="sessions" title={words.say("settings.sessions")}>
      <div class="body">
        <p class="soft sm">{words.say("settings.sessions_text")}</p>
      </div>
      <ul class="rows">
        {sessions.map((session) => {
          const name = session.label || words.say("settings.session_unnamed");
          return (
            <Revocable
              name={name}
              chip={session.isCurrent ? words.say("settings.session_this") : null}
              action={`/dashboard/sessions/${encodeURIComponent(session.id)}/revoke`}
              button={words.say("settings.session_revoke")}
              label={words.say("settings.session_revoke_of", { name })}
            >
              {words.say("settings.session_seen")} <Ago at={session.lastSeenAt} now={now} words={words} />
              {" · "}
              {words.say("settings.session_since")} <Ago at={session.createdAt} now={now} words={words} />
            </Revocable>
          );
        })}
      </ul>
    </Pane>
  );
}

function Revocable(p: {
  name: string;
  chip?: string | null;
  action: string;
  button: string;
  label: string;
  children: Child;
}): SafeHtml {
  return (
    <li>
      <span>
        <b>
          <bdi>{p.name}</bdi>
        </b>{" "}
        {p.chip ? <span class="chip ok">{p.chip}</span> : null}
        <br />
        <small>{p.children}</small>
      </span>
      <form class="end" method="post" action={p.action}>
        <button class="btn" type="submit" aria-label={p.label}>
          {p.button}
        </button>
      </form>
    </li>
  );
}

/** Theme and language, by plain forms. */
function LookPanel({ words, theme, path }: SettingsProps): SafeHtml {
  return (
    <Pane id="look" title={words.say("settings.look")} count={<span class="count">{words.say("settings.look_text")}</span>}>
      <div class="body form">
        <Choose
          action="/dashboard/theme"
          name="theme"
          legend={words.say("settings.theme")}
          next={`${path}#look`}
          save={words.say("settings.save")}
          current={theme}
          options={THEMES.map((value) => [value, words.say(`theme.${value}`)])}
        />
        <Choose
          action="/dashboard/language"
          name="language"
          legend={words.say("settings.language")}
          next={`${path}#look`}
          save={words.say("settings.save")}
          current={words.language}
          options={LANGUAGES.map((value) => [value, words.say(`language.${value}`)])}
        />
      </div>
    </Pane>
  );
}

function Choose(p: {
  action: string;
  name: string;
  legend: string;
  next: string;
  save: string;
  current: string;
  options: readonly (readonly [string, string])[];
}): SafeHtml {
  return (
    <form class="choose" method="post" action={p.action}>
      <input type="hidden" name="next" value={p.next} />
      <fieldset>
        <legend class="label">{p.legend}</legend>
        <div class="row">
          <div class="seg">
            {p.options.map(([value, name]) => (
              <label>
                <input type="radio" name={p.name} value={value} checked={value === p.current} />
                {name}
              </label>
            ))}
          </div>
          <button class="btn" type="submit">
            {p.save}
          </button>
        </div>
      </fieldset>
    </form>
  );
}
