import { readdirSync, readFileSync } from 'node:fs';

/** Linux counts processor time in hundredths of a second for programs, whatever the kernel does inside. */
const MICROSECONDS_PER_TICK = 10_000;

interface Stat {
  readonly parent: number;
  /** User and system time, with that of children that have ended. */
  readonly ticks: number;
}

function stat(pid: number): Stat | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // the program's name stands in brackets and may hold anything
    const fields = text
      .slice(text.lastIndexOf(')') + 2)
      .split(' ')
      .map(Number);
    const ticks = fields.slice(11, 15).reduce((sum, each) => sum + each, 0);
    return { parent: fields[1] as number, ticks };
  } catch {
    return undefined;
  }
}

/** Processor time that these processes have used, in µs. 0 where there is no /proc. */
export const cpuOf = (pids: readonly number[]): number =>
  pids.reduce((sum, pid) => sum + (stat(pid)?.ticks ?? 0), 0) * MICROSECONDS_PER_TICK;

/** Processor time of a process and its children, in µs: PostgreSQL has one for each connection. */
export function cpuOfFamily(pid: number): number {
  let ticks = stat(pid)?.ticks ?? 0;
  for (const name of readable('/proc')) {
    const each = /^\d+$/.test(name) ? stat(Number(name)) : undefined;
    if (each?.parent === pid) ticks += each.ticks;
  }
  return ticks * MICROSECONDS_PER_TICK;
}

/** Processor time that all programs together have used, in µs, without what the kernel does for nobody in particular. */
export function cpuOfAll(): number {
  try {
    const fields = readFileSync('/proc/stat', 'utf8').slice('cpu'.length).trimStart().split(' ');
    const [user = 0, nice = 0, system = 0] = fields.slice(0, 3).map(Number);
    return (user + nice + system) * MICROSECONDS_PER_TICK;
  } catch {
    return 0;
  }
}

function readable(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
