import { expect, test } from "bun:test";
import { ManualClock, startWorld } from "../../src/world/index.ts";
import { PUBLIC_CLIENT } from "../../src/world/tokens.ts";
import { helix, signIn } from "./support.ts";

const form = { client_id: PUBLIC_CLIENT.clientId, scopes: "chat:read" };

test("A1.refused: the sign-in host answers any status and text, where and as often as asked", async () => {
  await using world = await startWorld();
  world.faults.add({
    kind: "A1.refused",
    match: { path: "/device", client: PUBLIC_CLIENT.clientId },
    with: { status: 403, message: "missing client secret" },
  });
  const ask = (path: string) => signIn(world, path, form);
  expect((await ask("/token")).json).toEqual({ status: 400, message: "invalid grant type" } as never);
  expect(await ask("/device")).toMatchObject({ status: 403, json: { status: 403, message: "missing client secret" } });
  expect((await ask("/device")).status).toBe(200);
});

test("Helix and the sign-in host date their answers by the world's clock; N2.skewed_date puts the date off", async () => {
  const clock = new ManualClock(new Date("2026-11-22T15:00:00Z"));
  await using world = await startWorld({ clock });
  const dates = async () => [
    (await fetch(`${world.urls.id}/validate`)).headers.get("date"),
    (await helix(world, world.issueToken("mira").accessToken, "GET", "/users")).headers.get("date"),
  ];
  clock.advance(90_000);
  expect(await dates()).toEqual(["Sun, 22 Nov 2026 15:01:30 GMT", "Sun, 22 Nov 2026 15:01:30 GMT"]);
  world.faults.add({ kind: "N2.skewed_date", times: 2, with: { skewMs: -600_000 } });
  expect(await dates()).toEqual(["Sun, 22 Nov 2026 14:51:30 GMT", "Sun, 22 Nov 2026 14:51:30 GMT"]);
});
