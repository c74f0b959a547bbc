import type { HistoryLine } from "../../src/domain/chat.ts";
import type { EventBody, TimelineEvent } from "../../src/domain/events.ts";
import type { MoodView } from "../../src/domain/mood-view.ts";
import type {
  AccountSummary,
  ChannelFigures,
  ChannelSummary,
  ChannelView,
  FeatureGap,
  PartStatus,
  SystemStatus,
  TwitchSignin,
} from "../../src/domain/snapshots.ts";
import type { StreamSummary } from "../../src/domain/streams.ts";
import type { DashboardProps, PageFrame } from "../../views/dashboard.tsx";
import { wordsFor } from "../../views/words/index.ts";

/** The instant of every sample. */
export const now = new Date("2026-11-22T21:16:30Z");
const MINUTE_MS = 60_000;
const ago = (ms: number): Date => new Date(now.getTime() - ms);

export const aPart = (over: Partial<PartStatus> = {}): PartStatus => ({
  name: "database",
  level: "ok",
  reason: "postgres",
  params: {},
  since: null,
  ...over,
});

export const aSystem = (over: Partial<SystemStatus> = {}): SystemStatus => ({
  version: "0.1.0",
  startedAt: ago(134 * MINUTE_MS),
  isDemo: false,
  isReadOnly: false,
  parts: [
    aPart({
      name: "chat",
      reason: "connected",
      params: { login: "byte_agent" },
      since: ago(134 * MINUTE_MS),
    }),
    aPart(),
    aPart({ name: "model", reason: "ok", params: { model: "gpt-5-mini" } }),
    aPart({ name: "recorder", reason: "ok", params: { waiting: 0, dropped: 0 } }),
    aPart({ name: "leases", reason: "ok", params: { count: 3 } }),
    aPart({ name: "jobs", reason: "ok" }),
  ],
  ...over,
});

export const aSummary = (over: Partial<ChannelSummary> = {}): ChannelSummary => ({
  login: "cabrasolar",
  channelId: "1001",
  state: "joined",
  reason: null,
  messages10m: 184,
  lastMessageAt: ago(2_000),
  ...over,
});

export const channels: readonly ChannelSummary[] = [
  aSummary(),
  aSummary({ login: "ferrugemlab", channelId: "1002", messages10m: 61, lastMessageAt: ago(9_000) }),
  aSummary({ login: "nebulosa_tv", channelId: null, state: "failed", reason: "msg_banned", messages10m: 0, lastMessageAt: null }),
];

/** An hour with a lull, a raid and a climb; the same at each call. */
export const aFigures = (over: Partial<ChannelFigures> = {}): ChannelFigures => {
  const minutes = Array.from({ length: 60 }, (_, i) => ({
    startedAt: new Date(Math.floor(now.getTime() / MINUTE_MS - (59 - i)) * MINUTE_MS),
    messages: Math.round(14 + 6 * Math.sin(i / 5) + 34 * Math.exp(-((i - 31) ** 2) / 10) + ((i * 7) % 5)),
  }));
  return {
    channelId: "1001",
    messagesTotal: 2_431,
    chattersTotal: 317,
    repliesTotal: 41,
    messages10m: 184,
    chatters10m: 52,
    minutes,
    dropped: 0,
    ...over,
  };
};

export const aLine = (over: Partial<HistoryLine> = {}): HistoryLine => ({
  seq: 1,
  messageId: "b34ccfc7-4977-403a-8a94-33c6bac34fb8",
  channelId: "1001",
  chatterId: "501",
  login: "uvaitalia_",
  displayName: "uvaitalia_",
  text: "qual mod é esse do relógio?",
  kind: "chat",
  color: "",
  badges: [],
  emotes: [],
  replyToId: null,
  traceId: null,
  sentAt: ago(60_000),
  deletedAt: null,
  ...over,
});

