import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { clip, graphemes, plain, shortenAtSentence } from "../../src/domain/chat-text.ts";

const anyText = fc
  .array(
    fc.oneof(
      fc.string({ unit: "binary", maxLength: 4 }),
      fc.constantFrom(
        "👨‍👩‍👧‍👦",
        "🇧🇷",
        "e\u0301",
        "👍🏽",
        "❤️",
        "क्षि",
        "한",
        ". ",
        "! ",
        " ",
        "palavra",
        "\ud83d",
        "\u200d",
        "\r\n",
        "1️⃣",
      ),
    ),
    { maxLength: 120 },
  )
  .map((parts) => parts.join(""));

describe("clip", () => {
  test("F26: keeps whole characters", () => {
    expect(clip("a👨‍👩‍👧‍👦b", 5)).toBe("a");
    expect(clip("a👨‍👩‍👧‍👦b", 12)).toBe("a👨‍👩‍👧‍👦");
    expect(clip("e\u0301e\u0301", 3)).toBe("e\u0301");
    expect(clip("abc", 0)).toBe("");
    expect(clip("abc", 3)).toBe("abc");
  });

  test("F26: gives the longest start that fits and splits nothing, for any text", () => {
    fc.assert(
      fc.property(anyText, fc.integer({ min: 0, max: 200 }), (text, max) => {
        const kept = clip(text, max);
        expect(kept.length).toBeLessThanOrEqual(max);
        const parts = graphemes(text);
        let longest = "";
        for (const part of parts) {
          if (longest.length + part.length > max) break;
          longest += part;
        }
        expect(kept).toBe(longest);
      }),
      { numRuns: 2_000 },
    );
  });
});

describe("plain", () => {
  const cases: readonly (readonly [string, string])[] = [
    ["hello  there ", "hello there"],
    ["a\r\nb\tc\u2028d\0e", "a b c de"],
    ["\u202eevil\u202c \u2066x\u2069", "evil x"],
    ["by\u200bte \u2060x\ufeffy", "byte xy"],
    ["by\u200dte", "byte"],
    ["so\u00adft", "soft"],
    ["👨‍👩‍👧‍👦 ❤️ 👍🏽 1️⃣ 🇧🇷", "👨‍👩‍👧‍👦 ❤️ 👍🏽 1️⃣ 🇧🇷"],
    ["🏴\u{e0067}\u{e0062}\u{e0073}\u{e0063}\u{e0074}\u{e007f}", "🏴\u{e0067}\u{e0062}\u{e0073}\u{e0063}\u{e0074}\u{e007f}"],
    ["hidden\u{e0068}\u{e0069}", "hidden"],
    ["same \u{e0000}", "same"],
    ["می‌خواهم", "می‌خواهم"],
    ["क्‍ष", "क्‍ष"],
    ["olá, ação! ñ ß", "olá, ação! ñ ß"],
    ["a\ud800b", "a\ufffdb"],
    [`z${"\u0301".repeat(50)}`, `z${"\u0301".repeat(6)}`],
    ["\u3164\u115f", ""],
    [" nbsp", "nbsp"],
  ];
  for (const [text, seen] of cases) test(JSON.stringify(text), () => expect(plain(text)).toBe(seen));

  test("leaves one clean line, and changes it no further", () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const once = plain(text);
        expect(once).not.toMatch(/[\p{Cc}\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff]/u);
        expect(once.isWellFormed()).toBe(true);
        expect(plain(once)).toBe(once);
      }),
      { numRuns: 2_000 },
    );
  });
});

describe("shortenAtSentence", () => {
  test("what fits stays", () => expect(shortenAtSentence("Tudo bem.", 9)).toBe("Tudo bem."));
  test("the last sentence that ends late enough is the end", () =>
    expect(shortenAtSentence("Primeira frase aqui. Segunda frase! Terceira que não cabe", 40)).toBe(
      "Primeira frase aqui. Segunda frase!",
    ));
  test("a sentence that ends early is not enough: then a word is the end", () =>
    expect(shortenAtSentence("Oi. esta frase é longa demais para caber inteira", 30)).toBe("Oi. esta frase é longa demais…"));
  test("a dot inside a number or a link ends no sentence", () =>
    expect(shortenAtSentence("a versão 3.14159265 está em example.org agora mesmo", 30)).toBe("a versão 3.14159265 está em…"));
  test("a sentence that fills the room exactly stays whole", () =>
    expect(shortenAtSentence("Uma frase exata. Outra.", 16)).toBe("Uma frase exata."));
  test("one long word is cut inside", () => expect(shortenAtSentence("a".repeat(50), 10)).toBe(`${"a".repeat(9)}…`));
  test("closing quotes belong to the sentence", () =>
    expect(shortenAtSentence('Ela disse "vamos embora." E depois foi', 30)).toBe('Ela disse "vamos embora."'));

  test("F26: never longer than asked, in UTF-16 units and code points, and never inside a character", () => {
    fc.assert(
      fc.property(anyText, fc.integer({ min: 1, max: 120 }), (raw, max) => {
        const text = plain(raw);
        const short = shortenAtSentence(text, max);
        expect(short.length).toBeLessThanOrEqual(max);
        expect([...short].length).toBeLessThanOrEqual(max);
        if (short === text) return;
        const kept = short.endsWith("…") && !text.startsWith(short) ? short.slice(0, -1) : short;
        const parts = graphemes(kept);
        expect(graphemes(text).slice(0, parts.length)).toEqual(parts);
      }),
      { numRuns: 2_000 },
    );
  });
});
