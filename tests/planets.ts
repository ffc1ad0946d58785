import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { composeServices } from '@apollo/composition';
import { buildSubgraphSchema } from '@apollo/subgraph';
import { graphql, parse } from 'graphql';
import { freePorts } from '../scripts/ports.js';
import { env } from './api.js';
import { Person } from './client.js';
import { Program } from './program.js';

const LINK = (imports: string) =>
  `extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key", ${imports}])`;

/** What the gateway joins; the subgraph itself knows more. */
export const PLANETS = `${LINK('"@authenticated"')}
  type Query { planet(name: String!): Planet  far: String  treasure: String @authenticated }
  type Mutation { visit(input: VisitInput!): Int }
  input VisitInput { planet: ID!  days: Int!  note: String }
  type Planet @key(fields: "name") { name: String! moons: Int! }`;
export const WITH_RINGS = PLANETS.replace('moons: Int!', 'moons: Int! rings: Boolean!');

export const MOONS = '{ planet(name: "Mars") { moons } }';
export const RINGS = '{ planet(name: "Mars") { rings } }';
/** Not answered before it is let go. */
export const FAR = '{ far }';

/** A subgraph of somebody else's, in the hand of a test, and a gateway in a process of its own in front of it. */
export class Planets {
  /** How often a subgraph was asked by GraphQL. */
  asked = 0;
  /** How often a planet was visited. */
  visits = 0;
  /** How many wait for what is far. */
  waiting = 0;
  private release: () => void = () => undefined;
  private far = new Promise<void>((resolve) => {
    this.release = resolve;
  });
  private readonly subgraph: Server;
  private readonly folder = mkdtempSync(join(tmpdir(), 'care-planets-'));
  readonly file = join(this.folder, 'supergraph.graphql');
  readonly gateway: Program;

  private constructor(
    subgraph: Server,
    readonly port: number,
    environment: NodeJS.ProcessEnv,
  ) {
    this.subgraph = subgraph.on('request', (request, response) => this.answer(request, response));
    this.replace(PLANETS);
    const args = ['--supergraph', this.file, '--port', String(port)];
    this.gateway = new Program('gateway.js', args, {
      ...{ KEYS_DIR: env('TEST_KEYS_DIR'), REQUEST_LOG: 'off', RATE_LIMIT_BURST: '1000000000' },
      ...environment,
    });
  }

  static async start(environment: NodeJS.ProcessEnv = {}): Promise<Planets> {
    const subgraph = createServer();
    await new Promise<void>((resolve) => subgraph.listen(0, '127.0.0.1', resolve));
    const [port = 0] = await freePorts(1);
    const planets = new Planets(subgraph, port, environment);
    await planets.gateway.says(/ready at /);
    return planets;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  ask(query: string, variables: Record<string, unknown> = {}) {
    return new Person(this.url).ask(query, variables);
  }

  async health(): Promise<{ status: number; body: { status: string; parts: Record<string, boolean> } }> {
    const response = await fetch(`${this.url}/health/ready`);
    return { status: response.status, body: JSON.parse(await response.text()) };
  }

  /** What the gateway has counted under this name, with these labels. */
  async counted(name: string): Promise<number> {
    const text = await (await fetch(`${this.url}/metrics`)).text();
    const line = text.split('\n').find((each) => each.startsWith(`${name} `));
    return Number(line?.slice(name.length) ?? 0);
  }

  /** Puts another supergraph in the place of the one that the gateway follows. @param typeDefs of the planets, by the subgraph's name */
  replace(typeDefs: string, name = 'planets'): void {
    const url = `http://127.0.0.1:${(this.subgraph.address() as AddressInfo).port}/graphql`;
    const { supergraphSdl, errors } = composeServices([{ name, url, typeDefs: parse(typeDefs) }]);
    if (!supergraphSdl) throw errors?.[0];
    writeFileSync(`${this.file}.next`, supergraphSdl);
    renameSync(`${this.file}.next`, this.file);
  }

  /** Answers those who wait for what is far. */
  letGo(): void {
    this.release();
    this.far = new Promise((resolve) => {
      this.release = resolve;
    });
  }

  async stop(): Promise<void> {
    this.letGo();
    await this.gateway.end('SIGKILL');
    this.subgraph.closeAllConnections();
    this.subgraph.close();
    rmSync(this.folder, { recursive: true, force: true });
  }

  private readonly schema = buildSubgraphSchema([
    {
      typeDefs: parse(WITH_RINGS),
      resolvers: {
        Query: {
          planet: (_: unknown, { name }: { name: string }) => ({ name, moons: 2, rings: false }),
          far: async () => {
            this.waiting++;
            await this.far;
            this.waiting--;
            return 'here';
          },
        },
        Mutation: { visit: () => ++this.visits },
      },
    },
  ]);

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (request.method === 'GET') {
      response.end('{}');
      return;
    }
    this.asked++;
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const { query: source, variables: variableValues } = JSON.parse(Buffer.concat(chunks).toString());
    response.end(JSON.stringify(await graphql({ schema: this.schema, source, variableValues })));
  }
}
