import { describe, expect, setDefaultTimeout, test } from "bun:test";
import { existsSync, mkdirSync, readdirSync, statSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { join } from "node:path";
import { AppError } from "../../src/domain/errors.ts";
import { openDatabase } from "../../src/store/db.ts";
import { aFolder, quiet } from "../support/db.ts";

/** Engines start inside the first test that needs them, and some facts take their time. */
setDefaultTimeout(30_000);

const open = (dir: string) => openDatabase({ kind: "embedded", dir, log: quiet });
const reasonOf = (error: unknown) => (error instanceof AppError ? [error.kind, error.reason, error.params] : String(error));

/** A process of its own that writes to `dir` until it is killed, and says what was acknowledged. */
function aWriter(dir: string) {
  return Bun.spawn([process.execPath, join(import.meta.dir, "writing-process.ts"), dir], { stdout: "pipe", stderr: "inherit" });
}

/** Reads a writer's acknowledgements until `enough`; returns the last one. The writer runs on. */
async function lastAcknowledged(
  stdout: ReadableStream<Uint8Array>,
  enough: (acknowledged: number) => boolean,
  kill: () => void,
): Promise<number> {
  let text = "";
  for await (const chunk of stdout) {
    text += new TextDecoder().decode(chunk);
    const acknowledged = Number(text.slice(0, text.lastIndexOf("\n")).split("\n").at(-1) ?? 0);
    if (enough(acknowledged)) kill();
  }
  return Number(text.slice(0, text.lastIndexOf("\n")).split("\n").at(-1) ?? 0);
}

describe("the data folder", () => {
  test("is made for its owner alone, and holds what was written when it is opened again", async () => {
    const dir = join(aFolder(), "deep/er/data");
    const first = await open(dir);
    expect(statSync(dir).mode & 0o777).toBe(0o700);
    await first.sql`insert into leases (name, holder, fence, expires_at) values ('a', 'b', 7, now())`;
    await first.close();
    expect(readdirSync(dir).toSorted()).toEqual(["postgres", "postgres.lock"]);

    const second = await open(dir);
    expect((await second.sql<{ fence: string }[]>`select fence from leases`)[0]?.fence).toBe("7");
    await second.close();
  });

  test("what a killed first start left behind is removed, and the start succeeds", async () => {
    const dir = join(aFolder(), "data");
    mkdirSync(join(dir, ".init-half/base"), { recursive: true });
    mkdirSync(join(dir, "postgres"));
    writeFileSync(join(dir, ".init-half/base/1"), "half");
    const database = await open(dir);
    await database.close();
    expect(existsSync(join(dir, ".init-half"))).toBe(false);
  });

  test("is refused to a second opener in the same process, and the first is unharmed", async () => {
    const dir = join(aFolder(), "data");
    const first = await open(dir);
    expect(await open(dir).catch(reasonOf)).toEqual(["unavailable", "data_folder_locked", { dir }]);
    expect((await first.sql<{ one: number }[]>`select 1 as one`)[0]?.one).toBe(1);
    await first.close();
    await (await open(dir)).close();
  });

  test("is refused to a second process, and the first is unharmed", async () => {
    const dir = join(aFolder(), "data");
    const first = await open(dir);
    const second = Bun.spawn([process.execPath, join(import.meta.dir, "writing-process.ts"), dir], {
      stdout: "pipe",
      stderr: "pipe",
    });
    expect(await second.exited).not.toBe(0);
    expect(await new Response(second.stderr).text()).toContain("data_folder_locked");
    await first.sql`insert into leases (name, holder, fence, expires_at) values ('still', 'me', 1, now())`;
    await first.close();
  });

  test("that cannot be written, or that holds something else, is refused in our words", async () => {
    const dir = aFolder();
    writeFileSync(join(dir, "file"), "not a folder");
    expect(await open(join(dir, "file")).catch(reasonOf)).toEqual([
      "unavailable",
      "data_folder_unwritable",
      { dir: join(dir, "file") },
    ]);

    mkdirSync(join(dir, "data/postgres"), { recursive: true });
    writeFileSync(join(dir, "data/postgres/PG_VERSION"), "9.6\n");
    expect(await open(join(dir, "data")).catch(reasonOf)).toEqual([
      "unavailable",
      "data_folder_broken",
      { dir: join(dir, "data") },
    ]);
  });

  test("clients beyond our one are turned away, also ones that hang up rudely, and ours is unharmed", async () => {
    const dir = join(aFolder(), "data");
    const database = await open(dir);
    for (let client = 0; client < 5; client += 1) {
      const rude = connect({ path: join(dir, ".s.PGSQL.5432") });
      await new Promise((resolve) => {
        rude.once("connect", resolve);
        rude.on("error", resolve);
      });
      rude.write("hello");
      await database.sql`select 1`;
      rude.destroy();
      await database.sql`select 1`;
    }
    expect((await database.sql<{ one: number }[]>`select 1 as one`)[0]?.one).toBe(1);
    await database.close();
  });

  test("whose path is too long for a socket works too", async () => {
    const dir = join(aFolder(), "long".repeat(30), "data");
    const database = await open(dir);
    expect((await database.sql<{ one: number }[]>`select 1 as one`)[0]?.one).toBe(1);
    await database.close();
  });

  test("kill -9 while writing, again and again on one folder: nothing acknowledged is lost, no batch is torn", async () => {
    const dir = join(aFolder(), "data");
    let acknowledged = 0;
    for (const batches of [3, 7, 12, 20]) {
      const writer = aWriter(dir);
      const goal = acknowledged + batches;
      acknowledged = await lastAcknowledged(
        writer.stdout,
        (count) => count >= goal,
        () => writer.kill("SIGKILL"),
      );
      await writer.exited;
      expect(writer.signalCode).toBe("SIGKILL");
      expect(acknowledged).toBeGreaterThanOrEqual(goal);

      const database = await open(dir);
      const [row] = await database.sql<{ lines: number; batches: number; messages: number }[]>`
        select count(*)::int as lines, count(distinct trace_id)::int as batches,
          (select coalesce(sum(messages), 0)::int from channel_minutes) as messages
        from channel_history`;
      await database.close();
      expect(row?.batches).toBeGreaterThanOrEqual(acknowledged);
      expect(row?.batches).toBeLessThanOrEqual(acknowledged + 1);
      expect(row?.lines).toBe((row?.batches ?? 0) * 50);
      expect(row?.messages).toBe(row?.lines ?? 0);
      acknowledged = row?.batches ?? 0;
    }
  }, 60_000);
});
