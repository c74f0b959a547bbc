/** Every limit and every undocumented choice of the world, with Twitch's real value where one is known. Times in ms unless named …S. */
export interface WorldLimits {
  /** IRC: the server's PING comes this often. Not documented; about 5 min in practice. */
  ircPingMs: number;
  /** IRC: a PONG later than this ends the connection. Not documented. */
  ircPongGraceMs: number;
  /** IRC: the window of the message limit. */
  ircWindowMs: number;
  /** Messages per window where the account is neither broadcaster, moderator nor VIP. */
  ircMax: number;
  /** Messages per window where it is. They fill the other bucket too. */
  ircMaxElevated: number;
  /** Least time between two messages in one channel, not for broadcaster, moderator, VIP. */
  ircPerChannelMs: number;
  /** How long an account that went over is not heard. */
  ircMuteMs: number;
  /** Whether going over `ircPerChannelMs` mutes too. Not documented. */
  ircPerChannelMutes: boolean;
  /** Whether the first message dropped for its rate is told by a NOTICE. */
  ircRateNotice: boolean;
  /** The same text in one channel again within this time is refused. */
  dupMs: number;
  joinWindowMs: number;
  joinMax: number;
  authWindowMs: number;
  authMax: number;
  /** Channels joined at once per account, not counting those where it is broadcaster or moderator. */
  joinConcurrentMax: number;
  /** Above this many people in a room, JOIN and PART of others are not sent. */
  membershipMax: number;
  /** What IRC does with more than 500 characters. Not documented. */
  ircLongText: "drop" | "truncate";
  /** Whether revoking a token ends its live IRC sessions. Not documented. */
  ircRevokedCloses: boolean;
  /** Whether a token that expires ends its live IRC sessions. Not documented. */
  ircExpiredCloses: boolean;
  /** Whether what an account sends through Helix reaches its own IRC sessions. Not documented. */
  helixEchoToIrc: boolean;
  /** IRC: several lines of one burst go in one frame. */
  ircFrameJoin: boolean;
  /** IRC: every line is cut over two frames. */
  ircFrameSplit: boolean;

  /** EventSub: a session without subscription is closed with 4003 after this. */
  esUnusedMs: number;
  esKeepaliveS: number;
  /** EventSub: a keepalive comes up to this much later than it should. Not documented. */
  esKeepaliveJitterMs: number;
  esReconnectGraceMs: number;
  esPingMs: number;
  /** EventSub: connections with enabled subscriptions per client and user. */
  esMaxConn: number;
  esMaxSubs: number;
  esMaxCost: number;
  /** EventSub: enabled subscriptions of the same type and condition. */
  esSameCond: number;
  /** How long a disabled WebSocket subscription stays listed. */
  esListedAfterMs: number;
  /** Waits before each attempt of a webhook notification. Not documented. */
  webhookRetryMs: readonly number[];
  /** Failed notifications in a row after which a webhook subscription is revoked. Not documented. */
  webhookFailuresMax: number;

  helixPoints: number;
  helixWindowMs: number;
  /** Requests per window to Send Chat Message. Size not documented. */
  chatPoints: number;
  /** Clip creation to visibility: drawn uniformly from this range. */
  clipDelayMs: readonly [number, number];
  clipDownloadMs: number;
  /** How late Get Streams sees a stream start or end. */
  streamsLagMs: number;

  accessTtlS: number;
  appTtlS: number;
  /** Life of a public client's one-time refresh token. */
  refreshTtlS: number;
  dcfIntervalS: number;
  dcfExpiresS: number;
  /** Whether using a one-time refresh token twice revokes the whole family. Not documented. */
  refreshReuseRevokes: boolean;

  /** Entries of the log that are kept; older ones are dropped and counted. */
  logMax: number;
  /** Whether the log has an entry for each line that the world's own people say and each notification. Long runs go without. */
  logLines: boolean;
}

/** Twitch's values. */
export function defaultLimits(): WorldLimits {
  return {
    ircPingMs: 300_000,
    ircPongGraceMs: 10_000,
    ircWindowMs: 30_000,
    ircMax: 20,
    ircMaxElevated: 100,
    ircPerChannelMs: 1_000,
    ircMuteMs: 3_600_000,
    ircPerChannelMutes: false,
    ircRateNotice: true,
    dupMs: 30_000,
    joinWindowMs: 10_000,
    joinMax: 20,
    authWindowMs: 10_000,
    authMax: 20,
    joinConcurrentMax: 100,
    membershipMax: 1_000,
    ircLongText: "drop",
    ircRevokedCloses: false,
    ircExpiredCloses: false,
    helixEchoToIrc: true,
    ircFrameJoin: false,
    ircFrameSplit: false,
    esUnusedMs: 10_000,
    esKeepaliveS: 10,
    esKeepaliveJitterMs: 0,
    esReconnectGraceMs: 30_000,
    esPingMs: 5_000,
    esMaxConn: 3,
    esMaxSubs: 300,
    esMaxCost: 10,
    esSameCond: 3,
    esListedAfterMs: 60_000,
    webhookRetryMs: [0, 10_000, 60_000],
    webhookFailuresMax: 5,
    helixPoints: 800,
    helixWindowMs: 60_000,
    chatPoints: 100,
    clipDelayMs: [5_000, 40_000],
    clipDownloadMs: 3_600_000,
    streamsLagMs: 0,
    accessTtlS: 14_400,
    appTtlS: 5_000_000,
    refreshTtlS: 2_592_000,
    dcfIntervalS: 5,
    dcfExpiresS: 1_800,
    refreshReuseRevokes: false,
    logMax: 200_000,
    logLines: true,
  };
}

/** What Twitch does not document, read the way that is hardest on a client. */
export function strictLimits(): Partial<WorldLimits> {
  return {
    ircPerChannelMutes: true,
    ircRateNotice: false,
    ircRevokedCloses: true,
    ircExpiredCloses: true,
    ircPongGraceMs: 5_000,
    helixEchoToIrc: false,
    esKeepaliveJitterMs: 1_500,
    webhookRetryMs: [0],
    webhookFailuresMax: 1,
    chatPoints: 20,
    refreshReuseRevokes: true,
  };
}
