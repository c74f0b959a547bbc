import { closeSync, existsSync, fsyncSync, mkdirSync, mkdtempSync, openSync, readdirSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { PGlite, type PGliteOptions } from "@electric-sql/pglite";
import initdbWasm from "@electric-sql/pglite/initdb.wasm" with { type: "file" };
import data from "@electric-sql/pglite/pglite.data" with { type: "file" };
import pgliteWasm from "@electric-sql/pglite/pglite.wasm" with { type: "file" };
import vectorTar from "../../node_modules/@electric-sql/pglite-pgvector/dist/vector.tar.gz" with { type: "file" };

/** Kept small: one chat bot's working set, and the log's files between two checkpoints. */
export const SETTINGS = ["shared_buffers=16MB", "max_wal_size=64MB", "min_wal_size=32MB"];

/** Prefixes of what is left behind in the data folder when a start is killed. */
const LEFTOVERS = [".init-", ".ext-"];

/**
 * Opens the embedded engine in `folder`/postgres, made from `template` (a gzipped tar of a data directory) or, without
 * one, by initdb, which takes some five seconds. A new directory appears whole or not at all. The caller holds the lock.
 */
export async function openPglite(folder: string, template: Blob | null): Promise<PGlite> {
  for (const name of readdirSync(folder)) {
    if (LEFTOVERS.some((prefix) => name.startsWith(prefix))) rmSync(join(folder, name), { recursive: true, force: true });
  }
  const dataDir = join(folder, "postgres");
  const extensions = mkdtempSync(join(folder, ".ext-"));
  try {
    const assets = await loadAssets(extensions);
    if (!existsSync(join(dataDir, "PG_VERSION"))) await makeDataDir(folder, dataDir, template, assets);
    return await PGlite.create({ ...assets, dataDir });
  } finally {
    rmSync(extensions, { recursive: true, force: true });
  }
}

async function makeDataDir(folder: string, dataDir: string, template: Blob | null, assets: PGliteOptions): Promise<void> {
  const fresh = mkdtempSync(join(folder, ".init-"));
  if (template) await new Bun.Archive(await template.arrayBuffer()).extract(fresh);
  else await (await PGlite.create({ ...assets, dataDir: fresh })).close();
  rmSync(dataDir, { recursive: true, force: true });
  renameSync(fresh, dataDir);
  const parent = openSync(folder, "r");
  fsyncSync(parent);
  closeSync(parent);
}

/** The engine's parts, from wherever the build put them. The extension's tar must be a real file: it is read as a stream. */
async function loadAssets(folder: string): Promise<PGliteOptions> {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const tar = join(folder, "vector.tar.gz");
  await Bun.write(tar, Bun.file(vectorTar));
  const compile = async (file: string) => await WebAssembly.compile(await Bun.file(file).arrayBuffer());
  return {
    pgliteWasmModule: await compile(pgliteWasm),
    initdbWasmModule: await compile(initdbWasm),
    fsBundle: new Blob([await Bun.file(data).arrayBuffer()]),
    postgresqlconf: SETTINGS,
    extensions: {
      vector: {
        name: "vector",
        setup: async (_pg: unknown, emscriptenOpts: unknown) => ({ emscriptenOpts, bundlePath: pathToFileURL(tar) }),
      },
    },
  };
}
