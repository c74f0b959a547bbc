import type { Frame } from "./frames.ts";
import type { EventSubServer } from "./server.ts";
import type { EventSubSession } from "./session.ts";
import type { Subscription } from "./types.ts";

/** Sends an event to one subscription, with whatever faults are set for it. */
export function notify(server: EventSubServer, subscription: Subscription, event: object): void {
  const { transport } = subscription;
  const frames = withFaults(server, subscription, event);
  if (transport.method === "webhook") {
    for (const frame of frames) server.webhooks.notification(subscription, transport, frame);
    return;
  }
  const session = server.sessions.get(transport.sessionId);
  const socket = session?.socket;
  if (!session || !socket) return;
  for (const frame of inOrder(server, session, frames)) {
    const isSent = socket.send(frame);
    if (session.shadow && session.shadow !== socket) session.shadow.send(frame);
    const id = "metadata" in frame ? (frame as Frame).metadata.message_id : "";
    if (server.core.limits.logLines)
      server.core.log.add("eventsub", "out", socket.id, "notification", { type: subscription.type, id, sent: isSent });
    server.putOffKeepalive(socket);
  }
}

/** Breaks the order when asked: a frame waits until the next has gone. */
function inOrder(server: EventSubServer, session: EventSubSession, frames: readonly Frame[]): readonly object[] {
  const held = server.held.get(session);
  if (!held && server.core.faults.take("E4.reorder", { session: session.id })) {
    server.held.set(session, frames);
    return [];
  }
  server.held.delete(session);
  return held ? [...frames, ...held] : frames;
}

function withFaults(server: EventSubServer, subscription: Subscription, event: object): Frame[] {
  const { faults } = server.core;
  const context = { type: subscription.type };
  const frame = bend(server, subscription, bendEvent(server, subscription, event));
  const copies = [frame];
  if (faults.take("E4.same_id", context)) copies.push(frame);
  if (faults.take("E4.new_id_same_event", context))
    copies.push({ ...frame, metadata: { ...frame.metadata, message_id: server.core.chance.uuid() } });
  return copies;
}

const OLD_MS = 11 * 60_000;

/** Faults of the frame around the event. */
function bend(server: EventSubServer, subscription: Subscription, event: object): Frame {
  const { faults, clock } = server.core;
  const context = { type: subscription.type };
  const frame = server.frames.notification(subscription, event);
  const old = faults.take("E4.old_timestamp", context);
  if (old) frame.metadata.message_timestamp = server.frames.time(new Date(clock.now().getTime() - old.number("ageMs", OLD_MS)));
  const skew = faults.take("E4.clock_skew", context);
  if (skew)
    frame.metadata.message_timestamp = server.frames.time(new Date(clock.now().getTime() + skew.number("skewMs", 120_000)));
  if (faults.take("E4.unknown_type", context)) frame.metadata.message_type = "session_wink";
  return frame;
}

/** Faults inside the event: shapes that nobody announced. */
function bendEvent(server: EventSubServer, subscription: Subscription, event: object): object {
  const { faults } = server.core;
  const context = { type: subscription.type };
  let bent: Record<string, unknown> = { ...event };
  if (faults.take("E4.unknown_field", context)) bent = { ...bent, never_seen_before: { deep: [1, null, "x"] } };
  if (faults.take("E4.missing_nullable", context))
    bent = Object.fromEntries(Object.entries(bent).filter(([, value]) => value !== null));
  if (faults.take("E4.ints_as_strings", context))
    bent = Object.fromEntries(
      Object.entries(bent).map(([key, value]) => [key, typeof value === "number" ? String(value) : value]),
    );
  const unknown = faults.take("E4.unknown_enum", context);
  if (unknown) {
    const key = unknown.text("field", ENUM_FIELDS.find((name) => name in bent) ?? "type");
    bent = { ...bent, [key]: "never_seen_before" };
  }
  return bent;
}

const ENUM_FIELDS = ["notice_type", "message_type", "type", "tier", "status"];
