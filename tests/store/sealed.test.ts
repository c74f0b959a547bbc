import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { fingerprint, open, seal } from "../../src/store/sealed.ts";

const key = new Uint8Array(32).fill(1);
const otherKey = new Uint8Array(32).fill(2);

describe("sealed texts", () => {
  test("F8: what was sealed opens with its key and purpose, with no other, and looks different each time", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme", maxLength: 200 }), fc.string(), fc.string(), (text, purpose, other) => {
        const sealed = seal(key, purpose, text);
        expect(sealed).toMatch(/^1\.[A-Za-z0-9_-]+$/);
        expect(open(key, purpose, sealed)).toBe(text);
        expect(open(otherKey, purpose, sealed)).toBeNull();
        expect(open(key, `${purpose}${other}!`, sealed)).toBeNull();
        expect(seal(key, purpose, text)).not.toBe(sealed);
      }),
      { numRuns: 100 },
    );
  });

  test("a byte that was changed, a text that was cut, and what was never sealed are null, and nothing throws", () => {
    const sealed = seal(key, "p", "a token of thirty characters..");
    const bytes = Buffer.from(sealed.slice(2), "base64url");
    for (let at = 0; at < bytes.length; at++) {
      const changed = Buffer.from(bytes);
      changed[at] = (changed[at] ?? 0) ^ 1;
      expect(open(key, "p", `1.${changed.toString("base64url")}`)).toBeNull();
      expect(open(key, "p", `1.${bytes.subarray(0, at).toString("base64url")}`)).toBeNull();
    }
    fc.assert(fc.property(fc.string(), (text) => open(key, "p", text) === null));
    for (const text of [`2${sealed.slice(1)}`, `${sealed}.`, sealed.slice(2), ""]) expect(open(key, "p", text)).toBeNull();
  });

  test("a key of another length and a text beyond the bound are refused", () => {
    expect(() => seal(new Uint8Array(16), "p", "x")).toThrow(RangeError);
    expect(() => seal(key, "p", "x".repeat(4_097))).toThrow(RangeError);
  });

  test("a fingerprint is the same for the same key, purpose and text alone", () => {
    const print = fingerprint(key, "p", "token");
    expect(fingerprint(key, "p", "token")).toBe(print);
    const others = [fingerprint(otherKey, "p", "token"), fingerprint(key, "q", "token"), fingerprint(key, "p", "token2")];
    expect(others).not.toContain(print);
    expect(print).not.toContain("token");
  });
});
