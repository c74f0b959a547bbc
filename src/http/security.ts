import { isIP } from "node:net";
import { AppError } from "../domain/errors.ts";
import type { HttpConfig } from "./deps.ts";

/** Bytes of a body that are read at most. */
export const BODY_BYTES_MAX = 64 * 1024;

const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "font-src 'self'",
  "connect-src 'self'",
  "form-action 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join("; ");

/**
 * On every answer. Referrer-Policy is `same-origin`: with `no-referrer` a browser says `Origin: null`
 * on our own forms (Fetch, "append a request Origin header"), and over plain http nothing else tells
 * them from forged ones.
 */
export const SECURITY_HEADERS: Readonly<Record<string, string>> = {
  "content-security-policy": POLICY,
  "x-content-type-options": "nosniff",
  "referrer-policy": "same-origin",
  "x-frame-options": "DENY",
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
  "permissions-policy": "camera=(), microphone=(), geolocation=()",
};

const LOOPBACK = ["localhost", "127.0.0.1", "::1"];

/**
 * The names in `Host` that are ours. A page elsewhere can point a name of its own at us (DNS
 * rebinding) but not an IP address, so that any address is accepted.
 */
export function createHostCheck(config: HttpConfig): (host: string | null) => boolean {
  const publicHost = config.publicUrl === null ? [] : [new URL(config.publicUrl).hostname];
  const ours = new Set([...LOOPBACK, config.host, ...publicHost, ...config.allowedHosts].map(bare));
  return (host) => {
    if (host === null) return false;
    const name = bare(hostname(host));
    return ours.has(name) || isIP(name) !== 0 || name.endsWith(".localhost");
  };
}

/**
 * Throws `forbidden` (`csrf`) for a change that a page of another site may have caused. A
 * program that names its token in a header need not pass: no page can make a browser do that.
 */
export function refuseCrossSite(request: Request, publicUrl: string | null): void {
  if (request.method === "GET" || request.method === "HEAD") return;
  const site = request.headers.get("sec-fetch-site");
  if (site === "same-origin") return;
  if (site === null && hasOwnOrigin(request, publicUrl)) return;
  throw new AppError("forbidden", "csrf");
}

/** Throws `too_large` when the client says that its body is longer than we read. */
export function refuseLongBody(request: Request): void {
  if (Number(request.headers.get("content-length") ?? 0) > BODY_BYTES_MAX) {
    throw new AppError("too_large", "too_large", { max: BODY_BYTES_MAX / 1024 });
  }
}

/** `path` when it leads to a page under one of `roofs`, else `/dashboard`: what comes back from a form is not trusted. */
export function safeNext(path: unknown, roofs: readonly string[] = ["/dashboard"]): string {
  const fallback = "/dashboard";
  if (typeof path !== "string" || path.length > 500 || !/^\/[A-Za-z0-9]/.test(path) || path.includes("\\")) return fallback;
  const base = "http://byte.invalid";
  const url = URL.canParse(path, base) ? new URL(path, base) : null;
  if (url === null || url.origin !== base) return fallback;
  const isUnder = roofs.some((roof) => url.pathname === roof || url.pathname.startsWith(`${roof}/`));
  return isUnder ? url.pathname + url.search + url.hash : fallback;
}

function hasOwnOrigin(request: Request, publicUrl: string | null): boolean {
  const origin = request.headers.get("origin");
  if (origin === null || !URL.canParse(origin)) return false;
  if (publicUrl !== null && new URL(publicUrl).origin === origin) return true;
  return new URL(origin).host === request.headers.get("host");
}

function hostname(host: string): string {
  return URL.canParse(`http://${host}`) ? new URL(`http://${host}`).hostname : "";
}

const bare = (name: string) =>
  name
    .toLowerCase()
    .replace(/^\[|\]$/g, "")
    .replace(/\.$/, "");
