import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import {
  ASKS_MAX,
  CONTEXT_LINES_MAX,
  contextOf,
  type Effect,
  emptyChannel,
  type Inbound,
  receive,
  savedChannel,
} from "../../src/domain/channel.ts";
import type { ChatMessage, HistoryLine } from "../../src/domain/chat.ts";
import { graphemes } from "../../src/domain/chat-text.ts";
import type { SilenceReason } from "../../src/domain/events.ts";
import { builtinReply } from "../../src/domain/replies.ts";
import { aChannel, after, aMessage, aSettings, kinds, noon, only, ourBot, Room } from "./builders.ts";

/** Reasons of the silences among the effects. */
const silences = (effects: readonly Effect[]): SilenceReason[] =>
  effects.flatMap((effect) => (effect.kind === "happened" && effect.body.type === "reply.dropped" ? [effect.body.reason] : []));

const asked = ["record", "reply.asked", "ask_model"];

describe("every message is recorded", () => {
  test("an ordinary line is recorded once, and nothing else happens", () => {
    const effects = new Room().write("hello", { isMod: true, isSubscriber: true, color: "#1E90FF" });
    expect(effects).toEqual([
      {
        kind: "record",
        line: {
          seq: null,
          messageId: "m1",
          channelId: "1001",
          chatterId: "2002",
          login: "ned",
          displayName: "Ned",
          text: "hello",
          kind: "chat",
          color: "#1E90FF",
          badges: ["moderator", "subscriber"],
          emotes: [],
          replyToId: null,
          traceId: null,
          sentAt: noon,
          deletedAt: null,
        },
      },
    ]);
  });

  test("a call's line carries its trace", () => {
    expect(only(new Room().write("byte oi"), "record").line.traceId).toBe("t1");
  });

  test("a line that Twitch delivers again is not recorded again, and not answered again", () => {
    const room = new Room();
    room.write("byte oi", { id: "same" });
    expect(room.write("byte oi", { id: "same" })).toEqual([]);
    for (let line = 0; line < 20; line++) room.write("hello", { login: "mira", chatterId: "2001" });
    room.answer("t1", "oi");
    room.confirm("t1", "oi");
    room.wait(60_000);
    expect(kinds(room.write("byte oi", { id: "same" }))).toEqual(["record"]);
    expect(room.state.counters).toMatchObject({ repeated: 1, messages: 22 });
  });

  test("a line whose deletion came first is recorded as deleted and not answered", () => {
    const room = new Room();
    room.tell({ kind: "message_deleted", messageId: "m1" });
    const effects = room.write("byte oi");
    expect(only(effects, "record").line.deletedAt).toEqual(noon);
    expect(silences(effects)).toEqual(["message_deleted"]);
  });

  test("a chatter's first message is told of, a cheer is a support", () => {
    expect(kinds(new Room().write("hi all", { isFirst: true }))).toEqual(["record", "chat.first_message"]);
    const [, cheer] = new Room().write("Cheer100 nice", { bits: 100 });
    expect(cheer).toEqual({
      kind: "happened",
      traceId: null,
      body: {
        type: "chat.support",
        kind: "cheer",
        login: "ned",
        name: "Ned",
        amount: 100,
        months: null,
        text: "Cheer100 nice",
        tier: null,
      },
      told: { meaning: JSON.stringify(["cheer:2002:100", "chat", "m1", noon.getTime(), null]), writeKey: "chat:m1" },
    });
  });
});

