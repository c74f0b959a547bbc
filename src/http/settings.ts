import { Elysia } from "elysia";
import { z } from "zod";
import { AppError } from "../domain/errors.ts";
import { addApiToken, revokeApiToken, revokeSession } from "../store/signin.ts";
import { pageBefore } from "./back.ts";
import type { HttpContext } from "./context.ts";
import { findSessionHash } from "./dashboard-page.tsx";
import { readForm } from "./input.ts";
import { seeOther } from "./page.ts";
import { keepPreference, THEMES } from "./preferences.ts";
import { freshToken } from "./secrets.ts";
import { isSecure } from "./signin.tsx";

const next = z.string().max(500).optional();
const themeForm = z.object({ theme: z.enum(THEMES), next });
const languageForm = z.object({ language: z.enum(["pt", "en"]), next });

/** What somebody sets for their browser, and who else may come in. */
export function settingsRoutes(http: HttpContext) {
  const { deps, auth, hub } = http;
  return new Elysia()
    .post("/dashboard/theme", async ({ request }) => {
      const form = await readForm(request, themeForm);
      return seeOther(pageBefore(request, form.next), [keepPreference("theme", form.theme, isSecure(http))]);
    })
    .post("/dashboard/language", async ({ request }) => {
      const form = await readForm(request, languageForm);
      return seeOther(pageBefore(request, form.next), [keepPreference("language", form.language, isSecure(http))]);
    })
    .post("/dashboard/tokens/:id/revoke", async ({ params }) => {
      const wasThere = await revokeApiToken(deps.db, params.id, deps.clock.now());
      if (!wasThere) throw new AppError("not_found", "token_unknown");
      auth.forget();
      return seeOther("/dashboard/settings#tokens");
    })
    .post("/dashboard/sessions/:id/revoke", async ({ params }) => {
      const hash = await findSessionHash(http, params.id);
      if (hash === null) throw new AppError("not_found", "session_unknown");
      await revokeSession(deps.db, hash, deps.clock.now());
      auth.forget();
      hub.cutOff((pass) => pass === `session:${hash}`);
      return seeOther("/dashboard/settings#sessions");
    });
}

/** A fresh bearer token for a program, kept as its hash; it is told this once. */
export async function issueApiToken({ deps, secrets }: HttpContext, name: string): Promise<string> {
  const token = freshToken();
  await addApiToken(deps.db, { id: deps.chance.uuid(), tokenHash: secrets.hash(token), name, role: "owner" }, deps.clock.now());
  return token;
}
