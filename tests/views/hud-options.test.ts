import { expect, test } from "bun:test";
import fc from "fast-check";
import { HUD_MESSAGES_MAX, readHudOptions } from "../../views/hud-options.ts";

const read = (query: string) => readHudOptions(new URLSearchParams(query));

test("an address without options is a quiet source, bottom left", () => {
  expect(read("")).toEqual({ scale: 100, theme: "dark", pos: "bottom-left", hideMs: 12_000, max: 3, demo: false, dock: false });
});

test("a dock keeps its messages", () => {
  expect(read("dock=1")).toMatchObject({ dock: true, hideMs: null, max: HUD_MESSAGES_MAX });
});

test("options are taken as written", () => {
  expect(read("scale=150&theme=light&pos=top-right&hide=30&max=5&demo=1")).toEqual({
    scale: 150,
    theme: "light",
    pos: "top-right",
    hideMs: 30_000,
    max: 5,
    demo: true,
    dock: false,
  });
  expect(read("hide=0").hideMs).toBeNull();
});

test("whatever is written, what comes out is within bounds", () => {
  const key = fc.constantFrom("scale", "theme", "pos", "hide", "max", "demo", "dock", "view");
  const value = fc.oneof(fc.string(), fc.integer().map(String));
  fc.assert(
    fc.property(fc.array(fc.tuple(key, value)), (pairs) => {
      const { max, hideMs } = readHudOptions(new URLSearchParams(pairs));
      expect(max).toBeWithin(1, HUD_MESSAGES_MAX + 1);
      expect(hideMs ?? 1).toBeWithin(1, 3_600_001);
    }),
  );
});
