import { expect, test } from "bun:test";
import fc from "fast-check";
import { type Sentiment, scoreText, squash, sumWithout } from "../../src/domain/sentiment.ts";

const labelsOf = (texts: readonly string[]): Record<string, number> =>
  Object.fromEntries(texts.map((text) => [text, scoreText(text).label]));
const allWith = (label: number, texts: readonly string[]): Record<string, number> =>
  Object.fromEntries(texts.map((text) => [text, label]));
const tokensOf = (sentiment: Sentiment): string[] => sentiment.evidence.map((item) => item.token);

test("praise is positive in three languages", () => {
  const texts = [
    "this is awesome",
    "i love this stream",
    "muito bom mano",
    "que live incrível",
    "esto es genial",
    "me encanta este directo",
  ];
  expect(labelsOf(texts)).toEqual(allWith(1, texts));
});

test("complaints are negative in three languages", () => {
  const texts = [
    "this is terrible",
    "so boring",
    "que partida horrível",
    "live chata demais",
    "qué asco de juego",
    "esto es una mierda",
  ];
  expect(labelsOf(texts)).toEqual(allWith(-1, texts));
});

test("what says nothing is neutral, with no evidence", () => {
  const texts = [
    "",
    " ",
    "what game is this",
    "que horas começa",
    "cuándo empieza",
    "1",
    "!uptime",
    "!love you",
    "https://love.tv/great",
    "@lovely",
  ];
  for (const text of texts) expect({ text, ...scoreText(text) }).toEqual({ text, score: 0, label: 0, evidence: [] });
});

test("P10 only whole tokens count: no word is found inside another", () => {
  const texts = [
    "stop",
    "classe",
    "massagem",
    "topografia",
    "assume",
    "boato",
    "scunthorpe",
    "amortecedor",
    "lollipop",
    "kekwish",
  ];
  const found = texts.filter((text) => tokensOf(scoreText(text)).some((token) => token !== text));
  expect(found).toEqual([]);
  expect(scoreText("stop").label).not.toBe(1);
  expect(scoreText("classe").evidence).toEqual([]);
});

test("P10 a word within strange letters is never found", () => {
  const words = ["top", "ass", "good", "bad", "boa", "lixo", "lol", "mierda", "love"];
  fc.assert(
    fc.property(
      fc.constantFrom(...words),
      fc.constantFrom("zq", "qj", "xv"),
      fc.constantFrom("zq", "qj", "xv"),
      (word, before, after) => {
        expect(scoreText(`${before}${word}${after}`).evidence).toEqual([]);
      },
    ),
  );
});

test("a negation turns what follows, to the end of the clause", () => {
  expect(
    labelsOf([
      "not good",
      "isn't fun",
      "não é bom",
      "nem um pouco legal",
      "no es bueno",
      "nunca decepciona",
      "not bad",
      "gostei não",
    ]),
  ).toEqual({
    "not good": -1,
    "isn't fun": -1,
    "não é bom": -1,
    "nem um pouco legal": -1,
    "no es bueno": -1,
    "nunca decepciona": 1,
    "not bad": 1,
    "gostei não": -1,
  });
  expect(scoreText("no, this is great").score).toBeGreaterThan(0);
});

test("in Portuguese `no` is no negation", () => {
  expect(scoreText("ele ta jogando muito no mapa bom").label).toBe(1);
});

test("negation flips the sign of every clear word", () => {
  const pairs = ["great", "amazing", "terrible", "horrible", "love", "disgusting"];
  for (const word of pairs) {
    expect(Math.sign(scoreText(`it is not ${word}`).score)).toBe(-Math.sign(scoreText(`it is ${word}`).score));
  }
  for (const word of ["ótimo", "lindo", "perfeito"]) {
    expect(Math.sign(scoreText(`ele não é ${word}`).score)).toBe(-Math.sign(scoreText(`ele é ${word}`).score));
  }
});

test("boosters, drawn-out letters, capitals and exclamation marks say it louder; dampers and questions more softly", () => {
  const plain = scoreText("it is good").score;
  for (const text of ["it is very good", "it is goooood", "it is GOOD", "it is good!!!"])
    expect(scoreText(text).score).toBeGreaterThan(plain);
  for (const text of ["it is kinda good", "it is good?"]) {
    expect(scoreText(text).score).toBeLessThan(plain);
    expect(scoreText(text).score).toBeGreaterThan(0);
  }
});

test("drawn-out words are found as they are meant", () => {
  expect(labelsOf(["amooooo", "goooood", "liiindo", "noooooo", "nãooooo", "booooring"])).toEqual({
    amooooo: 1,
    goooood: 1,
    liiindo: 1,
    noooooo: -1,
    nãooooo: -1,
    booooring: -1,
  });
});

