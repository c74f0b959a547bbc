import type { z } from "zod";
import type { Helix, HelixAnswer } from "../../ports-twitch.ts";
import { Channel, Clip, ClipDownload, MadeClip, Person, Sent, Stream, Subscription, User, Video } from "./external.ts";
import { type Asked, failed, SUBSCRIPTIONS } from "./helix-answers.ts";
import { allPages, type Pages } from "./helix-pages.ts";
import { type HelixCounters, type HelixOptions, HelixRequests } from "./helix-request.ts";

/** Most that Twitch takes in one request. */
const IDS_PER_REQUEST = 100;
const DOWNLOADS_PER_REQUEST = 10;
const CHATTERS_PER_PAGE = 1_000;
/** Bounds of lists. */
const CHATTERS_MAX = 5_000;
const SUBSCRIPTIONS_MAX = 2_000;
const VIDEOS_MAX = 20;
/** Followers beside the total: the newest are shown, nobody pages through them. */
const NEWEST_FOLLOWERS = 5;

/** Items of a list that could not be read are left out and counted. */
export interface HelixListCounters extends HelixCounters {
  unreadable: number;
}

/**
 * api.twitch.tv. More ids than a request takes are asked for in several; none at all gives an empty list without a request
 * (Twitch would take it for "everybody"). See `HelixRequests` for what is tried again, and `allPages` for lists.
 */
export function createHelix(options: HelixOptions): Helix & { counters(): HelixListCounters } {
  return new HelixClient(options);
}

class HelixClient implements Helix {
  readonly #requests: HelixRequests;
  readonly #log: HelixOptions["log"];
  #unreadable = 0;

  constructor(options: HelixOptions) {
    this.#requests = new HelixRequests(options);
    this.#log = options.log;
  }

