import { describe, expect, test } from "bun:test";
import type { Log } from "../../src/ports.ts";
import { Jobs, type ScheduledJob } from "../../src/runtime/jobs.ts";
import { retain } from "../../src/runtime/retention.ts";
import { addLines, listLines, pruneLines } from "../../src/store/chat.ts";
import { jobEngineDatabase } from "../../src/store/job-engine.ts";
import { addEvents, listEvents, pruneEvents } from "../../src/store/timeline.ts";
import { ManualClock } from "../../src/world/index.ts";
import { emptyDb, engines } from "../support/db.ts";
import { aLine, CHANNEL_ID } from "./builders.ts";

/** A log of which one can await an event. */
function aLog() {
  const seen: string[] = [];
  const waiting: { event: string; resolve: () => void }[] = [];
  const note = (event: string) => {
    seen.push(event);
    for (const one of waiting) if (one.event === event) one.resolve();
  };
  const log: Log = { info: note, warn: note, error: note };
  const logged = (event: string) => new Promise<void>((resolve) => void waiting.push({ event, resolve }));
  return { log, seen, logged };
}

const DAY_MS = 86_400_000;

describe.each(engines)("on %s", (engine) => {
  test("the retention job, run by the job engine, deletes what is older than the days set, and no more", async () => {
    const { db, sql } = await emptyDb(engine);
    const time = new ManualClock();
    const daysAgo = (days: number) => new Date(time.now().getTime() - days * DAY_MS);
    await addLines(
      sql,
      [31, 30.1, 29.9, 0].map((days, index) => aLine(index, { sentAt: daysAgo(days), text: `${days} days` })),
    );
    const started = { channelId: null, traceId: null, id: null, body: { type: "app.stopped" } } as const;
    await addEvents(
      sql,
      [31, 1].map((days) => ({ ...started, at: daysAgo(days) })),
      ["a", "b"],
    );
    const { log, seen, logged } = aLog();
    const prune = {
      channel_history: (before: Date) => pruneLines(db, before, 1),
      timeline: (before: Date) => pruneEvents(db, before),
    };
    const job: ScheduledJob = { name: "retention", cron: "10 4 * * *", run: () => retain(prune, 30, time, log) };
    const jobs = new Jobs(jobEngineDatabase(sql), [job], log);
    await jobs.start();
    expect(jobs.status()).toEqual({ state: "running", failures: 0, reason: null });

    const done = logged("jobs.done");
    await jobs.trigger("retention");
    await done;
    await jobs.stop();

    expect((await listLines(db, CHANNEL_ID, { limit: 10 })).map((line) => line.text)).toEqual(["29.9 days", "0 days"]);
    expect(await listEvents(db, { limit: 10 })).toHaveLength(1);
    expect(seen.filter((event) => event === "jobs.error")).toEqual([]);
    expect(jobs.status().state).toBe("stopped");
  });
});

test("an engine that cannot start is told as failed, and nothing else falls", async () => {
  const { log, seen } = aLog();
  const jobs = new Jobs({ executeSql: () => Promise.reject(new Error("no database")) }, [], log);
  await jobs.start();
  expect(jobs.status().state).toBe("failed");
  expect(seen).toContain("jobs.start_failed");
  await jobs.stop();
});
