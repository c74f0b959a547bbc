import { describe, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { authSentence, tiersFor } from "../../views/accounts.ts";
import { en } from "../../views/words/en.ts";
import { chooseLanguage, isWordKey, LANGUAGES, type Word, type WordKey, wordsFor } from "../../views/words/index.ts";
import { pt } from "../../views/words/pt.ts";

const ROOT = join(import.meta.dir, "../..");
const tables: Record<string, Readonly<Record<string, Word>>> = { en, pt };
const textsOf = (word: Word): string[] => (typeof word === "string" ? [word] : [word.one, word.other]);
const paramsOf = (word: Word): string[] =>
  [...new Set(textsOf(word).flatMap((text) => [...text.matchAll(/\{(\w+)\}/g)].map((match) => match[1] ?? "")))].sort();

/** The sources that speak to people, as one text. */
const sources = [...new Bun.Glob("{src,views}/**/*.{ts,tsx}").scanSync(ROOT)]
  .filter((path) => !path.startsWith("views/words/") && !path.startsWith("src/world/"))
  .map((path) => readFileSync(join(ROOT, path), "utf8"))
  .join("\n");

/** Keys that are put together at run time: `error.` + reason. */
const MADE_AT_RUN_TIME =
  /^(error|event|part|silence|channel_state|reason|off|theme|language|level|badge|actor|nav|settings\.pos|hud\.source|cli\.command)\.|^strip\.(chat|accounts|events|database|model)(\.|$)|^(tier|feature|gap|auth\.plain|account\.role|account\.state|twitch\.signin\.how)\.|^twitch\.connect_/;

/** The members of a union of texts in `src/domain/accounts.ts`. */
function unionOf(name: string): string[] {
  const source = readFileSync(join(ROOT, "src/domain/accounts.ts"), "utf8");
  const body = new RegExp(`export type ${name} =([^;]+);`).exec(source)?.[1] ?? "";
  return [...body.matchAll(/"(\w+)"/g)].map((match) => match[1] ?? "");
}

describe("the word tables", () => {
  test("both languages have the same keys, in the same order", () => {
    expect(Object.keys(pt)).toEqual(Object.keys(en));
  });

  test("both languages use the same values in each text", () => {
    for (const key of Object.keys(en) as WordKey[]) expect([key, paramsOf(pt[key])]).toEqual([key, paramsOf(en[key])]);
  });

  test("no text is empty, padded, or has a brace that is no value", () => {
    for (const [language, table] of Object.entries(tables)) {
      for (const [key, word] of Object.entries(table)) {
        for (const text of textsOf(word)) {
          const told = `${language} ${key}: ${text}`;
          expect(text.trim(), told).not.toBe("");
          expect(text.replace(/\{\w+\}/g, ""), told).not.toMatch(/[{}]/);
          expect(text, told).not.toMatch(/^\s| {2}/);
        }
      }
    }
  });

  test("every text is used", () => {
    const unused = Object.keys(en).filter((key) => !MADE_AT_RUN_TIME.test(key) && !sources.includes(`"${key}"`));
    expect(unused).toEqual([]);
  });

  test("every refusal that the program makes has its words", () => {
    const reasons = [...sources.matchAll(/new AppError\(\s*"\w+",\s*"(\w+)"/g)].map((match) => match[1] ?? "");
    expect(reasons.length).toBeGreaterThan(10);
    expect([...new Set(reasons)].filter((reason) => !(`error.${reason}` in en))).toEqual([]);
  });

  test("every refusal that has words is one that the program makes", () => {
    const fromTwitch = new Set(unionOf("AuthFailureKind").map((kind) => `error.auth_${kind}`));
    const reasons = Object.keys(en).filter(
      (key) => key.startsWith("error.") && !key.startsWith("error.status.") && !fromTwitch.has(key),
    );
    expect(
      reasons.filter((key) => !sources.includes(`"${key}"`) && !sources.includes(`"${key.slice("error.".length)}"`)),
    ).toEqual([]);
  });

  test("F7: every reason why Twitch refuses a sign-in has a sentence of its own, and its values are named", () => {
    const kinds = unionOf("AuthFailureKind");
    expect(kinds.length).toBeGreaterThanOrEqual(15);
    for (const language of LANGUAGES) {
      const words = wordsFor(language);
      const known = { wanted: "byte_agent", got: "cabrasolar", minutes: 7 };
      const told = kinds.flatMap((kind) => [authSentence(words, kind, known), authSentence(words, kind)]);
      expect(told.filter((sentence) => sentence.includes("…"))).toEqual([]);
      // Two of them are told with values or without.
      expect(new Set(told).size, language).toBe(kinds.length + 2);
      expect(authSentence(words, "wrong_account", known)).toMatch(/cabrasolar.*byte_agent/);
      expect(authSentence(words, "clock_skew", known)).toContain("7 min");
      expect(authSentence(words, "client_unknown")).toContain("TWITCH_CLIENT_ID");
    }
  });

  test("every permission, feature and gap has its words", () => {
    const keys = [
      ...unionOf("Feature").map((feature) => `feature.${feature}`),
      ...unionOf("Tier").map((tier) => `tier.${tier}`),
      ...(["bot", "broadcaster"] as const).flatMap((role) => tiersFor(role).map((tier) => `tier.${role}.${tier}`)),
      ...["scope_missing", "account_missing", "login_needed", "not_moderator", "cost_limit", "refused"].map(
        (one) => `gap.${one}`,
      ),
    ];
    expect(keys.filter((key) => !isWordKey(key))).toEqual([]);
    expect(keys.length).toBe(14 + 4 + 7 + 6);
  });

  test("what the agent says in chat has at most 300 characters with usual values", () => {
    for (const language of LANGUAGES) {
      const words = wordsFor(language);
      for (const key of Object.keys(en) as WordKey[]) {
        if (!key.startsWith("agent.")) continue;
        const values = Object.fromEntries(
          paramsOf(en[key]).map((name) => [name, name === "count" ? 3 : "x".repeat(name === "list" ? 120 : 25)]),
        );
        expect(words.say(key, values).length, key).toBeLessThanOrEqual(300);
      }
    }
  });

  test("settings that people type are the same in both languages", () => {
    for (const key of Object.keys(en) as WordKey[]) {
      const of = (word: Word) => [...new Set(textsOf(word).flatMap((text) => text.match(/[A-Z]{3,}_[A-Z_]+/g) ?? []))].sort();
      expect([key, of(pt[key])]).toEqual([key, of(en[key])]);
    }
  });
});

describe("saying", () => {
  test("values go into their places, numbers as the language writes them", () => {
    expect(wordsFor("en").say("strip.replies_detail", { total: 2431 })).toBe("of 2,431 messages");
    expect(wordsFor("pt").say("strip.replies_detail", { total: 2431 })).toBe("de 2.431 mensagens");
  });

  test("the plural follows the language's rule", () => {
    const raid = (language: "pt" | "en", count: number) => wordsFor(language).say("event.chat.raid", { name: "ana", count });
    expect([raid("en", 1), raid("en", 2)]).toEqual(["ana arrived with 1 person", "ana arrived with 2 people"]);
    expect([raid("pt", 1), raid("pt", 2)]).toEqual(["ana chegou com 1 pessoa", "ana chegou com 2 pessoas"]);
  });

  test("a value is never read as a template again", () => {
    expect(wordsFor("en").say("error.channel_unknown", { channel: "{channel}" })).toBe("Byte is not in {channel}.");
  });

  test("a key that there is none of takes the fallback", () => {
    expect(wordsFor("en").sayOr("error.nobody_wrote_this", "error.generic")).toBe("That was not possible.");
    expect(wordsFor("en").sayOr("error.constructor", "error.generic")).toBe("That was not possible.");
  });

  test("pieces come back as they were given", () => {
    const name = Symbol("name");
    expect(wordsFor("en").parts<symbol>("event.chat.support.sub", { name })).toEqual(["", name, " subscribed"]);
  });
});

describe("choosing the language", () => {
  test("what somebody chose wins, then their browser, then the installation", () => {
    expect(chooseLanguage("en", "pt-BR", "pt")).toBe("en");
    expect(chooseLanguage(null, "fr;q=0.9, pt-BR;q=0.8, en;q=0.7", "en")).toBe("pt");
    expect(chooseLanguage(null, "en;q=0.2, pt;q=0.9", "en")).toBe("pt");
    expect(chooseLanguage(null, "pt;q=0, de", "en")).toBe("en");
    expect(chooseLanguage("klingon", null, "pt")).toBe("pt");
  });
});
