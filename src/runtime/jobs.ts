import { PgBoss } from "pg-boss";
import type { Log } from "../ports.ts";
import { codeOf } from "./recorder.ts";

/** A job that runs at fixed times. */
export interface ScheduledJob {
  name: string;
  /** Five fields, in UTC. */
  cron: string;
  /** Throws when it did not succeed: it is tried again by the job engine. */
  run(): Promise<void>;
}

/** How a database executes one text with values: the job engine brings no connection of its own. */
export interface JobDatabase {
  executeSql(text: string, values?: unknown[]): Promise<{ rows: unknown[] }>;
}

/** How often the engine looks for due jobs. They are daily ones: no hurry, little load. */
const POLL_S = 30;
const RETRIES = 3;
const RETRY_AFTER_S = 60;
const STOP_MS = 3_000;

export interface JobsStatus {
  state: "starting" | "running" | "failed" | "stopped";
  failures: number;
  /** Code of the last failure, or null. */
  reason: string | null;
}

/**
 * What must happen later, again or elsewhere: pg-boss on the same database. Starting it is not on
 * the way to readiness; a failed start is tried again by `start`.
 */
export class Jobs {
  readonly #database: JobDatabase;
  readonly #jobs: readonly ScheduledJob[];
  readonly #log: Log;
  #boss: PgBoss | null = null;
  readonly #workers = new Map<string, string>();
  #state: JobsStatus["state"] = "starting";
  #failures = 0;
  #reason: string | null = null;

  constructor(database: JobDatabase, jobs: readonly ScheduledJob[], log: Log) {
    this.#database = database;
    this.#jobs = jobs;
    this.#log = log;
  }

  status(): JobsStatus {
    return { state: this.#state, failures: this.#failures, reason: this.#reason };
  }

  async start(): Promise<void> {
    const boss = new PgBoss({ db: this.#database, schema: "jobs", superviseIntervalSeconds: 300 });
    boss.on("error", (error: unknown) => {
      this.#failures++;
      this.#reason = codeOf(error);
      this.#log.warn("jobs.error", { code: codeOf(error) });
    });
    this.#boss = boss;
    try {
      await boss.start();
      for (const job of this.#jobs) await this.#install(boss, job);
      if (this.#state === "starting") this.#state = "running";
    } catch (error) {
      this.#state = "failed";
      this.#reason = codeOf(error);
      this.#log.error("jobs.start_failed", { code: codeOf(error) });
    }
  }

  /** Runs a job now, through the engine's own queue. Resolves when it is queued, and its worker is told to look. */
  async trigger(name: string): Promise<void> {
    await this.#boss?.send(name, {});
    const worker = this.#workers.get(name);
    if (worker !== undefined) this.#boss?.notifyWorker(worker);
  }

  async stop(): Promise<void> {
    this.#state = "stopped";
    await this.#boss?.stop({ graceful: true, timeout: STOP_MS }).catch(() => {});
  }

  async #install(boss: PgBoss, job: ScheduledJob): Promise<void> {
    await boss.createQueue(job.name, { retryLimit: RETRIES, retryDelay: RETRY_AFTER_S, retryBackoff: true });
    const worker = await boss.work(job.name, { pollingIntervalSeconds: POLL_S }, async () => {
      await job.run();
      this.#log.info("jobs.done", { job: job.name });
    });
    this.#workers.set(job.name, worker);
    await boss.schedule(job.name, job.cron, {}, { tz: "UTC" });
  }
}
