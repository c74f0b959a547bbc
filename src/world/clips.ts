import type { WorldCore } from "./core.ts";
import type { WorldChannel, WorldUser } from "./state.ts";

export interface WorldClip {
  /** Five words, as Twitch's slugs. */
  id: string;
  channelId: string;
  creatorId: string;
  title: string;
  durationS: number;
  createdAt: Date;
  /** When Get Clips shows it; null never. */
  readyAt: Date | null;
  /** When `video_id` and `vod_offset` are filled in. */
  videoAt: Date;
  videoId: string;
  vodOffsetS: number;
  categoryId: string;
  language: string;
}

/** `video_id` stays empty for minutes after a clip was made. */
const VIDEO_AFTER_MS = 4 * 60_000;

const WORDS = [
  [
    "Brave",
    "Calm",
    "Clever",
    "Dizzy",
    "Eager",
    "Fuzzy",
    "Gentle",
    "Hasty",
    "Jolly",
    "Lucky",
    "Mellow",
    "Noisy",
    "Proud",
    "Quick",
    "Rusty",
    "Shiny",
  ],
  [
    "Amber",
    "Azure",
    "Coral",
    "Crimson",
    "Golden",
    "Ivory",
    "Jade",
    "Lilac",
    "Mossy",
    "Ochre",
    "Pearl",
    "Ruby",
    "Sandy",
    "Silver",
    "Teal",
    "Violet",
  ],
  [
    "Badger",
    "Camel",
    "Dingo",
    "Falcon",
    "Gecko",
    "Heron",
    "Ibis",
    "Koala",
    "Lemur",
    "Marmot",
    "Otter",
    "Panda",
    "Quail",
    "Raven",
    "Tapir",
    "Walrus",
  ],
  [
    "Swift",
    "Loud",
    "Tiny",
    "Grand",
    "Early",
    "Late",
    "Wild",
    "Cosy",
    "Salty",
    "Sweet",
    "Stormy",
    "Sunny",
    "Frozen",
    "Burning",
    "Hidden",
    "Open",
  ],
  [
    "Dance",
    "Laugh",
    "Nap",
    "Party",
    "Raid",
    "Rally",
    "Jump",
    "Spin",
    "Toast",
    "Wave",
    "Cheer",
    "Fall",
    "Run",
    "Song",
    "Trick",
    "Win",
  ],
] as const;

/** The clips of the world: made at once, seen later. */
export class Clips {
  readonly all = new Map<string, WorldClip>();
  #core: WorldCore;

  constructor(core: WorldCore) {
    this.#core = core;
  }

  add(channel: WorldChannel, creator: WorldUser, given: { title?: string; durationS?: number; vodOffsetS?: number }): WorldClip {
    const { clock, chance, faults, limits } = this.#core;
    const now = clock.now();
    const context = { channel: channel.user.login };
    const isLost = faults.take("H5.clip_never", context) !== null || faults.take("H5.clip_fails", context) !== null;
    const late = faults.take("H5.clip_late", context);
    const delayMs = late ? late.number("delayMs", 90_000) : chance.int(...limits.clipDelayMs);
    const startedAt = (channel.stream ?? channel.lastStream)?.startedAt ?? now;
    const clip: WorldClip = {
      id: `${WORDS.map((words) => chance.pick(words)).join("")}-${chance.token(16)}`,
      channelId: channel.user.id,
      creatorId: creator.id,
      title: given.title ?? channel.title,
      durationS: given.durationS ?? 30,
      createdAt: now,
      readyAt: isLost ? null : new Date(now.getTime() + delayMs),
      videoAt: new Date(now.getTime() + VIDEO_AFTER_MS),
      videoId: videoIdOf(channel),
      vodOffsetS: given.vodOffsetS ?? Math.floor((now.getTime() - startedAt.getTime()) / 1000),
      categoryId: channel.categoryId,
      language: channel.language,
    };
    this.all.set(clip.id, clip);
    this.#core.log.add("world", "note", null, "clip made", {
      channel: channel.user.login,
      id: clip.id,
      delayMs: isLost ? null : delayMs,
    });
    return clip;
  }

  /** Those that Get Clips shows now. */
  visible(): WorldClip[] {
    const now = this.#core.clock.now();
    return [...this.all.values()].filter((clip) => clip.readyAt !== null && clip.readyAt <= now);
  }
}

/** The recording of the stream that runs or ran last; "" when there was none. */
export function videoIdOf(channel: WorldChannel): string {
  const stream = channel.stream ?? channel.lastStream;
  return stream ? `2${stream.id.slice(-9)}` : "";
}
