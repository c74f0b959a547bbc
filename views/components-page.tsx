import type { Level } from "../src/domain/events.ts";
import type { AccountSummary } from "../src/domain/snapshots.ts";
import { Callout, Empty, Face, Field, Icon, LevelIcon, Pane, Secret, Who } from "./components.tsx";
import { Frame, type PageFrame } from "./frame.tsx";
import { type Child, Html, type SafeHtml } from "./html.ts";
import { AccountBanner } from "./panels/account-banner.tsx";
import { AccountRows } from "./panels/accounts.tsx";
import { JoinForm } from "./panels/channels.tsx";
import type { Verdict } from "./verdict.ts";

const LEVELS: readonly Level[] = ["info", "ok", "warn", "bad"];

/** Every component in every state it can have. Development only; its texts are for developers and are not translated. */
export function ComponentsPage(p: PageFrame): SafeHtml {
  const { words } = p;
  return (
    <Frame {...p} page="settings" title="Components" channels={[]} focused={null} cursor="">
      <div class="page-head">
        <h1>Components</h1>
        <p>Every component in every state it can have. If it is not here, it is not in the product.</p>
      </div>
      <div class="cols-2 even">
        <Specimen id="verdict" title="Verdict" rule="The answer of one second: loud only when it must be.">
          {VERDICTS.map((verdict) => (
            <div class="verdict" data-state={verdict.state}>
              <Icon name={verdict.icon} />
              <b>{verdict.title}</b>
              <span>{verdict.detail}</span>
            </div>
          ))}
        </Specimen>
        <Specimen id="buttons" title="Buttons" rule="One filled button in view.">
          <div class="row">
            <button class="btn main" type="button">
              <Icon name="check" />
              Main
            </button>
            <button class="btn" type="button">
              Usual
            </button>
            <button class="btn yes" type="button">
              Yes
            </button>
            <button class="btn bare" type="button">
              Bare
            </button>
            <button class="btn" type="button" disabled>
              Disabled
            </button>
          </div>
        </Specimen>
        <Specimen id="levels" title="Levels and chips" rule="Colour, shape and word, never colour alone.">
          <div class="row">
            {LEVELS.map((level) => (
              <span class={level === "info" ? "chip" : `chip ${level}`}>
                <LevelIcon level={level} words={words} />
                {words.say(`level.${level}`)}
              </span>
            ))}
          </div>
        </Specimen>
        <Specimen id="people" title="People" rule="Twelve hues by hash; lightness is ours, so every name is readable.">
          <div class="row">
            {NAMES.map((name) => (
              <span class="row">
                <Face login={name} small />
                <Who name={name} id={name} />
              </span>
            ))}
          </div>
        </Specimen>
        <Specimen id="callouts" title="Callouts" rule="What holds, and what to do.">
          {LEVELS.map((level) => (
            <Callout level={level} icon={level === "ok" ? "circle-check" : "info"}>
              <b>{words.say(`level.${level}`)}.</b> Name the remedy: “Type /mod byte_agent”.
            </Callout>
          ))}
        </Specimen>
        <Specimen id="forms" title="Forms" rule="Label above, help below, error between; what was typed stays.">
          <Field id="specimen" label="Label" help="Help" error={null}>
            <input class="input" id="specimen" value="Value" />
          </Field>
          <Secret id="specimen-secret" words={words} label="A secret" masked="token=••••••••" value="token=this-is-a-sample" />
        </Specimen>
        <Pane id="accounts" title="Twitch accounts">
          <ul class="rows accounts">
            <AccountRows {...p} accounts={ACCOUNTS} gaps={[]} canConnect />
          </ul>
        </Pane>
        <Specimen id="account-gone" title="A sign-in that was lost" rule="On every page: who, why, and where to mend it.">
          <AccountBanner words={words} accounts={ACCOUNTS} />
        </Specimen>
        <Pane id="join" title="A form that was refused">
          <JoinForm
            words={words}
            fault={{ value: "no name!", error: words.say("error.channel_login_invalid", { given: "no name!" }) }}
          />
        </Pane>
        <Pane id="empty" title="Empty">
          <Empty title="What will appear" text="Why it is not there, and the next step." />
        </Pane>
      </div>
    </Frame>
  );
}

const NAMES = ["ana", "bento", "caju", "dora", "elis", "flora", "gil", "hugo", "iris", "joão", "kika", "lua"];

const ACCOUNT: AccountSummary = {
  userId: "1",
  login: "byte_agent",
  displayName: "byte_agent",
  role: "bot",
  source: "signed_in",
  state: "ok",
  reason: null,
  scopes: [],
  tiers: ["read", "talk"],
  expiresAt: null,
  validatedAt: null,
};

const ACCOUNTS: readonly AccountSummary[] = [
  ACCOUNT,
  { ...ACCOUNT, userId: "2", source: "environment", state: "unchecked", tiers: [] },
  { ...ACCOUNT, userId: "3", login: "cabrasolar", role: "broadcaster", state: "login_needed", reason: "token_refused" },
];

const VERDICTS: readonly Verdict[] = [
  { state: "ok", icon: "circle-check", title: "All good", detail: "Reading 3 channels." },
  { state: "warn", icon: "triangle-alert", title: "Worth a look", detail: "The model fails; Byte stops asking for a while." },
  { state: "bad", icon: "unplug", title: "Chat lost", detail: "Byte tries again by itself." },
  { state: "off", icon: "eye", title: "Listening only", detail: "It needs a token to answer." },
];

function Specimen(p: { id: string; title: string; rule: string; children: Child }): SafeHtml {
  return (
    <Pane id={p.id} title={p.title} count={<span class="count">{p.rule}</span>}>
      <div class="body">{p.children}</div>
    </Pane>
  );
}
