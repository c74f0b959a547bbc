import { describe, expect, test } from "bun:test";
import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import type { Config } from "../../src/config.ts";
import { aWorld, BOT, databaseSettings, nextBody, sentTexts, startApp } from "../support/app.ts";
import { engines, postgresServer } from "../support/db.ts";
import { LOCKED } from "../support/postgres.ts";

const MODEL_KEY = "sk-canary-0123456789abcdefABCDEF";
const ADMIN_TOKEN = "canary-admin-token-of-the-operator";
const SECRET_KEY = "ca9a".repeat(16);

/** The database's settings; on Postgres with a role that has a password. */
async function settings(engine: "embedded" | "postgres"): Promise<Pick<Config, "databaseUrl">> {
  if (engine === "embedded") return databaseSettings(engine);
  const server = await postgresServer();
  const name = await server.createDatabase("secret");
  const url = new URL(server.url(name));
  url.username = LOCKED.user;
  url.password = encodeURIComponent(LOCKED.password);
  return { databaseUrl: url.href };
}

describe.each(engines.filter((engine) => engine !== "pooled"))("F8: on %s", (engine) => {
  test("no secret is in a log line, in any text of any table, in any page, in chat, or in a prompt", async () => {
    await using world = await aWorld();
    const token = world.issueToken(BOT).accessToken;
    await using app = await startApp(world, {
      ...(await settings(engine)),
      userToken: `oauth:${token}`,
      modelKey: MODEL_KEY,
      adminToken: ADMIN_TOKEN,
      secretKey: SECRET_KEY,
    });
    await world.joined("studio", BOT);
    // Whatever can go wrong near a secret goes wrong once.
    const steps = [
      { status: 401, errorText: `Incorrect API key provided: ${MODEL_KEY}` },
      { text: `The token is oauth:${token}` },
      { text: "Fine." },
    ];
    for (const [index, step] of steps.entries()) {
      world.model.script(step);
      const over = Promise.race([nextBody(app, "reply.sent"), nextBody(app, "reply.dropped")]);
      world.say("studio", `viewer_${index}`, "byte, tell me a secret");
      await over;
    }
    const refused = nextBody(app, "chat.login_failed");
    world.tokens.revokeFamily(world.tokens.access.get(token)?.family ?? "");
    for (const session of world.ircSessions(BOT)) session.terminate();
    await refused;

    const code = await app.issueSigninCode("test");
    const signedIn = await fetch(`${app.url}/signin`, {
      method: "POST",
      redirect: "manual",
      headers: { origin: app.url, "content-type": "application/x-www-form-urlencoded" },
      body: new URLSearchParams({ code }),
    });
    const cookie = signedIn.headers
      .getSetCookie()
      .map((one) => one.split(";")[0])
      .join("; ");
    expect(cookie).not.toBe("");
    const session = cookie.slice(cookie.indexOf("=") + 1);
    const pages = [
      "/",
      "/dashboard",
      "/signin",
      "/health",
      "/ready",
      "/api/status",
      "/api/channel-control",
      "/api/openapi.json",
      "/nowhere",
      "/dashboard/hud?token=wrong",
    ];
    const answers = await Promise.all(
      pages.map(async (path) => {
        const answer = await fetch(app.url + path, { headers: { cookie, "x-byte-admin-token": ADMIN_TOKEN } });
        return `${path} ${JSON.stringify([...answer.headers])} ${await answer.text()}`;
      }),
    );
    const wrong = await fetch(`${app.url}/api/status`, { headers: { authorization: `Bearer ${ADMIN_TOKEN}x` } });
    answers.push(await wrong.text());
    await app.recorder.flush();

    const places: Record<string, string> = {
      "the log": app.logLines.join(""),
      "the tables": JSON.stringify(await everyText(app.database.sql)),
      "what was answered": answers.join("\n"),
      "what was said": sentTexts(world).join("\n"),
      "the prompts": JSON.stringify(world.model.calls.map((call) => call.body)),
    };
    const secrets = {
      token,
      MODEL_KEY,
      ADMIN_TOKEN,
      SECRET_KEY,
      code,
      session,
      password: LOCKED.password,
      encoded: encodeURIComponent(LOCKED.password),
    };
    for (const [place, text] of Object.entries(places)) {
      expect(text.length).toBeGreaterThan(4);
      for (const [name, secret] of Object.entries(secrets)) {
        if (text.includes(secret)) throw new Error(`${name} is in ${place}`);
      }
    }
  });
});

test("F8: the key that Byte makes for itself can be read by its owner alone", async () => {
  await using world = await aWorld();
  await using app = await startApp(world);
  const file = readdirSync(app.config.dataDir).find((name) => name.endsWith(".key")) ?? "";
  expect(statSync(join(app.config.dataDir, file)).mode & 0o077).toBe(0);
});

type Sql = Awaited<ReturnType<typeof startApp>>["database"]["sql"];

/** Every row of every table in every schema of ours, as text. */
async function everyText(sql: Sql): Promise<string[]> {
  const tables = await sql.unsafe<{ name: string }[]>(
    "select quote_ident(table_schema) || '.' || quote_ident(table_name) as name from information_schema.tables where table_schema not in ('pg_catalog', 'information_schema') and table_type = 'BASE TABLE'",
  );
  expect(tables.length).toBeGreaterThan(10);
  const texts: string[] = [];
  for (const { name } of tables) {
    const rows = await sql.unsafe<{ row: string }[]>(`select t::text as row from ${name} t`);
    texts.push(...rows.map(({ row }) => `${name} ${row}`));
  }
  return texts;
}
