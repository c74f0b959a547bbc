import { describe, expect, test } from "bun:test";
import { type Command, QUESTION_CHARS_MAX, readCommand } from "../../src/domain/commands.ts";

const table: readonly (readonly [prompt: string, command: Command])[] = [
  ["", { kind: "help" }],
  ["  ", { kind: "help" }],
  ["?", { kind: "help" }],
  ["ajuda", { kind: "help" }],
  ["HELP", { kind: "help" }],
  ["comandos", { kind: "help" }],
  ["commands", { kind: "help" }],
  ["status", { kind: "status" }],
  ["Status ", { kind: "status" }],
  ["canais", { kind: "channels" }],
  ["canal", { kind: "channels" }],
  ["channels", { kind: "channels" }],
  ["list  channels", { kind: "channels" }],
  ["listar canais", { kind: "channels" }],
  ["join ana_plays", { kind: "join", login: "ana_plays" }],
  ["JOIN #Ana_Plays", { kind: "join", login: "ana_plays" }],
  ["entrar @ana_plays", { kind: "join", login: "ana_plays" }],
  ["entrar canal ana_plays", { kind: "join", login: "ana_plays" }],
  ["add #ana_plays", { kind: "join", login: "ana_plays" }],
  ["add channel ana_plays", { kind: "join", login: "ana_plays" }],
  ["part ana_plays", { kind: "part", login: "ana_plays" }],
  ["leave ana_plays", { kind: "part", login: "ana_plays" }],
  ["sair #ana_plays", { kind: "part", login: "ana_plays" }],
  ["remove #ana_plays", { kind: "part", login: "ana_plays" }],
  ["part", { kind: "part", login: null }],
  ["leave", { kind: "part", login: null }],
  ["sair", { kind: "part", login: null }],
];

describe("commands are whole and exact", () => {
  for (const [prompt, command] of table) test(JSON.stringify(prompt), () => expect(readCommand(prompt)).toEqual(command));
});

describe("B57: talk that begins like a command is a question", () => {
  const talk = [
    "add sugar",
    "remove sugar",
    "add sugar to the list",
    "join us tomorrow",
    "join",
    "join ab",
    "join ana-plays",
    "join a_login_that_is_far_too_long_x",
    "part of the plan",
    "leave me alone",
    "help me",
    "ajuda aqui",
    "status do jogo",
    "statuses",
    "canal do youtube",
    "entrar no jogo agora",
    "sair de casa",
    "temperatura em Lisboa?",
    "me conta uma piada",
    "joinha ana",
  ];
  for (const prompt of talk) {
    test(JSON.stringify(prompt), () => expect(readCommand(prompt)).toEqual({ kind: "ask", question: prompt }));
  }
});

test("a question is plain and bounded", () => {
  expect(readCommand("o que\u200b  é\nisto")).toEqual({ kind: "ask", question: "o que é isto" });
  const long = readCommand("👍🏽".repeat(300));
  expect(long.kind === "ask" && long.question.length).toBeLessThanOrEqual(QUESTION_CHARS_MAX);
});
