import { Elysia } from "elysia";
import { z } from "zod";
import { ComponentsPage } from "../../views/components-page.tsx";
import type { DashboardProps, Fault } from "../../views/dashboard.tsx";
import { Html, type SafeHtml } from "../../views/html.ts";
import { HudForm, JoinedNotice, JoinForm, PartedNotice, partial } from "../../views/live.tsx";
import { ErrorNotice } from "../../views/notice.tsx";
import { requireChannelLogin } from "../domain/channel-login.ts";
import { AppError } from "../domain/errors.ts";
import { rotateHud } from "../store/channels.ts";
import { actorOf } from "./auth.ts";
import { getChannelId, type HttpContext } from "./context.ts";
import { dashboardPage } from "./dashboard-page.tsx";
import { channelField, hudTextField } from "./fields.ts";
import { readForm, readQuery, requireField } from "./input.ts";
import { isHtmx, page, seeOther } from "./page.ts";
import { preferencesOf } from "./preferences.ts";
import { faultOf } from "./refusals.tsx";
import { issueApiToken } from "./settings.ts";

const joinForm = z.object({ login: z.string().max(200) });
const hudForm = z.object({ channel: channelField, text: z.string().max(20_000) });
const tokenForm = z.object({ name: z.string().max(200) });
const tokenName = z.string().trim().min(1).max(60);
const rotateQuery = z.object({ channel: channelField });

/** The pages of the dashboard, and the forms on them: each works with htmx and without. */
export function dashboardRoutes(http: HttpContext) {
  const { deps } = http;
  return new Elysia()
    .get("/", () => seeOther("/dashboard"))
    .get("/dashboard", ({ request }) => dashboardPage(http, request, "operate"))
    .get("/dashboard/channels", ({ request }) => dashboardPage(http, request, "channels"))
    .get("/dashboard/settings", ({ request }) => dashboardPage(http, request, "settings"))
    .get("/dashboard/components", ({ request }) => {
      if (!deps.config.isDevelopment) throw new AppError("not_found", "not_found");
      const { theme, zone } = preferencesOf(request);
      const { clock, accounts } = deps;
      const frame = {
        words: http.wordsOf(request),
        theme,
        zone,
        now: clock.now(),
        system: deps.status(),
        accounts: accounts.list(),
      };
      return page(<ComponentsPage {...frame} path="/dashboard/components" />);
    })
    .post("/dashboard/channels", async ({ request }) => join(http, request, (await readForm(request, joinForm)).login))
    .post("/dashboard/channels/:login/part", async ({ request, params }) => {
      const login = requireChannelLogin(params.login);
      await deps.channels.part(login, actorOf(http.callerOf(request)));
      if (!isHtmx(request)) return seeOther("/dashboard/channels");
      return page(<PartedNotice words={http.wordsOf(request)} login={login} />);
    })
    .post("/dashboard/hud/messages", async ({ request }) => {
      const { channel, text } = await readForm(request, hudForm);
      return tellHud(http, request, channel, text);
    })
    .post("/dashboard/hud-token", async ({ request }) => {
      const { channel } = readQuery(request, rotateQuery);
      await rotateHud(deps.db, channel, deps.clock.now());
      http.auth.forget();
      http.hub.cutOff((pass) => pass.startsWith(`hud:${channel}:`));
      return seeOther(`/dashboard/settings?channel=${channel}#obs`);
    })
    .post("/dashboard/tokens", async ({ request }) => addToken(http, request, (await readForm(request, tokenForm)).name));
}

async function join(http: HttpContext, request: Request, typed: string): Promise<Response> {
  const words = http.wordsOf(request);
  const isFirst = http.deps.channels.list().length === 0;
  const isUndo = request.headers.get("hx-target")?.endsWith("#notice") ?? false;
  try {
    const login = requireChannelLogin(typed, "login");
    await http.deps.channels.join(login, actorOf(http.callerOf(request)));
    if (!isHtmx(request)) return seeOther(isFirst ? `/dashboard?channel=${login}` : "/dashboard/channels");
    if (isFirst) return new Response(null, { status: 200, headers: { "hx-redirect": `/dashboard?channel=${login}` } });
    const notice = <JoinedNotice words={words} login={login} />;
    return page(
      isUndo ? (
        notice
      ) : (
        <>
          <JoinForm words={words} />
          {partial("#notice", "innerHTML", notice)}
        </>
      ),
    );
  } catch (error) {
    const { status, message } = faultOf(words, error);
    if (isUndo) return page(<ErrorNotice words={words} message={message} />, status);
    const fault = { value: typed.slice(0, 60), error: message };
    const form = () => <JoinForm words={words} fault={fault} />;
    return refused(http, request, status, form, isFirst ? "operate" : "channels", { join: fault });
  }
}

async function tellHud(http: HttpContext, request: Request, login: string, typed: string): Promise<Response> {
  const words = http.wordsOf(request);
  try {
    const text = requireField(hudTextField, "text", typed);
    await http.deps.tellHud(getChannelId(http, login), text, "dashboard", actorOf(http.callerOf(request)));
    return isHtmx(request) ? page(<HudForm words={words} login={login} isSent />) : seeOther(`/dashboard?channel=${login}`);
  } catch (error) {
    const { status, message } = faultOf(words, error);
    const fault = { value: typed.slice(0, 1_000), error: message };
    return refused(http, request, status, () => <HudForm words={words} login={login} fault={fault} />, "operate", { hud: fault });
  }
}

async function addToken(http: HttpContext, request: Request, typed: string): Promise<Response> {
  try {
    const newToken = await issueApiToken(http, requireField(tokenName, "name", typed));
    return dashboardPage(http, request, "settings", { newToken });
  } catch (error) {
    const { status, message } = faultOf(http.wordsOf(request), error);
    return dashboardPage(http, request, "settings", { faults: { token: { value: typed.slice(0, 60), error: message } } }, status);
  }
}

/** A form that was refused, with what was typed: alone to htmx, in its page to a browser without scripts. */
async function refused(
  http: HttpContext,
  request: Request,
  status: number,
  form: () => SafeHtml,
  place: DashboardProps["page"],
  faults: { join?: Fault; hud?: Fault },
): Promise<Response> {
  return isHtmx(request) ? page(form(), status) : dashboardPage(http, request, place, { faults }, status);
}
