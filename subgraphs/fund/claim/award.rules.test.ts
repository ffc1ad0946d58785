import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { decideTier, type Tier } from '../application/application.rules.js';
import {
  AWARD_LIMITS,
  type AwardFacts,
  type AwardLimit,
  awardAfterRefund,
  decideAward,
  type Expense,
  PAYERS,
  type Payer,
} from './award.rules.js';

/** The fen in an amount of yuan with two places, such as '-4999.99'. */
const fen = (yuan: string): bigint => BigInt(yuan.replace('.', ''));

type Line = readonly [amount: string, paidByOthers?: Partial<Record<Payer, string>>];

const expense = ([amount, paid = {}]: Line): Expense => ({
  amountFen: fen(amount),
  paidByOthers: Object.fromEntries(Object.entries(paid).map(([payer, yuan]) => [payer, fen(yuan)])),
});

const AMPLE = '99999999.00';
const facts = (lines: readonly Line[], sharePercent: number, leftOfGrant = AMPLE, leftOfCap = AMPLE): AwardFacts => ({
  expenses: lines.map(expense),
  sharePercent,
  leftOfGrantFen: fen(leftOfGrant),
  leftOfAnnualCapFen: fen(leftOfCap),
});

const SHARE = 'SHARE_OF_SELF_PAID';
const GRANT = 'LEFT_OF_GRANT';
const CAP = 'LEFT_OF_ANNUAL_CAP';

