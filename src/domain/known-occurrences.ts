import { detailOf, isMeaningKey, kindOf, type MeaningKind, meaningKey, ruleOf, STRONG_MS } from "./meanings.ts";
import type { Occurrence } from "./occurrences.ts";

/*
 * Which occurrences a channel was told of, so that each is told once: Twitch tells one thing over several surfaces, under
 * different ids, in any order, and some of it twice. Where Twitch gives no name that all surfaces share, reports are
 * counted as a multiset: one is taken for an occurrence of its meaning that its surface has not reported yet, the nearest
 * in time. So two equal cheers, each told on three surfaces, stay two. After a restart only the first report of each is
 * known: of equal things that one person did within a quarter of an hour around it, one may then be missed.
 */

/**
 * The same surface again within this, with the same meaning, is the same event under a second id. Not so in chat: its ids
 * are those of the messages themselves, and two ids are two messages.
 */
const REPEAT_MS = 3_000;
/** Known occurrences of one kind in a channel; by kind, because a flood of follows must not push out the cheers. */
const KNOWN_PER_KIND_MAX = 256;
const ID_CHARS_MAX = 200;

/** How far back what was told matters after a restart. */
export const TOLD_BACK_MS = STRONG_MS;
/** So many of them, the newest. */
export const TOLD_RESTORED_MAX = 1_000;

interface Report {
  source: string;
  id: string;
  /** Twitch's clock. */
  atMs: number;
}

/** An occurrence that was told, with the surfaces that reported it so far, once each; it was told from the first. */
export interface KnownOccurrence {
  readonly key: string;
  /** Twitch's id of a community gift, once a surface told it. */
  readonly giftId: string | null;
  readonly reports: readonly Report[];
  /** Our clock. */
  readonly heardAt: Date;
}

/** A row of the timeline that tells of an occurrence: its meaning (`meaningText`) and when it was written. */
export interface ToldOccurrence {
  meaning: string;
  at: Date;
}

/** What is known after a report, and the occurrence when it was not known before. */
interface Recognised {
  known: readonly KnownOccurrence[];
  fresh: KnownOccurrence | null;
}

/** Whether a report tells something new. */
export function recognise(known: readonly KnownOccurrence[], occurrence: Occurrence, now: Date): Recognised {
  const key = meaningKey(occurrence, lastStreamId(known));
  if (key === null) return { known, fresh: null };
  const { source, id, at } = occurrence.origin;
  const atMs = Number.isNaN(at.getTime()) ? now.getTime() : at.getTime();
  const report: Report = { source, id: id.slice(0, ID_CHARS_MAX), atMs };
  const giftId = occurrence.kind === "support" ? occurrence.giftId : null;

  const place = kindOf(key) === "update" ? placeOfUpdate(known, key, report) : placeOf(known, key, giftId, report);
  if (place === "repeated") return { known, fresh: null };
  if (place !== "new") {
    const reported = { ...place, giftId: place.giftId ?? giftId, reports: [...place.reports, report] };
    return { known: known.map((one) => (one === place ? reported : one)), fresh: null };
  }
  const fresh: KnownOccurrence = { key, giftId, reports: [report], heardAt: now };
  return { known: limited([...current(known, now), fresh]), fresh };
}

function lastStreamId(known: readonly KnownOccurrence[]): string | null {
  const online = known.findLast((one) => kindOf(one.key) === "online");
  return online ? detailOf(online.key) : null;
}

/** The known occurrence that the report is of and that its surface has not reported yet, if there is one. */
function placeOf(
  known: readonly KnownOccurrence[],
  key: string,
  giftId: string | null,
  report: Report,
): KnownOccurrence | "repeated" | "new" {
  const alike = known.filter((one) => one.key === key && isNear(one, report));
  if (alike.length === 0) return "new";
  if (ruleOf(key).isStrong || alike.some((one) => hasReport(one, giftId, report))) return "repeated";
  return nearest(
    alike.filter((one) => !isToldBy(one, report.source)),
    report,
  );
}

/** The one whose first report is nearest in Twitch's time, of equals the oldest. Which one it is, is all the same for their number. */
function nearest(known: readonly KnownOccurrence[], { atMs }: Report): KnownOccurrence | "new" {
  const gap = (one: KnownOccurrence) => Math.abs((one.reports[0]?.atMs ?? 0) - atMs);
  return known.reduce<KnownOccurrence | null>((best, one) => (best === null || gap(one) < gap(best) ? one : best), null) ?? "new";
}

