import { LANGUAGES, type Words, wordsFor } from "../../views/words/index.ts";
import { AppError } from "../domain/errors.ts";
import type { ChannelSummary } from "../domain/snapshots.ts";
import type { Auth, Caller } from "./auth.ts";
import type { HttpDeps } from "./deps.ts";
import type { Entry } from "./gate.ts";
import type { Hub } from "./hub.ts";
import { languageOf } from "./language.ts";
import type { SecretBox } from "./secrets.ts";
import type { StreamsReader } from "./streams-reader.ts";

/** What every route file is given. */
export interface HttpContext {
  deps: HttpDeps;
  secrets: SecretBox;
  auth: Auth;
  hub: Hub;
  streams: StreamsReader;
  /** Who sent the request, as the gate found out; nobody for what the gate has not seen. */
  callerOf(request: Request): Caller;
  /** Texts in the language of whoever sent the request. */
  wordsOf(request: Request): Words;
}

export function createContext(
  deps: HttpDeps,
  secrets: SecretBox,
  hub: Hub,
  auth: Auth,
  streams: StreamsReader,
  entries: WeakMap<Request, Entry>,
): HttpContext {
  return {
    deps,
    secrets,
    auth,
    hub,
    streams,
    callerOf: (request) => entries.get(request)?.caller ?? { kind: "nobody" },
    wordsOf: (request) => wordsFor(languageOf(request, deps.config.language)),
  };
}

/** A channel by its login. Throws `not_found` (`channel_unknown`). */
export function getChannel({ deps }: HttpContext, login: string): ChannelSummary {
  const channel = deps.channels.find(login);
  if (channel === null) throw new AppError("not_found", "channel_unknown", { channel: login }, "channel");
  return channel;
}

/** Its broadcaster id. Throws as `getChannel` does, and `conflict` (`channel_not_ready`) while Twitch has not told it. */
export function getChannelId(http: HttpContext, login: string): string {
  const { channelId } = getChannel(http, login);
  if (channelId === null) throw new AppError("conflict", "channel_not_ready", { channel: login }, "channel");
  return channelId;
}

/** Texts of a HUD: OBS knows no cookie and asks for English, so that its address may name the language (`lang`). */
export function hudWordsOf(http: HttpContext, request: Request): Words {
  const wanted = new URL(request.url).searchParams.get("lang");
  const language = LANGUAGES.find((one) => one === wanted);
  return language === undefined ? http.wordsOf(request) : wordsFor(language);
}
