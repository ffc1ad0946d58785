import { isDeepStrictEqual } from 'node:util';
import { request } from 'undici';
import type { Cleanup } from './cleanup.js';
import { cpuOf } from './cpu.js';
import type { PartOptions } from './gateway.js';
import type { Call, LoadJob, LoadMessage, LoadResult } from './load.js';
import { start } from './programs.js';

/** A server that is put under load, and whose processor time counts. */
export interface Server {
  readonly origin: string;
  readonly path: string;
  readonly call: Call;
  readonly pid: number;
}

const CONNECTIONS = 16;
const WARM_UP_MS = 2_000;

/** @returns the bytes of the first one's answer @throws where they do not answer the same, but for what ours says of cost */
export async function sameAnswers(servers: readonly Server[]): Promise<number> {
  const answers = await Promise.all(
    servers.map(async ({ origin, path, call }) => {
      const { statusCode, body } = await request(origin + path, { method: 'POST', ...call });
      const text = await body.text();
      if (statusCode !== 200) throw new Error(`${origin}: HTTP ${statusCode}: ${text.slice(0, 500)}`);
      return { text, data: (JSON.parse(text) as { data: unknown }).data };
    }),
  );
  const [first] = answers;
  for (const { data, text } of answers)
    if (!isDeepStrictEqual(data, first?.data)) throw new Error(`They answer differently: ${text.slice(0, 500)}`);
  return Buffer.byteLength(first?.text ?? '');
}

/** @returns µs of processor time a request of each server, for each round; all servers in turns in every round */
export async function loaded(
  servers: readonly Server[],
  { rounds, seconds }: PartOptions,
  cleanup: Cleanup,
  say: (line: string) => void,
): Promise<number[][]> {
  const generator = await start({ script: 'bench/load.js', environment: {}, talks: true }, cleanup);
  const found = servers.map((): number[] => []);
  for (let round = 0; round < rounds; round++) {
    for (const [index, { origin, path, call, pid }] of servers.entries()) {
      const job: LoadJob = {
        origin,
        path,
        calls: [call],
        connections: CONNECTIONS,
        warmUpMs: WARM_UP_MS,
        measureMs: seconds * 1_000,
      };
      let before = 0;
      const { requests } = await new Promise<LoadResult>((resolve, reject) => {
        const hear = (message: LoadMessage) => {
          if (message.kind === 'measuring') {
            before = cpuOf([pid]);
            return;
          }
          generator.off('message', hear);
          if (message.kind === 'done') resolve(message.result);
          else reject(new Error(`${origin}: ${message.why}`));
        };
        generator.on('message', hear).once('exit', () => reject(new Error('The load generator has ended')));
        generator.send(job);
      });
      const us = (cpuOf([pid]) - before) / requests;
      found[index]?.push(us);
      say(`Round ${round + 1}, ${origin}: ${us.toFixed(1)} µs a request`);
    }
  }
  return found;
}