test("laughter is mildly positive in every language, and not beside bad words", () => {
  const laughs = [
    "kkkk",
    "kkkkkkkkkk",
    "rsrs",
    "hahaha",
    "HAHAHA",
    "jajaja",
    "huehue",
    "aushuahsua",
    "lol",
    "lmao",
    "xD",
    "kkkkj",
  ];
  expect(labelsOf(laughs)).toEqual(allWith(1, laughs));
  expect(scoreText("que burro kkkkk").label).toBe(-1);
  expect(scoreText("que jogador ruim kkkkk").evidence.at(-1)?.why).toBe("laughter beside bad words");
});

test("accents may be left out, and change the word where they do", () => {
  expect(scoreText("pessimo").score).toBe(scoreText("péssimo").score);
  expect(scoreText("incrivel").score).toBe(scoreText("incrível").score);
});

test("emotes count as they are written, repeated ones less and less, and in any company", () => {
  expect(
    labelsOf(["KEKW", "PogChamp", "Sadge", "BibleThump", "abc123Hype", "abc123Cry", ":)", "D:", "❤️", "👎🏽", "Hypes3nse"]),
  ).toEqual({
    KEKW: 1,
    PogChamp: 1,
    Sadge: -1,
    BibleThump: -1,
    abc123Hype: 1,
    abc123Cry: -1,
    ":)": 1,
    "D:": -1,
    "❤️": 1,
    "👎🏽": -1,
    Hypes3nse: 0,
  });
  const weights = scoreText("PogChamp PogChamp PogChamp").evidence.map((item) => item.weight);
  expect(weights[1]).toBeLessThan(weights[0] ?? 0);
  expect(weights[2]).toBeLessThan(weights[1] ?? 0);
});

test("a channel's learnt emote goes before what everybody knows", () => {
  expect(scoreText("KEKW", { emotes: new Map([["KEKW", -3]]) })).toMatchObject({
    label: -1,
    evidence: [{ token: "KEKW", weight: -3, why: "learnt emote" }],
  });
});

test("insults and slurs are negative", () => {
  const texts = ["you are an idiot", "seu lixo", "cala a boca", "vtnc", "eres un payaso", "hijo de puta", "kys", "stfu"];
  expect(labelsOf(texts)).toEqual(allWith(-1, texts));
});

test("what is said after `but` counts more", () => {
  const weights = scoreText("the graphics are good but the game is bad").evidence.map((item) => item.weight);
  expect(weights).toEqual([1.2, -2]);
});

test("the rest of a message is told without its emotes, and as nothing when nothing is left", () => {
  const sentiment = scoreText("great KEKW");
  expect(sumWithout(sentiment, new Set(["KEKW"]))).toBe(2);
  expect(sumWithout(sentiment, new Set(["KEKW", "great"]))).toBeNull();
});

const SAMPLE = [
  "good",
  "bad",
  "não",
  "not",
  "but",
  "very",
  "KEKW",
  "kkkk",
  "lol",
  "?",
  "!",
  ",",
  "Sadge",
  "great",
  "lixo",
  "no",
  "mas",
  "😂",
  "foda",
  "de",
  "novo",
];
const chatter = fc.array(fc.constantFrom(...SAMPLE), { maxLength: 30 }).map((words) => words.join(" "));
const anyText = fc.oneof(chatter, fc.string({ unit: "binary", maxLength: 700 }), fc.string({ unit: "grapheme", maxLength: 700 }));

test("any text gets a score within −1 … 1 that its evidence adds up to, the same each time", () => {
  fc.assert(
    fc.property(anyText, (text) => {
      const sentiment = scoreText(text);
      const sum = sentiment.evidence.reduce((all, item) => all + item.weight, 0);
      expect(Math.abs(sentiment.score)).toBeLessThanOrEqual(1);
      expect(sentiment.score).toBeCloseTo(squash(sum), 12);
      expect(scoreText(text)).toEqual(sentiment);
    }),
  );
});

test("a clearly good word more never makes a message worse", () => {
  fc.assert(
    fc.property(chatter, fc.constantFrom("awesome", "incrível", "PogChamp"), (text, word) => {
      expect(scoreText(`${text}. ${word}`).score).toBeGreaterThanOrEqual(scoreText(text).score);
    }),
  );
});

test("what lies behind 500 code points or 100 tokens is not read, and the work does not grow with it", () => {
  expect(scoreText(`${"𝔷".repeat(490)} awesome`).evidence.map((item) => item.token)).toEqual(["awesome"]);
  expect(scoreText(`${"𝔷".repeat(495)} awesome`).evidence).toEqual([]);
  expect(scoreText("x ".repeat(100).concat("awesome")).evidence).toEqual([]);
  const hostile = [
    "a".repeat(1e6),
    "ha".repeat(5e5),
    "!".repeat(1e6),
    "é".repeat(1e6),
    "k".repeat(1e6),
    "a.".repeat(5e5),
    "not ".repeat(2.5e5),
  ];
  const from = performance.now();
  for (const text of hostile) scoreText(text);
  expect(performance.now() - from).toBeLessThan(200);
});
