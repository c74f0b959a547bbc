import { beforeAll, describe, expect, test } from "bun:test";
import { existsSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { Glob } from "bun";
import manifest from "../../package.json";
import { aWorld, BOT } from "../support/app.ts";
import { aFolder } from "../support/db.ts";
import { type Command, run, settingsOf, start, urlOf } from "./program.ts";

const ROOT = join(import.meta.dir, "../..");
const BINARY = join(ROOT, "dist/byte");

/** When anything that goes into the binary was last changed. */
function sourceChangedAt(): number {
  const files = ["src/**/*", "views/**/*", "migrations/**/*", "package.json", "scripts/build.ts"].flatMap((pattern) => [
    ...new Glob(pattern).scanSync({ cwd: ROOT }),
  ]);
  return Math.max(...files.map((file) => statSync(join(ROOT, file)).mtimeMs));
}

describe("F58: the binary, alone in an empty folder", () => {
  beforeAll(async () => {
    if (existsSync(BINARY) && statSync(BINARY).mtimeMs > sourceChangedAt()) return;
    const built = Bun.spawn([process.execPath, "scripts/build.ts"], { cwd: ROOT, stdio: ["ignore", "ignore", "inherit"] });
    expect(await built.exited).toBe(0);
  }, 120_000);

  /** As a new user has it: nothing around it, and a folder that it makes itself. */
  const alone = (): Command => ({ argv: [BINARY], cwd: aFolder() });

  test("--version needs nothing and leaves nothing", async () => {
    const command = alone();
    expect(await run(["--version"], {}, command)).toEqual({ code: 0, out: `${manifest.version}\n`, err: "" });
    expect(readdirSync(command.cwd)).toEqual([]);
  });

  test("serves its pages and assets, answers, survives kill -9 with its memory, and stops with 0", async () => {
    await using world = await aWorld();
    const command = alone();
    const settings = { ...settingsOf(world), BYTE_DATA_DIR: "./data" };
    await using first = start([], settings, command);
    const url = await urlOf(first);
    const page = await fetch(`${url}/signin`);
    expect(page.status).toBe(200);
    const assets = [...(await page.text()).matchAll(/(?:href|src)="(\/[^"]+\.(?:css|js|svg|woff2)[^"]*)"/g)].map(
      (match) => match[1] ?? "",
    );
    expect(assets.length).toBeGreaterThan(1);
    for (const path of assets) expect((await fetch(url + path)).status).toBe(200);
    expect((await fetch(`${url}/ready`)).status).toBe(200);

    await world.joined("studio", BOT);
    world.say("studio", "olga", "the password is walnut");
    const said = world.said("studio", BOT);
    world.say("studio", "mira", "byte, remember that");
    await said;
    // A second answer comes more than the tenth of a second later within which lines are written.
    const stored = world.said("studio", BOT);
    world.say("studio", "noor", "byte status");
    await stored;
    first.kill("SIGKILL");
    expect(await first.ended).toBeNull();

    await using second = start([], settings, command);
    await urlOf(second);
    await world.log.next((entry) => entry.what === "JOIN" && entry.way === "in" && entry.conn !== "irc-1", 20_000);
    world.model.script({ text: "It was walnut." });
    const answered = world.said("studio", BOT, 20_000);
    world.say("studio", "davi", "byte, what was the password?");
    expect(await answered).toBe("@davi It was walnut.");
    expect(JSON.stringify(world.model.calls.at(-1)?.messages)).toContain("walnut");
    second.kill("SIGTERM");
    expect(await second.ended).toBe(0);
    expect(readdirSync(command.cwd)).toEqual(["data"]);
  }, 60_000);
});
