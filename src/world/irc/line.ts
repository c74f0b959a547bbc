/** A line as a client sends it. */
export interface ClientLine {
  tags: ReadonlyMap<string, string>;
  command: string;
  params: readonly string[];
}

/** Reads one line without its line end; null when it holds no command. Never throws. */
export function readClientLine(raw: string): ClientLine | null {
  let rest = raw.trimStart();
  let tags: ReadonlyMap<string, string> = NO_TAGS;
  if (rest.startsWith("@")) {
    const end = rest.indexOf(" ");
    if (end < 0) return null;
    tags = readTags(rest.slice(1, end));
    rest = rest.slice(end + 1).trimStart();
  }
  if (rest.startsWith(":")) {
    const end = rest.indexOf(" ");
    if (end < 0) return null;
    rest = rest.slice(end + 1).trimStart();
  }
  const params: string[] = [];
  while (rest.length > 0) {
    if (rest.startsWith(":") && params.length > 0) {
      params.push(rest.slice(1));
      break;
    }
    const end = rest.indexOf(" ");
    if (end < 0) {
      params.push(rest);
      break;
    }
    if (end > 0) params.push(rest.slice(0, end));
    rest = rest.slice(end + 1);
  }
  const command = params.shift()?.toUpperCase();
  return command === undefined || command === "" ? null : { tags, command, params };
}

const NO_TAGS: ReadonlyMap<string, string> = new Map();

function readTags(text: string): ReadonlyMap<string, string> {
  const tags = new Map<string, string>();
  for (const part of text.split(";")) {
    const equals = part.indexOf("=");
    if (equals < 0) tags.set(part, "");
    else tags.set(part.slice(0, equals), unescapeTag(part.slice(equals + 1)));
  }
  return tags;
}

const ESCAPES: Readonly<Record<string, string>> = { s: " ", ":": ";", "\\": "\\", r: "\r", n: "\n" };

/** IRCv3: `\s` space, `\:` semicolon, `\\` backslash, `\r`, `\n`; a lone backslash vanishes. */
export function unescapeTag(value: string): string {
  return value.includes("\\") ? value.replace(/\\(.?)/gs, (_, char: string) => ESCAPES[char] ?? char) : value;
}

/** The other way round. */
export function escapeTag(value: string): string {
  if (!/[\\; \r\n]/.test(value)) return value;
  return value.replace(/[\\; \r\n]/g, (char) => {
    if (char === ";") return "\\:";
    if (char === " ") return "\\s";
    if (char === "\r") return "\\r";
    if (char === "\n") return "\\n";
    return "\\\\";
  });
}

export type TagValues = Readonly<Record<string, string | number | null | undefined>>;

/** `@a=1;b=2` in the order of the alphabet, as Twitch writes them. null and undefined leave a tag out; "" keeps it, empty. */
export function writeTags(tags: TagValues): string {
  const parts: string[] = [];
  for (const key of Object.keys(tags).sort()) {
    const value = tags[key];
    if (value !== null && value !== undefined) parts.push(`${key}=${escapeTag(String(value))}`);
  }
  return `@${parts.join(";")}`;
}
