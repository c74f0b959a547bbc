import { banish, breaking, expireTokens, type Fault, onLink, type Scene, shut, withRule } from "./faults.ts";
import { BOT } from "./stage.ts";

/** A connection closed by the server is closed with one of these: going away, internal error, try again later. */
const CLOSE_CODES = [1001, 1011, 1013];
/** Quiet enough to be asked "are you there?" (the app asks after 6 s), not long enough to be dead (12 s). */
const HUSH_MS = 9_000;

/** Everything that IRC can do to a client, in the shares of two hundred. */
export const IRC_FAULTS: readonly Fault[] = [
  breaking("I1 drop", 5, (scene) => cut(scene, "drop", () => scene.stage.world.dropIrc(BOT))),
  breaking("I1 close", 3, (scene) =>
    cut(scene, "close", () => {
      for (const session of scene.stage.sessions()) session.close(scene.chance.pick(CLOSE_CODES), "");
    }),
  ),
  breaking("I1 half open", 4, ({ stage, outages }) => {
    outages.expect("half open", null);
    stage.world.freezeIrc(BOT);
    outages.look();
  }),
  breaking("I1 RECONNECT, closed later", 3, (scene) => reconnect(scene, scene.chance.int(0, 60_000))),
  breaking("I1 RECONNECT, never closed", 2, (scene) => reconnect(scene, null)),
  breaking("I1 login refused once", 1, (scene) => {
    scene.set({ kind: "I1.login_failed", match: { login: BOT } });
    return cut(scene, "login refused", () => scene.stage.world.dropIrc(BOT));
  }),
  shut(3, cut),
  expireTokens(2, cut),
  onLink("I1 PONG withheld while it is quiet", 3, (scene) => {
    scene.hush(HUSH_MS);
    scene.set({ kind: "I1.pong_withheld" });
  }),
  onLink("I1 quiet for a while", 2, (scene) => scene.hush(HUSH_MS)),
  withRule("I1.ping_silence", 4),
  onLink("I2 thrown out (banned), let in again", 14, (scene) => void banish(scene)),
  onLink("I2 thrown out, next JOIN ignored", 6, (scene) => {
    const login = banish(scene);
    if (login !== null) scene.set({ kind: "I2.join_ignored", match: { channel: login } });
  }),
  onLink("I2 thrown out, next JOIN finds it suspended", 4, (scene) => {
    const login = banish(scene);
    if (login !== null) scene.set({ kind: "I2.suspended", match: { channel: login } });
  }),
  withRule("I2.silent", 5, { match: { login: BOT } }),
  withRule("I2.notice", 5, { match: { login: BOT }, with: { msgId: "msg_slowmode" } }),
  withRule("I3.duplicate", 28),
  withRule("I3.reorder", 22),
  withRule("I3.joined_frames", 14),
  withRule("I3.split_frame", 22),
  withRule("I3.unknown_tags", 9),
  withRule("I3.unknown_command", 8),
  withRule("I3.bad_emotes", 8),
  withRule("I3.huge_tags", 12),
  withRule("I3.invalid_utf8", 11),
];

/** Breaks the connection, and waits until both sides know. */
async function cut({ stage, outages }: Scene, kind: string, how: () => void, acceptsInMs = 0): Promise<void> {
  const sessions = stage.sessions();
  outages.expect(kind, acceptsInMs);
  how();
  await stage.closed(sessions);
  outages.look();
}

/** The client is asked to come again; the world would keep the old connection for `closeAfterMs`, or for ever. */
function reconnect(scene: Scene, closeAfterMs: number | null): Promise<void> {
  return cut(scene, "RECONNECT", () => scene.stage.world.reconnectIrc(BOT, closeAfterMs));
}
