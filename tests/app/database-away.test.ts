import { describe, expect, test } from "bun:test";
import { LEASE_RENEW_MS } from "../../src/runtime/leases.ts";
import { listLines } from "../../src/store/chat.ts";
import { aWorld, BOT, databaseSettings, nextBody, nextLine, sentTexts, startApp } from "../support/app.ts";
import { engines, postgresServer } from "../support/db.ts";
import { aCuttableWire } from "../support/proxy.ts";
import { MovableTime } from "../support/time.ts";

/** A fresh database on Postgres, behind a wire that can be cut. */
async function aCuttableDatabase() {
  const wire = await aCuttableWire((await postgresServer()).port);
  const url = new URL((await databaseSettings("postgres")).databaseUrl ?? "");
  url.port = String(wire.port);
  return { wire, databaseUrl: url.href };
}

const partOf = (app: Awaited<ReturnType<typeof startApp>>, name: string) => app.status().parts.find((part) => part.name === name);

describe.skipIf(!engines.includes("postgres"))("F55: with the database away", () => {
  test("Byte goes on answering alone, says how it is, and writes all of it, in order, when it is back", async () => {
    await using world = await aWorld();
    const { wire, databaseUrl } = await aCuttableDatabase();
    await using _wire = wire;
    const time = new MovableTime();
    await using app = await startApp(world, { databaseUrl }, { time });
    await world.joined("studio", BOT);
    const before = nextLine(app, "before the cut");
    world.say("studio", "olga", "before the cut");
    await before;

    wire.cut();
    const lost = nextBody(app, "database.lost");
    for (let line = 0; line < 50; line++) world.say("studio", `viewer_${line}`, `line ${line} without a database`);
    const said = world.said("studio", BOT);
    world.say("studio", "mira", "byte, are you still there?");
    await said;
    await lost;
    expect(partOf(app, "database")).toMatchObject({ level: "bad", reason: "lost" });
    const ready = await fetch(`${app.url}/ready`);
    expect(ready.status).toBe(503);
    expect((await fetch(`${app.url}/health`)).status).toBe(200);
    const status = world.said("studio", BOT);
    time.advance(1_200);
    world.say("studio", "noor", "byte status");
    expect(await status).toContain("Database: not well.");

    const back = nextBody(app, "database.back");
    wire.mend();
    time.advance(3_000);
    expect(await back).toMatchObject({ dropped: 0 });
    // One connection may be back before another: what then fails again is tried again.
    while (app.recorder.stats().linesWaiting > 0) {
      await app.recorder.flush();
      await new Promise(setImmediate);
    }
    const lines = await listLines(app.database.db, world.state.channel("studio").user.id, { limit: 200 });
    expect(lines.map((line) => (line.kind === "reply" ? "a reply" : line.text))).toEqual([
      "before the cut",
      ...Array.from({ length: 50 }, (_, line) => `line ${line} without a database`),
      "byte, are you still there?",
      "a reply",
      "byte status",
      "a reply",
    ]);
    expect(sentTexts(world)).toHaveLength(2);
    // The leases see it at their next renewal.
    time.advance(LEASE_RENEW_MS);
    while (partOf(app, "database")?.level !== "ok") await new Promise(setImmediate);
  });

  test("a stop ends within ten seconds, and tells how many lines could not be written", async () => {
    await using world = await aWorld();
    const { wire, databaseUrl } = await aCuttableDatabase();
    await using _wire = wire;
    const app = await startApp(world, { databaseUrl });
    await world.joined("studio", BOT);
    wire.cut();
    const lost = nextBody(app, "database.lost");
    const heard = nextLine(app, "this is not stored");
    world.say("studio", "mira", "this is not stored");
    await Promise.all([lost, heard]);
    const from = performance.now();
    expect(await app.stop()).toBe(1);
    expect(performance.now() - from).toBeLessThan(10_000);
  });
});
