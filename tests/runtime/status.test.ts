import { expect, test } from "bun:test";
import type { AccountSummary } from "../../src/domain/snapshots.ts";
import type { EventSubStatus } from "../../src/ports-twitch.ts";
import { type PartReports, partsOf } from "../../src/runtime/status.ts";
import { en } from "../../views/words/en.ts";

const now = new Date("2026-11-22T12:00:00.000Z");
const soon = new Date(now.getTime() + 14_200);

const counters = { notifications: 9, repeated: 0, stale: 0, malformed: 0, unknown: 0 };

/** All well, but for what the test says. */
const reports = (over: Partial<PartReports> = {}): PartReports => ({
  chat: {
    state: "connected",
    anonymous: false,
    login: "bytebot",
    userId: "9",
    reason: null,
    since: now,
    retryAt: null,
    joined: [],
    malformed: 0,
  },
  accounts: [],
  canConnect: false,
  eventsub: { accounts: [], counters },
  database: { engine: "postgres", awaySince: null },
  recorder: {
    linesWaiting: 0,
    linesDropped: 0,
    linesRefused: 0,
    linesStored: 10,
    linesDone: 10,
    eventsWaiting: 0,
    eventsDropped: 0,
    awaySince: null,
  },
  mailboxDropped: 0,
  replies: { running: 0, waiting: 0, refused: 0, answered: 1, isOpen: false, retryAt: null, lastFailure: null },
  modelName: "gpt",
  jobs: { state: "running", failures: 0, reason: null },
  held: 2,
  elsewhere: 0,
  ...over,
});
const usual = reports();
const chat = usual.chat;
const replies = usual.replies as NonNullable<PartReports["replies"]>;
const recorder = usual.recorder;
const account: AccountSummary = {
  userId: "9",
  login: "bytebot",
  displayName: "Bytebot",
  role: "bot",
  source: "signed_in",
  state: "ok",
  reason: null,
  scopes: [],
  tiers: [],
  expiresAt: null,
  validatedAt: now,
};
const events: EventSubStatus = {
  account: "9",
  state: "connected",
  reason: null,
  since: now,
  retryAt: null,
  connections: 1,
  wanted: 5,
  enabled: 5,
  failed: 0,
};

const CASES: readonly (readonly [
  name: string,
  over: Partial<PartReports>,
  part: string,
  level: string,
  reason: string,
  params: object,
])[] = [
  ["chat connected", {}, "chat", "ok", "connected", { login: "bytebot" }],
  ["chat anonymous", { chat: { ...chat, anonymous: true } }, "chat", "info", "anonymous", {}],
  ["chat connecting", { chat: { ...chat, state: "connecting" } }, "chat", "warn", "connecting", {}],
  [
    "chat waiting",
    { chat: { ...chat, state: "waiting", reason: "silent", retryAt: soon } },
    "chat",
    "bad",
    "waiting",
    { reason: "silent", seconds: 15 },
  ],
  ["login refused", { chat: { ...chat, state: "login_failed" } }, "chat", "bad", "login_failed", {}],
  ["no client id", {}, "accounts", "info", "unconfigured", {}],
  ["nobody signed in", { canConnect: true }, "accounts", "info", "none", {}],
  ["accounts not yet checked", { accounts: [{ ...account, state: "unchecked" }] }, "accounts", "info", "unchecked", {}],
  ["accounts well", { accounts: [account] }, "accounts", "ok", "ok", { count: 1 }],
  [
    "F4: an account that must sign in again",
    { accounts: [account, { ...account, userId: "8", login: "ana", state: "login_needed", reason: "token_refused" }] },
    "accounts",
    "bad",
    "login_needed",
    { logins: "ana" },
  ],
  [
    "no events wanted",
    { eventsub: { accounts: [{ ...events, wanted: 0, state: "off" }], counters } },
    "events",
    "info",
    "off",
    {},
  ],
  [
    "events that could not be read",
    { eventsub: { accounts: [events], counters: { ...counters, stale: 1, malformed: 2 } } },
    "events",
    "info",
    "unread",
    { enabled: 5, count: 3 },
  ],
  ["lines that could not be read", { chat: { ...chat, malformed: 2 } }, "chat", "ok", "unread", { login: "bytebot", count: 2 }],
  ["events well", { eventsub: { accounts: [events], counters } }, "events", "ok", "ok", { enabled: 5 }],
  [
    "events in part",
    { eventsub: { accounts: [{ ...events, enabled: 3, failed: 2 }], counters } },
    "events",
    "warn",
    "partial",
    { enabled: 3, failed: 2 },
  ],
  [
    "events away",
    {
      accounts: [account],
      eventsub: { accounts: [{ ...events, state: "waiting", reason: "4003", retryAt: soon, enabled: 0 }], counters },
    },
    "events",
    "warn",
    "waiting",
    { login: "bytebot", reason: "4003", seconds: 15 },
  ],
  ["Postgres", {}, "database", "ok", "postgres", {}],
  ["embedded", { database: { engine: "embedded", awaySince: null } }, "database", "ok", "embedded", {}],
  [
    "database away",
    { database: { engine: "postgres", awaySince: now }, recorder: { ...recorder, linesWaiting: 7 } },
    "database",
    "bad",
    "lost",
    { kept: 7 },
  ],
  ["no model", { replies: null }, "model", "info", "missing", {}],
  [
    "breaker open",
    { replies: { ...replies, isOpen: true, retryAt: soon } },
    "model",
    "warn",
    "breaker_open",
    { model: "gpt", seconds: 15 },
  ],
  [
    "model failing",
    { replies: { ...replies, lastFailure: "busy" } },
    "model",
    "warn",
    "failing",
    { model: "gpt", reason: "busy" },
  ],
  ["model idle", { replies: { ...replies, answered: 0 } }, "model", "ok", "idle", { model: "gpt" }],
  ["model well", {}, "model", "ok", "ok", { model: "gpt" }],
  [
    "lines dropped",
    { recorder: { ...recorder, linesDropped: 3 }, mailboxDropped: 2 },
    "recorder",
    "warn",
    "dropping",
    { waiting: 0, dropped: 5 },
  ],
  [
    "far behind",
    { recorder: { ...recorder, linesWaiting: 30_000 } },
    "recorder",
    "warn",
    "behind",
    { waiting: 30_000, dropped: 0 },
  ],
  ["channels elsewhere", { held: 0, elsewhere: 2 }, "leases", "ok", "elsewhere", { count: 2 }],
  ["no channel", { held: 0 }, "leases", "info", "none", {}],
  ["jobs failed", { jobs: { state: "failed", failures: 1, reason: "57P01" } }, "jobs", "warn", "failed", { reason: "57P01" }],
  ["jobs starting", { jobs: { state: "starting", failures: 0, reason: null } }, "jobs", "info", "off", {}],
];

test.each(CASES)("%s", (_, over, part, level, reason, params) => {
  expect(partsOf(reports(over), now).find((one) => one.name === part)).toMatchObject({ level, reason, params });
});

test("every part is told, once, and each of its reasons can be said", () => {
  const names = ["chat", "accounts", "events", "database", "model", "recorder", "leases", "jobs"];
  expect(partsOf(reports(), now).map((part) => part.name as string)).toEqual(names);
  for (const [, over, part, , reason] of CASES) {
    expect(partsOf(reports(over), now)).toHaveLength(names.length);
    expect(Object.keys(en)).toContain(`part.${part}.${reason}`);
  }
});
