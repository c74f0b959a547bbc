import type { Actor, TimelineEvent } from "../domain/events.ts";
import type { ChannelFigures, ChannelSummary, PartStatus, SystemStatus } from "../domain/snapshots.ts";
import type { Chance, Clock, Log } from "../ports.ts";
import type { Bus } from "../runtime/bus.ts";
import type { Db } from "../store/db.ts";

/** What the HTTP layer is told once, at the start. */
export interface HttpConfig {
  /** Address to bind; loopback unless the operator says otherwise. */
  host: string;
  /** 0 takes a free one. */
  port: number;
  /** Where people reach us when a proxy stands before us, or null. `https:` makes cookies Secure. */
  publicUrl: string | null;
  /** Names in `Host` that are accepted beside loopback, IP addresses, `host` and `publicUrl`. */
  allowedHosts: readonly string[];
  /** True when the last hop of `X-Forwarded-For` was written by a proxy of ours. */
  trustProxy: boolean;
  /** A bearer token from the environment, or null. */
  adminToken: string | null;
  isDemo: boolean;
  isDevelopment: boolean;
  /** Language where the browser names none of ours; null = English. */
  language: "pt" | "en" | null;
}

/** Channels as the HTTP layer may steer them; the runtime is the real one. */
export interface ChannelControl {
  list(): readonly ChannelSummary[];
  find(login: string): ChannelSummary | null;
  /** Adds to `channels_config` and joins. Throws `invalid`, or `conflict` (`channel_already_joined`). */
  join(login: string, by: Actor): Promise<ChannelSummary>;
  /** Throws `not_found` (`channel_unknown`). */
  part(login: string, by: Actor): Promise<void>;
  figures(channelId: string): Promise<ChannelFigures>;
}

/** All that the HTTP layer needs; `app.ts` gives it. */
export interface HttpDeps {
  config: HttpConfig;
  db: Db;
  clock: Clock;
  chance: Chance;
  log: Log;
  bus: Bus;
  channels: ChannelControl;
  /** 32 bytes that sign HUD tokens; the same after a restart. */
  key: Uint8Array;
  status(): SystemStatus;
  readiness(): { ready: boolean; parts: readonly PartStatus[] };
  /** Persists a `hud.message` event, then publishes it. */
  tellHud(channelId: string, text: string, source: string, by: Actor): Promise<TimelineEvent>;
}
