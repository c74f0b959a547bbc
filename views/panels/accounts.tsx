import type { AccountRole, Tier } from "../../src/domain/accounts.ts";
import type { AccountSummary, FeatureGap } from "../../src/domain/snapshots.ts";
import { tierSentence, tiersFor } from "../accounts.ts";
import { Callout, Empty, Icon, Pane } from "../components.tsx";
import { type Child, Html, type SafeHtml } from "../html.ts";
import type { Words } from "../words/index.ts";
import { AccountGaps } from "./account-gaps.tsx";
import { AccountRow } from "./account-row.tsx";
import { SIGNINS } from "./ask-button.tsx";

export interface AccountsProps {
  words: Words;
  zone: string;
  now: Date;
  accounts: readonly AccountSummary[];
  gaps: readonly FeatureGap[];
  /** Whether a client id is set. */
  canConnect: boolean;
}

/** What was ticked in a form that was refused, and why. */
export interface ConnectFault {
  role: AccountRole;
  tiers: readonly Tier[];
  error: string;
}

/** Who Byte may act for at Twitch, what each allows, what is off, and how to connect another. */
export function AccountsPanel(p: AccountsProps & { fault?: ConnectFault | null }): SafeHtml {
  const { words, canConnect, fault = null } = p;
  const hasBot = p.accounts.some(({ role }) => role === "bot");
  return (
    <Pane
      id="twitch"
      title={words.say("twitch.title")}
      count={
        <span class="count" id="accounts-count">
          <AccountCount {...p} />
        </span>
      }
    >
      <div class="body">
        {canConnect ? <p class="soft sm">{words.say("twitch.intro")}</p> : <NoClient words={words} />}
        {fault ? (
          <div class="callout bad" role="alert">
            <Icon name="circle-alert" />
            <div>{fault.error}</div>
          </div>
        ) : null}
      </div>
      <ul class="rows accounts" id="accounts">
        <AccountRows {...p} />
      </ul>
      <Empty icon="user-x" title={words.say("twitch.none_title")} text={words.say("twitch.none_text")} />
      <div id="account-gaps">
        <AccountGaps {...p} />
      </div>
      {canConnect ? (
        <div class="connects">
          {hasBot ? null : <ConnectForm words={words} of="bot" fault={fault} />}
          <ConnectForm words={words} of="broadcaster" fault={fault} />
        </div>
      ) : null}
    </Pane>
  );
}

/** How many accounts hold, in words. */
export function AccountCount({ words, accounts }: Pick<AccountsProps, "words" | "accounts">): SafeHtml {
  const count = accounts.filter(({ state }) => state !== "login_needed").length;
  return <>{words.say("twitch.count", { count })}</>;
}

function NoClient({ words }: { words: Words }): SafeHtml {
  const link = (
    <a href="https://dev.twitch.tv/console" target="_blank" rel="noopener noreferrer">
      dev.twitch.tv/console
    </a>
  );
  return (
    <Callout level="warn" icon="key-round">
      <b>{words.say("twitch.no_client_title")}</b> {words.parts<Child>("twitch.no_client", { link })}
    </Callout>
  );
}

/** The accounts, each with its state, its permissions and what can be done with it. */
export function AccountRows(p: AccountsProps): SafeHtml {
  return (
    <>
      {p.accounts.map((account) => (
        <AccountRow {...p} account={account} />
      ))}
    </>
  );
}

/** Chooses the permissions and begins a sign-in. The least of them is ticked beforehand. */
function ConnectForm({ words, of: role, fault }: { words: Words; of: AccountRole; fault: ConnectFault | null }): SafeHtml {
  const tiers = tiersFor(role);
  const ticked = fault?.role === role ? fault.tiers : tiers.slice(0, 1);
  return (
    <form class="connect" method="post" action={SIGNINS} aria-labelledby={`connect-${role}`}>
      <h3 id={`connect-${role}`}>{words.say(`twitch.connect_${role}`)}</h3>
      <p class="sm soft">{words.say(`twitch.connect_${role}_text`)}</p>
      <input type="hidden" name="role" value={role} />
      <fieldset>
        <legend class="vh">{words.say("twitch.permissions")}</legend>
        {tiers.map((tier) => (
          <label class="check">
            <input type="checkbox" name={tier} value="on" checked={ticked.includes(tier)} />
            <span>
              <b>{words.say(`tier.${tier}`)}</b>
              <small>{tierSentence(words, role, tier)}</small>
            </span>
          </label>
        ))}
      </fieldset>
      <div class="row">
        <button class={role === "bot" ? "btn main" : "btn"} type="submit">
          <Icon name="key-round" />
          {words.say("twitch.connect")}
        </button>
      </div>
    </form>
  );
}
