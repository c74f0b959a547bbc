/** The cookies that a browser sent, by name; the first of two with one name. Broken escapes are kept as they are. */
export function readCookies(request: Request): ReadonlyMap<string, string> {
  const cookies = new Map<string, string>();
  for (const part of (request.headers.get("cookie") ?? "").split(";")) {
    const at = part.indexOf("=");
    if (at < 1) continue;
    const name = part.slice(0, at).trim();
    if (!cookies.has(name)) cookies.set(name, decode(part.slice(at + 1).trim()));
  }
  return cookies;
}

export interface CookieOptions {
  /** Seconds to live; 0 removes it. */
  maxAgeS: number;
  /** True keeps scripts from reading it. */
  httpOnly: boolean;
  /** True when people reach us over https. */
  secure: boolean;
}

/** A `Set-Cookie` value: whole site, same site only. */
export function writeCookie(name: string, value: string, { maxAgeS, httpOnly, secure }: CookieOptions): string {
  const flags = `Path=/; Max-Age=${maxAgeS}; SameSite=Strict${httpOnly ? "; HttpOnly" : ""}${secure ? "; Secure" : ""}`;
  return `${name}=${encodeURIComponent(value)}; ${flags}`;
}

function decode(value: string): string {
  try {
    return decodeURIComponent(value);
  } catch {
    return value;
  }
}
