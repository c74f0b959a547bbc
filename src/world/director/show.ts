import type { WorldChance } from "../chance.ts";
import type { Delivery } from "../chat.ts";
import type { DirectedChannel } from "../director.ts";
import type { World } from "../world.ts";
import { type Chatter, castOf } from "./cast.ts";
import { runIncident } from "./incidents.ts";
import { LINE_BOOKS, type LineKind } from "./lines.ts";
import { Writer } from "./writer.ts";

export type Mood = "calm" | "lull" | "hype" | "fail";

/** Mean time between lines at pace 1, how long a mood lasts, and what is said in it (kinds with weights). */
const MOODS: Readonly<
  Record<
    Mood,
    { everyMs: number; lastsMs: readonly [number, number]; kinds: readonly (readonly [LineKind | "emotes", number])[] }
  >
> = {
  calm: {
    everyMs: 2_400,
    lastsMs: [60_000, 180_000],
    kinds: [
      ["calm", 7],
      ["game", 7],
      ["ask", 3],
      ["answer", 3],
      ["greet", 1.2],
      ["bye", 0.4],
      ["emotes", 1],
    ],
  },
  lull: {
    everyMs: 8_000,
    lastsMs: [25_000, 60_000],
    kinds: [
      ["calm", 6],
      ["ask", 2],
      ["answer", 1],
      ["bye", 1],
    ],
  },
  hype: {
    everyMs: 450,
    lastsMs: [12_000, 30_000],
    kinds: [
      ["hype", 10],
      ["emotes", 4],
      ["game", 1],
    ],
  },
  fail: {
    everyMs: 800,
    lastsMs: [10_000, 22_000],
    kinds: [
      ["fail", 10],
      ["emotes", 2],
      ["answer", 1],
    ],
  },
};

/** What may follow a mood. */
const NEXT: Readonly<Record<Mood, readonly Mood[]>> = {
  calm: ["lull", "hype", "fail", "calm", "hype"],
  lull: ["calm", "calm", "hype"],
  hype: ["calm", "calm", "fail"],
  fail: ["calm", "calm", "lull"],
};

const BYTE_EVERY_MS: readonly [number, number] = [18_000, 55_000];
const INCIDENT_EVERY_MS: readonly [number, number] = [45_000, 150_000];
const VIEWERS_EVERY_MS = 15_000;
/** So that a demo is alive at once: first line, first question, first incident. */
const OPENING_MS = { line: 300, byte: 6_000, incident: 20_000 };

/** A line that somebody may take up. */
interface Said {
  id: string;
  chatter: Chatter;
}

/** One channel's chat: moods that come and go, questions to the bot, and what happens on a stream. */
export class ChannelShow {
  readonly world: World;
  readonly channel: DirectedChannel;
  readonly cast: readonly Chatter[];
  readonly writer: Writer;
  readonly chance: WorldChance;
  mood: Mood = "calm";
  #pace: number;
  #botLogin: string | null;
  #cancels = new Set<() => void>();
  #isStopped = false;
  #lastAsker = "";
  #lastLine: Said | null = null;

  constructor(world: World, options: { channel: DirectedChannel; pace: number; botLogin: string | null; chance: WorldChance }) {
    this.world = world;
    this.channel = options.channel;
    this.chance = options.chance;
    this.#pace = options.pace;
    this.#botLogin = options.botLogin;
    this.writer = new Writer(options.chance.fork("writer"));
    this.cast = castOf(options.channel.language, { pt: LINE_BOOKS.pt.laughs, en: LINE_BOOKS.en.laughs });
  }

