import { Elysia } from "elysia";
import { z } from "zod";
import { requireChannelLogin } from "../domain/channel-login.ts";
import { AppError } from "../domain/errors.ts";
import type { Actor } from "../domain/events.ts";
import { actorOf } from "./auth.ts";
import { getChannelId, type HttpContext } from "./context.ts";
import { channelField } from "./fields.ts";
import { readJson, readQuery } from "./input.ts";
import { json } from "./page.ts";

export const controlBody = z.strictObject({
  action: z.string().optional(),
  channel: z.string().optional(),
  /** `list`, `join NAME` or `part NAME`, as in chat; goes before `action`. */
  command: z.string().optional(),
});
export const channelQuery = z.strictObject({ channel: channelField });

type ControlAction = "list" | "join" | "part";

/** What may be written for each action, in English and Portuguese, as the earlier system had it. */
const ACTION_WORDS: Readonly<Record<string, ControlAction>> = {
  list: "list",
  channels: "list",
  canais: "list",
  join: "join",
  entrar: "join",
  add: "join",
  part: "part",
  leave: "part",
  sair: "part",
  remove: "part",
};

/** Channels for programs: list, join, part, figures. */
export function channelRoutes(http: HttpContext) {
  const { deps } = http;
  return new Elysia()
    .get("/api/channels", () => json({ ok: true, channels: deps.channels.list() }))
    .get("/api/channels/figures", async ({ request }) => {
      const { channel } = readQuery(request, channelQuery);
      return json({ ok: true, channel, figures: await deps.channels.figures(getChannelId(http, channel)) });
    })
    .get("/api/channel-control", ({ request }) => control(http, request, { action: "list", channel: "" }))
    .post("/api/channel-control", async ({ request }) => {
      return control(http, request, orderOf(await readJson(request, controlBody)));
    });
}

interface Order {
  action: ControlAction;
  channel: string;
}

/** What a body asks for. Throws `invalid` naming `command` or `action`. */
function orderOf({ action = "", channel = "", command = "" }: z.infer<typeof controlBody>): Order {
  const [word = "", name = "", ...more] = command.trim().split(/\s+/);
  if (word !== "") {
    const asked = ACTION_WORDS[word.toLowerCase()];
    const isWhole = more.length === 0 && (asked !== "list" || name === "");
    if (asked === undefined || !isWhole)
      throw new AppError("invalid", "command_unknown", { given: command.slice(0, 40) }, "command");
    return { action: asked, channel: name };
  }
  const asked = action.trim().toLowerCase();
  if (asked === "list" || asked === "join" || asked === "part") return { action: asked, channel };
  throw new AppError("invalid", "action_unknown", { allowed: "list, join, part" }, "action");
}

async function control(http: HttpContext, request: Request, { action, channel }: Order): Promise<Response> {
  const words = http.wordsOf(request);
  const answer = (message: string) => {
    const channels = http.deps.channels.list().map(({ login }) => login);
    // Every answer of channel control says how chat is read, as the earlier system's did.
    return json({ ok: true, action, channels, message, mode: http.deps.accounts.chatMode });
  };
  if (action === "list")
    return answer(words.sayOr("api.channels_listed", "channels.title", { count: http.deps.channels.list().length }));
  if (channel.trim() === "") throw new AppError("invalid", "channel_missing", {}, "channel");
  const login = requireChannelLogin(channel);
  const by = actorOf(http.callerOf(request));
  if (action === "join") {
    const isNew = await joinOnce(http, login, by);
    return answer(
      words.sayOr(isNew ? "api.channel_joining" : "api.channel_already", "channels.joined_toast", { channel: login }),
    );
  }
  await http.deps.channels.part(login, by);
  return answer(words.sayOr("api.channel_left", "channels.parted_toast", { channel: login }));
}

/** Joins; false when it was joined already, which is no fault of a program that makes sure. */
async function joinOnce({ deps }: HttpContext, login: string, by: Actor): Promise<boolean> {
  try {
    await deps.channels.join(login, by);
    return true;
  } catch (error) {
    if (error instanceof AppError && error.reason === "channel_already_joined") return false;
    throw error;
  }
}
