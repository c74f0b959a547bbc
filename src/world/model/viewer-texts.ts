/** The values of JSON fields called `text`, `content` or `message` in a prompt, in order; malformed ones are left out. */
export function viewerTexts(prompt: string): string[] {
  return [...prompt.matchAll(/"(?:text|content|message)"\s*:\s*("(?:[^"\\]|\\.)*")/g)].flatMap((found) => {
    try {
      const value: unknown = JSON.parse(found[1] ?? "");
      return typeof value === "string" ? [value] : [];
    } catch {
      return [];
    }
  });
}
