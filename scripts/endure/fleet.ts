import type { ChildProcess } from 'node:child_process';
import { copyFileSync } from 'node:fs';
import { join } from 'node:path';
import { SUPERGRAPH_FILES } from '../../gateway/supergraphs.js';
import { SUBGRAPH_NAMES } from '../../subgraphs/common/settings.js';
import type { Cleanup } from '../bench/cleanup.js';
import type { Ground } from '../bench/ground.js';
import { end, type Program, start } from '../bench/programs.js';
import { freePorts } from '../ports.js';

/** How long each still takes new requests when it is to end: several times what a balancer needs to see it. */
const DRAIN_DELAY_MS = 1_000;

/** One of our processes, which can be replaced by another of its kind. */
export class Replica {
  private child?: ChildProcess;

  constructor(
    readonly name: string,
    readonly origin: string,
    private readonly program: Program,
    private readonly cleanup: Cleanup,
  ) {}

  async start(): Promise<void> {
    this.child = await start(this.program, this.cleanup);
  }

  /** Lets it end as an orchestrator does. @throws when it does not end with 0 */
  async stop(): Promise<void> {
    const child = this.child as ChildProcess;
    await end(child);
    if (child.exitCode !== 0) throw new Error(`${this.name} ended with ${child.exitCode ?? child.signalCode}`);
  }
}

/** The whole API, each part twice. */
export interface Fleet {
  readonly gateways: readonly Replica[];
  readonly subgraphs: readonly Replica[];
  /** The file that the gateways follow. */
  readonly supergraph: string;
}

const REPLICAS = 2;
const at = (port: number | undefined): string => `http://127.0.0.1:${port}`;

/** Two processes of each subgraph, and two gateways in front. */
export async function startFleet(ground: Ground, issuerUrl: string, cleanup: Cleanup): Promise<Fleet> {
  const ports = await freePorts(REPLICAS * (SUBGRAPH_NAMES.length + 1));
  const next = () => ports.pop() ?? 0;
  const places = SUBGRAPH_NAMES.map((name) => ({ name, origins: Array.from({ length: REPLICAS }, () => at(next())) }));
  /** Who is at an address is told of it by having it first. */
  const urls = (own?: string) =>
    JSON.stringify(
      Object.fromEntries(
        places.map(({ name, origins }) => [
          name,
          [...origins].sort((one) => (one === own ? -1 : 0)).map((origin) => `${origin}/graphql`),
        ]),
      ),
    );
  const environment = {
    ...{ DATABASE_URL: ground.adminUrl, KEYS_DIR: ground.keysDir, DATA_DIR: ground.folder, ISSUER_URL: issuerUrl },
    ...{ DRAIN_DELAY_MS: String(DRAIN_DELAY_MS), DATABASE_POOL: '4' },
    // twelve processes on one machine may be slow while one of them starts: that is not what is looked at
    ...{ SUBGRAPH_TIMEOUT_MS: '15000', SUBGRAPH_READ_TIMEOUT_MS: '15000' },
  };
  const subgraphs = places.flatMap(({ name, origins }) =>
    origins.map((origin) => {
      const program = {
        script: 'subgraph.js',
        args: [name],
        environment: { ...environment, SUBGRAPH_URLS: urls(origin) },
      };
      return new Replica(`the ${name} subgraph at ${origin}`, origin, program, cleanup);
    }),
  );
  const supergraph = join(ground.folder, 'supergraph.graphql');
  const partner = join(ground.folder, 'partner-supergraph.graphql');
  copyFileSync(SUPERGRAPH_FILES.api, supergraph);
  copyFileSync(SUPERGRAPH_FILES.partner as string, partner);
  const gateways = Array.from({ length: REPLICAS }, () => {
    const port = String(next());
    const args = ['--supergraph', supergraph, '--partner-supergraph', partner, '--port', port];
    const program = { script: 'gateway.js', args, environment: { ...environment, SUBGRAPH_URLS: urls() } };
    return new Replica(`the gateway at ${at(Number(port))}`, at(Number(port)), program, cleanup);
  });
  for (const replica of [...subgraphs, ...gateways]) await replica.start();
  return { gateways, subgraphs, supergraph };
}
