import type { WorldChance } from "../src/world/chance.ts";
import type { ActiveFault, FaultRule } from "../src/world/faults.ts";
import type { FaultCard } from "./deck.ts";
import type { Outages } from "./outages.ts";
import { BOT, type Stage } from "./stage.ts";

/** What a fault works on. */
export interface Scene {
  stage: Stage;
  chance: WorldChance;
  outages: Outages;
  /** A rule that strikes at the next occasion. */
  set(rule: FaultRule): ActiveFault;
  /** Nobody says anything for so long. */
  hush(ms: number): void;
}

/** `strike` resolves when what it does at once is done. */
export type Fault = FaultCard & { strike(scene: Scene): void | Promise<void> };

const onLink = (name: string, share: number, strike: Fault["strike"]): Fault => ({ name, share, needsLink: true, strike });
const rule = (kind: FaultRule["kind"], share: number, extra: Omit<FaultRule, "kind"> = {}): Fault => ({
  name: kind,
  share,
  needsLink: false,
  strike: (scene) => void scene.set({ kind, ...extra }),
});

/** A connection closed by the server is closed with one of these: going away, internal error, try again later. */
const CLOSE_CODES = [1001, 1011, 1013];
/** Quiet enough to be asked "are you there?" (the app asks after 6 s), not long enough to be dead (12 s). */
const HUSH_MS = 9_000;

/** Everything that IRC can do to a client, in the shares of two hundred. */
export const IRC_FAULTS: readonly Fault[] = [
  onLink("I1 drop", 5, (scene) => cut(scene, "drop", () => scene.stage.world.dropIrc(BOT))),
  onLink("I1 close", 3, (scene) =>
    cut(scene, "close", () => {
      for (const session of scene.stage.liveSessions()) session.close(scene.chance.pick(CLOSE_CODES), "");
    }),
  ),
  onLink("I1 half open", 4, ({ stage, outages }) => {
    outages.begin("half open", null);
    stage.world.freezeIrc(BOT);
  }),
  onLink("I1 RECONNECT, closed later", 3, (scene) => reconnect(scene, scene.chance.int(0, 60_000))),
  onLink("I1 RECONNECT, never closed", 2, (scene) => reconnect(scene, null)),
  onLink("I1 login refused once", 1, (scene) => {
    scene.set({ kind: "I1.login_failed", match: { login: BOT } });
    return cut(scene, "login refused", () => scene.stage.world.dropIrc(BOT));
  }),
  onLink("N1 refused for a while", 3, (scene) => {
    const { stage, chance } = scene;
    const shutMs = chance.int(3_000, 20_000);
    stage.clock.after(shutMs, () => stage.world.host.open());
    return cut(
      scene,
      "refused",
      () => {
        stage.world.host.shut();
        stage.world.dropIrc(BOT);
      },
      shutMs,
    );
  }),
  onLink("A1 token expired, refresh unavailable once", 2, (scene) => {
    const { world, clock } = scene.stage;
    for (const token of world.tokens.access.values()) {
      if (token.userId === world.state.user(BOT).id && token.expiresAt > clock.now()) token.expiresAt = clock.now();
    }
    scene.set({ kind: "A1.refresh_unavailable" });
    return cut(scene, "token expired", () => world.dropIrc(BOT));
  }),
  onLink("I1 PONG withheld while it is quiet", 3, (scene) => {
    scene.hush(HUSH_MS);
    scene.set({ kind: "I1.pong_withheld" });
  }),
  onLink("I1 quiet for a while", 2, (scene) => scene.hush(HUSH_MS)),
  rule("I1.ping_silence", 4),
  onLink("I2 thrown out (banned), let in again", 14, (scene) => void banish(scene)),
  onLink("I2 thrown out, next JOIN ignored", 6, (scene) => {
    const login = banish(scene);
    if (login !== null) scene.set({ kind: "I2.join_ignored", match: { channel: login } });
  }),
  onLink("I2 thrown out, next JOIN finds it suspended", 4, (scene) => {
    const login = banish(scene);
    if (login !== null) scene.set({ kind: "I2.suspended", match: { channel: login } });
  }),
  rule("I2.silent", 5, { match: { login: BOT } }),
  rule("I2.notice", 5, { match: { login: BOT }, with: { msgId: "msg_slowmode" } }),
  rule("I3.duplicate", 28),
  rule("I3.reorder", 22),
  rule("I3.joined_frames", 14),
  rule("I3.split_frame", 22),
  rule("I3.unknown_tags", 9),
  rule("I3.unknown_command", 8),
  rule("I3.bad_emotes", 8),
  rule("I3.huge_tags", 12),
  rule("I3.invalid_utf8", 11),
];

/** Breaks the connection, and waits until both sides know. */
async function cut({ stage, outages }: Scene, kind: string, how: () => void, acceptsInMs = 0): Promise<void> {
  const sessions = stage.liveSessions();
  outages.begin(kind, acceptsInMs);
  how();
  await stage.closed(sessions);
}

/** The client is asked to come again; the world would keep the old connection for `closeAfterMs`, or for ever. */
function reconnect(scene: Scene, closeAfterMs: number | null): Promise<void> {
  return cut(scene, "RECONNECT", () => scene.stage.world.reconnectIrc(BOT, closeAfterMs));
}

/** The bot is banned in a channel where it is, and let in again some seconds later. Gives the channel; null when it is in none. */
function banish({ stage, chance }: Scene): string | null {
  const inside = stage.liveSessions().flatMap((session) => [...session.rooms].map((room) => room.user.login));
  if (inside.length === 0) return null;
  const login = chance.pick(inside.sort());
  stage.world.ban(login, BOT);
  stage.clock.after(chance.int(2_000, 20_000), () => stage.world.unban(login, BOT));
  return login;
}
