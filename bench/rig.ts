import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Subprocess } from "bun";
import { type PostgresServer, startPostgres } from "../tests/support/postgres.ts";
import { chooseByte } from "./byte-program.ts";

export type Engine = "postgres" | "embedded";

const SETTINGS_TOLD = "server_version,fsync,synchronous_commit,shared_buffers,max_wal_size,max_connections";

/** What the benches share: a folder, one throwaway Postgres, and all that must not be left running. */
export class Rig implements AsyncDisposable {
  /** The command line of the Byte under test. */
  readonly program = chooseByte();
  readonly #folder = mkdtempSync(join(tmpdir(), "byte-bench-"));
  readonly #children = new Set<Subprocess>();
  #postgres: Promise<PostgresServer> | null = null;
  #folders = 0;

  constructor() {
    // Postgres runs as another user when we are root, and must be able to walk through.
    chmodSync(this.#folder, 0o711);
  }

  /** A fresh folder, removed at the end. */
  folder(name: string): string {
    this.#folders += 1;
    return join(this.#folder, `${name}-${this.#folders}`);
  }

  postgres(): Promise<PostgresServer> {
    this.#postgres ??= startPostgres(this.folder("postgres"));
    return this.#postgres;
  }

  hasPostgres(): boolean {
    return this.#postgres !== null;
  }

  /** What the Postgres of this run is and how it is set. */
  async postgresSettings(): Promise<string> {
    const { admin } = await this.postgres();
    const rows = await admin.unsafe<{ name: string; setting: string }[]>(
      `select name, current_setting(name) as setting from pg_settings where name = any(string_to_array($1, ',')) order by name`,
      [SETTINGS_TOLD],
    );
    return `Postgres: ${rows.map(({ name, setting }) => `${name} ${setting}`).join(", ")}`;
  }

  /** Kills `child` at the end if it still lives. */
  keep(child: Subprocess): void {
    this.#children.add(child);
    void child.exited.then(() => this.#children.delete(child));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const child of this.#children) child.kill("SIGKILL");
    await Promise.all([...this.#children].map((child) => child.exited));
    const server = await this.#postgres?.catch(() => null);
    await server?.stop();
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
