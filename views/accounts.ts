import { type AccountRole, TIER_SCOPES, TIERS, type Tier } from "../src/domain/accounts.ts";
import type { ErrorParams } from "../src/domain/errors.ts";
import { isWordKey, reasonText, type Words } from "./words/index.ts";

/** The permissions that there are for a role, in their order. */
export function tiersFor(role: AccountRole): Tier[] {
  return TIERS.filter((tier) => TIER_SCOPES[role][tier].length > 0);
}

/** What a permission unlocks. */
export function tierSentence(words: Words, role: AccountRole, tier: Tier): string {
  return words.sayOr(`tier.${role}.${tier}`, `tier.${tier}`);
}

/** Reasons whose sentence has values in it, which not everybody who tells the reason knows. */
const VALUES: Readonly<Record<string, readonly string[]>> = { wrong_account: ["wanted", "got"], clock_skew: ["minutes"] };

/** Why Twitch's sign-in refused (an `AuthFailureKind`), and what to do; without the values in it when `params` has them not. */
export function authSentence(words: Words, reason: string, params: ErrorParams = {}): string {
  const isKnown = (VALUES[reason] ?? []).every((name) => name in params);
  return words.sayOr(isKnown ? `error.auth_${reason}` : `auth.plain.${reason}`, "error.auth_token_refused", params);
}

/** Why a feature is off, in a few words: a reason of a gap, a status of Twitch's, or a machine's word. */
export function offReason(words: Words, reason: string): string {
  const key = `off.${reason}`;
  return isWordKey(key) ? words.say(key) : reasonText(words, reason);
}

/** Where people enter a device's code at Twitch, when they are not told a better address. */
const ACTIVATE_URL = "https://www.twitch.tv/activate";

/** `text` when it is an address that a browser may open, else Twitch's usual one: what came over the network is no link by itself. */
export function verificationLink(text: string): { href: string; shown: string } {
  const given = URL.parse(text);
  const isWeb = given !== null && (given.protocol === "https:" || given.protocol === "http:") && given.username === "";
  const url = isWeb ? given : new URL(ACTIVATE_URL);
  return { href: url.href, shown: url.host.replace(/^www\./, "") + url.pathname };
}
