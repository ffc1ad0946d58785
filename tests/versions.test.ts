import diagnostics from 'node:diagnostics_channel';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from '@jest/globals';
import { readSupergraphs } from '../gateway/supergraphs.js';
import { PROJECT_ROOT } from '../subgraphs/common/files.js';
import { log } from '../subgraphs/common/log.js';

interface LockFile {
  readonly packages: Readonly<Record<string, { readonly version?: string }>>;
}

/** The first versions without faults that are known: what stands before them lets somebody in or brings the process down. */
const SOUND: readonly { readonly packages: RegExp; readonly from: string; readonly fault: string }[] = [
  { packages: /^@apollo\/gateway$/, from: '2.13.2', fault: 'answers of subgraphs change prototypes' },
  {
    packages: /^@apollo\/(query-planner|federation-internals)$/,
    from: '2.13.2',
    fault: 'a small query stops the planner',
  },
  { packages: /^@apollo\/server$/, from: '5.5.0', fault: 'charsets of requests are not looked at' },
  { packages: /^@mikro-orm\//, from: '7.0.6', fault: 'operator objects reach SQL' },
];

/** By its numbers; what comes after them (`-beta.1`) is before the release. */
function isBefore(version: string, other: string): boolean {
  const [[one, isEarly], [two]] = [version, other].map((text) => {
    const [numbers = '', early] = text.split('-', 2);
    return [numbers.split('.').map(Number), early !== undefined] as const;
  }) as [readonly [number[], boolean], readonly [number[], boolean]];
  const at = one.findIndex((number, index) => number !== two[index]);
  return at < 0 ? isEarly : (one[at] as number) < (two[at] ?? 0);
}

describe('The packages that are installed', () => {
  const lock = JSON.parse(readFileSync(join(PROJECT_ROOT, 'package-lock.json'), 'utf8')) as LockFile;
  const installed = Object.entries(lock.packages).map(([path, { version = '' }]) => ({
    name: path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length),
    version,
  }));

  test.each(SOUND)('have none of $packages before $from: $fault', ({ packages, from }) => {
    const concerned = installed.filter(({ name }) => packages.test(name));
    expect(concerned).not.toEqual([]);
    expect(concerned.filter(({ version }) => isBefore(version, from))).toEqual([]);
  });

  test.each([
    ['2.13.1', '2.13.2', true],
    ['2.9.9', '2.13.2', true],
    ['2.13.2-rc.1', '2.13.2', true],
    ['2.13.2', '2.13.2', false],
    ['2.14.0', '2.13.2', false],
    ['10.0.0', '2.13.2', false],
  ])('are compared by numbers: %s before %s is %p', (version, other, is) => {
    expect(isBefore(version, other)).toBe(is);
  });
});

describe('A gateway', () => {
  const before = { ...process.env };
  afterEach(() => {
    process.env = before;
  });

  test('tells nobody about itself, whatever the environment says', async () => {
    Object.assign(process.env, {
      APOLLO_TELEMETRY_DISABLED: 'false',
      APOLLO_KEY: 'service:care:none',
      APOLLO_GRAPH_REF: 'care@current',
      APOLLO_SCHEMA_REPORTING: 'true',
    });
    // that it could ask its vendor for a supergraph, it says itself
    log.level = 'silent';
    const told: unknown[] = [];
    const hear = (message: unknown) => told.push(message);
    for (const channel of ['http.client.request.start', 'undici:request:create']) diagnostics.subscribe(channel, hear);
    try {
      const { createGateway } = await import('../gateway/gateway.js');
      // its own exporter looks at this once, when it is made, and would send a day later
      expect(process.env.APOLLO_TELEMETRY_DISABLED).toBe('1');
      const { apollo } = await createGateway({
        supergraphSdl: readSupergraphs().api,
        sourceOf: () => ({ process: () => Promise.resolve({ data: {} }) }),
        production: false,
        introspection: true,
      });
      await apollo.stop();
    } finally {
      for (const channel of ['http.client.request.start', 'undici:request:create'])
        diagnostics.unsubscribe(channel, hear);
    }
    expect(told).toEqual([]);
  });
});
