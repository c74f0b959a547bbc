import { describe, expect, test } from "bun:test";
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { listLines, recount } from "../../src/store/chat.ts";
import { openDatabase } from "../../src/store/db.ts";
import { getFigures } from "../../src/store/figures.ts";
import { databaseSettings } from "../support/app.ts";
import { aFolder, engines, quiet } from "../support/db.ts";
import { run } from "./program.ts";

const NDJSON = `{"recorded_at":"2026-01-02T03:04:05Z","source":"made for this test"}
{"t":0.5,"u":"ana","m":"olá 👋","e":[]}
{"t":1.25,"u":"bia","m":"Kappa hello Kappa","e":["Kappa"]}
not a line of chat
{"t":2,"u":"ana","m":"byte, are you there?","e":[]}
{"t":"late","u":"ana","m":"no time"}

{"t":2,"u":"caio","m":"the same second"}
`;
const IRC = `@id=11111111-2222-4333-8444-555555555555;user-id=77;room-id=1;tmi-sent-ts=1700000000000;display-name=Ana :ana!ana@ana.tmi.twitch.tv PRIVMSG #elsewhere :tagged line
:bia!bia@bia.tmi.twitch.tv PRIVMSG #elsewhere :plain line
:tmi.twitch.tv 001 somebody :Welcome
:bia!bia@bia.tmi.twitch.tv PRIVMSG #elsewhere :another plain line
`;

/** What is stored of the channel that the replay wrote to. */
async function stored(databaseUrl: string | null, folder: string) {
  const database = await openDatabase(
    databaseUrl ? { kind: "postgres", url: databaseUrl, log: quiet } : { kind: "embedded", dir: join(folder, "pg"), log: quiet },
  );
  try {
    const [channel] = await database.sql.unsafe<{ id: string }[]>("select distinct channel_id as id from channel_history");
    const channelId = channel?.id ?? "none";
    const now = new Date();
    return {
      lines: await listLines(database.db, channelId, { limit: 100 }),
      counted: await recount(database.db, channelId),
      figures: await getFigures(database.db, channelId, now),
      order: await database.sql.unsafe<{ total: number; disorder: number }[]>(
        "select count(*)::int as total, count(*) filter (where sent_at < before)::int as disorder from (select sent_at, lag(sent_at) over (order by seq) as before from channel_history) lines",
      ),
    };
  } finally {
    await database.close();
  }
}

describe.each(engines.filter((engine) => engine !== "pooled"))("byte replay on %s", (engine) => {
  test.each([
    ["ndjson", "talk.ndjson", NDJSON, ["olá 👋", "Kappa hello Kappa", "byte, are you there?", "the same second"], 2],
    ["IRC lines", "talk.log", IRC, ["tagged line", "plain line", "another plain line"], 1],
  ])(
    "%s: every line is stored once and in order, the counts are told, and a second run adds nothing",
    async (_, name, text, lines, skipped) => {
      const folder = aFolder();
      const { databaseUrl } = await databaseSettings(engine);
      const settings = { BYTE_DATA_DIR: folder, ...(databaseUrl ? { DATABASE_URL: databaseUrl } : {}) };
      const file = join(folder, name);
      await Bun.write(file, text);
      for (const fresh of [lines.length, 0]) {
        const { code, out, err } = await run(["replay", file], settings);
        expect([code, err]).toEqual([0, ""]);
        expect(numbersOf(out)).toEqual({ lines: lines.length, skipped, fresh, stored: lines.length, shown: lines.length });
        const seen = await stored(databaseUrl, folder);
        expect(seen.lines.map((line) => line.text)).toEqual(lines);
        expect(seen.counted.messages).toBe(lines.length);
      }
    },
  );
});

/** The counts in the recount's sentence. */
function numbersOf(out: string): Record<string, number> {
  const found =
    /([\d,]+) in the recording \(([\d,]+) rows without chat\) · ([\d,]+) new · ([\d,]+) stored · ([\d,]+) on the dashboard/.exec(
      out,
    );
  const [lines, skipped, fresh, stored, shown] = (found ?? []).slice(1).map((text) => Number(text.replaceAll(",", "")));
  return { lines: lines ?? -1, skipped: skipped ?? -1, fresh: fresh ?? -1, stored: stored ?? -1, shown: shown ?? -1 };
}

test("a file that is not there, holds no chat, or an option that does not exist is told, and ends with 2", async () => {
  const folder = aFolder();
  const empty = join(folder, "empty.ndjson");
  await Bun.write(empty, "nothing here\n");
  for (const [args, word] of [
    [["replay"], /replay/],
    [["replay", join(folder, "gone.ndjson")], /gone\.ndjson/],
    [["replay", empty], /no chat/],
    [["replay", empty, "--sped", "max"], /--speed/],
    [["replay", empty, "--speed", "-1"], /--speed/],
  ] as const) {
    const { code, err } = await run(args);
    expect(code).toBe(2);
    expect(err).toMatch(word);
    expect(err).not.toMatch(/…\.|\{\w+\}|undefined/);
  }
});

const RECORDINGS = join(import.meta.dir, "../../../shared/data/nlss");
const recording = existsSync(RECORDINGS)
  ? readdirSync(RECORDINGS)
      .toSorted()
      .findLast((name) => name.endsWith(".ndjson.gz"))
  : undefined;
if (recording === undefined) console.log("The recorded chat is not on this machine: its replay is skipped.");

describe.skipIf(recording === undefined).each(engines.filter((engine) => engine !== "pooled"))(
  "the recorded chat on %s",
  (engine) => {
    test("at full speed every message is stored exactly once, in order, and the figures equal a recount", async () => {
      const folder = aFolder();
      const file = join(RECORDINGS, recording ?? "");
      const text = new TextDecoder().decode(Bun.gunzipSync(await Bun.file(file).bytes()));
      const said = text.split("\n").flatMap((row) => (row.includes('"m"') ? [JSON.parse(row) as { m: string; u: string }] : []));
      const { databaseUrl } = await databaseSettings(engine);
      const { code, out, err } = await run(["replay", file, "--speed", "max"], {
        BYTE_DATA_DIR: folder,
        ...(databaseUrl ? { DATABASE_URL: databaseUrl } : {}),
      });
      expect([code, err]).toEqual([0, ""]);
      console.log(out.trim());
      const seen = await stored(databaseUrl, folder);
      expect(seen.counted.messages).toBe(said.length);
      expect(seen.figures).toMatchObject({ messagesTotal: said.length, chattersTotal: new Set(said.map((row) => row.u)).size });
      expect([...seen.order]).toEqual([{ total: said.length, disorder: 0 }]);
      expect(seen.lines.map((line) => line.text)).toEqual(said.slice(-100).map((row) => row.m));
    }, 60_000);
  },
);
