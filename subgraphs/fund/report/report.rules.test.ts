import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { closeMonths, lastToClose, monthNumber, monthOf, totalOf, yearOf } from './report.rules.js';
import { type MonthFacts, type MonthShown, SMALLEST_GROUP } from './suppress.rules.js';

type Facts = Omit<MonthFacts, 'month'>;

const FIRST = monthNumber(2024, 7);
const close = (facts: readonly Facts[]): MonthShown[] =>
  closeMonths([], new Map(facts.map((each, index) => [FIRST + index, each])), FIRST, FIRST + facts.length - 1);

/** Groups around the smallest that may be shown, and money that says how large they were. */
const around = fc.oneof(fc.integer({ min: 0, max: 14 }), fc.integer({ min: 0, max: 40 }));
const month = fc.record({
  contributors: fc.integer({ min: 0, max: 5 }),
  contributionsFen: fc.bigInt({ min: 1n, max: 1_000n }),
  applicants: around,
  approved: around,
  grantedFen: fc.bigInt({ min: 0n, max: 1_000n }),
});
const months = fc.array(
  month.map((facts): Facts => ({ ...facts, ...(facts.contributors === 0 && { contributionsFen: 0n }) })),
  { minLength: 1, maxLength: 20 },
);

describe('a month', () => {
  test.each([
    ['2026-05-05T15:59:59Z', 2026, 3],
    ['2026-05-05T16:00:00Z', 2026, 4],
    ['2026-05-05T17:00:00Z', 2026, 4],
    ['2026-01-05T16:00:00Z', 2025, 12],
    ['2026-03-05T15:59:59Z', 2026, 1],
  ])('that can be closed at %s is at last that of %i-%i: five days after its end in Shanghai', (now, year, number) => {
    const last = lastToClose(new Date(now));
    expect([yearOf(last), monthOf(last)]).toEqual([year, number]);
  });

  test('in which nothing happened is shown as such', () => {
    expect(closeMonths([], new Map(), FIRST, FIRST)).toEqual([
      { month: FIRST, contributionsFen: 0n, applicants: 0, approved: 0, grantedFen: 0n },
    ]);
  });

  test('is closed the same, alone and with others', () => {
    fc.assert(
      fc.property(months, fc.nat(), (facts, cut) => {
        const whole = close(facts);
        const at = cut % facts.length;
        const known = new Map(facts.map((each, index) => [FIRST + index, each]));
        const first = closeMonths([], known, FIRST, FIRST + at - 1);
        const rest = closeMonths(first, known, FIRST + at, FIRST + facts.length - 1);
        expect([...first, ...rest]).toEqual(whole);
      }),
    );
  });

  test('of December guards January: who applies in the one is approved in the other', () => {
    const december = monthNumber(2024, 12);
    const nothing = { contributors: 0, contributionsFen: 0n, applicants: 0, approved: 0, grantedFen: 0n };
    const facts = new Map([
      [december, { ...nothing, applicants: 30 }],
      [december + 1, { ...nothing, approved: 25, grantedFen: 5n }],
    ]);
    const shown = closeMonths([], facts, december, december + 1);
    expect(shown.map(({ applicants, approved, grantedFen }) => [applicants, approved, grantedFen])).toEqual([
      [30, 0, 0n],
      [0, null, null],
    ]);
  });
});

describe('of what is hidden', () => {
  test('any number from 1 to 10 would have been hidden the same, in all months at once', () => {
    fc.assert(
      fc.property(months, fc.infiniteStream(fc.integer({ min: 1, max: 10 })), (facts, others) => {
        const shown = close(facts);
        const other = () => others.next().value as number;
        const elsewhere = facts.map((each, index): Facts => {
          const { applicants, approved, contributionsFen } = shown[index] as MonthShown;
          return {
            ...each,
            ...(applicants === null && { applicants: other() }),
            ...(approved === null && { approved: other(), grantedFen: BigInt(other()) }),
            ...(contributionsFen === null && { contributors: 1 + (other() % 2), contributionsFen: BigInt(other()) }),
          };
        });
        expect(close(elsewhere)).toEqual(shown);
      }),
      { numRuns: 500 },
    );
  });

  test('no sum of months in a row leaves a few, over the turn of a year neither', () => {
    fc.assert(
      fc.property(months, (facts) => {
        const shown = close(facts);
        for (let from = 0; from < shown.length; from++) {
          let left = 0;
          for (const { applicants, approved } of shown.slice(from)) {
            if (applicants === null || approved === null) break;
            left += applicants - approved;
            expect(left === 0 || Math.abs(left) >= SMALLEST_GROUP).toBe(true);
          }
        }
      }),
      { numRuns: 500 },
    );
  });

  test('no total tells', () => {
    fc.assert(
      fc.property(months, (facts) => {
        const shown = close(facts);
        const total = totalOf(shown);
        for (const column of ['contributionsFen', 'applicants', 'approved', 'grantedFen'] as const) {
          const cells = shown.map((each) => each[column]);
          const sum = cells.reduce((all: bigint, cell) => all + BigInt(cell ?? 0), 0n);
          expect(total[column] === null ? null : BigInt(total[column])).toEqual(cells.includes(null) ? null : sum);
        }
      }),
    );
  });
});
