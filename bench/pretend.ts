import type { WorldUrls } from "../src/world/index.ts";
import { Peer } from "./peer.ts";
import type { Rig } from "./rig.ts";

/** The account of the Byte under test. */
export const BOT = "bytebot";

/** What the process of the pretend world is asked for. */
export type WorldQuestion =
  /** Channels where the bot is moderator; asks for nothing else but that they are there. */
  | { op: "channels"; logins: readonly string[] }
  /** Waits until `login` (null: anybody) is in all of these rooms. */
  | { op: "joined"; logins: readonly string[]; login: string | null }
  /** `count` lines as fast as they are read. */
  | { op: "flood"; channel: string; count: number }
  /** Lines at a steady pace, told as they are due. */
  | { op: "feed"; channel: string; perS: number; ms: number }
  /** Calls of the agent one after the other, each by a chatter of its own, round the channels. */
  | { op: "calls"; channels: readonly string[]; count: number; modelMs: number; besidePerS: number }
  /** Quiet channels with one line a second each, some of them calls of `byte status`, perhaps beside a busy one. */
  | { op: "quiet"; channels: readonly string[]; ms: number; calls: number; busy: { channel: string; perS: number } | null }
  | { op: "raid"; channel: string; viewers: number };

export interface Sent {
  sent: number;
  tookMs: number;
}

/** One call that was answered. */
export interface Answered {
  /** From the line's leaving to the answer's arrival. */
  wholeMs: number;
  /** What the model took of it. */
  modelMs: number;
}

export interface Pretend extends AsyncDisposable {
  pid: number;
  port: number;
  /** How a Byte is told to live in this world. */
  settings: Readonly<Record<string, string>>;
  /** Settings of a Byte that may speak. */
  account: Readonly<Record<string, string>>;
  ask<T>(question: WorldQuestion): Promise<T>;
}

/** Starts the pretend world as a process of its own. */
export async function startPretend(rig: Rig): Promise<Pretend> {
  const peer = new Peer(rig, "world.ts");
  const { port, urls, modelUrl, token } = await peer.next<{ port: number; urls: WorldUrls; modelUrl: string; token: string }>();
  return {
    pid: peer.pid,
    port,
    settings: {
      TWITCH_IRC_URL: urls.irc,
      TWITCH_EVENTSUB_URL: urls.eventsub,
      TWITCH_HELIX_URL: urls.helix,
      TWITCH_ID_URL: urls.id,
      BYTE_ALLOW_PRETEND_TWITCH: "true",
    },
    account: { TWITCH_BOT_LOGIN: BOT, TWITCH_USER_TOKEN: token, OPENAI_BASE_URL: modelUrl, OPENAI_API_KEY: "bench" },
    ask: (question) => peer.ask(question),
    [Symbol.asyncDispose]: () => peer[Symbol.asyncDispose](),
  };
}