describe('what a claim is awarded', () => {
  test.each<[string, AwardFacts, string, AwardLimit]>([
    ['one fen at 30 % comes to nothing', facts([['0.01']], 30), '0.00', SHARE],
    ['three fen at 30 % come to nothing', facts([['0.03']], 30), '0.00', SHARE],
    ['four fen at 30 % come to one fen', facts([['0.04']], 30), '0.01', SHARE],
    ['one fen at 50 % comes to nothing', facts([['0.01']], 50), '0.00', SHARE],
    ['two fen at 50 % come to one fen', facts([['0.02']], 50), '0.01', SHARE],
    ['two fen at 40 % come to nothing', facts([['0.02']], 40), '0.00', SHARE],
    ['99.99 yuan at 30 % lose 0.7 of a fen', facts([['99.99']], 30), '29.99', SHARE],
    ['a share of whole fen loses nothing', facts([['1000.10']], 30), '300.03', SHARE],
    ['tier I pays 30 %', facts([['10000.00']], 30), '3000.00', SHARE],
    ['tier II pays 40 %', facts([['10000.00']], 40), '4000.00', SHARE],
    ['tier III pays 50 %', facts([['10000.00']], 50), '5000.00', SHARE],
    ['a share of nothing is nothing', facts([['10000.00']], 0), '0.00', SHARE],
    ['a share of everything is everything that was self-paid', facts([['123.45']], 100), '123.45', SHARE],
    ['a claim without lines comes to nothing', facts([], 50), '0.00', SHARE],
    ['a line of nothing comes to nothing', facts([['0.00']], 50), '0.00', SHARE],

    ['lines of 0.01 count together: four at 30 % are one fen', facts(Array(4).fill(['0.01']), 30), '0.01', SHARE],
    ['lines of 0.99 lose less than a fen in all, not each', facts(Array(10).fill(['0.99']), 30), '2.97', SHARE],
    ['three lines are awarded on their sum', facts([['100.00'], ['250.50'], ['49.50']], 40), '160.00', SHARE],

    [
      'what basic insurance paid is not awarded again',
      facts([['1000.00', { BASIC_INSURANCE: '600.00' }]], 30),
      '120.00',
      SHARE,
    ],
    [
      'all five payers are taken off',
      facts(
        [
          [
            '1000.00',
            {
              BASIC_INSURANCE: '400.00',
              SERIOUS_ILLNESS_INSURANCE: '200.00',
              MEDICAL_ASSISTANCE: '100.00',
              COMMERCIAL_INSURANCE: '50.00',
              OTHER_CHARITY: '25.00',
            },
          ],
        ],
        40,
      ),
      '90.00',
      SHARE,
    ],
    ['others paid everything', facts([['1000.00', { MEDICAL_ASSISTANCE: '1000.00' }]], 50), '0.00', SHARE],
    [
      'others paid all but a fen, half of which is nothing',
      facts([['1000.00', { COMMERCIAL_INSURANCE: '999.99' }]], 50),
      '0.00',
      SHARE,
    ],
    [
      'others paid all but two fen, half of which is one',
      facts([['1000.00', { COMMERCIAL_INSURANCE: '999.98' }]], 50),
      '0.01',
      SHARE,
    ],
    [
      'different payers of different lines are each taken off',
      facts([['500.00', { BASIC_INSURANCE: '300.00' }], ['500.00', { OTHER_CHARITY: '100.00' }], ['50.00']], 50),
      '325.00',
      SHARE,
    ],
    [
      'a line that others paid more for than it cost takes nothing from another',
      facts([['100.00', { BASIC_INSURANCE: '150.00' }], ['100.00']], 50),
      '50.00',
      SHARE,
    ],

    ['the grant binds when a fen less is left of it', facts([['1000.00']], 30, '299.99'), '299.99', GRANT],
    ['the share binds when a fen more is left of the grant', facts([['1000.00']], 30, '300.01'), '300.00', SHARE],
    ['the cap binds when a fen less is left of it', facts([['1000.00']], 30, AMPLE, '299.99'), '299.99', CAP],
    ['the share binds when a fen more is left of the cap', facts([['1000.00']], 30, AMPLE, '300.01'), '300.00', SHARE],
    ['the grant binds by a fen before the cap', facts([['1000.00']], 30, '100.00', '100.01'), '100.00', GRANT],
    ['the cap binds by a fen before the grant', facts([['1000.00']], 30, '100.01', '100.00'), '100.00', CAP],
    ['share and grant alike: the share binds', facts([['1000.00']], 30, '300.00'), '300.00', SHARE],
    ['share and cap alike: the share binds', facts([['1000.00']], 30, AMPLE, '300.00'), '300.00', SHARE],
    ['grant and cap alike: the grant binds', facts([['1000.00']], 30, '200.00', '200.00'), '200.00', GRANT],
    ['all three alike: the share binds', facts([['1000.00']], 30, '300.00', '300.00'), '300.00', SHARE],
    ['rounding down makes share and grant alike', facts([['99.99']], 30, '29.99'), '29.99', SHARE],

    ['nothing is left of the grant', facts([['1000.00']], 30, '0.00'), '0.00', GRANT],
    ['nothing is left of the cap', facts([['1000.00']], 30, AMPLE, '0.00'), '0.00', CAP],
    ['nothing self-paid and nothing left: the share binds', facts([['0.00']], 30, '0.00', '0.00'), '0.00', SHARE],
    ['a grant below zero counts as nothing left', facts([['1000.00']], 30, '-5.00'), '0.00', GRANT],
    ['a cap below zero counts as nothing left', facts([['1000.00']], 30, AMPLE, '-0.01'), '0.00', CAP],
    ['a cap further below zero than the grant is no less', facts([['9.00']], 30, '-0.01', '-9.00'), '0.00', GRANT],
    ['one fen left of the cap is awarded', facts([['1000.00']], 30, AMPLE, '0.01'), '0.01', CAP],

    [
      '100,000.00 at 50 % fill the cap to the fen',
      facts([['100000.00']], 50, '50000.00', '50000.00'),
      '50000.00',
      SHARE,
    ],
    ['100,000.01 at 50 % round down to the cap', facts([['100000.01']], 50, '50000.00', '50000.00'), '50000.00', SHARE],
    ['100,000.02 at 50 % are a fen over the cap', facts([['100000.02']], 50, '50000.01', '50000.00'), '50000.00', CAP],
    ['99,999.99 at 50 % leave a fen of the cap', facts([['99999.99']], 50, '50000.00', '50000.00'), '49999.99', SHARE],
    [
      'a bill of ninety thousand million yuan is bound by the cap',
      facts([['90071992547409.93']], 50, AMPLE, '50000.00'),
      '50000.00',
      CAP,
    ],
    [
      'an amount that no float can hold is exact to the fen',
      facts([['90071992547409.93']], 100, '90071992547409.94', '90071992547409.94'),
      '90071992547409.93',
      SHARE,
    ],
  ])('%s', (_, claim, awarded, binding) => {
    expect(decideAward(claim)).toMatchObject({ awardFen: fen(awarded), binding });
  });

  test('the award explains itself: who paid what, and all three limits in their order', () => {
    const claim = facts(
      [
        ['1000.00', { BASIC_INSURANCE: '400.00', OTHER_CHARITY: '0.50' }],
        ['200.00', { BASIC_INSURANCE: '100.00' }],
      ],
      30,
      '150.00',
      '-1.00',
    );
    expect(decideAward(claim)).toEqual({
      askedFen: fen('1200.00'),
      paidByOthersFen: fen('500.50'),
      byPayer: {
        BASIC_INSURANCE: fen('500.00'),
        SERIOUS_ILLNESS_INSURANCE: 0n,
        MEDICAL_ASSISTANCE: 0n,
        COMMERCIAL_INSURANCE: 0n,
        OTHER_CHARITY: fen('0.50'),
      },
      selfPaidFen: fen('699.50'),
      sharePercent: 30,
      limits: [
        { limit: SHARE, amountFen: fen('209.85') },
        { limit: GRANT, amountFen: fen('150.00') },
        { limit: CAP, amountFen: 0n },
      ],
      awardFen: 0n,
      binding: CAP,
    });
  });
});

