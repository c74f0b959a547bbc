import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { emoteRanges, parseIrcLine, toChatMessage } from "../../src/domain/irc-line.ts";
import { noon } from "./builders.ts";

const HELLO =
  "@badge-info=subscriber/14;badges=moderator/1,subscriber/12;color=#1E90FF;display-name=Mira;emotes=25:6-10;first-msg=0;flags=;id=11111111-0000-4000-8000-000000000001;mod=1;returning-chatter=0;room-id=1001;subscriber=1;tmi-sent-ts=1790000000000;turbo=0;user-id=2001;user-type=mod :mira!mira@mira.tmi.twitch.tv PRIVMSG #studio :hello Kappa";
const THREADED =
  "@badge-info=;badges=;color=;display-name=Ned;emotes=;first-msg=1;flags=;id=11111111-0000-4000-8000-000000000002;mod=0;reply-parent-display-name=Mira;reply-parent-msg-body=hello\\sKappa;reply-parent-msg-id=11111111-0000-4000-8000-000000000001;reply-parent-user-id=2001;reply-parent-user-login=mira;reply-thread-parent-display-name=Mira;reply-thread-parent-msg-id=11111111-0000-4000-8000-000000000001;reply-thread-parent-user-id=2001;reply-thread-parent-user-login=mira;returning-chatter=0;room-id=1001;subscriber=0;tmi-sent-ts=1790000001000;turbo=0;user-id=2002;user-type= :ned!ned@ned.tmi.twitch.tv PRIVMSG #studio :@Mira hi 😂 there";
const CHEER =
  "@badge-info=;badges=bits/100;bits=150;color=#FF0000;display-name=Oz;emotes=;first-msg=0;flags=;id=11111111-0000-4000-8000-000000000003;mod=0;returning-chatter=0;room-id=1001;subscriber=0;tmi-sent-ts=1790000002000;turbo=0;user-id=2003;user-type= :oz!oz@oz.tmi.twitch.tv PRIVMSG #studio :Cheer100 nice Cheer50";
const COPY =
  "@badge-info=;badges=;color=;display-name=Pia;emotes=;first-msg=0;flags=;id=11111111-0000-4000-8000-000000000004;mod=0;returning-chatter=0;room-id=1001;source-badge-info=;source-badges=;source-id=22222222-0000-4000-8000-000000000004;source-only=0;source-room-id=1002;subscriber=0;tmi-sent-ts=1790000003000;turbo=0;user-id=2004;user-type= :pia!pia@pia.tmi.twitch.tv PRIVMSG #studio :hi from the other room";
const GIF =
  "@badge-info=subscriber/30;badges=subscriber/2024;color=#00AA00;display-name=Quin;emotes=;first-msg=0;flags=;gifs=0-9|abcDEF123|https://media0.giphy.com/media/abcDEF123/giphy.gif?cid=x&ep=v1&rid=giphy.gif&ct=g;id=11111111-0000-4000-8000-000000000005;mod=0;returning-chatter=0;room-id=1001;subscriber=1;tmi-sent-ts=1790000004000;turbo=0;user-id=2005;user-type= :quin!quin@quin.tmi.twitch.tv PRIVMSG #studio :[Yay GIF!]";
const RESUB =
  "@badge-info=subscriber/6;badges=subscriber/6;color=;display-name=Rae;emotes=;flags=;id=11111111-0000-4000-8000-000000000006;login=rae;mod=0;msg-id=resub;msg-param-cumulative-months=6;msg-param-months=0;msg-param-sub-plan=Prime;msg-param-sub-plan-name=Studio\\sClub;room-id=1001;subscriber=1;system-msg=Rae\\ssubscribed\\swith\\sPrime.;tmi-sent-ts=1790000005000;user-id=2006;user-type=;vip=0 :tmi.twitch.tv USERNOTICE #studio :six months!";
const RAID =
  "@badge-info=;badges=;color=;display-name=Sol;emotes=;flags=;id=11111111-0000-4000-8000-000000000007;login=sol;mod=0;msg-id=raid;msg-param-displayName=Sol;msg-param-login=sol;msg-param-viewerCount=1;room-id=1001;subscriber=0;system-msg=1\\sraiders\\sfrom\\sSol\\shave\\sjoined!;tmi-sent-ts=1790000006000;user-id=2007;user-type=;vip=0 :tmi.twitch.tv USERNOTICE #studio";

