import { Elysia } from "elysia";
import { ASSETS, type Asset } from "../../views/assets/index.ts";
import { AppError } from "../domain/errors.ts";

/** Files that do not change while their address (`?v=hash`) stays: kept for a year. */
const FOR_EVER = "public, max-age=31536000, immutable";
/** Asked for without its hash, or with an older one: to be checked again. */
const CHECKED = "no-cache";
/** Smaller ones gain nothing. */
const GZIP_BYTES_MIN = 1_024;
/** Text shrinks; fonts and pictures are compressed already. */
const TEXT = /^text\/|javascript|svg|json/;

/** The files that pages load, out of the program itself. */
export function assetRoutes() {
  const zipped = new Map<string, Uint8Array<ArrayBuffer>>();
  const zip = (name: string, asset: Asset) => {
    const known = zipped.get(name) ?? Bun.gzipSync(new Uint8Array(asset.bytes), { level: 9 });
    zipped.set(name, known);
    return known;
  };
  return new Elysia()
    .get("/assets/:name", ({ params: { name }, request }) => {
      const asset = findAsset(name);
      if (asset === null) throw new AppError("not_found", "not_found");
      const isCurrent = new URL(request.url).searchParams.get("v") === asset.hash;
      const canZip = TEXT.test(asset.type) && asset.bytes.length >= GZIP_BYTES_MIN;
      const isZipped = canZip && /\bgzip\b/.test(request.headers.get("accept-encoding") ?? "");
      const etag = `"${asset.hash}${isZipped ? "-gz" : ""}"`;
      const headers: Record<string, string> = {
        "content-type": asset.type,
        "cache-control": isCurrent ? FOR_EVER : CHECKED,
        etag,
        ...(canZip ? { vary: "accept-encoding" } : {}),
      };
      if (request.headers.get("if-none-match") === etag) return new Response(null, { status: 304, headers });
      if (!isZipped) return new Response(new Uint8Array(asset.bytes), { headers });
      return new Response(zip(name, asset), { headers: { ...headers, "content-encoding": "gzip" } });
    })
    .get("/favicon.ico", () => new Response(null, { status: 302, headers: { location: "/assets/byte.svg" } }));
}

function findAsset(name: string): Asset | null {
  return Object.hasOwn(ASSETS, name) ? ((ASSETS as Readonly<Record<string, Asset>>)[name] ?? null) : null;
}
