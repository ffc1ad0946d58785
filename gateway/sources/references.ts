import { GraphQLError } from 'graphql';
import { MAX_REFERENCES } from '../../subgraphs/common/answer.js';
import type { SubgraphResult } from '../../subgraphs/common/subgraph.js';

type Variables = Record<string, unknown>;

/** How what is asked is really asked. */
export interface Portions {
  /** The variables of each operation that is sent. */
  readonly sent: readonly Variables[];
  /** Makes one answer of the answers. */
  readonly join: (results: readonly SubgraphResult[]) => SubgraphResult;
}

/** References are sent at most as many at a time as a subgraph takes. @returns undefined for what is sent as it is */
export function inPortions(variables: Variables): Portions | undefined {
  const { representations } = variables;
  if (!Array.isArray(representations) || representations.length <= MAX_REFERENCES) return undefined;
  const sent: Variables[] = [];
  for (let from = 0; from < representations.length; from += MAX_REFERENCES)
    sent.push({ ...variables, representations: representations.slice(from, from + MAX_REFERENCES) });
  return { sent, join: (results) => joined(results, sent) };
}

/** Errors of an entity name its index; one that concerns all of them does not. */
function moved(error: GraphQLError, by: number): GraphQLError {
  const [root, index, ...rest] = error.path ?? [];
  if (root !== '_entities' || typeof index !== 'number') return error;
  return new GraphQLError(error.message, { path: [root, index + by, ...rest], extensions: error.extensions });
}

function joined(results: readonly SubgraphResult[], sent: readonly Variables[]): SubgraphResult {
  const entities = results.flatMap(({ data }, portion) => {
    const found = data?._entities as unknown[] | undefined;
    // what is not there leaves its places empty
    const { representations } = sent[portion] as { representations: unknown[] };
    return found ?? representations.map(() => null);
  });
  const errors = results.flatMap((result, portion) =>
    (result.errors ?? []).map((error) => moved(error, portion * MAX_REFERENCES)),
  );
  return { data: { _entities: entities }, ...(errors.length > 0 && { errors }) };
}
