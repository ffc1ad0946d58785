import type { DocumentNode } from 'graphql';
import type { Identity } from '../../subgraphs/common/identity.js';
import type { Allowance } from './bucket.js';

/** A document whose form is within the limits. */
export interface Inspected {
  readonly document: DocumentNode;
  /**
   * What an operation of it costs at most, in points, before anything is executed.
   *
   * @throws {Refused} 400 for a list asked for by an impossible length, or an operation over the limit (TOO_EXPENSIVE)
   */
  cost(operationName: string | undefined, variables: Readonly<Record<string, unknown>>): number;
}

/** What stands between a client and the planner, for one schema. */
export interface Limits {
  /**
   * Looks at a document's form, before it is validated or planned. Texts are remembered.
   *
   * @throws {Refused} 400 for what cannot be parsed, or is larger, deeper or wider than the limits
   */
  inspect(text: string): Inspected;
}

/** Who spends: a person by their subject, a partner by its subject, anybody else by their address. Holds neither in clear. */
export interface Spender {
  readonly key: string;
  readonly identity: Identity;
}

/** What all processes of the gateway count together. */
export interface Meter {
  /** Points for one operation. @throws {Refused} 429 RATE_LIMITED */
  spend(spender: Spender, points: number): Allowance | Promise<Allowance>;
  /** One more request of this client under way; what is returned ends it. @throws {Refused} 429 RATE_LIMITED */
  enter(spender: Spender): (() => void) | Promise<() => void>;
  close(): Promise<void>;
}
