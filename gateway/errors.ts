import type { ExecutionResult, GraphQLFormattedError } from 'graphql';
import type { ToldCode } from '../subgraphs/common/errors.js';
import type { Allowance } from './limits/bucket.js';

/** A code of a top-level error, as `docs/errors.md` tells of it. */
interface ToldTopLevelCode extends ToldCode {
  /** The HTTP statuses with which a request is refused under this code; nothing of it was executed. */
  readonly refusedWith: readonly number[];
  /** Stands in answers of status 200 too, beside `data`: `path` says what is missing there. */
  readonly besideData: boolean;
  /** What stands in `extensions` besides, or where more is said. */
  readonly more?: string;
}

/** Every code that clients are promised; whatever else goes wrong is `INTERNAL` to them. */
export const ERROR_CODES = {
  BAD_USER_INPUT: {
    refusedWith: [400, 404, 405, 406, 408, 409, 410, 411, 413, 415, 422],
    besideData: true,
    means: 'The request, the document, its variables or an argument are not as they must be.',
    whatToDo: 'Change what the message names; the same request fails again. Only 408 is sent again as it is.',
    more: 'Under `application/json` a document or variables that do not fit get status 200, as GraphQL over HTTP wants. A file that was refused says why in `refusedBecause`.',
  },
  UNAUTHENTICATED: {
    refusedWith: [401],
    besideData: true,
    means: 'Nobody has signed in, or the access token has expired or is not one of this API.',
    whatToDo: 'Get a new token, by refreshing or signing in again, and send the request once more.',
  },
  FORBIDDEN: {
    refusedWith: [403],
    besideData: true,
    means: 'The token has not the scope that this needs, or works at the other endpoint.',
    whatToDo: 'Do not offer it to this person, or ask the issuer for the scope; the rest of the answer is right.',
    more: '`requiredScopes` names what would do: any one of the lists, all of it.',
  },
  TOO_EXPENSIVE: {
    refusedWith: [400],
    besideData: false,
    means: 'The operation may cost more points than one operation is allowed.',
    whatToDo: 'Ask for shorter lists by a smaller `first`, for fewer lists in each other, or by several requests.',
    more: '`cost { requested limit }` in the `extensions` of the answer.',
  },
  RATE_LIMITED: {
    refusedWith: [429],
    besideData: false,
    means: 'The client has spent its points, has too many requests under way, or has used up its quota of the day.',
    whatToDo: 'Wait as many seconds as `Retry-After` says, then send it again.',
    more: '`cost` or `quota { requested limit remaining resetAt }` in the `extensions` of the answer.',
  },
  SUBGRAPH_UNAVAILABLE: {
    refusedWith: [503],
    besideData: true,
    means: 'A part of the API, all of it, or the issuer of tokens does not answer just now.',
    whatToDo:
      'Show what is there, say what is missing, and try again in a moment: changes with the same idempotency key.',
    more: 'With status 503 `Retry-After` says after how many seconds.',
  },
  PERSISTED_QUERY_NOT_FOUND: {
    refusedWith: [400],
    besideData: false,
    means: 'No query was registered under this hash, or it was forgotten.',
    whatToDo:
      'Send the query once together with its hash; clients with automatic persisted queries do so by themselves.',
  },
  PERSISTED_QUERY_NOT_SUPPORTED: {
    refusedWith: [400],
    besideData: false,
    means: 'This server registers no queries.',
    whatToDo: 'Send the query itself, or the `documentId` of a published one.',
  },
  DATA_UNREADABLE: {
    refusedWith: [500],
    besideData: true,
    means: 'A stored value cannot be decrypted, or a stored file is damaged. It was not changed.',
    whatToDo: 'Tell the operator, with `traceId`; trying again does not help. The operator looks for the key file.',
  },
  INTERNAL: {
    refusedWith: [500],
    besideData: true,
    means: 'Something went wrong on our side.',
    whatToDo: 'Try again, changes with the same idempotency key; if it goes on, tell the operator the `traceId`.',
  },
} as const satisfies Readonly<Record<string, ToldTopLevelCode>>;

export type ErrorCode = keyof typeof ERROR_CODES;
/** The status of a request that is refused. */
export type RefusedStatus = (typeof ERROR_CODES)[ErrorCode]['refusedWith'][number];

const isPromised = (code: unknown): code is ErrorCode => typeof code === 'string' && Object.hasOwn(ERROR_CODES, code);

const SHOWN_EXTENSIONS = ['requiredScopes', 'subgraph'] as const;

/** An error as clients see it: a promised code, the trace id, and nothing of how we are built. */
function presentable(error: GraphQLFormattedError, traceId: string): GraphQLFormattedError {
  const given = error.extensions?.code;
  const code: ErrorCode = isPromised(given) ? given : 'INTERNAL';
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
  result: { readonly errors?: readonly GraphQLFormattedError[] } & Pick<ExecutionResult, 'data'>,
  context: {
    readonly traceId: string;
    readonly replayed: boolean;
    readonly mocked: ReadonlySet<string>;
    readonly cost?: Allowance;
    readonly quota?: Allowance;
    errorCodes: readonly string[];
  },
): { errors?: GraphQLFormattedError[]; data?: ExecutionResult['data']; extensions?: Record<string, unknown> } {
  const { data } = result;
  const extensions: Record<string, unknown> = {};
  if (context.replayed) extensions.idempotentReplay = true;
  if (context.mocked.size > 0) extensions.mocked = [...context.mocked].sort();
  if (context.cost) extensions.cost = context.cost;
  if (context.quota) extensions.quota = context.quota;
  const answer: ReturnType<typeof presentableResult> = {};
  if (result.errors) {
    answer.errors = result.errors.map((error) => presentable(error, context.traceId));
    context.errorCodes = codesOf(answer.errors);
  }
  if (data !== undefined) answer.data = data;
  if (Object.keys(extensions).length > 0) answer.extensions = extensions;
  return answer;
}
