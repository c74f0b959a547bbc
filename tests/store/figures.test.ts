import { describe, expect, setDefaultTimeout, test } from "bun:test";
import { addLines } from "../../src/store/chat.ts";
import { getFigures } from "../../src/store/figures.ts";
import { emptyDb, engines } from "../support/db.ts";
import { aLine, minutesBefore, noon, secondsAfter } from "./lines.ts";

/** Engines start inside the first test that needs them, and some facts take their time. */
setDefaultTimeout(30_000);

describe.each(engines)("figures on %s", (engine) => {
  test("of a channel without a line are zeroes, with sixty empty minutes", async () => {
    const { db } = await emptyDb(engine);
    const figures = await getFigures(db, "100", noon);
    expect({ ...figures, minutes: [] }).toEqual({
      channelId: "100",
      messagesTotal: 0,
      repliesTotal: 0,
      chattersTotal: 0,
      messages10m: 0,
      chatters10m: 0,
      minutes: [],
    });
    expect(figures.minutes.map((minute) => minute.messages)).toEqual(Array(60).fill(0));
    expect([figures.minutes[0]?.startedAt, figures.minutes[59]?.startedAt]).toEqual([
      new Date("2026-11-22T11:01:00Z"),
      new Date("2026-11-22T12:00:00Z"),
    ]);
  });

  test("count the running minute and the nine before it as recent, and deleted lines too", async () => {
    const { db, sql } = await emptyDb(engine);
    const tenthMinute = new Date("2026-11-22T11:51:00Z");
    await addLines(sql, [
      aLine({ messageId: "old", chatterId: "1", sentAt: minutesBefore(noon, 90) }),
      aLine({ messageId: "just not", chatterId: "2", sentAt: secondsAfter(tenthMinute, -0.001) }),
      aLine({ messageId: "just", chatterId: "3", sentAt: tenthMinute }),
      aLine({ messageId: "deleted", chatterId: "3", deletedAt: noon }),
      aLine({ messageId: "now", chatterId: "4" }),
      aLine({ messageId: "reply", chatterId: "bot", kind: "reply" }),
      aLine({ messageId: "elsewhere", channelId: "200", chatterId: "5" }),
    ]);

    const figures = await getFigures(db, "100", noon);

    expect({ ...figures, minutes: [] }).toEqual({
      channelId: "100",
      messagesTotal: 5,
      repliesTotal: 1,
      chattersTotal: 4,
      messages10m: 3,
      chatters10m: 2,
      minutes: [],
    });
    const busy = figures.minutes
      .filter((minute) => minute.messages > 0)
      .map((minute) => [minute.startedAt.toISOString(), minute.messages]);
    expect(busy).toEqual([
      ["2026-11-22T11:50:00.000Z", 1],
      ["2026-11-22T11:51:00.000Z", 1],
      ["2026-11-22T12:00:00.000Z", 2],
    ]);
  });

  test("see a late line of an old minute that was stored after newer ones", async () => {
    const { db, sql } = await emptyDb(engine);
    await addLines(sql, [aLine({ messageId: "new", chatterId: "9" })]);
    await addLines(sql, [aLine({ messageId: "late", chatterId: "2", sentAt: minutesBefore(noon, 3) })]);
    await addLines(sql, [aLine({ messageId: "new again", chatterId: "1" })]);
    expect(await getFigures(db, "100", noon)).toMatchObject({ messages10m: 3, chatters10m: 3 });
  });
});
