import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { graphemes } from "../../src/domain/chat-text.ts";
import type { SilenceReason } from "../../src/domain/events.ts";
import { builtinReply, fitReply, REPLY_CHARS_MAX } from "../../src/domain/replies.ts";

const said = (modelText: string): string | { silent: SilenceReason } => {
  const fit = fitReply(modelText, { asker: "ned", botName: "Faísca" });
  return fit.ok ? fit.text : { silent: fit.reason };
};
const empty = { silent: "reply_empty" } as const;
const unfit = { silent: "reply_unfit" } as const;

/** What a model said, and what chat is told of it. */
const ANSWERS: readonly (readonly [modelText: string, told: string | { silent: SilenceReason }])[] = [
  // Good as it is.
  ["Tudo certo por aqui!", "Tudo certo por aqui!"],
  ["I <3 this game, 5 * 3 = 15 and a < b > c", "I <3 this game, 5 * 3 = 15 and a < b > c"],
  ["2*3*4 is 24, snake_case_name stays, PogChamp_x too", "2*3*4 is 24, snake_case_name stays, PogChamp_x too"],
  ["👨‍👩‍👧‍👦 família no chat 🇧🇷", "👨‍👩‍👧‍👦 família no chat 🇧🇷"],
  ["👍", "👍"],
  // Nothing in it.
  ["", empty],
  ["   \n\t ", empty],
  ["...", empty],
  ["\u200b\u200d\ufeff", empty],
  ["```\n```", empty],
  // Thoughts.
  ["<think>The user wants a joke.</think>Por que o bit foi à praia?", "Por que o bit foi à praia?"],
  ["<think>I should never end", empty],
  ["so I will answer.</think>\n\nCeleste!", "Celeste!"],
  ["Celeste! <thinking>was that right?", "Celeste!"],
  ["<THINK>a</THINK><reasoning>b</reasoning>Oi", "Oi"],
  ["◁think▷hm◁/think▷Oi", "Oi"],
  ["analysis text<|end|><|channel|>final<|message|>Hoje tem Celeste.", "Hoje tem Celeste."],
  // Wrapping.
  ['{"reply": "Oi, chat!"}', "Oi, chat!"],
  ['```json\n{"reply": "Oi, chat!"}\n```', "Oi, chat!"],
  ['{"message": {"role": "assistant", "content": "Oi, chat!"}}', "Oi, chat!"],
  ['[{"text": "Oi, chat!"}]', "Oi, chat!"],
  ['"{\\"reply\\": \\"Oi, chat!\\"}"', "Oi, chat!"],
  ['{"reply": "A live começa às 20h e vai até', "A live começa às 20h e vai até"],
  ['{"mood": "happy"}', unfit],
  ["```\nOi, chat!\n```", "Oi, chat!"],
  ["Use isto:\n```js\nconsole.log(1)\n```\nFunciona.", "Use isto: console.log(1) Funciona."],
  ["<|im_start|>assistant\nOi!<|im_end|>", "Oi!"],
  ["Oi!\nUser: e amanhã?\nByte: também", "Oi!"],
  // Names before the answer.
  ["Byte: oi!", "oi!"],
  ["**Assistant:** oi!", "oi!"],
  ["Faísca: Byte: oi!", "oi!"],
  ["@ned, oi!", "oi!"],
  ["@Ned oi!", "oi!"],
  ["@nedflanders é outro", "@nedflanders é outro"],
  ['"oi!"', "oi!"],
  ["“oi, chat”", "oi, chat"],
  ['"a" e "b"', '"a" e "b"'],
  // Markdown and HTML.
  ["# Hoje\n\n- **Celeste**\n- Hades\n- Tetris", "Hoje: Celeste; Hades; Tetris"],
  ["Passos:\n1. Abra o OBS\n2. Adicione a fonte\n\nPronto.", "Passos: Abra o OBS; Adicione a fonte. Pronto."],
  ["Veja o [guia](https://example.org/a_(b)) e ![logo](x.png)", "Veja o guia e logo"],
  ["*muito* **bom** ***mesmo*** _sim_ __claro__ ~~não~~ `ok`", "muito bom mesmo sim claro não ok"],
  ["**sem fim", "sem fim"],
  ["> disse ela\n\ne riu", "disse ela e riu"],
  ["| jogo | nota |\n|---|---|\n| Celeste | 10 |", "jogo, nota; Celeste, 10"],
  ["<b>Oi</b><br>tudo &amp; todos", "Oi tudo & todos"],
  ["linha um\r\nlinha dois\u2028linha três", "linha um linha dois linha três"],
  // F25: what Twitch or another bot would obey.
  ["/ban ned", "ban ned"],
  [" \u200b/ban ned", "ban ned"],
  ["／ban ned", "ban ned"],
  ["⁄ban ned", "ban ned"],
  ["．timeout ned", "timeout ned"],
  [".timeout ned", "timeout ned"],
  ["!ban ned", "ban ned"],
  ["！ban ned", "ban ned"],
  ["/!./ban ned", "ban ned"],
  ["Byte: /ban ned", "ban ned"],
  ['"/ban ned"', "ban ned"],
  ["\u202e/ban ned", "ban ned"],
  ["/me dança", "dança"],
  ["\u0001ACTION dança\u0001", "dança"],
  ["oi\r\nPRIVMSG #other :pwn", "oi PRIVMSG #other :pwn"],
  ["...talvez", "talvez"],
  [".5 é a metade", "0.5 é a metade"],
  // F34: errors, pages and secrets are no answers.
  ['{"error":{"message":"Rate limit reached for gpt-x","code":"rate_limit_exceeded"}}', unfit],
  ["Rate limit reached for requests", unfit],
  ["**Rate** **limit** exceeded", unfit],
  ["Error: 429 Too Many Requests", unfit],
  ["503 Service Unavailable", unfit],
  ["The model is currently overloaded. Please try again later.", unfit],
  ["Modelo instável, tente de novo.", unfit],
  ['Traceback (most recent call last):\n  File "a.py", line 3', unfit],
  ["TypeError: x is not a function\n    at run (/app/a.js:3:9)", unfit],
  ["<!DOCTYPE html><html><body>502 Bad Gateway</body></html>", unfit],
  ["As an AI language model I cannot browse: error.", unfit],
  ["Como um modelo de linguagem, não posso opinar.", unfit],
  ["[object Object]", unfit],
  ["undefined", unfit],
  ["o token é oauth:abcdefghij0123456789abcdef0123", unfit],
  ["a chave é sk-abcdefghijklmnop1234567890", unfit],
  ["postgres://byte:secret@db.example/byte", unfit],
  ["The turn says <question> and so on", unfit],
];