const TALK: readonly [string, string, Partial<HistoryLine>?][] = [
  ["bolinhodechuva7", "KKKKKKKKKK NÃO cabraRi", { badges: ["subscriber"], emotes: [{ id: "1", start: 15, end: 21 }] }],
  ["tatubola22", "a ponte mds cabraChora", { emotes: [{ id: "2", start: 12, end: 21 }] }],
  ["quartzorosa_", "CLIPA CLIPA CLIPA", { badges: ["vip"] }],
  ["uvaitalia_", "qual mod é esse do relógio?"],
  ["semcafe_", "esse inverno vai ser difícil hein"],
  ["vent0sul", "oi! primeira vez aqui, que jogo é esse?", { badges: ["first"] }],
  ["ju_no_mapa", "Vale do Orvalho! bem-vindo", { badges: ["moderator"] }],
  ["zeh_parafuso", "byte, quanto falta pro celeiro?"],
  [
    "Byte",
    "@zeh_parafuso faltam 120 de madeira e 3 dias de obra no jogo. Dá tempo antes da neve.",
    { kind: "reply", traceId: "t1" },
  ],
  ["compre_views_aqui7", "ganhe viewers agora → [link]", { deletedAt: ago(50_000) }],
  ["kiwi_lento", "cheguei agora, o que tá rolando?"],
  ["مرحبا_Ahmad", "مرحبا من بعيد"],
  [
    "pipocadoce91",
    "cabraHype cabraHype bora celeiro",
    {
      badges: ["subscriber"],
      emotes: [
        { id: "3", start: 0, end: 8 },
        { id: "3", start: 10, end: 18 },
      ],
    },
  ],
  [
    "marola_fm",
    "alguém resume? caí aqui agora, e esta é uma mensagem comprida o bastante para quebrar em duas linhas numa coluna estreita",
  ],
  [
    "Byte",
    "Resumo: a cabra derrubou a ponte, o celeiro está 60% pronto e a meta de hoje é fechá-lo antes do inverno.",
    { kind: "reply", messageId: "unconfirmed-t2", traceId: "t2" },
  ],
  ["cabrasolar", "obrigada pelo resumo, Byte!", { badges: ["broadcaster"] }],
  ["sapo_de_oculos", "voltei!! senti falta dessa cabra", { badges: ["subscriber"] }],
];

export const lines: readonly HistoryLine[] = TALK.map(([name, text, over], i) =>
  aLine({
    seq: i + 1,
    messageId: `00000000-0000-4000-8000-${String(i).padStart(12, "0")}`,
    chatterId: String(500 + i),
    login: name.toLowerCase(),
    displayName: name,
    text,
    sentAt: ago((TALK.length - i) * 20_000 - 18_000),
    ...over,
  }),
);

export const anEvent = (body: EventBody, over: Partial<TimelineEvent> = {}): TimelineEvent => ({
  id: 1,
  at: ago(60_000),
  channelId: "1001",
  traceId: null,
  body,
  ...over,
});

const member = { kind: "member", name: "Marina" } as const;

