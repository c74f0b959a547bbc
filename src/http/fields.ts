import { z } from "zod";
import { parseChannelLogin } from "../domain/channel-login.ts";

/** A channel as people write it: `#` or `@` before it, any case. Gives its login; refused as `channel_login_invalid`. */
export const channelField = z.string().transform((text, check) => {
  const login = parseChannelLogin(text);
  if (login !== null) return login;
  check.issues.push({ code: "custom", input: text, params: { reason: "channel_login_invalid", given: text.slice(0, 40) } });
  return z.NEVER;
});

/** A whole number in a query, within bounds, with what it is when it is left out. */
export function wholeField(min: number, max: number, fallback: number) {
  return z
    .string()
    .regex(/^\d{1,15}$/)
    .transform(Number)
    .pipe(z.number().min(min).max(max))
    .default(fallback);
}

/** A row's id in a query. */
export const idField = z
  .string()
  .regex(/^\d{1,15}$/)
  .transform(Number);

/** Text for the broadcaster: as long as the HUD shows, in code points, trimmed. */
export const HUD_TEXT_CHARS_MAX = 300;
export const hudTextField = z.string().transform((text, check) => {
  const plain = text.replaceAll("\0", "").trim();
  if (plain !== "" && [...plain].length <= HUD_TEXT_CHARS_MAX) return plain;
  const reason = plain === "" ? "text_empty" : "text_too_long";
  check.issues.push({ code: "custom", input: text, params: { reason, max: HUD_TEXT_CHARS_MAX } });
  return z.NEVER;
});
