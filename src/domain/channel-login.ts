import { AppError } from "./errors.ts";

/** Twitch's rule for a channel's login, as the earlier system had it: 3 to 25 of a–z, 0–9 and `_`. */
const LOGIN = /^[a-z0-9_]{3,25}$/;

/** The login in `text` (trimmed, `#` or `@` stripped, lower case), or null when it is none. */
export function parseChannelLogin(text: string): string | null {
  const login = text.trim().replace(/^[#@]/, "").toLowerCase();
  return LOGIN.test(login) ? login : null;
}

/** Like `parseChannelLogin`; throws `invalid` (`channel_login_invalid`) naming the field. */
export function requireChannelLogin(text: unknown, field = "channel"): string {
  const login = typeof text === "string" ? parseChannelLogin(text) : null;
  if (login === null) throw new AppError("invalid", "channel_login_invalid", { given: String(text ?? "").slice(0, 40) }, field);
  return login;
}
