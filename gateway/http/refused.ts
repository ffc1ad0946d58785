import type { GraphQLFormattedError } from 'graphql';

interface More {
  /** `extensions.code`; the usual one of the status when left out. */
  readonly code?: string;
  /** Seconds, for `Retry-After`. */
  readonly retryAfter?: number;
  readonly locations?: GraphQLFormattedError['locations'];
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
}
