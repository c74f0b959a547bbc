import { readFileSync } from "node:fs";

/** Clock ticks of /proc per second: USER_HZ, 100 on every Linux. */
const TICKS_PER_S = 100;

/** Memory of a process that lies in RAM, in MB of a million bytes: VmRSS of /proc/PID/status. */
export function rssMb(pid: number): number {
  const [, kib] = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8")) ?? [];
  if (kib === undefined) throw new Error(`no VmRSS of process ${pid}`);
  return (Number(kib) * 1024) / 1e6;
}

/** Processor time of all threads of a process since its start, in ms: utime and stime of /proc/PID/stat. */
export function cpuMs(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
  // The name, in parentheses, may have spaces: count behind it.
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return ((Number(fields[11]) + Number(fields[12])) * 1000) / TICKS_PER_S;
}

/** Looks at a process every second; `stop` gives what was seen. */
export function watchProcess(pid: number): { stop(): { rssMb: number[]; cpuShare: number } } {
  const startedAt = performance.now();
  const cpuBefore = cpuMs(pid);
  const seen: number[] = [];
  const timer = setInterval(() => seen.push(rssMb(pid)), 1_000);
  return {
    stop: () => {
      clearInterval(timer);
      seen.push(rssMb(pid));
      return { rssMb: seen, cpuShare: (cpuMs(pid) - cpuBefore) / (performance.now() - startedAt) };
    },
  };
}

const TICK_MS = 10;

/** How late a timer of this process fires, in ms: what other work on the machine adds to every figure beside it. */
export function watchLateness(): { stop(): number[] } {
  const late: number[] = [];
  let before = performance.now();
  const timer = setInterval(() => {
    const now = performance.now();
    late.push(Math.max(0, now - before - TICK_MS));
    before = now;
  }, TICK_MS);
  return {
    stop: () => {
      clearInterval(timer);
      return late;
    },
  };
}
