import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePorts } from '../ports.js';
import type { Cleanup } from './cleanup.js';
import type { Figure } from './figure.js';
import type { PartOptions } from './gateway.js';
import { end, start } from './programs.js';
import { median } from './ratio.js';

/** From the start of a program that is installed and built, with a data folder that holds the demo, to "ready". */
export async function benchStart(
  { rounds }: PartOptions,
  cleanup: Cleanup,
  say: (line: string) => void,
): Promise<Figure[]> {
  const folder = mkdtempSync(join(tmpdir(), 'care-bench-'));
  cleanup.add(() => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }));
  const [port = 0] = await freePorts(1);
  const environment = { DATA_DIR: folder, KEYS_DIR: join(folder, 'keys'), PORT: String(port) };
  const once = async () => {
    const began = performance.now();
    const program = await start({ script: 'start.js', environment }, cleanup);
    const seconds = (performance.now() - began) / 1_000;
    await end(program);
    return seconds;
  };
  say(`The first start, which makes the database: ${(await once()).toFixed(1)} s`);
  const found: number[] = [];
  for (let round = 0; round < rounds; round++) found.push(await once());
  return [
    {
      key: 'start',
      name: 'Start to ready, installed and seeded',
      goal: { most: 5, unit: 's' },
      ratios: found,
      measured: `${median(found).toFixed(1)} s with its own PostgreSQL, ${Math.max(...found).toFixed(1)} s at most`,
    },
  ];
}