describe("F40: every kind of model output has its answer", () => {
  for (const [modelText, told] of ANSWERS) {
    test(`${JSON.stringify(modelText).slice(0, 90)}`, () => expect(said(modelText)).toEqual(told));
  }
});

describe("F34: only a reply can be sent", () => {
  test("a talk that only sounds like an error is still an answer", () => {
    for (const fine of [
      "Esse erro do jogo some se você reiniciar.",
      "The error was mine, sorry!",
      "O limite é 20 mensagens.",
      "The model kit took three hours.",
      "True, Celeste has 8 chapters.",
    ]) {
      expect(said(fine)).toBe(fine);
    }
  });

  test("no file but replies.ts makes a Reply", async () => {
    const found: string[] = [];
    const root = new URL("../../src/", import.meta.url).pathname;
    for await (const path of new Bun.Glob("**/*.{ts,tsx}").scan(root)) {
      if (/\bas (?:unknown as )?Reply\b/.test(await Bun.file(root + path).text())) found.push(path);
    }
    expect(found).toEqual(["domain/replies.ts"]);
  });
});

const unit = fc.oneof(
  fc.string({ unit: "binary", maxLength: 3 }),
  fc.constantFrom(
    "/",
    ".",
    "!",
    "／",
    "！",
    "．",
    "…",
    "\u200b",
    "\u202e",
    "\u0001",
    "\r\n",
    "\n",
    " ",
    "*",
    "_",
    "`",
    "```",
    "#",
    "- ",
    "[",
    "](",
    ")",
    "|",
  ),
  fc.constantFrom(
    "<think>",
    "</think>",
    "<b>",
    "{",
    "}",
    '"',
    "reply",
    ":",
    "Byte:",
    "@ned",
    "👨‍👩‍👧‍👦",
    "🇧🇷",
    "e\u0301",
    "नि",
    "각",
    "\ud800",
    "word ",
    "Frase. ",
    "😀",
  ),
);
const anyText = fc.array(unit, { maxLength: 400 }).map((parts) => parts.join(""));
const FORBIDDEN_LEAD = /^[\s/.!\\／！．。\p{Cc}\p{Cf}\p{M}]/u;