/** The line, which must be one. */
function parsed(raw: string) {
  const line = parseIrcLine(raw);
  if (!line) throw new Error(`no line: ${raw}`);
  return { ...line, tags: Object.fromEntries(line.tags), prefix: line.prefix?.raw ?? null, rawTags: undefined };
}

const messageOf = (raw: string) => {
  const line = parseIrcLine(raw);
  return line && toChatMessage(line, noon);
};

/** A PRIVMSG with these tags beside the needed ones. */
const aPrivmsg = (tags: string, text: string) =>
  `@id=1;room-id=1;user-id=1;${tags} :ned!ned@ned.tmi.twitch.tv PRIVMSG #studio :${text}`;

describe("lines of IRC", () => {
  test("a line has tags, prefix, command and parameters", () => {
    const line = parseIrcLine("@a=1;b= :ned!user@host.tv PRIVMSG #studio :hi  there : x\r\n");
    expect(line?.prefix).toEqual({ raw: "ned!user@host.tv", nick: "ned", user: "user", host: "host.tv" });
    expect(line?.command).toBe("PRIVMSG");
    expect(line?.params).toEqual(["#studio", "hi  there : x"]);
    expect(Object.fromEntries(line?.tags ?? [])).toEqual({ a: "1", b: "" });
  });

  test("a tag is split at its first = only", () => {
    expect(parsed(GIF).tags.gifs).toBe(
      "0-9|abcDEF123|https://media0.giphy.com/media/abcDEF123/giphy.gif?cid=x&ep=v1&rid=giphy.gif&ct=g",
    );
  });

  test("escapes are undone, and a stray backslash is dropped", () => {
    expect(parsed("@k=a\\sb\\:c\\\\d\\r\\n\\xe\\ PING").tags).toEqual({ k: "a b;c\\d\r\nxe" });
  });

  test("a trailing parameter may come without its colon", () => {
    expect(parsed("@login=ned :tmi.twitch.tv CLEARMSG #chan sup").params).toEqual(["#chan", "sup"]);
  });

  test("the server's own lines are read", () => {
    expect(parsed(":tmi.twitch.tv RECONNECT")).toMatchObject({ command: "RECONNECT", params: [], tags: {} });
    expect(parsed("PING")).toMatchObject({ prefix: null, command: "PING", params: [] });
    expect(parsed("PONG :tmi.twitch.tv").params).toEqual(["tmi.twitch.tv"]);
    expect(parsed(":bot.tmi.twitch.tv 353 bot = #room :bot a b").params).toEqual(["bot", "=", "#room", "bot a b"]);
    expect(parsed(RAID)).toMatchObject({ command: "USERNOTICE", params: ["#studio"] });
    expect(parsed(RAID).tags["msg-param-viewerCount"]).toBe("1");
    expect(parsed(RESUB).tags["msg-param-sub-plan-name"]).toBe("Studio Club");
    expect(parsed("@msg-id=msg_duplicate :tmi.twitch.tv NOTICE #studio :no").tags).toEqual({ "msg-id": "msg_duplicate" });
  });

  test("a prefix without a user, and one with odd signs, are read", () => {
    expect(parseIrcLine(":tmi.twitch.tv PING")?.prefix).toEqual({
      raw: "tmi.twitch.tv",
      nick: "tmi.twitch.tv",
      user: null,
      host: null,
    });
    expect(parseIrcLine(":ned@host!x PING")?.prefix).toEqual({ raw: "ned@host!x", nick: "ned", user: null, host: "host!x" });
    expect(parseIrcLine(":ned!user PING")?.prefix).toEqual({ raw: "ned!user", nick: "ned", user: "user", host: null });
  });

  test("a tag may be called like a part of every object", () => {
    const line = parseIrcLine("@__proto__=x;constructor=y PING");
    expect(line?.tags.get("__proto__")).toBe("x");
    expect(line?.tags.get("toString")).toBeUndefined();
  });

  test("what holds no command is no line", () => {
    for (const raw of ["", "\r\n", "   ", "@a=b", "@a=b ", ":prefix", ":prefix ", "@a=b :prefix  \r\n"]) {
      expect(parseIrcLine(raw)).toBeNull();
    }
  });

  test("F15: whatever comes over the wire, reading it never throws", () => {
    const part = fc.oneof(
      fc.string({ unit: "binary", maxLength: 5 }),
      fc.constantFrom("@", ":", " ", ";", "=", "\\", "\0", "PRIVMSG", "#a", "emotes=25:0-4", "id=1"),
    );
    fc.assert(
      fc.property(fc.array(part, { maxLength: 60 }), (parts) => {
        const line = parseIrcLine(parts.join(""));
        if (!line) return;
        expect(line.command).not.toBe("");
        expect(line.tags.size).toBeGreaterThanOrEqual(0);
        toChatMessage(line, noon);
      }),
      { numRuns: 3_000 },
    );
  });

  test("tags that are written come back as they were", () => {
    const escaped = (value: string) =>
      value.replace(/[\\; \r\n]/g, (c) => ({ "\\": "\\\\", ";": "\\:", " ": "\\s", "\r": "\\r", "\n": "\\n" })[c] ?? c);
    const name = fc.stringMatching(/^[a-z-]{1,12}$/);
    fc.assert(
      fc.property(fc.dictionary(name, fc.string({ unit: "binary", maxLength: 20 }), { minKeys: 1 }), (tags) => {
        const raw = Object.entries(tags).map(([key, value]) => `${key}=${escaped(value)}`);
        expect(parsed(`@${raw.join(";")} :a!b@c PRIVMSG #d :e`).tags).toEqual({ ...tags });
      }),
      { numRuns: 1_000 },
    );
  });

  const corpus = new URL("../../../shared/data/irc/lines.ndjson", import.meta.url);
  test("the collected real lines are read as their reference says, where they are at hand", async () => {
    const file = Bun.file(corpus);
    if (!(await file.exists())) {
      console.log("irc-line.test.ts: ../shared/data/irc/lines.ndjson is not there; its lines were not checked");
      return;
    }
    const rows = (await file.text())
      .trim()
      .split("\n")
      .map((row) => JSON.parse(row));
    for (const { raw, parsed: reference } of rows) {
      const { tags, prefix, command, params } = parsed(raw);
      expect({ tags, prefix, command, params: [...params] }).toEqual(reference);
    }
    expect(rows.length).toBe(617);
  });
});

