import { readCookies, writeCookie } from "./cookies.ts";
import { LANGUAGE_COOKIE } from "./language.ts";

/** How somebody likes their pages; kept in their browser only. */
export interface Preferences {
  theme: Theme;
  /** IANA time zone. */
  zone: string;
  /** Login of the channel they looked at last, or null. */
  channel: string | null;
}

export type Theme = "dark" | "light" | "auto";
export const THEMES = ["dark", "light", "auto"] as const;

const THEME_COOKIE = "byte_theme";
/** Written by the page's script: the server cannot know it. */
const ZONE_COOKIE = "byte_zone";
const CHANNEL_COOKIE = "byte_channel";
const YEAR_S = 365 * 24 * 60 * 60;

export function preferencesOf(request: Request): Preferences {
  const cookies = readCookies(request);
  const theme = THEMES.find((one) => one === cookies.get(THEME_COOKIE)) ?? "auto";
  return { theme, zone: zoneOf(cookies.get(ZONE_COOKIE)), channel: cookies.get(CHANNEL_COOKIE) ?? null };
}

/** A `Set-Cookie` that keeps a preference for a year. */
export function keepPreference(name: "theme" | "language" | "channel", value: string, secure: boolean): string {
  const cookie = { theme: THEME_COOKIE, language: LANGUAGE_COOKIE, channel: CHANNEL_COOKIE }[name];
  return writeCookie(cookie, value, { maxAgeS: YEAR_S, httpOnly: false, secure });
}

function zoneOf(text: string | undefined): string {
  if (text === undefined || text.length > 64) return "UTC";
  try {
    return new Intl.DateTimeFormat("en", { timeZone: text }).resolvedOptions().timeZone;
  } catch {
    return "UTC";
  }
}
