import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { createFormat, hueClass, initials, safeId } from "../../views/format.ts";

const pt = createFormat("pt-BR");
const en = createFormat("en");
const at = new Date("2026-11-22T23:05:00Z");

describe("times", () => {
  test("a clock time is that of the zone", () => {
    expect(pt.clock(at, "America/Sao_Paulo")).toBe("20:05");
    expect(en.clock(at, "UTC")).toBe("23:05");
    expect(en.clock(new Date("2026-11-22T00:05:00Z"), "UTC")).toBe("00:05");
  });

  test("a length of time is written in the unit that fits, with a space that does not break", () => {
    const lengths = [0, 912, 2_140, 12_000, 250_000, 3_600_000, 7_500_000, 200_000_000];
    expect(lengths.map((ms) => pt.duration(ms).replaceAll("\u00a0", " "))).toEqual([
      "0 ms",
      "912 ms",
      "2,1 s",
      "12 s",
      "4 min",
      "1 h",
      "2 h 5 min",
      "2 d",
    ]);
    expect(en.duration(2_140)).toBe("2.1\u00a0s");
  });

  test("how long ago something was never lies in the future", () => {
    expect(en.ago(at, new Date(at.getTime() + 90_000))).toBe("1m ago");
    expect(en.ago(at, new Date(at.getTime() - 90_000))).toBe(en.ago(at, at));
  });

  test("more zones than are kept are still right", () => {
    for (const zone of Intl.supportedValuesOf("timeZone").slice(0, 40)) pt.clock(at, zone);
    expect(pt.clock(at, "America/Sao_Paulo")).toBe("20:05");
  });
});

describe("names", () => {
  test("a channel's letters are the first of its words", () => {
    expect(["moss_and_ember", "cabrasolar", "x", "_a_"].map(initials)).toEqual(["ME", "CA", "X", "A"]);
  });

  test("a hue is one of twelve, the same for the same name, and all twelve occur", () => {
    expect(hueClass("501")).toBe(hueClass("501"));
    const hues = new Set(Array.from({ length: 500 }, (_, i) => hueClass(String(i))));
    expect(hues.size).toBe(12);
    for (const hue of hues) expect(hue).toMatch(/^u([1-9]|1[0-2])$/);
  });

  test("an id made of any text is a plain one", () => {
    fc.assert(fc.property(fc.string({ unit: "binary" }), (text) => expect(safeId("m", text)).toMatch(/^m-[A-Za-z0-9_-]{0,80}$/)));
    expect(safeId("m", "b34ccfc7-4977")).toBe("m-b34ccfc7-4977");
  });
});
