import { listLines } from "../store/chat.ts";
import type { Db } from "../store/db.ts";
import { listEvents } from "../store/timeline.ts";
import { HUD_TYPES } from "./hud-api.ts";
import type { FeedKind, FeedSource } from "./live-feed.ts";
import { LOG_ITEMS_MAX } from "./live-log.ts";

/** Where a channel's feed reads what was stored. `channelId` null: what concerns the whole installation. */
export function createLiveSource(db: Db): (kind: FeedKind, channelId: string | null) => FeedSource {
  return (kind, channelId) => ({
    async newest() {
      const whose = channelId === null ? { channelId } : { channelId, withInstallation: true };
      const types = kind === "hud" ? { types: HUD_TYPES } : {};
      const [events, lines] = await Promise.all([
        listEvents(db, { ...whose, ...types, limit: LOG_ITEMS_MAX }),
        kind === "hud" || channelId === null ? [] : listLines(db, channelId, { limit: LOG_ITEMS_MAX }),
      ]);
      return { events: events.toReversed(), lines };
    },
  });
}
