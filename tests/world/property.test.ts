import { expect, test } from "bun:test";
import fc from "fast-check";
import { startWorld, type World } from "../../src/world/index.ts";
import { EventSubClient, settled, subscribe } from "./support.ts";

/** What may happen to a client of EventSub. */
type Step = "say" | "same_id" | "reorder" | "move" | "move_keeping" | "cut";

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 6, arbitrary: fc.constant("say" as const) },
  { weight: 2, arbitrary: fc.constantFrom("same_id" as const, "reorder" as const) },
  { weight: 1, arbitrary: fc.constantFrom("move" as const, "move_keeping" as const, "cut" as const) },
);

/** A client that goes through all of it: it follows moves, and comes back after cuts. */
class Traveller {
  readonly clients: EventSubClient[] = [];
  readonly wanted: string[] = [];
  #world: World;
  #token: string;
  #condition: Record<string, string>;

  constructor(world: World) {
    const grant = world.issueToken("bot");
    this.#world = world;
    this.#token = grant.accessToken;
    this.#condition = { broadcaster_user_id: world.addChannel("studio").user.id, user_id: grant.userId };
  }

  async arrive(): Promise<void> {
    const client = await EventSubClient.open(this.#world.urls.eventsub);
    this.clients.push(client);
    await subscribe(this.#world, client, this.#token, "channel.chat.message", this.#condition);
  }

  say(text: string): void {
    this.wanted.push(this.#world.say("studio", "ned", text));
  }

  async move(keepsOld: boolean): Promise<void> {
    this.#world.reconnectEventSub({ keepsOld });
    const url = (await this.clients.at(-1)?.next("session_reconnect"))?.payload.session?.reconnect_url ?? "";
    this.clients.push(await EventSubClient.open(url));
  }

  async cut(): Promise<void> {
    this.#world.faults.clear();
    this.say("before the cut");
    await settled(this.#world);
    this.#world.closeEventSub(null);
    await this.clients.at(-1)?.wire.closed;
    await this.arrive();
  }

  async take(what: Step): Promise<void> {
    if (what === "say") this.say("a line");
    else if (what === "same_id") this.#world.faults.add({ kind: "E4.same_id" });
    else if (what === "reorder") this.#world.faults.add({ kind: "E4.reorder" });
    else if (what === "cut") await this.cut();
    else await this.move(what === "move_keeping");
  }

  /** What arrived, once per frame id. */
  async arrived(): Promise<unknown[]> {
    this.#world.faults.clear();
    this.say("the last line");
    await settled(this.#world);
    const frames = this.clients.flatMap((client) => client.notifications);
    for (const client of this.clients) client.wire.close();
    return [...new Map(frames.map((frame) => [frame.metadata.message_id, frame.payload.event?.message_id])).values()];
  }
}

test("in any course of sends, doublings, moves and cuts, what was delivered on a live session arrives, and once by id", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 3, maxLength: 25 }), fc.integer({ min: 1, max: 1_000 }), async (steps, seed) => {
      await using world = await startWorld({ seed });
      const traveller = new Traveller(world);
      await traveller.arrive();
      for (const what of steps) await traveller.take(what);
      expect((await traveller.arrived()).sort()).toEqual([...traveller.wanted].sort());
    }),
    { numRuns: 25 },
  );
});