  counters(): HelixListCounters {
    return { ...this.#requests.counters(), unreadable: this.#unreadable };
  }

  users(as: string, who: { ids?: readonly string[]; logins?: readonly string[] }): ReturnType<Helix["users"]> {
    if (who.ids === undefined && who.logins === undefined) return this.#list(as, { path: "/users", query: [] }, User);
    const logins = (who.logins ?? []).map((login) => login.toLowerCase());
    return this.#lookUp(as, "/users", [...named("id", who.ids ?? []), ...named("login", logins)], User);
  }

  streams(as: string, userIds: readonly string[]): ReturnType<Helix["streams"]> {
    return this.#lookUp(as, "/streams", named("user_id", userIds), Stream, FIRST_HUNDRED);
  }

  channels(as: string, broadcasterIds: readonly string[]): ReturnType<Helix["channels"]> {
    return this.#lookUp(as, "/channels", named("broadcaster_id", broadcasterIds), Channel);
  }

  clips(as: string, ids: readonly string[]): ReturnType<Helix["clips"]> {
    return this.#lookUp(as, "/clips", named("id", ids), Clip, FIRST_HUNDRED);
  }

  async followers(as: string, broadcasterId: string): ReturnType<Helix["followers"]> {
    const path = "/channels/followers";
    const query = given({ broadcaster_id: broadcasterId, first: NEWEST_FOLLOWERS });
    const answer = await this.#requests.ask(as, { method: "GET", path, query });
    if (!answer.ok) return answer;
    const { total, data } = answer.value;
    return total == null ? GARBLED : { ok: true, value: { total, newest: this.#read(path, data, Person) } };
  }

  async chatters(as: string, broadcasterId: string, moderatorId: string): ReturnType<Helix["chatters"]> {
    const path = "/chat/chatters";
    const query = given({ broadcaster_id: broadcasterId, moderator_id: moderatorId, first: CHATTERS_PER_PAGE });
    const all = await this.#pages(as, { path, query, scopes: ["moderator:read:chatters"] }, Person, {
      keyOf: (person) => person.userId,
      max: CHATTERS_MAX,
    });
    return all.ok ? { ok: true, value: all.value.items } : all;
  }

  async videos(as: string, userId: string): ReturnType<Helix["videos"]> {
    return this.#list(as, { path: "/videos", query: given({ user_id: userId, type: "archive", first: VIDEOS_MAX }) }, Video);
  }

  async clipDownloads(
    as: string,
    of: { editorId: string; broadcasterId: string; clipIds: readonly string[] },
  ): ReturnType<Helix["clipDownloads"]> {
    if (of.clipIds.length === 0) return { ok: true, value: [] };
    if (of.clipIds.length > DOWNLOADS_PER_REQUEST) return failed("invalid", { message: "more than ten clips" });
    const whose = given({ editor_id: of.editorId, broadcaster_id: of.broadcasterId });
    const query = [...whose, ...named("clip_id", of.clipIds)];
    return this.#list(as, { path: "/clips/downloads", query, scopes: VOD_SCOPES }, ClipDownload);
  }

  async sendMessage(as: string, message: Parameters<Helix["sendMessage"]>[1]): ReturnType<Helix["sendMessage"]> {
    const body = {
      broadcaster_id: message.broadcasterId,
      sender_id: message.senderId,
      message: message.text,
      ...(message.replyToId === null ? {} : { reply_parent_message_id: message.replyToId }),
      ...(message.sourceOnly === null ? {} : { for_source_only: message.sourceOnly }),
    };
    return this.#one(as, { method: "POST", path: "/chat/messages", query: [], body, scopes: ["user:write:chat"] }, Sent);
  }

  async createClip(as: string, clip: Parameters<Helix["createClip"]>[1]): ReturnType<Helix["createClip"]> {
    const query = given({ broadcaster_id: clip.broadcasterId, title: clip.title, duration: clip.durationS });
    return this.#one(as, { method: "POST", path: "/clips", query, scopes: ["clips:edit"] }, MadeClip);
  }

  async createClipFromVod(as: string, clip: Parameters<Helix["createClipFromVod"]>[1]): ReturnType<Helix["createClipFromVod"]> {
    const query = given({
      editor_id: clip.editorId,
      broadcaster_id: clip.broadcasterId,
      vod_id: clip.videoId,
      vod_offset: clip.vodOffsetS,
      duration: clip.durationS,
      title: clip.title,
    });
    return this.#one(as, { method: "POST", path: "/videos/clips", query, scopes: VOD_SCOPES }, MadeClip);
  }

  async subscribe(as: string, wanted: Parameters<Helix["subscribe"]>[1]): ReturnType<Helix["subscribe"]> {
    const { type, version, condition, sessionId } = wanted;
    const body = { type, version, condition, transport: { method: "websocket", session_id: sessionId } };
    return this.#one(as, { method: "POST", path: SUBSCRIPTIONS, query: [], body }, Subscription);
  }

  async subscriptions(as: string): ReturnType<Helix["subscriptions"]> {
    const all = await this.#pages(as, { path: SUBSCRIPTIONS, query: [] }, Subscription, {
      keyOf: (listed) => listed.id,
      max: SUBSCRIPTIONS_MAX,
    });
    if (!all.ok) return all;
    const { items, newest } = all.value;
    return {
      ok: true,
      value: { listed: items, totalCost: newest.total_cost ?? 0, maxTotalCost: newest.max_total_cost ?? 0 },
    };
  }

  /** One that is not there (any more) is success. */
  async unsubscribe(as: string, id: string): ReturnType<Helix["unsubscribe"]> {
    const answer = await this.#requests.ask(as, { method: "DELETE", path: SUBSCRIPTIONS, query: [["id", id]] });
    return answer.ok ? { ok: true, value: null } : answer;
  }

  /** These, in as many requests as it takes, one after another. The first that fails is the answer. */
  async #lookUp<T>(
    as: string,
    path: string,
    who: Query,
    item: z.ZodType<T>,
    more: Query = [],
  ): Promise<HelixAnswer<readonly T[]>> {
    const found: T[] = [];
    for (let from = 0; from < who.length; from += IDS_PER_REQUEST) {
      const query = [...who.slice(from, from + IDS_PER_REQUEST), ...more];
      const answer = await this.#list(as, { path, query }, item);
      if (!answer.ok) return answer;
      found.push(...answer.value);
    }
    return { ok: true, value: found };
  }

  async #list<T>(as: string, of: ListRequest, item: z.ZodType<T>): Promise<HelixAnswer<readonly T[]>> {
    const answer = await this.#requests.ask(as, { method: "GET", ...of });
    if (!answer.ok) return answer;
    const { data } = answer.value;
    const items = this.#read(of.path, data, item);
    return data.length > 0 && items.length === 0 ? GARBLED : { ok: true, value: items };
  }

  async #pages<T>(
    as: string,
    of: ListRequest,
    item: z.ZodType<T>,
    how: { keyOf(item: T): string; max: number },
  ): Promise<HelixAnswer<Pages<T>>> {
    const all = await allPages<T>({
      ask: (cursor) => this.#requests.ask(as, { method: "GET", ...of, query: [...of.query, ...given({ after: cursor })] }),
      read: (items) => this.#read(of.path, items, item),
      ...how,
    });
    if (all.ok && all.value.isCut) this.#log.warn("helix_list_cut", { path: of.path, kept: all.value.items.length });
    return all;
  }

  /** The one thing that a request made. */
  async #one<T>(as: string, asked: Asked, item: z.ZodType<T>): Promise<HelixAnswer<T>> {
    const answer = await this.#requests.ask(as, asked);
    if (!answer.ok) return answer;
    const read = item.safeParse(answer.value.data[0]);
    return read.success ? { ok: true, value: read.data } : GARBLED;
  }

  #read<T>(path: string, items: readonly unknown[], item: z.ZodType<T>): T[] {
    const read = items.map((each) => item.safeParse(each)).flatMap((each) => (each.success ? [each.data] : []));
    const unreadable = items.length - read.length;
    if (unreadable > 0) {
      this.#unreadable += unreadable;
      this.#log.warn("helix_unreadable", { path, items: unreadable, total: this.#unreadable });
    }
    return read;
  }
}

type Query = Asked["query"];
type ListRequest = Pick<Asked, "path" | "query" | "scopes">;

const GARBLED = failed("garbled", { status: 200, message: "not what Twitch documents" });
const VOD_SCOPES = ["editor:manage:clips", "channel:manage:clips"];
/** Without it Twitch gives twenty, also of a hundred that were named. */
const FIRST_HUNDRED: Query = [["first", String(IDS_PER_REQUEST)]];

/** Each value once, under the same name. */
const named = (name: string, values: readonly string[]): Query => [...new Set(values)].map((value) => [name, value] as const);

/** What is not null. */
const given = (fields: Readonly<Record<string, string | number | null>>): Query =>
  Object.entries(fields).flatMap(([name, value]) => (value === null ? [] : [[name, String(value)] as const]));
