import { readFileSync } from "node:fs";
import sse from "htmx.org/dist/ext/hx-sse.min.js" with { type: "text" };
import htmx from "htmx.org/dist/htmx.min.js" with { type: "text" };
import app from "./app.js" with { type: "text" };
import base from "./base.css" with { type: "text" };
import mark from "./byte.svg" with { type: "text" };
import components from "./components.css" with { type: "text" };
import font from "./fonts/instrument-sans-var.woff2" with { type: "file" };
import hudStyle from "./hud.css" with { type: "text" };
import hud from "./hud.js" with { type: "text" };
import layout from "./layout.css" with { type: "text" };
import product from "./product.css" with { type: "text" };
import tokens from "./tokens.css" with { type: "text" };

/** A file that pages load. */
export interface Asset {
  bytes: Uint8Array;
  /** Its `content-type`. */
  type: string;
  /** Changes with the bytes; stands in the URL, so that the file may be kept for ever. */
  hash: string;
}

export type AssetName = "byte.css" | "byte.svg" | "instrument-sans-var.woff2" | "htmx.js" | "sse.js" | "app.js" | "hud.js";

const JS = "text/javascript; charset=utf-8";

function asset(content: string | Uint8Array, type: string): Asset {
  const bytes = typeof content === "string" ? new TextEncoder().encode(content) : content;
  return { bytes, type, hash: Bun.hash(bytes).toString(36) };
}

const fontAsset = asset(new Uint8Array(readFileSync(font)), "font/woff2");
/** The layers in their order; the font's address gets its hash. */
const style = [tokens, base, layout, components, hudStyle, product]
  .join("\n")
  .replace("fonts/instrument-sans-var.woff2", `/assets/instrument-sans-var.woff2?v=${fontAsset.hash}`);

/** Every file that pages load, embedded in the program. */
export const ASSETS: Readonly<Record<AssetName, Asset>> = {
  "byte.css": asset(style, "text/css; charset=utf-8"),
  "byte.svg": asset(mark, "image/svg+xml"),
  "instrument-sans-var.woff2": fontAsset,
  "htmx.js": asset(htmx, JS),
  "sse.js": asset(sse, JS),
  "app.js": asset(app, JS),
  "hud.js": asset(hud, JS),
};

/** The address of a file, good for ever. */
export function assetUrl(name: AssetName): string {
  return `/assets/${name}?v=${ASSETS[name].hash}`;
}
