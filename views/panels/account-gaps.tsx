import type { AccountRole, Feature } from "../../src/domain/accounts.ts";
import type { AccountSummary, FeatureGap } from "../../src/domain/snapshots.ts";
import { tiersFor } from "../accounts.ts";
import { CopyButton } from "../components.tsx";
import { type Child, Html, raw, type SafeHtml } from "../html.ts";
import type { Words } from "../words/index.ts";
import { AskButton } from "./ask-button.tsx";

interface GapsProps {
  words: Words;
  accounts: readonly AccountSummary[];
  gaps: readonly FeatureGap[];
  canConnect: boolean;
}

/** Features that are off for the same reason: one sentence and one button mend them all. */
export interface GapGroup extends Omit<FeatureGap, "feature" | "channelLogin"> {
  features: readonly Feature[];
  /** Where; none: everywhere. */
  channels: readonly string[];
}

/** Groups shown; of fifty channels whose owners have not signed in each is one. */
const GROUPS_MAX = 12;
/** Channels that are named; of more, their number is told. */
const CHANNELS_MAX = 4;

/** What is off for want of an account or a permission, and what turns it on. */
export function AccountGaps(p: GapsProps): SafeHtml {
  const { words } = p;
  const groups = groupGaps(p.gaps);
  if (groups.length === 0) return raw("");
  const rest = groups.length - GROUPS_MAX;
  return (
    <>
      <h3 class="group" id="twitch-off">
        {words.say("gaps.title")}
      </h3>
      <ul class="rows gaps">
        {groups.slice(0, GROUPS_MAX).map((group, i) => (
          <GapRow {...p} group={group} index={i} />
        ))}
      </ul>
      {rest > 0 ? <p class="none dim sm">{words.say("gaps.more", { count: rest })}</p> : null}
    </>
  );
}

/**
 * The gaps, together where one thing mends them, in the order of their first: the bot signs in once for all its
 * channels that lack the same, each broadcaster for their own.
 */
export function groupGaps(gaps: readonly FeatureGap[]): GapGroup[] {
  const places = gather(
    gaps.map(({ feature, channelLogin, ...rest }) => ({
      ...rest,
      features: [feature],
      channels: channelLogin === null ? [] : [channelLogin],
    })),
    ({ channels, ...rest }) => [channels, causeOf(rest)],
  );
  return gather(places, ({ channels, features, ...rest }) => {
    const isOwners = rest.role === "broadcaster" || rest.reason === "cost_limit";
    return [isOwners || channels.length === 0 ? channels : null, features.toSorted(), causeOf(rest)];
  });
}

function causeOf({ accountLogin, role, tier, reason }: Pick<GapGroup, "accountLogin" | "role" | "tier" | "reason">): unknown {
  return [accountLogin, role, tier, reason];
}

/** Groups with the same key as one, each feature and channel in it once. */
function gather(groups: readonly GapGroup[], keyOf: (group: GapGroup) => unknown): GapGroup[] {
  const merged = new Map<string, GapGroup>();
  for (const group of groups) {
    const key = JSON.stringify(keyOf(group));
    const known = merged.get(key) ?? group;
    const features = [...new Set([...known.features, ...group.features])];
    const channels = [...new Set([...known.channels, ...group.channels])];
    merged.set(key, { ...known, features, channels });
  }
  return [...merged.values()];
}

function GapRow(p: GapsProps & { group: GapGroup; index: number }): SafeHtml {
  const { words, canConnect, group } = p;
  const isModerators = group.reason === "not_moderator";
  return (
    <li>
      <span>
        <b>{group.features.map((feature) => words.say(`feature.${feature}`)).join(", ")}</b>{" "}
        <span class="dim">{placeOf(words, group.channels)}</span>
        <br />
        <small>{sentence(words, group)}</small>
      </span>
      {isModerators ? <ModCommand {...p} /> : null}
      {canConnect && !isModerators ? (
        <span class="end">
          <Mend {...p} />
        </span>
      ) : null}
    </li>
  );
}

function placeOf(words: Words, channels: readonly string[]): Child {
  if (channels.length === 0) return words.say("gaps.all");
  const named = channels.slice(0, CHANNELS_MAX).map((login, i) => (
    <>
      {i > 0 ? ", " : null}
      <bdi>{login}</bdi>
    </>
  ));
  const count = channels.length - named.length;
  if (count === 0) return words.parts<Child>("gaps.in", { channels: named });
  return words.parts<Child>("gaps.in_more", { channels: named, count });
}

function sentence(words: Words, { reason, tier, accountLogin, channels, role }: GapGroup): Child {
  const [channel] = channels;
  const owner = channel
    ? words.parts<Child>("gap.who.broadcaster", { channel: <bdi>{channel}</bdi> })
    : words.say("gap.who.any_broadcaster");
  const who: Child = role === "bot" ? words.say("gap.who.bot") : owner;
  const account: Child = accountLogin ? <bdi>{accountLogin}</bdi> : who;
  return words.parts<Child>(`gap.${reason}`, { account, who, tier: words.say(`tier.${tier}`) });
}

/** The line that makes the bot a moderator: only the channel's owner can write it. */
function ModCommand({ words, group, accounts, index }: GapsProps & { group: GapGroup; index: number }): SafeHtml {
  const bot = group.accountLogin ?? accounts.find(({ role }) => role === "bot")?.login ?? "";
  const id = `mod-${index}`;
  return (
    <span class="end">
      <code id={id}>/mod {bot}</code>
      <CopyButton words={words} from={id} />
    </span>
  );
}

/** The sign-in that turns it on: of the account that lacks it, or of the one that is not there. */
function Mend({ words, group, accounts }: GapsProps & { group: GapGroup }): SafeHtml {
  const { reason, tier } = group;
  // A channel's own sign-in costs none of the bot's subscriptions.
  const role: AccountRole = reason === "cost_limit" ? "broadcaster" : group.role;
  const account = accounts.find((one) => one.role === role && one.login === group.accountLogin) ?? null;
  const all = tiersFor(role);
  const asked = all.filter((one) => one === tier || account?.tiers.includes(one));
  const again =
    reason === "scope_missing" ? words.say("gap.do.allow", { tier: words.say(`tier.${tier}`) }) : words.say("account.again");
  const text = account === null ? words.say(`gap.do.connect_${role}`) : again;
  const label = [text, ...group.channels.slice(0, CHANNELS_MAX)].join(", ");
  return (
    <AskButton of={role} tiers={asked.length > 0 ? asked : all.slice(0, 1)} icon="key-round" label={label}>
      {text}
    </AskButton>
  );
}