  start(): void {
    const { login, title, game, language } = this.channel;
    this.world.goLive(login, { title, game, language, viewers: this.chance.int(60, 240) });
    this.#castRoles();
    this.#cancels.add(this.world.chat.onMessage((delivery) => this.#hear(delivery)));
    this.#repeat(
      () => this.#gap(),
      () => this.#speak(),
      OPENING_MS.line,
    );
    this.#repeat(
      () => this.between(BYTE_EVERY_MS),
      () => this.#askByte(),
      OPENING_MS.byte,
    );
    this.#repeat(
      () => this.between(INCIDENT_EVERY_MS),
      () => runIncident(this),
      OPENING_MS.incident,
    );
    this.#repeat(
      () => VIEWERS_EVERY_MS,
      () => this.#drift(),
      VIEWERS_EVERY_MS,
    );
    this.#repeat(
      () => this.chance.int(...MOODS[this.mood].lastsMs),
      () => this.#turn(),
      this.chance.int(25_000, 50_000),
    );
  }

  stop(): void {
    this.#isStopped = true;
    for (const cancel of this.#cancels) cancel();
    this.#cancels.clear();
  }

  /** Runs `act` after `ms` of the world's time, sooner at a faster pace; never after `stop`. */
  later(ms: number, act: () => void): void {
    const cancel = this.world.clock.after(ms / this.#pace, () => {
      this.#cancels.delete(cancel);
      if (!this.#isStopped) act();
    });
    this.#cancels.add(cancel);
  }

  between([min, max]: readonly [number, number]): number {
    return this.chance.int(min, max);
  }

  /** Somebody of the cast who may write now; busy ones more often. */
  someone(fits: (chatter: Chatter) => boolean = () => true): Chatter | null {
    const able = this.cast.filter((chatter) => fits(chatter) && !this.#isSilenced(chatter));
    let at = this.chance.next() * able.reduce((sum, chatter) => sum + chatter.weight, 0);
    for (const chatter of able) {
      at -= chatter.weight;
      if (at <= 0) return chatter;
    }
    return able[0] ?? null;
  }

  /** A line of this kind, by this chatter or whoever feels like it. Gives its id, or null when nobody could speak. */
  say(kind: LineKind | "emotes", given?: Chatter, about?: Said, isReply = false): string | null {
    const chatter = given ?? this.someone();
    if (!chatter || this.#isSilenced(chatter)) return null;
    const text = kind === "emotes" ? this.writer.emotes() : this.writer.write(kind, chatter, this.#scene(chatter, about));
    this.#introduce(chatter);
    const id = this.world.say(this.channel.login, chatter.login, text, about && isReply ? { replyTo: about.id } : {});
    this.#lastLine = { id, chatter };
    return id;
  }

  /** Several lines of a kind, spread over `overMs`. */
  chorus(kind: LineKind | "emotes", count: number, overMs: number): void {
    for (let i = 0; i < count; i++) this.later(this.chance.int(200, overMs), () => this.say(kind));
  }

  #scene(chatter: Chatter, about?: Said): { streamer: string; game: string; name: string } {
    const others = this.cast.filter((other) => other !== chatter);
    return {
      streamer: this.world.state.channel(this.channel.login).user.displayName,
      game: this.channel.game,
      name: about?.chatter.displayName ?? this.chance.pick(others).displayName,
    };
  }

  #speak(): void {
    const kinds = MOODS[this.mood].kinds;
    let at = this.chance.next() * kinds.reduce((sum, [, weight]) => sum + weight, 0);
    for (const [kind, weight] of kinds) {
      at -= weight;
      if (at > 0) continue;
      const last = this.#lastLine;
      const chatter = this.someone((each) => each !== last?.chatter);
      if (!chatter) return;
      if (kind === "answer" && last?.chatter.language === chatter.language) this.say(kind, chatter, last, this.chance.is(0.5));
      else this.say(kind === "answer" ? "calm" : kind, chatter);
      return;
    }
  }

  #askByte(): void {
    const asker = this.someone((chatter) => chatter.login !== this.#lastAsker);
    if (!asker) return;
    this.#lastAsker = asker.login;
    this.say("byte", asker);
  }

  /** The chat now and then takes up what the bot says. */
  #hear(delivery: Delivery): void {
    if (this.#isStopped || this.#botLogin === null) return;
    if (delivery.channel.user.login !== this.channel.login || delivery.message.user.login !== this.#botLogin) return;
    if (this.chance.is(0.45))
      this.later(this.chance.int(2_500, 6_000), () =>
        this.say("thanks_byte", this.someone((each) => each.login !== this.#lastAsker) ?? undefined),
      );
  }

  #turn(): void {
    this.mood = this.chance.pick(NEXT[this.mood]);
  }

  #drift(): void {
    const { stream } = this.world.state.channel(this.channel.login);
    if (!stream) return;
    const pull = this.mood === "hype" ? 6 : this.mood === "lull" ? -3 : 1;
    this.world.setViewers(this.channel.login, Math.max(12, stream.viewerCount + pull + this.chance.int(-7, 7)));
  }

  /** Time to the next line: exponential around the mood's mean, so that lines bunch as they do in life. */
  #gap(): number {
    return Math.min(-Math.log(1 - this.chance.next()), 4) * MOODS[this.mood].everyMs + 60;
  }

  #repeat(gapMs: () => number, act: () => void, firstMs: number): void {
    this.later(firstMs, () => {
      act();
      this.#repeat(gapMs, act, gapMs());
    });
  }

  #isSilenced(chatter: Chatter): boolean {
    const channel = this.world.state.channel(this.channel.login);
    return channel.bans.has(this.world.state.user(chatter.login).id);
  }

  #introduce(chatter: Chatter): void {
    this.world.state.addUser({ login: chatter.login, displayName: chatter.displayName });
  }

  #castRoles(): void {
    const channel = this.world.state.channel(this.channel.login);
    for (const chatter of this.cast) {
      this.#introduce(chatter);
      const { id } = this.world.state.user(chatter.login);
      if (chatter.role !== "newcomer") channel.knownChatters.add(id);
      if (chatter.role === "mod") channel.mods.add(id);
      if (chatter.role === "vip") channel.vips.add(id);
      if (chatter.role === "mod" || chatter.role === "sub")
        channel.subs.set(id, { tier: "1000", isPrime: this.chance.is(0.4), months: this.chance.int(1, 40), gifterId: null });
    }
  }
}
