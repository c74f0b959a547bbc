import type { World } from "../src/world/index.ts";
import type { IrcSession } from "../src/world/irc/session.ts";
import { numberOf, type Tally } from "./tally.ts";

const STALE_MS = 10 * 60_000;

/** Counts what the world hands to live connections, by reading what it writes to them: whole lines only. */
export function watchDeliveries(world: World, tally: Tally): void {
  const tails = new WeakMap<IrcSession, string>();
  world.irc.onSent((session, frame) => {
    const text = (tails.get(session) ?? "") + frame;
    const end = text.lastIndexOf("\r\n");
    tails.set(session, text.slice(end + 1 > 0 ? end + 2 : 0));
    if (end >= 0) for (const line of text.slice(0, end).split("\r\n")) countLine(line, tally);
  });
  world.eventsub.onSent((_, frame) => {
    const { metadata, payload } = frame as {
      metadata: { message_type: string; message_timestamp: string; subscription_type?: string };
      payload: { event?: { message_id?: unknown } };
    };
    if (metadata.message_type !== "notification" || metadata.subscription_type !== "channel.chat.message") return;
    // What is so old must be thrown away (Twitch's rule against replays): for us it was not delivered.
    if (world.clock.now().getTime() - Date.parse(metadata.message_timestamp) > STALE_MS) return;
    const line = numberOf(String(payload.event?.message_id));
    if (line !== null) tally.markDelivered(line);
  });
}

/** `id=` stands in the middle of the tags, after a semicolon. */
function countLine(text: string, tally: Tally): void {
  if (!text.includes(" PRIVMSG #")) return;
  const at = text.indexOf(";id=");
  if (at < 0) return;
  const from = at + ";id=".length;
  const line = numberOf(text.slice(from, text.indexOf(";", from)));
  if (line !== null) tally.markDelivered(line);
}
