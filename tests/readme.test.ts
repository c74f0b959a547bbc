import { expect, test } from "bun:test";
import { withSettings } from "../scripts/readme.ts";

test("the README's table of settings is as the settings are", async () => {
  const readme = await Bun.file("README.md").text();
  expect(withSettings(readme)).toBe(readme);
});
