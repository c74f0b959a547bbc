import { describe, expect, setDefaultTimeout, test } from "bun:test";
import type { SayOutcome } from "../../src/domain/events.ts";
import { builtinReply } from "../../src/domain/replies.ts";
import { Outbox } from "../../src/runtime/outbox.ts";
import { joinAccount, SEND_RULES, SharedLimit, sendAccount, sharedJoins } from "../../src/runtime/shared-limit.ts";
import type { Sql } from "../../src/store/db.ts";
import { findSendWindow } from "../../src/store/send-windows.ts";
import { WorldChance } from "../../src/world/chance.ts";
import { ManualClock } from "../../src/world/index.ts";
import { emptyDb, engines, quiet } from "../support/db.ts";

/** Engines start inside the first test that needs them. */
setDefaultTimeout(30_000);

/** A database as one process sees it: its statements can be counted, awaited, refused and held back. */
class Line {
  readonly #sql: Sql;
  statements = 0;
  #open = 0;
  /** Called before each statement. */
  before: () => Promise<void> = () => Promise.resolve();

  constructor(sql: Sql) {
    this.#sql = sql;
  }

  get sql(): Sql {
    const unsafe = async (...query: Parameters<Sql["unsafe"]>) => {
      this.statements++;
      this.#open++;
      try {
        await this.before();
        return await this.#sql.unsafe(...query);
      } finally {
        this.#open--;
      }
    };
    return { unsafe } as unknown as Sql;
  }

