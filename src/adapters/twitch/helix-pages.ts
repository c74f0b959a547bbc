import type { HelixAnswer } from "../../ports-twitch.ts";
import type { Envelope } from "./external.ts";

/** Pages of one list, whatever the cursors say: 2,000 subscriptions are twenty. */
const PAGES_MAX = 25;

export interface PagedList<T> {
  /** The page at this cursor; the first when null. */
  ask(cursor: string | null): Promise<HelixAnswer<Envelope>>;
  read(items: readonly unknown[]): readonly T[];
  /** Two with the same key are one: pages overlap when the list moves while it is read. */
  keyOf(item: T): string;
  max: number;
}

export interface Pages<T> {
  items: readonly T[];
  /** The newest page, for what stands beside the items. */
  newest: Envelope;
  /** There is more than the bound allows. */
  isCut: boolean;
}

/**
 * A list over all its pages. It is whole or it is a failure, because who compares it with what he wants would act on a gap:
 * a page that cannot be had fails the list, and a cursor that Twitch refuses (it expires) starts it anew, once. A cursor that
 * comes again ends the list: what it would give is already there.
 */
export async function allPages<T>(list: PagedList<T>): Promise<HelixAnswer<Pages<T>>> {
  const first = await readPages(list);
  return first.isCursorRefused ? (await readPages(list)).answer : first.answer;
}

async function readPages<T>(list: PagedList<T>): Promise<{ answer: HelixAnswer<Pages<T>>; isCursorRefused: boolean }> {
  const items = new Map<string, T>();
  const seen = new Set<string>();
  let cursor: string | null = null;
  for (;;) {
    const answer: HelixAnswer<Envelope> = await list.ask(cursor);
    if (!answer.ok) return { answer, isCursorRefused: cursor !== null && answer.failure.status === 400 };
    for (const item of list.read(answer.value.data)) items.set(list.keyOf(item), item);
    const next: string | null = answer.value.pagination?.cursor || null;
    const isLast = next === null || seen.has(next);
    if (isLast || items.size >= list.max || seen.size + 1 >= PAGES_MAX) {
      const value = {
        items: [...items.values()].slice(0, list.max),
        newest: answer.value,
        isCut: !isLast || items.size > list.max,
      };
      return { answer: { ok: true, value }, isCursorRefused: false };
    }
    seen.add(next);
    cursor = next;
  }
}
