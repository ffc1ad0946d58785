/** What the server tells the explorer of: plain data, for both sides. */

/** A demo person or partner whom somebody may ask as. */
export interface Asker {
  /** Tokens are got by it. */
  readonly name: string;
  readonly displayName: string;
  /** What this person is there to try out, in one line. */
  readonly purpose: string;
  /** The `sub` of the tokens. */
  readonly subject: string;
  /** Asks at `/partner/graphql`. */
  readonly partner: boolean;
}

/** An operation with all that it needs to be run. */
export interface ShownExample {
  readonly name: string;
  readonly need: string;
  /** The name of an `Asker`; absent where nobody has to sign in. */
  readonly as?: string;
  readonly text: string;
  readonly variables: Readonly<Record<string, unknown>>;
}

export interface ShownGroup {
  readonly who: string;
  readonly examples: readonly ShownExample[];
}

export interface ExplorerData {
  readonly groups: readonly ShownGroup[];
  /** Empty where people sign in at an issuer of their own. */
  readonly askers: readonly Asker[];
}
