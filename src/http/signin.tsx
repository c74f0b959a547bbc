import { Elysia } from "elysia";
import { z } from "zod";
import { Html } from "../../views/html.ts";
import { SigninPage } from "../../views/signin.tsx";
import { AppError } from "../domain/errors.ts";
import { addSession, revokeSession, useSigninCode } from "../store/signin.ts";
import { Attempts } from "./attempts.ts";
import { SESSION_COOKIE, SESSION_MS, SESSION_WHOLE_MS } from "./auth.ts";
import type { HttpContext } from "./context.ts";
import { writeCookie } from "./cookies.ts";
import { readForm } from "./input.ts";
import { page, seeOther } from "./page.ts";
import { preferencesOf } from "./preferences.ts";
import { faultOf } from "./refusals.tsx";
import { freshToken, plainCode } from "./secrets.ts";
import { safeNext } from "./security.ts";

const MINUTE_MS = 60_000;
const TRIES_PER_CLIENT = { tries: 5, windowMs: MINUTE_MS };
const TRIES_OVERALL = { tries: 20, windowMs: 10 * MINUTE_MS };

const signinForm = z.object({ code: z.string().max(100), next: z.string().max(500).default("") });

/** Signing in with a one-time code, and out. */
export function signinRoutes(http: HttpContext) {
  const { deps } = http;
  const attempts = new Attempts(TRIES_PER_CLIENT, TRIES_OVERALL);
  const cookieOf = (value: string, maxAgeS: number) =>
    writeCookie(SESSION_COOKIE, value, { maxAgeS, httpOnly: true, secure: isSecure(http) });

  const form = (request: Request, next: string, error: string | null, status: number, headers = {}) => {
    const { theme } = preferencesOf(request);
    const words = http.wordsOf(request);
    return page(
      <SigninPage words={words} theme={theme} next={next} error={error} isDemo={deps.config.isDemo} />,
      status,
      headers,
    );
  };

  return new Elysia()
    .get("/signin", ({ request }) => form(request, safeNext(new URL(request.url).searchParams.get("next")), null, 200))
    .post("/signin", async ({ request, server }) => {
      const { code, next } = await readForm(request, signinForm);
      const client = clientOf(http, request, server?.requestIP(request)?.address);
      try {
        const token = await signIn(http, attempts, client, code);
        return seeOther(safeNext(next), [cookieOf(token, SESSION_WHOLE_MS / 1000)]);
      } catch (error) {
        const { status, message } = faultOf(http.wordsOf(request), error);
        const headers = error instanceof AppError && status === 429 ? { "retry-after": String(error.params.seconds) } : {};
        return form(request, safeNext(next), message, status, headers);
      }
    })
    .post("/signout", async ({ request }) => {
      const caller = http.callerOf(request);
      if (caller.kind === "member") {
        await revokeSession(deps.db, caller.sessionHash, deps.clock.now());
        http.auth.forget();
        http.hub.cutOff((pass) => pass === caller.pass);
      }
      return seeOther("/signin", [cookieOf("", 0)]);
    });
}

/** A session for whoever has the code; gives its token. Throws `too_many`, or `unauthorized` (`signin_code_wrong`). */
async function signIn({ deps, secrets }: HttpContext, attempts: Attempts, client: string, code: string): Promise<string> {
  const now = deps.clock.now();
  const waitMs = attempts.take(client, now);
  if (waitMs > 0) throw new AppError("too_many", "too_many", { seconds: Math.ceil(waitMs / 1000) });
  const plain = plainCode(code);
  const used = plain === null ? null : await useSigninCode(deps.db, secrets.hash(plain), now);
  if (used === null) throw new AppError("unauthorized", "signin_code_wrong", {}, "code");
  attempts.giveBack(client);
  const token = freshToken();
  const expiresAt = new Date(now.getTime() + SESSION_MS);
  await addSession(deps.db, { tokenHash: secrets.hash(token), role: "owner", label: used.label, expiresAt }, now);
  return token;
}

/** Whose tries are counted together: the address, or what our own proxy says it is. */
function clientOf({ deps }: HttpContext, request: Request, address: string | undefined): string {
  const hops = deps.config.trustProxy ? request.headers.get("x-forwarded-for")?.split(",") : undefined;
  return hops?.at(-1)?.trim().slice(0, 64) || address || "unknown";
}

/** Whether people reach us over https. */
export function isSecure({ deps }: HttpContext): boolean {
  return deps.config.publicUrl?.startsWith("https:") ?? false;
}
