export const count = new Intl.NumberFormat('en');

function duration(seconds: number): string {
  const whole = Math.ceil(seconds);
  return whole < 60 ? `${whole} s` : `${Math.floor(whole / 60)} min ${whole % 60} s`;
}

/** Says how far something has come: `what` of it in words, with the seconds since the beginning. */
export type ReportProgress = (done: number, of: number, what: (seconds: number) => string) => void;

/** Writes the progress on stderr: a bar on a terminal, else a line every five seconds. */
export function progressWriter(): ReportProgress {
  const began = performance.now();
  const terminal = process.stderr.isTTY;
  let written = began;
  return (done, of, what) => {
    const now = performance.now();
    if (now - written < (terminal ? 100 : 5_000) && done < of) return;
    written = now;
    const seconds = (now - began) / 1000;
    const part = of === 0 ? 1 : done / of;
    const bar = terminal ? `[${'█'.repeat(Math.floor(part * 30)).padEnd(30, '·')}] ` : '';
    const left = done < of && done > 0 ? `, ${duration(seconds / part - seconds)} left` : '';
    const line = `${bar}${Math.floor(part * 100)} %  ${what(seconds)}${left}`;
    process.stderr.write(terminal ? `\r${line}\x1b[K${done >= of ? '\n' : ''}` : `${line}\n`);
  };
}

/** How long something took, in words. */
export const since = (began: number): string => duration((performance.now() - began) / 1000);
