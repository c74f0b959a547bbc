import { Elysia } from "elysia";
import { z } from "zod";
import { Html } from "../../views/html.ts";
import { partial, SIGNIN_TARGET, SigninGone, SigninState } from "../../views/live.tsx";
import { type AccountRole, TIERS, type Tier } from "../domain/accounts.ts";
import { getSignin, roleField } from "./accounts.ts";
import { actorOf } from "./auth.ts";
import type { HttpContext } from "./context.ts";
import { dashboardPage } from "./dashboard-page.tsx";
import { readForm } from "./input.ts";
import { isHtmx, page, seeOther } from "./page.ts";
import { faultOf } from "./refusals.tsx";

/** A box that was ticked; one that was not is not sent at all. */
const box = z.literal("on").optional();
const connectForm = z.object({ role: roleField, read: box, talk: box, clips: box, events: box });

const ACCOUNTS = "/dashboard/settings#twitch";

/** Signing in with Twitch, and out, for people: forms that work without scripts, and a page that waits for Twitch. */
export function twitchSigninRoutes(http: HttpContext) {
  const { accounts } = http.deps;
  return new Elysia()
    .post("/dashboard/twitch/signins", async ({ request }) => {
      const form = await readForm(request, connectForm);
      const tiers = TIERS.filter((tier) => form[tier] === "on");
      return connect(http, request, form.role, tiers);
    })
    .get("/dashboard/twitch/signins/:id", ({ request, params }) => {
      return isHtmx(request) ? waitingPart(http, request, params.id) : signinPage(http, request, params.id);
    })
    .post("/dashboard/twitch/signins/:id/cancel", ({ params }) => {
      accounts.cancel(params.id);
      return seeOther(ACCOUNTS);
    })
    .post("/dashboard/twitch/accounts/:userId/disconnect", async ({ request, params }) => {
      await accounts.disconnect(params.userId, actorOf(http.callerOf(request)));
      return seeOther(ACCOUNTS);
    });
}

/** Begins a sign-in and leads to its page; a refusal is told above the accounts, with what was ticked. */
async function connect(http: HttpContext, request: Request, role: AccountRole, tiers: readonly Tier[]): Promise<Response> {
  try {
    const { id } = await http.deps.accounts.connect({ role, tiers, by: actorOf(http.callerOf(request)) });
    return seeOther(`/dashboard/twitch/signins/${encodeURIComponent(id)}`);
  } catch (error) {
    const { status, message } = faultOf(http.wordsOf(request), error);
    return dashboardPage(http, request, "settings", { faults: { connect: { role, tiers, error: message } } }, status);
  }
}

function signinPage(http: HttpContext, request: Request, id: string): Promise<Response> {
  return dashboardPage(http, request, "signin", { signin: getSignin(http, id), firstUntil: firstUntilOf(request) });
}

/** When the code that the page began with runs out, as its address remembers; null for a fresh page. */
function firstUntilOf(request: Request): number | null {
  const until = new URL(request.url).searchParams.get("until") ?? "";
  return /^\d{1,15}$/.test(until) ? Number(until) : null;
}

/** What a page that waits asks for every two seconds: the state, to be put in place of the one it has. */
function waitingPart(http: HttpContext, request: Request, id: string): Response {
  const { accounts, clock } = http.deps;
  const words = http.wordsOf(request);
  try {
    const signin = getSignin(http, id);
    const reader = { words, now: clock.now(), accounts: accounts.list(), firstUntil: firstUntilOf(request) };
    const state = <SigninState {...reader} signin={signin} />;
    return page(partial(SIGNIN_TARGET, "innerMorph", state));
  } catch (error) {
    const { message } = faultOf(words, error);
    return page(partial(SIGNIN_TARGET, "innerHTML", <SigninGone words={words} message={message} />));
  }
}
