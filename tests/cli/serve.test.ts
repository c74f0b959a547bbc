import { describe, expect, test } from "bun:test";
import { recount } from "../../src/store/chat.ts";
import { openDatabase } from "../../src/store/db.ts";
import { expireLeases } from "../../src/store/leases.ts";
import { aWorld, BOT, databaseSettings } from "../support/app.ts";
import { aFolder, engines, quiet } from "../support/db.ts";
import { settingsOf, start, urlOf } from "./program.ts";

describe.each(engines.filter((engine) => engine !== "pooled"))("byte serve on %s", (engine) => {
  test("answers; killed in mid-chat it comes back with its memory and all that was acknowledged; SIGTERM ends it with 0", async () => {
    await using world = await aWorld();
    const { databaseUrl } = await databaseSettings(engine);
    const folder = aFolder();
    const settings: Record<string, string> = {
      ...settingsOf(world),
      BYTE_DATA_DIR: folder,
      ...(databaseUrl ? { DATABASE_URL: databaseUrl } : {}),
      BYTE_DASHBOARD_ADMIN_TOKEN: "admin-token-of-the-test",
    };
    const channelId = world.state.channel("studio").user.id;

    await using first = start(["serve"], settings);
    const url = await urlOf(first);
    await first.printed(/Sign in .*: \S+/);
    await world.joined("studio", BOT);
    world.say("studio", "olga", "the password is walnut");
    const said = world.said("studio", BOT);
    world.say("studio", "mira", "byte, remember that");
    await said;
    // Acknowledged is what the figures show.
    for (let line = 0; line < 500; line++) world.say("studio", `viewer_${line % 20}`, `line ${line}`);
    const acknowledged = await figuresUntil(url, (total) => total >= 300);
    first.kill("SIGKILL");
    await first.ended;

    // As if nine seconds had passed: leases go by the database's clock.
    if (databaseUrl !== null) {
      const database = await openDatabase({ kind: "postgres", url: databaseUrl, log: quiet });
      await expireLeases(database.sql);
      await database.close();
    }

    await using second = start(["serve"], settings);
    const again = await urlOf(second);
    await world.log.next((entry) => entry.what === "JOIN" && entry.way === "in" && entry.conn !== "irc-1", 20_000);
    const total = await figuresUntil(again, () => true);
    expect(total).toBeGreaterThanOrEqual(acknowledged);
    const answered = world.said("studio", BOT);
    world.say("studio", "noor", "byte, which lines do you remember?");
    await answered;
    const prompt = JSON.stringify(world.model.calls.at(-1)?.messages);
    expect(prompt).toMatch(/line \d+/);

    second.kill("SIGTERM");
    const from = performance.now();
    expect(await second.ended).toBe(0);
    expect(performance.now() - from).toBeLessThan(10_000);
    expect(second.out()).toContain("Stopped. Everything was stored.");
    for (const text of [first.out() + first.err(), second.out() + second.err()]) {
      expect(text).not.toContain("sk-canary-of-the-program");
      expect(text).not.toContain(settings.TWITCH_USER_TOKEN?.slice(6) ?? "none");
    }
    const database = await openDatabase(
      databaseUrl ? { kind: "postgres", url: databaseUrl, log: quiet } : { kind: "embedded", dir: `${folder}/pg`, log: quiet },
    );
    const counted = await recount(database.db, channelId);
    await database.close();
    expect(counted.messages).toBe(total + 1);
  }, 60_000);
});

test("SIGTERM in the middle of a flood: what was heard is stored, within ten seconds", async () => {
  await using world = await aWorld();
  const { databaseUrl } = await databaseSettings(engines.includes("postgres") ? "postgres" : "embedded");
  await using program = start(["serve"], { ...settingsOf(world), ...(databaseUrl ? { DATABASE_URL: databaseUrl } : {}) });
  await urlOf(program);
  await world.joined("studio", BOT);
  for (let line = 0; line < 3_000; line++) world.say("studio", `viewer_${line % 20}`, `line ${line}`);
  program.kill("SIGTERM");
  const from = performance.now();
  expect(await program.ended).toBe(0);
  expect(performance.now() - from).toBeLessThan(10_000);
  expect(program.out()).toContain("Stopped. Everything was stored.");
});

/** The count of the channel's stored lines as the API tells it, once it `isEnough`. */
async function figuresUntil(url: string, isEnough: (total: number) => boolean): Promise<number> {
  for (;;) {
    const answer = await fetch(`${url}/api/channels/figures?channel=studio`, {
      headers: { "x-byte-admin-token": "admin-token-of-the-test" },
    });
    const { figures } = (await answer.json()) as { figures?: { messagesTotal?: number } };
    const total = figures?.messagesTotal ?? 0;
    if (isEnough(total)) return total;
  }
}
