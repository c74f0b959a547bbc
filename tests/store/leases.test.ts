import { describe, expect, setDefaultTimeout, test } from "bun:test";
import type { Sql } from "../../src/store/db.ts";
import { acquireLeases, countOtherHolders, releaseLeases, renewLeases } from "../../src/store/leases.ts";
import { emptyDb, engines } from "../support/db.ts";

/** Engines start inside the first test that needs them, and some facts take their time. */
setDefaultTimeout(30_000);

const MINUTE_MS = 60_000;

/** As if `holder`'s leases had run out: the database's clock cannot be moved. */
const expire = (sql: Sql, holder: string) => sql.unsafe("update leases set expires_at = now() where holder = $1", [holder]);

describe.each(engines)("F56: leases on %s", (engine) => {
  test("a free name is taken, and nobody else gets it while it is held", async () => {
    const { sql } = await emptyDb(engine);
    expect(await acquireLeases(sql, ["b", "a", "b"], "one", MINUTE_MS)).toEqual([
      { name: "a", fence: 1 },
      { name: "b", fence: 1 },
    ]);
    expect(await acquireLeases(sql, ["a", "b", "c"], "two", MINUTE_MS)).toEqual([{ name: "c", fence: 1 }]);
    expect(await acquireLeases(sql, [], "two", MINUTE_MS)).toEqual([]);
  });

  test("its holder may take it again and keeps its fence", async () => {
    const { sql } = await emptyDb(engine);
    await acquireLeases(sql, ["a"], "one", MINUTE_MS);
    expect(await acquireLeases(sql, ["a"], "one", MINUTE_MS)).toEqual([{ name: "a", fence: 1 }]);
  });

  test("after it expired another takes it with a larger fence, and the first cannot renew it", async () => {
    const { sql } = await emptyDb(engine);
    await acquireLeases(sql, ["a", "b"], "one", MINUTE_MS);
    await expire(sql, "one");
    expect(await acquireLeases(sql, ["a"], "two", MINUTE_MS)).toEqual([{ name: "a", fence: 2 }]);
    expect(await renewLeases(sql, ["a", "b"], "one", MINUTE_MS)).toEqual([]);
    expect(await acquireLeases(sql, ["a", "b"], "one", MINUTE_MS)).toEqual([{ name: "b", fence: 2 }]);
  });

  test("renewing prolongs what is held and leaves out the rest", async () => {
    const { sql } = await emptyDb(engine);
    await acquireLeases(sql, ["a"], "one", 1_000);
    expect(await renewLeases(sql, ["a", "z"], "one", 10 * MINUTE_MS)).toEqual([{ name: "a", fence: 1 }]);
    expect(await renewLeases(sql, ["a"], "two", MINUTE_MS)).toEqual([]);
    const [row] = await sql.unsafe<{ left: number }[]>(
      "select extract(epoch from expires_at - now())::float8 as left from leases",
    );
    expect(row?.left).toBeGreaterThan(500);
    expect(await renewLeases(sql, [], "one", MINUTE_MS)).toEqual([]);
  });

  test("what is released is free at once, its fence still grows, and only its holder can release it", async () => {
    const { sql } = await emptyDb(engine);
    await acquireLeases(sql, ["a", "b"], "one", MINUTE_MS);
    await releaseLeases(sql, ["a", "b"], "two");
    expect(await acquireLeases(sql, ["a"], "two", MINUTE_MS)).toEqual([]);
    await releaseLeases(sql, ["a"], "one");
    expect(await acquireLeases(sql, ["a", "b"], "two", MINUTE_MS)).toEqual([{ name: "a", fence: 2 }]);
    expect(await acquireLeases(sql, ["a"], "one", MINUTE_MS)).toEqual([]);
  });

  test("other holders are counted while they hold something", async () => {
    const { sql } = await emptyDb(engine);
    await acquireLeases(sql, ["a", "b"], "one", MINUTE_MS);
    await acquireLeases(sql, ["c"], "two", MINUTE_MS);
    expect([await countOtherHolders(sql, "one"), await countOtherHolders(sql, "three")]).toEqual([1, 2]);
    await expire(sql, "two");
    expect(await countOtherHolders(sql, "one")).toBe(0);
  });

  test("of many who want the same names at once, each name has one holder", async () => {
    const { sql } = await emptyDb(engine);
    const names = Array.from({ length: 50 }, (_, index) => `n${index}`);
    const holders = Array.from({ length: 8 }, (_, index) => `h${index}`);
    const taken = await Promise.all(
      holders.map((holder, index) => acquireLeases(sql, index % 2 ? names : names.toReversed(), holder, MINUTE_MS)),
    );
    expect(
      taken
        .flat()
        .map((lease) => lease.name)
        .toSorted(),
    ).toEqual(names.toSorted());
  });
});
