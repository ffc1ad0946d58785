import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { aidYear, shanghaiDay } from '../../common/calendar.js';
import {
  type ClaimWindow,
  checkExpense,
  claimWindowEnds,
  EXPENSE_PROBLEMS,
  type ExpenseFacts,
  type ExpenseProblem,
  grantRunsOut,
} from './expense.rules.js';

const order = (over: Partial<ExpenseFacts>): ExpenseFacts => ({
  incurredOn: '2026-06-15',
  amountFen: 10_000n,
  paidByOthersFen: 6_000n,
  orderStatus: 'DELIVERED',
  linked: true,
  ...over,
});
const invoice = (over: Partial<ExpenseFacts>): ExpenseFacts => order({ orderStatus: null, linked: null, ...over });
const on = (incurredOn: string): ExpenseFacts => invoice({ incurredOn });
const claimed = (today: string, year = 2026, lookBackDays = 180): ClaimWindow => ({
  today,
  aidYear: year,
  lookBackDays,
});

describe('why an expense cannot be claimed', () => {
  const inJune = claimed('2026-06-20');

  test.each<[string, ExpenseFacts, ClaimWindow, ExpenseProblem[]]>([
    ['a paid and linked order can be claimed', order({}), inJune, []],
    ['an invoice can be claimed', invoice({}), inJune, []],
    ['an expense of today can be claimed', on('2026-06-20'), inJune, []],
    ['an expense of tomorrow cannot', on('2026-06-21'), inJune, ['DATED_IN_FUTURE']],
    ['an expense of exactly 180 days ago can', on('2026-01-01'), claimed('2026-06-30'), []],
    ['an expense of 181 days ago cannot', on('2026-01-01'), claimed('2026-07-01'), ['BEYOND_LOOK_BACK']],
    ['with no look-back only today counts', on('2026-06-20'), claimed('2026-06-20', 2026, 0), []],
    ['with no look-back yesterday does not', on('2026-06-19'), claimed('2026-06-20', 2026, 0), ['BEYOND_LOOK_BACK']],
    ['the first day of the aid year is in it', on('2026-01-01'), claimed('2026-01-01'), []],
    ['the day before is not', on('2025-12-31'), claimed('2026-01-01'), ['OTHER_AID_YEAR']],
    ['the last day of the aid year can be claimed in the next', on('2026-12-31'), claimed('2027-01-01'), []],
    ['a day of the next year is not of this grant', on('2027-01-01'), claimed('2027-01-01'), ['OTHER_AID_YEAR']],
    ['31 December can be claimed until 29 June', on('2026-12-31'), claimed('2027-06-29'), []],
    ['and not on 30 June', on('2026-12-31'), claimed('2027-06-30'), ['BEYOND_LOOK_BACK']],
    ['29 February is a day like others', on('2028-02-29'), claimed('2028-03-01', 2028, 1), []],
    [
      '28 February is two days before 1 March in a leap year',
      on('2028-02-28'),
      claimed('2028-03-01', 2028, 1),
      ['BEYOND_LOOK_BACK'],
    ],
    ['28 February is the day before 1 March in another', on('2027-02-28'), claimed('2027-03-01', 2027, 1), []],
    ['180 days that hold a 29 February reach a date later', on('2028-01-01'), claimed('2028-06-29', 2028), []],
    ['and a day further do not', on('2028-01-01'), claimed('2028-06-30', 2028), ['BEYOND_LOOK_BACK']],

    ['others paid all of it', order({ paidByOthersFen: 10_000n }), inJune, ['NOTHING_SELF_PAID']],
    ['others paid all but a fen', order({ paidByOthersFen: 9_999n }), inJune, []],
    ['others paid a fen too much', order({ paidByOthersFen: 10_001n }), inJune, ['OTHERS_PAID_MORE_THAN_IT_COST']],
    [
      'nobody paid for what cost nothing',
      invoice({ amountFen: 0n, paidByOthersFen: 0n }),
      inJune,
      ['NOTHING_SELF_PAID'],
    ],

    ['an order that is placed only', order({ orderStatus: 'PLACED' }), inJune, ['ORDER_NOT_PAID']],
    ['an order that is paid can be claimed', order({ orderStatus: 'PAID' }), inJune, []],
    ['an order that is dispensed can be claimed', order({ orderStatus: 'DISPENSED' }), inJune, []],
    ['an order that is shipped can be claimed', order({ orderStatus: 'SHIPPED' }), inJune, []],
    ['an order that was cancelled', order({ orderStatus: 'CANCELLED' }), inJune, ['ORDER_CANCELLED']],
    ['an order that was returned', order({ orderStatus: 'RETURNED' }), inJune, ['ORDER_REFUNDED']],
    ['an order of another application', order({ linked: false }), inJune, ['ORDER_NOT_LINKED']],
    ['an order of which nobody says that it is linked', order({ linked: null }), inJune, ['ORDER_NOT_LINKED']],
  ])('%s', (_, facts, window, problems) => {
    expect(checkExpense(facts, window)).toEqual(problems);
  });

  test('everything that speaks against it is told, in one order', () => {
    const old = order({ incurredOn: '2024-02-29', paidByOthersFen: 10_001n, orderStatus: 'PLACED', linked: false });
    const problems = checkExpense(old, inJune);
    expect(problems).toEqual([
      'BEYOND_LOOK_BACK',
      'OTHER_AID_YEAR',
      'OTHERS_PAID_MORE_THAN_IT_COST',
      'ORDER_NOT_PAID',
      'ORDER_NOT_LINKED',
    ]);
    expect(EXPENSE_PROBLEMS.filter((each) => problems.includes(each))).toEqual(problems);
  });
});

