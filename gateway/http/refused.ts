import type { GraphQLFormattedError } from 'graphql';

/** The codes of answers that are not made by GraphQL, by HTTP status. */
const CODES: Readonly<Record<number, string>> = {
  401: 'UNAUTHENTICATED',
  403: 'FORBIDDEN',
  429: 'RATE_LIMITED',
  500: 'INTERNAL',
  503: 'SUBGRAPH_UNAVAILABLE',
};

interface More {
  /** `extensions.code`; the usual one of the status when left out. */
  readonly code?: string;
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
    readonly status: number,
    message: string,
    readonly more: More = {},
  ) {
    super(message);
  }

  /** `extensions.code`. */
  get code(): string {
    return this.more.code ?? CODES[this.status] ?? 'BAD_USER_INPUT';
  }
}
