import { and, asc, eq, ne, sql } from "drizzle-orm";
import { AppError } from "../domain/errors.ts";
import type { Actor } from "../domain/events.ts";
import type { Db } from "./db.ts";
import { channelsConfig } from "./schema.ts";

/** A channel that Byte was told of. */
export interface ChannelConfig {
  login: string;
  /** Null until Twitch told it. */
  broadcasterId: string | null;
  isActive: boolean;
  /** Grows when the HUD's token is rotated. */
  hudVersion: number;
  /** The order of joining. */
  position: number;
  addedBy: Actor;
  createdAt: Date;
  updatedAt: Date;
}

/** The channels to sit in, in the order of joining. */
export async function listChannels(db: Db): Promise<ChannelConfig[]> {
  return await db
    .select()
    .from(channelsConfig)
    .where(eq(channelsConfig.isActive, true))
    .orderBy(asc(channelsConfig.position), asc(channelsConfig.login));
}

/** A channel, also one that was removed. */
export async function findChannel(db: Db, login: string): Promise<ChannelConfig | null> {
  const [row] = await db.select().from(channelsConfig).where(eq(channelsConfig.login, login));
  return row ?? null;
}

const nextPosition = sql<number>`(select coalesce(max(position), 0) + 1 from channels_config)`;

/** Adds a channel at the end, or takes a removed one back with all its settings. One that is there stays as it is. */
export async function addChannel(db: Db, login: string, by: Actor, now: Date): Promise<ChannelConfig> {
  const [row] = await db
    .insert(channelsConfig)
    .values({ login, addedBy: by, position: nextPosition, createdAt: now, updatedAt: now })
    .onConflictDoUpdate({
      target: channelsConfig.login,
      set: { isActive: true, addedBy: by, position: nextPosition, updatedAt: now },
      setWhere: eq(channelsConfig.isActive, false),
    })
    .returning();
  return row ?? (await getChannel(db, login));
}

/** Stops sitting in a channel and keeps its settings. False when it was not there. */
export async function removeChannel(db: Db, login: string, now: Date): Promise<boolean> {
  const rows = await db
    .update(channelsConfig)
    .set({ isActive: false, updatedAt: now })
    .where(and(eq(channelsConfig.login, login), eq(channelsConfig.isActive, true)))
    .returning({ login: channelsConfig.login });
  return rows.length > 0;
}

/**
 * Notes whose channel `login` is. When the same broadcaster is known under another login, they renamed themselves: that
 * row takes the new login with all its settings and replaces whatever stood there; it is active if either was. When
 * `login` belonged to somebody else, the old row loses the claim to it. Throws `not_found` (`channel_unknown`).
 */
export async function setBroadcasterId(db: Db, login: string, broadcasterId: string, now: Date): Promise<ChannelConfig> {
  return await db.transaction(async (tx) => {
    const rows = await tx
      .select()
      .from(channelsConfig)
      .where(sql`${channelsConfig.login} = ${login} or ${channelsConfig.broadcasterId} = ${broadcasterId}`)
      .orderBy(channelsConfig.login)
      .for("update");
    const named = rows.find((row) => row.login === login);
    const owned = rows.find((row) => row.broadcasterId === broadcasterId);
    if (!named && !owned) throw new AppError("not_found", "channel_unknown", { channel: login });
    if (named && named === owned) return named;

    if (owned) await tx.delete(channelsConfig).where(and(eq(channelsConfig.login, login), ne(channelsConfig.login, owned.login)));
    const isActive = (named?.isActive ?? false) || (owned?.isActive ?? false);
    const [row] = await tx
      .update(channelsConfig)
      .set({ login, broadcasterId, isActive, updatedAt: now })
      .where(eq(channelsConfig.login, owned?.login ?? login))
      .returning();
    if (!row) throw new AppError("not_found", "channel_unknown", { channel: login });
    return row;
  });
}

/** Adds those of `logins` that were never seen, in their order, and returns them. One that was removed stays removed. */
export async function seedChannels(db: Db, logins: readonly string[], now: Date): Promise<ChannelConfig[]> {
  const by: Actor = { kind: "operator" };
  const added: ChannelConfig[] = [];
  for (const login of logins) {
    const [row] = await db
      .insert(channelsConfig)
      .values({ login, addedBy: by, position: nextPosition, createdAt: now, updatedAt: now })
      .onConflictDoNothing()
      .returning();
    if (row) added.push(row);
  }
  return added;
}

/** Makes every HUD token of the channel that was handed out stop working; returns the new version. Throws `not_found`. */
export async function rotateHud(db: Db, login: string, now: Date): Promise<number> {
  const [row] = await db
    .update(channelsConfig)
    .set({ hudVersion: sql`${channelsConfig.hudVersion} + 1`, updatedAt: now })
    .where(eq(channelsConfig.login, login))
    .returning({ hudVersion: channelsConfig.hudVersion });
  if (!row) throw new AppError("not_found", "channel_unknown", { channel: login });
  return row.hudVersion;
}

async function getChannel(db: Db, login: string): Promise<ChannelConfig> {
  const channel = await findChannel(db, login);
  if (!channel) throw new AppError("not_found", "channel_unknown", { channel: login });
  return channel;
}
