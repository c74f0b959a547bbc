// Bare tmi.js: a process that joins one channel and counts its messages. `bare.ts PORT CHANNEL COUNT`
import tmi from "tmi.js";

const [port, channel = "", count] = process.argv.slice(2);
const silent = { info: () => {}, warn: () => {}, error: () => {} };
const client = new tmi.Client({
  options: { skipUpdatingEmotesets: true },
  connection: { server: "127.0.0.1", port: Number(port), secure: false, reconnect: false },
  channels: [channel],
  logger: silent,
});

let seen = 0;
let startedAt = 0;
client.on("message", () => {
  if (seen === 0) startedAt = performance.now();
  seen += 1;
  if (seen < Number(count)) return;
  const ms = performance.now() - startedAt;
  process.stdout.write(`${JSON.stringify({ seen, ms })}\n`, () => process.exit(0));
});
await client.connect();