describe("calls", () => {
  test("a question goes to the model with the chat before it", () => {
    const room = new Room();
    room.write("alguém viu o boss?", { login: "mira", displayName: "Mira", chatterId: "2001" });
    const effects = room.write("byte, quem é o boss?");
    expect(kinds(effects)).toEqual(asked);
    expect(only(effects, "ask_model")).toEqual({
      kind: "ask_model",
      traceId: "t2",
      question: "quem é o boss?",
      asker: { chatterId: "2002", login: "ned", displayName: "Ned" },
      context: [{ author: "Mira", text: "alguém viu o boss?", isOurs: false }],
      replyToId: "m2",
      askedAt: noon,
    });
  });

  test("help and status are answered without a model", () => {
    expect(only(new Room().write("byte"), "answer_builtin")).toMatchObject({ command: "help", route: "help" });
    expect(only(new Room().write("!byte ajuda"), "answer_builtin")).toMatchObject({ command: "help" });
    expect(only(new Room().write("@bytebot status"), "answer_builtin")).toMatchObject({ command: "status", route: "status" });
  });

  test("an answer is said in the caller's thread, recorded when confirmed, and known to the next question", () => {
    const room = new Room();
    room.write("byte, quem é o boss?");
    expect(room.answer("t1", "É o Rei.")).toEqual([
      {
        kind: "say",
        traceId: "t1",
        text: builtinReply("É o Rei."),
        replyToId: "m1",
        route: "model",
        latencyMs: 5,
        askedAt: noon,
      },
    ]);
    const effects = room.confirm("t1", "É o Rei.", "twitch-1");
    expect(kinds(effects)).toEqual(["record", "reply.sent", "save_state"]);
    expect(only(effects, "record").line).toMatchObject({
      messageId: "twitch-1",
      kind: "reply",
      chatterId: "9001",
      login: "bytebot",
      replyToId: "m1",
      traceId: "t1",
      text: "É o Rei.",
    });
    expect(contextOf(room.state).at(-1)).toEqual({ author: "ByteBot", text: "É o Rei.", isOurs: true });
    expect(savedChannel(room.state)).toEqual({ lastReply: "É o Rei.", lastReplyAt: noon, lastMessageAt: noon });
    expect(room.state.asks).toEqual([]);
  });

  test("F29: a reply without evidence is kept under an id of ours and never called sent", () => {
    const room = new Room();
    room.write("byte oi");
    room.answer("t1", "oi");
    const outcome = { status: "unconfirmed", reason: "silence" } as const;
    const effects = room.tell({ kind: "sent", traceId: "t1", outcome, text: builtinReply("oi"), route: "model", latencyMs: 9 });
    expect(only(effects, "record").line.messageId).toBe("unconfirmed-t1");
    expect(effects).toContainEqual({
      kind: "happened",
      traceId: "t1",
      body: { type: "reply.sent", text: "oi", route: "model", status: "unconfirmed", reason: "silence", latencyMs: 9 },
    });
    expect(room.state.counters).toMatchObject({ replies: 0, unconfirmed: 1 });
  });

  test("F24: a reply that Twitch rejected is told of with its reason, and not recorded as said", () => {
    const room = new Room();
    room.write("byte oi");
    room.answer("t1", "oi");
    const outcome = { status: "rejected", reason: "msg_some_new_code" } as const;
    const effects = room.tell({ kind: "sent", traceId: "t1", outcome, text: builtinReply("oi"), route: "model", latencyMs: 9 });
    expect(kinds(effects)).toEqual(["reply.sent"]);
    expect(effects[0]).toMatchObject({ body: { status: "rejected", reason: "msg_some_new_code" } });
    expect(contextOf(room.state).some((line) => line.isOurs)).toBe(false);
  });

  test("a model that failed leaves silence with its reason", () => {
    const room = new Room();
    room.write("byte oi");
    expect(silences(room.tell({ kind: "reply_failed", traceId: "t1", reason: "model_deadline" }))).toEqual(["model_deadline"]);
    expect(room.tell({ kind: "reply_failed", traceId: "t1", reason: "model_deadline" })).toEqual([]);
    expect(room.state.asks).toEqual([]);
  });

  test("an answer that comes twice, or for a call that nobody made, is not said", () => {
    const room = new Room();
    room.write("byte oi");
    room.answer("t1", "oi");
    expect(room.answer("t1", "oi")).toEqual([]);
    expect(room.answer("t99", "oi")).toEqual([]);
  });

  test("without a token a call is recorded and told of as read-only, and nothing else", () => {
    const effects = new Room(aChannel({ isReadOnly: true })).write("byte oi");
    expect(kinds(effects)).toEqual(["record", "reply.dropped"]);
    expect(silences(effects)).toEqual(["read_only"]);
  });

  test("a flood of calls without a token does not flood the timeline", () => {
    const room = new Room(aChannel({ isReadOnly: true }));
    let told = 0;
    for (let call = 0; call < 500; call++) told += silences(room.write("byte oi")).length;
    expect(told).toBe(30);
    expect(room.state.counters.silences).toBe(500);
    room.wait(60_000);
    expect(silences(room.write("byte oi")).length).toBe(1);
  });

  test("another bot's command is no call", () => {
    expect(kinds(new Room().write("!discord"))).toEqual(["record"]);
  });

  test("a new trigger and a new login count from the next message on", () => {
    const room = new Room();
    room.tell({ kind: "settings", settings: aSettings({ trigger: "!Robo" }) });
    expect(kinds(room.write("byte oi"))).toEqual(["record"]);
    expect(kinds(room.write("robo oi"))).toEqual(asked);
    room.tell({ kind: "bot", bot: { login: "novo_login", userId: "77", displayName: null } });
    expect(kinds(room.write("@novo_login oi", { chatterId: "5", login: "oz" }))).toEqual(asked);
  });
});

