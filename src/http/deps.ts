import type { AccountRole, Tier } from "../domain/accounts.ts";
import type { Actor, TimelineEvent } from "../domain/events.ts";
import type {
  AccountSummary,
  ChannelFigures,
  ChannelSummary,
  FeatureGap,
  PartStatus,
  SystemStatus,
  TwitchSignin,
} from "../domain/snapshots.ts";
import type { Chance, Clock, Log } from "../ports.ts";
import type { Bus } from "../runtime/bus.ts";
import type { Moods } from "../runtime/moods.ts";
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

/** Twitch accounts as the HTTP layer may steer them; the runtime is the real one. */
export interface AccountControl {
  list(): readonly AccountSummary[];
  /** What is off for want of an account or a scope, in the channels we hold. */
  gaps(): readonly FeatureGap[];
  /** Whether a client id is set: without one nobody can sign in. */
  readonly canConnect: boolean;
  /** How chat is read and sent. */
  readonly chatMode: "irc" | "eventsub";
  /**
   * Begins a sign-in by device code. Throws `invalid` (`auth_client_missing`, `auth_tiers_missing`), or `unavailable` with
   * `auth_<kind>` when Twitch refuses to begin one, or `too_many` (`auth_signins_many`) above five at once.
   */
  connect(asked: { role: AccountRole; tiers: readonly Tier[]; by: Actor }): Promise<TwitchSignin>;
  /** A sign-in that waits, or ended within the last minutes. */
  findSignin(id: string): TwitchSignin | null;
  /** Stops waiting. */
  cancel(id: string): void;
  /** Revokes the account's tokens at Twitch and forgets them. Throws `not_found` (`account_unknown`), `conflict` (`account_of_environment`). */
  disconnect(userId: string, by: Actor): Promise<void>;
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
  accounts: AccountControl;
  moods: Pick<Moods, "find" | "isOfPeople">;
  /** 32 bytes that sign HUD tokens; the same after a restart. */
  key: Uint8Array;
  status(): SystemStatus;
  readiness(): { ready: boolean; parts: readonly PartStatus[] };
  /** Persists a `hud.message` event, then publishes it. */
  tellHud(channelId: string, text: string, source: string, by: Actor): Promise<TimelineEvent>;
}
