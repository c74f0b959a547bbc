import { createHelix } from "../../src/adapters/twitch/helix.ts";
import { APP, type Helix, type HelixAnswer, type HelixFailure, type Tokens } from "../../src/ports-twitch.ts";
import { createLog } from "../../src/system.ts";
import type { FaultRule } from "../../src/world/faults.ts";
import { startWorld, type World, type WorldOptions } from "../../src/world/index.ts";
import { DEFAULT_CLIENT, type Grant } from "../../src/world/tokens.ts";
import { MovableTime } from "../support/time.ts";

export const { clientId } = DEFAULT_CLIENT;

/** The caller's side: tokens of the world's people and of the app, and how often another one was asked for. */
export class WorldTokens implements Tokens {
  renewals = 0;
  readonly #world: World;
  readonly #held = new Map<string, { token: string; scopes: readonly string[] }>();

  constructor(world: World) {
    this.#world = world;
    this.#held.set(APP, { token: world.tokens.grantApp(clientId).value, scopes: [] });
  }

  /** Gives the account's id. */
  hold({ userId, accessToken, scopes }: Grant): string {
    this.#held.set(userId, { token: accessToken, scopes });
    return userId;
  }

  async get(account: string) {
    const held = this.#held.get(account);
    return held ? { token: held.token, clientId } : null;
  }

  async renew(account: string) {
    this.renewals++;
    const user = this.#world.state.usersById.get(account);
    const old = this.#held.get(account);
    if (!user || !old) return null;
    this.hold(this.#world.issueToken(user.login, { scopes: old.scopes }));
    return this.get(account);
  }

  scopes(account: string): readonly string[] {
    return this.#held.get(account)?.scopes ?? [];
  }
}

/** A world with one channel and a bot that moderates it, and our client, all on one clock. Waits before another try take no time. */
export async function aStudio(options: WorldOptions = {}) {
  const time = new MovableTime();
  const world = await startWorld({ clock: time, ...options });
  const channel = world.addChannel("studio", { mods: ["bot"], title: "hello", game: "Glass Tower", language: "pt" });
  const tokens = new WorldTokens(world);
  const bot = tokens.hold(world.issueToken("bot"));
  const owner = tokens.hold(world.issueToken("studio"));
  const lines: string[] = [];
  const heard: { kind: string; resolve: () => void }[] = [];
  const log = createLog("info", time, (line) => {
    lines.push(line);
    const { event, kind } = JSON.parse(line) as { event: string; kind: string };
    if (event !== "helix_retry") return;
    if (kind === "down" || kind === "garbled") queueMicrotask(() => time.advance(1_500));
    // When who logged it has come to his wait.
    queueMicrotask(() => heard.findLast((each) => each.kind === kind)?.resolve());
  });
  /** Resolves when a request is about to be made again for this reason. */
  const retrying = (kind: string): Promise<void> => new Promise((resolve) => void heard.push({ kind, resolve }));
  const make = (over: { url?: string; tokens?: Tokens } = {}) =>
    createHelix({ url: world.urls.helix, tokens, time, chance: { next: () => 0.5, uuid: () => "" }, log, ...over });
  const helix = make();
  const send = (text: string, over: Partial<Parameters<Helix["sendMessage"]>[1]> = {}, as = bot) =>
    helix.sendMessage(as, { broadcasterId: channel.user.id, senderId: bot, text, replyToId: null, sourceOnly: null, ...over });
  const requests = (what?: string) => world.log.list("helix", what).filter((entry) => entry.way === "in");
  const statuses = () => world.log.list("helix").flatMap((entry) => (entry.way === "out" ? [entry.fields.status] : []));
  const fail = (rule: FaultRule) => world.faults.add(rule);
  return {
    world,
    time,
    channel,
    id: channel.user.id,
    tokens,
    bot,
    owner,
    lines,
    make,
    helix,
    send,
    requests,
    retrying,
    statuses,
    fail,
  };
}

export function got<T>(answer: HelixAnswer<T>): T {
  if (!answer.ok) throw new Error(`${answer.failure.kind}: ${answer.failure.message}`);
  return answer.value;
}

export const failureOf = (answer: HelixAnswer<unknown>): HelixFailure | "none" => (answer.ok ? "none" : answer.failure);
export const kindOf = (answer: HelixAnswer<unknown>): string => (answer.ok ? "none" : answer.failure.kind);