describe("who is not answered", () => {
  const unanswered: readonly (readonly [why: string, message: Partial<ChatMessage>])[] = [
    ["we ourselves, by id", { chatterId: "9001", login: "renamed" }],
    ["we ourselves, by login", { login: "bytebot" }],
    ["a bot that everybody knows", { login: "nightbot" }],
    ["a bot that the operator names", { login: "custom_helper" }],
    ["F28: a copy of a message that was written in another room", { sourceChannelId: "1002", sourceId: "s1" }],
  ];
  for (const [why, message] of unanswered) {
    test(`${why}: recorded, nothing else`, () => {
      const room = new Room(aChannel({ knownBots: ["Custom_Helper"] }));
      expect(kinds(room.write("byte oi", { isFirst: true, bits: 5, ...message }))).toEqual(["record"]);
    });
  }

  test("in the room where a shared message was written it is answered", () => {
    expect(kinds(new Room().write("byte oi", { sourceChannelId: "1001", sourceId: "m1" }))).toEqual(asked);
  });
});

describe("F28: replies in a shared chat", () => {
  const visible = "chat.shared_visible";
  let callers = 0;
  const answered = (room: Room, over: Partial<ChatMessage> = {}): string[] => {
    callers++;
    const ask = only(room.write("byte oi", { chatterId: `c${callers}`, login: `caller_${callers}`, ...over }), "ask_model");
    room.answer(ask.traceId, `oi ${ask.traceId}`);
    return kinds(room.confirm(ask.traceId, `oi ${ask.traceId}`));
  };

  test("that the guests see them is told once in half an hour, whether the call or another room's line showed it", () => {
    const room = new Room();
    expect(answered(room)).not.toContain(visible);
    room.wait(20_000);
    expect(answered(room, { sourceChannelId: "1001", sourceId: "m2" })).toContain(visible);
    room.wait(20 * 60_000);
    room.write("hello from elsewhere", { sourceChannelId: "1002", sourceId: "x", login: "oz", chatterId: "5" });
    expect(answered(room)).not.toContain(visible);
    room.wait(10 * 60_000);
    room.write("hello from elsewhere", { sourceChannelId: "1002", sourceId: "y", login: "oz", chatterId: "5" });
    expect(answered(room)).toContain(visible);
  });

  test("nothing is told once the session is over, when the reply was not said, or when it stays in its room", () => {
    const shared = { sourceChannelId: "1001", sourceId: "m1" };
    const over = new Room();
    over.write("hello", shared);
    over.wait(5 * 60_000);
    expect(answered(over)).not.toContain(visible);

    const refused = new Room();
    refused.write("byte oi", shared);
    refused.answer("t1", "oi");
    const outcome = { status: "rejected", reason: "msg_rejected" } as const;
    const sent = { kind: "sent", traceId: "t1", outcome, text: builtinReply("oi"), route: "model", latencyMs: 1 } as const;
    expect(kinds(refused.tell(sent))).toEqual(["reply.sent"]);

    expect(answered(new Room(aChannel({ canSendSourceOnly: true })), shared)).not.toContain(visible);
  });
});

