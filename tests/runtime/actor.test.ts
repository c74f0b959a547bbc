import { expect, test } from "bun:test";
import { type Effect, emptyChannel } from "../../src/domain/channel.ts";
import { ChannelActor, MAILBOX_MAX, Turns } from "../../src/runtime/actor.ts";
import { BoundedQueue } from "../../src/runtime/queue.ts";
import { ManualClock } from "../../src/world/index.ts";
import { aMessage, aSettings } from "../domain/builders.ts";

const BOT = { login: "bytebot", userId: "9", displayName: null };

/** A channel's actor that has begun, and the ids of the lines it recorded. */
function anActor(channelId: string, onEffect: (channelId: string, effect: Effect) => void = () => undefined) {
  const time = new ManualClock();
  const recorded: string[] = [];
  const actor = new ChannelActor(channelId, time, (_, effect) => {
    if (effect.kind === "record") recorded.push(effect.line.messageId);
    onEffect(channelId, effect);
  });
  actor.begin(emptyChannel({ channelId, login: `chan_${channelId}` }, BOT, aSettings(), null));
  const push = (id: string) =>
    actor.mailbox.push({ kind: "message", message: aMessage({ id, channelId, channelLogin: `chan_${channelId}` }), traceId: id });
  return { actor, time, recorded, push };
}

test("one busy channel does not hold up the others: their lines come within one turn each", async () => {
  const order: string[] = [];
  const done = Promise.withResolvers<void>();
  const note = (channelId: string, effect: Effect) => {
    if (effect.kind !== "record") return;
    order.push(channelId);
    if (order.length === 10_049) done.resolve();
  };
  const turns = new Turns();
  const busy = anActor("busy", note);
  for (let line = 0; line < 10_000; line++) busy.push(`b-${line}`);
  const quiet = Array.from({ length: 49 }, (_, index) => anActor(`quiet_${index}`, note));
  turns.wake(busy.actor);
  for (const [index, one] of quiet.entries()) {
    one.push(`q-${index}`);
    turns.wake(one.actor);
  }
  await done.promise;
  expect(order.findLastIndex((channelId) => channelId.startsWith("quiet"))).toBeLessThan(64 + 49);
  expect(busy.recorded).toEqual(Array.from({ length: 10_000 }, (_, line) => `b-${line}`));
});

test("a long run lets the event loop do something else in between", async () => {
  const done = Promise.withResolvers<void>();
  const busy = anActor("busy", (_, effect) => {
    if (effect.kind === "record" && effect.line.messageId === "b-9999") done.resolve();
  });
  const turns = new Turns();
  for (let line = 0; line < 10_000; line++) busy.push(`b-${line}`);
  let between = 0;
  const tick = () => {
    between = busy.recorded.length;
    if (between === 0) setImmediate(tick);
  };
  turns.wake(busy.actor);
  setImmediate(tick);
  await done.promise;
  expect(between).toBeGreaterThan(0);
  expect(between).toBeLessThan(10_000);
});

test("a full mailbox drops the oldest lines and counts them", () => {
  const { actor, recorded, push } = anActor("flooded");
  for (let line = 0; line < MAILBOX_MAX; line++) expect(push(`m-${line}`)).toBe(true);
  expect([push("m-new-1"), push("m-new-2")]).toEqual([false, false]);
  expect(actor.mailbox.dropped).toBe(2);
  while (actor.work(1_000) > 0);
  expect(recorded).toHaveLength(MAILBOX_MAX);
  expect([recorded[0], recorded.at(-1)]).toEqual(["m-2", "m-new-2"]);
});

test("until what was known before is there, an actor only collects", () => {
  const recorded: string[] = [];
  const actor = new ChannelActor(
    "late",
    new ManualClock(),
    (_, effect) => void (effect.kind === "record" && recorded.push(effect.line.messageId)),
  );
  actor.mailbox.push({ kind: "message", message: aMessage({ id: "early", channelId: "late" }), traceId: "early" });
  expect(actor.work(10)).toBe(0);
  actor.begin(emptyChannel({ channelId: "late", login: "late" }, BOT, aSettings(), null));
  expect(actor.work(10)).toBe(1);
  expect(recorded).toEqual(["early"]);
});

test("the lines of the last ten minutes are those of the last ten minutes", () => {
  const { actor, time, push } = anActor("counted");
  for (let minute = 0; minute < 12; minute++) {
    push(`a-${minute}`);
    push(`b-${minute}`);
    actor.work(10);
    time.advance(60_000);
  }
  expect(actor.messages10m()).toBe(18);
  time.advance(5 * 60_000);
  expect(actor.messages10m()).toBe(8);
  time.advance(60 * 60_000);
  expect(actor.messages10m()).toBe(0);
});

test("a bounded queue keeps its order over many pushes, shifts and drops", () => {
  const queue = new BoundedQueue<number>(5_000);
  let next = 0;
  let expected = 0;
  for (let round = 0; round < 50; round++) {
    for (let index = 0; index < 300; index++) queue.push(next++);
    expected = Math.max(expected, next - 5_000);
    for (let index = 0; index < 100; index++) expect(queue.shift()).toBe(expected++);
    expect(queue.peek(3)).toEqual([expected, expected + 1, expected + 2]);
    queue.drop(50);
    expected += 50;
    expect(queue.length).toBe(next - expected);
  }
  queue.drop(1e9);
  expect([queue.length, queue.shift()]).toEqual([0, undefined]);
});