describe('the share that a tier gives', () => {
  const TIERS: Tier[] = [
    { tier: 'I', fromExpenseFen: fen('5000.00'), sharePercent: 30, yearlyMaximumFen: fen('10000.00') },
    { tier: 'II', fromExpenseFen: fen('30000.00'), sharePercent: 40, yearlyMaximumFen: fen('30000.00') },
    { tier: 'III', fromExpenseFen: fen('100000.00'), sharePercent: 50, yearlyMaximumFen: fen('50000.00') },
  ];

  test.each<[string, string, string | null, AwardLimit | null]>([
    ['a fen below tier I there is no tier to award by', '4999.99', null, null],
    ['at the edge of tier I 30 % are awarded', '5000.00', '1500.00', SHARE],
    ['a fen below tier II 30 % are awarded, less what rounding takes', '29999.99', '8999.99', SHARE],
    ['at the edge of tier II 40 % are awarded', '30000.00', '12000.00', SHARE],
    ['a fen below tier III the yearly maximum of tier II binds', '99999.99', '30000.00', GRANT],
    ['at the edge of tier III 50 % are both its maximum and the cap', '100000.00', '50000.00', SHARE],
    ['above the edge of tier III its maximum binds', '100000.02', '50000.00', GRANT],
  ])('%s', (_, expenseOfTheYear, awarded, binding) => {
    const tier = decideTier(fen(expenseOfTheYear), TIERS);
    const award =
      tier &&
      decideAward({
        expenses: [expense([expenseOfTheYear])],
        sharePercent: tier.sharePercent,
        leftOfGrantFen: tier.yearlyMaximumFen,
        leftOfAnnualCapFen: fen('50000.00'),
      });
    expect(award?.awardFen ?? null).toBe(awarded && fen(awarded));
    expect(award?.binding ?? null).toBe(binding);
  });
});

