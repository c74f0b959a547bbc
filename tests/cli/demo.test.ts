import { expect, test } from "bun:test";
import { existsSync, readdirSync } from "node:fs";
import { aFolder } from "../support/db.ts";
import { start, urlOf } from "./program.ts";

test("the demonstration prints its address and a code that signs in, shows itself as one, has live chat, and leaves nothing behind", async () => {
  const folder = aFolder();
  await using program = start(["demo"], {
    TMPDIR: folder,
    BYTE_DASHBOARD_ADMIN_TOKEN: "not-for-the-demo-token",
    TWITCH_CHANNEL_LOGINS: "a_real_channel",
  });
  const url = await urlOf(program);
  const code = (await program.printed(/Sign in .*?(?:code: |code=)(\S+)/))[1] ?? "";
  const signedIn = await fetch(`${url}/signin`, {
    method: "POST",
    redirect: "manual",
    headers: { origin: url },
    body: new URLSearchParams({ code }),
  });
  const cookie = signedIn.headers
    .getSetCookie()
    .map((one) => one.split(";")[0])
    .join("; ");
  expect(signedIn.status).toBe(303);
  const page = await (await fetch(`${url}/dashboard`, { headers: { cookie } })).text();
  expect(page).toContain("cabrasolar");
  expect(page).not.toContain("a_real_channel");
  // The first lines come at once; each request waits for the one before it.
  const history = async () =>
    (await (await fetch(`${url}/api/chat/history?channel=cabrasolar`, { headers: { cookie } })).json()) as { lines?: unknown[] };
  while (((await history()).lines ?? []).length === 0);
  const status = (await (await fetch(`${url}/api/status`, { headers: { cookie } })).json()) as { status: { isDemo: boolean } };
  expect(status.status.isDemo).toBe(true);
  program.kill("SIGTERM");
  expect(await program.ended).toBe(0);
  expect(existsSync(folder) ? readdirSync(folder).filter((name) => name.startsWith("byte-demo")) : []).toEqual([]);
});
