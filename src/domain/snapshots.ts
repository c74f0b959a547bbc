import type { HistoryLine } from "./chat.ts";
import type { ErrorParams } from "./errors.ts";
import type { Level, TimelineEvent } from "./events.ts";

/** A part of the installation that can be unwell by itself. */
export type PartName = "chat" | "database" | "model" | "recorder" | "jobs" | "leases";

/** How one part is. `reason` is a key of the word tables (`part.<name>.<reason>`), `params` its values. */
export interface PartStatus {
  name: PartName;
  level: Level;
  reason: string;
  params: ErrorParams;
  since: Date | null;
}

/** How the installation is, at one instant. */
export interface SystemStatus {
  version: string;
  startedAt: Date;
  /** True when the pretend world stands in for Twitch: every page says so. */
  isDemo: boolean;
  /** True when chat is read without a token: the agent cannot answer there. */
  isReadOnly: boolean;
  parts: readonly PartStatus[];
}

/** A channel in the list of channels. */
export interface ChannelSummary {
  login: string;
  /** Broadcaster id; null until Twitch told it. */
  channelId: string | null;
  /** `elsewhere`: another process on the same database holds it. */
  state: "joined" | "joining" | "failed" | "elsewhere" | "waiting";
  /** Key of the word tables (`channel_state.<reason>`), or null. */
  reason: string | null;
  /** Lines of the last 10 minutes. */
  messages10m: number;
  lastMessageAt: Date | null;
}

/** A minute of a channel's chat. */
export interface ChatMinute {
  startedAt: Date;
  messages: number;
}

/** The figures of one channel; every one equals a recount of `channel_history`. */
export interface ChannelFigures {
  channelId: string;
  messagesTotal: number;
  chattersTotal: number;
  repliesTotal: number;
  messages10m: number;
  chatters10m: number;
  /** Oldest first, exactly 60, the last one is the running minute. */
  minutes: readonly ChatMinute[];
  /** Lines thrown away because a queue was full, since the start of the process. */
  dropped: number;
}

/** What the dashboard shows of the focused channel when it is opened. */
export interface ChannelView {
  summary: ChannelSummary;
  figures: ChannelFigures | null;
  /** Oldest first. */
  lines: readonly HistoryLine[];
  /** Newest first. */
  events: readonly TimelineEvent[];
}
