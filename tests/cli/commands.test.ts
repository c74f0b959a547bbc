import { describe, expect, test } from "bun:test";
import { chmodSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import manifest from "../../package.json";
import { aFolder, engines, postgresServer } from "../support/db.ts";
import { run, start, urlOf } from "./program.ts";

/** A text in braces in what a person reads is a value that nobody gave. */
const UNFILLED = /\{\w+\}|…\.|undefined|NaN/;

test("--version says the version, --help every command, in both languages", async () => {
  expect(await run(["--version"])).toEqual({ code: 0, out: `${manifest.version}\n`, err: "" });
  for (const [language, word] of [
    ["en", "Usage"],
    ["pt", "Uso"],
  ] as const) {
    const { code, out, err } = await run(["--help"], { BYTE_LANGUAGE: language });
    expect([code, err]).toEqual([0, ""]);
    expect(out).toContain(word);
    for (const name of ["serve", "demo", "replay", "migrate", "code", "--help", "--version"])
      expect(out).toContain(`\n  ${name} `);
    expect(out).not.toMatch(UNFILLED);
  }
});

test("an unknown command is told, and ends with 2", async () => {
  expect(await run(["dance"])).toEqual({ code: 2, out: "", err: "“dance” is not a command. Try: byte --help\n" });
  expect(await run(["serve", "--port"])).toEqual({
    code: 2,
    out: "",
    err: "“serve --port” is not a command. Try: byte --help\n",
  });
});

describe("settings that are wrong", () => {
  const wrong = {
    DATABASE_URL: "mysql://byte:p4ssw0rd-canary@db/byte",
    PORT: "70000",
    BYTE_DASHBOARD_ADMIN_TOKEN: "tooshort-canary",
    BYTE_SECRET_KEY: "not-hexadecimal-canary",
    TWITCH_CHANNEL_LOGINS: "fine, not a login!",
    TWITCH_IRC_URL: "ftp://chat",
    MODEL_DEADLINE_MS: "1",
    MODEL_INPUT_COST_PER_1M_USD: "free",
    BYTE_TRIGGER: "two words",
    BYTE_TIME_ZONE: "Mars/Base",
    BYTE_LOG: "loud",
  };

  test.each([
    ["en", "11 settings are wrong:", "whole number from 0 to 65535", "Example"],
    ["pt", "11", "número inteiro de 0 a 65535", "xemplo"],
  ])(
    "are all told at once in %s, with rule and example, never a secret, and end with 2",
    async (language, count, rule, example) => {
      const { code, out, err } = await run([], { ...wrong, BYTE_LANGUAGE: language });
      expect([code, out]).toEqual([2, ""]);
      expect(err).toContain(count);
      const lines = err.trim().split("\n").slice(1);
      expect(lines.map((line) => line.trim().split(":")[0]).toSorted()).toEqual(Object.keys(wrong).toSorted());
      for (const line of lines) expect(line).toContain(example);
      expect(err).toContain(rule);
      expect(err).toContain("70000");
      expect(err).not.toMatch(/canary|p4ssw0rd/);
      expect(err).not.toMatch(UNFILLED);
    },
  );

  test("settings that are each right and wrong together are told: another host than Twitch's, a token without its login", async () => {
    const { code, err } = await run(["serve"], {
      TWITCH_IRC_URL: "ws://127.0.0.1:1",
      TWITCH_USER_TOKEN: "oauth:canary0123456789",
    });
    expect(code).toBe(2);
    expect(err).toContain("TWITCH_IRC_URL");
    expect(err).toContain("TWITCH_BOT_LOGIN");
    expect(err).not.toContain("canary");
  });
});

/** One clear sentence, nothing of the program's inside. */
function expectSentence(err: string, ...parts: (string | RegExp)[]): void {
  const sentence = err
    .trim()
    .split("\n")
    .filter((line) => !line.startsWith("{"));
  expect(sentence).toHaveLength(1);
  for (const part of parts) expect(sentence[0]).toMatch(part);
  expect(sentence[0]).not.toMatch(UNFILLED);
  expect(sentence[0]).not.toMatch(/Error|\bat \w+ \(|\.ts:/);
}

describe("what cannot be had is told in one sentence, with a code that is not zero", () => {
  test("a port in use", async () => {
    await using other = Bun.serve({ port: 0, hostname: "127.0.0.1", fetch: () => new Response() });
    const { code, err } = await run(["serve"], { PORT: String(other.port) });
    expect(code).toBe(1);
    expectSentence(err, new RegExp(`\\b${other.port}\\b`), /PORT/);
  });

  test("a data folder that another Byte uses, while that one goes on", async () => {
    const folder = aFolder();
    await using first = start(["serve"], { BYTE_DATA_DIR: folder });
    const url = await urlOf(first);
    const second = await run(["serve"], { BYTE_DATA_DIR: folder });
    expect(second.code).toBe(1);
    expectSentence(second.err, folder, /BYTE_DATA_DIR/);
    const code = await run(["code"], { BYTE_DATA_DIR: folder });
    expect(code.code).toBe(1);
    expectSentence(code.err, folder);
    expect((await fetch(`${url}/ready`)).status).toBe(200);
    first.kill("SIGTERM");
    expect(await first.ended).toBe(0);
  });

  test("a database that does not answer, without its password", async () => {
    const { code, err } = await run(["serve"], { DATABASE_URL: "postgres://byte:canary-password@127.0.0.1:1/byte" });
    expect(code).toBe(1);
    expectSentence(err, /127\.0\.0\.1/, /DATABASE_URL/);
    expect(err).not.toContain("canary");
  });

  test.skipIf(!engines.includes("postgres"))("a database that does not exist", async () => {
    const server = await postgresServer();
    const { code, err } = await run(["migrate"], { DATABASE_URL: server.url("nowhere_to_be_found") });
    expect(code).toBe(1);
    expectSentence(err, /nowhere_to_be_found/);
  });

  test.skipIf(process.getuid?.() === 0)("a data folder that cannot be written", async () => {
    const folder = join(aFolder(), "locked");
    mkdirSync(folder);
    chmodSync(folder, 0o500);
    const { code, err } = await run(["serve"], { BYTE_DATA_DIR: folder });
    expect(code).toBe(1);
    expectSentence(err, folder);
  });

  test("a data folder whose place is a file", async () => {
    const path = join(aFolder(), "file");
    await Bun.write(path, "");
    const { code, err } = await run(["serve"], { BYTE_DATA_DIR: path });
    expect(code).toBe(1);
    expectSentence(err, path);
  });
});

test("migrate sets the database up and ends; a second run changes nothing", async () => {
  const folder = aFolder();
  for (let round = 0; round < 2; round++) {
    const { code, out, err } = await run(["migrate"], { BYTE_DATA_DIR: folder });
    expect([code, err]).toEqual([0, ""]);
    expect(out).not.toMatch(UNFILLED);
  }
});

test("code prints a fresh code to sign in with", async () => {
  const folder = aFolder();
  const [first, second] = [await run(["code"], { BYTE_DATA_DIR: folder }), await run(["code"], { BYTE_DATA_DIR: folder })];
  expect([first.code, second.code]).toEqual([0, 0]);
  expect(first.out).toMatch(/code: \S{6,}\n$/);
  expect(second.out).not.toBe(first.out);
});
