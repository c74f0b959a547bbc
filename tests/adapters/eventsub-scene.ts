import { expect } from "bun:test";
import { createEventSub } from "../../src/adapters/twitch/eventsub.ts";
import { createHelix } from "../../src/adapters/twitch/helix.ts";
import type { Clock, Log, Timers } from "../../src/ports.ts";
import type {
  EventSub,
  EventSubStatus,
  HelixAnswer,
  HelixFailure,
  Notification,
  SubscriptionState,
  WantedSubscription,
} from "../../src/ports-twitch.ts";
import type { Violation } from "../../src/world/checks.ts";
import { ManualClock, startWorld, type World, type WorldOptions } from "../../src/world/index.ts";
import { DEFAULT_CLIENT } from "../../src/world/tokens.ts";
import { MovableTime } from "../support/time.ts";

export type Told =
  | { kind: "notification"; notification: Notification }
  | { kind: "subscription"; state: SubscriptionState }
  | { kind: "connection"; account: string; change: { kind: "connected" } | { kind: "lost"; reason: string } };

const scenes: Scene[] = [];
const STEP_MS = 1_000;
/** Of the event loop: a WebSocket's handshake takes fewer. */
const TURNS = 20;

/** Ends every scene of a test: what the client did must have been right in Twitch's eyes, and nothing of it goes on. */
export async function endScenes(): Promise<void> {
  for (const scene of scenes.splice(0)) await scene.end();
}

/** EventSub on a world of its own, both on one clock that only the test moves, with the real client of the HTTP API. */
export async function aScene(
  options: WorldOptions & {
    /** Where EventSub is, if not where the world says. */
    url?: (world: World) => string;
  } = {},
): Promise<Scene> {
  const { url, ...rest } = options;
  const clock = new ManualClock();
  // Pings are of the protocol below; a test that looks at them sets them.
  const world = await startWorld({ clock, ...rest, limits: { esPingMs: 3_600_000, ...rest.limits } });
  world.addChannel("studio", { mods: ["bytebot"] });
  const scene = new Scene(world, clock, url?.(world) ?? world.urls.eventsub);
  scenes.push(scene);
  return scene;
}

export class Scene {
  readonly eventsub: EventSub;
  /** Everything that the listener was told, in order. */
  readonly told: Told[] = [];
  readonly logged: { level: string; event: string; fields: Record<string, unknown> }[] = [];
  /** Tokens by account; null: none to be had. */
  readonly tokens = new Map<string, string | null>();
  /** What the world would not have liked, and is the point of the test. */
  allowed: readonly Violation["check"][] = [];
  /** How often a subscription was asked for, sent or not. */
  subscribes = 0;
  /** How refusals of subscriptions differ from the world's: Twitch's words may change, and its waits are long. */
  refusing: Partial<HelixFailure> = {};
  /** Answers of the HTTP API wait for the clock: they cannot be waited for before it moves on. */
  isHelixSlow = false;
  readonly #asked = new Set<Promise<unknown>>();
  readonly #timers = new Set<() => void>();
  readonly #looks = new Set<() => void>();
  readonly #waiting = new Set<(told: Told) => void>();