test("F25, F26: whatever the model says, chat gets one line of whole characters, bounded, with a harmless lead", () => {
  fc.assert(
    fc.property(anyText, fc.integer({ min: 1, max: 450 }), (modelText, maxChars) => {
      const fit = fitReply(modelText, { maxChars, asker: "ned" });
      if (!fit.ok) return;
      const { text } = fit;
      expect(text.length).toBeLessThanOrEqual(maxChars);
      expect(text).not.toMatch(/[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]/u);
      if (!/^0\.\d/.test(text)) expect(text).not.toMatch(FORBIDDEN_LEAD);
      expect(text.isWellFormed()).toBe(true);
      expect(text.trim()).toBe(text);
      expect(text).not.toBe("");
    }),
    { numRuns: 3_000 },
  );
});

test("F26: a long answer is cut between characters, never inside one", () => {
  const parts = [
    "👨‍👩‍👧‍👦",
    "🇧🇷",
    "e\u0301",
    "👍🏽",
    "❤️",
    "한",
    "क्षि",
    "a",
    "ç",
    "🏴\u{e0067}\u{e0062}\u{e0065}\u{e006e}\u{e0067}\u{e007f}",
  ];
  fc.assert(
    fc.property(fc.array(fc.constantFrom(...parts), { minLength: 100, maxLength: 500 }), (chosen) => {
      const whole = chosen.join("");
      const fit = fitReply(whole);
      if (!fit.ok) throw new Error(fit.reason);
      const kept = graphemes(fit.text).filter((part) => part !== "…");
      expect(graphemes(whole).slice(0, kept.length)).toEqual(kept);
    }),
    { numRuns: 200 },
  );
});

test("a long answer ends with its last whole sentence", () => {
  const sentence = "Hoje a live vai até tarde. ";
  const fit = fitReply(sentence.repeat(40));
  expect(fit).toEqual({ ok: true, text: expect.stringMatching(/tarde\.$/) });
  if (fit.ok) expect(fit.text.length).toBeGreaterThan(REPLY_CHARS_MAX - sentence.length);
});

test("a long answer without sentences ends with a word and an ellipsis", () => {
  const fit = fitReply("palavra ".repeat(100));
  expect(fit).toEqual({ ok: true, text: expect.stringMatching(/palavra…$/) });
});

test("our own words are kept to the same form", () => {
  expect(builtinReply("/join é só para o dono.\nFale com ele.")).toBe(builtinReply("join é só para o dono. Fale com ele."));
  expect(builtinReply("a".repeat(600)).length).toBeLessThanOrEqual(REPLY_CHARS_MAX);
});

test("no output takes long to fit, however it is built", () => {
  const hostile = [
    "*",
    "_",
    "`",
    "[",
    "](",
    "|",
    "# ",
    "<think>",
    "</think>",
    "<b",
    "{",
    '{"reply":"',
    " ",
    "- ",
    "\n#",
    "a.",
    "~",
    "\\",
    "(",
    "e\u0301\u0301",
    "\u200d",
    "<!--",
    ": ",
  ];
  for (const part of hostile) {
    const startedAt = performance.now();
    fitReply(part.repeat(Math.ceil(50_000 / part.length)));
    fitReply(`# ${part.repeat(2_000)}x`);
    expect(performance.now() - startedAt).toBeLessThan(500);
  }
});
