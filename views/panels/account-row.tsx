import type { AccountSummary } from "../../src/domain/snapshots.ts";
import { authSentence, tierSentence, tiersFor } from "../accounts.ts";
import { Ago, Face, Icon } from "../components.tsx";
import { safeId } from "../format.ts";
import { type Child, Html, raw, type SafeHtml } from "../html.ts";
import type { IconName } from "../icons.ts";
import type { Words } from "../words/index.ts";
import { AskButton } from "./ask-button.tsx";

interface RowProps {
  words: Words;
  zone: string;
  now: Date;
  accounts: readonly AccountSummary[];
  canConnect: boolean;
}

/** Above this many accounts the permissions of each are folded away. */
const UNFOLDED_MAX = 3;
/** A token that is good for longer than this is told with its day. */
const SAME_DAY_MS = 12 * 60 * 60 * 1_000;

const STATE: Readonly<Record<AccountSummary["state"], { class: string; icon: IconName }>> = {
  ok: { class: "chip ok", icon: "check" },
  unchecked: { class: "chip", icon: "circle-dashed" },
  login_needed: { class: "chip bad", icon: "circle-x" },
};

/** An account: who it is, how it is, what it allows, and what can be done with it. */
export function AccountRow(p: RowProps & { account: AccountSummary }): SafeHtml {
  const { words, account, canConnect } = p;
  const { login, displayName, role, state } = account;
  const look = STATE[state];
  const isSameName = displayName.toLowerCase() === login;
  return (
    <li id={safeId("account", account.userId)}>
      <span class="cell-name">
        <Face login={login} />
        <span>
          <b>
            <bdi>{displayName}</bdi>
          </b>
          {isSameName ? null : (
            <span class="dim">
              {" "}
              <bdi>{login}</bdi>
            </span>
          )}
          <small>{words.say(`account.role.${role}`)}</small>
        </span>
      </span>
      <span class="end">
        <span class={look.class}>
          <Icon name={look.icon} />
          {words.say(`account.state.${state}`)}
        </span>
      </span>
      {state === "login_needed" ? (
        <p class="wide sm is-bad">{authSentence(words, account.reason ?? "token_refused", account.params)}</p>
      ) : null}
      {state === "login_needed" ? null : <Validity {...p} />}
      {state === "unchecked" ? <p class="wide sm dim">{words.say("account.unchecked_help")}</p> : null}
      <Permissions {...p} />
      <div class="wide">
        {canConnect ? <SignInAgain words={words} account={account} /> : null}
        {account.source === "environment" ? (
          <span class="dim sm">{words.say("account.from_environment")}</span>
        ) : (
          <Disconnect words={words} account={account} />
        )}
      </div>
    </li>
  );
}

/** Until when the token holds, and when Twitch last said that it does. */
function Validity({ words, zone, now, account }: RowProps & { account: AccountSummary }): SafeHtml {
  const { expiresAt, validatedAt, source } = account;
  const isFar = expiresAt !== null && expiresAt.getTime() - now.getTime() > SAME_DAY_MS;
  const time = expiresAt && (
    <time datetime={expiresAt.toISOString()}>
      {isFar ? words.format.moment(expiresAt, zone) : words.format.clock(expiresAt, zone)}
    </time>
  );
  const key = source === "environment" ? "account.valid_until.environment" : "account.valid_until";
  const ago = validatedAt && <Ago at={validatedAt} now={now} words={words} />;
  if (!time && !ago) return raw("");
  return (
    <p class="wide sm dim">
      {time ? <span>{words.parts<Child>(key, { time })}</span> : null}
      {ago ? <span>{words.parts<Child>("account.checked", { ago })}</span> : null}
    </p>
  );
}

/** Each permission: whether it is given, what it unlocks, what Twitch calls it, and a button to give it. */
function Permissions({ words, accounts, account, canConnect }: RowProps & { account: AccountSummary }): SafeHtml {
  const { role, tiers, login } = account;
  const all = tiersFor(role);
  const given = all.filter((tier) => tiers.includes(tier)).length;
  return (
    <details class="wide" open={accounts.length <= UNFOLDED_MAX}>
      <summary>
        <Icon name="chevron-right" />
        {words.say("account.permissions", { given, total: all.length })}
      </summary>
      <ul class="tiers">
        {all.map((tier) => {
          const has = tiers.includes(tier);
          const label = words.say("account.allow_of", { tier: words.say(`tier.${tier}`), login });
          return (
            <li data-has={has ? "yes" : "no"}>
              <h3>
                <Icon
                  name={has ? "circle-check" : "circle-dashed"}
                  class={has ? "is-ok" : "dim"}
                  label={words.say(has ? "account.has" : "account.lacks")}
                />
                {words.say(`tier.${tier}`)}
              </h3>
              <p class="sm soft">{tierSentence(words, role, tier)}</p>
              {has || !canConnect ? null : (
                <AskButton of={role} tiers={[...tiers, tier]} icon="key-round" label={label}>
                  {words.say("account.allow")}
                </AskButton>
              )}
            </li>
          );
        })}
      </ul>
    </details>
  );
}

function SignInAgain({ words, account }: { words: Words; account: AccountSummary }): SafeHtml {
  const { role, tiers, login, state } = account;
  const label = words.say("account.again_of", { login });
  const asked = tiers.length > 0 ? tiers : tiersFor(role).slice(0, 1);
  return (
    <AskButton of={role} tiers={asked} icon="refresh-cw" label={label} class={state === "login_needed" ? "btn main" : "btn"}>
      {words.say("account.again")}
    </AskButton>
  );
}

/** Asks before it disconnects: that cannot be undone. A native popover, so that it asks without scripts too. */
function Disconnect({ words, account }: { words: Words; account: AccountSummary }): SafeHtml {
  const { login, userId } = account;
  const id = safeId("disconnect", userId);
  return (
    <>
      <button class="btn bare" type="button" popovertarget={id} aria-label={words.say("account.disconnect_of", { login })}>
        {words.say("account.disconnect")}
      </button>
      <div class="ask" id={id} role="dialog" popover="auto" aria-labelledby={`${id}-t`}>
        <h2 class="xl" id={`${id}-t`}>
          {words.parts<Child>("account.disconnect_ask", { login: <bdi>{login}</bdi> })}
        </h2>
        <p class="soft">{words.say("account.disconnect_text")}</p>
        <div class="row">
          <button class="btn" type="button" autofocus popovertarget={id} popovertargetaction="hide">
            {words.say("account.keep")}
          </button>
          <form method="post" action={`/dashboard/twitch/accounts/${encodeURIComponent(userId)}/disconnect`}>
            <button class="btn stop" type="submit">
              <Icon name="log-out" />
              {words.say("account.disconnect")}
            </button>
          </form>
        </div>
      </div>
    </>
  );
}
