import fc from 'fast-check';

/**
 * What can happen to a fund. `of` says to which of the things that are there by then, whatever state it is in: what does
 * not fit is refused, and that is part of the game.
 */
export type Operation = { readonly copies: number; readonly together: boolean } & (
  | { readonly kind: 'contribute'; readonly fen: bigint }
  | { readonly kind: 'bounce'; readonly of: number }
  | { readonly kind: 'apply'; readonly patient: number; readonly disease: number; readonly expenseFen: bigint }
  | { readonly kind: 'approve' | 'reject' | 'withdraw'; readonly of: number }
  | { readonly kind: 'claim'; readonly of: number; readonly fen: bigint; readonly invoice: number }
  | { readonly kind: 'claimOrder'; readonly of: number; readonly order: number }
  | { readonly kind: 'check' | 'decide' | 'withdrawClaim' | 'reverse'; readonly of: number }
  | { readonly kind: 'refund'; readonly order: number; readonly fen: bigint }
  | { readonly kind: 'repay'; readonly of: number }
  | { readonly kind: 'batch' }
  | { readonly kind: 'release' | 'cancel'; readonly of: number }
  | { readonly kind: 'answer'; readonly of: number; readonly returned: boolean }
  | { readonly kind: 'revoke'; readonly of: number }
  | { readonly kind: 'expire' }
  | { readonly kind: 'jobs' }
);

const index = fc.nat({ max: 5 });
const yuan = (amount: number): bigint => BigInt(amount) * 100n;
/** At the edges of tiers and caps, and anything. */
const expense = fc.oneof(
  fc.constantFrom(yuan(5_000), yuan(29_999), yuan(30_000), yuan(75_000), yuan(100_000), yuan(10_000_000)),
  fc.bigInt({ min: yuan(5_000), max: yuan(120_000) }),
);
const small = fc.oneof(fc.constantFrom(1n, 3n, yuan(50_000)), fc.bigInt({ min: 1n, max: yuan(60_000) }));

const of = (kind: string) => fc.record({ kind: fc.constant(kind), of: index });
const WHAT: readonly fc.WeightedArbitrary<object>[] = [
  {
    weight: 5,
    arbitrary: fc.record({ kind: fc.constant('contribute'), fen: fc.bigInt({ min: 1n, max: yuan(60_000) }) }),
  },
  { weight: 2, arbitrary: of('bounce') },
  {
    weight: 5,
    arbitrary: fc.record({ kind: fc.constant('apply'), patient: index, disease: index, expenseFen: expense }),
  },
  { weight: 6, arbitrary: of('approve') },
  { weight: 1, arbitrary: of('reject') },
  { weight: 1, arbitrary: of('withdraw') },
  { weight: 6, arbitrary: fc.record({ kind: fc.constant('claim'), of: index, fen: small, invoice: index }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('claimOrder'), of: index, order: index }) },
  { weight: 7, arbitrary: of('check') },
  { weight: 7, arbitrary: of('decide') },
  { weight: 1, arbitrary: of('withdrawClaim') },
  { weight: 2, arbitrary: of('reverse') },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('refund'), order: index, fen: small }) },
  { weight: 2, arbitrary: of('repay') },
  { weight: 5, arbitrary: fc.constant({ kind: 'batch' }) },
  { weight: 5, arbitrary: of('release') },
  { weight: 1, arbitrary: of('cancel') },
  { weight: 5, arbitrary: fc.record({ kind: fc.constant('answer'), of: index, returned: fc.boolean() }) },
  { weight: 1, arbitrary: of('revoke') },
  { weight: 1, arbitrary: fc.constant({ kind: 'expire' }) },
  { weight: 3, arbitrary: fc.constant({ kind: 'jobs' }) },
];

/** One thing that happens: sent so many times under one key, at once, and perhaps at the same time as what comes next. */
const operation = fc
  .record({
    what: fc.oneof(...WHAT),
    copies: fc.oneof(
      { weight: 3, arbitrary: fc.constant(1) },
      { weight: 2, arbitrary: fc.integer({ min: 2, max: 5 }) },
    ),
    together: fc.boolean(),
  })
  .map(({ what, copies, together }) => ({ ...what, copies, together }) as Operation);

/** A way on which money goes from a contribution to a paid claim; random sequences alone seldom come so far. */
const ARRIVES: readonly Operation[] = (
  [
    { kind: 'contribute', fen: yuan(40_000) },
    { kind: 'apply', patient: 0, disease: 0, expenseFen: yuan(60_000) },
    { kind: 'approve', of: 0 },
    { kind: 'claim', of: 0, fen: yuan(20_000), invoice: 0 },
    { kind: 'claimOrder', of: 0, order: 0 },
    { kind: 'check', of: 0 },
    { kind: 'check', of: 1 },
    { kind: 'decide', of: 0 },
    { kind: 'decide', of: 1 },
    { kind: 'batch' },
    { kind: 'release', of: 0 },
    { kind: 'jobs' },
  ] as const
).map((what) => ({ ...what, copies: 1, together: false }));

/** What the simulated bank does with an account by its last digits: pays, refuses, waits, says so twice, names a stranger. */
export const ACCOUNTS = [
  '6222000000007777',
  '6222000000000000',
  '6222000000001111',
  '6222000000002222',
  '6222000000003333',
];

/** A sequence, and the accounts of the patients in it. */
export interface Play {
  readonly accounts: readonly string[];
  readonly operations: readonly Operation[];
}

/** @param longest at most so many operations, besides those that lead the way */
export const plays = (longest: number): fc.Arbitrary<Play> =>
  fc.record({
    accounts: fc.array(
      fc.oneof(
        { weight: 3, arbitrary: fc.constant(ACCOUNTS[0] as string) },
        { weight: 2, arbitrary: fc.constantFrom(...ACCOUNTS) },
      ),
      {
        minLength: 2,
        maxLength: 3,
      },
    ),
    operations: fc
      .record({
        lead: fc.nat({ max: ARRIVES.length }),
        rest: fc.array(operation, { minLength: 1, maxLength: longest }),
      })
      .map(({ lead, rest }) => [...ARRIVES.slice(0, lead), ...rest]),
  });
