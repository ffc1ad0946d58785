import type { IncomingMessage, ServerResponse } from 'node:http';
import type { GraphQLDataSource, GraphQLDataSourceProcessOptions } from '@apollo/gateway';
import { type DocumentNode, GraphQLError, Kind, parse, type SelectionNode } from 'graphql';
import { LRUCache } from 'lru-cache';
import type { Operation } from '../../subgraphs/common/executor.js';
import { subgraphFailures } from '../../subgraphs/common/metrics.js';
import type { Caller } from '../../subgraphs/common/signature.js';
import type { SubgraphResult } from '../../subgraphs/common/subgraph.js';
import type { RequestContext } from '../context.js';

/** The gateway could not get an answer; the message is for clients. */
const unavailable = (subgraph: string) => ({
  message: `The ${subgraph} part of this API does not answer just now; the rest of the answer is right. Try again in a moment.`,
  code: 'SUBGRAPH_UNAVAILABLE',
});

/** More places of one failed fetch than this are not named one by one. */
const MAX_PLACES = 10;

type Response = Awaited<ReturnType<GraphQLDataSource['process']>>;

/** Where a subgraph is asked: in this process or over HTTP. Says what all ways have in common. */
export abstract class Source implements GraphQLDataSource<RequestContext> {
  private readonly documents = new LRUCache<string, DocumentNode>({ max: 1_000 });

  constructor(protected readonly subgraph: string) {}

  /** @throws when there is no answer, or not in time */
  protected abstract fetch(operation: Operation, context: RequestContext): Promise<SubgraphResult>;

  /**
   * Has a request that is no GraphQL answered by the subgraph. Its body, which says how long it is, and the answer's stream by.
   *
   * @throws when there is no answer, or it breaks off
   */
  abstract forward(request: IncomingMessage, response: ServerResponse, caller: Caller): Promise<void>;

  async process(options: GraphQLDataSourceProcessOptions<RequestContext>): Promise<Response> {
    const query = options.request.query ?? '';
    const context = options.context as RequestContext;
    const { variables, restore } = withoutRepetition(options.request.variables ?? {});
    try {
      const result = await this.fetch({ query, variables }, context);
      if (result.replayed) context.replayed = true;
      return restore(result) as Response;
    } catch {
      subgraphFailures.inc({ subgraph: this.subgraph });
      return { errors: this.unanswered(query, options.request.variables ?? {}) };
    }
  }

  /** One error for each field that was asked for, so that each error has its place in the answer. */
  private unanswered(query: string, variables: Record<string, unknown>): GraphQLError[] {
    const { message, code } = unavailable(this.subgraph);
    const selections = this.selectionsOf(query);
    const { representations } = variables;
    const places = Array.isArray(representations)
      ? representations.slice(0, MAX_PLACES).flatMap(({ __typename }: { __typename: string }, index) => {
          const keys = entityKeys(selections, __typename);
          return keys.length > 0 ? keys.map((key) => ['_entities', index, key]) : [['_entities', index]];
        })
      : responseKeys(selections).map((key) => [key]);
    return places.slice(0, MAX_PLACES).map((path) => new GraphQLError(message, { path, extensions: { code } }));
  }

  private selectionsOf(query: string): readonly SelectionNode[] {
    let document = this.documents.get(query);
    if (!document) {
      document = parse(query);
      this.documents.set(query, document);
    }
    const operation = document.definitions.find((node) => node.kind === Kind.OPERATION_DEFINITION);
    return operation?.selectionSet.selections ?? [];
  }
}

const responseKeys = (selections: readonly SelectionNode[]): string[] =>
  selections.flatMap((node) =>
    node.kind === Kind.FIELD && node.name.value !== '__typename' ? [node.alias?.value ?? node.name.value] : [],
  );

/** What `{ _entities(…) { ... on T { … } } }` asks of a `T`. */
function entityKeys(selections: readonly SelectionNode[], type: string): string[] {
  const entities = selections.find((node) => node.kind === Kind.FIELD);
  return (entities?.selectionSet?.selections ?? []).flatMap((node) =>
    node.kind === Kind.INLINE_FRAGMENT && node.typeCondition?.name.value === type
      ? responseKeys(node.selectionSet.selections)
      : [],
  );
}

interface Unrepeated {
  readonly variables: Record<string, unknown>;
  /** Puts every place's entity back, and its errors. */
  readonly restore: (result: SubgraphResult) => SubgraphResult;
}

/** The gateway sends a reference once for every place it stands in; we send each once. */
function withoutRepetition(variables: Record<string, unknown>): Unrepeated {
  const { representations } = variables;
  const asIs = { variables, restore: (result: SubgraphResult) => result };
  if (!Array.isArray(representations) || representations.length < 2) return asIs;
  const places = new Map<string, number>();
  const unique: unknown[] = [];
  const indices = representations.map((representation) => {
    const key = JSON.stringify(representation);
    let index = places.get(key);
    if (index === undefined) {
      index = unique.push(representation) - 1;
      places.set(key, index);
    }
    return index;
  });
  if (unique.length === representations.length) return asIs;
  const firstPlace = unique.map((_, index) => indices.indexOf(index));
  return {
    variables: { ...variables, representations: unique },
    restore: (result) => {
      const entities = result.data?._entities as unknown[] | undefined;
      const errors = result.errors?.map((error) => {
        const [root, index, ...rest] = error.path ?? [];
        if (root !== '_entities' || typeof index !== 'number') return error;
        return new GraphQLError(error.message, {
          path: [root, firstPlace[index] ?? index, ...rest],
          extensions: error.extensions,
        });
      });
      return {
        ...result,
        ...(entities && { data: { ...result.data, _entities: indices.map((index) => entities[index]) } }),
        ...(errors && { errors }),
      };
    },
  };
}