describe('what the award would have been without what was refunded', () => {
  const insured: Line = ['1000.00', { BASIC_INSURANCE: '400.00' }];

  test.each<[string, AwardFacts, [expense: number, refunded: string][], string]>([
    ['nothing refunded leaves the award', facts([['1000.00']], 30), [], '300.00'],
    ['a refund of nothing leaves the award', facts([['1000.00']], 30), [[0, '0.00']], '300.00'],
    ['a refund of everything leaves nothing', facts([['1000.00']], 30), [[0, '1000.00']], '0.00'],
    ['a refund of more than the line cost leaves nothing', facts([['1000.00']], 30), [[0, '1000.01']], '0.00'],
    ['half refunded halves the award', facts([['1000.00']], 30), [[0, '500.00']], '150.00'],
    ['a fen refunded costs the fen that rounding then takes', facts([['1000.00']], 30), [[0, '0.01']], '299.99'],
    ['a refund lowers what the patient paid, not what others did', facts([insured], 50), [[0, '500.00']], '50.00'],
    ['a refund of all that the patient paid leaves nothing', facts([insured], 50), [[0, '600.00']], '0.00'],
    ['beyond what the patient paid there is nothing to lose', facts([insured], 50), [[0, '900.00']], '0.00'],
    [
      'a line refunded beyond its self-paid part spares others',
      facts([insured, ['10.00']], 50),
      [[0, '1000.00']],
      '5.00',
    ],
    [
      'two refunds of one line add up',
      facts([['1000.00']], 50),
      [
        [0, '200.00'],
        [0, '300.00'],
      ],
      '250.00',
    ],
    [
      'refunds of two lines add up',
      facts([['1000.00'], ['500.00']], 50),
      [
        [0, '200.00'],
        [1, '500.00'],
      ],
      '400.00',
    ],
    [
      'a refund above what the grant left bound costs nothing',
      facts([['1000.00']], 50, '300.00'),
      [[0, '400.00']],
      '300.00',
    ],
    ['a fen further the share binds', facts([['1000.00']], 50, '300.00'), [[0, '400.01']], '299.99'],
    ['the cap of then still binds', facts([['1000.00']], 50, AMPLE, '100.00'), [[0, '700.00']], '100.00'],
  ])('%s', (_, claim, refunds, left) => {
    const given = refunds.map(([line, refunded]) => ({ expense: line, refundedFen: fen(refunded) }));
    expect(awardAfterRefund(claim, given)).toBe(fen(left));
  });

  test('a refund of a line that is not in the claim, or below zero, is an error', () => {
    const claim = facts([['1000.00']], 30);
    expect(() => awardAfterRefund(claim, [{ expense: 1, refundedFen: 1n }])).toThrow(RangeError);
    expect(() => awardAfterRefund(claim, [{ expense: 0, refundedFen: -1n }])).toThrow(RangeError);
  });
});