describe("not too often", () => {
  test("a chatter whose question is open waits for its answer", () => {
    const room = new Room();
    room.write("byte um");
    expect(silences(room.write("byte dois"))).toEqual(["cooling"]);
    expect(kinds(room.write("byte três", { chatterId: "5", login: "oz" }))).toEqual(asked);
  });

  test("the channel rests between two answers", () => {
    const room = new Room(aChannel({ replyCooldownMs: 5_000 }));
    room.write("byte um");
    room.wait(4_999);
    expect(silences(room.write("byte dois", { chatterId: "5", login: "oz" }))).toEqual(["cooling"]);
    room.wait(1);
    expect(kinds(room.write("byte três", { chatterId: "5", login: "oz" }))).toEqual(asked);
  });

  test("a chatter rests longer, the others do not", () => {
    const room = new Room(aChannel({ chatterCooldownMs: 20_000 }));
    room.write("byte um");
    room.answer("t1", "oi");
    room.confirm("t1", "oi");
    room.wait(19_999);
    expect(silences(room.write("byte dois"))).toEqual(["cooling"]);
    expect(kinds(room.write("byte dois", { chatterId: "5", login: "oz" }))).toEqual(asked);
    room.wait(1);
    expect(kinds(room.write("byte três"))).toEqual(asked);
  });

  test("more open questions than the channel has room for are refused, and lost ones free their place", () => {
    const room = new Room();
    for (let n = 0; n < ASKS_MAX; n++) expect(kinds(room.write("byte oi", { chatterId: `c${n}` }))).toEqual(asked);
    expect(silences(room.write("byte oi", { chatterId: "one-more" }))).toEqual(["model_overloaded"]);
    room.wait(120_000);
    expect(kinds(room.write("byte oi", { chatterId: "one-more" }))).toEqual(asked);
    expect(room.state.asks.length).toBe(1);
  });
});

