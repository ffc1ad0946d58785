import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { type MonthFacts, type ReportShown, SMALLEST_GROUP, suppress } from './suppress.rules.js';

/** A year of that many months, of whom each had so many applicants and approved; 1,000 yuan for each of the approved. */
const year = (...counts: readonly (readonly [applicants: number, approved: number])[]): MonthFacts[] =>
  counts.map(([applicants, approved], index) => ({
    month: index + 1,
    contributors: 0,
    contributionsFen: 0n,
    applicants,
    approved,
    grantedFen: BigInt(approved) * 100_000n,
  }));

const countsShown = (report: ReportShown) =>
  report.months.map(({ applicants, approved }) => [applicants, approved] as const);

const tooFew = (count: number): boolean => count !== 0 && Math.abs(count) < SMALLEST_GROUP;

describe('what is shown of a month', () => {
  test.each<[string, [number, number], [number | null, number | null]]>([
    ['0 is about nobody', [0, 0], [0, 0]],
    ['one applicant is hidden', [1, 0], [null, null]],
    ['ten applicants are hidden', [10, 0], [null, null]],
    ['eleven applicants are shown, and that none was approved', [11, 0], [11, 0]],
    ['ten approved are hidden, the applicants stay', [40, 10], [40, null]],
    ['eleven approved are shown', [40, 11], [40, 11]],
    ['eleven who were not approved are shown by the difference', [40, 29], [40, 29]],
    ['ten who were not are hidden with the approved', [40, 30], [40, null]],
    ['one who was not is hidden with the approved', [40, 39], [40, null]],
    ['that all were approved is shown', [40, 40], [40, 40]],
    ['one approved more than applied is hidden', [40, 41], [40, null]],
    ['ten approved more than applied are hidden', [40, 50], [40, null]],
    ['eleven approved more than applied are shown', [40, 51], [40, 51]],
    ['approvals without applicants are shown when many', [0, 11], [0, 11]],
    ['and hidden when few', [0, 10], [0, null]],
    ['many approved beside hidden applicants are hidden, else 12 would tell that one applied', [1, 12], [null, null]],
    ['so they are far beyond', [5, 500], [null, null]],
  ])('%s', (_, counts, shown) => {
    const report = suppress(year(counts));
    expect(countsShown(report)).toEqual([shown]);
    expect(report.months[0]?.grantedFen).toBe(shown[1] === null ? null : BigInt(shown[1]) * 100_000n);
  });

  test.each<[string, number, bigint, bigint | null]>([
    ['no contribution is shown', 0, 0n, 0n],
    ['the gift of one party is hidden', 1, 500n, null],
    ['of two, each could read the other', 2, 500n, null],
    ['of three, none can', 3, 500n, 500n],
    ['money of which nobody says from whom is hidden', 0, 500n, null],
  ])('%s', (_, contributors, contributionsFen, shown) => {
    const months = year([0, 0]).map((month) => ({ ...month, contributors, contributionsFen }));
    expect(suppress(months).months[0]?.contributionsFen).toBe(shown);
  });

  test('money granted without anybody approved is hidden, from the total too', () => {
    const months = year([20, 0], [20, 40]).map((month) => ({ ...month, grantedFen: 700n }));
    const { months: shown, total } = suppress(months);
    expect(shown.map(({ grantedFen }) => grantedFen)).toEqual([null, 700n]);
    expect(total).toMatchObject({ approved: 40, grantedFen: null });
  });
});

describe('what is shown of months together', () => {
  test.each<[string, [number, number][], [number | null, number | null][]]>([
    [
      'three left of two months are hidden with the approved of both',
      [
        [15, 0],
        [0, 12],
      ],
      [
        [15, null],
        [0, null],
      ],
    ],
    [
      'so are three left of three months in a row',
      [
        [15, 0],
        [0, 0],
        [0, 12],
      ],
      [
        [15, null],
        [0, null],
        [0, null],
      ],
    ],
    [
      'other months stay',
      [
        [50, 20],
        [15, 0],
        [0, 12],
        [50, 20],
      ],
      [
        [50, 20],
        [15, null],
        [0, null],
        [50, 20],
      ],
    ],
    [
      'a hidden month between ends the row',
      [
        [15, 0],
        [5, 0],
        [0, 12],
      ],
      [
        [15, 0],
        [null, null],
        [0, 12],
      ],
    ],
    [
      'a month that is hidden alone does not take its neighbours along',
      [
        [20, 20],
        [20, 15],
        [20, 20],
      ],
      [
        [20, 20],
        [20, null],
        [20, 20],
      ],
    ],
    [
      'nobody left of two months is shown',
      [
        [15, 0],
        [0, 15],
      ],
      [
        [15, 0],
        [0, 15],
      ],
    ],
  ])('%s', (_, counts, shown) => {
    expect(countsShown(suppress(year(...counts)))).toEqual(shown);
  });

  test('a total is the sum of its months where all of them are shown', () => {
    const months = year([40, 20], [0, 0], [30, 11]).map((month) => ({
      ...month,
      contributors: 3,
      contributionsFen: 7n,
    }));
    expect(suppress(months).total).toEqual({
      contributionsFen: 21n,
      applicants: 70,
      approved: 31,
      grantedFen: 3_100_000n,
    });
  });

  test('a total is hidden where one month of its column is, and only there', () => {
    const [first, second] = year([40, 20], [30, 5]) as [MonthFacts, MonthFacts];
    const hiddenApproved = suppress([first, second]).total;
    expect(hiddenApproved).toEqual({ contributionsFen: 0n, applicants: 70, approved: null, grantedFen: null });
    const hiddenApplicants = suppress([first, { ...second, applicants: 3 }]).total;
    expect(hiddenApplicants).toMatchObject({ applicants: null, approved: null, grantedFen: null });
    const hiddenGift = suppress([first, { ...second, contributors: 2, contributionsFen: 5n }]).total;
    expect(hiddenGift).toMatchObject({ contributionsFen: null, applicants: 70 });
  });
});

