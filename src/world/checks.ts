import type { LogEntry } from "./log.ts";

/** A rule of Twitch's that a client broke, with the log entry that shows it. */
export interface Violation {
  check: CheckId;
  seq: number;
  at: string;
  text: string;
}

export type CheckId =
  | "message_rate"
  | "sent_while_muted"
  | "join_budget"
  | "auth_budget"
  | "reconnect_storm"
  | "eventsub_inbound"
  | "eventsub_unused"
  | "pong_missing"
  | "validate_hourly"
  | "token_in_url"
  | "revoked_token_used"
  | "refreshed_twice"
  | "device_polled_fast";

const MIN_MS = 60_000;
/** More logins or EventSub connects than this per minute are a storm. */
const CONNECTS_PER_MIN_MAX = 10;
/** A refused login may be tried again after this. */
const LOGIN_RETRY_MS = 30_000;
/** Twitch asks for a validation every hour; this much later counts as missed. */
const VALIDATE_EVERY_MS = 65 * MIN_MS;
const VALIDATE_START_MS = 5 * MIN_MS;

/** Everything in the log that a well-behaved client would not have done, in order. */
export function findViolations(entries: readonly LogEntry[], now: Date): Violation[] {
  const found = [
    ...entries.flatMap(single),
    ...storms(entries),
    ...refusedLogins(entries),
    ...refreshes(entries),
    ...revokedUse(entries),
    ...validations(entries, now),
  ];
  return found.sort((a, b) => a.seq - b.seq);
}

const violation = (check: CheckId, entry: LogEntry, text: string): Violation => ({ check, seq: entry.seq, at: entry.at, text });

/** Those that one entry shows. */
function single(entry: LogEntry): Violation[] {
  const found: Violation[] = [];
  const { what, fields } = entry;
  if (what === "rate exceeded")
    found.push(violation("message_rate", entry, `${fields.login} went over the ${fields.rule} limit in ${fields.channel}`));
  if (what === "refused" && fields.code === "muted")
    found.push(violation("sent_while_muted", entry, `${fields.login} sent to ${fields.channel} while muted`));
  if (what === "JOIN" && fields.outcome === "over rate")
    found.push(violation("join_budget", entry, `${fields.login} joined too fast: ${fields.channel}`));
  if (what === "JOIN" && fields.outcome === "over concurrent")
    found.push(violation("join_budget", entry, `${fields.login} is in too many channels for ${fields.channel}`));
  if (what === "inbound data") found.push(violation("eventsub_inbound", entry, "the client sent data on an EventSub socket"));
  if (what === "close" && fields.code === 4003 && fields.fault !== true)
    found.push(violation("eventsub_unused", entry, "no subscription within 10 s of the welcome"));
  if (what === "PONG missing") found.push(violation("pong_missing", entry, "no PONG in time"));
  if (fields.secretInUrl === true) found.push(violation("token_in_url", entry, `a token stood in the URL of ${what}`));
  if (what === "device polled too fast") found.push(violation("device_polled_fast", entry, "polled faster than the interval"));
  return found;
}

const timeOf = (entry: LogEntry): number => Date.parse(entry.at);

/** Too many logins of one nick, or too many EventSub connects, within a minute. */
function storms(entries: readonly LogEntry[]): Violation[] {
  const found: Violation[] = [];
  const recent = new Map<string, number[]>();
  for (const entry of entries) {
    const key = keyOfConnect(entry);
    if (key === null) continue;
    const times = (recent.get(key) ?? []).filter((time) => timeOf(entry) - time < MIN_MS);
    times.push(timeOf(entry));
    recent.set(key, times);
    if (times.length > CONNECTS_PER_MIN_MAX)
      found.push(violation("reconnect_storm", entry, `${times.length} connects within a minute: ${key}`));
  }
  return found;
}

function keyOfConnect(entry: LogEntry): string | null {
  if (entry.surface === "irc" && entry.what === "login") return `irc ${entry.fields.login}`;
  // Going where Twitch asked it to go is not a client's storm.
  const isOwn = entry.surface === "eventsub" && entry.what === "connect" && entry.fields.reconnect !== true;
  return isOwn ? "eventsub" : null;
}