describe("chat messages", () => {
  test("a PRIVMSG becomes a chat message", () => {
    expect(messageOf(HELLO)).toEqual({
      id: "11111111-0000-4000-8000-000000000001",
      sourceId: null,
      sourceChannelId: null,
      channelId: "1001",
      channelLogin: "studio",
      chatterId: "2001",
      login: "mira",
      displayName: "Mira",
      text: "hello Kappa",
      isAction: false,
      isBroadcaster: false,
      isMod: true,
      isVip: false,
      isSubscriber: true,
      isFirst: false,
      bits: 0,
      color: "#1E90FF",
      emotes: [{ id: "25", start: 6, end: 10 }],
      replyToId: null,
      sentAt: new Date(1_790_000_000_000),
    });
  });

  test("a threaded first message names what it answers", () => {
    expect(messageOf(THREADED)).toMatchObject({
      replyToId: "11111111-0000-4000-8000-000000000001",
      isFirst: true,
      text: "@Mira hi 😂 there",
      color: "",
      isSubscriber: false,
    });
  });

  test("a cheer tells its bits", () => {
    expect(messageOf(CHEER)).toMatchObject({ bits: 150 });
  });

  test("F28: in a shared chat a copy names where it was written, and so does the original; elsewhere nothing does", () => {
    expect(messageOf(COPY)).toMatchObject({ sourceId: "22222222-0000-4000-8000-000000000004", sourceChannelId: "1002" });
    const home = COPY.replace("source-room-id=1002", "source-room-id=1001");
    expect(messageOf(home)).toMatchObject({ channelId: "1001", sourceChannelId: "1001" });
    expect(messageOf(CHEER)).toMatchObject({ sourceId: null, sourceChannelId: null });
  });

  test('ids and texts stay text even when they are "1" or "0"', () => {
    expect(messageOf(aPrivmsg("", "1"))).toMatchObject({ id: "1", channelId: "1", chatterId: "1", text: "1" });
  });

  test("an action loses its wrapper, and its emotes count from there", () => {
    const message = messageOf(aPrivmsg("emotes=25:0-4", "\u0001ACTION Kappa dances\u0001"));
    expect(message).toMatchObject({ isAction: true, text: "Kappa dances", emotes: [{ id: "25", start: 0, end: 4 }] });
    expect(messageOf(aPrivmsg("", "\u0001ACTION waves"))).toMatchObject({ isAction: true, text: "waves" });
  });

  test("a text keeps 500 code points and loses NUL", () => {
    expect(messageOf(aPrivmsg("", "😂".repeat(600)))?.text).toBe("😂".repeat(500));
    expect(messageOf(aPrivmsg("", "a".repeat(600)))?.text.length).toBe(500);
    expect(messageOf(aPrivmsg("", "a\0b"))?.text).toBe("ab");
  });

  test("badges count by their whole name", () => {
    const badges = (list: string) => messageOf(aPrivmsg(`badges=${list}`, "hi"));
    expect(badges("broadcaster/1,founder/0")).toMatchObject({ isBroadcaster: true, isSubscriber: true, isMod: false });
    expect(badges("vip/1")).toMatchObject({ isVip: true });
    expect(badges("lead_moderator/1")).toMatchObject({ isMod: true });
    expect(badges("not-vip/1,xmoderator/1,sub-gifter/5,vip")).toMatchObject({ isVip: false, isMod: false, isSubscriber: false });
  });

  test("a missing or absurd time is the time of arrival", () => {
    for (const tag of ["", "tmi-sent-ts=", "tmi-sent-ts=soon", "tmi-sent-ts=-1", "tmi-sent-ts=9e99"]) {
      expect(messageOf(aPrivmsg(tag, "hi"))?.sentAt).toEqual(noon);
    }
  });

  test("a color that is none is left out, an empty name is the login", () => {
    expect(messageOf(aPrivmsg("color=red;display-name=", "hi"))).toMatchObject({ color: "", displayName: "ned" });
    expect(messageOf(aPrivmsg("color=#12345G;display-name=Ned\\s", "hi"))).toMatchObject({ color: "", displayName: "Ned" });
  });

  test("a line without its ids, or of another command, is no message", () => {
    for (const id of ["id", "room-id", "user-id"]) {
      expect(messageOf(HELLO.replace(new RegExp(`;${id}=[^;]*`), ""))).toBeNull();
    }
    for (const raw of [RESUB, RAID, "PING :x", ":ned!ned@ned PRIVMSG #studio :no tags"]) expect(messageOf(raw)).toBeNull();
  });
});

describe("emote ranges", () => {
  test("they count code points", () => {
    expect(emoteRanges("25:0-4,8-12", "Kappa 😂 Kappa")).toEqual([
      { id: "25", start: 0, end: 4 },
      { id: "25", start: 8, end: 12 },
    ]);
  });

  test("several emotes come in the order of the text", () => {
    expect(emoteRanges("25:12-16,0-4/emotesv2_a:6-10", "Kappa LUL12 Kappa")).toEqual([
      { id: "25", start: 0, end: 4 },
      { id: "emotesv2_a", start: 6, end: 10 },
      { id: "25", start: 12, end: 16 },
    ]);
  });

  test("ranges that are none are left out", () => {
    for (const tag of ["25:04", "25:4-0", "25:0-99", "25:a-b", "25:-1-2", ":0-1", "25", "25:", "", "/", "25:0-1.5"]) {
      expect(emoteRanges(tag, "Kappa")).toEqual([]);
    }
    expect(emoteRanges("25:0-4/26:3-6/27:9-10", "Kappa there")).toEqual([
      { id: "25", start: 0, end: 4 },
      { id: "27", start: 9, end: 10 },
    ]);
  });
});
