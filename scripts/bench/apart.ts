import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
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
import { SHOP_NAMES, SHOP_OPERATIONS, shopSupergraph } from './shop/shop.js';

const SIZES = ['small', 'big'] as const;
const megabytes = (kilobytes: number): string => `${(kilobytes / 1_024).toFixed(0)} MB`;

/** What a process holds of the machine's memory now, in kB. */
const residentOf = (pid: number): number =>
  Number(/^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? Number.NaN);

/** Our gateway and the stock one, each in a process in front of the same four subgraphs: only the gateways' processor time counts. */
export async function benchApart(
  options: PartOptions,
  cleanup: Cleanup,
  say: (line: string) => void,
): Promise<Figure[]> {
  const folder = mkdtempSync(join(tmpdir(), 'care-bench-'));
  cleanup.add(() => rmSync(folder, { recursive: true, force: true }));
  const [own = 0, stock = 0, ...ports] = await freePorts(2 + SHOP_NAMES.length);
  for (const [index, name] of SHOP_NAMES.entries())
    await start(
      { script: 'bench/shop/serve-shop.js', args: [name], environment: { PORT: String(ports[index]) } },
      cleanup,
    );
  const file = join(folder, 'shop.graphql');
  writeFileSync(
    file,
    shopSupergraph((name) => `http://127.0.0.1:${ports[SHOP_NAMES.indexOf(name)]}/graphql`),
  );
  const environment = { ...UNLIMITED, KEYS_DIR: join(folder, 'keys'), COST_LIMIT: '1000000', LOG_LEVEL: 'info' };
  const ours = await start(
    { script: 'gateway.js', args: ['--supergraph', file, '--port', String(own)], environment },
    cleanup,
  );
  const theirs = await start(
    { script: 'bench/shop/stock-shop.js', args: [file], environment: { PORT: String(stock) } },
    cleanup,
  );
  const pids = [ours.pid ?? 0, theirs.pid ?? 0];
  const keys = await loadOrCreateKeys(join(folder, 'keys', 'issuer'));
  const token = await tokenFor({ subject: 'somebody', role: 'PATIENT' }, `http://localhost:${own}/oidc`, keys);
  const figures: Figure[] = [];
  const [atRest] = pids.map(residentOf);
  for (const size of SIZES) {
    const call = {
      // of somebody: what nobody asks, ours would ask once for several
      headers: { 'content-type': 'application/json', accept: 'application/json', authorization: `Bearer ${token}` },
      body: JSON.stringify({ query: SHOP_OPERATIONS[size], variables: {} }),
    };
    const servers: Server[] = [
      { origin: `http://127.0.0.1:${own}`, path: '/graphql', call, pid: pids[0] ?? 0 },
      { origin: `http://127.0.0.1:${stock}`, path: '/', call, pid: pids[1] ?? 0 },
    ];
    const bytes = await sameAnswers(servers);
    const [mine, stocks] = (await loaded(servers, options, cleanup, say)) as [number[], number[]];
    figures.push({
      key: `apart-${size}`,
      name: `No database, ${(bytes / 1_000).toFixed(0)} kB: our gateway / stock, per gateway core`,
      goal: { least: 12 },
      ratios: mine.map((each, round) => (stocks[round] as number) / each),
      measured: `${median(mine).toFixed(0)} and ${median(stocks).toFixed(0)} µs of the gateway's processor time an operation`,
    });
  }
  const [resident = 0, others = 0] = pids.map(residentOf);
  figures.push({
    key: 'memory',
    name: 'Memory of the gateway under the same load / stock',
    goal: { most: 0.5 },
    ratios: [resident / others],
    measured: `${megabytes(resident)} and ${megabytes(others)}; ours at rest ${megabytes(atRest ?? 0)}`,
  });
  return figures;
}