/** One event of each type. */
export const bodies: readonly EventBody[] = [
  {
    type: "reply.sent",
    text: "@marola_fm resumo: a cabra derrubou a ponte.",
    route: "model",
    status: "unconfirmed",
    reason: "no_answer",
    latencyMs: 2_140,
  },
  { type: "reply.asked", login: "marola_fm", name: "marola_fm", question: "alguém resume?", messageId: "m1" },
  { type: "chat.support", kind: "gift_bomb", login: "quartzorosa_", name: "quartzorosa_", amount: 5, months: null, text: "" },
  {
    type: "reply.sent",
    text: "@zeh_parafuso faltam 120 de madeira e 3 dias de obra.",
    route: "model",
    status: "confirmed",
    reason: null,
    latencyMs: 912,
  },
  { type: "reply.asked", login: "zeh_parafuso", name: "zeh_parafuso", question: "quanto falta pro celeiro?", messageId: "m2" },
  { type: "chat.cleared", login: "compre_views_aqui7", seconds: 600 },
  { type: "chat.raid", fromLogin: "ferrugemlab", fromName: "FerrugemLab", viewers: 38 },
  {
    type: "chat.support",
    kind: "resub",
    login: "sapo_de_oculos",
    name: "sapo_de_oculos",
    amount: 1,
    months: 7,
    text: "7 meses de cabra!",
  },
  {
    type: "chat.support",
    kind: "cheer",
    login: "tatubola22",
    name: "tatubola22",
    amount: 500,
    months: null,
    text: "pro celeiro",
  },
  { type: "chat.support", kind: "sub", login: "kiwi_lento", name: "kiwi_lento", amount: 1, months: 1, text: "", tier: "Prime" },
  { type: "chat.support", kind: "power_up", login: "", name: "", amount: 300, months: null, text: "" },
  { type: "channel.followed", login: "kiwi_lento", name: "kiwi_lento" },
  { type: "channel.redeemed", login: "tatubola22", name: "tatubola22", reward: "Hidratação", cost: 500, text: "bebe água!" },
  { type: "channel.updated", title: "Ano 3, inverno: o celeiro", category: "Vale do Orvalho", language: "pt" },
  { type: "channel.updated", title: "Sem categoria", category: "", language: "" },
  { type: "stream.online", streamId: "88", startedAt: ago(134 * MINUTE_MS).toISOString() },
  { type: "stream.offline", streamId: null },
  { type: "stream.ad_break", seconds: 90, isAutomatic: false },
  { type: "stream.ad_break", seconds: 30, isAutomatic: true },
  { type: "stream.hype_train", phase: "began", trainId: "h1", level: 1, total: 200 },
  { type: "stream.hype_train", phase: "progressed", trainId: "h1", level: 2, total: 1_900 },
  { type: "stream.hype_train", phase: "ended", trainId: "h1", level: 3, total: 4_200 },
  { type: "chat.banned", login: "spam", name: "spam", by: "ju_no_mapa", reason: "divulgação", seconds: null },
  { type: "chat.banned", login: "spam", name: "spam", by: "", reason: "", seconds: 600 },
  { type: "chat.unbanned", login: "spam", name: "spam", by: "ju_no_mapa" },
  { type: "chat.shared_visible" },
  { type: "account.connected", login: "byte_agent", role: "bot", by: member },
  { type: "account.connected", login: "cabrasolar", role: "broadcaster", by: member },
  { type: "account.removed", login: "cabrasolar", by: member },
  { type: "account.login_needed", login: "byte_agent", reason: "token_refused" },
  { type: "account.login_needed", login: "byte_agent", reason: "wrong_account" },
  { type: "account.restored", login: "byte_agent" },
  { type: "feature.off", feature: "hype_train", login: "cabrasolar", reason: "scope_missing" },
  { type: "eventsub.lost", login: "cabrasolar", reason: "silent" },
  { type: "eventsub.back", login: "cabrasolar" },
  { type: "chat.support", kind: "gift", login: "kiwi_lento", name: "kiwi_lento", amount: 1, months: null, text: "" },
  { type: "chat.first_message", login: "vent0sul", name: "vent0sul", text: "oi! primeira vez aqui, que jogo é esse?" },
  { type: "hud.message", text: "Raid chegando, dá um oi pra Marola", source: "dashboard", by: member },
  { type: "mood.trigger", trigger: "anti-confusion", vibe: "confused", average: -0.2, messages: 7 },
  { type: "mood.trigger", trigger: "hype", vibe: "hyped", average: 0.44, messages: 38 },
  { type: "mood.lull", trigger: "anti-boredom", vibe: "chill", average: 0.01, messages: 6 },
  { type: "reply.dropped", reason: "cooling", messageId: "m3" },
  { type: "reply.sent", text: "…", route: "model", status: "rejected", reason: "msg_duplicate", latencyMs: 700 },
  { type: "model.failed", reason: "model_deadline", model: "gpt-5-mini" },
  { type: "model.breaker_opened", failures: 3, retryAt: now.toISOString() },
  { type: "model.breaker_closed" },
  { type: "database.lost", reason: "connection_refused" },
  { type: "database.back", awayMs: 14_000, kept: 212, dropped: 0 },
  { type: "database.back", awayMs: 140_000, kept: 50_000, dropped: 12 },
  { type: "chat.overflow", dropped: 12 },
  { type: "chat.cleared", login: "spam", seconds: null },
  { type: "chat.cleared", login: null, seconds: null },
  { type: "channel.added", login: "nebulosa_tv", by: member },
  { type: "channel.removed", login: "dona_faisca", by: { kind: "chatter", id: "9", login: "marina" } },
  { type: "channel.join_failed", login: "nebulosa_tv", reason: "msg_banned" },
  { type: "channel.left", login: "dona_faisca" },
  { type: "channel.joined", login: "cabrasolar" },
  { type: "chat.login_failed", reason: "login_failed" },
  { type: "chat.disconnected", reason: "silent" },
  { type: "chat.connected", login: null, anonymous: true },
  { type: "chat.connected", login: "byte_agent", anonymous: false },
  { type: "app.stopped" },
  { type: "app.started", version: "0.1.0" },
];

