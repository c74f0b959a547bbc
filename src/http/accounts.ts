import { Elysia } from "elysia";
import { z } from "zod";
import { verificationLink } from "../../views/accounts.ts";
import { TIERS } from "../domain/accounts.ts";
import { AppError } from "../domain/errors.ts";
import type { TwitchSignin } from "../domain/snapshots.ts";
import { actorOf } from "./auth.ts";
import type { HttpContext } from "./context.ts";
import { readJson } from "./input.ts";
import { json } from "./page.ts";

export const roleField = z.enum(["bot", "broadcaster"]);
export const signinBody = z.strictObject({ role: roleField, tiers: z.array(z.enum(TIERS)).max(TIERS.length) });

/** Twitch accounts for programs: what there is, sign-ins by device code, disconnecting. */
export function accountRoutes(http: HttpContext) {
  const { accounts } = http.deps;
  return new Elysia()
    .get("/api/twitch/accounts", () => {
      const { chatMode, canConnect } = accounts;
      return json({ ok: true, chatMode, canConnect, accounts: accounts.list(), gaps: accounts.gaps() });
    })
    .post("/api/twitch/signins", async ({ request }) => {
      const asked = await readJson(request, signinBody);
      const signin = await accounts.connect({ ...asked, by: actorOf(http.callerOf(request)) });
      return json({ ok: true, signin: told(signin) }, 201);
    })
    .get("/api/twitch/signins/:id", ({ params }) => json({ ok: true, signin: told(getSignin(http, params.id)) }))
    .delete("/api/twitch/signins/:id", ({ params }) => {
      accounts.cancel(getSignin(http, params.id).id);
      return json({ ok: true });
    })
    .delete("/api/twitch/accounts/:userId", async ({ request, params }) => {
      await accounts.disconnect(params.userId, actorOf(http.callerOf(request)));
      return json({ ok: true });
    });
}

/** A sign-in that somebody began. Throws `not_found` (`signin_unknown`). */
export function getSignin({ deps }: HttpContext, id: string): TwitchSignin {
  const signin = deps.accounts.findSignin(id);
  if (signin === null) throw new AppError("not_found", "signin_unknown");
  return signin;
}

/** The address that a program hands on to a person is one that a browser may open, whatever came over the network. */
function told(signin: TwitchSignin): TwitchSignin {
  return { ...signin, verificationUrl: verificationLink(signin.verificationUrl).href };
}
