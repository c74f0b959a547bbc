import type { AccountSummary, FeatureGap, SystemStatus } from "../../src/domain/snapshots.ts";
import { Ago, CopyButton, Field, Icon, Pane } from "../components.tsx";
import { type Child, Html, type SafeHtml } from "../html.ts";
import type { IconName } from "../icons.ts";
import { LANGUAGES, type Words } from "../words/index.ts";
import { AccountsPanel, type ConnectFault } from "./accounts.tsx";
import type { Fault } from "./hud.tsx";
import { ObsPanel } from "./obs.tsx";
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
  accounts: readonly AccountSummary[];
  gaps: readonly FeatureGap[];
  canConnect: boolean;
  tokens: readonly ApiTokenRow[];
  sessions: readonly SessionRow[];
  /** A token just made: shown this once. */
  newToken: string | null;
  fault?: Fault | null;
  connectFault?: ConnectFault | null;
}

/** The panels of the settings page, with the contents beside them. */
export function SettingsPanels(p: SettingsProps): SafeHtml {
  const { words } = p;
  const contents: readonly [string, IconName, string][] = [
    ["status", "activity", words.say("settings.connection")],
    ["twitch", "radio-tower", words.say("twitch.title")],
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
        <AccountsPanel {...p} fault={p.connectFault ?? null} />
        <ObsPanel {...p} />
        <TokensPanel {...p} />
        <SessionsPanel {...p} />
        <LookPanel {...p} />
      </div>
    </div>
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