export const events: readonly TimelineEvent[] = bodies.map((body, i) =>
  anEvent(body, {
    id: 1_000 - i,
    at: ago(15_000 + i * 95_000),
    traceId: body.type === "reply.sent" ? (body.status === "confirmed" ? "t1" : "t2") : null,
  }),
);

export const hudEvents = events.filter(({ body }) =>
  ["hud.message", "chat.raid", "chat.support", "chat.first_message", "chat.disconnected"].includes(body.type),
);

export const aView = (over: Partial<ChannelView> = {}): ChannelView => ({
  summary: aSummary(),
  figures: aFigures(),
  lines,
  events,
  ...over,
});

/** Ten minutes that went from sour to merry, with a pause; the lines are judged as these. */
export const aMood = (over: Partial<MoodView> = {}): MoodView => ({
  vibe: "fun",
  windows: {
    "1m": { count: 19, average: 0.24, positive: 0.58, neutral: 0.36, negative: 0.06 },
    "5m": { count: 84, average: 0.11, positive: 0.31, neutral: 0.55, negative: 0.14 },
    "10m": { count: 184, average: -0.04, positive: 0.22, neutral: 0.52, negative: 0.26 },
  },
  steps: Array.from({ length: 20 }, (_, i) => ({
    startedAt: new Date(now.getTime() - (19 - i) * 30_000),
    count: i === 7 ? 0 : 5 + (i % 4),
    average: i === 7 ? 0 : Math.round(40 * Math.sin((i - 9) / 5)) / 100,
  })),
  emotes: [{ name: "cabraHype", weight: 0.6, messages: 31, chatters: 8 }],
  examples: lines
    .filter(({ kind }) => kind === "chat")
    .slice(-6)
    .map(({ messageId, sentAt, chatterId, login, displayName, text }, i) => ({
      messageId,
      sentAt,
      chatterId,
      login,
      displayName,
      text,
      score: i % 3 === 0 ? -0.4 : 0.5,
      label: i % 3 === 0 ? -1 : 1,
      evidence: text
        .split(" ")
        .slice(0, 3)
        .map((token, j) => ({ token, weight: j === 1 ? -1.25 : 2, why: "word" })),
    })),
  ...over,
});

export const aStream = (over: Partial<StreamSummary> = {}): StreamSummary => ({
  id: "5b0f",
  channelId: "1001",
  twitchIds: ["41375541868"],
  source: "eventsub",
  title: "Ano 3, inverno: o celeiro",
  category: "Vale do Orvalho",
  startedAt: ago(80 * MINUTE_MS),
  offlineAt: null,
  endedAt: null,
  viewersPeak: 61,
  viewersLast: 48,
  counts: { messages: 1_940, chatters: 212, replies: 33 },
  ...over,
});

const ended = (id: string, startMs: number, lengthMs: number, over: Partial<StreamSummary> = {}) => {
  const endedAt = ago(startMs - lengthMs);
  return aStream({ id, startedAt: ago(startMs), offlineAt: endedAt, endedAt, ...over });
};

/** One that is live, one over midnight, one that was guessed from chat, and one whose lines could not be counted. */
export const streams: readonly StreamSummary[] = [
  aStream(),
  ended("5b0e", 23 * 60 * MINUTE_MS, 5 * 60 * MINUTE_MS),
  ended("5b0d", 70 * 60 * MINUTE_MS, 47 * MINUTE_MS, { source: "chat", viewersPeak: null, viewersLast: null }),
  ended("5b0c", 200 * 60 * MINUTE_MS, 185 * MINUTE_MS, { counts: null }),
];