describe('somebody who knows the rules and reads the report', () => {
  const count = fc.oneof(
    fc.integer({ min: 0, max: 60 }),
    fc.integer({ min: 0, max: 25 }),
    fc.constantFrom(0, 1, 10, 11, 12, 21, 22),
  );
  const months = fc
    .array(
      fc.record({
        contributors: fc.integer({ min: 0, max: 5 }),
        contributionsFen: fc.bigInt({ min: 1n, max: 1_000_000n }),
        applicants: count,
        approved: count,
        grantedFen: fc.bigInt({ min: 1n, max: 1_000_000n }),
      }),
      { minLength: 1, maxLength: 12 },
    )
    .map((rows) =>
      rows.map(
        (row, index): MonthFacts => ({
          ...row,
          month: index + 1,
          contributionsFen: row.contributors === 0 ? 0n : row.contributionsFen,
          grantedFen: row.approved === 0 ? 0n : row.grantedFen,
        }),
      ),
    );
  const few = fc.integer({ min: 1, max: SMALLEST_GROUP - 1 });
  const money = fc.bigInt({ min: 1n, max: 1_000_000n });
  const guess = fc.record({
    applicants: few,
    approved: few,
    grantedFen: money,
    contributionsFen: money,
    alone: fc.boolean(),
  });

  test('reads no small number, nor gets one by taking approved from applicants over months in a row', () => {
    fc.assert(
      fc.property(months, (facts) => {
        const { months: shown, total } = suppress(facts);
        for (const cell of [...shown, total]) {
          expect(tooFew(cell.applicants ?? 0) || tooFew(cell.approved ?? 0)).toBe(false);
          if (cell.applicants !== null && cell.approved !== null) {
            expect(tooFew(cell.applicants - cell.approved)).toBe(false);
          }
        }
        shown.forEach((_, first) => {
          let left = 0;
          for (const { applicants, approved } of shown.slice(first)) {
            if (applicants === null || approved === null) break;
            left += applicants - approved;
            expect(tooFew(left)).toBe(false);
          }
        });
      }),
      { numRuns: 1_000 },
    );
  });

  const plus = (one: unknown, other: unknown) => ((one as bigint) + (other as bigint)) as never;

  test('reads no number from what is left of a total', () => {
    fc.assert(
      fc.property(months, (facts) => {
        const { months: shown, total } = suppress(facts);
        for (const column of ['contributionsFen', 'applicants', 'approved', 'grantedFen'] as const) {
          const hidden = shown.some((month) => month[column] === null);
          expect(total[column] === null).toBe(hidden);
          if (!hidden) expect(total[column]).toEqual(shown.map((month) => month[column]).reduce(plus));
        }
      }),
    );
  });
  test('cannot tell the year from one in which every hidden count is any other from 1 to 10, and hidden money any other', () => {
    const guesses = fc.array(guess, { minLength: 12, maxLength: 12 });
    fc.assert(
      fc.property(months, guesses, (facts, others) => {
        const report = suppress(facts);
        const other = facts.map((month, index): MonthFacts => {
          const shown = report.months[index] as ReportShown['months'][number];
          const guessed = others[index] as (typeof others)[number];
          return {
            ...month,
            ...(shown.contributionsFen === null && {
              contributors: guessed.alone ? 1 : 2,
              contributionsFen: guessed.contributionsFen,
            }),
            ...(shown.applicants === null && { applicants: guessed.applicants }),
            ...(shown.approved === null && { approved: guessed.approved }),
            ...(shown.grantedFen === null && { grantedFen: guessed.grantedFen }),
          };
        });
        expect(suppress(other)).toEqual(report);
      }),
      { numRuns: 1_000 },
    );
  });

  test('and tries every year of two months with up to 22 people a count is left with all ten numbers for each hidden count', () => {
    const upTo22 = Array.from({ length: 23 }, (_, count) => count);
    /** By what is published, which numbers each cell can have been. */
    const possible = new Map<string, Set<number>[]>();
    for (const a of upTo22)
      for (const b of upTo22)
        for (const c of upTo22)
          for (const d of upTo22) {
            const shown = countsShown(suppress(year([a, b], [c, d]))).flat();
            const published = JSON.stringify(shown);
            const cells = possible.get(published) ?? shown.map(() => new Set<number>());
            [a, b, c, d].forEach((count, cell) => {
              cells[cell]?.add(count);
            });
            possible.set(published, cells);
          }
    const told = [...possible].filter(([published, cells]) =>
      (JSON.parse(published) as (number | null)[]).some(
        (shown, cell) => shown === null && [...(cells[cell] as Set<number>)].filter(tooFew).length < SMALLEST_GROUP - 1,
      ),
    );
    expect(told.map(([published]) => published)).toEqual([]);
  });
});
