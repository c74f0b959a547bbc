import type { AuthFailureKind } from "../../domain/accounts.ts";

/** What was asked of the sign-in host. */
export type AuthCall = "validate" | "refresh" | "device" | "poll" | "app" | "revoke";

export interface Refusal {
  call: AuthCall;
  status: number;
  /** Twitch's text; "" when it gave none. */
  message: string;
  /** Whether we sent a client secret. */
  hasSecret: boolean;
}

/** Twitch's texts, in the order in which they are looked for: "invalid client secret" also holds "invalid client". */
const TEXTS: readonly (readonly [text: RegExp, kind: AuthFailureKind])[] = [
  [/missing client.secret/, "secret_missing"],
  [/client.secret/, "secret_wrong"],
  [/redirect/, "redirect_wrong"],
  [/(?:invalid|missing|unknown) client|client does not exist|client.?id/, "client_unknown"],
  [/authorization_pending/, "pending"],
  [/slow.?down/, "slow_down"],
  [/access_denied|denied/, "denied"],
  [/(?:device|authorization) code|expired_token/, "code_expired"],
  [/scope/, "scope_refused"],
  [/invalid (?:refresh |access |oauth )?token/, "token_refused"],
];

/**
 * Why the sign-in host refused. Its errors have a status and a text but no code, and 400 stands for nearly everything, so the
 * text decides first; where it says nothing that we know, the status does as far as it is documented: 400 and 401 to a
 * refresh and 401 to a validation are the token's end, 403 is the secret. What is left is `garbled`, which passes: a text
 * that we do not know must not end an account.
 */
export function kindOfRefusal({ call, status, message, hasSecret }: Refusal): AuthFailureKind {
  if (status === 429 || status === 408 || status >= 500) return "unavailable";
  const text = message.toLowerCase();
  const told = TEXTS.find(([pattern]) => pattern.test(text))?.[1] ?? kindOfStatus(call, status);
  return told === "secret_wrong" && !hasSecret ? "secret_missing" : told;
}

function kindOfStatus(call: AuthCall, status: number): AuthFailureKind {
  if (call === "validate" && status === 401) return "token_refused";
  if (call === "refresh" && (status === 400 || status === 401)) return "token_refused";
  return status === 403 && call !== "validate" ? "secret_wrong" : "garbled";
}
