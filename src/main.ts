import { run } from "./cli/run.ts";
import { readEnvironment } from "./config.ts";

const code = await run(process.argv.slice(2), {
  environment: readEnvironment(),
  print: (text) => void process.stdout.write(`${text}\n`),
  complain: (text) => void process.stderr.write(`${text}\n`),
  log: (line) => void process.stderr.write(line),
  onStop: (stop) => {
    for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => stop(signal));
  },
  onBug: (tell) => {
    process.on("uncaughtException", (error) => tell(error));
    process.on("unhandledRejection", (error) => tell(error));
  },
});
process.exit(code);
