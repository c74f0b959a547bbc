import type { AccountSummary, PartStatus } from "../domain/snapshots.ts";
import type { ChatStatus } from "../ports.ts";
import type { EventSubCounters, EventSubStatus } from "../ports-twitch.ts";
import type { JobsStatus } from "./jobs.ts";
import type { RecorderStats } from "./recorder.ts";
import type { RepliesStatus } from "./replies.ts";

/** What the parts say of themselves, gathered. */
export interface PartReports {
  chat: ChatStatus;
  accounts: readonly AccountSummary[];
  /** Whether people can sign in with Twitch at all. */
  canConnect: boolean;
  eventsub: { accounts: readonly EventSubStatus[]; counters: EventSubCounters };
  database: { engine: "postgres" | "embedded"; awaySince: Date | null };
  recorder: RecorderStats;
  /** Lines that a channel's mailbox had to drop. */
  mailboxDropped: number;
  /** Null: no model is configured. */
  replies: RepliesStatus | null;
  modelName: string;
  jobs: JobsStatus;
  /** Channels held by this process, and those held by another one. */
  held: number;
  elsewhere: number;
}

/** More lines than this waiting means that the database does not keep up. */
const BEHIND_LINES = 20_000;

/** How each part is at `now`, for the status panel, the strip and `/ready`. */
export function partsOf(reports: PartReports, now: Date): PartStatus[] {
  return [
    chatPart(reports, now),
    accountsPart(reports),
    eventsPart(reports, now),
    databasePart(reports),
    modelPart(reports, now),
    recorderPart(reports),
    leasesPart(reports),
    jobsPart(reports),
  ];
}

function secondsUntil(at: Date | null, now: Date): number {
  return at === null ? 0 : Math.max(0, Math.ceil((at.getTime() - now.getTime()) / 1_000));
}

function chatPart({ chat }: PartReports, now: Date): PartStatus {
  const base = { name: "chat", since: chat.since, params: {} } as const;
  switch (chat.state) {
    case "connected":
      if (chat.anonymous) return { ...base, level: "info", reason: "anonymous" };
      return chat.malformed > 0
        ? { ...base, level: "ok", reason: "unread", params: { login: chat.login ?? "", count: chat.malformed } }
        : { ...base, level: "ok", reason: "connected", params: { login: chat.login ?? "" } };
    case "waiting":
      return {
        ...base,
        level: "bad",
        reason: "waiting",
        params: { reason: chat.reason ?? "closed", seconds: secondsUntil(chat.retryAt, now) },
      };
    case "login_failed":
      return { ...base, level: "bad", reason: "login_failed" };
    default:
      return { ...base, level: "warn", reason: chat.state };
  }
}

function accountsPart({ accounts, canConnect }: PartReports): PartStatus {
  const base = { name: "accounts", params: {}, since: null } as const;
  const logins = accounts.filter((account) => account.state === "login_needed").map((account) => account.login);
  if (logins.length > 0) return { ...base, level: "bad", reason: "login_needed", params: { logins: logins.join(", ") } };
  if (accounts.length === 0) return { ...base, level: "info", reason: canConnect ? "none" : "unconfigured" };
  if (accounts.some((account) => account.state === "unchecked")) return { ...base, level: "info", reason: "unchecked" };
  return { ...base, level: "ok", reason: "ok", params: { count: accounts.length } };
}

function eventsPart({ eventsub, accounts }: PartReports, now: Date): PartStatus {
  const base = { name: "events", params: {}, since: null } as const;
  const wanting = eventsub.accounts.filter((one) => one.wanted > 0);
  if (wanting.length === 0) return { ...base, level: "info", reason: "off" };
  const away = wanting.find((one) => one.state === "waiting");
  if (away) {
    const login = accounts.find((account) => account.userId === away.account)?.login ?? away.account;
    const params = { login, reason: away.reason ?? "closed", seconds: secondsUntil(away.retryAt, now) };
    return { ...base, level: "warn", reason: "waiting", params, since: away.since };
  }
  const enabled = wanting.reduce((sum, one) => sum + one.enabled, 0);
  const failed = wanting.reduce((sum, one) => sum + one.failed, 0);
  if (failed > 0) return { ...base, level: "warn", reason: "partial", params: { enabled, failed } };
  const { malformed, stale } = eventsub.counters;
  const lost = malformed + stale;
  if (lost > 0) return { ...base, level: "info", reason: "unread", params: { enabled, count: lost } };
  return { ...base, level: "ok", reason: "ok", params: { enabled } };
}

function databasePart({ database, recorder }: PartReports): PartStatus {
  const { engine, awaySince } = database;
  if (awaySince === null) return { name: "database", level: "ok", reason: engine, params: {}, since: null };
  return { name: "database", level: "bad", reason: "lost", params: { kept: recorder.linesWaiting }, since: awaySince };
}

function modelPart({ replies, modelName }: PartReports, now: Date): PartStatus {
  const base = { name: "model", params: { model: modelName }, since: null } as const;
  if (replies === null) return { ...base, level: "info", reason: "missing", params: {} };
  if (replies.isOpen) {
    return {
      ...base,
      level: "warn",
      reason: "breaker_open",
      params: { model: modelName, seconds: secondsUntil(replies.retryAt, now) },
    };
  }
  if (replies.lastFailure !== null)
    return { ...base, level: "warn", reason: "failing", params: { model: modelName, reason: replies.lastFailure } };
  return { ...base, level: "ok", reason: replies.answered > 0 ? "ok" : "idle" };
}

function recorderPart({ recorder, mailboxDropped }: PartReports): PartStatus {
  const dropped = recorder.linesDropped + recorder.eventsDropped + recorder.linesRefused + mailboxDropped;
  const base = { name: "recorder", params: { waiting: recorder.linesWaiting, dropped }, since: recorder.awaySince } as const;
  if (dropped > 0) return { ...base, level: "warn", reason: "dropping" };
  if (recorder.awaySince !== null || recorder.linesWaiting > BEHIND_LINES) return { ...base, level: "warn", reason: "behind" };
  return { ...base, level: "ok", reason: "ok" };
}

function leasesPart({ held, elsewhere }: PartReports): PartStatus {
  const base = { name: "leases", level: "ok", since: null } as const;
  if (elsewhere > 0) return { ...base, reason: "elsewhere", params: { count: elsewhere } };
  return held > 0 ? { ...base, reason: "ok", params: { count: held } } : { ...base, level: "info", reason: "none", params: {} };
}

function jobsPart({ jobs }: PartReports): PartStatus {
  if (jobs.state === "failed")
    return { name: "jobs", level: "warn", reason: "failed", params: { reason: jobs.reason ?? "unknown" }, since: null };
  return {
    name: "jobs",
    level: jobs.state === "running" ? "ok" : "info",
    reason: jobs.state === "running" ? "ok" : "off",
    params: {},
    since: null,
  };
}
