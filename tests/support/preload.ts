import { afterAll, setDefaultTimeout } from "bun:test";
import { stopDatabases } from "./db.ts";

/** Engines start inside the first test that needs them. */
setDefaultTimeout(30_000);

// Once, after the last test of the run.
afterAll(stopDatabases);