describe("what is taken back is not answered", () => {
  const takenBack: readonly (readonly [what: string, inbound: Inbound, reason: SilenceReason])[] = [
    ["F39: the message was deleted", { kind: "message_deleted", messageId: "m1" }, "message_deleted"],
    [
      "F39: its author was banned",
      { kind: "chatter_cleared", chatterId: "2002", login: "ned", seconds: null },
      "chatter_removed",
    ],
    [
      "F39: its author was timed out, by login",
      { kind: "chatter_cleared", chatterId: null, login: "ned", seconds: 60 },
      "chatter_removed",
    ],
    [
      "F39: the whole chat was cleared",
      { kind: "chatter_cleared", chatterId: null, login: null, seconds: null },
      "message_deleted",
    ],
    ["F30: the channel was left", { kind: "left" }, "channel_left"],
  ];

  for (const [what, inbound, reason] of takenBack) {
    test(`${what} at the start of the generation`, () => {
      const room = new Room();
      room.write("byte oi");
      const effects = room.tell(inbound);
      expect(only(effects, "abort_model")).toEqual({ kind: "abort_model", traceId: "t1", reason });
      expect(silences(effects)).toEqual([reason]);
      expect(room.answer("t1", "oi")).toEqual([]);
      expect(room.tell({ kind: "reply_failed", traceId: "t1", reason: "model_failed" })).toEqual([]);
    });

    test(`${what} half way through the generation`, () => {
      const room = new Room();
      room.write("byte oi");
      room.wait(2_000);
      room.write("hello", { chatterId: "5", login: "oz" });
      expect(silences(room.tell(inbound))).toEqual([reason]);
      room.wait(2_000);
      expect(room.answer("t1", "oi")).toEqual([]);
    });

    test(`${what} when the reply was ready and waited to be sent`, () => {
      const room = new Room();
      room.write("byte oi");
      room.answer("t1", "oi");
      const effects = room.tell(inbound);
      expect(only(effects, "abort_model")).toEqual({ kind: "abort_model", traceId: "t1", reason });
      expect(silences(effects)).toEqual([]);
      const outcome = { status: "rejected", reason: "cancelled" } as const;
      const end = room.tell({ kind: "sent", traceId: "t1", outcome, text: builtinReply("oi"), route: "model", latencyMs: 1 });
      expect(silences(end)).toEqual([reason]);
      expect(kinds(end)).toEqual(["reply.dropped"]);
    });
  }

  test("what Twitch had already confirmed is told as it was: said", () => {
    const room = new Room();
    room.write("byte oi");
    room.answer("t1", "oi");
    room.tell({ kind: "message_deleted", messageId: "m1" });
    expect(kinds(room.confirm("t1", "oi"))).toEqual(["record", "reply.sent", "save_state"]);
  });

  test("a reply that was no longer wanted and then failed tells the first reason", () => {
    const room = new Room();
    room.write("byte oi");
    room.answer("t1", "oi");
    room.tell({ kind: "left" });
    expect(silences(room.tell({ kind: "reply_failed", traceId: "t1", reason: "model_failed" }))).toEqual(["channel_left"]);
  });

  test("others' questions go on", () => {
    const room = new Room();
    room.write("byte oi");
    room.write("byte oi", { chatterId: "5", login: "oz" });
    room.tell({ kind: "chatter_cleared", chatterId: "2002", login: "ned", seconds: 1 });
    expect(kinds(room.answer("t2", "oi"))).toEqual(["say"]);
  });

  test("what is taken back is told to the history and leaves the context", () => {
    const room = new Room();
    room.write("segredo um");
    room.write("outra coisa", { chatterId: "5", login: "oz" });
    const effects = room.tell({ kind: "chatter_cleared", chatterId: "2002", login: "ned", seconds: 600 });
    expect(kinds(effects)).toEqual(["deleted", "chat.cleared"]);
    expect(only(effects, "deleted").what).toEqual({ kind: "chatter", chatterId: "2002", login: "ned", at: noon });
    expect(contextOf(room.state).map((line) => line.text)).toEqual(["outra coisa"]);
    room.tell({ kind: "message_deleted", messageId: "m2" });
    expect(contextOf(room.state)).toEqual([]);
  });

  test("a call that was on its way when its author was removed is not answered", () => {
    const room = new Room();
    room.tell({ kind: "chatter_cleared", chatterId: "2002", login: "ned", seconds: 1 });
    room.wait(500);
    expect(silences(room.write("byte oi"))).toEqual(["chatter_removed"]);
    room.wait(3_000);
    expect(kinds(room.write("byte oi"))).toEqual(asked);
  });
});

