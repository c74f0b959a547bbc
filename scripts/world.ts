import { parseArgs } from "node:util";
import { startWorld } from "../src/world/index.ts";

const { values } = parseArgs({
  options: {
    port: { type: "string", default: "0" },
    seed: { type: "string", default: "1" },
    director: { type: "boolean", default: false },
  },
});
const world = await startWorld({
  port: Number(values.port),
  seed: Number(values.seed),
  purpose: "world",
  environment: Bun.env.NODE_ENV ?? "",
});

console.log(`The pretend world listens on 127.0.0.1:${world.port}. It ends with Ctrl-C.`);
for (const [name, url] of Object.entries(world.urls)) console.log(`  ${name.padEnd(9)} ${url}`);
