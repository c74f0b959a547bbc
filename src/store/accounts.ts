import { and, asc, eq, isNull, ne, sql } from "drizzle-orm";
import type { AccountRole, AuthFailureKind } from "../domain/accounts.ts";
import type { Db } from "./db.ts";
import { channelsConfig, leases, twitchAccounts } from "./schema.ts";
import { open, seal } from "./sealed.ts";

/*
 * Twitch accounts. Tokens enter and leave the database sealed, each for its own row and column. A row's `revision` grows
 * with each new pair of tokens, also over a removal: it begins at the seconds since 2020. Who writes on top of a pair says
 * which one that was, and is refused when there is another.
 */

/** An account with its tokens in the clear: for the runtime alone. */
export interface TwitchAccount {
  userId: string;
  login: string;
  displayName: string;
  role: AccountRole;
  /** The client that the tokens belong to: no other can renew them. */
  clientId: string;
  scopes: readonly string[];
  /** "" when it could not be opened; then `loginNeeded` is set. */
  accessToken: string;
  refreshToken: string | null;
  expiresAt: Date;
  validatedAt: Date | null;
  refreshedAt: Date;
  /** Why a person must sign in again, or null. */
  loginNeeded: AuthFailureKind | null;
  revision: number;
}

/** What a sign-in gave. */
export interface SignedIn {
  userId: string;
  login: string;
  role: AccountRole;
  clientId: string;
  scopes: readonly string[];
  accessToken: string;
  refreshToken: string | null;
  expiresAt: Date;
}

/** A sign-in as it was written. */
export interface SavedSignin {
  account: TwitchAccount;
  /** The same account as it was before, or null. */
  before: TwitchAccount | null;
  /** The account that was the bot until now and is gone, or null. One that stayed as broadcaster is not here. */
  removed: TwitchAccount | null;
}

/** A renewed pair. */
export interface FreshTokens {
  accessToken: string;
  refreshToken: string | null;
  scopes: readonly string[];
  expiresAt: Date;
}

type Row = typeof twitchAccounts.$inferSelect;

/** Any number that nobody else takes: sign-ins are written one after another, because only one account may be the bot. */
const SIGNIN_LOCK = 7_203_115;
const REVISIONS_BEGIN = Date.UTC(2020, 0, 1);

/** All of them, the bot first, then by login. */
export async function listAccounts(db: Db, key: Uint8Array): Promise<TwitchAccount[]> {
  const rows = await db.select().from(twitchAccounts).orderBy(asc(twitchAccounts.role), asc(twitchAccounts.login));
  return rows.map((row) => decoded(key, row));
}

export async function findAccount(db: Db, key: Uint8Array, userId: string): Promise<TwitchAccount | null> {
  const [row] = await db.select().from(twitchAccounts).where(eq(twitchAccounts.userId, userId));
  return row ? decoded(key, row) : null;
}

/**
 * Writes who signed in, in place of what was known of that person. There is one bot: another account that was it becomes
 * a broadcaster when Byte sits in its channel, because it is then still of use there, and is removed when not. The bot
 * that signs in as broadcaster stays the bot.
 */
export async function saveSignin(db: Db, key: Uint8Array, signedIn: SignedIn, now: Date): Promise<SavedSignin> {
  return await db.transaction(async (tx) => await writeSignin(tx, key, signedIn, now));
}

/**
 * As `saveSignin`, for a pair of tokens that was found outside and may be taken over once: `mark` names it. Null, and
 * nothing is written, when that was done before, or when somebody else is the bot already.
 */
export async function saveTakenOver(
  db: Db,
  key: Uint8Array,
  mark: string,
  found: SignedIn,
  now: Date,
): Promise<SavedSignin | null> {
  return await db.transaction(async (tx) => {
    await tx.execute(sql`select pg_advisory_xact_lock(${SIGNIN_LOCK})`);
    const bot = await findOtherBot(tx, found.userId);
    if (bot || !(await addMark(tx, mark))) return null;
    return await writeSignin(tx, key, found, now);
  });
}

/** Whether the pair of that mark was taken over, ever. */
export async function isTakenOver(db: Db, mark: string): Promise<boolean> {
  const rows = await db
    .select({ name: leases.name })
    .from(leases)
    .where(eq(leases.name, markName(mark)));
  return rows.length > 0;
}

/** Saves a renewed pair, and that nobody needs to sign in. False, and nothing is written, when `revision` is not the row's any more. */
export async function saveTokens(
  db: Db,
  key: Uint8Array,
  userId: string,
  revision: number,
  tokens: FreshTokens,
  now: Date,
): Promise<boolean> {
  const rows = await db
    .update(twitchAccounts)
    .set({
      ...sealed(key, userId, tokens),
      scopes: tokens.scopes.join(" "),
      expiresAt: tokens.expiresAt,
      refreshedAt: now,
      loginNeeded: null,
      revision: revision + 1,
      updatedAt: now,
    })
    .where(isAt(userId, revision))
    .returning({ userId: twitchAccounts.userId });
  return rows.length > 0;
}

/** Notes what Twitch told of the row's token. False when it is another token by now. */
export async function markValidated(
  db: Db,
  userId: string,
  revision: number,
  told: { login: string; scopes: readonly string[]; expiresAt: Date },
  now: Date,
): Promise<boolean> {
  const rows = await db
    .update(twitchAccounts)
    .set({
      login: told.login,
      // A person who renamed themselves is shown by the new login until Twitch tells how they write it.
      displayName: sql`case when ${twitchAccounts.login} = ${told.login} then ${twitchAccounts.displayName} else ${told.login} end`,
      scopes: told.scopes.join(" "),
      expiresAt: told.expiresAt,
      validatedAt: now,
      updatedAt: now,
    })
    .where(isAt(userId, revision))
    .returning({ userId: twitchAccounts.userId });
  return rows.length > 0;
}

