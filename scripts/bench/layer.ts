import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadOrCreateKeys } from '../../gateway/identity/keys.js';
import { freePorts } from '../ports.js';
import { tokenFor } from './callers.js';
import type { Cleanup } from './cleanup.js';
import type { Figure } from './figure.js';
import type { PartOptions } from './gateway.js';
import { loaded, type Server, sameAnswers } from './loaded.js';
import { start, UNLIMITED } from './programs.js';
import { median } from './ratio.js';
import { SHOP_OPERATIONS } from './shop/shop.js';

/** One schema behind our door, against the same by `node:http` and graphql-jit alone: a small answer, somebody who has signed in. */
export async function benchLayer(
  { rounds, seconds }: PartOptions,
  cleanup: Cleanup,
  say: (line: string) => void,
): Promise<Figure[]> {
  const folder = mkdtempSync(join(tmpdir(), 'care-bench-'));
  cleanup.add(() => rmSync(folder, { recursive: true, force: true }));
  const keysDir = join(folder, 'keys');
  const keys = await loadOrCreateKeys(join(keysDir, 'issuer'));
  const servers: Server[] = [];
  // the line that each request leaves in the log is written, as in production
  for (const kind of ['bare', 'door']) {
    const [port = 0] = await freePorts(1);
    const environment = { ...UNLIMITED, KEYS_DIR: keysDir, PORT: String(port), LOG_LEVEL: 'info' };
    const program = await start({ script: 'bench/layer-server.js', args: [kind], environment }, cleanup);
    const token = await tokenFor({ subject: 'somebody', role: 'PATIENT' }, `http://localhost:${port}/oidc`, keys);
    const headers = {
      'content-type': 'application/json',
      accept: 'application/json',
      authorization: `Bearer ${token}`,
    };
    const call = { headers, body: JSON.stringify({ query: SHOP_OPERATIONS.small, variables: {} }) };
    servers.push({ origin: `http://127.0.0.1:${port}`, path: '/graphql', call, pid: program.pid ?? 0 });
  }
  const bytes = await sameAnswers(servers);
  const [bare, door] = (await loaded(servers, { rounds, seconds }, cleanup, say)) as [number[], number[]];
  return [
    {
      key: 'layer',
      name: 'HTTP and GraphQL layer: our door / node:http + graphql-jit',
      goal: { least: 0.9 },
      ratios: door.map((each, round) => (bare[round] as number) / each),
      measured: `${median(door).toFixed(0)} and ${median(bare).toFixed(0)} µs of processor time a request, an answer of ${bytes} bytes, ours with its line in the log`,
    },
  ];
}
