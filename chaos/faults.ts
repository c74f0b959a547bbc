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

/** Breaks the connection that chat comes over. `acceptsInMs`: from when on the world takes another. */
export type Cut = (scene: Scene, kind: string, how: () => void, acceptsInMs?: number) => Promise<void>;

/** A fault that ends the connection, or has it moved. */
export const breaking = (name: string, share: number, strike: Fault["strike"]): Fault => ({
  name,
  share,
  needs: "breaks",
  strike,
});

/** A fault that needs a connection, and leaves it. */
export const onLink = (name: string, share: number, strike: Fault["strike"]): Fault => ({ name, share, needs: "link", strike });

/** A fault that is a rule of the world's: it strikes at the next occasion. */
export function withRule(kind: FaultRule["kind"], share: number, extra: Omit<FaultRule, "kind"> = {}): Fault {
  return { name: kind, share, needs: "none", strike: (scene) => void scene.set({ kind, ...extra }) };
}

/** Nobody listens for a while: connections are refused. */
export const shut = (share: number, cut: Cut): Fault =>
  breaking("N1 refused for a while", share, (scene) => {
    const { stage, chance } = scene;
    const shutMs = chance.int(3_000, 20_000);
    stage.clock.after(shutMs, () => stage.world.host.open());
    const how = () => {
      stage.world.host.shut();
      dropAll(stage);
    };
    return cut(scene, "refused", how, shutMs);
  });

/** The bot's tokens have run out, and the first attempt to renew them fails. */
export const expireTokens = (share: number, cut: Cut): Fault =>
  breaking("A1 token expired, refresh unavailable once", share, (scene) => {
    const { world, clock } = scene.stage;
    for (const token of world.tokens.access.values()) {
      if (token.userId === world.state.user(BOT).id && token.expiresAt > clock.now()) token.expiresAt = clock.now();
    }
    scene.set({ kind: "A1.refresh_unavailable" });
    return cut(scene, "token expired", () => dropAll(scene.stage));
  });

function dropAll({ world }: Stage): void {
  world.dropIrc(BOT);
  world.closeEventSub(null);
}

/** The bot is banned in a channel where it is, and let in again some seconds later. Gives the channel; null when it is in none. */
export function banish({ stage, chance }: Scene): string | null {
  const inside = stage.app.channels.list().filter((channel) => channel.state === "joined");
  if (inside.length === 0) return null;
  const { login } = chance.pick(inside);
  stage.world.ban(login, BOT);
  stage.clock.after(chance.int(2_000, 20_000), () => stage.world.unban(login, BOT));
  return login;
}
