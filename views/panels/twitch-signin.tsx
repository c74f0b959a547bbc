import type { AccountSummary, TwitchSignin } from "../../src/domain/snapshots.ts";
import { authSentence, tierSentence, tiersFor, verificationLink } from "../accounts.ts";
import { CopyButton, Face, Icon, Pane } from "../components.tsx";
import { type Child, Html, type SafeHtml } from "../html.ts";
import type { Words } from "../words/index.ts";
import { AskButton } from "./ask-button.tsx";

export interface SigninProps {
  words: Words;
  now: Date;
  signin: TwitchSignin;
  accounts: readonly AccountSummary[];
  /**
   * When the code that the page began with runs out, in milliseconds since 1970. Another one now means that Twitch asks
   * the same person a second time.
   */
  firstUntil?: number | null;
}

/** How often a page that waits asks; Twitch itself is asked every 5 s at most. */
const POLL = "every 2s";
const MINUTE_MS = 60_000;
/** Where a page puts what it is told while it waits. */
export const SIGNIN_TARGET = "#signin-state";
const ACCOUNTS = "/dashboard/settings#twitch";

/** A sign-in by device code: the code, what it is for, how it ended. */
export function TwitchSigninPanels(p: SigninProps): SafeHtml {
  const { words, signin } = p;
  return (
    <div class="cols-2 signin-cols">
      <Pane id="twitch" title={words.say(`twitch.connect_${signin.role}`)}>
        <div class="body form" id={SIGNIN_TARGET.slice(1)}>
          <SigninState {...p} />
        </div>
      </Pane>
      <Pane id="asks" title={words.say("twitch.signin.asks")}>
        <ul class="tiers one">
          {signin.tiers.map((tier) => (
            <li>
              <h3>
                <Icon name="circle-check" class="dim" />
                {words.say(`tier.${tier}`)}
              </h3>
              <p class="sm soft">{tierSentence(words, signin.role, tier)}</p>
            </li>
          ))}
        </ul>
      </Pane>
    </div>
  );
}

/** What changes while a page waits: it polls as long as there is something to wait for. */
export function SigninState(p: SigninProps): SafeHtml {
  if (p.signin.state === "done") return <Done {...p} />;
  return p.signin.state === "failed" ? <Failed {...p} /> : <Waiting {...p} />;
}

function Waiting({ words, now, signin, firstUntil = null }: SigninProps): SafeHtml {
  const here = `/dashboard/twitch/signins/${encodeURIComponent(signin.id)}`;
  const until = signin.expiresAt.getTime();
  const again = `${here}?until=${firstUntil ?? until}`;
  const { href, shown } = verificationLink(signin.verificationUrl);
  const link = (
    <a href={href} target="_blank" rel="noopener noreferrer">
      {shown}
    </a>
  );
  const count = Math.max(0, Math.ceil((signin.expiresAt.getTime() - now.getTime()) / MINUTE_MS));
  const letters = [...signin.userCode].join(", ");
  return (
    <>
      {firstUntil !== null && firstUntil !== until ? (
        <div class="callout ok" role="status">
          <Icon name="info" />
          <div>{words.say("twitch.signin.second")}</div>
        </div>
      ) : null}
      <p class="soft">{words.parts<Child>(`twitch.signin.how.${signin.role}`, { link })}</p>
      <div class="code-box">
        <output class="code" id="user-code" aria-label={words.say("twitch.signin.code", { letters })}>
          {signin.userCode}
        </output>
        <div class="row">
          <CopyButton words={words} from="user-code" />
          <a class="btn main" href={href} target="_blank" rel="noopener noreferrer">
            <Icon name="external-link" />
            {words.say("twitch.signin.open")}
          </a>
        </div>
        <p class="hint" role="status">
          <Icon name="loader" class="turning" />
          <span>
            {words.say("twitch.signin.waiting")} {words.say("twitch.signin.left", { count })}
          </span>
        </p>
      </div>
      <div class="row">
        <form method="post" action={`${here}/cancel`}>
          <button class="btn bare" type="submit">
            {words.say("twitch.signin.cancel")}
          </button>
        </form>
        <a class="btn bare no-js" href={again}>
          {words.say("twitch.signin.look")}
        </a>
      </div>
      <div id="signin-poll" hidden hx-get={again} hx-trigger={POLL} hx-swap="none" />
    </>
  );
}

function Done({ words, signin, accounts }: SigninProps): SafeHtml {
  const login = signin.login ?? "";
  const account = accounts.find((one) => one.login === login && one.role === signin.role);
  const tiers = tiersFor(signin.role).filter((tier) => (account?.tiers ?? signin.tiers).includes(tier));
  return (
    <>
      <div class="callout ok" role="status">
        <Icon name="circle-check" />
        <div>
          <span class="cell-name">
            <Face login={login} small />
            <b>{words.parts<Child>("twitch.signin.done", { login: <bdi>{login}</bdi> })}</b>
          </span>
        </div>
      </div>
      <div>
        <h3 class="sm">{words.say("twitch.signin.unlocked")}</h3>
        <ul class="unlocked">
          {tiers.map((tier) => (
            <li>
              <Icon name="check" class="is-ok" />
              <span>
                <b>{words.say(`tier.${tier}`)}</b> <small>{tierSentence(words, signin.role, tier)}</small>
              </span>
            </li>
          ))}
        </ul>
      </div>
      <div class="row">
        <a class="btn main" href={ACCOUNTS}>
          {words.say("twitch.signin.accounts")}
        </a>
      </div>
    </>
  );
}

function Failed({ words, signin }: SigninProps): SafeHtml {
  return (
    <>
      <div class="callout bad" role="alert">
        <Icon name="circle-alert" />
        <div>
          <b>{words.say("twitch.signin.failed")}</b> {authSentence(words, signin.reason ?? "garbled", signin.params)}
        </div>
      </div>
      <div class="row">
        <AskButton of={signin.role} tiers={signin.tiers} icon="rotate-cw" class="btn main">
          {words.say("twitch.signin.again")}
        </AskButton>
        <BackToAccounts words={words} />
      </div>
    </>
  );
}

/** What a page that waits is told when the sign-in is not known any more: cancelled elsewhere, or Byte was started again. */
export function SigninGone({ words, message }: { words: Words; message: string }): SafeHtml {
  return (
    <>
      <div class="callout bad" role="alert">
        <Icon name="circle-alert" />
        <div>{message}</div>
      </div>
      <div class="row">
        <BackToAccounts words={words} />
      </div>
    </>
  );
}

function BackToAccounts({ words }: { words: Words }): SafeHtml {
  return (
    <a class="btn" href={ACCOUNTS}>
      {words.say("twitch.signin.accounts")}
    </a>
  );
}