describe("managing channels from chat", () => {
  const owner = { chatterId: "9000", login: "boss", displayName: "Boss" };
  const broadcaster = { chatterId: "1001", login: "studio", displayName: "Studio", isBroadcaster: true };
  const manage = (message: Partial<ChatMessage>, text: string, ownerIds = ["9000"]) => {
    const effects = new Room(aChannel({ ownerIds })).write(text, message);
    const effect = effects.at(-1);
    if (effect?.kind === "manage") return [effect.action, effect.login];
    return effect?.kind === "answer_builtin" ? effect.command : null;
  };

  test("an owner may join, part and list", () => {
    expect(manage(owner, "byte join ana_plays")).toEqual(["join", "ana_plays"]);
    expect(manage(owner, "byte part ana_plays")).toEqual(["part", "ana_plays"]);
    expect(manage(owner, "byte part")).toEqual(["part", "studio"]);
    expect(manage(owner, "byte channels")).toEqual(["channels", null]);
  });

  test("the broadcaster may send the agent away from here and see the list, not more", () => {
    expect(manage(broadcaster, "byte sair")).toEqual(["part", "studio"]);
    expect(manage(broadcaster, "byte part studio")).toEqual(["part", "studio"]);
    expect(manage(broadcaster, "byte canais")).toEqual(["channels", null]);
    expect(manage(broadcaster, "byte part ana_plays")).toBe("not_owner");
    expect(manage(broadcaster, "byte join ana_plays")).toBe("not_owner");
  });

  test("B25: nobody else may, and missing ids equal nothing", () => {
    expect(manage({ isMod: true }, "byte join ana_plays")).toBe("not_owner");
    expect(manage(owner, "byte join ana_plays", [])).toBe("not_owner");
    expect(manage({ chatterId: "" }, "byte join ana_plays", [""])).toBe("not_owner");
    expect(manage({ chatterId: "" }, "byte part", [])).toBe("not_owner");
    expect(manage({ login: "studio", isBroadcaster: false }, "byte part")).toBe("not_owner");
  });

  test("who did it is named by id", () => {
    const effect = only(new Room().write("byte join ana_plays", owner), "manage");
    expect(effect.by).toEqual({ kind: "chatter", id: "9000", login: "boss" });
  });

  test("an owner's command does not wait for the cooldown", () => {
    const room = new Room(aChannel({ replyCooldownMs: 60_000 }));
    room.write("byte oi");
    expect(kinds(room.write("byte part", owner))).toEqual(["record", "reply.asked", "manage"]);
  });
});

describe("F32: talk between bots ends", () => {
  /**
   * Two agents in one room; each hears what the other says. A person calls the first, or both.
   * Returns how many lines the agents said.
   */
  function talk(latencyMs: number, logins: readonly [string, string], words: string, called: 1 | 2 = 1): number {
    const rooms = logins.map((login, index) => {
      const bot = { login, userId: `90${index}`, displayName: login };
      return new Room(emptyChannel({ channelId: "1001", login: "studio" }, bot, aSettings(), null));
    });
    let said = 0;
    let now = 0;
    let open = rooms.map((room, index) =>
      index < called ? room.write("byte oi", { chatterId: "2002", login: "ned", id: "human" }) : [],
    );
    for (let turn = 0; turn < 50; turn++) {
      now += latencyMs;
      const lines: { speaker: number; text: string; replyToId: string }[] = [];
      for (const [speaker, effects] of open.entries()) {
        const room = rooms[speaker];
        const ask = effects.find((effect) => effect.kind === "ask_model");
        if (!room || ask?.kind !== "ask_model") continue;
        room.now = after(now);
        const text = words.replace("#", String(said));
        if (room.answer(ask.traceId, text).length === 0) continue;
        said++;
        room.confirm(ask.traceId, text, `said-${said}`);
        lines.push({ speaker, text: `@${ask.asker.login} ${text}`, replyToId: ask.replyToId });
      }
      open = rooms.map((room, hearer) => {
        room.now = after(now);
        const heard = lines.filter((line) => line.speaker !== hearer);
        return heard.flatMap(({ text, replyToId, speaker }) =>
          room.write(text, { id: `said-${turn}-${speaker}`, chatterId: `90${speaker}`, login: logins[speaker] ?? "", replyToId }),
        );
      });
      if (open.every((effects) => !effects.some((effect) => effect.kind === "ask_model"))) break;
    }
    return said;
  }
  const long = "byte, essa pergunta é ótima, e você, o que acha do jogo de hoje à noite?";

  test("two of ours that call each other stop after one exchange", () => {
    // One answer to the person, then at most one of each to the other.
    for (const latencyMs of [10, 300, 1_500, 4_000, 6_000]) {
      expect(talk(latencyMs, ["one", "two"], long)).toBeLessThanOrEqual(3);
    }
  });

  test("so they do when the person called both", () => {
    for (const latencyMs of [10, 1_500, 6_000]) expect(talk(latencyMs, ["one", "two"], long, 2)).toBeLessThanOrEqual(4);
  });

  test("accounts named as bots stop after one exchange, however slowly they write", () => {
    expect(talk(12_000, ["agent_bot", "otherbot2"], "byte, oi #?")).toBeLessThanOrEqual(3);
  });

  test("accounts that repeat themselves stop after one exchange, however slowly they write", () => {
    expect(talk(12_000, ["one", "two"], "byte, oi?")).toBeLessThanOrEqual(3);
  });

  test("slow accounts that nothing gives away stop after four exchanges", () => {
    const said = talk(12_000, ["one", "two"], "byte, oi #?");
    expect(said).toBeGreaterThan(3);
    expect(said).toBeLessThanOrEqual(9);
  });

  test("a person may go on asking at the pace of people", () => {
    const room = new Room();
    for (const [turn, question] of ["oi", "qual o jogo?", "e depois?", "que horas acaba?"].entries()) {
      const traceId = `t${turn + 1}`;
      expect(kinds(room.write(`byte ${question}`))).toEqual(asked);
      room.wait(1_500);
      room.answer(traceId, "resposta");
      room.confirm(traceId, "resposta");
      room.wait(6_000);
    }
  });
});

