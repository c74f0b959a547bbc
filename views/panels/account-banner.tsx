import type { AccountSummary } from "../../src/domain/snapshots.ts";
import { authSentence } from "../accounts.ts";
import { Icon } from "../components.tsx";
import { type Child, Html, raw, type SafeHtml } from "../html.ts";
import type { Words } from "../words/index.ts";

/** Accounts that are named; of more, their number is told. */
const NAMES_MAX = 3;

/** Names the accounts that must sign in again, and leads to where; nothing when all hold. */
export function AccountBanner({ words, accounts }: { words: Words; accounts: readonly AccountSummary[] }): SafeHtml {
  const out = accounts.filter(({ state }) => state === "login_needed");
  const [first] = out;
  if (first === undefined) return raw("");
  return (
    <div class="banner bad">
      <Icon name="key-round" />
      <p>
        <b>{words.parts<Child>("banner.login_needed", { count: out.length, names: namesOf(words, out) })}</b>{" "}
        {out.length === 1 ? authSentence(words, first.reason ?? "token_refused", first.params) : null}
      </p>
      <a class="btn" href="/dashboard/settings#twitch">
        {words.say("banner.login_needed.go")}
      </a>
    </div>
  );
}

function namesOf(words: Words, accounts: readonly AccountSummary[]): Child {
  const names = accounts.slice(0, NAMES_MAX).map(({ login }, i) => (
    <>
      {i > 0 ? ", " : null}
      <bdi>{login}</bdi>
    </>
  ));
  const count = accounts.length - names.length;
  return count > 0 ? words.parts<Child>("banner.login_needed.more", { names, count }) : names;
}
