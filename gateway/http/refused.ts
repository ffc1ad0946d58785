import type { GraphQLFormattedError } from 'graphql';
import type { ErrorCode, RefusedStatus } from '../errors.js';

/** The usual code of a status; `BAD_USER_INPUT` of all others. */
const CODES: Readonly<Partial<Record<RefusedStatus, ErrorCode>>> = {
  401: 'UNAUTHENTICATED',
  403: 'FORBIDDEN',
  429: 'RATE_LIMITED',
  500: 'INTERNAL',
  503: 'SUBGRAPH_UNAVAILABLE',
};

interface More {
  /** `extensions.code`; the usual one of the status when left out. */
  readonly code?: ErrorCode;
  /** Which of our limits it is over, in a word: a label of `requests_refused_total`. */
  readonly limit?: string;
  /** Seconds, for `Retry-After`. */
  readonly retryAfter?: number;
  readonly locations?: GraphQLFormattedError['locations'];
  /** The request is well formed, but its document is not GraphQL: the client's media type says which status that has. */
  readonly isSyntaxError?: true;
  /** `extensions` of the answer, beside its errors. */
  readonly extensions?: Readonly<Record<string, unknown>>;
}

/** A request that is answered without an execution. The message is for the client and says what to do. */
export class Refused extends Error {
  override readonly name = 'Refused';

  constructor(
    /** HTTP status. */
    readonly status: RefusedStatus,
    message: string,
    readonly more: More = {},
  ) {
    super(message);
  }

  /** `extensions.code`. */
  get code(): ErrorCode {
    return this.more.code ?? CODES[this.status] ?? 'BAD_USER_INPUT';
  }
}