  /** Waits until nothing is asked any more, and what was answered has been taken in. */
  async settled(): Promise<void> {
    do await new Promise(setImmediate);
    while (this.#open > 0);
    await new Promise(setImmediate);
  }

  cut(): void {
    this.before = () => Promise.reject(Object.assign(new Error("gone"), { code: "CONNECTION_CLOSED" }));
  }

  mend(): void {
    this.before = () => Promise.resolve();
  }
}

/** Lets what was answered be taken in, while something is never answered. */
async function turns(): Promise<void> {
  for (let turn = 0; turn < 5; turn++) await new Promise(setImmediate);
}

interface SentLine {
  channel: string;
  text: string;
  atMs: number;
  isModerator: boolean;
}

/** Twitch's side of one account, on a clock that the test moves, and processes that speak for it over one database. */
async function anAccount(engine: (typeof engines)[number] = "embedded") {
  const { sql } = await emptyDb(engine);
  const time = new ManualClock();
  const startMs = time.now().getTime();
  const sent: SentLine[] = [];
  const lines: Line[] = [];
  let made = 0;
  const aProcess = (isAlone = false) => {
    const line = new Line(sql);
    lines.push(line);
    const isModerator = (channel: string) => channel.startsWith("mod");
    const chat = {
      isModerator,
      say: async ({ channelLogin: channel, text }: { channelLogin: string; text: string }): Promise<SayOutcome> => {
        sent.push({ channel, text, atMs: time.now().getTime() - startMs, isModerator: isModerator(channel) });
        return { status: "confirmed", messageId: `m-${sent.length}` };
      },
    };
    const options = { sql: line.sql, isAlone: () => isAlone, time, log: quiet };
    const outbox = new Outbox(chat, time, new SharedLimit(SEND_RULES, { ...options, account: () => "9001" }));
    const say = (channel: string, text = `line ${++made}`) =>
      outbox.say({ traceId: text, channelLogin: channel, text: builtinReply(text), replyToId: null });
    return { outbox, line, say, joins: sharedJoins({ ...options, account: () => "join:bytebot" }) };
  };
  const settled = async () => {
    for (const line of lines) await line.settled();
  };
  /** Moves the clock in steps, with all that then happens. */
  const pass = async (ms: number, step = 250) => {
    for (let passed = 0; passed < ms; passed += step) {
      time.advance(Math.min(step, ms - passed));
      await settled();
    }
  };
  return { sql, time, sent, aProcess, settled, pass };
}

/** What Twitch would object to. */
function objection(sent: readonly SentLine[]): string | null {
  for (const [index, line] of sent.entries()) {
    const window = sent.slice(0, index + 1).filter((other) => other.atMs > line.atMs - 30_000).length;
    if (window > (line.isModerator ? 100 : 20)) return `${window} lines in 30 s`;
    const before = sent.slice(0, index).findLast((other) => other.channel === line.channel);
    if (before && line.atMs - before.atMs < 1_000) return `two lines in ${line.atMs - before.atMs} ms`;
  }
  return null;
}

/** Two processes with more to say than they may; one or the other is killed now and then, and another one begins. */
async function storm(engine: (typeof engines)[number], chance: WorldChance): Promise<readonly SentLine[]> {
  const { sent, aProcess, settled, pass } = await anAccount(engine);
  const processes = [aProcess(), aProcess()];
  for (let turn = 0; turn < 16; turn++) {
    for (let line = chance.int(0, 7); line > 0; line--) {
      const which = chance.int(0, 1);
      const channel = `${chance.int(0, 2) === 0 ? "mod" : "c"}_${which}_${chance.int(0, 4)}`;
      void processes[which]?.say(channel);
    }
    const killed = chance.int(0, 9);
    processes[killed]?.outbox.stop();
    if (killed < processes.length) processes[killed] = aProcess();
    await settled();
    await pass(chance.int(0, 3_000), 1_000);
  }
  for (const { outbox } of processes) outbox.stop();
  return sent;
}

describe.each(engines)("one account on %s", (engine) => {
  test("G3, F23: two processes that send at once, are killed and begin anew are never over Twitch's limits, and say each line once", async () => {
    for (const seed of [1, 2, 3]) {
      const sent = await storm(engine, new WorldChance(seed));
      expect(objection(sent)).toBeNull();
      expect(sent.length).toBeGreaterThan(20);
      expect(new Set(sent.map(({ text }) => text)).size).toBe(sent.length);
    }
  });

  test("F23: a process that begins knows what was sent before it", async () => {
    const { sent, aProcess, settled, pass } = await anAccount(engine);
    const first = aProcess();
    for (let channel = 0; channel < 19; channel++) void first.say(`c${channel}`);
    await settled();
    expect(sent).toHaveLength(19);
    first.outbox.stop();

    const second = aProcess();
    second.outbox.learn();
    void second.say("other");
    void second.say("mod");
    await settled();
    expect(sent.slice(19).map(({ channel }) => channel)).toEqual(["mod"]);
    const outcome = second.say("late");
    await pass(31_000, 1_000);
    expect(await outcome).toEqual({ status: "rejected", reason: "stale" });
    void second.say("late");
    await settled();
    expect(sent.slice(20).map(({ channel }) => channel)).toEqual(["late"]);
  });

  test("F22: joins of two processes together stay within 20 in 10 s", async () => {
    const { time, aProcess } = await anAccount(engine);
    const joined: number[] = [];
    const left = [50, 50];
    const gates = [aProcess(), aProcess()];
    for (let step = 0; step < 120; step++) {
      const taken = await Promise.all(gates.map(({ joins }, which) => joins(left[which] ?? 0)));
      for (const [which, { count }] of taken.entries()) {
        left[which] = (left[which] ?? 0) - count;
        for (let join = 0; join < count; join++) joined.push(time.now().getTime());
      }
      time.advance(500);
    }
    expect(joined).toHaveLength(100);
    for (const at of joined) expect(joined.filter((other) => other > at - 10_000 && other <= at).length).toBeLessThanOrEqual(20);
  });
});

describe("a process and the row of its account", () => {
  test("alone it asks the database once for each line, and its waiting lines ask nothing", async () => {
    const { sent, aProcess, settled, pass } = await anAccount();
    const { outbox, line, say } = aProcess();
    outbox.learn();
    await settled();
    const before = line.statements;
    for (let nth = 0; nth < 5; nth++) void say("studio");
    await pass(6_000);
    expect(sent).toHaveLength(5);
    expect(line.statements - before).toBe(5);
  });

  test("lines of several channels that wait at the same time share a statement", async () => {
    const { sent, aProcess, settled } = await anAccount();
    const { outbox, line, say } = aProcess();
    outbox.learn();
    void say("a");
    for (const channel of ["b", "c", "d", "e"]) void say(channel);
    await settled();
    expect(sent.map(({ channel }) => channel)).toEqual(["a", "b", "c", "d", "e"]);
    expect(line.statements).toBeLessThanOrEqual(3);
  });

  test("the row holds no text, and stays small", async () => {
    const { sql, aProcess, pass } = await anAccount();
    const { say } = aProcess();
    for (let nth = 0; nth < 60; nth++) void say(`mod${nth % 12}`, `secret ${nth}`);
    await pass(30_000, 1_100);
    const row = JSON.stringify(await findSendWindow(sql, "9001"));
    expect(row).not.toContain("secret");
    expect(row.length).toBeLessThan(10_000);
  });

  test("a row that cannot be read lets nothing go for a window; then it is made anew", async () => {
    const { sql, sent, aProcess, settled, pass } = await anAccount();
    await sql.unsafe(`insert into send_windows values ('9001', '{"sent":[{"at":"x"}]}', 7, now())`);
    const { say } = aProcess();
    void say("studio");
    await settled();
    await pass(31_000, 1_000);
    expect(sent).toHaveLength(0);
    void say("studio");
    await settled();
    expect(sent).toHaveLength(1);
    expect(await findSendWindow(sql, "9001")).toMatchObject({ sent: { sent: [{ channelLogin: "studio" }] }, revision: 8 });
  });

  test("F55: alone with the database away it goes on by what it remembers, and writes that when it is back", async () => {
    const { sql, sent, aProcess, settled, pass } = await anAccount();
    const { outbox, line, say } = aProcess(true);
    outbox.learn();
    await settled();
    line.cut();
    for (let channel = 0; channel < 25; channel++) void say(`c${channel}`);
    await pass(5_000);
    expect(sent).toHaveLength(19);
    line.mend();
    void say("mod");
    await settled();
    expect(await findSendWindow(sql, "9001")).toMatchObject({ sent: { sent: Array.from({ length: 20 }, () => ({})) } });
  });

  test("F55: with company and the database away it says nothing, and goes on when it is back", async () => {
    const { sent, aProcess, settled, pass } = await anAccount();
    const { outbox, line, say } = aProcess(false);
    outbox.learn();
    await settled();
    line.cut();
    const first = say("studio");
    await pass(10_000);
    expect(sent).toHaveLength(0);
    line.mend();
    await pass(1_000);
    expect(await first).toMatchObject({ status: "confirmed" });
    line.cut();
    const second = say("studio");
    await pass(25_000);
    expect(await second).toEqual({ status: "rejected", reason: "stale" });
  });

  test("a process that could never ask what was sent before it waits a window first", async () => {
    const { sent, aProcess, pass } = await anAccount();
    const { line, say } = aProcess(true);
    line.cut();
    void say("studio");
    await pass(15_000);
    expect(sent).toHaveLength(0);
    await pass(15_000);
    void say("attic");
    await pass(1_500);
    expect(sent.map(({ channel }) => channel)).toEqual(["attic"]);
  });

  test("F53: alone it does not let a database that hangs hold up a line", async () => {
    const { time, sent, aProcess, settled } = await anAccount();
    const { outbox, line, say } = aProcess(true);
    outbox.learn();
    await settled();
    line.before = () => new Promise(() => undefined);
    void say("studio");
    await turns();
    expect(sent).toHaveLength(0);
    time.advance(400);
    await turns();
    expect(sent).toHaveLength(1);
    void say("attic");
    await turns();
    expect(sent).toHaveLength(2);
  });

  test("what was granted too long ago is asked for anew, and said once", async () => {
    const { time, sent, aProcess, settled } = await anAccount();
    const { outbox, line, say } = aProcess();
    outbox.learn();
    await settled();
    let asked = 0;
    line.before = async () => {
      if (asked++ === 0) time.advance(600);
    };
    void say("studio", "once");
    await settled();
    time.advance(1_100);
    await settled();
    expect(sent.map(({ text }) => text)).toEqual(["once"]);
    expect(asked).toBe(2);
  });

  test("F39: a line that is taken back while the limit is asked is not said, and the next one is", async () => {
    const { time, sent, aProcess, settled } = await anAccount();
    const { outbox, line, say } = aProcess();
    line.before = async () => outbox.cancelTrace("taken back", "message_deleted");
    const first = say("studio", "taken back");
    const second = say("studio", "kept");
    await settled();
    expect(await first).toEqual({ status: "rejected", reason: "message_deleted" });
    time.advance(1_100);
    await settled();
    expect(await second).toMatchObject({ status: "confirmed" });
    expect(sent.map(({ text }) => text)).toEqual(["kept"]);
  });

  test("F30: when it stops while the limit is asked, nothing is said and no timer is left", async () => {
    const { time, sent, aProcess, settled } = await anAccount();
    const { outbox, line, say } = aProcess();
    const outcomes = [say("studio"), say("studio"), say("studio")];
    await settled();
    line.before = async () => outbox.stop();
    time.advance(1_100);
    await settled();
    expect((await Promise.all(outcomes)).slice(1)).toEqual(Array(2).fill({ status: "rejected", reason: "stopped" }));
    expect(sent).toHaveLength(1);
    expect(time.pending).toBe(0);
  });

  test("F23: what it sent without the database counts together with what another process wrote meanwhile", async () => {
    const { sent, aProcess, settled, pass } = await anAccount();
    const alone = aProcess(true);
    alone.outbox.learn();
    await settled();
    alone.line.cut();
    for (let channel = 0; channel < 10; channel++) void alone.say(`c${channel}`);
    await settled();
    const other = aProcess();
    for (let channel = 10; channel < 19; channel++) void other.say(`c${channel}`);
    await settled();
    expect(sent).toHaveLength(19);
    alone.line.mend();
    await pass(2_000);
    for (const channel of ["one_more", "and_more"]) void alone.say(channel);
    await pass(2_000);
    expect(sent).toHaveLength(19);
    void other.say("mod");
    await settled();
    expect(sent.slice(19).map(({ channel }) => channel)).toEqual(["mod"]);
  });
});

test("accounts have rows of their own: lines by the account's id, joins by its login", () => {
  expect(sendAccount({ userId: "9001", login: "bytebot" })).toBe("9001");
  expect(sendAccount({ userId: null, login: "bytebot" })).toBe("bytebot");
  expect(sendAccount({ userId: null, login: null })).toBe("anonymous");
  expect(joinAccount({ login: "bytebot" })).toBe("join:bytebot");
});
