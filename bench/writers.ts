import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import postgres from "postgres";
import type { HistoryLine } from "../src/domain/chat.ts";
import { addLines } from "../src/store/chat.ts";
import { aHome, openHome } from "./byte.ts";
import { figure } from "./figures.ts";
import type { Row } from "./report.ts";
import type { Rig } from "./rig.ts";

const LINES = 40_000;
const BATCH = 2_000;
/** A row a statement is slow: it gets this long. */
const SINGLE_MS = 2_000;
const COLUMNS = "channel_id, message_id, chatter_id, login, display_name, message, kind, color, badges, emotes, sent_at";

/** Other ways to write the same lines, on one connection to the same Postgres; only ours keeps the figures too. */
export async function compareWriters(rig: Rig): Promise<Row[]> {
  const home = await aHome(rig, "postgres");
  const database = await openHome(home);
  const sql = postgres(home.databaseUrl ?? "", { max: 1, onnotice: () => undefined });
  try {
    const ours = await paceOf(LINES, async () => {
      const all = aTalk("ours", LINES);
      for (let at = 0; at < LINES; at += BATCH) await addLines(database.sql, all.slice(at, at + BATCH));
    });
    const copied = await paceOf(LINES, async () => {
      const rows = aTalk("copied", LINES).map((line) => `${valuesOf(line).join("\t")}\n`);
      await pipeline(Readable.from(rows), await sql.unsafe(`copy channel_history (${COLUMNS}) from stdin`).writable());
    });
    const single = await singly(sql);
    return [
      {
        what: "chat: writing alone, one connection, postgres",
        level: "·",
        measured: `${figure(ours)} lines/s`,
        isMet: null,
        beside: `a row a statement ${figure(single)}/s; COPY, which cannot pass over what is known, ${figure(copied)}/s; both without the figures`,
      },
    ];
  } finally {
    await sql.end();
    await database.close();
  }
}

async function singly(sql: postgres.Sql): Promise<number> {
  const places = COLUMNS.split(", ").map((_, index) => `$${index + 1}`);
  const insert = `insert into channel_history (${COLUMNS}) values (${places.join(", ")}) on conflict do nothing`;
  const startedAt = performance.now();
  let done = 0;
  for (const line of aTalk("single", LINES)) {
    if (performance.now() - startedAt > SINGLE_MS) break;
    await sql.unsafe(insert, valuesOf(line), { prepare: true });
    done += 1;
  }
  return (done * 1000) / (performance.now() - startedAt);
}

async function paceOf(count: number, write: () => Promise<void>): Promise<number> {
  const startedAt = performance.now();
  await write();
  return (count * 1000) / (performance.now() - startedAt);
}

/** The values of a line in the order of `COLUMNS`, none of them with a tab or a backslash. */
const valuesOf = (line: HistoryLine): string[] => [
  line.channelId,
  line.messageId,
  line.chatterId,
  line.login,
  line.displayName,
  line.text,
  line.kind,
  line.color,
  line.badges.join(","),
  "",
  line.sentAt.toISOString(),
];

function aTalk(channelId: string, count: number): HistoryLine[] {
  const sentAt = new Date();
  return Array.from({ length: count }, (_, number) => ({
    seq: null,
    messageId: crypto.randomUUID(),
    channelId,
    chatterId: String(900_000 + ((number * 7_919) % 2_000)),
    login: `chatter${(number * 7_919) % 2_000}`,
    displayName: `Chatter${(number * 7_919) % 2_000}`,
    text: `what a play, number ${number}`,
    kind: "chat",
    color: "#1E90FF",
    badges: ["subscriber"],
    emotes: [],
    replyToId: null,
    traceId: null,
    sentAt,
    deletedAt: null,
  }));
}
