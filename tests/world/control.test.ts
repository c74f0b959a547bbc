import { expect, test } from "bun:test";
import { ManualClock, startWorld } from "../../src/world/index.ts";
import { aIrc } from "./support.ts";

test("the control API is not there unless it was asked for", async () => {
  await using world = await startWorld();
  expect((await fetch(`http://127.0.0.1:${world.port}/__control/state`)).status).toBe(404);
});

test("another process can act, set faults, limits, the model and the clock, and read state, log and checks", async () => {
  await using world = await startWorld({ control: true, clock: new ManualClock() });
  const at = `http://127.0.0.1:${world.port}/__control`;
  const post = async (path: string, body: unknown) => {
    const response = await fetch(`${at}${path}`, { method: "POST", body: JSON.stringify(body) });
    return { status: response.status, json: (await response.json()) as Record<string, unknown> };
  };
  await post("/do", { action: "addChannel", args: ["studio"] });
  const wire = await aIrc(world, "justinfan1", ["studio"]);
  const id = (await post("/do", { action: "say", args: ["studio", "mira", "from afar"] })).json.result;
  expect(await wire.next((text) => text.includes("from afar"))).toContain(`id=${id}`);
  expect((await post("/do", { action: "constructor" })).status).toBe(400);
  expect(
    (
      await post("/scenario", {
        steps: [
          { action: "goLive", args: ["studio"] },
          { action: "setViewers", args: ["studio", 9] },
        ],
      })
    ).status,
  ).toBe(200);
  expect((await post("/fault", { kind: "I3.duplicate" })).json.active).toBe(1);
  expect((await post("/limits", { ircMax: 3, nonsense: 1 })).json).toMatchObject({ ircMax: 3 });
  expect(world.limits).not.toHaveProperty("nonsense");
  await post("/model", { rules: [{ text: "scripted" }] });
  const answer = await fetch(`${world.urls.model}/chat/completions`, {
    method: "POST",
    body: JSON.stringify({ model: "m", messages: [] }),
  });
  expect(await answer.text()).toContain("scripted");
  expect((await post("/clock", { advanceMs: 1_000 })).json.now).toBe("2026-11-22T15:00:01.000Z");
  const state = (await (await fetch(`${at}/state`)).json()) as { channels: object[] };
  expect(state.channels).toMatchObject([{ login: "studio", live: true, viewers: 9, irc: ["justinfan1"] }]);
  const log = (await (await fetch(`${at}/log?since=1`)).json()) as { entries: { seq: number }[] };
  expect(log.entries[0]?.seq).toBe(2);
  expect(await (await fetch(`${at}/checks`)).json()).toEqual({ violations: [] });
  expect(await (await fetch(`${at}/metrics`)).json()).toMatchObject({ ircSessions: 1, modelCalls: 1 });
});

test("bun run world prints its addresses, and refuses production", async () => {
  const main = new URL("../../scripts/world.ts", import.meta.url).pathname;
  const child = Bun.spawn(["bun", main, "--seed", "3"], {
    stdout: "pipe",
    stderr: "pipe",
    env: { ...process.env, NODE_ENV: "" },
  });
  const reader = child.stdout.getReader();
  let text = "";
  while (!text.includes("webhook")) text += new TextDecoder().decode((await reader.read()).value);
  expect(text).toMatch(/irc\s+ws:\/\/127\.0\.0\.1:\d+\/irc/);
  child.kill();
  await child.exited;
  const refused = Bun.spawn(["bun", main], { stdout: "ignore", stderr: "pipe", env: { ...process.env, NODE_ENV: "production" } });
  expect(await refused.exited).not.toBe(0);
  expect(await new Response(refused.stderr).text()).toContain("production");
});
