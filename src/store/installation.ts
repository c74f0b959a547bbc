import { sql } from "drizzle-orm";
import type { Db } from "./db.ts";
import { installation } from "./schema.ts";

/**
 * The proof of the secret with which this database was first used: `keyCheck` itself when it is the first, else what
 * stands there. Another value than `keyCheck` means that the secret is not the one that made the stored hashes.
 */
export async function getKeyCheck(db: Db, keyCheck: string, now: Date): Promise<string> {
  const [row] = await db
    .insert(installation)
    .values({ id: 1, keyCheck, createdAt: now })
    .onConflictDoUpdate({ target: installation.id, set: { keyCheck: sql`${installation.keyCheck}` } })
    .returning({ keyCheck: installation.keyCheck });
  return row?.keyCheck ?? keyCheck;
}
