import type { ReconnectOptions } from "../src/world/eventsub/server.ts";
import { banish, breaking, expireTokens, type Fault, onLink, type Scene, shut, withRule } from "./faults.ts";

const CHAT = { type: "channel.chat.message" };
/** Longer than the keepalive that was asked for: the silence shows. */
const HUSH_MS = 20_000;

/** A connection that is taken and not welcomed is none: so long the world does not take part. */
const WELCOME_MS = 11_000;

/** Everything that EventSub and the HTTP API can do to a client, in the shares of two hundred. */
export const EVENTSUB_FAULTS: readonly Fault[] = [
  ...[4000, 4002, 4003, 4004, 4005, 4006, 4007].map((code) =>
    breaking(`E2 closed with ${code}`, 1, (scene) => cut(scene, "close", () => scene.stage.world.closeEventSub(code))),
  ),
  breaking("N1 cut", 3, (scene) => cut(scene, "drop", () => scene.stage.world.closeEventSub(null))),
  breaking("N1 half open", 3, ({ stage, outages }) => {
    outages.expect("half open", null);
    stage.world.freezeEventSub();
    outages.look();
  }),
  shut(2, cut),
  breaking("E1 no keepalive while it is quiet", 1, (scene) => {
    scene.hush(HUSH_MS);
    scene.set({ kind: "E1.keepalive_silence", times: 3 });
    scene.outages.expect("no keepalive", 0);
  }),
  onLink("E1 quiet for a while", 2, (scene) => scene.hush(HUSH_MS)),
  breaking("E1 late welcome", 1, (scene) => {
    scene.set({ kind: "E1.late_welcome" });
    return cut(scene, "late welcome", () => scene.stage.world.closeEventSub(4000), WELCOME_MS);
  }),
  breaking("E1 no welcome", 1, (scene) => {
    scene.set({ kind: "E1.no_welcome" });
    return cut(scene, "no welcome", () => scene.stage.world.closeEventSub(4000), WELCOME_MS);
  }),
  breaking("E3 session_reconnect", 5, (scene) => move(scene, {})),
  breaking("E3 session_reconnect, the old one goes on delivering", 4, (scene) => move(scene, { keepsOld: true })),
  breaking("E3 session_reconnect, refused with 4007", 1, (scene) => move(scene, { isBad: true }, "bad move")),
  breaking("E3 session_reconnect, nobody listens there", 1, (scene) => move(scene, { refuses: true }, "bad move")),
  breaking("E3 session_reconnect, the old one closed early", 2, (scene) => move(scene, { closesOldEarly: true }, "early close")),
  breaking("E3 session_reconnect twice", 2, (scene) => {
    move(scene, {});
    move(scene, {});
  }),
  breaking("E2 closed while it subscribes", 1, (scene) => resubscribe(scene, "E2.close_during_subscribe")),
  breaking("E2 closed before the answer", 1, (scene) => resubscribe(scene, "E2.close_before_answer")),
  breaking("E5 409 on subscribing", 2, (scene) => resubscribe(scene, "E5.conflict", 3)),
  breaking("E5 429 on subscribing", 1, (scene) => resubscribe(scene, "E5.too_many_conditions", 2)),
  onLink("E5 chat revoked (banned), let in again", 12, (scene) => void banish(scene)),
  onLink("E5 another subscription revoked", 6, ({ stage, chance }) => {
    const others = [...stage.world.eventsub.subscriptions.values()].filter(
      (each) => each.disabledAt === null && !each.type.startsWith("channel.chat"),
    );
    if (others.length > 0) stage.world.eventsub.revoke(chance.pick(others), "user_removed");
  }),
  expireTokens(2, cut),
  withRule("E4.same_id", 28, { match: CHAT }),
  withRule("E4.new_id_same_event", 22, { match: CHAT }),
  withRule("E4.reorder", 20),
  withRule("E4.old_timestamp", 6, { match: CHAT }),
  withRule("E4.clock_skew", 6, { match: CHAT }),
  withRule("E4.unknown_field", 8, { match: CHAT }),
  withRule("E4.unknown_type", 4, { match: CHAT }),
  withRule("E4.unknown_enum", 7, { match: CHAT }),
  withRule("E4.missing_nullable", 9, { match: CHAT }),
  withRule("E4.ints_as_strings", 6, { match: CHAT }),
  withRule("H3.server_error", 4, { match: { path: "/chat/messages" } }),
  withRule("H3.server_error", 4, { match: { path: "/chat/messages" }, with: { applied: true } }),
  withRule("H2.rate_limited", 3, { match: { path: "/chat/messages" }, with: { keepsBucket: true } }),
  withRule("N2.latency", 4, { match: { path: "/chat/messages" } }),
  withRule("N2.truncated", 4, { match: { path: "/chat/messages" } }),
  withRule("H4.not_sent", 4),
  withRule("H1.unauthorized", 2, { match: { path: "/chat/messages" } }),
];

/** Breaks the connection, and waits until both sides know. */
async function cut({ stage, outages }: Scene, kind: string, how: () => void, acceptsInMs: number | null = 0): Promise<void> {
  const sockets = stage.sockets();
  outages.expect(kind, acceptsInMs);
  how();
  await stage.closed(sockets);
  outages.look();
}

/** Cuts, so that all is subscribed anew, of which some goes wrong. */
function resubscribe(scene: Scene, kind: Parameters<typeof withRule>[0], times = 1): Promise<void> {
  scene.set({ kind, times });
  return cut(scene, "subscribing", () => scene.stage.world.closeEventSub(4000));
}

/** The session is asked to move. When it cannot, that leads to an outage, of the kind that `loses` names. */
function move({ stage, outages }: Scene, options: ReconnectOptions, loses: string | null = null): void {
  if (loses !== null) outages.expect(loses, 0);
  stage.world.reconnectEventSub(options);
}
