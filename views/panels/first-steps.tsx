import type { SystemStatus } from "../../src/domain/snapshots.ts";
import { Callout, Icon, Pane } from "../components.tsx";
import { type Child, Html, type SafeHtml } from "../html.ts";
import type { Words } from "../words/index.ts";
import { JoinForm } from "./channels.tsx";
import type { Fault } from "./hud.tsx";

/** What an installation without a channel shows: what to connect, in which order, with the first thing to do in place. */
export function FirstSteps({
  words,
  system,
  fault = null,
}: {
  words: Words;
  system: SystemStatus;
  fault?: Fault | null;
}): SafeHtml {
  const hasModel = system.parts.some((part) => part.name === "model" && part.reason !== "missing");
  return (
    <div class="cols-2">
      <Pane id="first" title={<span class="xl">{words.say("first.title")}</span>}>
        <div class="body">
          <ol class="steps">
            <Step isPast title={words.say("first.signed_in")} help={words.say("first.signed_in_help")} />
            <Step isCurrent title={words.say("first.channel")} help={words.say("first.channel_help")}>
              <JoinForm words={words} fault={fault} />
            </Step>
            <Step
              isPast={!system.isReadOnly}
              title={words.say(system.isReadOnly ? "first.account" : "first.account_done")}
              help={system.isReadOnly ? words.say("first.account_help") : null}
            >
              {system.isReadOnly ? (
                <a class="btn" href="/dashboard/settings#twitch">
                  <Icon name="key-round" />
                  {words.say("first.account_go")}
                </a>
              ) : null}
            </Step>
            <Step
              isPast={hasModel}
              title={words.say(hasModel ? "first.model_done" : "first.model")}
              help={hasModel ? null : words.say("first.model_help")}
            />
            <Step title={words.say("first.hud")} help={words.say("first.hud_help")} />
            <Step title={words.say("first.hello")} help={words.say("first.hello_help")} />
          </ol>
        </div>
      </Pane>
      <div class="stack">
        <Callout level="info" icon="play">
          <b>{words.say("first.looking")}</b>
          <p>{words.say("first.looking_text")}</p>
          <p>
            <code>byte demo</code>
          </p>
        </Callout>
      </div>
    </div>
  );
}

function Step(p: { title: string; help: string | null; isPast?: boolean; isCurrent?: boolean; children?: Child }): SafeHtml {
  return (
    <li class={p.isPast ? "past" : undefined} aria-current={p.isCurrent ? "step" : undefined}>
      <div>
        <b>{p.title}</b>
        {p.help ? <small>{p.help}</small> : null}
        {p.children}
      </div>
    </li>
  );
}
