import type { WorldChance } from "./chance.ts";
import type { WorldClock } from "./clock.ts";
import type { Faults } from "./faults.ts";
import type { WorldLimits } from "./limits.ts";
import type { WorldLog } from "./log.ts";
import type { WorldState } from "./state.ts";
import type { Tokens } from "./tokens.ts";

/** What every surface of the world shares. */
export interface WorldCore {
  clock: WorldClock;
  chance: WorldChance;
  limits: WorldLimits;
  log: WorldLog;
  state: WorldState;
  faults: Faults;
  tokens: Tokens;
}

/** A WebSocket, as a surface sees it. */
export interface Wire {
  /** Bytes sent; -1 when queued under back-pressure; 0 when lost. */
  send(text: string): number;
  sendBytes(bytes: Uint8Array): void;
  /** A WebSocket ping; the client's library answers it. */
  ping(): void;
  close(code: number, reason: string): void;
  /** Cuts the connection without a closing frame. */
  terminate(): void;
  /** Bytes waiting to leave. */
  buffered(): number;
}

/** What a surface does with one WebSocket. */
export interface Peer {
  opened(wire: Wire): void;
  received(data: string | Uint8Array): void;
  drained(): void;
  ponged(): void;
  closed(code: number): void;
}
