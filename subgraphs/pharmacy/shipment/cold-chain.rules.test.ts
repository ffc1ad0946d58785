import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { believed, downSampled, inOrder, judgeColdChain, type Reading } from './cold-chain.rules.js';
import { ColdChainVerdict } from './temperature.js';

const MINUTE = 60_000;
const HOUR_ALLOWED = { coldChain: true, allowanceMinutes: 60, deliveredAt: null };

/** Readings by the minute at which they were made, in degrees. */
const said = (...of: [minute: number, celsius: number][]): Reading[] =>
  of.map(([minute, celsius]) => ({ at: minute * MINUTE, centi: Math.round(celsius * 100) }));

const reading = fc.record({
  at: fc.integer({ min: 0, max: 600 }).map((minute) => minute * MINUTE),
  centi: fc.integer({ min: -2_000, max: 4_000 }),
});
const readings = fc.array(reading, { maxLength: 60 });
const chain = fc.record({
  coldChain: fc.boolean(),
  allowanceMinutes: fc.integer({ min: 0, max: 1_440 }),
  deliveredAt: fc.option(fc.integer({ min: 0, max: 600 }).map((minute) => minute * MINUTE)),
});
/** The same things in another order, some of them more than once. */
const shuffledWithRepeats = <T>(of: readonly T[]): fc.Arbitrary<T[]> =>
  fc
    .tuple(fc.shuffledSubarray([...of], { minLength: of.length }), fc.subarray([...of]), fc.subarray([...of]))
    .map(([all, some, more]) => [...some, ...all, ...more]);

