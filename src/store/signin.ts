import { and, desc, eq, gt, isNull } from "drizzle-orm";
import type { Db } from "./db.ts";
import { apiTokens, sessions, signinCodes } from "./schema.ts";

/*
 * Who may come in. Codes and tokens are here as keyed hashes only; whoever reads the database learns none of them.
 */

/** Somebody who is signed in. */
export interface Session {
  tokenHash: string;
  role: string;
  /** Which code or browser, for a list of sessions. */
  label: string;
  createdAt: Date;
  lastSeenAt: Date;
  expiresAt: Date;
  revokedAt: Date | null;
}

/** A program that may call the API. */
export interface ApiToken {
  id: string;
  tokenHash: string;
  name: string;
  role: string;
  createdAt: Date;
  lastUsedAt: Date | null;
  revokedAt: Date | null;
}

export async function addSigninCode(
  db: Db,
  code: { codeHash: string; label: string; expiresAt: Date },
  now: Date,
): Promise<void> {
  await db.insert(signinCodes).values({ ...code, createdAt: now });
}

/** Spends a code: one caller gets it, once; null when it is unknown, spent or too old. */
export async function useSigninCode(db: Db, codeHash: string, now: Date): Promise<{ label: string } | null> {
  const [row] = await db
    .update(signinCodes)
    .set({ usedAt: now })
    .where(and(eq(signinCodes.codeHash, codeHash), isNull(signinCodes.usedAt), gt(signinCodes.expiresAt, now)))
    .returning({ label: signinCodes.label });
  return row ?? null;
}

export async function addSession(
  db: Db,
  session: { tokenHash: string; role: string; label: string; expiresAt: Date },
  now: Date,
): Promise<void> {
  await db.insert(sessions).values({ ...session, createdAt: now, lastSeenAt: now });
}

/** The session of a token, unless it is revoked or too old at `now`. */
export async function findSession(db: Db, tokenHash: string, now: Date): Promise<Session | null> {
  const [row] = await db
    .select()
    .from(sessions)
    .where(and(eq(sessions.tokenHash, tokenHash), isValidAt(now)));
  return row ?? null;
}

export async function touchSession(db: Db, tokenHash: string, now: Date, expiresAt: Date): Promise<void> {
  await db.update(sessions).set({ lastSeenAt: now, expiresAt }).where(eq(sessions.tokenHash, tokenHash));
}

/** False when there was none to revoke. */
export async function revokeSession(db: Db, tokenHash: string, now: Date): Promise<boolean> {
  const rows = await db
    .update(sessions)
    .set({ revokedAt: now })
    .where(and(eq(sessions.tokenHash, tokenHash), isNull(sessions.revokedAt)))
    .returning({ tokenHash: sessions.tokenHash });
  return rows.length > 0;
}

/** Those that are valid at `now`, the latest seen first. */
export async function listSessions(db: Db, now: Date): Promise<Session[]> {
  return await db.select().from(sessions).where(isValidAt(now)).orderBy(desc(sessions.lastSeenAt));
}

const isValidAt = (now: Date) => and(isNull(sessions.revokedAt), gt(sessions.expiresAt, now));

export async function addApiToken(
  db: Db,
  token: { id: string; tokenHash: string; name: string; role: string },
  now: Date,
): Promise<void> {
  await db.insert(apiTokens).values({ ...token, createdAt: now });
}

/** The token of a hash, unless it is revoked. */
export async function findApiToken(db: Db, tokenHash: string): Promise<ApiToken | null> {
  const [row] = await db
    .select()
    .from(apiTokens)
    .where(and(eq(apiTokens.tokenHash, tokenHash), isNull(apiTokens.revokedAt)));
  return row ?? null;
}

export async function touchApiToken(db: Db, id: string, now: Date): Promise<void> {
  await db.update(apiTokens).set({ lastUsedAt: now }).where(eq(apiTokens.id, id));
}

/** False when there was none to revoke. */
export async function revokeApiToken(db: Db, id: string, now: Date): Promise<boolean> {
  const rows = await db
    .update(apiTokens)
    .set({ revokedAt: now })
    .where(and(eq(apiTokens.id, id), isNull(apiTokens.revokedAt)))
    .returning({ id: apiTokens.id });
  return rows.length > 0;
}

/** All that are not revoked, the newest first. */
export async function listApiTokens(db: Db): Promise<ApiToken[]> {
  return await db.select().from(apiTokens).where(isNull(apiTokens.revokedAt)).orderBy(desc(apiTokens.createdAt), apiTokens.id);
}
