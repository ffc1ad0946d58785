import { setTimeout as sleep } from 'node:timers/promises';

/** What health said while it was watched. */
export interface HealthSeen {
  readonly asked: number;
  /** How often it said that it is ready. */
  readonly ready: number;
  readonly p99Ms: number;
  readonly mostMs: number;
}

const EVERY_MS = 100;
const PATIENCE_MS = 10_000;

/** Asks a gateway how it is, again and again until it is told to end. */
export function watchHealth(origin: string): { end(): Promise<HealthSeen> } {
  let over = false;
  let ready = 0;
  const times: number[] = [];
  const watching = (async () => {
    while (!over) {
      const began = performance.now();
      try {
        const response = await fetch(`${origin}/health/ready`, { signal: AbortSignal.timeout(PATIENCE_MS) });
        if (response.ok && ((await response.json()) as { status: string }).status === 'ready') ready++;
      } catch {
        // counted as not ready
      }
      times.push(performance.now() - began);
      await sleep(EVERY_MS);
    }
  })();
  return {
    end: async () => {
      over = true;
      await watching;
      times.sort((one, other) => one - other);
      const at = (share: number) => times[Math.min(times.length - 1, Math.floor(times.length * share))] ?? 0;
      return { asked: times.length, ready, p99Ms: at(0.99), mostMs: at(1) };
    },
  };
}
