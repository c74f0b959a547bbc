import { describe, expect, test } from "bun:test";
import { dirname, join, normalize } from "node:path";
import { Glob } from "bun";

/** Who may import whom. A place is a folder or a file; the longest match counts. `node:` and `bun` are listed like packages. */
const MAY_IMPORT: Record<string, readonly string[]> = {
  "src/domain": ["src/domain"],
  "src/ports.ts": ["src/domain"],
  "src/ports-twitch.ts": ["src/domain"],
  "src/setting-rules.ts": ["src/domain"],
  "src/config.ts": ["src/domain", "src/setting-rules.ts"],
  "src/system.ts": ["src/ports.ts"],
  "src/installation-key.ts": ["src/domain", "node:fs", "node:path"],
  "src/store": ["src/store", "src/domain", "src/ports.ts", "drizzle-orm", "postgres", "node:*"],
  "src/store/pglite.ts": ["src/store", "@electric-sql", "node_modules/@electric-sql", "node:*"],
  "src/store/pglite-worker.ts": ["src/store", "@electric-sql", "build", "node:*", "bun:sqlite"],
  "src/adapters": ["src/adapters", "src/domain", "src/ports.ts", "src/ports-twitch.ts", "tmi.js", "openai", "zod"],
  "src/runtime": ["src/runtime", "src/domain", "src/ports.ts", "src/ports-twitch.ts", "src/store"],
  "src/runtime/jobs.ts": ["src/runtime", "src/ports.ts", "pg-boss"],
  "src/http": ["src/http", "src/domain", "src/ports.ts", "src/store", "src/runtime", "views", "elysia", "zod", "node:*"],
  "src/world": ["src/world", "elysia", "node:*", "bun"],
  "src/database.ts": ["src/config.ts", "src/ports.ts", "src/store", "node:path"],
  "src/version.ts": ["package.json"],
  "src/twitch.ts": [
    "src/adapters",
    "src/config.ts",
    "src/domain",
    "src/http/deps.ts",
    "src/ports.ts",
    "src/ports-twitch.ts",
    "src/runtime",
    "src/store",
  ],
  "src/app.ts": ["src", "views/words"],
  "src/cli": ["src", "views/words", "node:*"],
  "src/main.ts": ["src/cli", "src/config.ts", "src/domain"],
  "views/assets": ["views", "htmx.org", "node_modules/htmx.org", "node:fs", "bun"],
  views: ["views", "src/domain", "@elysiajs/html", "d3-scale", "d3-shape", "htmx.org", "node_modules/htmx.org", "bun"],
};

/** Words that a place must not hold. */
const MUST_NOT_MENTION: readonly (readonly [place: string, except: string | null, words: RegExp])[] = [
  ["src/domain", null, /Date\.now\(|new Date\(\)|Math\.random\(|randomUUID\(|\bfetch\(|setTimeout\(|setInterval\(/],
  ["src/store", null, /Math\.random\(/],
  ["src/runtime", null, /Date\.now\(|new Date\(\)|Math\.random\(|randomUUID\(|setTimeout\(|setInterval\(/],
  ["src/adapters", null, /Date\.now\(|new Date\(\)|Math\.random\(/],
  ["src", "src/config.ts", /Bun\.env|process\.env|import\.meta\.env/],
  ["views", null, /Bun\.env|process\.env|Date\.now\(|Math\.random\(/],
  ["src", "src/main.ts", /process\.exit\(/],
  ["tests", "tests/architecture.test.ts", /Bun\.sleep\(|mock\.module\(|\b(?:test|it|describe)\.(?:only|todo)\(/],
];

/** Every specifier of a file: static, type-only, dynamic and re-exported, found in the text without comments. */
function importsOf(source: string): string[] {
  const text = source.replace(/\/\*[\s\S]*?\*\//g, "").replace(/^\s*\/\/.*$/gm, "");
  const found = [
    ...text.matchAll(/^\s*(?:import|export)\b[^"';]*?\bfrom\s*["']([^"']+)["']/gm),
    ...text.matchAll(/\bimport\s*\(?\s*["']([^"']+)["']/g),
  ];
  return found.map((match) => match[1] ?? "");
}

function ruleFor(path: string): readonly string[] | undefined {
  const places = Object.keys(MAY_IMPORT).filter((place) => path === place || path.startsWith(`${place}/`));
  return MAY_IMPORT[places.toSorted((a, b) => b.length - a.length)[0] ?? ""];
}

function isAllowed(rule: readonly string[], target: string): boolean {
  return rule.some((entry) =>
    entry.endsWith("*") ? target.startsWith(entry.slice(0, -1)) : target === entry || target.startsWith(`${entry}/`),
  );
}

/** What in `source`, standing at `path`, breaks the rules. */
function violations(path: string, source: string): string[] {
  const found: string[] = [];
  const rule = ruleFor(path);
  for (const specifier of rule ? importsOf(source) : []) {
    const target = specifier.startsWith(".") ? normalize(join(dirname(path), specifier)) : specifier;
    if (rule && !isAllowed(rule, target)) found.push(`${path} may not import ${target}`);
  }
  for (const [place, except, words] of MUST_NOT_MENTION) {
    const inPlace = path === place || path.startsWith(`${place}/`);
    if (!inPlace || except?.split(" ").includes(path)) continue;
    const word = source.match(words)?.[0];
    if (word) found.push(`${path} may not mention ${word}`);
  }
  return found;
}

const FILES = [...new Glob("{src,views,tests}/**/*.{ts,tsx}").scanSync(".")].filter((path) => !path.endsWith(".d.ts"));

describe("architecture", () => {
  test("every file imports only what its place may import, and mentions nothing it must not", async () => {
    const all = await Promise.all(FILES.map(async (path) => violations(path, await Bun.file(path).text())));
    expect(all.flat()).toEqual([]);
  });

  test("every folder of src has a rule", () => {
    expect(FILES.filter((path) => !path.startsWith("tests/") && !ruleFor(path))).toEqual([]);
  });

  test("a planted breach is found: a type import, a re-export, a clock, an environment", () => {
    expect(violations("src/domain/a.ts", `import type { Db } from "../store/db.ts";`)).toHaveLength(1);
    expect(violations("src/domain/a.ts", `export { x } from "zod";`)).toHaveLength(1);
    expect(violations("src/http/a.ts", `import { createIrcChat } from "../adapters/twitch/irc.ts";`)).toHaveLength(1);
    expect(violations("src/world/a.ts", `import { AppError } from "../domain/errors.ts";`)).toHaveLength(1);
    expect(violations("src/domain/a.ts", "const at = Date.now();")).toHaveLength(1);
    expect(violations("src/runtime/a.ts", "const key = process.env.KEY;")).toHaveLength(1);
  });
});
