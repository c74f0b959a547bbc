import { describe, expect, test } from "bun:test";
import { LEASE_RENEW_MS, LEASE_TTL_MS, Leases } from "../../src/runtime/leases.ts";
import { type Database, openDatabase } from "../../src/store/db.ts";
import { emptyDb, engines, postgresServer, quiet } from "../support/db.ts";
import { aCuttableWire } from "../support/proxy.ts";
import { MovableTime } from "../support/time.ts";

/** A process that wants `names`, with what it was told to hold, one entry per change. */
function aProcess(holder: string, database: Database, names: readonly string[] = ["attic", "studio"]) {
  const time = new MovableTime();
  const changes: string[][] = [];
  const waiting: (() => void)[] = [];
  const leases = new Leases({
    holder,
    sql: database.sql,
    time,
    log: quiet,
    list: async () => names,
    onChange: (held) => {
      changes.push([...held].toSorted());
      for (const resolve of waiting.splice(0)) resolve();
    },
  });
  /** Resolves with the next change. */
  const changed = () => new Promise<void>((resolve) => void waiting.push(resolve));
  return { leases, time, changes, changed };
}

/** As if the holder had been killed that long ago: leases go by the database's clock. */
const expire = (database: Database, holder: string) =>
  database.sql.unsafe("update leases set expires_at = now() - interval '1 second' where holder = $1", [holder]);

describe.each(engines)("F31, F56: on %s", (engine) => {
  test("of two processes one holds every channel, and each knows of the other", async () => {
    const database = await emptyDb(engine);
    const first = aProcess("first", database);
    const second = aProcess("second", database);
    await first.leases.start();
    await second.leases.start();
    await first.leases.refresh();
    expect([first.changes, second.changes]).toEqual([[["attic", "studio"]], []]);
    expect(["studio", "attic"].map((name) => [first.leases.holds(name), second.leases.holds(name)])).toEqual([
      [true, false],
      [true, false],
    ]);
    expect([first.leases.others, second.leases.others]).toEqual([1, 1]);
    await first.leases.stop();
    await second.leases.stop();
  });

  test("what one gives back by stopping the other has at its next look, and is then alone", async () => {
    const database = await emptyDb(engine);
    const first = aProcess("first", database);
    const second = aProcess("second", database);
    await first.leases.start();
    await second.leases.start();
    await first.leases.stop();
    expect(first.leases.holds("studio")).toBe(false);
    const taken = second.changed();
    second.time.advance(LEASE_RENEW_MS);
    await taken;
    expect(second.leases.holds("studio")).toBe(true);
    expect(second.leases.others).toBe(0);
    await second.leases.stop();
  });

  test("what a killed process held is taken when it has expired; should it come back, it holds nothing", async () => {
    const database = await emptyDb(engine);
    const killed = aProcess("killed", database);
    const other = aProcess("other", database);
    await killed.leases.start();
    await other.leases.start();
    await expire(database, "killed");
    await other.leases.refresh();
    expect(other.changes).toEqual([["attic", "studio"]]);
    await killed.leases.refresh();
    expect(killed.changes).toEqual([["attic", "studio"], []]);
    await killed.leases.stop();
    await other.leases.stop();
  });

  test("two that ask at the same time never hold the same channel", async () => {
    const database = await emptyDb(engine);
    const names = Array.from({ length: 30 }, (_, index) => `chan_${index}`);
    const both = ["first", "second"].map((holder) => aProcess(holder, database, names));
    await Promise.all(both.map((one) => one.leases.start()));
    expect(names.map((name) => both.filter((one) => one.leases.holds(name)).length)).toEqual(names.map(() => 1));
    await Promise.all(both.map((one) => one.leases.stop()));
  });
});

test("takeover after a kill is within fifteen seconds: the expiry, one look, and room", () => {
  expect(LEASE_TTL_MS + LEASE_RENEW_MS).toBeLessThanOrEqual(12_000);
  expect(LEASE_TTL_MS / LEASE_RENEW_MS).toBeGreaterThanOrEqual(3);
});

describe.skipIf(!engines.includes("postgres"))("F55: the database away", () => {
  async function behindAWire() {
    const server = await postgresServer();
    const name = await server.createDatabase("leases");
    const wire = await aCuttableWire(server.port);
    const url = new URL(server.url(name));
    url.port = String(wire.port);
    const cut = await openDatabase({ kind: "postgres", url: url.href, log: quiet, queryMs: 1_000 });
    const direct = await openDatabase({ kind: "postgres", url: server.url(name), log: quiet });
    const stop = async () => {
      wire.mend();
      await Promise.all([cut.close(), direct.close()]);
      await wire[Symbol.asyncDispose]();
    };
    return { wire, cut, direct, [Symbol.asyncDispose]: stop };
  }

  test("a process that was alone goes on holding its channels", async () => {
    await using behind = await behindAWire();
    const alone = aProcess("alone", behind.cut);
    await alone.leases.start();
    behind.wire.cut();
    await alone.leases.refresh();
    expect(alone.leases.awaySince).not.toBeNull();
    alone.time.advance(600_000);
    expect(alone.leases.holds("studio")).toBe(true);
    expect(alone.changes).toEqual([["attic", "studio"]]);
    await alone.leases.stop();
  });

  test("one that had company is silent once its leases have run out, because the other one took them", async () => {
    await using behind = await behindAWire();
    const lost = aProcess("lost", behind.cut);
    const other = aProcess("other", behind.direct);
    await lost.leases.start();
    await other.leases.start();
    await lost.leases.refresh();
    behind.wire.cut();
    lost.time.advance(LEASE_TTL_MS - 500);
    expect(lost.leases.holds("studio")).toBe(true);
    lost.time.advance(500);
    expect(lost.leases.holds("studio")).toBe(false);
    await lost.leases.refresh();
    expect(lost.changes.at(-1)).toEqual([]);
    await lost.leases.stop();
    await other.leases.stop();
  });
});