describe("context", () => {
  test("it is the last twelve lines, plain and bounded", () => {
    const room = new Room();
    for (let n = 0; n < 20; n++) room.write(`line ${n}`);
    expect(contextOf(room.state).map((line) => line.text)).toEqual(
      Array.from({ length: CONTEXT_LINES_MAX }, (_, n) => `line ${n + 8}`),
    );
    room.write(`👨‍👩‍👧‍👦\u202e${"👨‍👩‍👧‍👦".repeat(40)}`, { login: "x".repeat(60), displayName: "Нед" });
    const last = contextOf(room.state).at(-1);
    expect(last?.text.length).toBeLessThanOrEqual(140);
    expect(graphemes(last?.text ?? "").every((part) => part === "👨‍👩‍👧‍👦")).toBe(true);
    expect(last?.author).toBe("x".repeat(32));
  });

  const stored = (id: string, over: Partial<HistoryLine> = {}): HistoryLine => ({
    seq: 1,
    messageId: id,
    channelId: "1001",
    chatterId: "2001",
    login: "mira",
    displayName: "Mira",
    text: `stored ${id}`,
    kind: "chat",
    color: "",
    badges: [],
    emotes: [],
    replyToId: null,
    traceId: null,
    sentAt: after(-60_000),
    deletedAt: null,
    ...over,
  });

  test("after a restart it is what it was before", () => {
    const saved = { lastReply: "ontem", lastReplyAt: after(-50_000), lastMessageAt: after(-40_000) };
    const state = emptyChannel({ channelId: "1001", login: "studio" }, ourBot, aSettings(), {
      lines: [stored("a"), stored("b", { kind: "reply" })],
      saved,
      told: [],
    });
    expect(contextOf(state)).toEqual([
      { author: "Mira", text: "stored a", isOurs: false },
      { author: "Mira", text: "stored b", isOurs: true },
    ]);
    expect(savedChannel(state)).toEqual(saved);
  });

  test("B48: a late restore never overwrites what came since, and brings nothing back that was removed", () => {
    const room = new Room();
    room.write("agora", { id: "new" });
    room.tell({ kind: "message_deleted", messageId: "gone" });
    room.tell({
      kind: "restored",
      restored: {
        lines: [
          stored("a"),
          stored("gone"),
          stored("new"),
          stored("other", { channelId: "1002" }),
          stored("dead", { deletedAt: noon }),
        ],
        saved: { lastReply: "velha", lastReplyAt: after(-9), lastMessageAt: after(-9) },
        told: [],
      },
    });
    expect(contextOf(room.state).map((line) => line.text)).toEqual(["stored a", "agora"]);
    expect(savedChannel(room.state)).toEqual({ lastReply: "velha", lastReplyAt: after(-9), lastMessageAt: noon });
  });

  test("B48: a reply since the restart stays the last one", () => {
    const room = new Room();
    room.write("byte oi");
    room.answer("t1", "nova");
    room.confirm("t1", "nova");
    room.tell({
      kind: "restored",
      restored: { lines: [], saved: { lastReply: "velha", lastReplyAt: after(-9), lastMessageAt: after(-9) }, told: [] },
    });
    expect(savedChannel(room.state)).toEqual({ lastReply: "nova", lastReplyAt: noon, lastMessageAt: noon });
  });
});

