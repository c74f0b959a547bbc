import { expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ManualClock, startWorld } from "../../src/world/index.ts";
import { playScenario, readScenario } from "../../src/world/scenario.ts";

const STEPS = {
  steps: [
    { action: "addChannel", args: ["studio"] },
    { at: 1_000, action: "say", args: ["studio", "mira", "a second in"] },
    { at: 2_000, fault: { kind: "I3.duplicate", times: 3 } },
    { at: 2_000, action: "ban", args: ["studio", "mira"] },
    { at: 3_000, action: "say", args: ["studio", "mira", "not any more"] },
    { at: 4_000, limits: { dupMs: 7, nonsense: 1 } },
  ],
};

test("a scenario does its steps at their times; one that fails is logged and the others go on", async () => {
  const clock = new ManualClock();
  await using world = await startWorld({ clock });
  expect(playScenario(world, readScenario(STEPS))).toEqual([{ done: true }, null, null, null, null, null]);
  const said = () => [...world.state.channel("studio").chat.values()].map((line) => line.text);
  clock.advance(999);
  expect(said()).toEqual([]);
  clock.advance(1);
  expect(said()).toEqual(["a second in"]);
  clock.advance(1_000);
  expect(world.faults.list().map((fault) => fault.rule.kind)).toEqual(["I3.duplicate"]);
  clock.advance(2_000);
  expect(world.limits.dupMs).toBe(7);
  expect(world.limits).not.toHaveProperty("nonsense");
  const failed = world.log.list("control", "scenario step failed");
  expect(failed.map((entry) => entry.fields)).toEqual([{ kind: "say", problem: "mira is banned or timed out in studio" }]);
});

test("a step that is wrong is named, before anything is done", () => {
  expect(() => readScenario([])).toThrow("a scenario is");
  expect(() => readScenario({ steps: [{ action: "say" }, { action: "constructor" }] })).toThrow("step 2: no action constructor");
  expect(() => readScenario({ steps: [{ at: -1, action: "say" }] })).toThrow("step 1: `at`");
  expect(() => readScenario({ steps: [{ fault: {} }] })).toThrow("step 1: the fault has no kind");
});

/** Starts `bun run world` with a scenario file; gives what it printed until its addresses stood there, or until it ended. */
async function runWorld(
  scenario: unknown,
  look: (controlUrl: string) => Promise<void>,
): Promise<{ out: string; problem: string }> {
  const folder = mkdtempSync(join(tmpdir(), "byte-scenario-"));
  const file = join(folder, "scenario.json");
  await Bun.write(file, JSON.stringify(scenario));
  const main = new URL("../../scripts/world.ts", import.meta.url).pathname;
  const child = Bun.spawn(["bun", main, "--scenario", file, "--strict"], {
    stdout: "pipe",
    stderr: "pipe",
    env: { ...process.env, NODE_ENV: "" },
  });
  try {
    let out = "";
    for await (const bytes of child.stdout) {
      out += new TextDecoder().decode(bytes);
      const port = /webhook\s+http:\/\/127\.0\.0\.1:(\d+)/.exec(out)?.[1];
      if (port === undefined) continue;
      await look(`http://127.0.0.1:${port}/__control`);
      child.kill();
    }
    return { out, problem: await new Response(child.stderr).text() };
  } finally {
    child.kill();
    await child.exited;
    rmSync(folder, { recursive: true, force: true });
  }
}

test("bun run world plays a scenario file, and --strict reads Twitch the hard way", async () => {
  await runWorld({ steps: [{ action: "addChannel", args: ["studio", { title: "from a file" }] }] }, async (url) => {
    const state = (await (await fetch(`${url}/state`)).json()) as { channels: object[] };
    expect(state.channels).toMatchObject([{ login: "studio", title: "from a file" }]);
    const limits = await (await fetch(`${url}/limits`, { method: "POST", body: "{}" })).json();
    expect(limits).toMatchObject({ refreshReuseRevokes: true, ircRevokedCloses: true });
  });
  const { out, problem } = await runWorld({ steps: [{ action: "fly" }] }, async () => {});
  expect(out).toBe("");
  expect(problem).toContain("step 1: no action fly");
});
