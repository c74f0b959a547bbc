import { chooseLanguage, type Language } from "../../views/words/index.ts";
import { readCookies } from "./cookies.ts";

export const LANGUAGE_COOKIE = "byte_language";

/** The language to answer in: the reader's choice, else the browser's wish, else the operator's setting, else English. */
export function languageOf(request: Request, configured: Language | null): Language {
  const chosen = readCookies(request).get(LANGUAGE_COOKIE) ?? null;
  return chooseLanguage(chosen, request.headers.get("accept-language"), configured ?? "en");
}