/** Notes that a person must sign in again. False when that is known, or when the row has another token by now. */
export async function markLoginNeeded(
  db: Db,
  userId: string,
  revision: number,
  reason: AuthFailureKind,
  now: Date,
): Promise<boolean> {
  const rows = await db
    .update(twitchAccounts)
    .set({ loginNeeded: reason, updatedAt: now })
    .where(and(isAt(userId, revision), isNull(twitchAccounts.loginNeeded)))
    .returning({ userId: twitchAccounts.userId });
  return rows.length > 0;
}

/** False when it was not there. */
export async function removeAccount(db: Db, userId: string): Promise<boolean> {
  const rows = await db
    .delete(twitchAccounts)
    .where(eq(twitchAccounts.userId, userId))
    .returning({ userId: twitchAccounts.userId });
  return rows.length > 0;
}

// --- writing a sign-in --------------------------------------------------------------------------

async function writeSignin(tx: Db, key: Uint8Array, signedIn: SignedIn, now: Date): Promise<SavedSignin> {
  await tx.execute(sql`select pg_advisory_xact_lock(${SIGNIN_LOCK})`);
  const { userId, login, clientId, expiresAt } = signedIn;
  const removed = signedIn.role === "bot" ? await replaceBot(tx, key, userId, now) : null;
  const before = await findAccount(tx, key, userId);
  const fresh = {
    login,
    displayName: login,
    role: before?.role === "bot" ? "bot" : signedIn.role,
    clientId,
    scopes: signedIn.scopes.join(" "),
    ...sealed(key, userId, signedIn),
    expiresAt,
    validatedAt: now,
    refreshedAt: now,
    loginNeeded: null,
    updatedAt: now,
  };
  const [row] = await tx
    .insert(twitchAccounts)
    .values({ ...fresh, userId, createdAt: now, revision: firstRevision(now) })
    .onConflictDoUpdate({
      target: twitchAccounts.userId,
      set: {
        ...fresh,
        displayName: before?.login === login ? before.displayName : login,
        revision: sql`${twitchAccounts.revision} + 1`,
      },
    })
    .returning();
  if (!row) throw new Error("a sign-in was written and no row came back");
  return { account: decoded(key, row), before, removed };
}

/** Makes room for `userId` as the bot. Returns the account that had to go, or null. */
async function replaceBot(tx: Db, key: Uint8Array, userId: string, now: Date): Promise<TwitchAccount | null> {
  const bot = await findOtherBot(tx, userId);
  if (!bot) return null;
  const itsChannel = await tx
    .select({ login: channelsConfig.login })
    .from(channelsConfig)
    .where(and(eq(channelsConfig.broadcasterId, bot.userId), eq(channelsConfig.isActive, true)));
  if (itsChannel.length === 0) {
    await removeAccount(tx, bot.userId);
    return decoded(key, bot);
  }
  await tx.update(twitchAccounts).set({ role: "broadcaster", updatedAt: now }).where(eq(twitchAccounts.userId, bot.userId));
  return null;
}

async function findOtherBot(tx: Db, userId: string): Promise<Row | null> {
  const [row] = await tx
    .select()
    .from(twitchAccounts)
    .where(and(eq(twitchAccounts.role, "bot"), ne(twitchAccounts.userId, userId)));
  return row ?? null;
}

/** A lease that nobody holds and whose row stays, as those of leases do. False when it is there already. */
async function addMark(tx: Db, mark: string): Promise<boolean> {
  const rows = await tx
    .insert(leases)
    .values({ name: markName(mark), holder: "", fence: 1, expiresAt: new Date(0) })
    .onConflictDoNothing()
    .returning({ name: leases.name });
  return rows.length > 0;
}

const markName = (mark: string) => `twitch-taken-over:${mark}`;

const firstRevision = (now: Date) => Math.max(1, Math.floor((now.getTime() - REVISIONS_BEGIN) / 1000));

const isAt = (userId: string, revision: number) => and(eq(twitchAccounts.userId, userId), eq(twitchAccounts.revision, revision));

// --- sealing ------------------------------------------------------------------------------------

const accessPurpose = (userId: string) => `twitch_accounts.access_token ${userId}`;
const refreshPurpose = (userId: string) => `twitch_accounts.refresh_token ${userId}`;

function sealed(key: Uint8Array, userId: string, tokens: Pick<FreshTokens, "accessToken" | "refreshToken">) {
  const { accessToken, refreshToken } = tokens;
  return {
    accessToken: seal(key, accessPurpose(userId), accessToken),
    refreshToken: refreshToken === null ? null : seal(key, refreshPurpose(userId), refreshToken),
  };
}

/** Tokens that cannot be opened (another installation's key) are as good as none: the person signs in again. */
function decoded(key: Uint8Array, row: Row): TwitchAccount {
  const { userId, login, displayName, role, clientId, expiresAt, validatedAt, refreshedAt, revision } = row;
  const accessToken = open(key, accessPurpose(userId), row.accessToken);
  const refreshToken = row.refreshToken === null ? null : open(key, refreshPurpose(userId), row.refreshToken);
  const loginNeeded = (row.loginNeeded as AuthFailureKind | null) ?? (accessToken === null ? "token_refused" : null);
  return {
    userId,
    login,
    displayName,
    role,
    clientId,
    scopes: row.scopes.split(" ").filter((scope) => scope !== ""),
    accessToken: accessToken ?? "",
    refreshToken,
    expiresAt,
    validatedAt,
    refreshedAt,
    loginNeeded,
    revision,
  };
}
