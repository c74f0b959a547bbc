import type { Clock, Log } from "../ports.ts";

/** Deletes one portion of rows older than `before`; tells how many. */
export type Prune = (before: Date) => Promise<number>;

const DAY_MS = 86_400_000;
/** Portions per table and run: what is left waits for the next night. */
const PORTIONS_MAX = 2_000;

/** Deletes what is older than `days`, table by table, in portions so that nothing else waits long. */
export async function retain(tables: Readonly<Record<string, Prune>>, days: number, clock: Clock, log: Log): Promise<void> {
  const before = new Date(clock.now().getTime() - days * DAY_MS);
  for (const [table, prune] of Object.entries(tables)) {
    let rows = 0;
    for (let portion = 0; portion < PORTIONS_MAX; portion++) {
      const gone = await prune(before);
      if (gone === 0) break;
      rows += gone;
    }
    log.info("retention.done", { table, rows });
  }
}
