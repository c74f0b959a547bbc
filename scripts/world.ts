// `bun run world`: the pretend Twitch and model server as a process of its own, with its control API.
import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { startWorld } from "../src/world/index.ts";
import { playScenario, readScenario } from "../src/world/scenario.ts";

const { values } = parseArgs({
  options: {
    port: { type: "string", default: "0" },
    seed: { type: "string", default: "1" },
    /** What Twitch does not document is read the way that is hardest on a client. */
    strict: { type: "boolean", default: false },
    /** A file of steps with times: see src/world/scenario.ts. */
    scenario: { type: "string" },
    /** PEM files of a certificate (a self-signed one will do) and its key: then it speaks TLS. */
    cert: { type: "string" },
    key: { type: "string" },
  },
});
// Read before the start: a scenario that is wrong stops it.
const steps = values.scenario === undefined ? [] : readScenario(JSON.parse(readFileSync(values.scenario, "utf8")));
const tls =
  values.cert === undefined || values.key === undefined
    ? {}
    : { tls: { cert: readFileSync(values.cert, "utf8"), key: readFileSync(values.key, "utf8") } };
const world = await startWorld({
  port: Number(values.port),
  seed: Number(values.seed),
  isStrict: values.strict,
  purpose: "world",
  environment: Bun.env.NODE_ENV ?? "",
  ...tls,
});
playScenario(world, steps);

console.log(`The pretend world listens on 127.0.0.1:${world.port}. It ends with Ctrl-C.`);
for (const [name, url] of Object.entries(world.urls)) console.log(`  ${name.padEnd(9)} ${url}`);