export const anAccount = (over: Partial<AccountSummary> = {}): AccountSummary => ({
  userId: "9001",
  login: "byte_agent",
  displayName: "byte_agent",
  role: "bot",
  source: "signed_in",
  state: "ok",
  reason: null,
  scopes: ["chat:read", "user:read:chat", "chat:edit", "user:write:chat", "user:bot"],
  tiers: ["read", "talk"],
  expiresAt: new Date(now.getTime() + 214 * MINUTE_MS),
  validatedAt: ago(14 * MINUTE_MS),
  ...over,
});

/** A bot that is well, and a broadcaster who must sign in again. */
export const accounts: readonly AccountSummary[] = [
  anAccount(),
  anAccount({
    userId: "1001",
    login: "cabrasolar",
    displayName: "CabraSolar",
    role: "broadcaster",
    state: "login_needed",
    reason: "token_refused",
    scopes: ["channel:bot"],
    tiers: ["talk"],
    expiresAt: null,
  }),
];

export const aGap = (over: Partial<FeatureGap> = {}): FeatureGap => ({
  feature: "follows",
  channelLogin: "ferrugemlab",
  accountLogin: null,
  role: "broadcaster",
  tier: "events",
  reason: "account_missing",
  ...over,
});

/** One gap of each reason. */
export const gaps: readonly FeatureGap[] = [
  aGap({ channelLogin: "cabrasolar", accountLogin: "cabrasolar", reason: "login_needed", tier: "talk", feature: "chat_badge" }),
  aGap({
    channelLogin: null,
    accountLogin: "byte_agent",
    role: "bot",
    tier: "clips",
    feature: "clips_live",
    reason: "scope_missing",
  }),
  aGap({
    channelLogin: null,
    accountLogin: "byte_agent",
    role: "bot",
    tier: "clips",
    feature: "clips_vod",
    reason: "scope_missing",
  }),
  aGap({ accountLogin: "byte_agent", role: "bot", feature: "chatters", reason: "not_moderator" }),
  aGap(),
  aGap({ feature: "subscriptions" }),
  aGap({ feature: "bits" }),
  aGap({ channelLogin: "nebulosa_tv", feature: "stream", role: "bot", accountLogin: "byte_agent", reason: "cost_limit" }),
  aGap({ channelLogin: "cabrasolar", accountLogin: "cabrasolar", feature: "hype_train", reason: "refused" }),
];

export const aSignin = (over: Partial<TwitchSignin> = {}): TwitchSignin => ({
  id: "s-1",
  role: "bot",
  tiers: ["read", "talk"],
  userCode: "KQDV7MHP",
  verificationUrl: "https://www.twitch.tv/activate?public=true&device-code=KQDV7MHP",
  expiresAt: new Date(now.getTime() + 29 * MINUTE_MS - 1_000),
  state: "waiting",
  login: null,
  reason: null,
  params: {},
  ...over,
});

export const aFrame = (over: Partial<PageFrame> = {}): PageFrame => ({
  words: wordsFor("pt"),
  theme: "dark",
  zone: "UTC",
  now,
  system: aSystem(),
  accounts: [],
  path: "/dashboard",
  ...over,
});

export const aDashboard = (over: Partial<DashboardProps> = {}): DashboardProps => ({
  ...aFrame(),
  page: "operate",
  channels,
  focused: aView(),
  hud: hudEvents,
  mood: aMood(),
  streams,
  hudUrl: "http://127.0.0.1:7860/dashboard/hud?token=c2FtcGxlLXRva2VuLWZvci10aGUtaHVk",
  cursor: "1000-17",
  gaps: [],
  canConnect: true,
  tokens: [
    { id: "t1", name: "stream deck", createdAt: ago(9 * 24 * 60 * MINUTE_MS), lastUsedAt: ago(4 * MINUTE_MS) },
    { id: "t2", name: "planilha", createdAt: ago(2 * 24 * 60 * MINUTE_MS), lastUsedAt: null },
  ],
  sessions: [
    { id: "s1", label: "Chromium, Linux", createdAt: ago(3 * 60 * MINUTE_MS), lastSeenAt: ago(1_000), isCurrent: true },
    { id: "s2", label: "", createdAt: ago(30 * 60 * MINUTE_MS), lastSeenAt: ago(5 * 60 * MINUTE_MS), isCurrent: false },
  ],
  ...over,
});