describe('the year ends in Shanghai', () => {
  const LAST = new Date('2026-12-31T15:59:59.999Z');
  const FIRST = new Date('2026-12-31T16:00:00.000Z');

  test.each<[string, Date, Date, number, ExpenseProblem[]]>([
    ['an expense of the last millisecond is of the old year', LAST, LAST, 2026, []],
    ['and not of the new one', LAST, FIRST, 2027, ['OTHER_AID_YEAR']],
    ['an expense of the next millisecond is of the new year', FIRST, FIRST, 2027, []],
    ['and not of the old one', FIRST, FIRST, 2026, ['OTHER_AID_YEAR']],
    ['a millisecond before midnight the new year is the future', FIRST, LAST, 2027, ['DATED_IN_FUTURE']],
    [
      'the afternoon of 31 December in London is 1 January',
      new Date('2025-12-31T16:30:00Z'),
      LAST,
      2026,
      ['BEYOND_LOOK_BACK'],
    ],
  ])('%s', (_, incurred, now, year, problems) => {
    const facts = invoice({ incurredOn: shanghaiDay(incurred) });
    expect(checkExpense(facts, claimed(shanghaiDay(now), year))).toEqual(problems);
  });

  test('a millisecond parts the days and the aid years', () => {
    expect([shanghaiDay(LAST), aidYear(LAST)]).toEqual(['2026-12-31', 2026]);
    expect([shanghaiDay(FIRST), aidYear(FIRST)]).toEqual(['2027-01-01', 2027]);
  });
});

describe('how long a grant can be claimed on', () => {
  test.each<[string, number, number, string]>([
    ['without look-back to the end of the year', 2026, 0, '2026-12-31'],
    ['a day of look-back reaches the new year', 2026, 1, '2027-01-01'],
    ['180 days reach 29 June', 2026, 180, '2027-06-29'],
    ['180 days before a leap summer reach 28 June', 2027, 180, '2028-06-28'],
    ['60 days before a leap year reach 29 February', 2027, 60, '2028-02-29'],
    ['60 days before another year reach 1 March', 2026, 60, '2027-03-01'],
    ['a look-back of a year reaches the next 31 December', 2026, 365, '2027-12-31'],
  ])('%s', (_, year, lookBackDays, day) => {
    expect(claimWindowEnds(year, lookBackDays)).toBe(day);
  });

  test.each<[string, string, number, boolean]>([
    ['it stays on the last day', '2027-06-29T15:59:59.999Z', 0, false],
    ['it runs out when that day is over in Shanghai', '2027-06-29T16:00:00.000Z', 0, true],
    ['it stays while a claim waits', '2027-06-29T16:00:00.000Z', 1, false],
    ['it stays while a claim waits, however long', '2029-01-01T00:00:00.000Z', 2, false],
    ['it stays during its year', '2026-07-01T00:00:00.000Z', 0, false],
  ])('%s', (_, now, openClaims, out) => {
    const today = shanghaiDay(new Date(now));
    expect(grantRunsOut({ aidYear: 2026, lookBackDays: 180, openClaims, today })).toBe(out);
  });

  test('a grant runs out exactly when no day of its year can be claimed any more', () => {
    const day = fc.date({ min: new Date('2026-01-01'), max: new Date('2028-12-31'), noInvalidDate: true });
    fc.assert(
      fc.property(day, fc.integer({ min: 0, max: 400 }), (now, lookBackDays) => {
        const today = shanghaiDay(now);
        const window = { today, aidYear: 2026, lookBackDays };
        const lastDay = checkExpense(on('2026-12-31'), window);
        expect(grantRunsOut({ ...window, openClaims: 0 })).toBe(lastDay.includes('BEYOND_LOOK_BACK'));
        expect(today <= claimWindowEnds(2026, lookBackDays)).toBe(!lastDay.includes('BEYOND_LOOK_BACK'));
      }),
    );
  });
});
