import { expect, test } from "bun:test";
import { createHmac } from "node:crypto";
import { ManualClock, startWorld, type World, type WorldOptions } from "../../src/world/index.ts";
import { DEFAULT_CLIENT } from "../../src/world/tokens.ts";
import { helix } from "./support.ts";

const secret = "a secret of twenty characters";

interface Received {
  headers: Headers;
  body: string;
}

/** A world and a callback that proves itself; `answer` says what notifications get. */
async function aCallback(options: WorldOptions = {}) {
  const world = await startWorld(options);
  const channel = world.addChannel("studio");
  const received: Received[] = [];
  const waiting: ((count: number) => void)[] = [];
  let status = 204;
  const server = Bun.serve({
    hostname: "127.0.0.1",
    port: 0,
    async fetch(request) {
      const body = await request.text();
      const kind = request.headers.get("twitch-eventsub-message-type");
      if (kind === "webhook_callback_verification") return new Response((JSON.parse(body) as { challenge: string }).challenge);
      received.push({ headers: request.headers, body });
      for (const wait of waiting) wait(received.length);
      return new Response(null, { status });
    },
  });
  const token = world.tokens.grantApp(DEFAULT_CLIENT.clientId).value;
  const verified = world.log.after((entry) => entry.what === "callback verified");
  const made = await helix(world, token, "POST", "/eventsub/subscriptions", {
    type: "stream.online",
    version: "1",
    condition: { broadcaster_user_id: channel.user.id },
    transport: { method: "webhook", callback: String(server.url), secret },
  });
  const isProven = (await verified).fields.ok;
  const count = (wanted: number) =>
    new Promise<void>((resolve) => {
      if (received.length >= wanted) resolve();
      waiting.push((now) => now >= wanted && resolve());
    });
  const answer = (next: number): void => {
    status = next;
  };
  return { world, received, count, made, isProven, server, answer };
}

const live = (world: World): void => {
  world.goOffline("studio");
  world.goLive("studio");
};

const isSigned = ({ headers, body }: Received): boolean => {
  const signed = `${headers.get("twitch-eventsub-message-id")}${headers.get("twitch-eventsub-message-timestamp")}${body}`;
  return (
    headers.get("twitch-eventsub-message-signature") === `sha256=${createHmac("sha256", secret).update(signed).digest("hex")}`
  );
};

test("a callback proves itself with the bare challenge, and its notifications are signed over id, time and raw body", async () => {
  const { world, received, count, made, isProven, server } = await aCallback();
  await using _ = world;
  expect([made.status, isProven]).toEqual([202, true]);
  live(world);
  await count(1);
  expect(received.map(isSigned)).toEqual([true]);
  expect(received[0]?.headers.get("twitch-eventsub-message-retry")).toBe("0");
  expect(JSON.parse(received[0]?.body ?? "{}").event).toMatchObject({ type: "live", broadcaster_user_login: "studio" });
  await server.stop(true);
});

test("a notification that fails is sent again under the same id after 0, 10 and 60 s, and too many failures revoke", async () => {
  const clock = new ManualClock();
  const { world, received, count, answer, server } = await aCallback({ clock, limits: { webhookFailuresMax: 1 } });
  await using _ = world;
  answer(500);
  live(world);
  await count(1);
  for (const [waitMs, wanted] of [
    [10_000, 2],
    [60_000, 3],
  ] as const) {
    await world.log.next((entry) => entry.what === "retry waits" && entry.fields.ms === waitMs);
    clock.advance(waitMs);
    await count(wanted);
  }
  expect(new Set(received.slice(0, 3).map((each) => each.headers.get("twitch-eventsub-message-id"))).size).toBe(1);
  expect(received.slice(0, 3).map((each) => each.headers.get("twitch-eventsub-message-retry"))).toEqual(["0", "1", "2"]);
  await count(4);
  expect(received[3]?.headers.get("twitch-eventsub-message-type")).toBe("revocation");
  expect([...world.eventsub.subscriptions.values()][0]?.status).toBe("notification_failures_exceeded");
  await server.stop(true);
});

test("W1: a bad signature, a replayed id, an old time, a retry header", async () => {
  const { world, received, count, server } = await aCallback();
  await using _ = world;
  live(world);
  await count(1);
  world.faults.add({ kind: "W1.bad_signature" });
  live(world);
  await count(2);
  world.faults.add({ kind: "W1.replayed_id" });
  live(world);
  await count(3);
  world.faults.add({ kind: "W1.old_timestamp" });
  live(world);
  await count(4);
  world.faults.add({ kind: "W1.retry_header", with: { retry: 3 } });
  live(world);
  await count(5);
  const header = (i: number, name: string) => received[i]?.headers.get(`twitch-eventsub-message-${name}`);
  expect(received.map(isSigned)).toEqual([true, false, true, true, true]);
  expect(header(2, "id")).toBe(header(1, "id") as string);
  expect(Date.now() - Date.parse(header(3, "timestamp") ?? "")).toBeGreaterThan(10 * 60_000);
  expect(header(4, "retry")).toBe("3");
  await server.stop(true);
});

test("the receiver records what it gets and fails as it is told: status, redirect, break, hang, by path and count", async () => {
  await using world = await startWorld();
  world.webhook.script([
    { path: "/orders", status: 500, times: 2 },
    { path: "/away", redirectTo: "http://127.0.0.1:1/" },
    { path: "/cut", resets: true },
    { path: "/slow", hangs: true },
  ]);
  const post = (path: string, signal?: AbortSignal) =>
    fetch(`${world.urls.webhook}${path}`, {
      method: "POST",
      body: "hello",
      redirect: "manual",
      headers: { "webhook-id": "m1" },
      ...(signal ? { signal } : {}),
    });
  const statuses: number[] = [];
  for (const path of ["/orders", "/orders", "/orders", "/away", ""]) statuses.push((await post(path)).status);
  expect(statuses).toEqual([500, 500, 204, 302, 204]);
  expect(
    await post("/cut")
      .then((response) => response.text())
      .catch(() => "cut"),
  ).toBe("cut");
  const abort = new AbortController();
  const hanging = post("/slow", abort.signal).catch(() => "left");
  await world.log.next((entry) => entry.what === "POST /slow");
  abort.abort();
  expect(await hanging).toBe("left");
  expect(world.webhook.received[0]).toMatchObject({ path: "/orders", body: "hello", status: 500 });
  expect(world.webhook.received[0]?.headers["webhook-id"]).toBe("m1");
});