describe('the cold chain', () => {
  test.each([
    ['nothing is known', [], ColdChainVerdict.NO_READINGS, 0],
    ['2 and 8 °C are both still good', said([0, 2], [10, 8], [20, 5]), ColdChainVerdict.KEPT, 0],
    ['a hundredth above 8 °C is outside', said([0, 8.01], [10, 5]), ColdChainVerdict.WITHIN_ALLOWANCE, 10],
    ['below 2 °C is outside, too', said([0, 1.99], [10, 5]), ColdChainVerdict.WITHIN_ALLOWANCE, 10],
    ['as long as is allowed is allowed', said([0, 9], [30, 9], [60, 5]), ColdChainVerdict.WITHIN_ALLOWANCE, 60],
    ['a minute more is too long', said([0, 9], [30, 9], [60, 9], [61, 5]), ColdChainVerdict.TOO_LONG_OUTSIDE, 61],
    [
      'stretches are added up over the whole way',
      said([0, 9], [30, 5], [300, 1], [330, 5], [400, 20], [401, 4]),
      ColdChainVerdict.TOO_LONG_OUTSIDE,
      61,
    ],
    ['silence counts for 30 minutes at most', said([0, 9], [500, 5]), ColdChainVerdict.WITHIN_ALLOWANCE, 30],
    ['the last reading of a parcel under way counts nothing yet', said([0, 9]), ColdChainVerdict.WITHIN_ALLOWANCE, 0],
    ['0 °C is frozen at once', said([0, 5], [1, 0], [2, 5]), ColdChainVerdict.FROZEN, 1],
    ['a hundredth above 0 °C is not', said([0, 5], [1, 0.01], [2, 5]), ColdChainVerdict.WITHIN_ALLOWANCE, 1],
  ])('%s', (_, given, verdict, outsideMinutes) => {
    expect(judgeColdChain(given, HOUR_ALLOWED)).toMatchObject({ verdict, outsideMinutes });
  });

  test('a begun minute counts', () => {
    const given = [...said([0, 9]), { at: 1, centi: 500 }];
    expect(judgeColdChain(given, { ...HOUR_ALLOWED, allowanceMinutes: 0 })).toMatchObject({
      outsideMinutes: 1,
      verdict: ColdChainVerdict.TOO_LONG_OUTSIDE,
    });
  });

  test('the last reading counts until the delivery, and what comes later says nothing of the parcel', () => {
    const given = said([0, 5], [10, 9], [21, 25], [22, -5]);
    expect(judgeColdChain(given, { ...HOUR_ALLOWED, deliveredAt: 20 * MINUTE })).toMatchObject({
      outsideMinutes: 10,
      frozen: false,
      count: 2,
    });
  });

  test('what need not be kept cold is never judged', () => {
    const given = said([0, 25], [30, 25], [600, -5]);
    const verdict = judgeColdChain(given, { ...HOUR_ALLOWED, coldChain: false }).verdict;
    expect(verdict).toBe(ColdChainVerdict.NOT_REQUIRED);
  });

  test('the verdict is explained in words', () => {
    expect(judgeColdChain(said([0, 4], [30, 12.5], [60, 11], [90, 11], [120, 5]), HOUR_ALLOWED).explanation).toBe(
      'It was outside of 2 to 8 °C for 90 minutes (4.0 °C to 12.5 °C), and only 60 minutes are allowed over the whole way.',
    );
    expect(judgeColdChain(said([0, 4], [1, -0.5]), HOUR_ALLOWED).explanation).toBe(
      'It froze: it was at -0.5 °C, and what has been at 0 °C or below is spoilt at once.',
    );
  });

  test('is the same in whatever order and however often the readings come', () =>
    fc.assert(
      fc.property(
        readings.chain((of) => fc.tuple(fc.constant(of), shuffledWithRepeats(of))),
        chain,
        ([once, again], parcel) => expect(judgeColdChain(again, parcel)).toEqual(judgeColdChain(once, parcel)),
      ),
    ));

  test('never counts more than 30 minutes a reading, or more than there is time', () =>
    fc.assert(
      fc.property(readings, chain, (of, parcel) => {
        const { outsideMinutes, count } = judgeColdChain(of, parcel);
        const times = of.map(({ at }) => at);
        const until = parcel.deliveredAt ?? Math.max(...times, 0);
        expect(outsideMinutes).toBeLessThanOrEqual(count * 30);
        expect(outsideMinutes).toBeLessThanOrEqual(Math.max(0, (until - Math.min(...times, until)) / MINUTE));
      }),
    ));

  test('counts the minutes in which what was said last lay outside', () =>
    fc.assert(
      fc.property(readings, (of) => {
        const known = inOrder(of);
        let minutes = 0;
        for (let minute = 0; minute < 600; minute++) {
          const now = minute * MINUTE;
          const speaks = known.filter(({ at }) => at <= now && now - at < 30 * MINUTE).at(-1);
          const isLast = speaks === known.at(-1);
          if (speaks && !isLast && (speaks.centi < 200 || speaks.centi > 800)) minutes++;
        }
        expect(judgeColdChain(of, HOUR_ALLOWED).outsideMinutes).toBe(minutes);
      }),
    ));
});

test('of two readings of one time the worse one is believed, whichever comes first', () => {
  expect([believed(500, 900), believed(900, 500), believed(100, 800), believed(0, 1_000)]).toEqual([
    900, 900, 100, 1_000,
  ]);
  fc.assert(
    fc.property(fc.integer(), fc.integer(), fc.integer(), (a, b, c) => {
      expect(believed(a, b)).toBe(believed(b, a));
      expect(believed(believed(a, b), c)).toBe(believed(a, believed(b, c)));
    }),
  );
});

describe('readings for a chart', () => {
  const ordered = readings.map(inOrder);
  const most = fc.integer({ min: 2, max: 40 });

  test('are at most as many as asked for, in order, each of them measured, and keep both extremes', () =>
    fc.assert(
      fc.property(ordered, most, (all, limit) => {
        const shown = downSampled(all, limit);
        expect(shown.length).toBeLessThanOrEqual(limit);
        expect(all).toEqual(expect.arrayContaining([...shown]));
        expect(shown).toEqual(inOrder(shown));
        const extremes = (of: readonly Reading[]) => [
          Math.min(...of.map(({ centi }) => centi)),
          Math.max(...of.map(({ centi }) => centi)),
        ];
        expect(extremes(shown)).toEqual(extremes(all));
      }),
    ));

  test('are all of them where there are no more', () =>
    fc.assert(fc.property(ordered, (all) => expect(downSampled(all, Math.max(2, all.length))).toBe(all))));
});
