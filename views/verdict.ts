import type { Level } from "../src/domain/events.ts";
import type { ChannelSummary, PartStatus, SystemStatus } from "../src/domain/snapshots.ts";
import { offReason } from "./accounts.ts";
import type { IconName } from "./icons.ts";
import { reasonText, type WordKey, type Words } from "./words/index.ts";

/** The answer to "is everything all right?": a colour, a shape, two words, and one line under them. */
export interface Verdict {
  state: "ok" | "warn" | "bad" | "off";
  icon: IconName;
  title: string;
  detail: string;
}

/** How a part is, as a sentence. */
export function partSentence(words: Words, part: PartStatus): string {
  const why = part.name === "events" ? offReason : reasonText;
  const told = "reason" in part.params ? { ...part.params, reason: why(words, String(part.params.reason)) } : part.params;
  return words.sayOr(`part.${part.name}.${part.reason}`, "part.other", { reason: part.reason, ...told });
}

/** Why a channel is as it is, as a sentence. */
export function channelSentence(words: Words, channel: ChannelSummary): string {
  const state = words.say(`channel_state.${channel.state}`);
  if (channel.reason === null || channel.reason === channel.state) return state;
  return words.sayOr(`channel_state.${channel.reason}`, `channel_state.${channel.state}`);
}

/** Ways to run that people choose: they are said, but they are no alarm. */
const CHOSEN: ReadonlySet<string> = new Set([
  "chat.anonymous",
  "model.missing",
  "accounts.none",
  "accounts.unconfigured",
  "events.off",
]);

function isLoginNeeded(part: PartStatus): boolean {
  return part.name === "accounts" && part.reason === "login_needed";
}

/** The level at which a part is shown. */
export function partLevel(part: PartStatus): Level {
  return CHOSEN.has(`${part.name}.${part.reason}`) ? "info" : part.level;
}

const RANK: Readonly<Record<Level, number>> = { bad: 0, warn: 1, info: 2, ok: 3 };

/** The part that is worst off; of two alike the first. */
export function worstOf(parts: readonly PartStatus[]): PartStatus | undefined {
  return [...parts].sort((a, b) => RANK[partLevel(a)] - RANK[partLevel(b)])[0];
}

/** What is said first of a part that is lost. */
const BAD_TITLE: Partial<Record<PartStatus["name"], WordKey>> = {
  chat: "verdict.chat_lost",
  database: "verdict.database_lost",
  events: "verdict.events_lost",
  accounts: "verdict.account",
};

/** The verdict over the installation and the focused channel; the first that matches wins. */
export function verdictOf(words: Words, system: SystemStatus, channel: ChannelSummary | null, channelCount: number): Verdict {
  const worst = worstOf(system.parts);
  if (worst && partLevel(worst) === "bad") {
    const title = BAD_TITLE[worst.name] ?? "verdict.part_bad";
    const icon = isLoginNeeded(worst) ? "key-round" : "unplug";
    return { state: "bad", icon, title: words.say(title), detail: partSentence(words, worst) };
  }
  if (worst && partLevel(worst) === "warn") {
    return {
      state: "warn",
      icon: "triangle-alert",
      title: words.say(isLoginNeeded(worst) ? "verdict.account" : "verdict.part_warn"),
      detail: `${words.say(`part.${worst.name}`)}: ${partSentence(words, worst)}`,
    };
  }
  if (channel === null) {
    return {
      state: "off",
      icon: "radio-tower",
      title: words.say("verdict.no_channel"),
      detail: words.say("verdict.no_channel_detail"),
    };
  }
  if (channel.state === "failed") {
    return {
      state: "warn",
      icon: "triangle-alert",
      title: words.say("verdict.channel_failed"),
      detail: channelSentence(words, channel),
    };
  }
  if (channel.state === "joining" || channel.state === "waiting") {
    return { state: "off", icon: "loader", title: words.say("verdict.joining"), detail: words.say("verdict.joining_detail") };
  }
  if (system.isReadOnly) {
    return { state: "off", icon: "eye", title: words.say("verdict.read_only"), detail: words.say("verdict.read_only_detail") };
  }
  return {
    state: "ok",
    icon: "circle-check",
    title: words.say("verdict.ok"),
    detail: words.say("verdict.ok_detail", { count: channelCount }),
  };
}
