import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import type { SayOutcome } from "../../src/domain/events.ts";
import { builtinReply } from "../../src/domain/replies.ts";
import { Outbox } from "../../src/runtime/outbox.ts";
import { ManualClock } from "../../src/world/index.ts";

/** An outbox on a clock that stands still, before a chat that takes everything and writes down when. */
function anOutbox(moderated: readonly string[] = []) {
  const time = new ManualClock();
  const sent: { channel: string; text: string; atMs: number }[] = [];
  const start = time.now().getTime();
  const outbox = new Outbox(
    {
      isModerator: (channel) => moderated.includes(channel),
      say: async ({ channelLogin, text }) => {
        sent.push({ channel: channelLogin, text, atMs: time.now().getTime() - start });
        return { status: "confirmed", messageId: `m-${sent.length}` };
      },
    },
    time,
  );
  let made = 0;
  const say = (channel: string, text = `line ${++made}`, traceId = text) =>
    outbox.say({ traceId, channelLogin: channel, text: builtinReply(text), replyToId: null });
  return { outbox, time, sent, say };
}

const settled = (outcomes: readonly Promise<SayOutcome>[]) => Promise.all(outcomes);

test("G3: a flooded channel delays another one's line by no more than a second", async () => {
  const { time, sent, say } = anOutbox();
  for (let line = 0; line < 20; line++) void say("flooded");
  time.advance(5_000);
  const quietAt = 5_000;
  void say("quiet");
  time.advance(1_000);
  expect(sent.filter((line) => line.channel === "quiet").map((line) => line.atMs - quietAt <= 1_000)).toEqual([true]);
});

test("a line that equals the channel's last ones is not sent, and told so; the same text elsewhere is", async () => {
  const { outbox, time, sent, say } = anOutbox();
  const first = say("studio", "hello");
  const other = say("attic", "hello");
  time.advance(2_000);
  const again = say("studio", "hello");
  expect(await settled([first, other, again])).toEqual([
    { status: "confirmed", messageId: "m-1" },
    { status: "confirmed", messageId: "m-2" },
    { status: "rejected", reason: "msg_duplicate" },
  ]);
  time.advance(31_000);
  expect(await say("studio", "hello")).toMatchObject({ status: "confirmed" });
  expect(sent).toHaveLength(3);
  expect(outbox.waiting).toBe(0);
});

test("more than twenty waiting lines of a channel are refused, and one that waited twenty seconds is stale", async () => {
  const { outbox, time, sent, say } = anOutbox();
  const outcomes = Array.from({ length: 25 }, () => say("studio"));
  expect(outbox.waiting).toBe(20);
  expect((await settled(outcomes.slice(21))).map((outcome) => outcome.status === "rejected" && outcome.reason)).toEqual(
    Array(4).fill("overloaded"),
  );
  time.advance(60_000);
  const told = await settled(outcomes);
  expect(told.filter((outcome) => outcome.status === "confirmed")).toHaveLength(sent.length);
  expect(told.some((outcome) => outcome.status === "rejected" && outcome.reason === "stale")).toBe(true);
  expect(sent.every((line) => line.atMs <= 20_000)).toBe(true);
});

describe("F30: what waits is thrown away", () => {
  test("when its channel is left, and other channels keep theirs", async () => {
    const { outbox, time, sent, say } = anOutbox();
    void say("studio");
    void say("attic");
    const waiting = say("studio");
    const elsewhere = say("attic");
    outbox.cancel("studio", "channel_left");
    expect(await waiting).toEqual({ status: "rejected", reason: "channel_left" });
    time.advance(2_000);
    expect(await elsewhere).toMatchObject({ status: "confirmed" });
    expect(sent.map((line) => line.channel)).toEqual(["studio", "attic", "attic"]);
  });

  test("when its question was taken back, and only it", async () => {
    const { outbox, time, sent, say } = anOutbox();
    void say("studio", "one");
    const two = say("studio", "two");
    const three = say("studio", "three");
    outbox.cancelTrace("two", "message_deleted");
    outbox.cancelTrace("unknown", "message_deleted");
    expect(await two).toEqual({ status: "rejected", reason: "message_deleted" });
    time.advance(3_000);
    expect(await three).toMatchObject({ status: "confirmed" });
    expect(sent.map((line) => line.text)).toEqual(["one", "three"]);
  });

  test("when it stops; then it takes nothing more and no timer is left", async () => {
    const { outbox, time, say } = anOutbox();
    void say("studio");
    const waiting = say("studio");
    outbox.stop();
    expect(await waiting).toEqual({ status: "rejected", reason: "stopped" });
    expect(await say("studio")).toEqual({ status: "rejected", reason: "stopped" });
    expect(time.pending).toBe(0);
  });
});

test("G3: whatever is asked when, never over 20 lines in 30 s (100 as moderator) nor two a second in a channel, each once, in order", () => {
  const plans = fc.array(
    fc.record({ channel: fc.constantFrom("a", "b", "c", "mod_1", "mod_2"), afterMs: fc.integer({ min: 0, max: 4_000 }) }),
    { minLength: 1, maxLength: 120 },
  );
  fc.assert(
    fc.property(plans, (plan) => {
      const { time, sent, say } = anOutbox(["mod_1", "mod_2"]);
      for (const { channel, afterMs } of plan) {
        time.advance(afterMs);
        void say(channel);
      }
      time.advance(40_000);
      for (const [index, { channel, atMs }] of sent.entries()) {
        const window = sent.slice(0, index + 1).filter((line) => line.atMs > atMs - 30_000);
        if (!channel.startsWith("mod") && window.length > 20) return false;
        if (window.length > 100) return false;
        const before = sent.slice(0, index).findLast((line) => line.channel === channel);
        if (before && atMs - before.atMs < 1_000) return false;
        const number = (text: string) => Number(text.split(" ")[1]);
        if (before && number(before.text) >= number(sent[index]?.text ?? "")) return false;
      }
      return new Set(sent.map((line) => line.text)).size === sent.length;
    }),
    { numRuns: 150 },
  );
});
