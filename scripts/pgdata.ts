/*
 * Makes build/pgdata.tar.gz: a fresh data directory of the embedded engine, so that a first start takes half a second
 * and not five. It is carried in the binary. Does nothing when it was made by this version of the engine.
 */
import { existsSync, mkdirSync, renameSync } from "node:fs";
import { PGlite } from "@electric-sql/pglite";

const build = new URL("../build/", import.meta.url).pathname;
const target = `${build}pgdata.tar.gz`;
const stamp = Bun.file(`${build}pgdata.version`);
const engine: { version: string } = await Bun.file(
  new URL("../package.json", import.meta.resolve("@electric-sql/pglite")),
).json();

if (!existsSync(target) || !(await stamp.exists()) || (await stamp.text()) !== engine.version) {
  mkdirSync(build, { recursive: true });
  const pg = await PGlite.create("memory://");
  await pg.exec("CHECKPOINT");
  await Bun.write(`${target}.new`, await pg.dumpDataDir("gzip"));
  await pg.close();
  renameSync(`${target}.new`, target);
  await stamp.write(engine.version);
  console.log(`made ${target}`);
}
