import { afterAll } from "bun:test";
import { stopDatabases } from "./db.ts";

// Once, after the last test of the run.
afterAll(stopDatabases, 60_000);
