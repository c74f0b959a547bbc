import type { Chance, Clock, Log, LogFields, Timers } from "./ports.ts";

/** The machine's clock and timers. */
export const systemTime: Clock & Timers = {
  now: () => new Date(),
  after(ms, run) {
    const timer = setTimeout(run, ms);
    return () => clearTimeout(timer);
  },
};

/** The machine's chance. */
export const systemChance: Chance = {
  next: () => Math.random(),
  uuid: () => crypto.randomUUID(),
};

const LEVELS = { info: 0, warn: 1, error: 2 } as const;

/** A log of JSON lines, one per event, to `write`; quieter than `least` is left out. */
export function createLog(least: keyof typeof LEVELS, clock: Clock, write: (line: string) => void): Log {
  const line =
    (level: keyof typeof LEVELS) =>
    (event: string, fields: LogFields = {}) => {
      if (LEVELS[level] < LEVELS[least]) return;
      write(`${JSON.stringify({ at: clock.now().toISOString(), level, event, ...fields })}\n`);
    };
  return { info: line("info"), warn: line("warn"), error: line("error") };
}