/** The same refused token tried again at once, or more logins than Twitch takes. */
function refusedLogins(entries: readonly LogEntry[]): Violation[] {
  const found: Violation[] = [];
  const refused = new Map<string, number>();
  const recent = new Map<string, number[]>();
  for (const entry of entries) {
    if (entry.surface !== "irc" || entry.what !== "login" || entry.fields.token === null) continue;
    const login = String(entry.fields.login);
    const times = (recent.get(login) ?? []).filter((time) => timeOf(entry) - time < 10_000);
    times.push(timeOf(entry));
    recent.set(login, times);
    if (times.length > 20) found.push(violation("auth_budget", entry, `${login} logged in ${times.length} times within 10 s`));
    if (entry.fields.ok !== false) continue;
    const token = `${login} ${entry.fields.token}`;
    const last = refused.get(token);
    refused.set(token, timeOf(entry));
    if (last !== undefined && timeOf(entry) - last < LOGIN_RETRY_MS)
      found.push(violation("revoked_token_used", entry, `${login} tried a refused token again within 30 s`));
  }
  return found;
}

/** A one-time token used twice, or any refresh token twice within ten seconds. */
function refreshes(entries: readonly LogEntry[]): Violation[] {
  const found: Violation[] = [];
  const last = new Map<string, number>();
  for (const entry of entries) {
    if (entry.what !== "refresh") continue;
    const label = String(entry.fields.refresh);
    const before = last.get(label);
    last.set(label, timeOf(entry));
    if (before === undefined) continue;
    if (entry.fields.oneTime === true || timeOf(entry) - before < 10_000)
      found.push(violation("refreshed_twice", entry, `${label} was used again`));
  }
  return found;
}

/** The first use of a revoked token discovers it; a second is a fault. */
function revokedUse(entries: readonly LogEntry[]): Violation[] {
  const found: Violation[] = [];
  const seen = new Set<string>();
  for (const entry of entries) {
    if (entry.surface !== "helix" || entry.fields.tokenState !== "revoked") continue;
    const label = String(entry.fields.token);
    if (seen.has(label)) found.push(violation("revoked_token_used", entry, `${label} is revoked and was used again`));
    seen.add(label);
  }
  return found;
}

/** Accounts that stay in chat and are not validated at the start and every hour. */
function validations(entries: readonly LogEntry[], now: Date): Violation[] {
  const found: Violation[] = [];
  for (const stay of staysOf(entries, now)) {
    const times = entries
      .filter(
        (entry) =>
          entry.what === "validate" && entry.fields.login === stay.login && timeOf(entry) >= stay.fromMs - VALIDATE_EVERY_MS,
      )
      .map(timeOf)
      .filter((time) => time <= stay.toMs);
    if (stay.toMs - stay.fromMs > VALIDATE_START_MS && !times.some((time) => time <= stay.fromMs + VALIDATE_START_MS)) {
      found.push(violation("validate_hourly", stay.entry, `${stay.login} was not validated at the start`));
    }
    const points = [stay.fromMs, ...times.filter((time) => time > stay.fromMs), stay.toMs];
    if (points.some((time, i) => i > 0 && time - (points[i - 1] ?? time) > VALIDATE_EVERY_MS)) {
      found.push(violation("validate_hourly", stay.entry, `${stay.login} was not validated for more than an hour`));
    }
  }
  return found;
}

interface Stay {
  login: string;
  fromMs: number;
  toMs: number;
  entry: LogEntry;
}

/** From login to the end of the connection, or to now. Anonymous readers have nothing to validate. */
function staysOf(entries: readonly LogEntry[], now: Date): Stay[] {
  const open = new Map<string, Stay>();
  const all: Stay[] = [];
  for (const entry of entries) {
    if (entry.surface !== "irc" || entry.conn === null) continue;
    if (entry.what === "login" && entry.fields.ok === true && entry.fields.token !== null) {
      const stay: Stay = { login: String(entry.fields.login), fromMs: timeOf(entry), toMs: now.getTime(), entry };
      open.set(entry.conn, stay);
      all.push(stay);
    }
    const stay = entry.what === "closed" ? open.get(entry.conn) : undefined;
    if (stay) stay.toMs = timeOf(entry);
  }
  return all;
}
