/** How a HUD page shows itself. Each comes from the address that OBS is given. */
export interface HudOptions {
  /** Percent of the usual size. */
  scale: HudScale;
  theme: "dark" | "light";
  pos: HudPos;
  /** A message leaves after this long, in milliseconds; null: it stays. Urgent ones always stay. */
  hideMs: number | null;
  /** Messages on screen at once, 1 to `HUD_MESSAGES_MAX`. */
  max: number;
  /** Shows samples, so that it can be placed. */
  demo: boolean;
  /** A dock beside OBS's window that only the broadcaster sees, and not a source in the scene. */
  dock: boolean;
}

export const HUD_SCALES = [75, 100, 125, 150, 200] as const;
export type HudScale = (typeof HUD_SCALES)[number];
export const HUD_POSITIONS = ["bottom-left", "bottom-right", "top-left", "top-right"] as const;
export type HudPos = (typeof HUD_POSITIONS)[number];

/** Nodes that a HUD keeps, whatever it is asked for: it runs for hours in OBS. */
export const HUD_MESSAGES_MAX = 50;
/** A source shows few messages, so that the scene is still seen. */
const SOURCE_MESSAGES = 3;
const HIDE_S = 12;
const HIDE_S_MAX = 3_600;

/** Reads the options out of an address's query. What is missing or impossible is as usual: OBS shows no error. */
export function readHudOptions(query: URLSearchParams): HudOptions {
  const dock = isOn(query.get("dock")) || query.get("view") === "dock";
  const hideS = wholeOr(query.get("hide"), dock ? 0 : HIDE_S, HIDE_S_MAX);
  return {
    scale: HUD_SCALES.find((scale) => String(scale) === query.get("scale")) ?? 100,
    theme: query.get("theme") === "light" ? "light" : "dark",
    pos: HUD_POSITIONS.find((pos) => pos === query.get("pos")) ?? "bottom-left",
    hideMs: hideS === 0 ? null : hideS * 1_000,
    max: Math.max(1, wholeOr(query.get("max"), dock ? HUD_MESSAGES_MAX : SOURCE_MESSAGES, HUD_MESSAGES_MAX)),
    demo: isOn(query.get("demo")),
    dock,
  };
}

function isOn(text: string | null): boolean {
  return text === "1" || text === "true";
}

function wholeOr(text: string | null, fallback: number, max: number): number {
  return text !== null && /^\d{1,5}$/.test(text) ? Math.min(Number(text), max) : fallback;
}