describe('whatever is claimed', () => {
  const amount = fc.oneof(fc.bigInt({ min: 0n, max: 300n }), fc.bigInt({ min: 0n, max: fen('200000.00') }));
  const percent = fc.oneof(fc.constantFrom(30, 40, 50), fc.integer({ min: 0, max: 100 }));
  const paid = fc.dictionary(fc.constantFrom(...PAYERS), amount, { noNullPrototype: true });
  /** Others paid at most what it cost. */
  const line = fc.tuple(amount, paid).map(([selfPaid, paidByOthers]): Expense => {
    const others = Object.values(paidByOthers).reduce((sum, each) => sum + each, 0n);
    return { amountFen: selfPaid + others, paidByOthers };
  });
  const claim: fc.Arbitrary<AwardFacts> = fc.record({
    expenses: fc.array(line, { maxLength: 6 }),
    sharePercent: percent,
    leftOfGrantFen: fc.oneof(amount, fc.bigInt({ min: -500n, max: 0n })),
    leftOfAnnualCapFen: fc.oneof(amount, fc.bigInt({ min: -500n, max: 0n })),
  });

  test('the award is the binding limit, at most every limit, at most what was self-paid, and never below zero', () => {
    fc.assert(
      fc.property(claim, (one) => {
        const { awardFen, limits, binding, selfPaidFen } = decideAward(one);
        expect(limits.map(({ limit }) => limit)).toEqual([...AWARD_LIMITS]);
        expect(limits.every(({ amountFen }) => awardFen <= amountFen && amountFen >= 0n)).toBe(true);
        expect(limits.find(({ limit }) => limit === binding)?.amountFen).toBe(awardFen);
        expect(awardFen >= 0n && awardFen <= selfPaidFen).toBe(true);
      }),
    );
  });

  test('the award and what others paid are together at most what was asked', () => {
    fc.assert(
      fc.property(claim, (one) => {
        const { awardFen, paidByOthersFen, askedFen, byPayer } = decideAward(one);
        expect(awardFen + paidByOthersFen <= askedFen).toBe(true);
        expect(Object.values(byPayer).reduce((sum, each) => sum + each, 0n)).toBe(paidByOthersFen);
      }),
    );
  });

  test('rounding takes less than a fen', () => {
    fc.assert(
      fc.property(claim, (one) => {
        const { selfPaidFen, sharePercent, limits } = decideAward(one);
        const lost = selfPaidFen * BigInt(sharePercent) - (limits[0]?.amountFen ?? 0n) * 100n;
        expect(lost >= 0n && lost < 100n).toBe(true);
      }),
    );
  });

  test('who paid more themselves is never awarded less', () => {
    fc.assert(
      fc.property(claim, amount, (one, more) => {
        const dearer = { ...one, expenses: [...one.expenses, { amountFen: more, paidByOthers: {} }] };
        expect(decideAward(dearer).awardFen >= decideAward(one).awardFen).toBe(true);
        const [first, ...rest] = one.expenses;
        if (!first) return;
        const raised = { ...one, expenses: [{ ...first, amountFen: first.amountFen + more }, ...rest] };
        expect(decideAward(raised).awardFen >= decideAward(one).awardFen).toBe(true);
      }),
    );
  });

  test('cutting a line in two never changes the award', () => {
    fc.assert(
      fc.property(claim, fc.bigInt({ min: 0n, max: 100n }), (one, part) => {
        const cut = one.expenses.flatMap(({ amountFen, paidByOthers }): Expense[] => {
          const selfPaid = amountFen - Object.values(paidByOthers).reduce((sum, each) => sum + each, 0n);
          const piece = (selfPaid * part) / 100n;
          return [
            { amountFen: piece, paidByOthers: {} },
            { amountFen: amountFen - piece, paidByOthers },
          ];
        });
        const { expenses: _, ...rest } = one;
        expect(decideAward({ ...rest, expenses: cut })).toEqual(decideAward(one));
      }),
    );
  });

  const refunds = (one: AwardFacts) =>
    one.expenses.length === 0
      ? fc.constant([])
      : fc.array(fc.record({ expense: fc.nat(one.expenses.length - 1), refundedFen: amount }), { maxLength: 6 });
  const refunded = claim.chain((one) => fc.tuple(fc.constant(one), refunds(one)));

  test('a refund never raises the award, nor takes it below zero, and one more refund never raises it again', () => {
    fc.assert(
      fc.property(refunded, ([one, given]) => {
        const left = given.map((_, count) => awardAfterRefund(one, given.slice(0, count + 1)));
        [decideAward(one).awardFen, ...left].reduce((before, after) => {
          expect(after >= 0n && after <= before).toBe(true);
          return after;
        });
      }),
    );
  });

  test('where no limit binds, the award after refunds is the share of what is then self-paid', () => {
    fc.assert(
      fc.property(refunded, ([bound, given]) => {
        const one = { ...bound, leftOfGrantFen: fen(AMPLE), leftOfAnnualCapFen: fen(AMPLE) };
        const reduced = one.expenses.map((each, index) => {
          const back = given.reduce((sum, refund) => (refund.expense === index ? sum + refund.refundedFen : sum), 0n);
          return { ...each, amountFen: back > each.amountFen ? 0n : each.amountFen - back };
        });
        expect(awardAfterRefund(one, given)).toBe(decideAward({ ...one, expenses: reduced }).awardFen);
      }),
    );
  });
});
