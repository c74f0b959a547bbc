// Writes the table of settings into README.md, from the settings themselves. `--check` only compares.
import { settingsTable } from "../src/config.ts";

const BEGIN = "<!-- settings: made by scripts/readme.ts -->";
const END = "<!-- /settings -->";

/** The README with its table of settings as the program has them. */
export function withSettings(readme: string): string {
  const cell = (text: string) => text.replaceAll("|", "\\|");
  const rows = settingsTable().map(({ name, fallback, rule, help, secret }) => {
    const value = fallback === "" ? "" : `\`${cell(fallback)}\``;
    return `| \`${name}\`${secret ? " 🔒" : ""} | ${value} | ${cell(rule.en)} | ${cell(help.en)} |`;
  });
  const table = ["| setting | default | value | meaning |", "|---|---|---|---|", ...rows].join("\n");
  const [before, rest] = readme.split(BEGIN);
  const after = rest?.split(END)[1];
  if (before === undefined || after === undefined) throw new Error("README.md has lost the marks of its table of settings");
  return `${before}${BEGIN}\n${table}\n${END}${after}`;
}

if (import.meta.main) {
  const file = Bun.file("README.md");
  const now = await file.text();
  const wanted = withSettings(now);
  if (now !== wanted && process.argv.includes("--check")) {
    console.log("README.md: the table of settings is not as the settings are; run bun scripts/readme.ts");
    process.exit(1);
  }
  await Bun.write("README.md", wanted);
}
