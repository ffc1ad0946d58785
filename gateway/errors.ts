import type { ExecutionResult, GraphQLFormattedError } from 'graphql';
import type { Allowance } from './limits/bucket.js';

/** Codes that clients are promised; everything else is `INTERNAL`. */
const PROMISED = new Set([
  'UNAUTHENTICATED',
  'FORBIDDEN',
  'RATE_LIMITED',
  'TOO_EXPENSIVE',
  'SUBGRAPH_UNAVAILABLE',
  'BAD_USER_INPUT',
  'DATA_UNREADABLE',
  'PERSISTED_QUERY_NOT_FOUND',
  'PERSISTED_QUERY_NOT_SUPPORTED',
]);

const SHOWN_EXTENSIONS = ['requiredScopes', 'subgraph'] as const;

/** An error as clients see it: a promised code, the trace id, and nothing of how we are built. */
function presentable(error: GraphQLFormattedError, traceId: string): GraphQLFormattedError {
  const given = String(error.extensions?.code ?? '');
  const code = PROMISED.has(given) ? given : 'INTERNAL';
  const shown = SHOWN_EXTENSIONS.flatMap((key) => {
    const value = error.extensions?.[key];
    return value === undefined ? [] : [[key, value] as const];
  });
  return {
    message:
      code === 'INTERNAL'
        ? 'Something went wrong on our side. Try again; if it goes on, tell us the trace id.'
        : error.message,
    ...(error.locations && { locations: error.locations }),
    ...(error.path && { path: error.path }),
    extensions: { code, traceId, ...Object.fromEntries(shown) },
  };
}

/** The codes of errors as clients see them, each once. */
const codesOf = (errors: readonly GraphQLFormattedError[]): string[] => [
  ...new Set(errors.map(({ extensions }) => String(extensions?.code))),
];

/** An answer as clients see it: errors in their promised form, and whether an idempotency key was met again. */
export function presentableResult(
  result: { readonly errors?: readonly GraphQLFormattedError[] } & Pick<ExecutionResult, 'data' | 'extensions'>,
  context: {
    readonly traceId: string;
    readonly replayed: boolean;
    readonly cost?: Allowance;
    readonly quota?: Allowance;
    errorCodes: readonly string[];
  },
): { errors?: GraphQLFormattedError[]; data?: ExecutionResult['data']; extensions?: Record<string, unknown> } {
  // what the gateway says of its own dealings names our types
  const { valueCompletion: _, ...extensions } = result.extensions ?? {};
  if (context.replayed) extensions.idempotentReplay = true;
  if (context.cost) extensions.cost = context.cost;
  if (context.quota) extensions.quota = context.quota;
  const errors = result.errors?.map((error) => presentable(error, context.traceId));
  if (errors) context.errorCodes = codesOf(errors);
  return {
    ...(errors && { errors }),
    ...(result.data !== undefined && { data: result.data }),
    ...(Object.keys(extensions).length > 0 && { extensions }),
  };
}