const anyInbound = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant("message" as const),
      traceId: fc.integer({ min: 0, max: 40 }).map((n) => `t${n}`),
      message: fc
        .record({
          id: fc.integer({ min: 0, max: 200 }).map((n) => `m${n}`),
          chatterId: fc.constantFrom("1", "2", "3", "9000", "9001"),
          login: fc.constantFrom("ned", "oz", "bytebot", "nightbot"),
          text: fc.constantFrom(
            "oi",
            "byte oi",
            "byte",
            "byte status",
            "byte join ana_plays",
            "byte part",
            "@bytebot e aí?",
            "!x",
          ),
        })
        .map((over) => aMessage(over)),
    }),
  },
  fc.integer({ min: 0, max: 200 }).map((n) => ({ kind: "message_deleted" as const, messageId: `m${n}` })),
  fc.constantFrom("1", "2", null).map((chatterId) => ({ kind: "chatter_cleared" as const, chatterId, login: null, seconds: 5 })),
  {
    weight: 3,
    arbitrary: fc.integer({ min: 0, max: 40 }).map((n) => ({
      kind: "reply_ready" as const,
      traceId: `t${n}`,
      text: builtinReply("oi"),
      route: "model" as const,
      latencyMs: 1,
    })),
  },
  fc
    .integer({ min: 0, max: 40 })
    .map((n) => ({ kind: "reply_failed" as const, traceId: `t${n}`, reason: "model_failed" as const })),
  {
    weight: 3,
    arbitrary: fc.integer({ min: 0, max: 40 }).map((n) => ({
      kind: "sent" as const,
      traceId: `t${n}`,
      outcome: { status: "confirmed" as const, messageId: `our${n}` },
      text: builtinReply("oi"),
      route: "model" as const,
      latencyMs: 1,
    })),
  },
  fc.constant({ kind: "left" as const }),
);

test("whatever comes in whatever order: bounded, one record per line, never two replies to one message, nothing said that was taken back", () => {
  fc.assert(
    fc.property(fc.array(anyInbound, { maxLength: 150 }), (inbounds) => {
      let state = aChannel();
      const said = new Set<string>();
      const removed = new Set<string>();
      for (const [at, inbound] of inbounds.entries()) {
        const before = state;
        const frozen = JSON.stringify(before);
        const [next, effects] = receive(state, inbound, after(at * 20_000));
        expect(JSON.stringify(before)).toBe(frozen);
        state = next;
        if (inbound.kind === "message_deleted") removed.add(inbound.messageId);
        if (inbound.kind === "message")
          expect(effects.filter((effect) => effect.kind === "record").length).toBeLessThanOrEqual(1);
        for (const effect of effects) {
          if (effect.kind !== "say") continue;
          expect(said.has(effect.replyToId)).toBe(false);
          expect(removed.has(effect.replyToId)).toBe(false);
          said.add(effect.replyToId);
        }
        expect(state.recent.length).toBeLessThanOrEqual(CONTEXT_LINES_MAX);
        expect(state.asks.length).toBeLessThanOrEqual(ASKS_MAX);
        expect(state.callers.length + state.taken.length + state.removals.length).toBeLessThanOrEqual(160);
      }
    }),
    { numRuns: 300 },
  );
});
