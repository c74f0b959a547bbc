/*
 * What the limiters are made of: lists of what was done of late, oldest first, whose entries leave a window. With several
 * machines their clocks stand in one list: they must agree to within 0.4 s, a part of the second that the windows have to
 * spare. That is what any machine that sets its clock by the network keeps.
 */

/** Something that was done; `at` in milliseconds. */
export interface Past {
  at: number;
}

/**
 * How long until the entry that decides has left the window; there is room when there is none. When the
 * clock was set back by more than the window, what seems to lie ahead is no longer believed, so that the
 * wait never exceeds two windows.
 */
export function waitUntilPast(deciding: Past | undefined, windowMs: number, nowMs: number): number {
  if (!deciding || deciding.at > nowMs + windowMs) return 0;
  return Math.max(0, deciding.at + windowMs - nowMs);
}

/** When something that is done now is said to be done: not before what was done before it, by whoever's clock. */
export function instantAfter(past: readonly Past[], nowMs: number, windowMs: number): number {
  const last = past[past.length - 1];
  return last && last.at > nowMs && last.at <= nowMs + windowMs ? last.at : nowMs;
}

/** `past` with `next`, without what has left the window, at most `max` of them. */
export function kept<T extends Past>(past: readonly T[], next: T, windowMs: number, max: number): T[] {
  const recent = past.filter((entry) => entry.at > next.at - windowMs);
  recent.push(next);
  return recent.length > max ? recent.slice(-max) : recent;
}

/** All that stands in either list, oldest first; what stands in both is one. Equal entries stand as often as in the list that has more of them. */
export function union<T extends Past>(one: readonly T[], other: readonly T[], isSame: (a: T, b: T) => boolean): T[] {
  const unmatched = one.slice();
  const more = other.filter((entry) => {
    const at = unmatched.findIndex((known) => known.at === entry.at && isSame(known, entry));
    if (at >= 0) unmatched.splice(at, 1);
    return at < 0;
  });
  return more.length === 0 ? one.slice() : [...one, ...more].sort((a, b) => a.at - b.at);
}

/** Without what has left the window or lies further ahead than one, at most `max` of the newest. */
export function bounded<T extends Past>(past: readonly T[], nowMs: number, windowMs: number, max: number): T[] {
  return past.filter(({ at }) => at > nowMs - windowMs && at <= nowMs + windowMs).slice(-max);
}

/** The list that stands under `name` in a value from outside, oldest first; null when it is no such list. */
export function parsePast<T extends Past>(
  value: unknown,
  name: string,
  max: number,
  parse: (at: number, entry: Readonly<Record<string, unknown>>) => T | null,
): T[] | null {
  const list = isRecord(value) ? value[name] : null;
  if (!Array.isArray(list)) return null;
  const parsed: T[] = [];
  for (const entry of list.slice(-max) as unknown[]) {
    if (!isRecord(entry) || typeof entry.at !== "number" || !Number.isFinite(entry.at)) return null;
    const one = parse(entry.at, entry);
    if (one === null) return null;
    parsed.push(one);
  }
  return parsed;
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);
