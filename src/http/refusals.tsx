import { ErrorPage } from "../../views/error.tsx";
import { Html } from "../../views/html.ts";
import { ErrorNotice } from "../../views/notice.tsx";
import type { Words } from "../../views/words/index.ts";
import { AppError } from "../domain/errors.ts";
import type { HttpContext } from "./context.ts";
import { type Refusal, refusalOf } from "./errors.ts";
import { isHtmx, json, page } from "./page.ts";
import { preferencesOf } from "./preferences.ts";

/**
 * What went wrong, told to whoever asked: JSON to programs, a notice to htmx, a page to people, in their
 * language. A bug is logged here, once, and says nothing but the number of that line.
 */
export function answerRefusal(http: HttpContext, request: Request, error: unknown): Response {
  const pathname = URL.parse(request.url)?.pathname ?? "";
  const refusal = refusalOf(error, http.deps.chance.uuid());
  if (refusal.traceId !== null) logBug(http, refusal.traceId, request.method, pathname, error);
  const headers: Record<string, string> = refusal.retryAfterS === null ? {} : { "retry-after": String(refusal.retryAfterS) };
  const words = http.wordsOf(request);
  if (isForPrograms(pathname)) return json(bodyOf(http, words, refusal, pathname), refusal.status, headers);
  const detail = sentenceOf(words, refusal);
  if (isHtmx(request))
    return page(<ErrorNotice words={words} message={detail} traceId={refusal.traceId} />, refusal.status, headers);
  const title = words.sayOr(`error.status.${refusal.status}`, "error.generic");
  const { theme } = preferencesOf(request);
  const { status, traceId } = refusal;
  return page(
    <ErrorPage words={words} theme={theme} status={status} title={title} detail={detail} traceId={traceId} />,
    status,
    headers,
  );
}

/** Why, in a sentence. */
export function sentenceOf(words: Words, { reason, params }: Pick<Refusal, "reason" | "params">): string {
  return words.sayOr(`error.${reason}`, "error.generic", params);
}

/** The sentence of a refusal that a form shows beside its field; what is no refusal is thrown on. */
export function faultOf(words: Words, error: unknown): { status: number; message: string } {
  if (!(error instanceof AppError)) throw error;
  const refusal = refusalOf(error, "");
  return { status: refusal.status, message: sentenceOf(words, refusal) };
}

function isForPrograms(path: string): boolean {
  return path.startsWith("/api/") || path === "/api" || path === "/openapi.json" || path === "/ready";
}

function bodyOf({ deps }: HttpContext, words: Words, refusal: Refusal, path: string): object {
  return {
    ok: false,
    error: refusal.code,
    message: sentenceOf(words, refusal),
    ...(refusal.field === null ? {} : { field: refusal.field }),
    ...(refusal.traceId === null ? {} : { trace_id: refusal.traceId }),
    ...(path.startsWith("/api/channel-control") ? { mode: deps.accounts.chatMode } : {}),
  };
}

/** Neither query (a HUD's token stands there) nor message (a driver's repeats what people wrote) is logged: the kind and the place are. */
function logBug({ deps }: HttpContext, traceId: string, method: string, path: string, error: unknown): void {
  const place = error instanceof Error ? (error.stack ?? "").split("\n").filter((line) => line.startsWith("    at ")) : [];
  const kind = error instanceof Error ? error.name : typeof error;
  deps.log.error("http.bug", { trace_id: traceId, method, path, kind, place: place.slice(0, 3).join(" ").trim() });
}
