import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { composeServices } from '@apollo/composition';
import { buildSubgraphSchema } from '@apollo/subgraph';
import { graphql, parse } from 'graphql';

const link = 'extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key"])';

const STARS = `${link}
  type Query { star(id: ID!): Star  stars(count: Int!): [Star!]  catalogue: String }
  type Star @key(fields: "id") { id: ID! name: String! }`;
const PLANETS = `${link}
  type Query { planet: String }
  type Mutation { settle: Int }
  type Star @key(fields: "id") { id: ID! planets: Int }`;

type Resolvers = Record<string, Record<string, unknown>>;

/** A subgraph of somebody else's, in the hand of a test. */
export class Foreign {
  /** The variables of each operation that came. */
  readonly asked: Record<string, unknown>[] = [];
  /** Changes an answer before it goes out. */
  spoil: (text: string) => string = (text) => text;
  /** What goes out with each as its `Content-Digest`. */
  digest?: string;
  private held?: Promise<void>;
  private readonly schema;
  private readonly server: Server;

  private constructor(typeDefs: string, resolvers: Resolvers) {
    this.schema = buildSubgraphSchema([{ typeDefs: parse(typeDefs), resolvers: resolvers as never }]);
    this.server = createServer((request, response) => void this.answer(request, response));
  }

  static async start(typeDefs: string, resolvers: Resolvers): Promise<Foreign> {
    const subgraph = new Foreign(typeDefs, resolvers);
    await once(subgraph.server.listen(0, '127.0.0.1'), 'listening');
    return subgraph;
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}/graphql`;
  }

  /** Answers nobody until what is returned is called. */
  hold(): () => void {
    let letGo: () => void = () => undefined;
    this.held = new Promise((resolve) => {
      letGo = resolve;
    });
    return letGo;
  }

  stop(): void {
    this.server.closeAllConnections();
    this.server.close();
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    if (request.method === 'GET') {
      response.end('{}');
      return;
    }
    const { query, variables = {} } = JSON.parse(Buffer.concat(chunks).toString());
    this.asked.push(variables);
    await this.held;
    const result = await graphql({ schema: this.schema, source: query, variableValues: variables });
    if (this.digest) response.setHeader('content-digest', this.digest);
    response.end(this.spoil(JSON.stringify(result)));
  }
}

/** Stars, and the planets that belong to them, by two subgraphs. */
export interface Sky {
  readonly stars: Foreign;
  readonly planets: Foreign;
  /** How often something was settled. */
  readonly settled: () => number;
  /** What a gateway needs to know. @param urls where it shall ask for each */
  readonly supergraph: (urls: { stars: string; planets: string }) => string;
  readonly stop: () => void;
}

export const nameOf = (id: string): string => `Star ${id}`;

export async function startSky(): Promise<Sky> {
  let settled = 0;
  const star = (id: string) => ({ __typename: 'Star', id, name: nameOf(id) });
  const stars = await Foreign.start(STARS, {
    Query: {
      star: (_: unknown, { id }: { id: string }) => star(id),
      stars: (_: unknown, { count }: { count: number }) => Array.from({ length: count }, (_, id) => star(String(id))),
      catalogue: () => 'all',
    },
    Star: { __resolveReference: ({ id }: { id: string }) => star(id) },
  });
  const planets = await Foreign.start(PLANETS, {
    Query: { planet: () => 'Mars' },
    Mutation: { settle: () => ++settled },
    Star: { __resolveReference: ({ id }: { id: string }) => ({ id, planets: Number(id) % 10 }) },
  });
  return {
    stars,
    planets,
    settled: () => settled,
    supergraph: (urls) => {
      const services = [
        { name: 'stars', url: urls.stars, typeDefs: parse(STARS) },
        { name: 'planets', url: urls.planets, typeDefs: parse(PLANETS) },
      ];
      const { supergraphSdl, errors } = composeServices(services);
      if (!supergraphSdl) throw errors?.[0];
      return supergraphSdl;
    },
    stop: () => {
      stars.stop();
      planets.stop();
    },
  };
}