/** An update that equals the last one changes nothing, and one from before it is overtaken. */
function placeOfUpdate(known: readonly KnownOccurrence[], key: string, { atMs }: Report): "repeated" | "new" {
  const last = known.findLast((one) => kindOf(one.key) === "update");
  if (last === undefined) return "new";
  return last.key === key || atMs < (last.reports[0]?.atMs ?? 0) ? "repeated" : "new";
}

const isNear = ({ key, reports }: KnownOccurrence, { atMs }: Report): boolean =>
  reports.some((one) => Math.abs(one.atMs - atMs) < ruleOf(key).windowMs);

const isToldBy = ({ reports }: KnownOccurrence, source: string): boolean => reports.some((one) => one.source === source);

function hasReport(known: KnownOccurrence, giftId: string | null, report: Report): boolean {
  if (giftId !== null && known.giftId === giftId) return true;
  return known.reports.some((one) => isSameReport(one, report));
}

function isSameReport(one: Report, other: Report): boolean {
  if (one.source !== other.source) return false;
  const areNamed = one.id !== "" && other.id !== "";
  if (areNamed && one.id === other.id) return true;
  if (areNamed && one.source === "chat") return false;
  return Math.abs(one.atMs - other.atMs) <= REPEAT_MS;
}

/** Without what is too old to be reported again. */
const current = (known: readonly KnownOccurrence[], now: Date): KnownOccurrence[] =>
  known.filter((one) => now.getTime() - one.heardAt.getTime() < ruleOf(one.key).windowMs);

/** The newest of each kind, in their order: of updates the last one alone. */
function limited(known: readonly KnownOccurrence[]): KnownOccurrence[] {
  const counts = new Map<MeaningKind, number>();
  const kept = known.toReversed().filter(({ key }) => {
    const kind = kindOf(key);
    const count = (counts.get(kind) ?? 0) + 1;
    counts.set(kind, count);
    return count <= (kind === "update" ? 1 : KNOWN_PER_KIND_MAX);
  });
  return kept.reverse();
}

/** The occurrence as the timeline keeps it beside its row, to be known again after a restart. */
export function meaningText({ key, giftId, reports }: KnownOccurrence): string {
  const [first] = reports;
  return JSON.stringify([key, first?.source ?? "", first?.id ?? "", first?.atMs ?? 0, giftId]);
}

/**
 * What was told before a restart (`before`, oldest first), put behind what has been heard since. An occurrence that was
 * told again, because this came late, becomes one again, so that it cannot stand for another report.
 */
export function withTold(since: readonly KnownOccurrence[], before: readonly ToldOccurrence[]): readonly KnownOccurrence[] {
  const newer = [...since];
  const older: KnownOccurrence[] = [];
  for (const row of before) {
    const told = parseMeaning(row);
    if (told === null) continue;
    const at = newer.findIndex((one) => isSame(told, one));
    const twin = newer[at];
    if (twin === undefined) older.push(told);
    else newer[at] = { ...twin, reports: [...twin.reports, ...told.reports.filter((one) => !isToldBy(twin, one.source))] };
  }
  return limited([...older, ...newer]);
}

function isSame(told: KnownOccurrence, since: KnownOccurrence): boolean {
  const [report] = told.reports;
  if (told.key !== since.key || report === undefined || !isNear(since, report)) return false;
  return ruleOf(told.key).isStrong || hasReport(since, told.giftId, report) || !isToldBy(since, report.source);
}

/** Null for what this build did not write. */
function parseMeaning({ meaning, at }: ToldOccurrence): KnownOccurrence | null {
  const [key, source, id, atMs, giftId] = parsedList(meaning);
  if (typeof key !== "string" || !isMeaningKey(key)) return null;
  if (typeof source !== "string" || typeof id !== "string" || typeof atMs !== "number") return null;
  return { key, giftId: typeof giftId === "string" ? giftId : null, reports: [{ source, id, atMs }], heardAt: at };
}

function parsedList(text: string): unknown[] {
  try {
    const value: unknown = JSON.parse(text);
    return Array.isArray(value) ? value : [];
  } catch {
    return [];
  }
}