  constructor(
    readonly world: World,
    readonly clock: ManualClock,
    url: string,
  ) {
    const outside = { chance: { next: () => 0.5, uuid: () => crypto.randomUUID() }, log: this.#log() };
    const helix = createHelix({
      url: world.urls.helix,
      tokens: {
        get: async (account) => {
          const token = this.tokens.get(account) ?? null;
          return token === null ? null : { token, clientId: DEFAULT_CLIENT.clientId };
        },
        renew: async () => null,
        scopes: () => [],
      },
      ...outside,
      // Its deadlines are not what is tested, and a moved clock would let them pass while an answer is on its way.
      time: new MovableTime(),
    });
    const noted = <T>(answer: Promise<T>): Promise<T> => {
      this.#asked.add(answer);
      return answer.finally(() => this.#asked.delete(answer));
    };
    this.eventsub = createEventSub({
      url,
      helix: {
        subscribe: (as, wanted) => {
          this.subscribes++;
          return noted(helix.subscribe(as, wanted).then((answer) => this.#bent(answer)));
        },
        subscriptions: (as) => noted(helix.subscriptions(as)),
        unsubscribe: (as, id) => noted(helix.unsubscribe(as, id)),
      },
      ...outside,
      time: this.#ownTime(),
      listener: {
        onNotification: (notification) => this.#tell({ kind: "notification", notification }),
        onSubscription: (state) => this.#tell({ kind: "subscription", state }),
        onConnection: (account, change) => this.#tell({ kind: "connection", account, change }),
      },
    });
  }

  /** An account with a token; gives its id. */
  account(login: string, scopes?: readonly string[]): string {
    const grant = this.world.issueToken(login, scopes ? { scopes } : {});
    this.tokens.set(grant.userId, grant.accessToken);
    return grant.userId;
  }

  channelId(login = "studio"): string {
    return this.world.state.channel(login).user.id;
  }

  /** Chat of a channel as `account` reads it. */
  chat(account: string, login = "studio", type = "channel.chat.message"): WantedSubscription {
    return { type, version: "1", condition: { broadcaster_user_id: this.channelId(login), user_id: account } };
  }

  /** A type that needs no other condition than the channel. */
  of(type: string, login = "studio", version = "1"): WantedSubscription {
    return { type, version, condition: { broadcaster_user_id: this.channelId(login) } };
  }

  /** The bot, reading the studio's chat, all subscribed. */
  async reading(more: (bot: string) => readonly WantedSubscription[] = () => []): Promise<string> {
    const bot = this.account("bytebot");
    await this.subscribed(bot, [this.chat(bot), ...more(bot)]);
    return bot;
  }

  /** Wants these, and waits until they are all there. */
  async subscribed(account: string, wanted: readonly WantedSubscription[]): Promise<void> {
    this.eventsub.setWanted(account, wanted);
    await this.settled(account);
  }

  /** Waits until every wanted subscription of the account is enabled. */
  async settled(account: string): Promise<void> {
    await this.until(() => this.eventsub.states(account).every(({ state }) => state === "enabled"));
  }

  /** The first of this kind that matches, told already or still to come. */
  async next<K extends Told["kind"]>(
    kind: K,
    matches: (told: Extract<Told, { kind: K }>) => boolean = () => true,
  ): Promise<Extract<Told, { kind: K }>> {
    const isIt = (told: Told): told is Extract<Told, { kind: K }> => told.kind === kind && matches(told as never);
    return this.told.find(isIt) ?? (await this.after(kind, matches));
  }

  /** As `next`, but only what is still to come. */
  after<K extends Told["kind"]>(
    kind: K,
    matches: (told: Extract<Told, { kind: K }>) => boolean = () => true,
  ): Promise<Extract<Told, { kind: K }>> {
    return new Promise((resolve) => {
      const look = (told: Told) => {
        if (told.kind !== kind || !matches(told as never)) return;
        this.#waiting.delete(look);
        resolve(told as never);
      };
      this.#waiting.add(look);
    });
  }

  /** Resolves when it holds; looked at whenever the listener is told, or something is logged. */
  async until(holds: () => boolean): Promise<void> {
    await new Promise<void>((resolve) => {
      const look = () => {
        if (!holds()) return;
        this.#looks.delete(look);
        resolve();
      };
      this.#looks.add(look);
      look();
    });
  }

  /** Lets `ms` pass, a second at a time, and before and after each what is on its way over loopback arrive. */
  async pass(ms: number): Promise<void> {
    await this.#arrive();
    for (let left = ms; left > 0; left -= STEP_MS) {
      this.clock.advance(Math.min(left, STEP_MS));
      await this.#arrive();
    }
  }

  /** The connection is lost and comes back, for a reason; all is subscribed again. Moves the clock over the wait. */
  async comesBack(account: string): Promise<string> {
    const lost = await this.next("connection", ({ change }) => change.kind === "lost");
    await this.pass(500);
    await this.settled(account);
    return lost.change.kind === "lost" ? lost.change.reason : "";
  }

  /** Says something in the studio and waits for it: what was sent before has come, too. */
  async heard(text: string): Promise<void> {
    const heard = this.after("notification", ({ notification }) => textOf(notification) === text);
    this.world.say("studio", "mira", text);
    await heard;
  }

  /** The texts of all chat messages so far. */
  get texts(): string[] {
    return this.told.flatMap((told) => (told.kind === "notification" ? [textOf(told.notification)] : []));
  }

  get changes(): string[] {
    return this.told.flatMap((told) =>
      told.kind === "connection" ? [told.change.kind === "lost" ? `lost ${told.change.reason}` : "connected"] : [],
    );
  }

  status(account: string): EventSubStatus | undefined {
    return this.eventsub.status().find((each) => each.account === account);
  }

  /** How often clients connected, asked for a subscription, … */
  count(what: string): number {
    return this.world.log.entries().filter((entry) => entry.way === "in" && entry.what === what).length;
  }

  async end(): Promise<void> {
    const violations = this.world.checks().filter(({ check }) => !this.allowed.includes(check));
    await this.eventsub.stop();
    await this.world.stop();
    expect(violations).toEqual([]);
    expect(this.#timers.size).toBe(0);
  }

  /** The scene's clock, with the timers of EventSub counted apart from the others'. */
  #ownTime(): Clock & Timers {
    return {
      now: () => this.clock.now(),
      after: (ms, run) => {
        const forget = () => void this.#timers.delete(cancel);
        const cancelTimer = this.clock.after(ms, () => {
          forget();
          run();
        });
        const cancel = () => {
          forget();
          cancelTimer();
        };
        this.#timers.add(cancel);
        return cancel;
      },
    };
  }

  /** Both ends of every connection are in this process: some turns of its loop, and the answers of the HTTP API. */
  async #arrive(): Promise<void> {
    do {
      for (let turn = 0; turn < TURNS; turn++) await new Promise<void>((resolve) => void setImmediate(resolve));
      if (!this.isHelixSlow) await Promise.all(this.#asked);
    } while (this.#asked.size > 0 && !this.isHelixSlow);
  }

  #bent<T>(answer: HelixAnswer<T>): HelixAnswer<T> {
    return answer.ok ? answer : { ok: false, failure: { ...answer.failure, ...this.refusing } };
  }

  #tell(told: Told): void {
    this.told.push(told);
    for (const look of [...this.#waiting]) look(told);
    for (const look of [...this.#looks]) look();
  }

  #log(): Log {
    const write =
      (level: string) =>
      (event: string, fields: object = {}): void => {
        this.logged.push({ level, event, fields: { ...fields } });
        for (const look of [...this.#looks]) look();
      };
    return { info: write("info"), warn: write("warn"), error: write("error") };
  }
}

const textOf = (notification: Notification): string =>
  (notification.event as { message?: { text?: string } }).message?.text ?? "";

export const POST = "POST /eventsub/subscriptions";
export const DELETE = "DELETE /eventsub/subscriptions";
export const GET = "GET /eventsub/subscriptions";
