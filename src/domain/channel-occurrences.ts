import { type ChannelState, type Effect, eventText } from "./channel-state.ts";
import { clip, plain } from "./chat-text.ts";
import type { EventBody, SubTier } from "./events.ts";
import { meaningText, recognise } from "./known-occurrences.ts";
import type { Occurrence, Person } from "./occurrences.ts";

/** What Twitch tells of a channel beside lines of chat, as events of its timeline: each once. */

/** Twitch's names have 25 characters, tiers 4. */
const NAME_CHARS_MAX = 64;
const TIER_CHARS_MAX = 32;
const WRITE_KEY_CHARS_MAX = 300;

/** Tells of the occurrence, unless another report of it came before. */
export function tellOccurrence(state: ChannelState, occurrence: Occurrence, now: Date): [ChannelState, Effect[]] {
  const { known, fresh } = recognise(state.known, occurrence, now);
  const body = fresh === null ? null : bodyOf(occurrence);
  const next = known === state.known ? state : { ...state, known };
  if (fresh === null || body === null) return [next, []];
  const told = { meaning: meaningText(fresh), writeKey: writeKeyOf(occurrence) };
  return [next, [{ kind: "happened", body, traceId: null, told }]];
}

/** Twitch's own id of the report: a row of it is written once, whoever writes it and whatever was forgotten. */
function writeKeyOf({ origin: { source, id } }: Occurrence): string | null {
  return id === "" ? null : `${source}:${id}`.slice(0, WRITE_KEY_CHARS_MAX);
}

/** Null for what is never told by itself. */
function bodyOf(occurrence: Occurrence): EventBody | null {
  switch (occurrence.kind) {
    case "support":
      return supportBody(occurrence);
    case "gift_received":
      return null;
    case "raid": {
      const { login: fromLogin, name: fromName } = named(occurrence.from);
      return { type: "chat.raid", fromLogin, fromName, viewers: occurrence.viewers };
    }
    case "follow":
      return { type: "channel.followed", ...named(occurrence.by) };
    case "redemption": {
      const { by, reward, cost, text } = occurrence;
      return { type: "channel.redeemed", ...named(by), reward: eventText(reward), cost, text: eventText(text) };
    }
    case "update": {
      const { title, category, language } = occurrence;
      return { type: "channel.updated", title: eventText(title), category: eventText(category), language: nameText(language) };
    }
    default:
      return streamBody(occurrence);
  }
}

type OfStream = Extract<Occurrence, { kind: "online" | "offline" | "ad_break" | "hype_train" | "ban" | "unban" }>;

function streamBody(occurrence: OfStream): EventBody {
  switch (occurrence.kind) {
    case "online":
      return { type: "stream.online", streamId: occurrence.streamId, startedAt: occurrence.startedAt.toISOString() };
    case "offline":
      return { type: "stream.offline", streamId: occurrence.streamId };
    case "ad_break":
      return { type: "stream.ad_break", seconds: occurrence.seconds, isAutomatic: occurrence.isAutomatic };
    case "hype_train": {
      const { phase, trainId, level, total } = occurrence;
      return { type: "stream.hype_train", phase, trainId, level, total };
    }
    case "ban": {
      const { who, by, reason, seconds } = occurrence;
      return { type: "chat.banned", ...named(who), by: named(by).name, reason: eventText(reason), seconds };
    }
    case "unban":
      return { type: "chat.unbanned", ...named(occurrence.who), by: named(occurrence.by).name };
  }
}

function supportBody({ support, by, amount, months, tier, text }: Extract<Occurrence, { kind: "support" }>): EventBody {
  // Twitch tells a gift to nobody in particular as a bomb of one.
  const kind = support === "gift_bomb" && amount <= 1 ? "gift" : support;
  return { type: "chat.support", kind, ...named(by), amount, months, text: eventText(text), tier: tierText(tier) };
}

/** A tier that we do not know is kept as Twitch says it (F15). */
const tierText = (tier: SubTier): SubTier => (tier === null ? null : clip(plain(tier), TIER_CHARS_MAX) || null);

const named = ({ login, name }: Person): { login: string; name: string } => ({
  login: nameText(login),
  name: nameText(name) || nameText(login),
});
const nameText = (text: string): string => clip(plain(text), NAME_CHARS_MAX);
